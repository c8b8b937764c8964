import { expect, test } from "vitest";
import { axisOf, flatten, lifeOf, scopeChange } from "./lineage";

interface N {
  id: string;
  children: N[];
}
const n = (id: string, ...children: N[]): N => ({ id, children });

test("a tree is read from the top, each line going on as long as a sister follows", () => {
  const rows = flatten(n("a", n("b", n("c")), n("d")));
  expect(rows.map((row) => row.node.id)).toEqual(["a", "b", "c", "d"]);
  expect(rows.map((row) => row.depth)).toEqual([0, 1, 2, 1]);
  expect(rows.map((row) => row.rails)).toEqual([[], [true], [true, false], [false]]);
  expect(rows[2]!.parent!.id).toBe("b");
});

test("a tree as deep as the evidence likes does not overflow", () => {
  let deep = n("end");
  for (let at = 0; at < 100_000; at++) deep = n(String(at), deep);
  expect(flatten(deep)).toHaveLength(5000);
});

test("scopes are compared by their words", () => {
  expect(scopeChange("a b", "b a")).toBe("same");
  expect(scopeChange("a", "a b")).toBe("narrower");
  expect(scopeChange("a b c", "a b")).toBe("wider");
  expect(scopeChange("a c", "a b")).toBe("other");
  expect(scopeChange(null, "a")).toBeNull();
});

const none = { minted: null, first: null, last: null, revoked: null, expires: null };

test("a life ends with what ends it first", () => {
  const axis = { from: 0, until: 100 };
  expect(lifeOf({ ...none, minted: 10, expires: 80, revoked: 50 }, axis)).toMatchObject({ from: 10, until: 50, end: "revoked", after: 80 });
  expect(lifeOf({ ...none, minted: 10, expires: 40, revoked: 50 }, axis)).toMatchObject({ until: 40, end: "expired", after: null });
  expect(lifeOf({ ...none, first: 20, last: 30 }, axis)).toMatchObject({ from: 20, until: 100, end: "open", begun: false, uses: [20, 30] });
  expect(lifeOf(none, axis)).toBeNull();
});

test("a lease of a year does not squeeze an hour of acts", () => {
  const hour = 3600e6;
  const axis = axisOf([{ ...none, minted: 0, last: hour, expires: 365 * 24 * hour }])!;
  expect(axis.until).toBeLessThan(2 * hour);
  expect(axisOf([none])).toBeNull();
});
