import { expect, test } from "vitest";
import { fromText, MINUTE } from "../../base/time";
import type { FindingView, TimelineRow } from "../../ipc";
import { MissingRows, notesAbove, quietFrom } from "./notes";

const row = (time: string | null, stream: string | null = null, seq: number | null = null) =>
  ({ time: time === null ? null : fromText(time), stream, seq }) as TimelineRow;
const finding = (more: Partial<FindingView>) =>
  ({ class: "integrity", verdict: "contradicted", members: [], message: "", ...more }) as FindingView;
const none = new MissingRows([]);

test("missing records have a row after the last one before them", () => {
  const missing = new MissingRows([
    finding({ code: "record-missing", stream: "example.com/payments", first_seq: 412, last_seq: 424, count: 13 }),
  ]);
  const notes = notesAbove(row("2026-06-12T02:26:31Z", "example.com/payments", 411), row("2026-06-12T02:28:02Z"), missing, Infinity);
  expect(notes).toEqual([{ kind: "gap", text: "13 records missing", place: "example.com/payments, seq 412 – 424", end: "record-missing" }]);
  expect(notesAbove(row("2026-06-12T02:26:31Z", "example.com/agents", 411), row("2026-06-12T02:28:02Z"), missing, Infinity)).toEqual([]);
});

test("a period without a sealed file has a row where it begins, with its length", () => {
  const missing = new MissingRows([
    finding({ code: "period-uncovered", source: "cloudtrail/", from: "2026-06-12T02:29:12Z", until: "2026-06-12T03:41:06Z" }),
  ]);
  const [note] = notesAbove(row("2026-06-12T02:29:12Z"), row("2026-06-12T02:41:30Z"), missing, Infinity);
  expect(note).toMatchObject({ kind: "off", text: "No sealed file for 1 h 11 min" });
  expect(notesAbove(row("2026-06-12T02:41:30Z"), row("2026-06-12T02:41:31Z"), missing, Infinity)).toEqual([]);
});

test("a new day is said, and a quiet stretch with its length", () => {
  expect(notesAbove(row("2026-06-11T23:59:59Z"), row("2026-06-12T00:00:00Z"), none, 1)).toEqual([
    { kind: "day", text: "Friday 12 June 2026, UTC" },
  ]);
  expect(notesAbove(row("2026-06-12T02:06:31Z"), row("2026-06-12T02:11:46Z"), none, 5 * MINUTE)).toEqual([
    { kind: "quiet", text: "quiet for 5 min 15 s" },
  ]);
  expect(notesAbove(row("2026-06-12T02:06:31Z"), row("2026-06-12T02:11:30Z"), none, 5 * MINUTE)).toEqual([]);
});

test("an undated row borrows no neighbour's time", () => {
  expect(notesAbove(row("2026-06-11T23:59:59Z"), row(null), none, 1)).toEqual([]);
  expect(notesAbove(row(null), row("2026-06-12T00:00:00Z"), none, 1)).toEqual([]);
});

test("what is quiet depends on how dense the rows are", () => {
  expect(quietFrom(120 * MINUTE, 122)).toBeLessThan(5.25 * MINUTE);
  expect(quietFrom(120 * MINUTE, 1_000_000)).toBe(MINUTE);
  expect(quietFrom(120 * MINUTE, 1)).toBe(Infinity);
});
