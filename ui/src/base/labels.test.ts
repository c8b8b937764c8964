import { expect, test } from "vitest";
import { Plan, nameWish } from "./labels";

test("no two words share a pixel, and what finds no place is left out", () => {
  const plan = new Plan();
  const nodes = Array.from({ length: 400 }, (_, at) => ({ x: (at * 137) % 900, y: (at * 71) % 400 }));
  for (const node of nodes) plan.take(node, 26, 26);
  const placed = nodes.flatMap((node) => {
    const wish = nameWish(node, 12);
    const at = plan.place(wish);
    return at ? [{ ...at, width: wish.width, height: wish.height }] : [];
  });
  expect(placed.length).toBeGreaterThan(0);
  expect(placed.length).toBeLessThan(400);
  const overlaps = placed.filter((one, nth) =>
    placed.some(
      (other, mth) =>
        mth < nth &&
        Math.abs(one.x - other.x) < (one.width + other.width) / 2 &&
        Math.abs(one.y - other.y) < (one.height + other.height) / 2,
    ),
  );
  expect(overlaps).toEqual([]);
});

test("a lonely name stands below its node", () => {
  expect(new Plan().place(nameWish({ x: 100, y: 50 }, 5))).toEqual({ x: 100, y: 72 });
});

test("a word that touches another is beside it, not on it", () => {
  const plan = new Plan();
  plan.take({ x: 0, y: 0 }, 10, 10);
  expect(plan.isFree({ x: 10, y: 0 }, 10, 10)).toBe(true);
  expect(plan.isFree({ x: 9.9, y: 0 }, 10, 10)).toBe(false);
  expect(plan.isFree({ x: -300, y: -300 }, 10, 10)).toBe(true);
});
