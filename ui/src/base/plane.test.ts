import { expect, test } from "vitest";
import { bows, line, spreadOut, zoom } from "./plane";

test("edges of one pair lie apart, whichever way they go", () => {
  expect(bows([{ source: 0, target: 1 }])).toEqual([0]);
  const [a, b] = bows([
    { source: 0, target: 1 },
    { source: 1, target: 0 },
  ]);
  const one = line({ x: 0, y: 0 }, { x: 100, y: 0 }, a!);
  const other = line({ x: 100, y: 0 }, { x: 0, y: 0 }, b!);
  expect(Math.abs(one.middle.y - other.middle.y)).toBeGreaterThan(10);
});

test("a line is kept clear of both ends, and its arrow points at the second", () => {
  const made = line({ x: 0, y: 0 }, { x: 100, y: 0 }, 0, 20);
  expect(made.path).toBe("M20 0Q50 0 80 0");
  expect(made.angle).toBe(0);
  expect(line({ x: 5, y: 5 }, { x: 5, y: 5 }, 0).path).toContain("C");
});

test("zooming keeps the place under the pointer", () => {
  const before = { x: 0, y: 0, width: 1000, height: 500 };
  const at = { x: 250, y: 100 };
  const after = zoom(before, at, 0.5);
  expect((at.x - after.x) / after.width).toBeCloseTo((at.x - before.x) / before.width);
  expect((at.y - after.y) / after.height).toBeCloseTo((at.y - before.y) / before.height);
});

test("nodes fill the canvas, and many of them a larger plane", () => {
  const canvas = { width: 900, height: 400 };
  const few = spreadOut(
    [
      { x: 0, y: 4000 },
      { x: 10_000, y: 5000 },
    ],
    canvas,
  );
  expect(few.box).toEqual({ x: 0, y: 0, ...canvas });
  expect(few.points[1]!.x - few.points[0]!.x).toBe(720);
  expect(spreadOut([{ x: 5000, y: 5000 }], canvas).points[0]).toEqual({ x: 450, y: 180 });
  expect(spreadOut([], canvas).points).toEqual([]);
  const many = spreadOut(
    Array.from({ length: 500 }, (_, at) => ({ x: at * 20, y: at * 20 })),
    canvas,
  );
  expect(many.box.width).toBeGreaterThan(2500);
});
