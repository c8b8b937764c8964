/** A tree of credentials as rows, and lives on an axis. */

/** What a tree is made of. */
export interface Branch<T> {
  children: T[];
}

/** A row of the tree. */
export interface TreeRow<T> {
  node: T;
  parent: T | null;
  depth: number;
  /** For each level above: whether its line goes on below this row. */
  rails: boolean[];
}

/** The tree in the order in which it is read, without recursion: evidence decides how deep it is. */
export function flatten<T extends Branch<T>>(root: T, most = 5000): TreeRow<T>[] {
  const out: TreeRow<T>[] = [];
  const open: TreeRow<T>[] = [{ node: root, parent: null, depth: 0, rails: [] }];
  while (open.length > 0 && out.length < most) {
    const row = open.pop()!;
    out.push(row);
    const children = row.node.children;
    for (let at = children.length - 1; at >= 0; at--)
      open.push({
        node: children[at]!,
        parent: row.node,
        depth: row.depth + 1,
        rails: [...row.rails.slice(-11), at < children.length - 1],
      });
  }
  return out;
}

/** How a scope stands to that of the credential it was made from. */
export function scopeChange(own: string | null, parent: string | null): "same" | "narrower" | "wider" | "other" | null {
  if (own === null || parent === null) return null;
  const mine = new Set(own.split(/\s+/).filter(Boolean));
  const theirs = new Set(parent.split(/\s+/).filter(Boolean));
  const more = [...mine].some((word) => !theirs.has(word));
  const less = [...theirs].some((word) => !mine.has(word));
  return more ? (less ? "other" : "wider") : less ? "narrower" : "same";
}

/** The life of a credential on an axis from 0 to 100. */
export interface Life {
  from: number;
  until: number;
  /** Whether its beginning is in the evidence. */
  begun: boolean;
  /** How it ends: what it promised, what ended it, or nothing that is known. */
  end: "revoked" | "expired" | "open";
  /** After its revocation it would have lived until then. */
  after: number | null;
  uses: number[];
}

export interface Dates {
  minted: number | null;
  first: number | null;
  last: number | null;
  revoked: number | null;
  expires: number | null;
}

/** The axis that holds all these, with a little room. Null where nothing has a time. */
export function axisOf(all: readonly Dates[]): { from: number; until: number } | null {
  let from = Infinity;
  let until = -Infinity;
  for (const one of all) {
    for (const at of [one.minted, one.first, one.last, one.revoked]) {
      if (at === null) continue;
      from = Math.min(from, at);
      until = Math.max(until, at);
    }
  }
  if (from > until) return null;
  // A life that is promised for long after the last act would squeeze all that happened.
  const span = Math.max(until - from, 60_000_000);
  let far = until;
  for (const one of all) if (one.expires !== null) far = Math.max(far, Math.min(one.expires, until + span * 0.5));
  const room = (far - from || span) * 0.03;
  return { from: from - room, until: Math.max(far, from + span * 0.2) + room };
}

export function lifeOf(dates: Dates, axis: { from: number; until: number }): Life | null {
  const start = dates.minted ?? dates.first ?? dates.revoked;
  if (start === null) return null;
  const share = (at: number) => Math.min(100, Math.max(0, ((at - axis.from) / (axis.until - axis.from)) * 100));
  const natural = dates.expires;
  const ended = dates.revoked !== null && (natural === null || dates.revoked <= natural) ? dates.revoked : natural;
  const end = ended === null ? "open" : ended === dates.revoked ? "revoked" : "expired";
  const uses = [dates.first, dates.last].filter((at): at is number => at !== null);
  return {
    from: share(start),
    until: end === "open" ? 100 : share(Math.max(start, ended!)),
    begun: dates.minted !== null,
    end,
    after: end === "revoked" && natural !== null && natural > dates.revoked! ? share(natural) : null,
    uses: [...new Set(uses)].map(share),
  };
}
