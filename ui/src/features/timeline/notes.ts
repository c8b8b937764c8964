/** Rows that are no records: a new day, a quiet stretch, and what is missing, at its place. */

import { dayOf, dayTitle, fromText, length, MINUTE } from "../../base/time";
import { commas } from "../../base/number";
import type { FindingView, TimelineRow } from "../../ipc";

export interface Note {
  kind: "day" | "quiet" | "gap" | "off";
  /** What the program says. */
  text: string;
  /** Where, in the evidence's words. */
  place?: string;
  /** How it is known. */
  end?: string;
}

/** What a finding is called that has a row of its own. The rest stand at their records. */
function titled(finding: FindingView): Pick<Note, "kind" | "text"> | null {
  const count = finding.count ?? 0;
  const records = (n: number, rest: string) => (n === 1 ? `1 record ${rest}` : n > 1 ? `${commas(n)} records ${rest}` : `Records ${rest}`);
  switch (finding.code) {
    case "record-missing":
      return { kind: "gap", text: records(count, "missing") };
    case "stream-forked":
      return { kind: "gap", text: "Two versions from here on" };
    case "stream-truncated":
      return { kind: "gap", text: records(count, "cut off the end") };
    case "period-uncovered":
      return { kind: "off", text: "No sealed file" };
    case "chain-restarted":
      return { kind: "off", text: "The chain begins anew" };
    case "heartbeat-missed":
      return { kind: "off", text: "Silent for longer than promised" };
    default:
      return null;
  }
}

interface Missing {
  note: Note;
  /** After the record with this number of this stream. */
  stream?: string;
  after?: number;
  /** Before the first record past this time. */
  at?: number;
}

/** Where each of the case's missing stretches belongs. */
export class MissingRows {
  #byRecord = new Map<string, Note[]>();
  #byTime: { at: number; note: Note }[] = [];

  constructor(findings: FindingView[]) {
    for (const finding of findings) {
      const placed = this.#place(finding);
      if (!placed) continue;
      if (placed.stream !== undefined && placed.after !== undefined) {
        const key = `${placed.stream}\0${placed.after}`;
        this.#byRecord.set(key, [...(this.#byRecord.get(key) ?? []), placed.note]);
      } else if (placed.at !== undefined) this.#byTime.push({ at: placed.at, note: placed.note });
    }
    this.#byTime.sort((a, b) => a.at - b.at);
  }

  #place(finding: FindingView): Missing | null {
    const what = titled(finding);
    if (!what) return null;
    const from = finding.from ? fromText(finding.from) : null;
    const until = finding.until ? fromText(finding.until) : null;
    const span = from !== null && until !== null ? ` for ${length(until - from)}` : "";
    const numbers =
      finding.first_seq != null
        ? `, seq ${commas(finding.first_seq)}${finding.last_seq != null && finding.last_seq !== finding.first_seq ? ` – ${commas(finding.last_seq)}` : ""}`
        : finding.seq != null
          ? `, seq ${commas(finding.seq)}`
          : "";
    const note: Note = {
      kind: what.kind,
      text: what.text + (what.kind === "off" && finding.code === "period-uncovered" ? span : ""),
      place: `${finding.stream ?? finding.source ?? ""}${numbers}`,
      end: finding.code,
    };
    if (from !== null) return { note, at: from };
    const first = finding.first_seq ?? finding.seq;
    if (finding.stream != null && first != null) return { note, stream: finding.stream, after: first - 1 };
    return null;
  }

  /** The notes between two rows that follow one another. */
  between(before: TimelineRow, row: TimelineRow): Note[] {
    const out = before.stream !== null && before.seq !== null ? [...(this.#byRecord.get(`${before.stream}\0${before.seq}`) ?? [])] : [];
    if (before.time !== null && row.time !== null && this.#byTime.length > 0) {
      // The first that lies past the row above.
      let low = 0;
      let high = this.#byTime.length;
      while (low < high) {
        const mid = (low + high) >> 1;
        if (this.#byTime[mid]!.at < before.time) low = mid + 1;
        else high = mid;
      }
      for (let at = low; at < this.#byTime.length && this.#byTime[at]!.at < row.time && out.length < 4; at++)
        out.push(this.#byTime[at]!.note);
    }
    return out;
  }
}

/** Stretches longer than this many times the usual distance between two rows are marked. */
const QUIET = 5;

/** From how long on a stretch is quiet, for so many rows over so long. */
export function quietFrom(span: number, rows: number): number {
  return rows < 2 ? Infinity : Math.max(MINUTE, (span / rows) * QUIET);
}

/** All notes above a row, given the row before it. */
export function notesAbove(before: TimelineRow | undefined, row: TimelineRow | undefined, missing: MissingRows, quiet: number): Note[] {
  if (!before || !row) return [];
  const out = missing.between(before, row);
  if (before.time === null || row.time === null) return out;
  if (dayOf(before.time) !== dayOf(row.time)) out.push({ kind: "day", text: `${dayTitle(row.time)}, UTC` });
  else if (out.length === 0 && row.time - before.time >= quiet)
    out.push({ kind: "quiet", text: `quiet for ${length(row.time - before.time)}` });
  return out;
}
