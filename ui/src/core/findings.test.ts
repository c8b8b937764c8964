import { expect, test } from "vitest";
import type { CaseFinding } from "../ipc";
import { keyOf, matches } from "./findings";

const one = (more: Partial<CaseFinding>): CaseFinding => ({ code: "x", class: "behaviour", verdict: null, message: "", events: [], ...more });

test("integrity stands apart from behaviour, proof apart from indicator", () => {
  expect(matches(one({ class: "integrity" }), "integrity", "")).toBe(true);
  expect(matches(one({ class: "integrity" }), "proof", "")).toBe(false);
  expect(matches(one({ strength: "proof" }), "proof", "")).toBe(true);
  expect(matches(one({ strength: "proof" }), "indicator", "")).toBe(false);
  expect(matches(one({ strength: "proof" }), "all", "y")).toBe(false);
});

test("two findings of one code at two places have two keys", () => {
  expect(keyOf(one({ stream: "a", seq: 1 }))).not.toBe(keyOf(one({ stream: "a", seq: 2 })));
});
