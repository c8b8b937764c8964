/** Lineage, reach and graph of the made-up story. */

import type { EdgeView, GraphView, LineageTree, LineageView, NodeView, ReachView, ReachedView, StepView, Word } from "./backend";
import { JTI, STS, PROD, K8S, LOGIN, CHILD, ORPHAN, at } from "./fake_ids";

function node(
  credential: string,
  kind: string,
  holder: string,
  join: string | null,
  verdict: Word | null,
  minted: string | null,
  ends: string | null,
  scope: string | null,
  uses: [number, string, string] | null,
  children: LineageView[] = [],
  more: Partial<LineageView> = {},
): LineageView {
  return {
    credential,
    kind,
    minted: minted ? "E31:114" : null,
    minted_by: "sts",
    holder,
    parent: null,
    uses: { count: uses?.[0] ?? 0, first: uses ? at(uses[1]) : null, last: uses ? at(uses[2]) : null, refused: 0, verdict },
    revoked: null,
    expires: ends ? at(ends) : null,
    join,
    children,
    minted_at: minted ? at(minted) : null,
    minted_verdict: minted ? verdict : null,
    mints: minted ? ["E31:114"] : [],
    minted_with: null,
    aliases: [],
    holder_aliases: [],
    parent_join: join,
    parent_shown_by: join ? "E31:114" : null,
    other_parents: [],
    candidates: [],
    scope,
    revoked_at: null,
    children_left_out: 0,
    in_cycle: false,
    ...more,
  };
}
export const LINEAGE: LineageTree = {
  ...node(
    JTI,
    "jwt",
    "agent/deployer",
    null,
    "verified",
    "01:58:02",
    "02:58:02",
    "assume deploy",
    [8, "01:59:20", "02:44:18.660"],
    [
      node("aws:ASIA2QDD81PLX0M49KLE", "aws-session", "ci-deploy", "exact", "verified", "01:59:20", "02:59:20", "assume deploy", [
        1,
        "02:00:01",
        "02:00:01",
      ]),
      node(
        STS,
        "aws-session",
        "ci-deploy",
        "exact",
        "verified",
        "02:11:46.920",
        "03:11:47",
        "assume deploy",
        [3, "02:11:47", "02:13:05"],
        [
          node(
            PROD,
            "aws-session",
            "prod-ops",
            "exact",
            "verified",
            "02:13:05",
            "03:13:05",
            "eks secrets trails",
            [9, "02:14:30", "02:29:12"],
            [
              node(
                K8S,
                "jwt",
                "payments/reconciler",
                "exact",
                "unproven",
                "02:16:40.218",
                "03:16:40",
                "ns:payments",
                [2, "02:16:58", "02:18:22"],
                [
                  node(
                    LOGIN,
                    "vault-token",
                    "payments/reconciler",
                    "inferred",
                    "unproven",
                    "02:18:22.530",
                    "03:18:22",
                    "payments-rw",
                    [3, "02:18:22.530", "02:23:30.774"],
                    [
                      node(
                        CHILD,
                        "vault-token",
                        "payments/reconciler",
                        "salted",
                        "unproven",
                        "02:19:03.011",
                        "03:18:22",
                        "payments-read",
                        [4, "02:20:11.640", "02:22:48.310"],
                        [
                          node("key:payagent-07", "api-key", "agent/payments", "exact", "verified", null, null, "journal payouts", [
                            6,
                            "02:24:09.350",
                            "02:28:02.771",
                          ]),
                        ],
                      ),
                      node(ORPHAN, "vault-token", "payments/reconciler", "salted", "unproven", "02:23:30.774", null, "payments-rw", [
                        97,
                        "02:58:51.207",
                        "03:27:02.940",
                      ]),
                    ],
                  ),
                ],
              ),
            ],
          ),
        ],
      ),
    ],
    { revoked: "E1:941", revoked_at: at("02:41:30.007") },
  ),
  ancestors: [],
  ancestors_cut: false,
  coverage: [],
  gaps: [],
  inferred_within_seconds: 300,
};

const JOINS = ["exact", "exact", "exact", "inferred", "salted", "salted", "exact"];
function reached(id: string, kind: string, certainty: string, time: string, verdict: Word, hops: number, wait: number): ReachedView {
  const path: StepView[] = JOINS.slice(0, hops).map((join, n) => ({
    event: n === hops - 1 ? "E230:6088" : "E31:114",
    time: at(n === hops - 1 ? time : "02:13:05"),
    from: n === 0 ? JTI : PROD,
    to: n === hops - 1 ? id : PROD,
    type: n === hops - 1 && kind === "secret" ? "secret.read" : "token.mint",
    join,
    verdict,
    waited: n === 0 ? null : wait * 1_000_000,
    why_may: join === "inferred" ? "the link is inferred" : n > 3 ? "a step before it is" : null,
  }));
  return { id, kind, certainty, at: at(time), verdict, path, path_left_out: 0, must: null };
}
export const REACH: ReachView = {
  from: JTI,
  from_kind: "credential",
  after: at("02:06:31"),
  origin: false,
  tolerance_seconds: 2,
  left_out: false,
  revoked: 0,
  expired: 4,
  rotated: 0,
  reached: [
    reached(STS, "credential", "must", "02:11:46.920", "verified", 1, 315),
    reached(PROD, "credential", "must", "02:13:05", "verified", 2, 78),
    reached("aws:prod/payments/db", "secret", "must", "02:14:30", "verified", 3, 85),
    reached(K8S, "credential", "must", "02:16:40.218", "unproven", 3, 215),
    reached(LOGIN, "credential", "may", "02:18:22.530", "unproven", 4, 102),
    reached(CHILD, "credential", "may", "02:19:03.011", "unproven", 5, 40),
    reached("kv/payments/stripe-live", "secret", "may", "02:20:11.640", "unproven", 6, 69),
    reached("kv/payments/ledger-signing", "secret", "may", "02:20:58.102", "unproven", 6, 115),
    reached("kv/payments/payagent-07", "secret", "may", "02:22:48.310", "unproven", 6, 225),
    reached(ORPHAN, "credential", "may", "02:23:30.774", "unproven", 5, 307),
    ...Array.from({ length: 34 }, (_, n) =>
      reached(`kv/team-${n % 7}/service-${n}`, "secret", "may", `02:${String(24 + n).padStart(2, "0")}:09.350`, "unproven", 6, 60 + n),
    ),
  ],
  revoke: [JTI, STS, PROD, ORPHAN].map((id) => ({
    id,
    at: id === JTI ? null : at("02:13:05"),
    certainty: id === ORPHAN ? "may" : "must",
    expires: id === ORPHAN ? null : at("03:13:05"),
  })),
  rotate: ["aws:prod/payments/db", "kv/payments/stripe-live", "kv/payments/ledger-signing", "kv/payments/payagent-07"].map((id) => ({
    id,
    at: at("02:20:11"),
    certainty: "may",
    expires: null,
  })),
};

const EDGES: [string, string, string, string, string, Word, number][] = [
  ["agent/deployer", JTI, "holds", "exact", "01:58:02", "verified", 1],
  ["sts", JTI, "minted", "exact", "01:58:02", "verified", 1],
  [JTI, STS, "exchanged", "exact", "02:11:46.920", "verified", 1],
  ["policy/exchange", STS, "decided", "exact", "02:11:46.902", "contradicted", 1],
  [STS, PROD, "minted", "exact", "02:13:05", "verified", 1],
  [PROD, "aws:prod/payments/db", "read", "exact", "02:14:30", "verified", 1],
  [PROD, K8S, "minted", "exact", "02:16:40.218", "unproven", 1],
  ["payments/reconciler", K8S, "holds", "exact", "02:16:40.218", "unproven", 2],
  [K8S, LOGIN, "minted", "inferred", "02:18:22.530", "unproven", 1],
  [LOGIN, CHILD, "minted", "salted", "02:19:03.011", "unproven", 1],
  [CHILD, "kv/payments/stripe-live", "read", "salted", "02:20:11.640", "unproven", 1],
  [CHILD, "kv/payments/ledger-signing", "read", "salted", "02:20:58.102", "unproven", 1],
  [CHILD, "kv/payments/payagent-07", "read", "salted", "02:22:48.310", "unproven", 1],
  [LOGIN, ORPHAN, "minted", "salted", "02:23:30.774", "unproven", 1],
  [ORPHAN, "kv/team-*", "read", "salted", "02:58:51.207", "unproven", 96],
  ["agent/d\u0435\u0440loyer", "agent/payments", "called", "exact", "02:24:09.350", "verified", 1],
  ["agent/payments", "agent/ledger", "called", "exact", "02:26:31.004", "verified", 2],
];
const PLACES: Record<string, [string, number, number]> = {
  "agent/deployer": ["identity", 300, 3200],
  sts: ["identity", 1100, 600],
  [JTI]: ["credential", 1500, 3300],
  [STS]: ["credential", 2700, 3400],
  "policy/exchange": ["identity", 2700, 900],
  [PROD]: ["credential", 3900, 3600],
  "aws:prod/payments/db": ["secret", 4300, 6600],
  [K8S]: ["credential", 5100, 3500],
  "payments/reconciler": ["identity", 5300, 700],
  [LOGIN]: ["credential", 6300, 3400],
  [CHILD]: ["credential", 7600, 2600],
  "kv/payments/stripe-live": ["secret", 8400, 600],
  "kv/payments/ledger-signing": ["secret", 9300, 2000],
  "kv/payments/payagent-07": ["secret", 9000, 3900],
  [ORPHAN]: ["credential", 6900, 6000],
  "kv/team-*": ["secret", 8300, 7300],
  "agent/d\u0435\u0440loyer": ["identity", 800, 7200],
  "agent/payments": ["identity", 2200, 8200],
  "agent/ledger": ["identity", 3700, 9200],
};
const NODES: NodeView[] = Object.entries(PLACES).map(([id, [kind, x, y]]) => ({
  id,
  kind,
  members: id.endsWith("*") ? 34 : 1,
  named: id.endsWith("*") ? ["kv/team-0/service-0", "kv/team-1/service-1"] : [],
  verdict: "unproven",
  first: at("01:58:02"),
  last: at("03:27:02.940"),
  x,
  y,
}));
const edges: EdgeView[] = EDGES.map(([from, to, kind, join, time, verdict, count]) => ({
  from,
  to,
  source: NODES.findIndex((one) => one.id === from),
  target: NODES.findIndex((one) => one.id === to),
  kind,
  count,
  first: at(time),
  last: at(count > 90 ? "03:27:02.940" : time),
  join,
  verdict,
  events: ["E31:114"],
}));
export const GRAPH: GraphView = { nodes: NODES, edges, acts: 122, refused: 1, all_nodes: 52, all_edges: 50, grouped: true };

/** What lies within one edge of an id, with the places renumbered. */
export function near(id: string): GraphView {
  const kept = edges.filter((edge) => edge.from === id || edge.to === id);
  const nodes = NODES.filter((one) => one.id === id || kept.some((edge) => edge.from === one.id || edge.to === one.id));
  const place = (name: string) => nodes.findIndex((one) => one.id === name);
  return {
    ...GRAPH,
    nodes,
    edges: kept.map((edge) => ({ ...edge, source: place(edge.from), target: place(edge.to) })),
    all_nodes: nodes.length,
    all_edges: kept.length,
    grouped: false,
  };
}
