/**
 * What the window asks of the program, as one interface. `shell.ts` answers it through Tauri, `fake.ts`
 * in memory for tests and for looking at the window in a browser. Nothing else knows either.
 *
 * No call carries a path: which files are read or written is decided in the system's own dialogs, by a
 * drop, or by the program's arguments, and stays on the program's side.
 */

import type { CaseInfo } from "./generated/CaseInfo";
import type { FailureView as Failure } from "./generated/FailureView";
import type { Histogram } from "./generated/Histogram";
import type { RecordId } from "./generated/RecordId";
import type { RecordView } from "./generated/RecordView";
import type { Summary } from "./generated/Summary";
import type { TimelineFilter } from "./generated/TimelineFilter";
import type { TimelinePage } from "./generated/TimelinePage";
import type { Told } from "./generated/Told";

export type { AxesView } from "./generated/AxesView";
export type { FindingView } from "./generated/FindingView";
export type { Ledger } from "./generated/Ledger";
export type { ProofStep } from "./generated/ProofStep";
export type { RecordCounts } from "./generated/RecordCounts";
export type { Source } from "./generated/Source";
export type { Stream } from "./generated/Stream";
export type { TimelineRow } from "./generated/TimelineRow";
export type { Word } from "./generated/Word";
export type { Work } from "./generated/Work";
export type { CaseInfo, Failure, Histogram, RecordId, RecordView, Summary, TimelineFilter, TimelinePage, Told };

/** The program, as the window sees it. Every call may reject with a `Failure`. */
export interface Backend {
  /** Tells the listener of drops, running work and changes of the case, from now on. */
  watch(listener: (told: Told) => void): Promise<void>;
  /** The case that is open, for instance the one that the program was started with. */
  currentCase(): Promise<CaseInfo | null>;
  /** Asks for a case file and opens it. Null where the person chose none. */
  openCase(): Promise<CaseInfo | null>;
  /** Asks for a place and makes an empty case there. */
  createCase(): Promise<CaseInfo | null>;
  closeCase(): Promise<void>;
  /** Makes the demonstration evidence and a case of it, and opens that. */
  demoCase(): Promise<CaseInfo | null>;
  /** Asks for files and reads them into the case. False where the person chose none. */
  addFiles(): Promise<boolean>;
  /** The same with a folder. */
  addFolder(): Promise<boolean>;
  /** Asks for a key file and trusts its keys. `how` goes into the custody log. */
  trustAdd(how: string): Promise<boolean>;
  /** Stops a piece of running work. The case stays as it was before it. */
  cancelWork(id: number): Promise<void>;
  summary(): Promise<Summary>;
  timeline(filter: TimelineFilter, first: number, limit: number): Promise<TimelinePage>;
  histogram(filter: TimelineFilter, buckets: number): Promise<Histogram>;
  record(id: RecordId): Promise<RecordView>;
}

/** Whatever was thrown, as a failure that can be shown. */
export function asFailure(thrown: unknown): Failure {
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown) return thrown as Failure;
  return { code: "window.unexpected", message: String(thrown instanceof Error ? thrown.message : thrown), hint: "" };
}
