/** Who did what to what, in one line: the actor, an arrow, what it was done to, and the rest faintly. */

import type { TimelineRow } from "../../ipc";

export interface What {
  who: string | null;
  /** What it was done to, in the evidence's words. */
  to: string | null;
  /** Where the program has a word of its own for it: a decision. */
  said: string | null;
  /** The rest: pairs of our word and theirs. */
  rest: { word: string; value: string | null }[];
}

export function what(row: TimelineRow): What {
  const rest: What["rest"] = [];
  const minted = row.type.startsWith("token.");
  const targets =
    row.type === "policy.decide" ? [] : [row.secret, row.tool, minted ? row.token : null, row.resource, row.subject, row.token];
  const to = targets.find((target) => target !== null) ?? null;
  const said = row.decision !== null && (row.type === "policy.decide" || row.decision !== "allow") ? row.decision : null;
  if (row.native_type !== null && row.native_type !== row.type) rest.push({ word: "", value: row.native_type });
  if (row.subject !== null && row.subject !== to && row.subject !== row.actor) rest.push({ word: "for", value: row.subject });
  if (row.resource !== null && row.resource !== to && row.resource !== row.secret) rest.push({ word: "at", value: row.resource });
  if (row.source_ip !== null) rest.push({ word: "from", value: row.source_ip });
  if (row.actor === null && to === null && said === null) for (const code of row.findings) rest.unshift({ word: code, value: null });
  return { who: row.actor, to, said, rest };
}
