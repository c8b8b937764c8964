import { expect, test } from "vitest";
import { merge, occupied, outline, stack } from "./chart";

/** Heights of a layer's bars, read back from its path. */
const heights = (path: string) => [...path.matchAll(/v-([\d.]+)h-/g)].map((found) => Number(found[1]));

test("bars stand on one another from the bottom up", () => {
  const layers = stack([[0, 5, 0, 5, 0]], 40, 10);
  expect(layers.map((layer) => layer.word)).toEqual(["verified", "unproven"]);
  expect(layers[0]!.path).toBe("M0 40h.8v-20h-.8z");
  expect(layers[1]!.path).toBe("M0 20h.8v-20h-.8z");
});

test("one contradicted record among a million is three pixels high, and no bar passes the top", () => {
  const layers = stack([[1, 0, 0, 1_000_000, 0]], 28, 1_000_001);
  const all = layers.flatMap((layer) => heights(layer.path));
  expect(heights(layers.find((layer) => layer.word === "contradicted")!.path)).toEqual([3]);
  expect(all.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(28);
});

test("merging loses no record", () => {
  const buckets = Array.from({ length: 1001 }, (_, i) => [i % 2, i, 0, 1, 0]);
  const { bars, each } = merge(buckets, 150);
  expect(bars.length).toBeLessThanOrEqual(150);
  expect(bars.length).toBe(Math.ceil(1001 / each));
  const sum = (list: number[][]) => list.flat().reduce((a, b) => a + b, 0);
  expect(sum(bars)).toBe(sum(buckets));
});

test("nothing gives nothing", () => {
  expect(stack([], 28, 0)).toEqual([]);
  expect(outline([[0, 0, 0, 0, 0]], 28)).toBe("");
  expect(occupied([[0, 0, 0, 0, 0]])).toBeNull();
  expect(
    occupied([
      [0, 0, 0, 0, 0],
      [0, 1, 0, 0, 0],
      [0, 0, 0, 0, 0],
    ]),
  ).toEqual([1, 1]);
});
