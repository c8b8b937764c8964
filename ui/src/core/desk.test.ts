import { expect, test } from "vitest";
import { Desk, deskOf } from "./desk.svelte";
import { View } from "./view.svelte";

test("each search that is on is asked for, and one without words is none", () => {
  const desk = new Desk();
  expect(desk.asked("type:call").queries).toEqual(["type:call"]);
  desk.byStar = true;
  desk.byTag = true;
  desk.byQuery = true;
  expect(desk.asked("").queries).toEqual(["", "star:yes", ""]);
  desk.tag = 'to "look" at';
  desk.typed = " type:secret.read ";
  expect(desk.asked("").queries).toEqual(["", "star:yes", 'tag:"to \\"look\\" at"', "type:secret.read"]);
});

test("a record that is put in stands for itself, until the person chooses a search", () => {
  const desk = new Desk();
  desk.takeRecord("E1:907");
  desk.takeRecord("E1:907", "E1:908");
  expect([desk.asked("").queries, desk.asked("").cites]).toEqual([[], ["E1:907", "E1:908"]]);
  desk.byFilter = true;
  desk.takeRecord("E1:909");
  expect(desk.asked("").queries).toEqual([""]);
  desk.dropRecord("E1:907", "E1:909");
  expect(desk.asked("").cites).toEqual(["E1:908"]);
});

test("words change nothing of what is counted, but that an answer has a question", () => {
  const desk = new Desk();
  const before = desk.counted("");
  desk.title = "A leaked token";
  desk.interpretation = "It was copied.";
  desk.takeLineage("jti:7f0c");
  expect(desk.counted("")).toEqual(before);
  desk.questions[0]!.answer = "A token.";
  expect(desk.counted("").questions).toEqual([["", "…"]]);
});

test("a record is left out whole where no member is meant, whatever was typed for one", () => {
  const desk = new Desk();
  desk.withhold.push({ record: "E1:907", member: "/source/ip", why: "personal", part: false });
  desk.withhold.push({ record: "E1:908", member: "/source/ip", why: "personal", part: true });
  expect(desk.asked("").withhold.map((one) => one.member)).toEqual(["", "/source/ip"]);
});

test("the records of one event are left out together, until another record is named", () => {
  const desk = new Desk();
  desk.withhold.push({ record: "E1:907", member: "", why: "personal", part: false, also: { of: "E1:907", records: ["E9:3"] } });
  desk.withhold.push({ record: "E1:908", member: "", why: "other", part: false });
  const records = () => desk.asked("").withhold.map((one) => `${one.record} ${one.why}`);
  expect(records()).toEqual(["E1:907 personal", "E1:908 other", "E9:3 personal"]);
  desk.withhold[0]!.part = true;
  expect(records()).toHaveLength(2);
  desk.withhold[0]!.part = false;
  desk.withhold[0]!.record = "E1:900";
  expect(records()).toHaveLength(2);
});

test("each case has its own desk, and has it still after another one was open", () => {
  const view = new View();
  const one = deskOf(view, "/a.exhibit");
  one.title = "A";
  expect(deskOf(view, "/b.exhibit").title).toBe("");
  expect(deskOf(view, "/a.exhibit")).toBe(one);
});
