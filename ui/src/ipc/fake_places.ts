/** What the made-up case says in the further places: the same leak as in the design's pictures. */

import type {
  AdequacyView,
  CaseFinding,
  CustodyView,
  FindingView,
  FindingsView,
  IdentityView,
  KeyView,
  ProvenanceView,
  ThingView,
  ThingsView,
  Word,
} from "./backend";
import { JTI, PROD, LOGIN, CHILD, ORPHAN, at } from "./fake_ids";
import { STORY } from "./fake_story";

export const KEYS: KeyView[] = [
  {
    fingerprint: "SHA256:9DQqmznp4kXPR8nN7KbRWyG47z9XfW0oFxkvX35jVzE",
    algorithm: "ed25519",
    name: "example.com/agents-prod",
    streams: ["example.com/agents-prod", "example.com/payments"],
    from: "2026-01-01T00:00:00Z",
    until: null,
    revoked: null,
    how: "typed from form CI-7, 13 Jun 2026",
    added: "2026-06-13T08:02:41Z",
  },
  {
    fingerprint: "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
    algorithm: "rsa",
    name: null,
    streams: [],
    from: "2026-05-20T00:00:00Z",
    until: "2026-07-20T00:00:00Z",
    revoked: null,
    how: "aws cloudtrail list-public-keys, run by M. Okafor in the audit account",
    added: "2026-06-13T08:03:10Z",
  },
  {
    fingerprint: "SHA256:uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek",
    algorithm: "ed25519",
    name: "old collector",
    streams: ["example.com/payments"],
    from: null,
    until: null,
    revoked: "2026-06-01T00:00:00Z",
    how: "by phone, from the team that runs it",
    added: "2026-06-13T08:04:52Z",
  },
];
/** The fingerprint of the receipts' own key, as its owner would read it out. */
export const OWNER_READS = "8efd99dd84092736322fa3cfcb7affe42ba6e9f2fbd5a5d5ef2a6e635f0a5094";

function entry(seq: number, time: string, act: string, about: object, sha256: string) {
  const line = JSON.stringify({ seq, at_us: 0, who: "M. Okafor", tool: "exhibit-window 0.1.0", act, about });
  return {
    seq,
    at: `2026-06-13T${time}Z`,
    who: "M. Okafor",
    tool: "exhibit-window 0.1.0",
    act,
    about: JSON.stringify(about),
    line,
    sha256,
  };
}
export const CUSTODY: CustodyView = {
  holds: true,
  faults: [],
  head: "fe7f54b70c8d1f2a9b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f70850d",
  lines: [
    entry(0, "07:58:02", "create", {}, "25ab6399f00c4b1a88d1c2e3f4a5b6c7d8e9fa0b1c2d3e4f5061728394a5d96f"),
    entry(
      1,
      "08:01:40",
      "import",
      { paths: ["nhi-bundle-2026-06-12", "AWSLogs"], files: 227 },
      "f44b4499aa0c4b1a88d1c2e3f4a5b6c7d8e9fa0b1c2d3e4f5061728394a5c3e6",
    ),
    entry(
      2,
      "08:02:41",
      "trust-add",
      { keys: [KEYS[0]!.fingerprint], how: ["typed from form CI-7, 13 Jun 2026"] },
      "f8941999bb0c4b1a88d1c2e3f4a5b6c7d8e9fa0b1c2d3e4f5061728394a5b86a",
    ),
    entry(3, "08:02:44", "verify", { files: 227, trusted_keys: 1 }, "fe7f54b70c8d1f2a9b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f70850d"),
  ],
};

const identity = (
  id: string,
  kind: string,
  acts: number,
  refused: number,
  subject: number,
  verdict: Word,
  aliases: [string, string][] = [],
): IdentityView => ({
  id,
  kind,
  kinds: [{ kind, records: acts }],
  aliases: aliases.map(([name, learnt]) => ({ name, with: id, learnt, how: null })),
  ambiguous: [],
  acts,
  refused,
  subject,
  first: at("01:58:02"),
  last: at("03:27:02.940"),
  verdict,
  names_left_out: false,
});
export const IDENTITIES: IdentityView[] = [
  identity("system:node:ip-10-0-4-17.eu-west-1", "workload", 61_204, 12, 0, "unproven"),
  identity("agent/deployer", "agent", 1_204, 0, 44, "contradicted", [["spiffe://example.com/agent/deployer", "E1:12"]]),
  identity("payments/reconciler", "workload", 486, 3, 20, "unproven", [
    ["system:serviceaccount:payments:reconciler", "E228:91207"],
    ["entity 0b1e9d", "E230:6071"],
  ]),
  identity("prod-ops", "service", 92, 1, 3, "verified", [
    ["arn:aws:sts::444455556666:assumed-role/prod-ops/ci", "E31:131"],
    ["AROA4MZC7PLQ2V9DT6YA:ci", "E31:131"],
  ]),
  identity("sts", "service", 61, 1, 0, "verified"),
  identity("agent/payments", "agent", 44, 0, 12, "verified"),
  identity("agent/d\u0435\u0440loyer", "agent", 1, 0, 0, "verified"),
  identity("oncall/a.haddad", "human", 2, 0, 0, "verified"),
];

const thing = (
  id: string,
  kind: string,
  acts: number,
  verdict: Word,
  first: string,
  last: string,
  by: string,
  withs: string[] = [],
): ThingView => ({
  id,
  kind,
  acts,
  refused: 0,
  first: at(first),
  last: at(last),
  verdict,
  kinds: [{ id: kind === "secret" ? "secret.read" : "token.use", acts }],
  by: [{ id: by, acts }],
  by_left_out: 0,
  with: withs.map((one) => ({ id: one, acts })),
  with_left_out: 0,
});
export const SECRETS: ThingsView = {
  left_out: 0,
  things: [
    ...Array.from({ length: 34 }, (_, n) =>
      thing(`kv/team-${n % 7}/service-${n}`, "secret", 3 + (n % 2), "unproven", "02:58:51.207", "03:27:02.940", "payments/reconciler", [
        ORPHAN,
      ]),
    ),
    thing("aws:prod/payments/db", "secret", 1, "verified", "02:14:30", "02:14:30", "prod-ops", [PROD]),
    thing("kv/payments/stripe-live", "secret", 1, "unproven", "02:20:11.640", "02:20:11.640", "payments/reconciler", [CHILD]),
    thing("kv/payments/ledger-signing", "secret", 1, "unproven", "02:20:58.102", "02:20:58.102", "payments/reconciler", [CHILD]),
    thing("kv/payments/payagent-07", "secret", 1, "unproven", "02:22:48.310", "02:22:48.310", "payments/reconciler", [CHILD]),
  ],
};
export const CREDENTIALS: ThingsView = {
  left_out: 0,
  things: [
    thing(ORPHAN, "credential", 97, "unproven", "02:23:30.774", "03:27:02.940", "payments/reconciler"),
    thing(PROD, "credential", 9, "verified", "02:13:05", "02:29:12", "prod-ops"),
    thing(JTI, "credential", 8, "contradicted", "01:58:02", "02:44:18.660", "agent/deployer"),
    thing("key:payagent-07", "credential", 6, "verified", "02:24:09.350", "02:28:02.771", "agent/payments"),
    thing(CHILD, "credential", 4, "unproven", "02:19:03.011", "02:22:48.310", "payments/reconciler"),
    thing(LOGIN, "credential", 3, "unproven", "02:18:22.530", "02:23:30.774", "payments/reconciler"),
  ],
};

const behaviour = (code: string, strength: string, message: string, subject: [string, string], count: number): CaseFinding => ({
  key: `${code} ${subject[1]}`,
  code,
  class: "behaviour",
  strength,
  verdict: null,
  message,
  subject: { kind: subject[0], id: subject[1] },
  count,
  first: at("02:11:46.920"),
  last: at("02:44:18.660"),
  events: STORY.slice(2, 5).map((row) => ({
    event: `E${row.id.file}:${row.id.ordinal}`,
    id: row.id,
    time: at("02:11:46.920"),
    part: "use",
    verdict: row.verdict,
  })),
  coverage: ["example.com/agents-prod: sealed from 20:00 to 05:59, 1,742 records"],
  mapping: { nhi: ["NHI7"], agentic: ["ASI03"], attack: ["T1550.001"] },
});
export function findingsOf(integrity: FindingView[]): FindingsView {
  return {
    case: "deployer-leak.exhibit",
    verdict: "contradicted",
    query: "",
    left_out: 0,
    limits: [],
    mapped_to: [],
    findings: [
      ...integrity.map((one, at) => ({
        key: `integrity ${at}`,
        code: one.code,
        class: one.class,
        verdict: one.verdict,
        message: one.message,
        events: [],
        ...(one.stream ? { stream: one.stream } : {}),
        ...(one.seq != null ? { seq: one.seq } : {}),
        ...(one.count != null ? { count: one.count } : {}),
      })),
      behaviour(
        "token-used-after-revocation",
        "proof",
        "The token was offered at 02:44:18, 2 min 49 s after its revocation.",
        ["credential", JTI],
        1,
      ),
      behaviour("token-replayed", "indicator", "One token was exchanged from two networks within 13 min.", ["credential", JTI], 2),
      behaviour("logging-stopped", "proof", "prod-ops switched the trail off at 02:29:12.", ["log", "trail/org-main"], 1),
      behaviour(
        "secret-read-burst",
        "indicator",
        "34 secrets were read within 28 min by an identity that read 3 a day before.",
        ["identity", "payments/reconciler"],
        96,
      ),
    ],
    not_assessable: [{ code: "approval-missing", reason: "No source here records approvals.", partly: false }],
  };
}

export function provenanceOf(id: { file: number; ordinal: number }): ProvenanceView {
  const event = (file: number, ordinal: number, verdict: Word) => ({
    event: `E${file}:${ordinal}`,
    id: { file, ordinal },
    time: at("02:20:11.640"),
    part: "shows it",
    verdict,
  });
  return {
    event: { ...event(id.file, id.ordinal, "unproven"), part: "act" },
    type: "secret.read",
    answer: "not shown",
    verdict: "contradicted",
    reasons: [
      "initiator: on_behalf_of stands in none of the 6 records.",
      "approval: the rule names none; E1 records approvals for other acts of that hour.",
    ],
    lines: [
      { about: "initiator", said: null, cites: null },
      { about: "workload", said: "payments/reconciler", cites: event(230, 6088, "unproven") },
      { about: "credential", said: "bao:c07e…52b8, 02:19:03 to 03:18:22", cites: event(230, 6074, "unproven") },
      { about: "scope", said: "payments-read", cites: event(230, 6074, "unproven") },
      { about: "policy", said: "aws-exchange v12, allow", cites: event(1, 907, "contradicted") },
      { about: "approval", said: null, cites: null },
      { about: "outcome", said: "success", cites: event(230, 6088, "unproven") },
    ],
  };
}

const stretch = (state: string, from: string, until: string, why: string) => ({
  state,
  from: from.includes("T") ? from : at(from),
  until: at(until),
  why,
});
export const ADEQUACY: AdequacyView = {
  case: "deployer-leak.exhibit",
  all: {
    of: null,
    acts: 258_224,
    counts: {
      workload: 240_100,
      "short-lived": 1_322,
      decision: 9_377,
      request: 118_204,
      resource: 258_224,
      approval: 0,
      outcome: 258_223,
      sealed: 45_974,
    },
  },
  questions: [
    {
      question: "Who asked for it first?",
      answerable: "in part",
      because: ["1,742 of 258,224 acts name on whose behalf they were done."],
      asked_by: ["NIST SP 800-92"],
      sources: ["nhi-bundle-2026-06-12"],
    },
    {
      question: "Was it done under a short-lived credential?",
      answerable: "yes",
      because: ["Each credential but one has an end of its own."],
      asked_by: ["OWASP NHI7"],
      sources: ["AWSLogs"],
    },
    {
      question: "Who approved it?",
      answerable: "never",
      because: ["0 of 258,224 acts name an approval."],
      asked_by: ["SOC 2 CC6.1"],
      sources: [],
    },
  ],
  never: ["Which data class was read: no record of this evidence says, 0 of 258,224 acts."],
  sources: [
    {
      of: "nhi-bundle-2026-06-12/streams/agents-prod.jsonl",
      format: "nhi-audit-bundle",
      acts: 1742,
      counts: { workload: 1742, "short-lived": 1322, decision: 1742, sealed: 1742 },
    },
    {
      of: "k8s/prod-eu-1/audit-2026-06-12.jsonl",
      format: "kubernetes-audit",
      acts: 118_204,
      counts: { workload: 118_204, request: 118_204 },
    },
  ],
  streams: [],
  identities: [],
  identities_left_out: 0,
  coverage: [
    {
      stream: "example.com/agents-prod",
      format: "nhi-audit-bundle",
      records: 1742,
      end_known: true,
      stretches: [stretch("sealed", "2026-06-11T20:00:00Z", "05:59:58", "sealed by checkpoints")],
    },
    {
      stream: "example.com/payments",
      format: "nhi-audit-bundle",
      records: 605,
      end_known: true,
      stretches: [
        stretch("sealed", "2026-06-11T20:00:00Z", "02:26:31", "sealed by checkpoints"),
        stretch("missing", "02:26:31", "02:28:02", "13 records are missing"),
        stretch("sealed", "02:28:02", "05:58:11", "sealed by checkpoints"),
      ],
    },
    {
      stream: "CloudTrail 444455556666, eu-west-1",
      format: "cloudtrail",
      records: 41_860,
      end_known: false,
      stretches: [
        stretch("sealed", "2026-06-11T20:00:04Z", "02:29:12", "listed in signed digests"),
        stretch("silent", "02:29:12", "03:41:06", "no sealed file covers it"),
        stretch("sealed", "03:41:06", "05:00:00", "listed in signed digests"),
        stretch("unsealed", "05:00:00", "05:22:40", "no digest yet"),
      ],
    },
    {
      stream: "k8s/prod-eu-1/audit-2026-06-12.jsonl",
      format: "kubernetes-audit",
      records: 118_204,
      end_known: false,
      stretches: [stretch("unsealed", "2026-06-11T22:30:00Z", "05:59:59", "this format has no seal")],
    },
  ],
};
