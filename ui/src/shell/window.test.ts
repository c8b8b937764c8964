import { afterEach, beforeEach, expect, test } from "vitest";
import type { Fake } from "../ipc/fake";
import * as stage from "./stage";
import { clear, click, press, settled, text, type } from "./stage";

let backend: Fake;
async function open(options = {}): Promise<void> {
  backend = await stage.open({ rows: 20_000, trailFiles: 50, ...options });
}

beforeEach(clear);
afterEach(clear);

test("a trail of 5,000 files and a million rows open in a handful of elements", async () => {
  await open({ rows: 1_000_000, trailFiles: 5000 });
  expect(document.querySelectorAll("article.src").length).toBeLessThan(10);
  expect(text('[data-format="cloudtrail"] h2')).toBe("AWSLogs/444455556666/");
  await click('[data-place="timeline"]');
  expect(text("[data-count=matching]")).toBe("1,000,000");
  expect(document.querySelectorAll(".tr.td").length).toBeLessThan(120);
  expect(document.querySelectorAll("*").length).toBeLessThan(4000);
});

test("the strip counts and filters, and a fifth count stands while work runs", async () => {
  await open();
  expect(text('.strip [data-verdict="verified"]')).toBe("43,658 verified");
  expect(text('.strip [data-verdict="unchecked"]')).toBe("84,120 not yet checked");
  await click('.strip [data-verdict="contradicted"]');
  expect(text("[data-count=matching]")).toBe("1");
  expect(text(".tr.td .v")).toBe("contradicted");
  expect(text(".foot .chip")).toBe("contradicted×");
  await click(".foot .chip .x");
  expect(text("[data-count=matching]")).toBe("20,000");
});

test("finished work has no fifth count", async () => {
  await open({ reading: false });
  expect(document.querySelector('.strip [data-verdict="unchecked"]')).toBeNull();
  expect(document.querySelector(".work")).toBeNull();
});

test("a record is opened by key and shows where its proof breaks", async () => {
  await open();
  await click('.strip [data-verdict="contradicted"]');
  await press("j");
  expect(text(".side .say")).toContain("These are not the bytes that were sealed");
  expect(document.querySelectorAll(".steps li")).toHaveLength(9);
  expect(text(".steps li.broken b")).toBe("Link");
  expect(text(".side .eyebrow")).toBe("E1:907 · policy.decide1 of 1");
  await click("[data-tab=raw]");
  expect(text(".raw .o")).toBe("400,004");
});

test("filters that hide everything say so, and how much each hides", async () => {
  await open();
  await click('.strip [data-verdict="intact"]');
  await press("Enter", { at: await type(".field input", "type:secret.rotate") });
  await settled();
  expect(text(".state h2")).toBe("No event matches, because of these filters");
  const chips = [...document.querySelectorAll(".state .chip")].map((chip) => chip.textContent!.replace(/\s+/g, " ").trim());
  expect(chips).toHaveLength(2);
  expect(chips.some((chip) => /type:secret\.rotate ?hides [\d,]+/.test(chip))).toBe(true);
  // The table waits out of sight, without the rows of before.
  expect(document.querySelector<HTMLElement>(".listed")!.hidden).toBe(true);
  expect(document.querySelectorAll(".tr.td")).toHaveLength(0);
  await click(".state .btn");
  expect(document.querySelector(".state")).toBeNull();
  expect(document.querySelector<HTMLElement>(".listed")!.hidden).toBe(false);
  expect(document.querySelectorAll(".tr.td").length).toBeGreaterThan(5);
});

test("a mistake in the search is shown at the search and empties nothing", async () => {
  await open();
  await click('[data-place="timeline"]');
  await press("Enter", { at: await type(".field input", 'time>="12 Jnue 02:00"') });
  expect(text(".qerr b")).toBe("Not a time.");
  expect(text("[data-count=matching]")).toBe("20,000");
  expect(document.querySelectorAll(".tr.td").length).toBeGreaterThan(5);
});

test("f filters to the value under the cursor, F filters it out", async () => {
  await open();
  await click('[data-place="timeline"]');
  await press("j");
  const type = text(".tr.is-sel [data-cell=type]")!;
  await press("f");
  expect(text(".foot .chip")).toBe(`type ${type}×`);
  await press("F", { shiftKey: true });
  expect([...document.querySelectorAll(".foot .chip")].map((chip) => chip.textContent!.trim()).at(-1)).toContain("not");
});

test("every place of the rail is led to by its key", async () => {
  await open();
  const places = [...document.querySelectorAll<HTMLElement>(".rail [data-place]")];
  expect(places).toHaveLength(11);
  for (const [letter, place, title] of [
    ["g", "graph", "Graph"],
    ["t", "timeline", "Timeline"],
    ["e", "evidence", "Evidence"],
  ] as const) {
    await press("g");
    await press(letter);
    expect(text("main h1")).toBe(title);
    expect(document.querySelector(`.rail [data-place="${place}"]`)!.getAttribute("aria-current")).toBe("page");
  }
});

test("work is cancelled from the rail, and what was cancelled is said", async () => {
  await open();
  await click(".rail .work .link");
  await settled();
  expect(document.querySelector(".rail .work")).toBeNull();
  expect(text(".failed")).toContain("Cancelled at 136.3 MB of 224.1 MB");
  expect(text(".failed")).toContain("Nothing of it is in the case.");
});

test("without a case the window says what to drop and offers something to try", async () => {
  await open({ open: false });
  expect(text(".state h2")).toBe("Drop files or folders here to begin a case");
  expect(text(".state .link")).toBe("Try it with the demonstration case");
  backend.tell({ event: "drag", over: true });
  await settled();
  expect(text(".over h2")).toBe("Let go to begin a case with it");
});

test("the scheme is chosen over the system's and kept", async () => {
  await open();
  await click(".brand > button");
  const dark = [...document.querySelectorAll<HTMLElement>(".menu .seg button")].find((button) => button.textContent === "dark")!;
  dark.click();
  await settled();
  expect(document.documentElement.dataset.scheme).toBe("dark");
  expect(JSON.parse(localStorage.getItem("exhibit.settings")!)).toMatchObject({ scheme: "dark" });
});

test("no element of the window has a style attribute in its markup", async () => {
  await open();
  await click('[data-place="timeline"]');
  // Geometry is set through the object model on these and on nothing else.
  const styled = [...document.querySelectorAll("[style]")].map((one) => one.className);
  for (const name of styled)
    expect(["stay", "lines", "space", "tl grid cols-tl"].some((known) => name.startsWith(known) || name.includes("cols-tl"))).toBe(true);
});
