/** The rows and the record that the design's pictures show. */

import type { ProofView, RecordView, TimelineRow, Word } from "./backend";

export type Told907 = RecordView;

const day = (time: string) => Date.parse(`2026-06-12T${time.slice(0, 8)}Z`) * 1000 + Number((time.split(".")[1] ?? "").padEnd(6, "0"));

function row(
  where: string,
  verdict: Word,
  time: string | null,
  type: string,
  actor: string | null,
  more: Partial<TimelineRow> = {},
): TimelineRow {
  const [file, seq] = where.split(":").map(Number);
  return {
    id: { file: file!, ordinal: seq! },
    verdict,
    time: time === null ? null : day(time),
    digits: time?.split(".")[1]?.length ?? 0,
    type,
    actor,
    native_type: null,
    subject: null,
    credential: null,
    token: null,
    secret: null,
    resource: null,
    tool: null,
    decision: null,
    outcome: "success",
    source_ip: null,
    seq: seq!,
    stream: file === 1 ? "example.com/agents-prod" : file === 2 ? "example.com/payments" : null,
    path: "",
    findings: [],
    ...more,
  };
}

const JTI = "jti:7f0c91d4-2b6e-4c1a-9a57-0e3b5f8d6c21";
const K8S = 228;
const RECEIPTS = 229;
const BAO = 230;

export const STORY: TimelineRow[] = [
  row(`${RECEIPTS}:311`, "intact", "02:06:31.447210", "tool.invoke", "agent/deployer", {
    tool: "publish build-4417\u202Egpj.log",
    credential: JTI,
  }),
  row("1:907", "contradicted", "02:11:46.902113", "policy.decide", "policy/exchange", {
    decision: "allow",
    subject: "agent/deployer",
    source_ip: "10.1.2.3",
    credential: JTI,
    findings: ["record-altered"],
  }),
  row("1:908", "verified", "02:11:46.920418", "token.exchange", "sts", {
    token: "aws:ASIA5FQK2XN3YH4RRB7N",
    subject: "agent/deployer",
    source_ip: "203.0.113.77",
    credential: JTI,
  }),
  row("31:114", "verified", "02:11:47", "token.mint", "sts:WebIdentity", {
    subject: "ci-deploy",
    native_type: "AssumeRoleWithWebIdentity",
    source_ip: "203.0.113.77",
    credential: "aws:ASIA5FQK2XN3YH4RRB7N",
  }),
  row("31:131", "verified", "02:13:05", "token.mint", "ci-deploy", {
    subject: "prod-ops",
    native_type: "AssumeRole",
    credential: "aws:ASIA4MZC7PLQ2V9DT6YA",
  }),
  row("31:140", "verified", "02:14:30", "secret.read", "prod-ops", {
    secret: "aws:prod/payments/db",
    native_type: "GetSecretValue",
    credential: "aws:ASIA4MZC7PLQ2V9DT6YA",
  }),
  row(`${K8S}:91207`, "unproven", "02:16:40.218113", "token.mint", "prod-ops", {
    subject: "sa payments/reconciler",
    native_type: "create serviceaccounts/token",
    credential: "k8s:3c9b0d52-7d14-4e0f-93a6-0c2f61b8a71e",
  }),
  row(`${BAO}:6071`, "unproven", "02:18:22.530", "token.mint", "payments/reconciler", {
    token: "bao:8a41c2d7e05b4f31a9d2f09d",
    native_type: "login auth/kubernetes",
    credential: "bao:8a41c2d7e05b4f31a9d2f09d",
  }),
  row(`${BAO}:6074`, "unproven", "02:19:03.011", "token.mint", "payments/reconciler", {
    token: "bao:c07e1f03a2574fb0a4c952b8",
    native_type: "child token",
    credential: "bao:8a41c2d7e05b4f31a9d2f09d",
  }),
  row(`${BAO}:6088`, "unproven", "02:20:11.640", "secret.read", "payments/reconciler", {
    secret: "kv/payments/stripe-live",
    credential: "bao:c07e1f03a2574fb0a4c952b8",
  }),
  row(`${BAO}:6095`, "unproven", "02:20:58.102", "secret.read", "payments/reconciler", {
    secret: "kv/payments/ledger-signing",
    credential: "bao:c07e1f03a2574fb0a4c952b8",
  }),
  row(`${BAO}:6096`, "unproven", null, "malformed", null, { outcome: null, findings: ["record-malformed"] }),
  row(`${BAO}:6113`, "unproven", "02:22:48.310", "secret.read", "payments/reconciler", {
    secret: "kv/payments/payagent-07",
    credential: "bao:c07e1f03a2574fb0a4c952b8",
  }),
  row(`${BAO}:6121`, "unproven", "02:23:30.774", "token.mint", "payments/reconciler", {
    token: "bao:e91a44b70f0d4d5c8f0207cc",
    native_type: "orphan token",
    credential: "bao:8a41c2d7e05b4f31a9d2f09d",
  }),
  row("2:398", "verified", "02:24:09.350081", "call", "agent/d\u0435\u0440loyer", {
    subject: "agent/payments",
    credential: "key:payagent-07",
  }),
  row("2:401", "verified", "02:24:41.118340", "tool.invoke", "agent/payments", { tool: "payout.create", credential: "key:payagent-07" }),
  row("2:411", "verified", "02:26:31.004912", "call", "agent/payments", { subject: "agent/ledger", credential: "key:payagent-07" }),
  row("2:425", "verified", "02:28:02.771350", "tool.invoke", "agent/payments", { tool: "payout.create", credential: "key:payagent-07" }),
  row("31:207", "verified", "02:29:12", "logging.stop", "prod-ops", {
    native_type: "StopLogging",
    resource: "trail/org-main",
    credential: "aws:ASIA4MZC7PLQ2V9DT6YA",
  }),
  row("1:941", "verified", "02:41:30.007715", "token.revoke", "oncall/a.haddad", { token: JTI, credential: "oidc:51d06ee2c7a94b2e9e3c" }),
  row("1:944", "verified", "02:44:18.660201", "token.exchange", "sts", { outcome: "denied", token: JTI, credential: JTI }),
];

const RAW =
  '{"v":1,"stream":"example.com/agents-prod","seq":907,"prev":"216f1f82f1e12d46c1b4b7df5906e8fb8fa734e6840e794fd2badc2ae82925ea","time":"2026-06-12T02:11:46.902113Z","type":"policy.decide","actor":{"id":"spiffe://example.com/policy/exchange","kind":"service"},"subject":{"id":"spiffe://example.com/agent/deployer","kind":"agent"},"credential":{"id":"jti:7f0c91d4-2b6e-4c1a-9a57-0e3b5f8d6c21"},"policy":{"id":"aws-exchange","version":"12","decision":"allow","rule":"ci-network-only"},"outcome":"success","source":{"ip":"10.1.2.3"}}';

export const RECORD_907: RecordView = {
  id: { file: 1, ordinal: 907 },
  verdict: "contradicted",
  reason: "These are not the bytes that were sealed. The seal itself holds: step 3 mends the tree, so every other record stays proven.",
  source: "nhi-bundle-2026-06-12/streams/agents-prod.jsonl",
  format: "nhi-audit-bundle",
  import: 1,
  stream: "example.com/agents-prod",
  seq: 907,
  offset: 400_004,
  length: 527,
  sha256: "d88d25f3bbd09d1e176052ba2667eac59da795fc1d1373f00f8b710f7a10f7d1",
  raw: RAW,
  utf8: true,
  fields: [
    ["time", "2026-06-12T02:11:46.902113Z"],
    ["type", "policy.decide"],
    ["actor", "spiffe://example.com/policy/exchange"],
    ["actor kind", "service"],
    ["subject", "spiffe://example.com/agent/deployer"],
    ["credential", JTI],
    ["decision", "allow"],
    ["outcome", "success"],
    ["source ip", "10.1.2.3"],
  ],
  note: { starred: false, tags: [], comment: null },
  raise: ["Another copy of this stream whose line 907 has the digest of step 3."],
  findings: [
    {
      code: "record-altered",
      class: "integrity",
      verdict: "contradicted",
      stream: "example.com/agents-prod",
      seq: 907,
      ordinal: 907,
      members: [],
      message: "Its bytes differ from the digest that seals it.",
    } as unknown as RecordView["findings"][number],
  ],
};

/** Its proof, which fails at one step. */
export const PROOF_907: ProofView = {
  proof: [
    { name: "bytes", outcome: "info", text: "527 B at 400,004", value: "streams/agents-prod.jsonl", extent: null },
    {
      name: "digest",
      outcome: "info",
      text: "SHA-256",
      value: "d88d25f3bbd09d1e176052ba2667eac59da795fc1d1373f00f8b710f7a10f7d1",
      extent: null,
    },
    {
      name: "link",
      outcome: "fails",
      text: "Record 908, itself proven, names another line.",
      value: "50e7349139a78821052be2bfed406abc6527a84657d69d1902b6dd7d17c6a9ae",
      extent: null,
    },
    {
      name: "leaf",
      outcome: "holds",
      text: "mended",
      value: "b8e0ae4000bbea2247ea3f6dbfa04e074dcff5fbc22d9397b71940f2c7a579bc",
      extent: null,
    },
    { name: "path", outcome: "holds", text: "11 siblings", value: "leaf 907 of 1,742", extent: null },
    {
      name: "root",
      outcome: "holds",
      text: "equals the checkpoint’s",
      value: "dee549db7b2c49c305302211dcfe0cfff190f8f5aa490967988989a72b0ce037",
      extent: null,
    },
    { name: "signature", outcome: "holds", text: "Ed25519, holds", value: "checkpoints/agents-prod/000000001742", extent: null },
    {
      name: "key",
      outcome: "holds",
      text: "SHA-256 of the key",
      value: "f4342a9b39f9e245102470ae1fbe4abdebe1d1d7b08b29a97b0109d75f7e6357",
      extent: null,
    },
    { name: "trust", outcome: "holds", text: "M. Okafor", value: null, extent: null },
  ],
  uncovered: [],
};
