import { expect, test } from "vitest";
import type { TimelineRow } from "../ipc";
import { View } from "./view.svelte";

const row = (time: number | null) => ({ id: { file: 1, ordinal: 2 }, time }) as TimelineRow;

test("a record is seen among its neighbours and left to what stood before", () => {
  const view = new View();
  view.place = "findings";
  view.verdicts = ["contradicted"];
  view.ask("actor:x");
  view.selection = { kind: "record", id: { file: 1, ordinal: 2 }, rank: 4, row: row(1_000_000_000) };
  expect(view.toggleContext()).toBe(true);
  expect([view.place, view.query, view.verdicts, view.wanted]).toEqual(["timeline", "", [], 1_000_000_000]);
  expect(view.window).toEqual({ from: 970_000_000, until: 1_030_000_000 });
  expect(view.widen(2)).toBe(true);
  expect(view.window).toEqual({ from: 940_000_000, until: 1_060_000_000 });
  for (let times = 0; times < 20; times++) view.widen(0.5);
  expect(view.window).toEqual({ from: 999_000_000, until: 1_001_000_000 });
  expect(view.toggleContext()).toBe(true);
  expect([view.query, view.verdicts, view.window]).toEqual(["actor:x", ["contradicted"], null]);
});

test("what has no time has no surroundings", () => {
  const view = new View();
  expect([view.toggleContext(), view.widen(2)]).toEqual([false, false]);
  view.selection = { kind: "record", id: { file: 1, ordinal: 2 }, rank: 4, row: row(null) };
  expect(view.toggleContext()).toBe(false);
  expect(view.window).toBeNull();
});
