import { afterEach, beforeEach, expect, test } from "vitest";
import { clear, click, find, open, press, text, type } from "./stage";

beforeEach(async () => {
  await clear();
  await open();
  await click('[data-place="timeline"]');
  await press("j");
});
afterEach(clear);

test("s stars the selected row, and takes the star away", async () => {
  expect(document.querySelector(".tr.is-sel .star [role=img]")).toBeNull();
  await press("s");
  expect(document.querySelector(".tr.is-sel .star [role=img]")!.getAttribute("aria-label")).toBe("starred");
  expect(document.querySelectorAll(".tr.td .star [role=img]")).toHaveLength(1);
  await press("s");
  expect(document.querySelector(".tr.is-sel .star [role=img]")).toBeNull();
});

test("t leads to a tag and c to the comment; what is written there is no command", async () => {
  await press("t");
  expect(document.activeElement).toBe(document.querySelector("[data-note=tag]"));
  await type("[data-note=tag]", "exfiltration");
  await click(".tagform button");
  expect(text(".side .tags .chip")).toBe("exfiltration×");
  expect(find<HTMLInputElement>("[data-note=tag]").value).toBe("");
  await press("c");
  const comment = await type("[data-note=comment]", "the first read after the leak");
  await press("s", { at: comment });
  await press("Enter", { at: comment, ctrlKey: true });
  expect(text(".side .acts3 .t3")).toBe("kept in the case");
  expect(document.querySelector(".tr.is-sel .star [role=img]")).toBeNull();
  await click(".side .tags .x");
  expect(document.querySelector(".side .tags")).toBeNull();
});

test("the window is called by its case", () => {
  expect(document.title).toMatch(/\.exhibit – Exhibit$/);
});
