/** The report place in its window: a report written, one checked. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Told } from "../ipc";
import type { Fake } from "../ipc/fake";
import * as stage from "./stage";
import { all, clear, click, find, press, settled, text, type, violations } from "./stage";

// Counting waits for the typing to rest, and axe takes its time.
vi.setConfig({ testTimeout: 20_000 });

let backend: Fake;
async function open(options = {}): Promise<void> {
  backend = await stage.open({ trailFiles: 4, reading: false, ...options });
  await click('[data-place="report"]');
}
/** Until what it would hold is reckoned; that waits for the typing to rest. */
async function reckoned(): Promise<void> {
  await vi.waitFor(() => expect(text("[data-glance=ask-queries]")).not.toContain("…"), 3000);
  await settled();
}
const writeButton = () => find<HTMLButtonElement>(".build [type=submit]");

beforeEach(clear);
afterEach(clear);

test("what the form holds is what is asked for, and what was written is said with how to check it", async () => {
  await open();
  await click("[data-part=write]");
  const asked = vi.spyOn(backend, "reportWrite");
  await type("[name=title]", "A leaked token");
  await type("[name=reviewer]", "R. Viewer");
  await type("[name=question]", "What leaked?");
  await type("[name=answer]", "A token.");
  await click("[data-act=add-question]");
  expect(all(".qa")).toHaveLength(2);
  await click('[aria-label="Take out question 2"]');
  await type("[name=interpretation]", "It was copied from a log.");
  await type("[name=against]", "A second pod could have logged in.");
  await click("[name=filter]");
  await click("[name=starred]");
  await click("[data-only=contradicted]");
  await click("[data-act=add-cite]");
  await type("[name=cite]", "E1:907");
  await click("[data-act=add-withheld]");
  await type("[name=withheld]", "E1:907");
  await type("[name=why]", "names a patient");
  await click("[name=graph]");
  await click("[data-act=add-lineage]");
  await type("[name=lineage]", "jti:7f0c");
  await click("[data-act=add-reach]");
  await type("[name=reach]", "jti:7f0c");
  await type("[name=after]", "2026-06-12T02:11:46Z");
  await reckoned();
  expect(text("[data-glance=ask-withhold]")).toBe("1 record left out");
  expect(text("[data-glance=ask-words]")).toBe("interpretation, what speaks against it");
  expect(text("[data-glance=ask-figures]")).toBe("1 lineage, 1 reach");
  expect(writeButton().disabled).toBe(false);
  await click(writeButton());
  expect(asked).toHaveBeenCalledExactlyOnceWith(
    {
      title: "A leaked token",
      examiner: "",
      reviewer: "R. Viewer",
      authority: "",
      supersedes: "",
      at: "",
      questions: [["What leaked?", "A token."]],
      interpretation: "It was copied from a log.",
      opinion: "",
      against: "A second pod could have logged in.",
      limits: "",
      queries: ["star:yes"],
      verdicts: ["contradicted"],
      cites: ["E1:907"],
      withhold: [{ record: "E1:907", member: "", why: "names a patient" }],
      lineage: ["jti:7f0c"],
      reach: [{ from: "jti:7f0c", after: "2026-06-12T02:11:46Z" }],
      graph: false,
      graph_of: null,
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
  await reckoned();
  expect(text(".pick .ev")).toBe("verdict:contradicted");
  expect(text("[data-count=cited]")).toContain("No event matches");
  await type("[name=title]", "Kept");
  await type("[name=opinion]", "Kept too");
  await click("[data-act=add-withheld]");
  await click('[data-place="timeline"]');
  await click('[data-place="report"]');
  const value = (css: string) => find<HTMLInputElement>(css).value;
  expect([value("[name=title]"), value("[name=opinion]"), all(".held").length]).toEqual(["Kept", "Kept too", 1]);
});

test("what is wrong is said at its field, the summary leads there, and nothing is written meanwhile", async () => {
  await open();
  await click("[data-part=write]");
  await reckoned();
  expect(document.querySelector(".mend")).toBeNull();
  await click("[data-act=add-cite]");
  await type("[name=cite]", "the first one");
  await vi.waitFor(() => expect(text("#ask-queries .one .wrong")).toBe("No record is called the first one."), 3000);
  const field = find("[name=cite]");
  expect(field.getAttribute("aria-invalid")).toBe("true");
  expect(document.getElementById(field.getAttribute("aria-describedby")!)!.textContent).toContain("No record is called");
  await click("[data-act=add-withheld]");
  await type("[name=withheld]", "E1:1");
  await vi.waitFor(() => expect(text(".held .wrong")).toBe("Say why: the report tells it."), 3000);
  await reckoned();
  expect(all(".mend li").map((one) => one.textContent)).toEqual(["Facts", "Held back"]);
  expect(writeButton().disabled).toBe(true);
  await click(find(".mend li:nth-child(2) .link"));
  expect(document.activeElement).toBe(find(".held [name=why]"));
  expect(await violations()).toEqual([]);
});

test("an answer that comes late, after the one to a later question, changes nothing", async () => {
  await open();
  const late: (() => void)[] = [];
  const outline = backend.reportOutline.bind(backend);
  vi.spyOn(backend, "reportOutline").mockImplementationOnce(async (asked) => {
    await new Promise<void>((done) => late.push(done));
    return outline(asked);
  });
  await click("[data-part=write]");
  await settled();
  await type("[name=question]", "What leaked?");
  await reckoned();
  late.forEach((done) => done());
  await settled();
  expect(text("[data-glance=ask-queries]")).toBe("2,000 events");
  expect(writeButton().disabled).toBe(false);
});

test("nothing chosen is said, not written as everything", async () => {
  await open();
  await click("[data-part=write]");
  await click("[name=filter]");
  await reckoned();
  expect(text("#ask-queries > .wrong")).toContain("Nothing is chosen yet");
  expect(writeButton().disabled).toBe(true);
});

test("keys select a cited event; it stands in the inspector, and what is held back of it is asked for", async () => {
  await open();
  await click("[data-part=write]");
  await reckoned();
  expect(text(".side .nothing")).toContain("Select one of the cited events");
  await press("j");
  await press("j");
  const name = find(".citedbox .is-sel [role=gridcell]:nth-child(2)").textContent!;
  expect(text(".side .eyebrow")).toContain(name.replace(/(\d)(?=(\d{3})+$)/g, "$1,"));
  await click("[data-act=black-out]");
  await new Promise((done) => setTimeout(done, 30));
  expect(find<HTMLInputElement>(".held [name=withheld]").value).toBe(name);
  expect(document.activeElement).toBe(find(".held [name=member]"));
  await settled();
  // The members that the record has can be chosen.
  expect(all(".held datalist option").length).toBeGreaterThan(0);
  await type(".held [name=member]", "/source/ip");
  await type(".held [name=why]", "personal data");
  await vi.waitFor(() => expect(text(".citedbox .is-sel [role=gridcell]:nth-child(6)")).toBe("in part"), 3000);
});

test("where nothing can be selected, the inspector says so", async () => {
  await open();
  expect(text(".side .nothing")).toContain("Select an entry");
  await click("[data-part=check]");
  expect(text(".side .nothing")).toContain("nothing of it is inspected here");
});

test("r puts the selected record into the report from anywhere, and takes it out again", async () => {
  await open();
  await click('[data-place="timeline"]');
  await press("j");
  const button = () => find(".sidefoot [data-act=into-report]");
  expect(button().textContent).toBe("Into the report");
  await press("r");
  expect(button().getAttribute("aria-pressed")).toBe("true");
  await press("j");
  await press("r");
  await press("r");
  await click('[data-place="report"]');
  await click("[data-part=write]");
  await reckoned();
  // What is named is meant instead of everything.
  expect(find<HTMLInputElement>("[name=filter]").checked).toBe(false);
  expect(all("[name=cite]")).toHaveLength(1);
  expect(text("[data-glance=ask-queries]")).toBe("1 event");
});

test("a lineage, a reach, a graph and a finding are put into the report where they stand", async () => {
  await open();
  await click('[data-place="lineage"]');
  await press("j");
  await press("Enter");
  await settled();
  await click(".part [data-act=into-report]");
  const choose = (words: string) => click(all(".menu [role=menuitem]").find((one) => one.textContent!.includes(words))!);
  await click(".reach-h .pop > button");
  await choose("Into the report");
  await click('[data-place="graph"]');
  await settled();
  await click("main .head .pop > button");
  await choose("Into the report");
  await click("main .head .pop > button");
  expect(text(".menu [role=menuitem]")).toContain("Out of the report");
  expect(text('.rail [data-place="report"] .n')).toBe(", in the report:3");
  await click('[data-place="findings"]');
  await click(all("main .tr.td").find((one) => one.textContent!.includes("token-replayed"))!);
  await press("r");
  await click('[data-place="report"]');
  await click("[data-part=write]");
  await reckoned();
  expect(text("[data-glance=ask-figures]")).toBe("graph, 1 lineage, 1 reach");
  expect(text("#ask-figures .pick")).toContain("as it was sent from its place");
  expect(all("[name=cite]").length).toBeGreaterThan(0);
});

test("an encrypted key asks for its passphrase, which is gone after one try", async () => {
  await open();
  await click("[data-part=write]");
  await reckoned();
  await click("[data-act=sign]");
  const secret = () => find<HTMLInputElement>("[name=passphrase]");
  expect(secret().type).toBe("password");
  expect(writeButton().disabled).toBe(true);
  await type("[name=passphrase]", "wrong");
  await click(writeButton());
  expect(text(".form [role=alert]")).toContain("The passphrase does not open");
  expect(secret().value).toBe("");
  await type("[name=passphrase]", "correct horse");
  await click(writeButton());
  expect(document.querySelector(".form [role=alert]")).toBeNull();
  expect(secret().value).toBe("");
  expect(text("[data-wrote=check]")).toContain("--keys examiner.pub");
});

test("while it is written the button rests and says what is done", async () => {
  await open();
  await click("[data-part=write]");
  await reckoned();
  let done = (_: null) => {};
  vi.spyOn(backend, "reportWrite").mockReturnValue(new Promise((resolve) => (done = resolve)));
  await click(writeButton());
  expect(writeButton().disabled).toBe(true);
  expect(text(".glance > [role=status]")).toContain("Writing the report");
  // No place was chosen: nothing is said to be written.
  done(null);
  await settled();
  expect(writeButton().disabled).toBe(false);
  expect(document.querySelector(".wrote")).toBeNull();
});

test("a query that is none is said, and nothing is written of it", async () => {
  await open();
  await click("[data-part=write]");
  await click("[name=searched]");
  await type("[name=query]", 'time>="12 Jnue"');
  await vi.waitFor(() => expect(text("#ask-queries .fl .wrong")).toBe("Not a time."), 3000);
  expect(writeButton().disabled).toBe(true);
});

test("a case that is open for reading only writes no report", async () => {
  await open({ writable: false });
  await click("[data-part=write]");
  await reckoned();
  expect(writeButton().disabled).toBe(true);
  expect(text(".glance")).toContain("open for reading only");
});

test("keys typed into an answer move nothing", async () => {
  await open();
  await click("[data-part=write]");
  for (const key of ["g", "t", "r"]) await press(key, { at: "[name=answer]" });
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
  let tell!: (told: Told) => void;
  backend = await stage.open({ trailFiles: 4, reading: false }, (one) => {
    const watch = one.watch.bind(one);
    one.watch = (listener) => watch((tell = listener));
  });
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
