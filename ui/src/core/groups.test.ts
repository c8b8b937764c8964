import { expect, test } from "vitest";
import type { Source, Summary } from "../ipc";
import { describe, exhibits, groups, setRoot } from "./groups";

function source(id: number, path: string, format: string, more: Partial<Source> = {}): Source {
  return {
    id,
    path,
    format,
    import: 1,
    container: null,
    role: "log",
    sha256: "0".repeat(64),
    bytes: 10,
    records: 1,
    verdict: "unproven",
    counts: { total: 1, verified: 0, intact: 0, unproven: 1, contradicted: 0 } as Source["counts"],
    ledger: { bytes_in: 10, bytes_records: 9, bytes_structure: 1, bytes_rejected: 0, balanced: true },
    earliest: id,
    latest: id + 100,
    axes: null,
    raise: [],
    ...more,
  };
}
function summary(sources: Source[], findings: Summary["findings"] = []): Summary {
  return {
    case: "x.exhibit",
    verdict: "unproven",
    records: { total: 0, verified: 0, intact: 0, unproven: 0, contradicted: 0, unchecked: 0 },
    ledger: { bytes_in: 0, bytes_records: 0, bytes_structure: 0, bytes_rejected: 0, balanced: true },
    sources,
    streams: [],
    findings,
    notes: [],
  };
}

test("a bundle's files are one card, whatever stands beside it", () => {
  const cards = groups(
    summary([
      source(1, "b/streams/a.jsonl", "nhi-audit-bundle", { role: "stream" }),
      source(2, "b/checkpoints/a/000000000001", "nhi-audit-bundle", { role: "checkpoint", records: 0 }),
      source(3, "b/manifest.dsse.json", "nhi-audit-bundle", { role: "manifest", records: 0 }),
      source(4, "c/manifest.dsse.json", "nhi-audit-bundle", { role: "manifest", records: 0 }),
      source(5, "k8s/audit.jsonl", "kubernetes-audit"),
    ]),
  );
  expect(cards.map((card) => card.sources.map((one) => one.id))).toEqual([[1, 2, 3], [4], [5]]);
  expect(cards.map(exhibits)).toEqual(["E1–3", "E4", "E5"]);
  expect(describe(cards[0]!)).toBe("audit bundle · 1 stream, 1 checkpoint");
  expect(cards[0]!.name).toBe("b/");
});

test("a trail of 5,000 files is one card", () => {
  const files = Array.from({ length: 5000 }, (_, i) =>
    source(i + 1, `AWSLogs/444455556666/CloudTrail/eu-west-1/2026/06/12/${i}.json.gz`, "cloudtrail", {
      role: i % 21 === 0 ? "digest" : "log",
    }),
  );
  const cards = groups(summary(files));
  expect(cards).toHaveLength(1);
  expect(cards[0]!.records).toBe(5000);
  expect(cards[0]!.ledger.bytes_in).toBe(50_000);
  expect(exhibits(cards[0]!)).toBe("E1–5000");
  expect(describe(cards[0]!)).toBe("CloudTrail · 4,761 logs, 239 digests");
});

test("what files are called is counted as people count", () => {
  const named = (format: string, roles: string[]) =>
    describe(groups(summary(roles.map((role, i) => source(i + 1, `CloudTrail/${i}`, format, { role }))))[0]!);
  const nine = (role: string) => Array.from({ length: 9 }, () => role);
  expect(named("unknown", nine("not recognised"))).toBe("not recognised · 9 files");
  expect(named("agent-receipts", nine("receipts"))).toBe("agent receipts · 9 files");
  expect(named("cloudtrail", [...nine("log"), ...nine("digest metadata").slice(1), "key list"])).toBe(
    "CloudTrail · 9 logs, 8 digest metadata files, 1 key list",
  );
});

test("files in thousands of folders still make few cards", () => {
  const files = Array.from({ length: 3000 }, (_, i) => source(i + 1, `node-${i}/audit.log`, "kubernetes-audit"));
  expect(groups(summary(files))).toHaveLength(1);
  expect(groups(summary(files.slice(0, 5)))).toHaveLength(5);
});

test("a card is as bad as its worst file, and counts what all of them hold", () => {
  const [card] = groups(
    summary(
      [
        source(1, "b/streams/a.jsonl", "nhi-audit-bundle", { verdict: "verified" }),
        source(2, "b/streams/b.jsonl", "nhi-audit-bundle", { verdict: "contradicted" }),
      ],
      [
        {
          code: "record-altered",
          class: "integrity",
          verdict: "contradicted",
          source_id: 2,
          members: [],
          message: "m",
        } as unknown as Summary["findings"][number],
      ],
    ),
  );
  expect(card!.verdict).toBe("contradicted");
  expect(card!.findings).toHaveLength(1);
  expect([card!.earliest, card!.latest]).toEqual([1, 102]);
});

test("a sidecar without records does not speak for the trail it seals", () => {
  const [card] = groups(
    summary([
      source(1, "CloudTrail/a", "cloudtrail", { verdict: "verified" }),
      source(2, "CloudTrail/b", "cloudtrail", { verdict: "unproven", records: 0 }),
    ]),
  );
  expect(card!.verdict).toBe("verified");
});

test("sets begin at the folder that the format names", () => {
  expect(setRoot("x/y/AWSLogs/4/CloudTrail/f", "cloudtrail")).toBe("x/y/");
  expect(setRoot("streams/a.jsonl", "nhi-audit-bundle")).toBe("");
  expect(setRoot("upstreams/a.jsonl", "nhi-audit-bundle")).toBe("upstreams/");
  expect(setRoot("audit.log", "vault-audit")).toBeNull();
});
