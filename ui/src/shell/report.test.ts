/** The report place in its window: a report written, one checked. */

import axe from "axe-core";
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Told } from "../ipc";
import { fake, type Fake } from "../ipc/fake";
import Exhibit from "./Exhibit.svelte";

// Counting waits for the typing to rest, and axe takes its time.
vi.setConfig({ testTimeout: 20_000 });

let shown: object;
let backend: Fake;
async function open(options = {}): Promise<void> {
  backend = fake({ rows: 2000, trailFiles: 4, delay: 0, reading: false, ...options });
  shown = mount(Exhibit, { target: document.body, props: { backend } });
  await settled();
  await click('[data-place="report"]');
}
async function settled(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) {
    await new Promise((done) => setTimeout(done, 5));
    flushSync();
  }
}
/** Until the matching events are counted; that waits for the typing to rest. */
const countedUp = () => vi.waitFor(() => expect(text("[data-count=cited]")).not.toContain("Counting"), 3000).then(settled);
const text = (css: string) => document.querySelector(css)?.textContent?.replace(/\s+/g, " ").trim() ?? null;
const click = (css: string) => (document.querySelector<HTMLElement>(css)!.click(), settled());
function type(css: string, value: string): Promise<void> {
  const input = document.querySelector<HTMLInputElement | HTMLTextAreaElement>(css)!;
  input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  return settled();
}
const writeButton = () => document.querySelector<HTMLButtonElement>(".form [type=submit]")!;
async function violations() {
  const found = await axe.run(document.body, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21aa"],
    rules: { "color-contrast": { enabled: false } },
    resultTypes: ["violations"],
  });
  return found.violations.map((one) => ({ id: one.id, nodes: one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)) }));
}

beforeEach(() => localStorage.clear());
afterEach(async () => {
  await unmount(shown);
  document.body.replaceChildren();
});

test("what the form holds is what is asked for, and what was written is said with how to check it", async () => {
  await open();
  await click("[data-part=write]");
  const asked = vi.spyOn(backend, "reportWrite");
  await type("[name=title]", "A leaked token");
  await type("[name=reviewer]", "R. Viewer");
  await type("[name=question]", "What leaked?");
  await type("[name=answer]", "A token.");
  await click("[data-act=add-question]");
  expect(document.querySelectorAll(".qa")).toHaveLength(2);
  await click('[aria-label="Take out question 2"]');
  await click("[name=rows][value=starred]");
  await click("[name=graph]");
  await type("[name=reach]", "jti:7f0c");
  await type("[name=after]", "2026-06-12T02:11:46Z");
  await countedUp();
  expect(writeButton().disabled).toBe(false);
  await (writeButton().click(), settled());
  expect(asked).toHaveBeenCalledExactlyOnceWith(
    {
      title: "A leaked token",
      examiner: "",
      reviewer: "R. Viewer",
      authority: "",
      at: "",
      questions: [["What leaked?", "A token."]],
      query: "star:yes",
      graph: false,
      reach: "jti:7f0c",
      reach_after: "2026-06-12T02:11:46Z",
    },
    false,
    null,
  );
  expect(text("[data-wrote=id]")).toBe("R-5c5f01aa");
  expect(text("[data-wrote=records]")).toBe("3 records, 3 with a proof that needs no case");
  expect(text("[data-wrote=check]")).toBe("exhibit check '/cases/the report'");
  expect(await violations()).toEqual([]);
});

test("the filter of all places is what is cited, and the form waits while one looks elsewhere", async () => {
  await open();
  await click('.strip [data-verdict="contradicted"]');
  await click('[data-place="report"]');
  await click("[data-part=write]");
  await countedUp();
  expect(text(".pick .ev")).toBe("verdict:contradicted");
  expect(text("[data-count=cited]")).toContain("No event matches");
  await type("[name=title]", "Kept");
  await click('[data-place="timeline"]');
  await click('[data-place="report"]');
  expect(document.querySelector<HTMLInputElement>("[name=title]")!.value).toBe("Kept");
});

test("an encrypted key asks for its passphrase, which is gone after one try", async () => {
  await open();
  await click("[data-part=write]");
  await countedUp();
  await click("[data-act=sign]");
  const secret = () => document.querySelector<HTMLInputElement>("[name=passphrase]")!;
  expect(secret().type).toBe("password");
  expect(writeButton().disabled).toBe(true);
  await type("[name=passphrase]", "wrong");
  await (writeButton().click(), settled());
  expect(text(".form [role=alert]")).toContain("The passphrase does not open");
  expect(secret().value).toBe("");
  await type("[name=passphrase]", "correct horse");
  await (writeButton().click(), settled());
  expect(document.querySelector(".form [role=alert]")).toBeNull();
  expect(secret().value).toBe("");
  expect(text("[data-wrote=check]")).toContain("--keys examiner.pub");
});

test("while it is written the button rests and says what is done", async () => {
  await open();
  await click("[data-part=write]");
  await countedUp();
  let done = (_: null) => {};
  vi.spyOn(backend, "reportWrite").mockReturnValue(new Promise((resolve) => (done = resolve)));
  await (writeButton().click(), settled());
  expect(writeButton().disabled).toBe(true);
  expect(text(".form .row [role=status]")).toContain("Writing the report");
  // No place was chosen: nothing is said to be written.
  done(null);
  await settled();
  expect(writeButton().disabled).toBe(false);
  expect(document.querySelector(".wrote")).toBeNull();
});

test("a query that is none is said, and nothing is written of it", async () => {
  await open();
  await click("[data-part=write]");
  await click("[name=rows][value=query]");
  await type("[name=query]", 'time>="12 Jnue"');
  await vi.waitFor(() => expect(text(".form [role=alert]")).toContain("Not a time."), 3000);
  expect(writeButton().disabled).toBe(true);
});

test("a case that is open for reading only writes no report", async () => {
  await open({ writable: false });
  await click("[data-part=write]");
  await countedUp();
  expect(writeButton().disabled).toBe(true);
  expect(text(".form")).toContain("open for reading only");
});

test("keys typed into an answer move nothing", async () => {
  await open();
  await click("[data-part=write]");
  const answer = document.querySelector("[name=answer]")!;
  for (const key of ["g", "t"]) answer.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  await settled();
  expect(text("main h1")).toBe("Report and custody");
});

test("a report is checked step by step in words, under the keys that were chosen", async () => {
  await open();
  await click("[data-part=check]");
  const asked = vi.spyOn(backend, "reportCheck");
  await click("[data-act=check-zip]");
  expect(asked).toHaveBeenLastCalledWith(false, false);
  expect(text("section h2 .v")).toBe("unproven");
  expect(text("[data-check=means]")).toBe("Everything in it fits, and nothing proves who made it.");
  expect(text('[data-step="signature"]')).toContain("missing");
  await click("[data-act=keys]");
  // What was checked under no keys does not stand beside them.
  expect(document.querySelector("section h2 .v")).toBeNull();
  await click("[data-act=check-folder]");
  expect(asked).toHaveBeenLastCalledWith(true, true);
  expect(text("section h2 .v")).toBe("contradicted");
  expect(text('[data-step="sums"]')).toBe("fails sums table.csv is not what was listed");
  expect(text('[data-step="rows"]')).toContain("holds");
  expect(await violations()).toEqual([]);
});

test("what cannot be checked is said, and no verdict stands beside it", async () => {
  await open();
  await click("[data-part=check]");
  await click("[data-act=check-zip]");
  vi.spyOn(backend, "reportCheck").mockRejectedValue({ code: "not-a-report", message: "/x is no report.", hint: "Choose another." });
  await click("[data-act=check-folder]");
  expect(text(".form [role=alert]")).toContain("/x is no report.");
  expect(document.querySelector("section h2 .v")).toBeNull();
});

test("a report that is dropped is checked where reports are, under the keys that were chosen", async () => {
  backend = fake({ rows: 2000, trailFiles: 4, delay: 0, reading: false });
  let tell!: (told: Told) => void;
  const watch = backend.watch.bind(backend);
  backend.watch = (listener) => watch((tell = listener));
  shown = mount(Exhibit, { target: document.body, props: { backend } });
  await settled();
  const asked = vi.spyOn(backend, "reportCheckDropped");
  tell({ event: "report", name: "report-1" });
  await settled();
  expect(asked.mock.calls).toEqual([[false]]);
  expect(document.querySelector("[data-place=report]")!.getAttribute("aria-current")).toBe("page");
  expect(text("section h2 .v")).toBe("unproven");
  await click("[data-act=keys]");
  tell({ event: "report", name: "report-1" });
  await settled();
  expect(asked.mock.calls).toEqual([[false], [true]]);
});
