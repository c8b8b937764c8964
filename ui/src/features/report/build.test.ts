import { expect, test } from "vitest";
import { pointers, questionWords, withheldWords, wordsOf, wrongAt } from "./build";

test("members are named as RFC 6901 has it", () => {
  // The examples of RFC 6901, section 5, as far as they are members.
  const raw = '{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"m~n":8}';
  expect(pointers(raw)).toEqual(["/foo", "/", "/a~1b", "/c%d", "/m~0n", "/foo/0", "/foo/1"]);
  expect(pointers("no JSON")).toEqual([]);
  expect(pointers('"a text"')).toEqual([]);
});

test("a record of any depth and breadth gives a short list", () => {
  expect(pointers(`${'{"a":'.repeat(2000)}1${"}".repeat(2000)}`)).toHaveLength(300);
  expect(pointers(JSON.stringify(Array.from({ length: 5000 }, (_, at) => at)))).toHaveLength(300);
});

test("what the report will hold is said in words", () => {
  expect(questionWords([{ question: " ", answer: "" }])).toBe("no question");
  expect(questionWords([{ question: "What leaked?", answer: "A token." }])).toBe("1 question, answered");
  expect(
    questionWords([
      { question: "What?", answer: "It." },
      { question: "Who?", answer: " " },
    ]),
  ).toBe("2 questions, 1 answered");
  const held = (part: boolean) => ({ record: "E1:1", member: "", why: "", part });
  expect([withheldWords([]), withheldWords([held(false), held(true), held(true)])]).toEqual([
    "nothing",
    "1 record left out, 2 members blacked out",
  ]);
  expect(
    wordsOf([
      ["interpretation", "It was copied."],
      ["opinion", " "],
    ]),
  ).toBe("interpretation");
});

test("a mistake is found by its field and entry", () => {
  const failure = { code: "no-such-record", message: "No record is called E1:x.", hint: "" };
  const wrong = [{ field: "cites", entry: 1, failure }];
  expect([wrongAt(wrong, "cites"), wrongAt(wrong, "cites", 1), wrongAt(wrong, "withhold", 1)]).toEqual([null, failure.message, null]);
});
