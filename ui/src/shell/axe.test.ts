/** What a screen reader is told in each place. Contrast needs a screen: tests/window looks at that. */

import axe from "axe-core";
import { mount, unmount } from "svelte";
import { afterEach, expect, test } from "vitest";
import { fake } from "../ipc/fake";
import { PLACES } from "../core/view.svelte";
import Exhibit from "./Exhibit.svelte";

let mounted: ReturnType<typeof mount> | null = null;
afterEach(async () => {
  if (mounted) await unmount(mounted);
  mounted = null;
  document.body.replaceChildren();
});
const settled = () => new Promise((done) => setTimeout(done, 60));

async function open(options = {}) {
  mounted = mount(Exhibit, {
    target: document.body,
    props: { backend: fake({ rows: 300, trailFiles: 4, delay: 0, reading: false, ...options }) },
  });
  await settled();
}
async function violations() {
  const found = await axe.run(document.body, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21aa"],
    rules: { "color-contrast": { enabled: false } },
    resultTypes: ["violations"],
  });
  return found.violations.map((one) => ({ id: one.id, nodes: one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)) }));
}

test.each(PLACES.map((place) => place.id))("%s is named for whoever does not see it", async (place) => {
  await open();
  document.querySelector<HTMLElement>(`[data-place="${place}"]`)!.click();
  await settled();
  window.dispatchEvent(new KeyboardEvent("keydown", { key: "j", bubbles: true }));
  await settled();
  expect(await violations()).toEqual([]);
});

test("so is the window without a case, and the list of keys", async () => {
  await open({ open: false });
  expect(await violations()).toEqual([]);
  window.dispatchEvent(new KeyboardEvent("keydown", { key: "?", bubbles: true }));
  await settled();
  expect(await violations()).toEqual([]);
});

test("axe sees what has no name", async () => {
  await open({ open: false });
  document.querySelector("main")!.append(document.createElement("button"));
  expect((await violations()).map((one) => one.id)).toEqual(["button-name"]);
});
