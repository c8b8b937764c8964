/** Whoever wants no motion gets none: in the styles by the tokens, in the play of time by steps. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { clear, click, find, open, settled, text } from "./stage";

let told: (() => void)[] = [];
let reduced = false;
beforeEach(async () => {
  await clear();
  told = [];
  vi.stubGlobal("matchMedia", (query: string) => ({
    get matches() {
      return query.includes("prefers-reduced-motion") && reduced;
    },
    media: query,
    addEventListener: (_: string, act: () => void) => told.push(act),
    removeEventListener: (_: string, act: () => void) => (told = told.filter((one) => one !== act)),
  }));
});
afterEach(async () => {
  await clear();
  vi.unstubAllGlobals();
});

const play = () => find("[data-act=play]");

test("time plays by itself, and stops where the person wants no motion from now on", async () => {
  reduced = false;
  await open();
  expect(text("[data-act=play]")).toBe("Play");
  await click(play());
  expect(text("[data-act=play]")).toBe("Pause");
  reduced = true;
  told.forEach((act) => act());
  await settled();
  expect(text("[data-act=play]")).toBe("Step");
});

test("where the person wants no motion, time is moved by hand and rests between", async () => {
  reduced = true;
  const every = vi.spyOn(globalThis, "setInterval");
  await open();
  expect(text("[data-act=play]")).toBe("Step");
  await click(play());
  expect(text("[data-act=play]")).toBe("Step");
  expect(every).not.toHaveBeenCalled();
});
