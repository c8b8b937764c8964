import { flushSync, mount, unmount, type Component } from "svelte";
import { afterEach, expect, test, vi } from "vitest";
import type { ProofStep } from "../ipc";
import Axes from "./Axes.svelte";
import Bar from "./Bar.svelte";
import Ev from "./Ev.svelte";
import Hash from "./Hash.svelte";
import LedgerTable from "./LedgerTable.svelte";
import Mark from "./Mark.svelte";
import ProofSteps from "./ProofSteps.svelte";
import Raise from "./Raise.svelte";
import Verdict from "./Verdict.svelte";

let shown: object | null = null;
function show<P extends Record<string, unknown>>(component: Component<P>, props: P): HTMLElement {
  shown = mount(component, { target: document.body, props });
  flushSync();
  return document.body;
}
afterEach(() => {
  if (shown) void unmount(shown);
  shown = null;
  document.body.replaceChildren();
  vi.restoreAllMocks();
});

test("markup in the evidence is text", () => {
  const page = show(Ev as Component<{ text: string }>, { text: '<img src=x onerror="alert(1)"><script>alert(2)</script>' });
  expect(page.querySelector("img, script")).toBeNull();
  expect(page.querySelector("bdi.ev")!.textContent).toBe('<img src=x onerror="alert(1)"><script>alert(2)</script>');
});

test("a direction override is a mark with its name, in its place", () => {
  const page = show(Ev as Component<{ text: string }>, { text: "build-4417\u202Egpj.log" });
  expect(page.querySelector(".ctl")!.textContent).toBe("RLO");
  expect(page.querySelector(".ctl")!.getAttribute("title")).toBe("U+202E right-to-left override");
  expect(page.textContent).not.toContain("\u202E");
});

test("what is cut is whole on hover, with its marks spelt out", () => {
  const page = show(Ev as Component<{ text: string; most: number }>, { text: `jti:${"7".repeat(40)}\u202E`, most: 13 });
  expect(page.textContent).toHaveLength(13 + 2);
  expect(page.querySelector("bdi")!.getAttribute("title")).toContain("‹RLO›");
  expect(page.querySelector("bdi")!.getAttribute("title")).not.toContain("\u202E");
});

test("a verdict has its word beside its shape, and a shape alone its name", () => {
  expect(show(Verdict as Component<{ word: "unchecked" }>, { word: "unchecked" }).textContent).toBe("not yet checked");
  document.body.replaceChildren();
  const alone = show(Mark as Component<{ word: "contradicted" }>, { word: "contradicted" });
  expect(alone.querySelector("[role=img]")!.getAttribute("aria-label")).toBe("contradicted");
});

test("a hash is copied without gaps", () => {
  const value = "d88d25f3bbd09d1e176052ba2667eac59da795fc1d1373f00f8b710f7a10f7d1";
  expect(show(Hash as Component<{ value: string }>, { value }).textContent).toBe(value);
});

const ledger = { bytes_in: 100, bytes_records: 90, bytes_structure: 10, bytes_rejected: 0, balanced: true };

test("a ledger balances, or says what is missing", () => {
  expect(show(LedgerTable as Component<{ ledger: typeof ledger }>, { ledger }).textContent).toContain("balances");
  document.body.replaceChildren();
  expect(
    show(LedgerTable as Component<{ ledger: typeof ledger }>, { ledger: { ...ledger, bytes_records: 78, balanced: false } }).textContent,
  ).toContain("12 B not accounted for");
});

test("a file without records has no answers on the axes", () => {
  expect(show(Axes as Component<{ axes: null }>, { axes: null }).textContent).toContain("no records");
});

test("a broken step is marked in words, and what it is compared with is whole", () => {
  const hash = (letter: string) => letter.repeat(64);
  const steps: ProofStep[] = [
    { name: "digest", outcome: "info", text: "SHA-256", value: hash("a"), extent: null },
    { name: "link", outcome: "fails", text: "The successor names another line.", value: hash("b"), extent: null },
    { name: "key", outcome: "missing", text: "No key at hand that could check this.", value: null, extent: null },
  ];
  const page = show(ProofSteps as Component<{ steps: ProofStep[] }>, { steps });
  const items = [...page.querySelectorAll("li")];
  expect(items.map((item) => item.className)).toEqual(["", "broken", "absent"]);
  expect(items[1]!.textContent).toContain("does not hold");
  expect(items[0]!.querySelector(".hash")!.textContent).toBe(hash("a"));
  expect(items[1]!.querySelector(".hash")!.textContent).toBe(hash("b"));
  expect(items[2]!.textContent).toContain("not at hand");
});

test("nothing can, and nothing need, are answers", () => {
  expect(
    show(Raise as unknown as Component<{ lines: string[]; verdict: "verified" }>, { lines: [], verdict: "verified" }).textContent,
  ).toContain("Nothing need");
  document.body.replaceChildren();
  expect(
    show(Raise as unknown as Component<{ lines: string[]; verdict: "unproven" }>, { lines: [], verdict: "unproven" }).textContent,
  ).toContain("Nothing can");
});

test("progress without a whole shows no share", () => {
  const page = show(Bar as Component<{ done: number; total: null }>, { done: 5, total: null });
  expect(page.querySelector("[aria-valuenow]")).toBeNull();
});
