/** The shared filter as one query, for the places whose answers are made from a query alone. */

import type { TimelineFilter } from "../ipc";

const iso = (micros: number) =>
  `${new Date(Math.floor(micros / 1000)).toISOString().slice(0, 19)}.${String(((micros % 1_000_000) + 1_000_000) % 1_000_000).padStart(6, "0")}Z`;

/** Without verdicts: the language joins terms by *and*, and several verdicts are an *or*. */
export function asQuery(filter: TimelineFilter): string {
  const all = ["verified", "intact", "unproven", "contradicted", "unchecked"];
  const parts = filter.query === "" ? [] : [filter.query];
  if (filter.from !== null) parts.push(`time>=${iso(filter.from)}`);
  if (filter.until !== null) parts.push(`time<${iso(filter.until)}`);
  if (filter.verdicts.length === 1) parts.push(`verdict:${filter.verdicts[0]}`);
  else if (filter.verdicts.length > 1)
    parts.push(...all.filter((word) => !(filter.verdicts as string[]).includes(word)).map((word) => `-verdict:${word}`));
  return parts.join(" ");
}
