// Every place on the real evidence: a real server's log, real attacks in CloudTrail, real receipts.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { violations } from "./axe.mjs";
import { pictures } from "./pictures.mjs";
import { exhibit, folder, open } from "./program.mjs";
import { counts, drawn, idle } from "./steps.mjs";

const SAMPLES = process.env.EXHIBIT_SAMPLES;
const PLACES = ["evidence", "timeline", "graph", "lineage", "reach", "identities", "secrets", "findings", "coverage", "trust", "report"];

test("real evidence comes in, and each place tells of it", { timeout: 300_000, skip: SAMPLES ? false : "EXHIBIT_SAMPLES does not say where the real evidence lies" }, async (t) => {
  const archives = readdirSync(SAMPLES).filter((name) => name.endsWith(".tar.gz"));
  assert.ok(archives.length >= 5, archives.join());
  const dir = folder();
  const path = join(dir, "real.exhibit");
  const page = await open(t, join(dir, "home"), [path, ...archives.map((name) => join(SAMPLES, name))]);
  await page.until("what came in", idle, 180_000);
  await page.until("the ledgers to balance", `return document.querySelector("main .head .sum")?.textContent.includes("every ledger balances")`);
  const shown = await counts(page);
  const found = [];
  for (const place of PLACES) {
    await page.click(`[data-place=${place}]`);
    await page.until(place, `return ${drawn} && document.querySelector("main h1") !== null`, 60_000);
    await page.run(`(document.querySelector("main .rows, main .tl"))?.focus()`);
    if (place !== "trust" && place !== "evidence") await page.keys("j");
    await new Promise((done) => setTimeout(done, 500));
    await page.until(place, `return ${drawn}`, 60_000);
    await pictures(page, `real-${place}`, [[1280, 800]]);
    found.push(...(await violations(page, place)));
  }
  assert.deepEqual(found, []);
  // The same as the command line counts, from the same case.
  await page.leave();
  const { records } = (await exhibit("verify", path, "--json")).json;
  for (const word of ["verified", "intact", "unproven", "contradicted"]) assert.equal(shown[word], records[word], word);
});
