import { expect, test } from "vitest";
import { cutGroups, groups, isHash, litParts, middle, rawLines, utf8Length } from "./text";

test("ids are cut in the middle, and only when they are too long", () => {
  expect(middle("jti:7f0c91d4-2b6e-4c1a-9a57-0e3b5f8d6c21", 13)).toBe("jti:7f0c…6c21");
  expect(middle("sts", 13)).toBe("sts");
  expect(Array.from(middle("x".repeat(99), 24))).toHaveLength(24);
});

test("no character is cut in half", () => {
  expect(middle("🔑🔑🔑🔑🔑🔑", 4)).toBe("🔑🔑…🔑");
});

const HASH = "d88d25f3bbd09d1e176052ba2667eac59da795fc1d1373f00f8b710f7a10f7d1";

test("hashes stand in groups of four that give the hash again", () => {
  expect(groups(HASH)).toHaveLength(16);
  expect(groups(HASH).join("")).toBe(HASH);
  expect(cutGroups(HASH, 2, 1)).toEqual(["d88d", "25f3", "…", "f7d1"]);
  expect(cutGroups("d88d25f3", 2, 1)).toEqual(["d88d", "25f3"]);
  expect(isHash(HASH)).toBe(true);
  expect(isHash("checkpoints/agents-prod/000000001742")).toBe(false);
});

test("raw text is wrapped by bytes, not inside a character, and nothing is lost", () => {
  const text = "aé€🔑b\nc";
  expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length);
  const lines = rawLines(text, 100, 4, 99);
  expect(lines.map((line) => line.text).join("")).toBe(text);
  expect(lines.map((line) => line.offset)).toEqual([100, 103, 106, 110, 112]);
});

test("raw text of any size gives a bounded number of lines", () => {
  expect(rawLines("x".repeat(1_000_000), 0, 88, 50)).toHaveLength(50);
});

test("lit bytes are cut out of a line by their offsets, whole characters at a time", () => {
  const line = { offset: 100, text: "a東b" };
  // `東` is three bytes: 101 to 103.
  expect(litParts(line, 101, 104)).toEqual([
    { text: "a", lit: false },
    { text: "東", lit: true },
    { text: "b", lit: false },
  ]);
  expect(litParts(line, 102, 103)).toEqual([
    { text: "a", lit: false },
    { text: "東", lit: true },
    { text: "b", lit: false },
  ]);
  expect(litParts(line, 0, 999)).toEqual([{ text: "a東b", lit: true }]);
  expect(litParts(line, 105, 999)).toEqual([{ text: "a東b", lit: false }]);
});
