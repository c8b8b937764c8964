// Every place, on a case of which each has something to show: drawn, named, readable.

import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { violations } from "./axe.mjs";
import { SIZES, pictures } from "./pictures.mjs";
import { demonstration, exhibit, folder, open } from "./program.mjs";

const PLACES = ["evidence", "timeline", "graph", "lineage", "reach", "identities", "secrets", "findings", "coverage", "trust", "report"];
/** A place has been drawn: it waits for nothing, and has no failure in it. */
const drawn = `return document.querySelector("main .fault-b") === null && ![...document.querySelectorAll("main [role=status]")].some((one) => one.textContent.includes("…"))`;

test("each place is drawn, in both schemes and sizes, and axe finds nothing serious", { timeout: 240_000 }, async (t) => {
  const dir = folder();
  const { evidence, keys } = await demonstration(join(dir, "demo"));
  const path = join(dir, "leak.exhibit");
  await exhibit("import", path, evidence, ...keys.flatMap((key) => ["--keys", key]), "--json");
  const page = await open(t, join(dir, "home"), [path]);
  await page.until("the case", `return document.querySelector("article.src") !== null`);
  const found = [];
  for (const place of PLACES) {
    await page.click(`[data-place=${place}]`);
    await page.until(place, `${drawn} && document.querySelector("main h1") !== null`, 60_000);
    await page.run(`(document.querySelector("main .rows, main .tl"))?.focus()`);
    if (place !== "trust" && place !== "evidence") await page.keys("j");
    await new Promise((done) => setTimeout(done, 500));
    await page.until(place, drawn);
    await pictures(page, `place-${place}`, SIZES);
    found.push(...(await violations(page, place)));
  }
  assert.deepEqual(found, []);
});
