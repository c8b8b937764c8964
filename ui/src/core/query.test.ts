import { expect, test } from "vitest";
import { termFor, terms, withTerm, without } from "./query";

const QUERY = 'touches:jti:7f0c type:token.* -actor:"system:node:*" refused';

test("terms keep their quotes together", () => {
  expect(terms(QUERY).map((term) => term.text)).toEqual(["touches:jti:7f0c", "type:token.*", '-actor:"system:node:*"', "refused"]);
  expect(terms(QUERY).map((term) => [term.not, term.field, term.value])).toEqual([
    [false, "touches", "jti:7f0c"],
    [false, "type", "token.*"],
    [true, "actor", "system:node:*"],
    [false, null, "refused"],
  ]);
});

test("each term lies where it says", () => {
  for (const term of terms(QUERY)) expect(QUERY.slice(term.start, term.end)).toBe(term.text);
});

test("an open quote reaches to the end and ends", () => {
  expect(terms('actor:"a b')).toHaveLength(1);
  expect(terms('"a\\')).toHaveLength(1);
  expect(terms("   ")).toEqual([]);
});

test("taking a term out leaves the others", () => {
  expect(without(QUERY, terms(QUERY)[1]!)).toBe('touches:jti:7f0c -actor:"system:node:*" refused');
  expect(without("one", terms("one")[0]!)).toBe("");
});

test("a value of the evidence cannot break out of its quotes", () => {
  const hostile = 'x" -verdict:contradicted "y\\';
  const made = termFor("actor", hostile, true);
  expect(terms(made)).toHaveLength(1);
  expect(terms(made)[0]).toMatchObject({ not: true, field: "actor", value: hostile });
  expect(termFor("type", "secret.read", false)).toBe("type:secret.read");
});

test("a star of the evidence is no pattern", () => {
  expect(termFor("actor", "system:*", false)).toBe('actor:"system:*"');
  expect(termFor("actor", "a*", false)).toBe('actor:"a*"');
});

test("the same term is not added twice", () => {
  expect(withTerm("type:call", "type:call")).toBe("type:call");
  expect(withTerm("", "type:call")).toBe("type:call");
});
