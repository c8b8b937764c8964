import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fake } from "../ipc/fake";
import Exhibit from "./Exhibit.svelte";

let shown: object;

async function settled(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) {
    await new Promise((done) => setTimeout(done, 5));
    flushSync();
  }
}
const text = (css: string) => document.querySelector(css)?.textContent?.replace(/\s+/g, " ").trim() ?? null;
const click = (css: string) => (document.querySelector<HTMLElement>(css)!.click(), settled());
const press = (key: string, at: Element = document.body, more: object = {}) => (
  at.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more })),
  settled()
);
function write(css: string, value: string): HTMLInputElement | HTMLTextAreaElement {
  const field = document.querySelector<HTMLInputElement | HTMLTextAreaElement>(css)!;
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  return field;
}

beforeEach(async () => {
  localStorage.clear();
  shown = mount(Exhibit, { target: document.body, props: { backend: fake({ rows: 2_000, trailFiles: 5, delay: 0 }) } });
  await settled();
  await click('[data-place="timeline"]');
  await press("j");
});
afterEach(async () => {
  await unmount(shown);
  document.body.replaceChildren();
});

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
  write("[data-note=tag]", "exfiltration");
  await settled();
  await click(".tagform button");
  expect(text(".side .tags .chip")).toBe("exfiltration×");
  expect(document.querySelector<HTMLInputElement>("[data-note=tag]")!.value).toBe("");
  await press("c");
  const comment = write("[data-note=comment]", "the first read after the leak");
  await settled();
  await press("s", comment);
  await press("Enter", comment, { ctrlKey: true });
  expect(text(".side .acts3 .t3")).toBe("kept in the case");
  expect(document.querySelector(".tr.is-sel .star [role=img]")).toBeNull();
  await click(".side .tags .x");
  expect(document.querySelector(".side .tags")).toBeNull();
});

test("the window is called by its case", () => {
  expect(document.title).toMatch(/\.exhibit – Exhibit$/);
});
