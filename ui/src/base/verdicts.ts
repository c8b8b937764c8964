import type { RecordCounts, Word } from "../ipc";

/** In the order of the strip. In charts they stand in this order from the bottom up. */
export const VERDICTS: readonly Word[] = ["verified", "intact", "unproven", "contradicted", "unchecked"];

/** The word that people read. */
export function spoken(word: Word): string {
  return word === "unchecked" ? "not yet checked" : word;
}

/** How many records have a verdict. A count that does not apply is left out of the data. */
export function countOf(counts: RecordCounts | undefined, word: Word): number {
  return counts?.[word] ?? 0;
}

/** What a verdict says, in a sentence. */
export const MEANING: Record<Word, string> = {
  verified: "Sealed, every check holds, and you trust the key from outside the evidence.",
  intact: "Sealed, and every check holds; nobody outside the evidence vouches for the author.",
  unproven: "Nothing shows it false, and nothing proves it.",
  contradicted: "A check refutes it.",
  unchecked: "Read, not looked at yet.",
};

const RANK: Record<Word, number> = { contradicted: 0, unproven: 1, intact: 2, verified: 3, unchecked: 4 };

/** The worst of several, in the contract's order; what is not yet checked is worse than nothing. */
export function worst(words: Iterable<Word>): Word {
  let found: Word = "unchecked";
  for (const word of words) if (RANK[word] < RANK[found]) found = word;
  return found;
}
