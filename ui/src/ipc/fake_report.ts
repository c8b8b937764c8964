/** The fake's report: what is written, and what a check of it says. */

import type {
  CheckKeysView,
  CitedRow,
  FieldWrong,
  ReportAsked,
  ReportCheck,
  ReportOutline,
  SigningKeyView,
  TimelinePage,
  Word,
  Wrote,
} from "./backend";
import { hash } from "./fake_sources";

const EXAMINER = "SHA256:0rFqP5xH2n3b9v8KQm1T6yZsWcUeJdLiAoGtNfRhXuY";

export const SIGNING_KEY: SigningKeyView = { name: "examiner", encrypted: true };
export const CHECK_KEYS: CheckKeysView = { names: ["examiner.pub"], keys: 1 };

export function written(asked: ReportAsked, sign: boolean, passphrase: string | null): Wrote {
  if (sign && passphrase !== "correct horse")
    throw { code: "passphrase", message: "The passphrase does not open /keys/examiner.", hint: "Try again; nothing was written." };
  return {
    out: "/cases/the report",
    id: "R-5c5f01aa",
    at: asked.at || "2026-06-13T09:27:48Z",
    records: asked.queries[0] === "star:yes" ? 3 : 412,
    proofs: asked.queries[0] === "star:yes" ? 3 : 409,
    files: 31,
    volumes: 1,
    bytes: 1_482_113,
    sha256sums: hash(41),
    signed_by: sign ? EXAMINER : null,
  };
}

export function CHECK(withKeys: boolean): ReportCheck {
  const step = (name: string, outcome: string, text: string, value: string | null = null) => ({ name, outcome, text, value, extent: null });
  const counts = { total: 412, verified: 0, intact: 0, unproven: 0, contradicted: 0, unchecked: 0 };
  return {
    case: "deployer-leak.exhibit",
    verdict: withKeys ? "contradicted" : "unproven",
    records: { ...counts, unproven: 412 },
    ledger: { bytes_in: 1_482_113, bytes_records: 912_400, bytes_structure: 569_713, bytes_rejected: 0, balanced: true },
    sources: [],
    streams: [],
    findings: withKeys
      ? [
          {
            code: "hash-mismatch",
            class: "integrity",
            verdict: "contradicted",
            source: "table.csv",
            message: "It is not what SHA256SUMS says of it.",
          },
        ]
      : [],
    notes: [],
    report: "R-5c5f01aa",
    said: { ...counts, verified: 400, unproven: 12 },
    shown: { ...counts, intact: 400, unproven: 12 },
    signed_by: withKeys ? EXAMINER : null,
    steps: [
      withKeys ? step("sums", "fails", "table.csv is not what was listed") : step("sums", "holds", "31 files are what SHA256SUMS says"),
      withKeys
        ? step("signature", "holds", "it was made for a report", EXAMINER)
        : step("signature", "missing", "there is no SHA256SUMS.sig"),
      step("rows", "holds", "412 records have the SHA-256 that is said of them"),
    ],
  };
}

/** What a report would hold; `rows` answers a query with these verdicts. */
export async function outlined(
  asked: ReportAsked,
  rows: (query: string, verdicts: Word[]) => Promise<TimelinePage>,
): Promise<ReportOutline> {
  const found = new Map<string, CitedRow>();
  const wrong: FieldWrong[] = [];
  const searches: number[] = [];
  let events = 0;
  for (const [entry, query] of asked.queries.entries()) {
    try {
      const page = await rows(query, asked.verdicts);
      searches.push(page.matching ?? page.rows.length);
      events += page.matching ?? page.rows.length;
      for (const row of page.rows) {
        const event = `E${row.id.file}:${row.id.ordinal}`;
        found.set(event, { id: row.id, event, time: row.time, verdict: row.verdict, type: row.type, actor: row.actor });
      }
    } catch (thrown) {
      searches.push(0);
      wrong.push({ field: "queries", entry, failure: thrown as FieldWrong["failure"] });
    }
  }
  const unknown = (name: string) => ({ code: "no-such-record", message: `No record is called ${name}.`, hint: "Write E2:907." });
  for (const [entry, name] of asked.cites.entries()) {
    const parts = /^E(\d+):(\d+)$/.exec(name.trim());
    if (!parts) {
      if (name.trim() !== "") wrong.push({ field: "cites", entry, failure: unknown(name) });
      continue;
    }
    const id = { file: Number(parts[1]), ordinal: Number(parts[2]) };
    if (!found.has(name.trim())) events += 1;
    found.set(name.trim(), { id, event: name.trim(), time: null, verdict: "unproven", type: "secret.read", actor: null });
  }
  for (const [entry, one] of asked.withhold.entries()) {
    const row = found.get(one.record.trim());
    if (one.why.trim() === "")
      wrong.push({ field: "withhold", entry, failure: { code: "withheld-why", message: "No reason is given.", hint: "" } });
    else if (!row) wrong.push({ field: "withhold", entry, failure: unknown(one.record) });
    else row.held = one.member === "" ? "whole" : "part";
  }
  if (asked.queries.length === 0 && asked.cites.every((name) => name.trim() === ""))
    wrong.push({ field: "queries", entry: 0, failure: { code: "nothing-cited", message: "Nothing is chosen.", hint: "" } });
  const shown = [...found.values()];
  const counts = { total: events, verified: 0, intact: 0, unproven: 0, contradicted: 0, unchecked: 0 };
  for (const row of shown) counts[row.verdict] += 1;
  return { searches, events, records: events, counts, rows: shown, wrong };
}
