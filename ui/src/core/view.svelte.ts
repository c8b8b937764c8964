/** What the person looks at: one place, one selection, one time window, one filter for all places. */

import type { RecordId, TimelineFilter, TimelineRow, Word } from "../ipc";
import { terms, without, type Term } from "./query";
import { spoken, VERDICTS } from "../base/verdicts";

export const PLACES = [
  { id: "evidence", name: "Evidence", here: true, group: 0 },
  { id: "timeline", name: "Timeline", here: true, group: 0 },
  { id: "graph", name: "Graph", here: false, group: 0 },
  { id: "lineage", name: "Lineage", here: false, group: 0 },
  { id: "reach", name: "Reach", here: false, group: 0 },
  { id: "identities", name: "Identities", here: false, group: 1 },
  { id: "secrets", name: "Secrets", here: false, group: 1 },
  { id: "findings", name: "Findings", here: false, group: 2 },
  { id: "coverage", name: "Coverage", here: false, group: 2 },
  { id: "trust", name: "Trust", here: false, group: 2 },
  { id: "report", name: "Report, custody", here: false, group: 3 },
] as const;

export type Place = (typeof PLACES)[number]["id"];

export interface Window {
  from: number;
  until: number;
}

export type Selection = { kind: "record"; id: RecordId; rank: number; row: TimelineRow } | { kind: "group"; key: string } | null;

export type Tab = "proof" | "fields" | "raw";

/** A filter that is on, as a chip. */
export type Chip =
  | { kind: "verdict"; word: Word; key: string }
  | { kind: "window"; window: Window; key: string }
  | { kind: "term"; term: Term; key: string };

export class View {
  place = $state<Place>("evidence");
  verdicts = $state.raw<Word[]>([]);
  window = $state.raw<Window | null>(null);
  /** What is in the search field. */
  typed = $state("");
  /** The last of it that the program understood, and which is shown. */
  query = $state("");
  selection = $state.raw<Selection>(null);
  tab = $state<Tab>("proof");
  /** Shown, matching: as the place that is open has them. */
  shown = $state(0);
  matching = $state<number | null>(null);

  filter = $derived<TimelineFilter>({
    verdicts: this.verdicts,
    from: this.window?.from ?? null,
    until: this.window?.until ?? null,
    query: this.query,
  });

  /** Every filter that is on. */
  chips = $derived<Chip[]>([
    ...VERDICTS.filter((word) => this.verdicts.includes(word)).map((word) => ({ kind: "verdict" as const, word, key: `verdict ${spoken(word)}` })),
    ...(this.window ? [{ kind: "window" as const, window: this.window, key: "window" }] : []),
    ...terms(this.query).map((term) => ({ kind: "term" as const, term, key: `term ${term.start} ${term.text}` })),
  ]);

  toggle(word: Word): void {
    this.verdicts = this.verdicts.includes(word) ? this.verdicts.filter((other) => other !== word) : [...this.verdicts, word];
    if (this.verdicts.length > 0) this.place = "timeline";
  }

  /** Types a query on the person's behalf. */
  ask(query: string): void {
    this.typed = query;
    this.query = query;
  }

  remove(chip: Chip): void {
    if (chip.kind === "verdict") this.verdicts = this.verdicts.filter((word) => word !== chip.word);
    else if (chip.kind === "window") this.window = null;
    else this.ask(without(this.query, chip.term));
  }

  clear(): void {
    this.verdicts = [];
    this.window = null;
    this.ask("");
  }

  /** Another case: nothing of the last one's view holds. */
  reset(): void {
    this.clear();
    this.selection = null;
    this.tab = "proof";
    this.matching = null;
    this.place = "evidence";
  }
}

/** The filter with one chip taken out. */
export function filterWithout(filter: TimelineFilter, chip: Chip): TimelineFilter {
  if (chip.kind === "verdict") {
    // Without the last verdict all are shown.
    return { ...filter, verdicts: filter.verdicts.filter((word) => word !== chip.word) };
  }
  if (chip.kind === "window") return { ...filter, from: null, until: null };
  return { ...filter, query: without(filter.query, chip.term) };
}
