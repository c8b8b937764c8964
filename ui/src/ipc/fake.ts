/**
 * A backend in memory, for tests and for looking at the window in a browser (`npm run dev`, `vite build
 * --mode fake`). It tells the story of the design: a leaked CI token, six sources, one of them still
 * being read. Rows are made from their rank, so a million of them cost nothing.
 */

import type {
  Backend,
  ChosenKey,
  Histogram,
  KeyView,
  AssessmentView,
  Column,
  NoteView,
  RecordId,
  RecordView,
  Summary,
  TimelineFilter,
  TimelinePage,
  TimelineRow,
  Told,
  TrustPreview,
  Word,
  Work,
} from "./backend";
import { GRAPH, LINEAGE, near, REACH } from "./fake_follow";
import { ADEQUACY, CREDENTIALS, CUSTODY, findingsOf, IDENTITIES, KEYS, OWNER_READS, provenanceOf, SECRETS } from "./fake_places";
import { CHECK, CHECK_KEYS, outlined, SIGNING_KEY, written } from "./fake_report";
import { END, START, findings, hash, sources } from "./fake_sources";
import { PROOF_907, RECORD_907, STORY, type Told907 } from "./fake_story";

const TYPES = ["token.use", "secret.read", "call", "tool.invoke", "policy.decide", "token.mint", "data.access"];
const ACTORS = ["agent/deployer", "payments/reconciler", "system:node:ip-10-0-4-17.eu-west-1", "prod-ops", "agent/payments", "sts"];

/** How to make a fake backend. */
export interface FakeOptions {
  rows?: number;
  trailFiles?: number;
  /** Milliseconds that an answer takes. */
  delay?: number;
  /** Whether a case is open from the start. */
  open?: boolean;
  /** Whether a sixth source is still being read. */
  reading?: boolean;
  /** Whether the case can be written to. */
  writable?: boolean;
}

export interface Fake extends Backend {
  tell(told: Told): void;
}

function fromAddress(): FakeOptions {
  const wanted = new URLSearchParams(globalThis.location?.search ?? "");
  const number = (name: string) => (wanted.has(name) ? Number(wanted.get(name)) : undefined);
  return {
    rows: number("rows"),
    trailFiles: number("files"),
    delay: number("delay"),
    open: wanted.get("open") !== "no",
    reading: wanted.get("reading") !== "no",
    writable: wanted.get("writable") !== "no",
  };
}

export function fake(options: FakeOptions = fromAddress()): Fake {
  const { rows: size = 258_224, trailFiles = 224, delay = 15, open = true, reading = true, writable = true } = options;
  const info = {
    name: "deployer-leak.exhibit",
    path: "/cases/deployer-leak.exhibit",
    writable,
    notes: writable ? [] : ["The case is open in another window or command. It is opened for reading only."],
  };
  let recent = [
    { name: info.name, folder: "/cases", opened: "2026-06-13T08:02:41Z", there: true },
    { name: "orders-q2.exhibit", folder: "/media/evidence/2026", opened: "2026-06-02T14:20:00Z", there: false },
  ];
  let current = open ? info : null;
  const last = 4 + trailFiles;
  const listeners: ((told: Told) => void)[] = [];
  const tell = (told: Told) => listeners.forEach((listener) => listener(told));
  const later = <T>(value: T) => new Promise<T>((done) => setTimeout(() => done(structuredClone(value)), delay));

  const verdictAt = (rank: number): Word => {
    const spin = (rank * 2654435761) >>> 0;
    return spin % 100 < 25 ? "verified" : spin % 100 < 27 ? "intact" : "unproven";
  };
  const storyAt = Math.floor(size * 0.62);
  const timeOf = (rank: number) => Math.floor(START + ((END - START) * rank) / size);

  const notes = new Map<string, NoteView>();
  const assessed = new Map<string, AssessmentView>();
  let columns: Column[] = [];
  const noteOf = (id: RecordId) => notes.get(`${id.file}:${id.ordinal}`);

  function row(rank: number): TimelineRow {
    const one = plainRow(rank);
    const note = noteOf(one.id);
    return note ? { ...one, note } : one;
  }

  function plainRow(rank: number): TimelineRow {
    const told = STORY[rank - storyAt];
    if (told) return told;
    const verdict = verdictAt(rank);
    const spin = ((rank + 17) * 40503) >>> 0;
    const kind = TYPES[spin % TYPES.length]!;
    const file = verdict === "verified" ? 1 + (spin % 2) : verdict === "intact" ? last + 1 : last + (spin % 2) * 2;
    return {
      id: { file, ordinal: rank },
      verdict,
      time: timeOf(rank),
      digits: verdict === "verified" ? 6 : 3,
      type: kind,
      native_type: null,
      actor: ACTORS[spin % ACTORS.length]!,
      subject: null,
      credential: spin % 3 ? `jti:${hash(spin % 97).slice(0, 36)}` : null,
      token: kind.startsWith("token.") ? `bao:${hash(spin % 89).slice(0, 20)}` : null,
      secret: kind === "secret.read" ? `kv/team-${spin % 12}/service-${spin % 31}` : null,
      resource: null,
      tool: kind === "tool.invoke" ? "deploy.run" : null,
      decision: kind === "policy.decide" ? "allow" : null,
      outcome: spin % 41 === 0 ? "denied" : "success",
      source_ip: "10.1.2.3",
      seq: rank,
      stream: null,
      path: "",
      findings: [],
    };
  }

  function matches(filter: TimelineFilter, one: TimelineRow): boolean {
    if (filter.verdicts.length > 0 && !filter.verdicts.includes(one.verdict)) return false;
    if (filter.from !== null && (one.time === null || one.time < filter.from)) return false;
    if (filter.until !== null && (one.time === null || one.time > filter.until)) return false;
    if (filter.query === "") return true;
    const all = [one.type, one.actor, one.credential, one.secret, one.outcome].join(" ");
    return filter.query.split(/\s+/).every((term) => {
      const not = term.startsWith("-");
      const value = term
        .replace(/^-/, "")
        .replace(/^[a-z]+:/, "")
        .replaceAll('"', "");
      return all.includes(value) !== not;
    });
  }

  let kept: { key: string; ranks: Uint32Array } | null = null;
  /** Ranks that match; computed once a filter. */
  function ranks(filter: TimelineFilter): Uint32Array | null {
    if (filter.verdicts.length === 0 && filter.from === null && filter.until === null && filter.query === "") return null;
    const key = JSON.stringify(filter);
    if (kept?.key === key) return kept.ranks;
    const found = new Uint32Array(size);
    let count = 0;
    for (let rank = 0; rank < size; rank++) if (matches(filter, row(rank))) found[count++] = rank;
    kept = { key, ranks: found.slice(0, count) };
    return kept.ranks;
  }

  const work: Work = {
    id: 1,
    act: "import",
    phase: "reading",
    path: "k8s/prod-eu-1/audit-2026-06-11.jsonl.zst",
    bytes_done: 136_300_000,
    bytes_total: 224_100_000,
    records_done: 84_120,
    elapsed_ms: 3324,
    end: null,
  };
  const everything = sources(trailFiles);
  const summary: Summary = {
    case: info.name,
    verdict: "contradicted",
    records: { total: size, verified: 43_658, intact: 2316, unproven: 128_129, contradicted: 1, unchecked: reading ? 84_120 : 0 },
    ledger: { bytes_in: 276_170_385, bytes_records: 275_864_432, bytes_structure: 305_741, bytes_rejected: 212, balanced: true },
    sources: everything,
    streams: [],
    findings: findings(4, last),
    notes: [],
  };

  let keys: KeyView[] = KEYS;
  let pending: { how: string | null; add?: KeyView; remove?: string } | null = null;
  const RECEIPTS: KeyView = {
    ...KEYS[0]!,
    fingerprint: "SHA256:jv2Z3YQJJzYyL6PPy3r/5Cum6fL71aXV7ypuY18KUJQ",
    name: "deployer receipts",
    streams: [],
    from: "2026-06-11T00:00:00Z",
    how: null,
  };
  const chosen = (key: KeyView): ChosenKey => ({
    algorithm: key.algorithm,
    name: key.name,
    streams: key.streams,
    from: key.from,
    until: key.until,
    revoked: key.revoked,
    trusted: keys.some((one) => one.fingerprint === key.fingerprint),
    in_evidence: false,
  });
  const preview = (list: ChosenKey[], removes: boolean): TrustPreview => ({
    keys: list,
    removes,
    before: summary.records,
    files: [],
    after: removes
      ? { ...summary.records, verified: summary.records.verified - 2346, intact: summary.records.intact + 2346 }
      : { ...summary.records, verified: summary.records.verified + summary.records.intact, intact: 0 },
    changed: [
      {
        stream: removes ? "example.com/agents-prod" : "receipts/deployer",
        format: "agent-receipts",
        before: removes ? "verified" : "intact",
        after: removes ? "intact" : "verified",
      },
    ],
  });

  function understood(query: string): void {
    if (/[<>]=?"?\d* Jnue/.test(query))
      throw { code: "query.time", message: "Not a time.", hint: "A time looks like 2026-06-12T02:00:00Z." };
  }
  async function page(filter: TimelineFilter, first: number, limit: number): Promise<TimelinePage> {
    understood(filter.query);
    const found = ranks(filter);
    const matching = found ? found.length : size;
    const rows = Array.from({ length: Math.max(0, Math.min(limit, matching - first)) }, (_, i) =>
      row(found ? found[first + i]! : first + i),
    );
    // As the program does, it gives more than a page before it has counted all.
    const counted = found === null || rows.length < limit || first > 0;
    return later({ first, rows, matching: counted ? matching : null, total: size, generation: 1 });
  }

  return {
    tell,
    async watch(listener) {
      listeners.push(listener);
      if (reading && current) setTimeout(() => tell({ event: "work", work }), 0);
    },
    currentCase: () => later(current),
    async openCase() {
      current = info;
      return later(info);
    },
    createCase: async () => ((current = info), later(info)),
    async closeCase() {
      current = null;
      tell({ event: "case", case: null });
    },
    demoCase: async () => ((current = info), later(info)),
    recentCases: () => later(recent),
    openRecent: async () => ((current = info), later(info)),
    async forgetRecent() {
      recent = [];
    },
    addFiles: () => later(true),
    addFolder: () => later(true),
    trusted: () => later(keys),
    trustChoose: () => later(((pending = { how: null, add: RECEIPTS }), preview([chosen(RECEIPTS)], false))),
    async trustTyped(fingerprint) {
      const wrong = Array.from({ length: 16 }, (_, at) => at + 1).filter(
        (at) => fingerprint.slice(at * 4 - 4, at * 4) !== OWNER_READS.slice(at * 4 - 4, at * 4),
      );
      if (wrong.length > 2) return later({ found: "none", keys: 1 });
      if (wrong.length > 0) return later({ found: "near", groups: wrong });
      pending = { how: null, add: RECEIPTS };
      return later({ found: "key", preview: preview([{ ...chosen(RECEIPTS), in_evidence: true }], false) });
    },
    async trustRemove(fingerprint) {
      const key = keys.find((one) => one.fingerprint === fingerprint);
      if (!key) throw { code: "no-such-key", message: "No such key is trusted.", hint: "" };
      pending = { how: null, remove: fingerprint };
      return later(preview([chosen(key)], true));
    },
    async trustKeep(how) {
      keys = pending?.remove ? keys.filter((one) => one.fingerprint !== pending!.remove) : [...keys, { ...RECEIPTS, how }];
      pending = null;
      tell({ event: "changed" });
    },
    async trustForget() {
      pending = null;
    },
    custody: () => later(CUSTODY),
    custodyExport: () => later(true),
    identities: () => later(IDENTITIES),
    things: (kind) => later(kind === "secret" ? SECRETS : CREDENTIALS),
    async lineage(id) {
      if (id.startsWith("kv/"))
        throw { code: "not-a-credential", message: `${id} is no credential in this case: it is a secret.`, hint: "" };
      return later({ ...LINEAGE });
    },
    async reach(from, after, origin) {
      if (from === "nothing") throw { code: "no-such-id", message: "Nothing in this case is called nothing.", hint: "Near it are: none." };
      return later({ ...REACH, from, after, origin });
    },
    graph: (_, around) => later(around && around[1] === 1 ? near(around[0]) : GRAPH),
    graphExport: () => later(true),
    lineageExport: () => later(true),
    reachExport: () => later(true),
    findings() {
      const view = findingsOf(summary.findings);
      for (const one of view.findings) one.assessed = assessed.get(one.key) ?? null;
      return later(view);
    },
    assess({ key, state, comment }) {
      const finding = findingsOf(summary.findings).findings.find((one) => one.key === key)!;
      const before = assessed.get(key) ?? { key, code: finding.code, message: finding.message, state: "open" as const, comment: null };
      const made = { ...before, state: state ?? before.state, comment: comment == null ? before.comment : comment.trim() || null };
      assessed.set(key, made);
      return later(made);
    },
    annotate({ id, star, tag, untag, comment }) {
      const before = noteOf(id) ?? { starred: false, tags: [], comment: null };
      const tags = [...new Set([...before.tags, ...tag])].filter((one) => !untag.includes(one)).sort();
      const said = comment === undefined || comment === null ? before.comment : comment.trim() || null;
      const note = { starred: star ?? before.starred, tags, comment: said };
      notes.set(`${id.file}:${id.ordinal}`, note);
      return later(note);
    },
    columns: () => later(columns),
    keepColumns(wanted) {
      columns = wanted;
      return later(undefined);
    },
    provenance: (id) => later(provenanceOf(id)),
    adequacy: () => later(ADEQUACY),
    async cancelWork(id) {
      tell({ event: "work", work: { ...work, id, end: { how: "cancelled" } } });
    },
    summary: () => later(summary),
    timeline: page,
    async understand(query) {
      understood(query);
      return later(undefined);
    },
    async matching(filter) {
      understood(filter.query);
      return later(ranks(filter)?.length ?? size);
    },
    rankAt(filter, time) {
      const found = ranks(filter) ?? Array.from({ length: size }, (_, i) => i);
      const rank = found.findIndex((one) => (row(one).time ?? 0) >= time);
      return later(rank < 0 ? found.length : rank);
    },
    async survey(filter, buckets) {
      return { matching: await this.matching(filter), histogram: await this.histogram(filter, buckets) };
    },
    async histogram(filter, buckets): Promise<Histogram> {
      const from = filter.from ?? START;
      const until = filter.until ?? END;
      const width = 2 ** Math.ceil(Math.log2((until - from) / buckets));
      const start = Math.floor(from / width) * width;
      const out: Histogram["buckets"] = Array.from({ length: Math.ceil((until - start) / width) }, () => [0, 0, 0, 0, 0]);
      const order: Word[] = ["contradicted", "unproven", "intact", "verified", "unchecked"];
      const found = ranks(filter);
      const count = found ? found.length : size;
      const step = Math.max(1, Math.floor(count / 60_000));
      for (let i = 0; i < count; i += step) {
        const one = row(found ? found[i]! : i);
        const bucket = out[Math.floor(((one.time ?? 0) - start) / width)];
        if (bucket) bucket[order.indexOf(one.verdict)]! += step;
      }
      return later({ start, width, buckets: out, undated: 1 });
    },
    async record(id): Promise<RecordView> {
      const told: Told907 = { ...RECORD_907, note: noteOf(id) ?? RECORD_907.note };
      const one = STORY.find((other) => other.id.file === id.file && other.id.ordinal === id.ordinal) ?? row(id.ordinal);
      const made: RecordView =
        id.file === 1 && id.ordinal === 907
          ? { ...told, id }
          : {
              ...told,
              id,
              verdict: one.verdict,
              reason: "Every check on its seal holds.",
              findings: [],
              raise: [],
              seq: one.seq,
            };
      return later(made);
    },
    async proof(id) {
      const { proof } = PROOF_907;
      const holding = proof.map((step) => ({ ...step, outcome: "holds", text: step.outcome === "fails" ? "equals step 2" : step.text }));
      return later({ proof: id.file === 1 && id.ordinal === 907 ? proof : holding, uncovered: [] });
    },
    proving: () => later(null),
    reportKey: () => later(SIGNING_KEY),
    reportOutline: async (asked) =>
      later(await outlined(asked, (query, verdicts) => page({ verdicts, from: null, until: null, query }, 0, size + 1))),
    reportWrite: async (asked, sign, passphrase) => later(written(asked, sign, passphrase)),
    reportKeys: () => later(CHECK_KEYS),
    reportCheck: (_, withKeys) => later(CHECK(withKeys)),
    reportCheckDropped: (withKeys) => later(CHECK(withKeys)),
  };
}
