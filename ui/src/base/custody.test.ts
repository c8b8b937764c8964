import { expect, test } from "vitest";
import { aboutText, actName } from "./custody";

test("what was done is said in words", () => {
  expect(actName("trust-add")).toBe("key trusted");
  expect(actName("some-new-act")).toBe("some new act");
});

test("what is said of it is read from its members, and shown as it stands where it is no JSON", () => {
  expect(aboutText('{"files":3,"trusted_keys":0}')).toBe("files 3 · trusted keys 0");
  expect(aboutText('{"keys":["SHA256:a","SHA256:b"],"how":[null,null]}')).toBe("keys SHA256:a, SHA256:b");
  expect(aboutText("no json")).toBe("no json");
});
