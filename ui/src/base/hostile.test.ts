import { expect, test } from "vitest";
import { looksLike, segments } from "./hostile";

const drawn = (text: string) =>
  segments(text)
    .map((part) => (part.kind === "text" ? part.text : part.kind === "mark" ? `[${part.text}]` : `(${part.text})`))
    .join("");

test("plain text stays one piece", () => {
  expect(segments("kv/payments/stripe-live")).toEqual([{ kind: "text", text: "kv/payments/stripe-live" }]);
  expect(segments("")).toEqual([]);
});

test("a right-to-left override hides no file's real name", () => {
  expect(drawn("publish build-4417\u202Egpj.log")).toBe("publish build-4417[RLO]gpj.log");
  expect(segments("a\u202Eb")[1]!.title).toBe("U+202E right-to-left override");
});

test("each control, invisible or direction-changing character is a mark in its place", () => {
  expect(drawn("deploy\u200Ber \u001B[31m \u0000")).toBe("deploy[ZWSP]er [ESC][31m [NUL]");
  expect(drawn("a\nb\tc\r")).toBe("a[LF]b[TAB]c[CR]");
  expect(drawn("\u2066x\u2069\u061C\uFEFF")).toBe("[LRI]x[PDI][ALM][BOM]");
  expect(drawn("\u{E0041}\uFE0F\uD800\uE000")).toBe("[U+E0041][U+FE0F][U+D800][U+E000]");
  expect(drawn("a\u00A0b\u3000c")).toBe("a[NBSP]b[U+3000]c");
  expect(drawn("\u0085\u009B")).toBe("[NEL][U+009B]");
});

test("all 65,536 of the first plane end as text or as a mark, and no format character as text", () => {
  for (let code = 0; code <= 0xffff; code++) {
    const letter = String.fromCharCode(code);
    const [part] = segments(letter);
    expect(part, code.toString(16)).toBeDefined();
    if (/[\p{Cc}\p{Cf}]/u.test(letter)) expect(part!.kind, code.toString(16)).toBe("mark");
  }
});

test("letters of a foreign script within a word are boxed and named", () => {
  expect(drawn("agent/d\u0435\u0440loyer")).toBe("agent/d(\u0435\u0440)loyer");
  expect(segments("agent/d\u0435\u0440loyer")[1]!.title).toBe("Cyrillic U+0435 U+0440; looks like ep");
  expect(looksLike("agent/d\u0435\u0440loyer")).toBe("agent/deployer");
  expect(looksLike("agent/deployer")).toBeNull();
});

test("a whole word of look-alikes beside Latin text is boxed", () => {
  expect(drawn("agent/\u0441\u043E\u0440")).toBe("agent/(\u0441\u043E\u0440)");
});

test("disguises of ASCII are boxed", () => {
  expect(drawn("ｒoot")).toBe("(ｒ)oot");
  expect(drawn("𝐫oot")).toBe("(𝐫)oot");
});

test("honest text in another script is left alone", () => {
  expect(drawn("платежи")).toBe("платежи");
  expect(drawn("agent 支払い")).toBe("agent 支払い");
  expect(drawn("Überprüfung café")).toBe("Überprüfung café");
});

test("nothing of the text is lost", () => {
  const text = "agent/d\u0435\u0440loyer → 支払い \u{1F511} ñ";
  expect(
    segments(text)
      .map((part) => part.text)
      .join(""),
  ).toBe(text);
});
