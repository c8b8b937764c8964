/** What the person looks at: one place, one selection, one time window, one filter for all places. */

import type {
  CaseFinding,
  CoverageView,
  CustodyAct,
  EdgeView,
  IdentityView,
  KeyView,
  LineageView,
  NodeView,
  ReachedView,
  RecordId,
  ThingView,
  TimelineFilter,
  TimelineRow,
  Word,
} from "../ipc";
import { terms, without, type Term } from "./query";
import { spoken, VERDICTS } from "../base/verdicts";

export const PLACES = [
  { id: "evidence", name: "Evidence", here: true, group: 0 },
  { id: "timeline", name: "Timeline", here: true, group: 0 },
  { id: "graph", name: "Graph", here: true, group: 0 },
  { id: "lineage", name: "Lineage", here: true, group: 0 },
  { id: "reach", name: "Reach", here: true, group: 0 },
  { id: "identities", name: "Identities", here: true, group: 1 },
  { id: "secrets", name: "Secrets", here: true, group: 1 },
  { id: "findings", name: "Findings", here: true, group: 2 },
  { id: "coverage", name: "Coverage", here: true, group: 2 },
  { id: "trust", name: "Trust", here: true, group: 2 },
  { id: "report", name: "Report, custody", here: true, group: 3 },
] as const;

export type Place = (typeof PLACES)[number]["id"];

export interface Window {
  from: number;
  until: number;
}

export type Selection =
  /** `row` is null where only the record's id is known yet. */
  | { kind: "record"; id: RecordId; rank: number; row: TimelineRow | null }
  | { kind: "group"; key: string }
  | { kind: "key"; key: KeyView }
  | { kind: "custody"; act: CustodyAct }
  | { kind: "finding"; finding: CaseFinding; key: string }
  | { kind: "identity"; identity: IdentityView }
  | { kind: "thing"; thing: ThingView }
  | { kind: "credential"; node: LineageView }
  | { kind: "reached"; reached: ReachedView }
  | { kind: "edge"; edge: EdgeView }
  | { kind: "node"; node: NodeView }
  | { kind: "coverage"; coverage: CoverageView }
  | null;

/** The ids that a selection is about, so that every place can light them. */
export function idsOf(selection: Selection): string[] {
  switch (selection?.kind) {
    case "record": {
      const row = selection.row;
      return [row?.actor, row?.credential, row?.token, row?.secret, row?.tool].filter((id): id is string => id != null);
    }
    case "identity":
      return [selection.identity.id];
    case "thing":
      return [selection.thing.id];
    case "credential":
      return [selection.node.credential];
    case "reached":
      return [selection.reached.id];
    case "node":
      return [selection.node.id];
    case "edge":
      return [selection.edge.from, selection.edge.to];
    case "finding":
      return selection.finding.subject ? [selection.finding.subject.id] : [];
    default:
      return [];
  }
}

/** `E2:907` as the record that it is. */
export function recordOf(event: string): RecordId | null {
  const parts = /^E(\d+):(\d+)$/.exec(event);
  return parts ? { file: Number(parts[1]), ordinal: Number(parts[2]) } : null;
}

export type Tab = "proof" | "provenance" | "fields" | "raw" | "related" | "notes";

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
  /** What Lineage, Reach and Graph start from. */
  from = $state<string | null>(null);
  /** The groups of the graph that stand by their members. */
  opened = $state.raw<readonly string[]>([]);
  /** From which moment Reach looks; RFC 3339. */
  after = $state<string | null>(null);
  /** Whether Reach looks backwards: where it came from. */
  origin = $state(false);
  /** Which step of the proof is lit in the bytes. */
  step = $state<number | null>(null);
  /** While time is played: up to where. */
  head = $state<number | null>(null);
  /** A time that the Timeline is to go to. */
  wanted = $state<number | null>(null);
  /** A record among its neighbours, and the filter that stood before. */
  context = $state.raw<{ at: number; around: number; before: TimelineFilter } | null>(null);
  /** The ids that are lit in every place. */
  lit = $derived(new Set(idsOf(this.selection)));
  /** Shown, matching: as the place that is open has them; below zero where it shows nothing that is counted. */
  shown = $state(0);
  matching = $state<number | null>(null);
  /** Whether what matches is still being counted. */
  counting = $state(false);
  /** How many events the case has, where those are what matches. Several records may tell of one. */
  events = $state<number | null>(null);

  filter = $derived<TimelineFilter>({
    verdicts: this.verdicts,
    from: this.window?.from ?? null,
    until: this.window?.until ?? null,
    query: this.query,
  });

  /** Every filter that is on. */
  chips = $derived<Chip[]>([
    ...VERDICTS.filter((word) => this.verdicts.includes(word)).map((word) => ({
      kind: "verdict" as const,
      word,
      key: `verdict ${spoken(word)}`,
    })),
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

  /** Selects the record of an event, wherever it was named. */
  open(event: string | RecordId): void {
    const id = typeof event === "string" ? recordOf(event) : event;
    if (id) this.selection = { kind: "record", id, rank: -1, row: null };
  }

  /** Goes to a place and starts there from an id. */
  follow(place: Place, id: string): void {
    if (this.from !== id) this.after = null;
    this.from = id;
    this.place = place;
  }

  /** Shows the selected record among what was done around its time, without any filter. Again: back. */
  toggleContext(): boolean {
    if (this.context) {
      const { before } = this.context;
      this.context = null;
      this.verdicts = before.verdicts;
      this.window = before.from === null || before.until === null ? null : { from: before.from, until: before.until };
      this.ask(before.query);
      return true;
    }
    const at = this.selection?.kind === "record" ? (this.selection.row?.time ?? null) : null;
    if (at === null) return false;
    this.context = { at, around: 30_000_000, before: this.filter };
    this.verdicts = [];
    this.ask("");
    this.#around();
    return true;
  }

  /** More or less of what was done around the record. */
  widen(by: number): boolean {
    if (!this.context) return false;
    this.context = { ...this.context, around: Math.min(86_400_000_000, Math.max(1_000_000, this.context.around * by)) };
    this.#around();
    return true;
  }

  #around(): void {
    const { at, around } = this.context!;
    this.window = { from: at - around, until: at + around };
    this.wanted = at;
    this.place = "timeline";
  }

  remove(chip: Chip): void {
    if (chip.kind === "verdict") this.verdicts = this.verdicts.filter((word) => word !== chip.word);
    else if (chip.kind === "window") this.window = null;
    else this.ask(without(this.query, chip.term));
  }

  clear(): void {
    this.context = null;
    this.verdicts = [];
    this.window = null;
    this.ask("");
  }

  /** Another case: nothing of the last one's view holds. */
  reset(): void {
    this.clear();
    this.selection = null;
    this.tab = "proof";
    this.from = null;
    this.opened = [];
    this.after = null;
    this.origin = false;
    this.head = null;
    this.wanted = null;
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
