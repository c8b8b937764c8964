/** The made-up files of the fake backend, and what is wrong with them. */

import type { FindingView, Source, Word } from "./backend";

const at = (text: string) => Date.parse(text) * 1000;
export const START = at("2026-06-11T20:00:00Z");
export const END = at("2026-06-12T05:59:59Z");
export const hash = (seed: number) =>
  Array.from({ length: 16 }, (_, i) => ((seed * 2654435761 + i * 40503 * (seed + 7)) >>> 0).toString(16).padStart(8, "0").slice(0, 4)).join(
    "",
  );

function source(
  id: number,
  path: string,
  format: string,
  role: string,
  records: number,
  verdict: Word,
  bytes: [number, number, number],
  span: [string, string] | null,
  axes: string | null,
  raise: string[],
  counts: Partial<Record<Word, number>>,
): Source {
  const [form, integrity, author, completeness, time] = axes?.split(" ") ?? [];
  return {
    id,
    import: 1,
    container: null,
    path,
    format,
    role,
    sha256: hash(id),
    bytes: bytes[0] + bytes[1] + bytes[2],
    records,
    verdict,
    counts: { total: records, verified: 0, intact: 0, unproven: 0, contradicted: 0, unchecked: 0, ...counts },
    ledger: {
      bytes_in: bytes[0] + bytes[1] + bytes[2],
      bytes_records: bytes[0],
      bytes_structure: bytes[1],
      bytes_rejected: bytes[2],
      balanced: true,
    },
    earliest: span ? at(span[0]) : null,
    latest: span ? at(span[1]) : null,
    axes: axes ? { form: form!, integrity: integrity!, author: author!, completeness: completeness!, time: time! } : null,
    raise,
  };
}

export function sources(trailFiles: number): Source[] {
  const out = [
    source(
      1,
      "nhi-bundle-2026-06-12/streams/agents-prod.jsonl",
      "nhi-audit-bundle",
      "stream",
      1742,
      "contradicted",
      [818_200, 1742, 0],
      ["2026-06-11T20:00:00Z", "2026-06-12T05:59:58Z"],
      "ok broken trusted closed asserted",
      ["Another copy of stream agents-prod that holds line 907 as sealed."],
      { verified: 1741, contradicted: 1 },
    ),
    source(
      2,
      "nhi-bundle-2026-06-12/streams/payments.jsonl",
      "nhi-audit-bundle",
      "stream",
      605,
      "contradicted",
      [283_704, 605, 0],
      ["2026-06-11T20:00:00Z", "2026-06-12T05:58:11Z"],
      "ok ok trusted gap asserted",
      ["Another copy of stream payments that holds lines 412 – 424 as sealed."],
      { verified: 605 },
    ),
    source(
      3,
      "nhi-bundle-2026-06-12/manifest.dsse.json",
      "nhi-audit-bundle",
      "manifest",
      0,
      "verified",
      [0, 65_161, 0],
      null,
      null,
      [],
      {},
    ),
  ];
  for (let n = 0; n < trailFiles; n++) {
    const digest = n % 22 === 21;
    const each = Math.floor(41_860 / Math.ceil((trailFiles * 21) / 22));
    out.push(
      source(
        4 + n,
        `AWSLogs/444455556666/${digest ? "CloudTrail-Digest" : "CloudTrail"}/eu-west-1/2026/06/12/444455556666_${n}.json.gz`,
        "cloudtrail",
        digest ? "digest" : "log",
        digest ? 0 : each,
        n > trailFiles - 4 ? "unproven" : "verified",
        digest ? [0, 10_833, 0] : [283_196, 484, 0],
        ["2026-06-11T20:00:04Z", "2026-06-12T05:22:40Z"],
        digest ? null : "ok ok trusted open asserted",
        n > trailFiles - 4 ? ["The digest of 05:00 to 06:00 UTC and its .metadata.json: 548 unproven become verified."] : [],
        n > trailFiles - 4 ? { unproven: each } : { verified: each },
      ),
    );
  }
  const next = 4 + trailFiles;
  out.push(
    source(
      next,
      "k8s/prod-eu-1/audit-2026-06-12.jsonl",
      "kubernetes-audit",
      "log",
      118_204,
      "unproven",
      [191_367_889, 118_204, 0],
      ["2026-06-11T22:30:00Z", "2026-06-12T05:59:59Z"],
      "ok unsealed none unknown asserted",
      ["Nothing in this format can: it has no seal. A signed manifest of its collection would show it unchanged since then."],
      { unproven: 118_204 },
    ),
    source(
      next + 1,
      "receipts/deployer.receipts.jsonl",
      "agent-receipts",
      "log",
      2316,
      "intact",
      [2_728_786, 2316, 0],
      ["2026-06-11T22:31:12Z", "2026-06-12T05:58:07Z"],
      "ok ok unknown open asserted",
      [
        "A key for z6Mkq…h4Vt that you trust from outside the evidence: 2,316 intact become verified.",
        "A receipt with terminal: true after sequence 2,316. Until then a cut tail could not be seen.",
      ],
      { intact: 2316 },
    ),
    source(
      next + 2,
      "openbao/audit.log",
      "vault-audit",
      "log",
      9377,
      "unproven",
      [20_061_741, 9377, 212],
      ["2026-06-11T22:30:02Z", "2026-06-12T05:59:57Z"],
      "malformed unsealed none unknown asserted",
      ["Nothing in this format can: its HMACs hide values, they seal nothing."],
      { unproven: 9377 },
    ),
  );
  return out;
}

function finding(code: string, verdict: Word | null, source_id: number, message: string, more: Partial<FindingView> = {}): FindingView {
  return { code, class: "integrity", verdict, source_id, message, members: [], ...more } as FindingView;
}

export function findings(trail: number, last: number): FindingView[] {
  return [
    finding("record-altered", "contradicted", 1, "Record 907 is not what was sealed.", {
      stream: "example.com/agents-prod",
      seq: 907,
      ordinal: 907,
      offset: 400_004,
      length: 527,
    }),
    finding("record-missing", "contradicted", 2, "13 records are missing.", {
      stream: "example.com/payments",
      first_seq: 412,
      last_seq: 424,
      count: 13,
    }),
    finding("tail-unsealed", "unproven", trail, "548 records after 05:00:00 UTC have no digest yet.", { count: 548 }),
    finding("period-uncovered", null, trail, "No sealed file covers 02:29:12 to 03:41:06 UTC.", {
      stream: "CloudTrail 444455556666, eu-west-1",
      from: "2026-06-12T02:29:12Z",
      until: "2026-06-12T03:41:06Z",
    }),
    finding("chain-restarted", null, trail, "The digests begin anew at 03:41:06 UTC."),
    finding("end-unknown", null, last, "No seal of the end."),
    finding("key-untrusted", "intact", last + 1, "The key came with the evidence."),
    finding("end-unknown", null, last + 1, "No terminal receipt."),
    finding("field-uncovered", null, last + 1, "3 members are outside the signature.", {
      members: ["proof.type", "proof.created", "proof.verificationMethod"],
    }),
    finding("record-malformed", "unproven", last + 2, "Line 6,096 has a member twice.", { ordinal: 6096 }),
    finding("end-unknown", null, last + 2, "No seal of the end."),
  ];
}
