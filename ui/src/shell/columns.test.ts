import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fake, type Fake } from "../ipc/fake";
import Exhibit from "./Exhibit.svelte";

let backend: Fake;
let shown: object;

async function settled(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) {
    await new Promise((done) => setTimeout(done, 5));
    flushSync();
  }
}
const heads = () => [...document.querySelectorAll<HTMLElement>("[data-head]")].map((cell) => cell.dataset.head).join(" ");
const find = (css: string) => document.querySelector<HTMLElement>(css)!;
const click = (css: string) => (find(css).click(), settled());
const press = (css: string, key: string, more: object = {}) => (
  find(css).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more })),
  settled()
);
const choose = () => click(".head.search > .btn");

beforeEach(async () => {
  localStorage.clear();
  backend = fake({ rows: 2_000, trailFiles: 5, delay: 0 });
  shown = mount(Exhibit, { target: document.body, props: { backend } });
  await settled();
  await click('[data-place="timeline"]');
});
afterEach(async () => {
  await unmount(shown);
  document.body.replaceChildren();
});

test("a column that is chosen stands in every row, and is kept with the case", async () => {
  await choose();
  await click("[data-column=source_ip]");
  expect(heads()).toBe("verdict time type what credential outcome source_ip record");
  const row = find(".tr.td");
  expect(row.querySelectorAll("[role=gridcell]")).toHaveLength(9);
  await click(".dialog .main-act");
  expect((await backend.columns()).map((column) => column.name)).toContain("source_ip");
  await unmount(shown);
  shown = mount(Exhibit, { target: document.body, props: { backend } });
  await settled();
  await click('[data-place="timeline"]');
  expect(heads()).toContain("source_ip");
});

test("keys alone move a column, size it, and put all back as usual", async () => {
  await choose();
  await press("[data-column=credential]", "ArrowUp", { altKey: true });
  expect(heads()).toBe("verdict time type credential what outcome record");
  expect(document.activeElement).toBe(find("[data-column=credential]"));
  await click(".dialog .main-act");
  await press("[data-head=credential] .edge", "ArrowRight");
  await press("[data-head=credential] .edge", "ArrowRight");
  // What is drawn is kept once it has stopped for a moment.
  await new Promise((done) => setTimeout(done, 450));
  await choose();
  expect((await backend.columns()).find((column) => column.name === "credential")!.width).toBeGreaterThan(0);
  await click(".dialog .btn:not(.s):not(.main-act)");
  expect(heads()).toBe("verdict time type what credential outcome record");
  await click(".dialog .main-act");
  expect(await backend.columns()).toEqual([]);
});

test("the columns that always stand cannot be taken away", async () => {
  await choose();
  for (const name of ["verdict", "time", "record"]) expect(find(`[data-column=${name}]`)).toHaveProperty("disabled", true);
});

test("what was drawn last is kept though the place is left at once, and never in another case", async () => {
  const kept = vi.spyOn(backend, "keepColumns");
  await press("[data-head=type] .edge", "ArrowRight");
  await click('[data-place="evidence"]');
  expect(kept).toHaveBeenCalledTimes(1);
  await click('[data-place="timeline"]');
  await press("[data-head=type] .edge", "ArrowRight");
  backend.tell({ event: "case", case: { name: "b.exhibit", path: "/b.exhibit", writable: true, notes: [] } });
  await settled();
  await new Promise((done) => setTimeout(done, 500));
  expect(kept).toHaveBeenCalledTimes(1);
});
