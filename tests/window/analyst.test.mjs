// The first five minutes of an analyst: bundles that partly disagree, contradictions first.

import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { choose } from "./desktop.mjs";
import { SIZES, pictures } from "./pictures.mjs";
import { demonstration, exhibit, folder, open, written } from "./program.mjs";
import { watched } from "./sockets.mjs";
import { go, idle, number, press, rows } from "./steps.mjs";

test("an analyst: two copies that disagree, their contradictions, proofs, surroundings and graph", { timeout: 240_000 }, async (t) => {
  const dir = folder();
  const made = await exhibit("demo", join(dir, "demo"), "--json");
  const path = join(dir, "dispute.exhibit");
  const page = await open(t, join(dir, "home"), [path, ...made.json.keys.flatMap((key) => ["--keys", key]), made.json.evidence, made.json.tampered]);
  const ended = watched(page.driver);
  await page.until("the import to end", idle, 180_000);
  await pictures(page, "analyst-evidence", SIZES);

  // Contradictions first.
  await page.click('.strip [data-verdict="contradicted"]');
  await page.until("rows", rows);
  const matching = number(await page.text("[data-count=matching]"));
  assert.equal(matching, (await exhibit("timeline", path, "verdict:contradicted", "--limit", "1", "--json")).json.matching);
  await page.run(`document.querySelector(".tl").focus()`);
  await page.keys("j", "p");
  await page.until("the proof", `return document.querySelector(".side .steps li") !== null`);

  // A step of the proof lights the bytes that it covers.
  await page.click(".side .stp");
  await press(page, "Show these bytes", ".side");
  await page.until("lit bytes", `return document.querySelector(".raw mark.lit") !== null`);
  const id = await page.run(`return document.querySelector(".side .body").dataset.record`);
  const record = (await exhibit("record", path, id, "--json")).json;
  const lit = await page.run(`return [...document.querySelectorAll(".raw mark.lit")].map((one) => one.textContent).join("")`);
  assert.ok(lit.length > 0 && lit.length <= record.length);
  await pictures(page, "analyst-bytes", SIZES);
  await page.click("[data-tab=fields]");
  await pictures(page, "analyst-fields", [[1280, 800]]);

  // Its surroundings, wider, and back.
  await page.run(`document.querySelector(".tl").focus()`);
  await page.keys("x");
  await page.until("its surroundings", `return document.querySelector(".foot .chip")?.textContent.includes("around the record") && document.querySelector(".tr.is-sel") !== null`);
  const near = number(await page.text("[data-count=matching]"));
  await page.keys("]");
  await page.until("more of them", `return Number(document.querySelector("[data-count=matching]").textContent.replaceAll(",", "")) > ${near}`);
  await pictures(page, "analyst-surroundings", SIZES);
  await page.keys("x");
  await page.until("the contradictions again", `return Number(document.querySelector("[data-count=matching]").textContent.replaceAll(",", "")) === ${matching}`);
  await press(page, "Clear all", ".foot");

  // What was found: integrity apart from behaviour, proof apart from indicator.
  await go(page, "f", "findings");
  const headings = await page.run(`return [...document.querySelectorAll(".tr.grp")].map((one) => one.textContent)`);
  assert.ok(headings[0].includes("integrity"), JSON.stringify(headings));
  await press(page, "proof", "main .head .seg");
  await page.run(`document.querySelector("main .rows").focus()`);
  await page.keys("j");
  await page.until("the finding", `return document.querySelector(".side .what h2") !== null`);
  await pictures(page, "analyst-finding", SIZES);

  // What stands around it, as a picture that is handed over.
  await press(page, "Graph", ".side");
  await page.until("the graph", `return document.querySelectorAll(".graph .node").length > 1`, 60_000);
  await pictures(page, "analyst-graph", SIZES);
  const from = await page.run(`return document.querySelector("main .field input").value`);
  await press(page, "Export", "main .head");
  await press(page, "Picture…", ".menu");
  const file = join(dir, "graph.svg");
  await choose("Where it is to lie", file);
  const svg = await written(file);
  const graph = (await exhibit("graph", path, "--from", from, "--limit", "120", "--json")).json;
  assert.equal(svg.split("<g>").length - 1, graph.nodes.length + graph.edges.length);

  // What was done with the case is in the case.
  await go(page, "o", "report");
  await page.until("the custody log", `return document.querySelector(".cols-cu .tr.td") !== null`);
  assert.match(await page.run(`return document.querySelector("main").innerText`), /the chain holds/);
  await pictures(page, "analyst-custody", SIZES);
  assert.deepEqual(ended().seen, [], "no socket but the driver's own");
});
