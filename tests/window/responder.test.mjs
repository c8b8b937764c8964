// The first five minutes of an incident responder: a disk of exports, and the id of a leaked key.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import test from "node:test";
import { choose, drop } from "./desktop.mjs";
import { SIZES, pictures } from "./pictures.mjs";
import { demonstration, exhibit, folder, open, written } from "./program.mjs";
import { watched } from "./sockets.mjs";
import { ENTER, counts, go, idle, press } from "./steps.mjs";

test("a responder: from a disk of exports to what to revoke and what to rotate", { timeout: 240_000 }, async (t) => {
  const dir = folder();
  const { evidence } = await demonstration(join(dir, "demo"));
  const disk = join(dir, "disk.tar.gz");
  execFileSync("tar", ["-czf", disk, "-C", evidence, "."]);
  const path = join(dir, "leak.exhibit");
  const page = await open(t, join(dir, "home"), []);
  const ended = watched(page.driver);

  await press(page, "New case…", "main");
  await choose("Where the new case is to lie", path);
  await page.until("the empty case", `return document.querySelector("main .state h2")?.textContent === "Drop files or folders here"`);
  await drop([disk], async () => {
    await page.until("what letting go does", `return document.body.textContent.includes("Let go to read it into the case")`);
    await pictures(page, "responder-drop", [[1280, 800]]);
  });
  await page.until("what came in", idle, 120_000);

  // What came in, and what was lost: the same as the command line counts.
  await page.until("the ledgers to balance", `return document.querySelector("main .head .sum")?.textContent.includes("every ledger balances")`);
  const told = (await exhibit("verify", path, "--json").catch(() => null)) ?? null;
  const shown = await counts(page);
  if (told) assert.equal(shown.contradicted, told.json.records.contradicted);
  await pictures(page, "responder-evidence", SIZES);

  // The key id, as it was handed over.
  const leaked = (await exhibit("timeline", path, "type:token.revoke", "--json")).json.rows[0].token;
  await go(page, "l", "lineage");
  await page.keys("/");
  await page.type("main .field input", `${leaked}${ENTER}`);
  await page.until("its lineage", `return document.querySelectorAll(".lin .tr.td").length > 1`, 60_000);
  const tree = (await exhibit("lineage", path, leaked, "--json")).json;
  const size = (node) => 1 + node.children.reduce((sum, child) => sum + size(child), 0);
  assert.equal(await page.run(`return document.querySelectorAll(".lin .tr.td").length`), size(tree));
  await page.run(`document.querySelector(".lin").focus()`);
  await page.keys("j", "j");
  await pictures(page, "responder-lineage", SIZES);

  await go(page, "r", "reach");
  await page.until("its reach", `return document.querySelector(".cols-re .tr.td") !== null`, 60_000);
  const reach = (await exhibit("reach", path, "--from", leaked, "--json")).json;
  assert.equal(await page.run(`return Number(document.querySelector(".cols-re").getAttribute("aria-rowcount"))`), reach.reached.length);
  await page.run(`document.querySelector(".cols-re").focus()`);
  await page.keys("j", "j", "j");
  await pictures(page, "responder-reach", SIZES);

  // Time is played, and stopped.
  await press(page, "Play", ".brush");
  await page.until("time to run", `return document.querySelector(".brush .headline") !== null && document.querySelector(".ghost") !== null`);
  await press(page, "Pause", ".brush");
  await pictures(page, "responder-played", [[1280, 800]]);
  await press(page, "End", ".brush");

  for (const act of ["revoke", "rotate"]) {
    const file = join(dir, `to-${act}.csv`);
    await press(page, `to ${act}…`, ".reach-h");
    await choose("Where it is to lie", file);
    await page.until("it to be written", `return document.querySelector(".reach-h [role=status]")?.textContent === "written"`);
    const lines = (await written(file)).trimEnd().split("\r\n");
    assert.deepEqual(lines.slice(1).map((line) => line.split(",")[1]), reach[act].map((one) => one.id));
    assert.ok(lines.length > 1);
  }

  const { seen, looks } = ended();
  assert.deepEqual(seen, [], "no socket but the driver's own");
  assert.ok(looks > 20, "it was looked");
});
