// The first five minutes of an analyst: bundles that partly disagree, contradictions first.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { violations } from "./axe.mjs";
import { choose, chooseFolder } from "./desktop.mjs";
import { SIZES, pictures } from "./pictures.mjs";
import { demonstration, exhibit, folder, open, written } from "./program.mjs";
import { watched } from "./sockets.mjs";
import { ENTER, fill, go, idle, number, press, rows } from "./steps.mjs";

test("an analyst: two copies that disagree, their contradictions, proofs, surroundings, graph, and a signed report of them", { timeout: 420_000 }, async (t) => {
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
  // It is put into the report from where it stands.
  await page.keys("r");
  await page.until("that it is in", `return document.querySelector(".sidefoot [data-act=into-report]").getAttribute("aria-pressed") === "true"`);
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
  const code = await page.text(".side .what h2");
  await press(page, "confirmed", ".side .seg");
  await fill(page, ".side textarea", "Both gateways say the same.");
  await press(page, "Keep it", ".side");

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

  // The report: that record, a lineage, one record held back with its reason, and the analyst's own words.
  await go(page, "l", "lineage");
  await press(page, "Start anew", "main .head");
  await page.until("what to start from", `return document.querySelector("main .tr.td") !== null`);
  await page.run(`document.querySelector("main .rows").focus()`);
  await page.keys("j", ENTER);
  await page.until("the lineage", `return document.querySelector(".part [data-act=into-report]") !== null`, 30_000);
  await press(page, "Into the report", ".part");
  await go(page, "o", "report");
  await page.click("[data-part=write]");
  await page.until("what it would hold", `return document.querySelector("[data-glance=ask-queries]")?.textContent === "1 event"`, 30_000);
  await fill(page, "[name=title]", "Two copies that disagree");
  await fill(page, "[name=question]", "Which of the copies is the one that was sealed?");
  await fill(page, "[name=answer]", `The first one: the other has ${id} with other bytes.`);
  await fill(page, "[name=interpretation]", "The second copy was altered after it was sealed.");
  await fill(page, "[name=against]", "A <b>fault</b> of the disk would show the same.");
  await page.click("[name=searched]");
  await fill(page, "[name=query]", "type:token.mint verdict:verified");
  await page.until("more events", `return document.querySelectorAll(".citedbox .tr.td").length > 3 && !document.querySelector("[data-count=cited]").textContent.includes("…")`, 30_000);
  await page.run(`document.querySelector(".citedbox .rows").focus()`);
  await page.keys("j", "j", "p");
  await page.until("the row, inspected", `return document.querySelector(".citedbox .is-sel") !== null && document.querySelector(".side .steps li") !== null`);
  const held = await page.run(`return document.querySelector(".citedbox .is-sel [role=gridcell]:nth-child(2)").textContent`);
  await page.click("[data-act=leave-out]");
  await page.until("that a reason is asked for", `return document.querySelector(".held .wrong")?.textContent.includes("Say why") && document.querySelector(".build [type=submit]").disabled`, 10_000);
  await pictures(page, "analyst-report-reason", SIZES);
  assert.deepEqual(await violations(page, "the form, with what is wrong"), []);
  await fill(page, ".held [name=why]", "names a patient");
  await page.until("that it is held back", `return document.querySelector(".citedbox .is-sel").innerText.includes("left out")`, 10_000);
  const key = join(dir, "analyst");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "analyst", "-f", key]);
  await page.click("[data-act=sign]");
  await choose("Choose the private key that signs", key, false);
  await page.until("the button", `return !document.querySelector(".build [type=submit]").disabled`, 10_000);
  for (const part of ["ask-queries", "ask-identification"]) {
    await page.run(`document.getElementById(arguments[0]).scrollIntoView()`, part);
    await pictures(page, `analyst-${part}`, SIZES);
  }
  assert.deepEqual(await violations(page, "the form"), []);
  const out = join(dir, "report-1");
  await page.click(".build [type=submit]");
  await choose("A new folder for the report, or a new name that ends with .zip", out);
  await page.until("what was written", `return document.querySelector("[data-wrote=id]") !== null`, 60_000);
  await pictures(page, "analyst-report-written", SIZES);

  // It is checked here, and elsewhere by the command that the window says.
  const checked = (await exhibit("check", out, "--keys", `${key}.pub`, "--json")).json;
  assert.equal(checked.verdict, "verified");
  assert.equal(checked.report, await page.text("[data-wrote=id]"));
  const told = JSON.parse(readFileSync(join(out, "report.json"), "utf8"));
  assert.deepEqual(told.interpretation, ["The second copy was altered after it was sealed."]);
  assert.ok(told.lineage.length > 0);
  const assessed = told.behaviour.filter((one) => one.code === code && one.assessed);
  assert.deepEqual(assessed.map((one) => [one.assessed.state, one.assessed.comment]), [["confirmed", ["Both gateways say the same."]]]);
  const cited = readFileSync(join(out, "extract.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line));
  const withheld = cited.filter((one) => one.withheld);
  // The other copy of the record is of the same event, and goes with it.
  assert.ok(withheld.some((one) => `E${one.source}:${one.ordinal}` === held), held);
  for (const one of withheld) assert.deepEqual([one.raw, one.sha256, one.withheld.why], ["", withheld[0].sha256, "names a patient"]);
  assert.ok(cited.some((one) => `E${one.source}:${one.ordinal}` === id));
  const html = readFileSync(join(out, "report.html"), "utf8");
  assert.ok(html.includes("A &lt;b&gt;fault&lt;/b&gt; of the disk") && !html.includes("<b>fault"));
  await page.click("[data-part=check]");
  await page.click("[data-act=keys]");
  await choose("Choose the public keys that count", `${key}.pub`, false);
  await page.until("the key", `return document.querySelector(".form .row .ev")?.textContent === "analyst.pub"`);
  await page.click("[data-act=check-folder]");
  await chooseFolder("Choose the report to check", out);
  await page.until("the steps", `return document.querySelector(".asks [data-step]") !== null`, 30_000);
  assert.equal(await page.text("section h2 .v"), "verified");
  await pictures(page, "analyst-report-checked", SIZES);
  assert.deepEqual(ended().seen, [], "no socket but the driver's own");
});
