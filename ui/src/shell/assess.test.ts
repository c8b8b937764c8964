import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Backend } from "../ipc";
import { fake } from "../ipc/fake";
import Exhibit from "./Exhibit.svelte";

let backend: Backend;
let shown: object;

async function settled(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) {
    await new Promise((done) => setTimeout(done, 5));
    flushSync();
  }
}
const find = (css: string) => document.querySelector<HTMLElement>(css);
const click = (css: string) => (find(css)!.click(), settled());

beforeEach(async () => {
  localStorage.clear();
  backend = fake({ rows: 2_000, trailFiles: 5, delay: 0 });
  shown = mount(Exhibit, { target: document.body, props: { backend } });
  await settled();
  await click('[data-place="findings"]');
});
afterEach(async () => {
  await unmount(shown);
  document.body.replaceChildren();
});

test("what is made of a finding stands in the list and in the inspector, and can be taken back", async () => {
  const rows = [...document.querySelectorAll<HTMLElement>("main .tr.td")];
  const row = rows.find((one) => one.textContent!.includes("token-replayed"))!;
  row.click();
  await settled();
  const states = () => [...document.querySelectorAll<HTMLElement>(".side .seg button")];
  const pressed = () => states().filter((one) => one.getAttribute("aria-pressed") === "true");
  expect(pressed().map((one) => one.textContent)).toEqual(["open"]);
  states()[2]!.click();
  await settled();
  expect(pressed().map((one) => one.textContent)).toEqual(["explained"]);
  const why = document.querySelector<HTMLTextAreaElement>(".side textarea")!;
  why.value = "two gateways of one office";
  why.dispatchEvent(new Event("input", { bubbles: true }));
  await settled();
  why.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true, cancelable: true }));
  await settled();
  const made = (await backend.findings("")).findings.find((one) => one.code === "token-replayed")!.assessed!;
  expect([made.state, made.comment]).toEqual(["explained", "two gateways of one office"]);
  await new Promise((done) => setTimeout(done, 50));
  await settled();
  expect(find("main .tr.is-sel .tag")?.textContent).toBe("explained");
  states()[0]!.click();
  await settled();
  expect(pressed().map((one) => one.textContent)).toEqual(["open"]);
});
