// The timeline's columns: chosen, drawn wider and moved by hand, and kept with the case.

import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { SIZES, pictures } from "./pictures.mjs";
import { demonstration, exhibit, folder, open } from "./program.mjs";
import { go, press, rows } from "./steps.mjs";

const heads = `return [...document.querySelectorAll("[data-head]")].map((one) => one.dataset.head)`;
const widthOf = (name) => `return document.querySelector("[data-head=${name}]").getBoundingClientRect().width`;

test("columns are chosen, moved and sized, and are there when the case is opened again", { timeout: 240_000 }, async (t) => {
  const dir = folder();
  const { evidence, keys } = await demonstration(join(dir, "demo"));
  const path = join(dir, "leak.exhibit");
  await exhibit("import", path, evidence, ...keys.flatMap((key) => ["--keys", key]), "--json");
  const page = await open(t, join(dir, "home"), [path]);
  await page.size(1920, 1080);
  await go(page, "t", "timeline");
  await page.until("rows", rows);
  assert.deepEqual(await page.run(heads), ["verdict", "time", "type", "what", "credential", "outcome", "record"]);

  await press(page, "Columns…");
  for (const name of ["source_ip", "resource"]) await page.click(`[data-column=${name}]`);
  await pictures(page, "columns", [[1280, 800], [1920, 1080]]);
  await press(page, "Done", ".dialog");
  await page.size(1920, 1080);
  await page.until("the new columns", `return document.querySelector("[data-head=resource]") !== null`);

  // The edge of a title is drawn a hundred pixels to the right; then the title is put before another.
  const before = await page.run(widthOf("resource"));
  const edge = await page.run(`const box = document.querySelector("[data-head=resource] .edge").getBoundingClientRect(); return [Math.round(box.left + box.width / 2), Math.round(box.top + 8)]`);
  await page.drag(edge, [edge[0] + 100, edge[1]]);
  const after = await page.run(widthOf("resource"));
  assert.ok(Math.abs(after - before - 100) < 4, `${before} → ${after}`);
  const [from, to] = await page.run(`return ["resource", "type"].map((name) => { const box = document.querySelector("[data-head=" + name + "]").getBoundingClientRect(); return [Math.round(box.left + 12), Math.round(box.top + 8)] })`);
  await page.drag(from, [to[0] - 8, to[1]]);
  const wanted = ["verdict", "time", "resource", "type", "what", "credential", "outcome", "source_ip", "record"];
  assert.deepEqual(await page.run(heads), wanted);
  await new Promise((done) => setTimeout(done, 1000));
  await page.leave();

  const again = await open(t, join(dir, "home"), [path]);
  await again.size(1920, 1080);
  await go(again, "t", "timeline");
  await again.until("rows", rows);
  assert.deepEqual(await again.run(heads), wanted);
  assert.ok(Math.abs((await again.run(widthOf("resource"))) - after) < 2);
  await pictures(again, "columns-kept", SIZES);
  // Where there is no room some give way, and times, verdicts and records never do.
  await again.size(1280, 800);
  await new Promise((done) => setTimeout(done, 300));
  const narrow = await again.run(heads);
  for (const name of ["verdict", "time", "record"]) assert.ok(narrow.includes(name), name);
  assert.ok(narrow.length < wanted.length, narrow.join(" "));
  assert.deepEqual(narrow, wanted.filter((name) => narrow.includes(name)));
  assert.ok(await again.run(`const table = document.querySelector(".tl"); return table.scrollWidth <= table.clientWidth`));
});
