/** What a screen reader is told in each place. */

import { afterEach, beforeEach, expect, test } from "vitest";
import { PLACES } from "../core/view.svelte";
import * as stage from "./stage";
import { clear, click, press, violations } from "./stage";

const open = (options = {}) => stage.open({ rows: 300, trailFiles: 4, reading: false, ...options });

beforeEach(clear);
afterEach(clear);

test.each(PLACES.map((place) => place.id))("%s is named for whoever does not see it", async (place) => {
  await open();
  await click(`[data-place="${place}"]`);
  await press("j");
  expect(await violations()).toEqual([]);
});

test("so is the window without a case, and the list of keys", async () => {
  await open({ open: false });
  expect(await violations()).toEqual([]);
  await press("?");
  expect(await violations()).toEqual([]);
});

test("axe sees what has no name", async () => {
  await open({ open: false });
  document.querySelector("main")!.append(document.createElement("button"));
  expect((await violations()).map((one) => one.id)).toEqual(["button-name"]);
});
