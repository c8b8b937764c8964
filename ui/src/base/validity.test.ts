import { expect, test } from "vitest";
import { validity } from "./validity";

test("a key's time is said in a few words, its revocation first", () => {
  const none = { from: null, until: null, revoked: null };
  expect(validity(none)).toBe("always");
  expect(validity({ ...none, from: "2026-06-01T00:00:00Z" })).toBe("from 1 Jun 2026");
  expect(validity({ ...none, from: "2026-06-01T00:00:00Z", until: "2026-07-01T00:00:00Z" })).toBe("1 Jun 2026 – 1 Jul 2026");
  expect(validity({ ...none, from: "2026-06-01T00:00:00Z", revoked: "2026-06-12T00:00:00Z" })).toBe("revoked 12 Jun 2026");
});
