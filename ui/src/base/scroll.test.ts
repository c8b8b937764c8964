import { expect, test } from "vitest";
import { TALLEST, barHeight, fromBar, furthest, isScaled, place, tail, toBar } from "./scroll";

const none = () => 0;

test("a small table scrolls pixel by pixel", () => {
  const extent = { content: 24 * 1000, view: 600 };
  expect(isScaled(extent)).toBe(false);
  expect(barHeight(extent)).toBe(24_000);
  for (const y of [0, 1, 577.5, furthest(extent)]) {
    expect(fromBar(y, extent)).toBeCloseTo(y);
    expect(toBar(y, extent)).toBeCloseTo(y);
  }
});

test("ten million rows fit a bar that web views lay out, and both its ends are reached", () => {
  const extent = { content: 24 * 10_000_000, view: 600 };
  expect(isScaled(extent)).toBe(true);
  expect(barHeight(extent)).toBe(TALLEST);
  expect(fromBar(0, extent)).toBe(0);
  expect(fromBar(TALLEST - 600, extent)).toBe(furthest(extent));
  expect(toBar(furthest(extent), extent)).toBe(TALLEST - 600);
});

test("a place survives the way to the bar and back", () => {
  const extent = { content: 24 * 1_000_003, view: 731 };
  for (const y of [0, 24, 1_234_567, 23_999_340]) expect(fromBar(toBar(y, extent), extent)).toBeCloseTo(y, 4);
});

test("fewer rows than fit do not scroll", () => {
  const extent = { content: 48, view: 600 };
  expect(furthest(extent)).toBe(0);
  expect(fromBar(99, extent)).toBe(0);
  expect(place(0, 600, 24, 2, none)).toEqual([
    { rank: 0, top: 0 },
    { rank: 1, top: 24 },
  ]);
});

test("at the end the last row stands at the lower edge, notes or not", () => {
  for (const notes of [none, (rank: number) => (rank % 7 === 0 ? 26 : 0), () => 18]) {
    const count = 1000;
    const view = 600;
    const content = count * 24 + tail(view, 24, count, notes);
    const rows = place(content - view, view, 24, count, notes);
    const last = rows[rows.length - 1]!;
    expect(last.rank).toBe(count - 1);
    expect(last.top + 24).toBeCloseTo(view, 6);
  }
});

test("nothing jumps where a note is scrolled past", () => {
  const notes = (rank: number) => (rank === 10 ? 26 : 0);
  let before = place(9 * 24, 600, 24, 100, notes);
  for (let y = 9 * 24; y <= 12 * 24; y += 0.5) {
    const now = place(y, 600, 24, 100, notes);
    for (const row of now) {
      const was = before.find((other) => other.rank === row.rank);
      if (was) expect(Math.abs(was.top - row.top)).toBeLessThan(1.1);
    }
    before = now;
  }
});

test("the view is always filled", () => {
  for (let y = 0; y < 24 * 50; y += 7) {
    const rows = place(y, 600, 24, 1000, (rank) => (rank % 3 === 0 ? 18 : 0));
    expect(rows[0]!.top).toBeLessThanOrEqual(18);
    expect(rows[rows.length - 1]!.top + 24).toBeGreaterThanOrEqual(600);
  }
});

test("no rows, no places", () => {
  expect(place(0, 600, 24, 0, none)).toEqual([]);
  expect(tail(600, 24, 0, none)).toBe(0);
});
