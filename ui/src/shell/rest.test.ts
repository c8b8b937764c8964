/** What is asked for is asked for once: a window at which nobody does anything asks for nothing. */

import { afterEach, beforeEach, expect, test } from "vitest";
import { PLACES } from "../core/view.svelte";
import { clear, click, find, open, settled } from "./stage";

beforeEach(clear);
afterEach(clear);

/** Opens the window, and counts what is asked of the program from then on, by name. */
async function watched(): Promise<Map<string, number>> {
  const asked = new Map<string, number>();
  await open({}, (backend) => {
    for (const [name, act] of Object.entries(backend)) {
      if (typeof act !== "function") continue;
      Object.assign(backend, {
        [name]: (...args: unknown[]) => {
          asked.set(name, (asked.get(name) ?? 0) + 1);
          return (act as (...args: unknown[]) => unknown).apply(backend, args);
        },
      });
    }
  });
  return asked;
}

async function rests(): Promise<void> {
  await settled();
  await new Promise((done) => setTimeout(done, 500));
  await settled();
}

test("no place asks for anything while it is only looked at", async () => {
  const asked = await watched();
  for (const { id } of PLACES) {
    await click(`.rail [data-place="${id}"]`);
    await rests();
    asked.clear();
    await rests();
    expect([id, ...asked.keys()]).toEqual([id]);
  }
}, 60_000);

test("a record that is selected is asked for once, and so is its proof", async () => {
  const asked = await watched();
  await click('.rail [data-place="timeline"]');
  await rests();
  asked.clear();
  await click(find(".tr.td"));
  await rests();
  expect([asked.get("record"), asked.get("proof")]).toEqual([1, 1]);
});
