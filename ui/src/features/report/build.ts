/** What stands in the form's summary, in words; and the members that a record has. */

import { counted } from "../../base/number";
import type { FieldWrong } from "../../ipc";
import { besides, type Withheld } from "../../core/desk.svelte";

/** What is wrong with one field, in words, or nothing. */
export function wrongAt(wrong: readonly FieldWrong[], field: string, entry = 0): string | null {
  const found = wrong.find((one) => one.field === field && one.entry === entry);
  return found ? found.failure.message : null;
}

/** How many questions there are, and how many of them have an answer. */
export function questionWords(questions: readonly { question: string; answer: string }[]): string {
  const asked = questions.filter((one) => one.question.trim() !== "");
  if (asked.length === 0) return "no question";
  const answered = asked.filter((one) => one.answer.trim() !== "").length;
  return `${counted(asked.length, "question")}, ${answered === asked.length ? "answered" : `${answered} answered`}`;
}

export function withheldWords(list: readonly Withheld[]): string {
  const part = list.filter((one) => one.part).length;
  const whole = list.reduce((sum, one) => sum + (one.part ? 0 : 1 + besides(one).length), 0);
  if (list.length === 0) return "nothing";
  return [whole > 0 ? `${counted(whole, "record")} left out` : "", part > 0 ? `${counted(part, "member")} blacked out` : ""]
    .filter((words) => words !== "")
    .join(", ");
}

/** Which of the examiner's own words there are. */
export function wordsOf(parts: readonly (readonly [string, string])[]): string {
  const there = parts.filter(([, text]) => text.trim() !== "").map(([name]) => name);
  return there.length === 0 ? "none given" : there.join(", ");
}

/** No list of members is longer. */
const MOST_MEMBERS = 300;

/** The members of a record as JSON Pointers (RFC 6901), outer ones first; none where it is no JSON. */
export function pointers(raw: string): string[] {
  let root: unknown;
  try {
    root = JSON.parse(raw);
  } catch {
    return [];
  }
  const out: string[] = [];
  const waiting: [string, unknown][] = [["", root]];
  for (let at = 0; at < waiting.length && out.length < MOST_MEMBERS; at++) {
    const [path, value] = waiting[at]!;
    if (path !== "") out.push(path);
    if (typeof value !== "object" || value === null) continue;
    for (const [name, inner] of Object.entries(value)) waiting.push([`${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`, inner]);
  }
  return out;
}
