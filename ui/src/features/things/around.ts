/** What stands one edge from a thing, in the order in which an examiner asks. */

import type { EdgeView } from "../../ipc";

export interface Section {
  title: string;
  edges: EdgeView[];
}

const OUT: Record<string, string> = {
  called: "Called",
  holds: "Credentials that it holds",
  minted: "Made",
  exchanged: "Exchanged for",
  delegated: "Delegated",
  used: "Used",
  read: "Secrets read",
  wrote: "Secrets written",
  accessed: "Accessed",
  decided: "Decided",
  revoked: "Revoked",
};
const IN: Record<string, string> = {
  called: "Called by",
  holds: "Held by",
  minted: "Made by",
  exchanged: "Exchanged from",
  delegated: "Delegated by",
  used: "Used by",
  read: "Read with",
  wrote: "Written with",
  accessed: "Accessed by",
  decided: "Decided by",
  revoked: "Revoked by",
};

/** Only the edges of this thing, by what they say of it; the fullest kinds in a fixed order. */
export function sections(edges: EdgeView[], id: string): Section[] {
  const out: Section[] = [];
  for (const [words, end] of [
    [OUT, "from"],
    [IN, "to"],
  ] as const)
    for (const [kind, title] of Object.entries(words)) {
      const own = edges.filter((edge) => edge.kind === kind && edge[end] === id);
      if (own.length > 0) out.push({ title, edges: own.sort((a, b) => ((a.first ?? "~") < (b.first ?? "~") ? -1 : 1)) });
    }
  return out;
}
