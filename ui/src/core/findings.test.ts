import { expect, test } from "vitest";
import type { CaseFinding } from "../ipc";
import { matches, parts } from "./findings";

const one = (more: Partial<CaseFinding>): CaseFinding => ({
  key: "k",
  code: "x",
  class: "behaviour",
  verdict: null,
  message: "",
  events: [],
  ...more,
});

test("integrity stands apart from behaviour, proof apart from indicator", () => {
  expect(matches(one({ class: "integrity" }), "integrity", "")).toBe(true);
  expect(matches(one({ class: "integrity" }), "proof", "")).toBe(false);
  expect(matches(one({ strength: "proof" }), "proof", "")).toBe(true);
  expect(matches(one({ strength: "proof" }), "indicator", "")).toBe(false);
  expect(matches(one({ strength: "proof" }), "all", "y")).toBe(false);
});

test("the parts stand under their headings, and an empty one has none", () => {
  const [sealed, proof, sign] = [
    one({ class: "integrity", code: "a" }),
    one({ strength: "proof", code: "b" }),
    one({ strength: "indicator", code: "c" }),
  ];
  expect(parts([sign, sealed, proof]).map((line) => line.finding?.code ?? "–")).toEqual(["–", "a", "–", "b", "–", "c"]);
  expect(parts([sealed]).map((line) => line.finding?.code ?? "–")).toEqual(["–", "a"]);
  expect(parts([])).toEqual([]);
});
