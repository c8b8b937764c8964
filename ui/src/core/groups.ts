/**
 * Files as cards. One card a file reads well for five files and not for five thousand, so files that
 * make one source together (a bundle, a trail with its digests, a folder of many) share a card.
 */

import type { FindingView, Ledger, RecordCounts, Source, Summary, Word } from "../ipc";
import { VERDICTS, countOf, worst } from "../base/verdicts";

/** Cards of one format and import, before they become one. */
const MOST_CARDS = 24;
/** Files of one folder, before they become one card. */
const MOST_FILES = 6;

/** A card: one file, or several that stand together. */
export interface Group {
  /** Stable while the case grows. */
  key: string;
  /** What it is called: the path, or the folder that its files share. */
  name: string;
  format: string;
  sources: Source[];
  verdict: Word;
  counts: RecordCounts;
  ledger: Ledger;
  bytes: number;
  records: number;
  earliest: number | null;
  latest: number | null;
  findings: FindingView[];
  raise: string[];
}

/** What formats are called. */
const NAMES: Record<string, string> = {
  "nhi-audit-bundle": "audit bundle",
  cloudtrail: "CloudTrail",
  "agent-receipts": "agent receipts",
  "kubernetes-audit": "Kubernetes audit",
  "vault-audit": "Vault or OpenBao audit device",
};

export function formatName(format: string): string {
  return NAMES[format] ?? (format === "unknown" || format === "" ? "not recognised" : format);
}

const folder = (path: string) => path.slice(0, path.lastIndexOf("/") + 1);

/** The folder below which a file belongs to one set with others, or null for a file by itself. */
export function setRoot(path: string, format: string): string | null {
  const cut = (pattern: RegExp) => {
    const at = path.search(pattern);
    return at < 0 ? null : path.slice(0, at);
  };
  if (format === "nhi-audit-bundle")
    return cut(/(^|(?<=\/))(streams|checkpoints|tiles|attachments)\/|(^|(?<=\/))manifest\.dsse\.json$/) ?? folder(path);
  if (format === "cloudtrail") return cut(/(^|(?<=\/))(AWSLogs|CloudTrail|CloudTrail-Digest)\//) ?? folder(path);
  return null;
}

/** The cards of a case, in the order of their first file. */
export function groups(summary: Summary): Group[] {
  const folders = new Map<string, number>();
  const count = (key: string) => folders.set(key, (folders.get(key) ?? 0) + 1);
  for (const source of summary.sources) count(`${source.import}\0${source.format}\0${folder(source.path)}`);

  const keyOf = (source: Source): string => {
    const root = setRoot(source.path, source.format);
    const base = `${source.import}\0${source.format}\0`;
    if (root !== null) return `${base}set\0${root}`;
    const own = folder(source.path);
    return folders.get(base + own)! > MOST_FILES ? `${base}folder\0${own}` : `${base}file\0${source.id}`;
  };
  const cards = new Map<string, Source[]>();
  for (const source of summary.sources) push(cards, keyOf(source), source);

  // Too many cards of one kind: one for all of them.
  const kinds = new Map<string, string[]>();
  for (const key of cards.keys()) push(kinds, key.split("\0").slice(0, 2).join("\0"), key);
  for (const [kind, keys] of kinds) {
    if (keys.length <= MOST_CARDS) continue;
    const all = keys.flatMap((key) => cards.get(key)!).sort((a, b) => a.id - b.id);
    for (const key of keys) cards.delete(key);
    cards.set(`${kind}\0all\0`, all);
  }

  const findings = new Map<number, FindingView[]>();
  for (const finding of summary.findings) if (finding.source_id != null) push(findings, finding.source_id, finding);
  return [...cards].map(([key, sources]) => gather(key, sources, findings)).sort((a, b) => a.sources[0]!.id - b.sources[0]!.id);
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function gather(key: string, sources: Source[], findings: Map<number, FindingView[]>): Group {
  const counts: RecordCounts = { total: 0, verified: 0, intact: 0, unproven: 0, contradicted: 0, unchecked: 0 };
  const ledger: Ledger = { bytes_in: 0, bytes_records: 0, bytes_structure: 0, bytes_rejected: 0, balanced: true };
  let earliest: number | null = null;
  let latest: number | null = null;
  let records = 0;
  const raise = new Set<string>();
  for (const source of sources) {
    records += source.records;
    counts.total += source.counts.total;
    for (const word of VERDICTS) counts[word as "verified"] += countOf(source.counts, word);
    ledger.bytes_in += source.ledger.bytes_in;
    ledger.bytes_records += source.ledger.bytes_records;
    ledger.bytes_structure += source.ledger.bytes_structure;
    ledger.bytes_rejected += source.ledger.bytes_rejected;
    ledger.balanced &&= source.ledger.balanced;
    if (source.earliest !== null) earliest = earliest === null ? source.earliest : Math.min(earliest, source.earliest);
    if (source.latest !== null) latest = latest === null ? source.latest : Math.max(latest, source.latest);
    for (const line of source.raise) raise.add(line);
  }
  // A file without records affects the case only through findings, so it does not speak for the card
  // where others do; but a finding against it does.
  const own = sources.flatMap((source) => findings.get(source.id) ?? []);
  const heard = sources.filter((source) => source.records > 0 || source.verdict === "contradicted");
  const verdict = worst((heard.length > 0 ? heard : sources).map((source) => source.verdict));
  return {
    key,
    sources,
    counts,
    ledger,
    records,
    earliest,
    latest,
    verdict,
    name: sources.length === 1 ? sources[0]!.path : shared(sources) || `${formatName(sources[0]!.format)}, ${sources.length} files`,
    format: sources[0]!.format,
    bytes: ledger.bytes_in,
    findings: own,
    raise: [...raise],
  };
}

/** The folder that all paths share. */
function shared(sources: Source[]): string {
  let common = folder(sources[0]!.path);
  for (const source of sources) while (common !== "" && !source.path.startsWith(common)) common = folder(common.slice(0, -1));
  return common;
}

/** What it is: `audit bundle · 2 streams`, `CloudTrail · 214 logs, 10 digests`. */
export function describe(group: Group): string {
  const name = formatName(group.format);
  if (group.sources.length === 1) return name;
  const roles = new Map<string, number>();
  for (const source of group.sources) roles.set(source.role || "file", (roles.get(source.role || "file") ?? 0) + 1);
  const main = [...roles]
    .filter(([role]) => role !== "manifest" && role !== "unknown")
    .sort((a, b) => b[1] - a[1])
    .slice(0, 3);
  return `${name} · ${main.map(([role, n]) => `${n.toLocaleString("en-US")} ${plural(role, n)}`).join(", ")}`;
}

/** Roles that cannot be counted as they are called. */
const COUNTED: Record<string, string> = {
  "digest metadata": "digest metadata file",
  "not recognised": "file",
  receipts: "file",
};

function plural(role: string, count: number): string {
  const one = COUNTED[role] ?? role;
  return count === 1 ? one : `${one}s`;
}

/** The numbers of its exhibits: `E1`, or `E2–E225`. */
export function exhibits(group: Group): string {
  const first = group.sources[0]!.id;
  const last = group.sources[group.sources.length - 1]!.id;
  if (first === last) return `E${first}`;
  return last - first + 1 === group.sources.length ? `E${first}–${last}` : `E${first} …`;
}

/** The worst answer of each axis among the files of a card. Null where none has any. */
export function axesOf(group: Group): { name: string; answer: string; weight: "bad" | "plain" | "faint" | "strong" }[] | null {
  const having = group.sources.flatMap((source) => (source.axes ? [source.axes] : []));
  if (having.length === 0) return null;
  const ORDER: Record<string, string[]> = {
    form: ["malformed", "ok"],
    integrity: ["broken", "unsealed", "since-collection", "ok"],
    author: ["refuted", "unchecked", "unknown", "none", "trusted"],
    completeness: ["forked", "truncated", "gap", "unknown", "open", "closed"],
    time: ["contradicted", "asserted", "anchored"],
  };
  const BAD = new Set(["broken", "refuted", "forked", "truncated", "gap", "contradicted"]);
  const FAINT = new Set(["unsealed", "none", "unknown", "unchecked", "since-collection"]);
  return Object.entries(ORDER).map(([name, order]) => {
    const place = (answer: string) => (order.includes(answer) ? order.indexOf(answer) : -1);
    const answers = having.map((axes) => axes[name as "form"]).sort((a, b) => place(a) - place(b));
    const answer = answers[0]!;
    return { name, answer, weight: BAD.has(answer) ? "bad" : answer === "malformed" ? "strong" : FAINT.has(answer) ? "faint" : "plain" };
  });
}
