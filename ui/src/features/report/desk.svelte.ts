/** What was typed and chosen for a report, kept while the person looks elsewhere in the same case. */

import type { View } from "../../core/view.svelte";
import type { CheckKeysView, Failure, ReportAsked, ReportCheck, SigningKeyView, Wrote } from "../../ipc";

export type Rows = "filter" | "starred" | "query";

export class Desk {
  part = $state<"custody" | "write" | "check">("custody");

  title = $state("");
  examiner = $state("");
  reviewer = $state("");
  authority = $state("");
  at = $state("");
  questions = $state([{ question: "", answer: "" }]);
  rows = $state<Rows>("filter");
  typed = $state("");
  graph = $state(true);
  reach = $state("");
  after = $state("");
  key = $state.raw<SigningKeyView | null>(null);
  writing = $state(false);
  wrote = $state.raw<Wrote | null>(null);
  unwritten = $state.raw<Failure | null>(null);

  keys = $state.raw<CheckKeysView | null>(null);
  checking = $state(false);
  checked = $state.raw<ReportCheck | null>(null);
  unchecked = $state.raw<Failure | null>(null);

  /** Which events are cited; `filter` is the filter that all places share. */
  query(filter: string): string {
    return this.rows === "filter" ? filter : this.rows === "starred" ? "star:yes" : this.typed.trim();
  }

  asked(filter: string): ReportAsked {
    return {
      title: this.title,
      examiner: this.examiner,
      reviewer: this.reviewer,
      authority: this.authority,
      at: this.at,
      questions: this.questions.map((one) => [one.question, one.answer]),
      query: this.query(filter),
      graph: this.graph,
      reach: this.reach,
      reach_after: this.reach.trim() === "" ? "" : this.after,
    };
  }
}

const desks = new WeakMap<View, { path: string; desk: Desk }>();

/** The desk of a case; another case has another. */
export function deskOf(view: View, path: string): Desk {
  const found = desks.get(view);
  if (found?.path === path) return found.desk;
  const desk = new Desk();
  desks.set(view, { path, desk });
  return desk;
}
