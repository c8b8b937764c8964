import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { checkCommand, word } from "./command";

test("a plain path stands as it is, and the keys are named where somebody signed", () => {
  expect(checkCommand("/cases/report-1", false)).toBe("exhibit check /cases/report-1");
  expect(checkCommand("/cases/report-1.zip", true)).toBe("exhibit check /cases/report-1.zip --keys examiner.pub");
});

test.each(["a b", "it's", "$(id)", "`id`", "-x", "~root", "", "a;b", "*", "a\nb", "é", "!!", '"'])(
  "a shell takes %j as one word",
  (text) => {
    expect(execFileSync("sh", ["-c", `printf '%s|' ${word(text)}`], { encoding: "utf8" })).toBe(`${text}|`);
  },
);
