import { expect, test } from "vitest";
import { Keys } from "./keys";

const key = (name: string, more: object = {}) => ({ key: name, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });

test("g and a letter go to a place, g and anything else nowhere", () => {
  const keys = new Keys();
  expect(keys.press(key("g"), false)).toBeNull();
  expect(keys.press(key("t"), false)).toBe("go-timeline");
  keys.press(key("g"), false);
  expect(keys.press(key("x"), false)).toBeNull();
  expect(keys.press(key("j"), false)).toBe("next");
  keys.press(key("g"), false);
  expect(keys.press(key("g"), false)).toBe("go-graph");
});

test("letters typed into a field are text", () => {
  const keys = new Keys();
  for (const letter of "jkpfF/?g0") expect(keys.press(key(letter), true)).toBeNull();
  expect(keys.press(key("Escape"), true)).toBe("escape");
  expect(keys.press(key("k", { ctrlKey: true }), true)).toBe("palette");
});

test("f filters to, F filters out", () => {
  const keys = new Keys();
  expect(keys.press(key("f"), false)).toBe("filter");
  expect(keys.press(key("F", { shiftKey: true }), false)).toBe("exclude");
});

test("chords of the system are left alone", () => {
  expect(new Keys().press(key("c", { ctrlKey: true }), false)).toBeNull();
  expect(new Keys().press(key("f", { altKey: true }), false)).toBeNull();
});

test("shift and arrows move the time window", () => {
  expect(new Keys().press(key("ArrowLeft", { shiftKey: true }), false)).toBe("window-left");
  expect(new Keys().press(key("ArrowRight", { shiftKey: true }), false)).toBe("window-right");
});

test("x and the brackets are a record's surroundings, Ctrl+G a time", () => {
  const keys = new Keys();
  expect(["x", "[", "]"].map((name) => keys.press(key(name), false))).toEqual(["context", "narrower", "wider"]);
  expect(keys.press(key("g", { ctrlKey: true }), true)).toBe("go-to-time");
  expect(keys.press(key("q"), false)).toBeNull();
});

test("s, t and c are what is said of an event, unless they are typed", () => {
  const keys = new Keys();
  expect(["s", "t", "c"].map((name) => keys.press(key(name), false))).toEqual(["star", "tag", "comment"]);
  expect(["s", "t", "c"].map((name) => keys.press(key(name), true))).toEqual([null, null, null]);
  keys.press(key("g"), false);
  expect(keys.press(key("t"), false)).toBe("go-timeline");
});
