/** What the tests of the window share: the whole window on a stage, and hands that click and type. */

import axe from "axe-core";
import { flushSync, mount, unmount } from "svelte";
import { fake, type Fake, type FakeOptions } from "../ipc/fake";
import Exhibit from "./Exhibit.svelte";

let shown: object | null = null;

/** The window on a backend in memory that answers at once. */
export async function open(options: FakeOptions = {}, before: (backend: Fake) => void = () => {}): Promise<Fake> {
  const backend = fake({ rows: 2_000, trailFiles: 5, delay: 0, ...options });
  before(backend);
  await show(backend);
  return backend;
}

/** The window on this backend; the one that stood is taken down. */
export async function show(backend: Fake): Promise<void> {
  await takeDown();
  shown = mount(Exhibit, { target: document.body, props: { backend } });
  await settled();
}

/** Nothing stands any more, and nothing is kept from one test to the next. */
export async function clear(): Promise<void> {
  await takeDown();
  localStorage.clear();
  delete document.documentElement.dataset.scheme;
}

async function takeDown(): Promise<void> {
  if (shown) await unmount(shown);
  shown = null;
  document.body.replaceChildren();
}

/** Until nothing is on its way any more. */
export async function settled(): Promise<void> {
  const counting = () => document.querySelector(".foot")?.textContent?.includes("counting …") ?? false;
  for (let turn = 0; turn < 12 || (turn < 400 && counting()); turn++) {
    await new Promise((done) => setTimeout(done, 5));
    flushSync();
  }
}

/** The first element of that kind; it is a mistake of the test where there is none. */
export function find<T extends HTMLElement = HTMLElement>(css: string): T {
  const found = document.querySelector<T>(css);
  if (!found) throw new Error(`There is no ${css}.`);
  return found;
}

export const all = (css: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(css)];

/** What it says, with its blanks as one reads them; null where there is none. */
export const text = (css: string): string | null => document.querySelector(css)?.textContent?.replace(/\s+/g, " ").trim() ?? null;

export function click(at: string | HTMLElement): Promise<void> {
  (typeof at === "string" ? find(at) : at).click();
  return settled();
}

/** A key, pressed where the focus is, or at an element. */
export function press(key: string, more: KeyboardEventInit & { at?: string | Element } = {}): Promise<void> {
  const { at, ...rest } = more;
  const target = at === undefined ? document.body : typeof at === "string" ? find(at) : at;
  target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...rest }));
  return settled();
}

/** What is typed into a field. */
export async function type(css: string, value: string): Promise<HTMLInputElement | HTMLTextAreaElement> {
  const field = find<HTMLInputElement | HTMLTextAreaElement>(css);
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await settled();
  return field;
}

/** What whoever does not see the window would miss. Contrast needs a screen: tests/window looks at that. */
export async function violations(): Promise<{ id: string; nodes: string[] }[]> {
  const found = await axe.run(document.body, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21aa"],
    rules: { "color-contrast": { enabled: false } },
    resultTypes: ["violations"],
  });
  return found.violations.map((one) => ({ id: one.id, nodes: one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)) }));
}
