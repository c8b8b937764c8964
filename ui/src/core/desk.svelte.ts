/**
 * What was typed and chosen for a report, kept while the person looks elsewhere. Other places lay what
 * is to be told onto it: records, lineages, reaches, the graph.
 */

import type { CheckKeysView, Failure, ReportAsked, ReportCheck, ReportOutline, SigningKeyView, Word, Wrote } from "../ipc";
import { termFor } from "./query";
import type { View } from "./view.svelte";

export interface Withheld {
  record: string;
  /** Empty where the whole record is left out. */
  member: string;
  why: string;
  /** Whether a member is blacked out, though none is named yet. */
  part: boolean;
  /** Other records of the same event: where it is left out, they are too. */
  also?: { of: string; records: string[] };
}

/** The records that are left out together with it; none once another record is named. */
export function besides(one: Withheld): string[] {
  return !one.part && one.also?.of === one.record.trim() ? one.also.records : [];
}

/** A credential, or a start of a reach, with what came of following it. */
export class Followed {
  id = $state("");
  after = $state("");
  /** Whether it cannot be followed, once that was tried. */
  failed = $state(false);

  constructor(id = "", after = "") {
    [this.id, this.after] = [id, after];
  }
}

/** What the graph of a report is drawn of, where that was chosen. */
export interface GraphOf {
  query: string;
  around: string;
  edges: number;
}

export class Desk {
  part = $state<"custody" | "write" | "check">("custody");

  title = $state("");
  examiner = $state("");
  reviewer = $state("");
  authority = $state("");
  supersedes = $state("");
  at = $state("");
  questions = $state([{ question: "", answer: "" }]);
  interpretation = $state("");
  opinion = $state("");
  against = $state("");
  limits = $state("");

  byFilter = $state(true);
  byStar = $state(false);
  byTag = $state(false);
  tag = $state("");
  byQuery = $state(false);
  typed = $state("");
  verdicts = $state.raw<Word[]>([]);
  cites = $state<string[]>([]);
  withhold = $state<Withheld[]>([]);
  /** Whether the person chose which searches count; until then the filter counts by itself. */
  chosen = $state(false);

  graph = $state(true);
  graphOf = $state.raw<GraphOf | null>(null);
  lineage = $state.raw<Followed[]>([]);
  reach = $state.raw<Followed[]>([]);

  key = $state.raw<SigningKeyView | null>(null);
  writing = $state(false);
  wrote = $state.raw<Wrote | null>(null);
  unwritten = $state.raw<Failure | null>(null);
  /** What the report would hold, as it was reckoned last. */
  outline = $state.raw<ReportOutline | null>(null);

  keys = $state.raw<CheckKeysView | null>(null);
  checking = $state(false);
  checked = $state.raw<ReportCheck | null>(null);
  unchecked = $state.raw<Failure | null>(null);

  /** The searches that are on, each with the field that it comes from; `filter` is that of all places. */
  searches(filter: string): { from: "filter" | "star" | "tag" | "query"; query: string }[] {
    return [
      ...(this.byFilter ? [{ from: "filter" as const, query: filter }] : []),
      ...(this.byStar ? [{ from: "star" as const, query: "star:yes" }] : []),
      ...(this.byTag && this.tag.trim() !== "" ? [{ from: "tag" as const, query: termFor("tag", this.tag.trim(), false) }] : []),
      ...(this.byQuery ? [{ from: "query" as const, query: this.typed.trim() }] : []),
    ];
  }

  asked(filter: string): ReportAsked {
    return {
      title: this.title,
      examiner: this.examiner,
      reviewer: this.reviewer,
      authority: this.authority,
      supersedes: this.supersedes,
      at: this.at,
      questions: this.questions.map((one) => [one.question, one.answer]),
      interpretation: this.interpretation,
      opinion: this.opinion,
      against: this.against,
      limits: this.limits,
      queries: this.searches(filter).map((one) => one.query),
      verdicts: [...this.verdicts],
      cites: [...this.cites],
      // Those of the same event stand behind all others, so that a mistake is found by its entry.
      withhold: [
        ...this.withhold.map(({ record, member, why, part }) => ({ record, member: part ? member : "", why })),
        ...this.withhold.flatMap((one) => besides(one).map((record) => ({ record, member: "", why: one.why }))),
      ],
      lineage: this.lineage.map((one) => one.id),
      reach: this.reach.map((one) => ({ from: one.id, after: one.after })),
      graph: this.graph,
      graph_of: this.graphOf,
    };
  }

  /** The part of it that decides which events are cited and whether it can be written: words change neither. */
  counted(filter: string): ReportAsked {
    const mark = (text: string) => (text.trim() === "" ? "" : "…");
    return {
      ...this.asked(filter),
      ...{ title: "", examiner: "", reviewer: "", authority: "", supersedes: "" },
      ...{ interpretation: "", opinion: "", against: "", limits: "" },
      questions: this.questions.map((one) => [mark(one.question), mark(one.answer)]),
      lineage: [],
    };
  }

  /** How many things were laid onto it. */
  get laid(): number {
    return this.cites.length + this.lineage.length + this.reach.length + (this.graph && this.graphOf ? 1 : 0);
  }

  hasRecord(name: string): boolean {
    return this.cites.some((one) => one.trim() === name);
  }
  /** Cites a record. What is chosen one by one is meant instead of everything, until the person says otherwise. */
  takeRecord(...names: string[]): void {
    if (!this.chosen) [this.byFilter, this.chosen] = [false, true];
    this.cites = [...this.cites, ...names.filter((name) => !this.hasRecord(name))];
  }
  dropRecord(...names: string[]): void {
    this.cites = this.cites.filter((one) => !names.includes(one.trim()));
  }

  hasLineage(id: string): boolean {
    return this.lineage.some((one) => one.id === id);
  }
  takeLineage(id: string): void {
    if (!this.hasLineage(id)) this.lineage = [...this.lineage, new Followed(id)];
  }
  dropLineage(id: string): void {
    this.lineage = this.lineage.filter((one) => one.id !== id);
  }

  hasReach(id: string, after: string): boolean {
    return this.reach.some((one) => one.id === id && one.after === after);
  }
  takeReach(id: string, after: string): void {
    if (!this.hasReach(id, after)) this.reach = [...this.reach, new Followed(id, after)];
  }
  dropReach(id: string, after: string): void {
    this.reach = this.reach.filter((one) => one.id !== id || one.after !== after);
  }

  hasGraph(of: GraphOf): boolean {
    const own = this.graph ? this.graphOf : null;
    return own !== null && own.query === of.query && own.around === of.around && (of.around === "" || own.edges === of.edges);
  }
  takeGraph(of: GraphOf): void {
    [this.graph, this.graphOf] = [true, of];
  }
}

const desks = new WeakMap<View, Map<string, Desk>>();

/**
 * The desk of a case; another case has another. Ask for it in a `$derived` of its own: what is made in a
 * reaction is not watched by that same one.
 */
export function deskOf(view: View, path: string): Desk {
  let all = desks.get(view);
  if (!all) desks.set(view, (all = new Map()));
  let desk = all.get(path);
  if (!desk) all.set(path, (desk = new Desk()));
  return desk;
}
