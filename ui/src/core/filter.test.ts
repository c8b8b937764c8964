import { expect, test } from "vitest";
import { asQuery } from "./filter";

test("the window and the verdicts stand in the query with what was typed", () => {
  const from = Date.parse("2026-06-12T02:00:00Z") * 1000 + 5;
  expect(asQuery({ query: "actor:sts", from, until: null, verdicts: ["contradicted"] })).toBe(
    "actor:sts time>=2026-06-12T02:00:00.000005Z verdict:contradicted",
  );
  expect(asQuery({ query: "", from: null, until: from, verdicts: ["verified", "intact"] })).toBe(
    "time<2026-06-12T02:00:00.000005Z -verdict:unproven -verdict:contradicted -verdict:unchecked",
  );
  expect(asQuery({ query: "", from: null, until: null, verdicts: [] })).toBe("");
});
