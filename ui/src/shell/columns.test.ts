import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Fake } from "../ipc/fake";
import { all, clear, click, find, open, press, settled, show } from "./stage";

let backend: Fake;
const heads = () =>
  all("[data-head]")
    .map((cell) => cell.dataset.head)
    .join(" ");
const choose = () => click(".head.search > .btn");

beforeEach(async () => {
  await clear();
  backend = await open();
  await click('[data-place="timeline"]');
});
afterEach(clear);

test("a column that is chosen stands in every row, and is kept with the case", async () => {
  await choose();
  await click("[data-column=source_ip]");
  expect(heads()).toBe("verdict time type what credential outcome source_ip record");
  const row = find(".tr.td");
  expect(row.querySelectorAll("[role=gridcell]")).toHaveLength(9);
  await click(".dialog .main-act");
  expect((await backend.columns()).map((column) => column.name)).toContain("source_ip");
  await show(backend);
  await click('[data-place="timeline"]');
  expect(heads()).toContain("source_ip");
});

test("keys alone move a column, size it, and put all back as usual", async () => {
  await choose();
  await press("ArrowUp", { at: "[data-column=credential]", altKey: true });
  expect(heads()).toBe("verdict time type credential what outcome record");
  expect(document.activeElement).toBe(find("[data-column=credential]"));
  await click(".dialog .main-act");
  await press("ArrowRight", { at: "[data-head=credential] .edge" });
  await press("ArrowRight", { at: "[data-head=credential] .edge" });
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
  await press("ArrowRight", { at: "[data-head=type] .edge" });
  await click('[data-place="evidence"]');
  expect(kept).toHaveBeenCalledTimes(1);
  await click('[data-place="timeline"]');
  await press("ArrowRight", { at: "[data-head=type] .edge" });
  backend.tell({ event: "case", case: { name: "b.exhibit", path: "/b.exhibit", writable: true, notes: [] } });
  await settled();
  await new Promise((done) => setTimeout(done, 500));
  expect(kept).toHaveBeenCalledTimes(1);
});
