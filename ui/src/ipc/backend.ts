/**
 * What the window asks of the program, as one interface. `shell.ts` answers it through Tauri, `fake.ts`
 * in memory for tests and for looking at the window in a browser. Nothing else knows either.
 *
 * No call carries a path: which files are read or written is decided in the system's own dialogs, by a
 * drop, or by the program's arguments, and stays on the program's side.
 */

import type { AssessmentView } from "./generated/AssessmentView";
import type { FindingEdit } from "./generated/FindingEdit";
import type { Column } from "./generated/Column";
import type { ColumnName } from "./generated/ColumnName";
import type { CaseInfo } from "./generated/CaseInfo";
import type { FailureView as Failure } from "./generated/FailureView";
import type { Histogram } from "./generated/Histogram";
import type { RecentCase } from "./generated/RecentCase";
import type { NoteEdit } from "./generated/NoteEdit";
import type { NoteView } from "./generated/NoteView";
import type { RecordId } from "./generated/RecordId";
import type { ProofView } from "./generated/ProofView";
import type { Proving } from "./generated/Proving";
import type { RecordView } from "./generated/RecordView";
import type { Summary } from "./generated/Summary";
import type { Survey } from "./generated/Survey";
import type { TimelineFilter } from "./generated/TimelineFilter";
import type { TimelinePage } from "./generated/TimelinePage";
import type { Told } from "./generated/Told";

import type { CustodyView } from "./generated/CustodyView";
import type { KeyView } from "./generated/KeyView";
import type { TrustPreview } from "./generated/TrustPreview";
import type { FingerprintMatch } from "./generated/FingerprintMatch";
import type { IdentityView } from "./generated/IdentityView";
import type { ThingsView } from "./generated/ThingsView";
import type { LineageTree } from "./generated/LineageTree";
import type { ReachView } from "./generated/ReachView";
import type { GraphView } from "./generated/GraphView";
import type { FindingsView } from "./generated/FindingsView";
import type { ProvenanceView } from "./generated/ProvenanceView";
import type { AdequacyView } from "./generated/AdequacyView";
import type { CheckKeysView } from "./generated/CheckKeysView";
import type { ReportAsked } from "./generated/ReportAsked";
import type { ReportOutline } from "./generated/ReportOutline";
import type { ReportCheck } from "./generated/ReportCheck";
import type { SigningKeyView } from "./generated/SigningKeyView";
import type { Wrote } from "./generated/Wrote";

export type { AxesView } from "./generated/AxesView";
export type { CustodyAct } from "./generated/CustodyAct";
export type { ThingView } from "./generated/ThingView";
export type { LineageView } from "./generated/LineageView";
export type { ReachedView } from "./generated/ReachedView";
export type { StepView } from "./generated/StepView";
export type { EndingView } from "./generated/EndingView";
export type { NodeView } from "./generated/NodeView";
export type { EdgeView } from "./generated/EdgeView";
export type { CaseFinding } from "./generated/CaseFinding";
export type { EventRow } from "./generated/EventRow";
export type { NotAssessable } from "./generated/NotAssessable";
export type { ProvenanceLine } from "./generated/ProvenanceLine";
export type { SharesView } from "./generated/SharesView";
export type { QuestionView } from "./generated/QuestionView";
export type { CoverageView } from "./generated/CoverageView";
export type { StretchView } from "./generated/StretchView";
export type { ChosenKey } from "./generated/ChosenKey";
export type { ActCount } from "./generated/ActCount";
export type { FindingView } from "./generated/FindingView";
export type { Ledger } from "./generated/Ledger";
export type { ProofStep } from "./generated/ProofStep";
export type { RecordCounts } from "./generated/RecordCounts";
export type { Source } from "./generated/Source";
export type { Stream } from "./generated/Stream";
export type { TimelineRow } from "./generated/TimelineRow";
export type { Word } from "./generated/Word";
export type { Work } from "./generated/Work";
export type {
  CustodyView,
  KeyView,
  TrustPreview,
  FingerprintMatch,
  IdentityView,
  ThingsView,
  LineageTree,
  ReachView,
  GraphView,
  FindingsView,
  ProvenanceView,
  AdequacyView,
};
export type { FindingState } from "./generated/FindingState";
export type { AssessmentView, Column, ColumnName, FindingEdit, NoteEdit, NoteView };
export type {
  CaseInfo,
  Failure,
  Histogram,
  ProofView,
  Proving,
  RecentCase,
  RecordId,
  RecordView,
  Summary,
  TimelineFilter,
  TimelinePage,
  Told,
};

export type { CitedRow } from "./generated/CitedRow";
export type { FieldWrong } from "./generated/FieldWrong";
export type { CheckKeysView, ReportAsked, ReportCheck, ReportOutline, SigningKeyView, Wrote };

/** What a picture or data is written as. */
export type Form = "svg" | "graphml" | "dot" | "json" | "csv" | "revoke" | "rotate";

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
  /** The cases that were open lately, newest first. */
  recentCases(): Promise<RecentCase[]>;
  /** Opens the nth of them. */
  openRecent(nth: number): Promise<CaseInfo | null>;
  forgetRecent(): Promise<void>;
  /** Asks for files and reads them into the case. False where the person chose none. */
  addFiles(): Promise<boolean>;
  /** The same with a folder. */
  addFolder(): Promise<boolean>;
  /** The keys that are trusted. */
  trusted(): Promise<KeyView[]>;
  /** Asks for a key file, and tells what trusting its keys would change. Null where none was chosen. */
  trustChoose(): Promise<TrustPreview | null>;
  /** Holds a whole fingerprint, 64 hex digits, against the keys that came with the evidence. */
  trustTyped(fingerprint: string): Promise<FingerprintMatch>;
  /** What it would change to trust a key no more. */
  trustRemove(fingerprint: string): Promise<TrustPreview>;
  /** Keeps the change that was told last. `how` goes into the custody log. */
  trustKeep(how: string): Promise<void>;
  /** Drops it. */
  trustForget(): Promise<void>;
  custody(): Promise<CustodyView>;
  /** Asks for a place and writes the custody log there. False where the person chose none. */
  custodyExport(): Promise<boolean>;
  /** The identities of the events that a query picks. */
  identities(query: string): Promise<IdentityView[]>;
  /** The credentials or the secrets of these events. */
  things(kind: "credential" | "secret", query: string): Promise<ThingsView>;
  lineage(id: string): Promise<LineageTree>;
  /** What could be touched from it; with `origin` backwards, where it came from. */
  reach(from: string, after: string | null, origin: boolean): Promise<ReachView>;
  /** The graph of the events that a query picks, or what lies within so many edges of an id, in at most so many nodes and those of open groups. */
  graph(query: string, near: [string, number] | null, most: number, open: string[]): Promise<GraphView>;
  /** Asks for a place and writes the graph there. False where the person chose none. */
  graphExport(query: string, near: [string, number] | null, most: number, open: string[], form: Form): Promise<boolean>;
  lineageExport(id: string, form: Form): Promise<boolean>;
  reachExport(from: string, after: string | null, origin: boolean, form: Form): Promise<boolean>;
  findings(query: string): Promise<FindingsView>;
  /** Changes what is said of an event, and gives what is said of it now. */
  annotate(edit: NoteEdit): Promise<NoteView>;
  /** Changes what is made of a finding, and gives what is made of it now. */
  assess(edit: FindingEdit): Promise<AssessmentView>;
  /** The columns of the timeline, as they are kept with the case; none where nothing is. */
  columns(): Promise<Column[]>;
  keepColumns(columns: Column[]): Promise<void>;
  provenance(id: RecordId): Promise<ProvenanceView>;
  adequacy(): Promise<AdequacyView>;
  /** Stops a piece of running work. The case stays as it was before it. */
  cancelWork(id: number): Promise<void>;
  summary(): Promise<Summary>;
  /** A page of rows, which waits for no count. */
  timeline(filter: TimelineFilter, first: number, limit: number): Promise<TimelinePage>;
  /** Fails with the mistake, where a query is not understood. */
  understand(query: string): Promise<void>;
  matching(filter: TimelineFilter): Promise<number>;
  /** The number, among the rows that match, of the first one at or after a time. */
  rankAt(filter: TimelineFilter, time: number): Promise<number>;
  /** Goes through all that matches. Asked for anew meanwhile, it fails as stopped. */
  survey(filter: TimelineFilter, buckets: number): Promise<Survey>;
  histogram(filter: TimelineFilter, buckets: number): Promise<Histogram>;
  record(id: RecordId): Promise<RecordView>;
  /** Reckons a record's proof anew from the bytes. For another file's meanwhile, it fails as stopped. */
  proof(id: RecordId): Promise<ProofView>;
  /** How far the reading is that the proof asked for last waits for. */
  proving(): Promise<Proving | null>;
  /** Asks for the private key that signs. Null where none was chosen. */
  reportKey(): Promise<SigningKeyView | null>;
  /** What a report would hold, and what of the form is wrong. */
  reportOutline(asked: ReportAsked): Promise<ReportOutline>;
  /** Asks for a place and writes a report there, signed with the key that was chosen last. Null where no place was chosen. */
  reportWrite(asked: ReportAsked, sign: boolean, passphrase: string | null): Promise<Wrote | null>;
  /** Asks for the public keys that count when a report is checked. Null where none were chosen. */
  reportKeys(): Promise<CheckKeysView | null>;
  /** Asks for a report, a folder or a .zip, and checks it; with the keys that were chosen last, or under none. Null where none was chosen. */
  reportCheck(folder: boolean, withKeys: boolean): Promise<ReportCheck | null>;
  /** Checks the report that was dropped last. */
  reportCheckDropped(withKeys: boolean): Promise<ReportCheck>;
}

/** Whatever was thrown, as a failure that can be shown. */
export function asFailure(thrown: unknown): Failure {
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown) return thrown as Failure;
  return { code: "window.unexpected", message: String(thrown instanceof Error ? thrown.message : thrown), hint: "" };
}
