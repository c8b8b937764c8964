// The real window, from evidence to proof: what it shows is held against the command line.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { SIZES, pictures } from "./pictures.mjs";
import { EXHIBIT, OUT, demonstration, exhibit, folder, open } from "./program.mjs";
import { idle, number, rows as shown } from "./steps.mjs";

const WORDS = ["verified", "intact", "unproven", "contradicted"];
const strip = `return Object.fromEntries([...document.querySelectorAll(".strip [data-verdict]")].map((one) => [one.dataset.verdict, one.querySelector("b").textContent]))`;

test("evidence comes in, is judged, filtered, and its proof is read", { timeout: 240_000 }, async (t) => {
  const dir = folder();
  const { evidence, keys } = await demonstration(join(dir, "demo"));
  const path = join(dir, "leak.exhibit");
  const page = await open(t, join(dir, "home"), [path, ...keys.flatMap((key) => ["--keys", key]), evidence]);

  await page.until("the import to end", idle, 120_000);
  await new Promise((done) => setTimeout(done, 800));
  const counted = await page.run(strip);

  assert.ok(existsSync(path), "the case is there");
  await page.click("article.src");
  await page.until("the source's axes", "return document.querySelector('.side .dl') !== null");
  await pictures(page, "evidence-source", SIZES);

  await page.click("[data-place=timeline]");
  await page.until("rows", shown);
  const total = number(await page.text("[data-count=total]"));
  assert.equal(number(await page.text("[data-count=matching]")), total);

  await page.click('.strip [data-verdict="contradicted"]');
  await page.until("the filter", `return document.querySelector(".foot .chip") !== null && Number(document.querySelector("[data-count=matching]").textContent.replaceAll(",", "")) < ${total}`);
  const refuted = number(await page.text("[data-count=matching]"));
  await page.until("rows", shown);
  const words = await page.run(`return [...new Set([...document.querySelectorAll(".tr.td .v")].map((one) => one.textContent))]`);
  assert.deepEqual(words, ["contradicted"]);

  await page.run(`document.querySelector(".tl").focus()`);
  await page.keys("j");
  await page.until("the proof", `return document.querySelector(".side .steps li") !== null`);
  const id = await page.run(`return document.querySelector(".side .body").dataset.record`);
  const steps = await page.run(`return [...document.querySelectorAll(".side .steps li")].map((one) => [one.dataset.step, one.dataset.outcome])`);
  await pictures(page, "proof", SIZES);
  await page.click("[data-tab=raw]");
  await page.until("the bytes", `return document.querySelector(".raw li") !== null`);
  await page.click("[data-tab=fields]");
  await page.until("the fields", `return document.querySelector(".fx dd") !== null`);
  await pictures(page, "fields", SIZES);
  await page.leave();

  // The command line, over the same case, says the same.
  const { status, json } = await exhibit("verify", path, "--json");
  assert.equal(status, 1);
  for (const word of WORDS) assert.equal(number(counted[word]), json.records[word], word);
  // Several records may tell of one event.
  const events = async (...query) => (await exhibit("timeline", path, ...query, "--limit", "1", "--json")).json.matching;
  assert.equal(total, await events());
  assert.equal(refuted, await events("verdict:contradicted"));
  const proof = (await exhibit("record", path, id, "--json")).json;
  assert.equal(proof.verdict, "contradicted");
  assert.deepEqual(steps, proof.proof.map((step) => [step.name, step.outcome]));
  assert.ok(steps.some(([, outcome]) => outcome === "fails"), `a step fails: ${JSON.stringify(steps)}`);
});

test("without a case the window says what to drop", { timeout: 60_000 }, async (t) => {
  const page = await open(t, folder(), []);
  await page.until("the welcome", `return document.querySelector(".state h2")?.textContent.includes("Drop files or folders")`);
  await pictures(page, "welcome", SIZES);
});

test("what cannot be opened is said, as a failure of its own", { timeout: 60_000 }, async (t) => {
  const page = await open(t, folder(), [EXHIBIT]);
  await page.until("the failure", `return document.querySelector(".toast .t3")?.textContent.includes("not-a-case")`);
  await page.picture(join(OUT, "failure.png"));
});

test("the page can ask for nothing but its commands", { timeout: 60_000 }, async (t) => {
  const page = await open(t, folder(), []);
  const ask = (command, args = {}) => page.run(`return window.__TAURI_INTERNALS__.invoke(arguments[0], arguments[1]).then(() => "allowed", (error) => String(error.message ?? error))`, command, args);
  for (const command of ["plugin:event|listen", "plugin:webview|create_webview_window", "plugin:window|create", "plugin:path|resolve_directory", "plugin:app|version", "plugin:fs|read_file", "plugin:shell|open"])
    assert.match(await ask(command, { event: "x", target: { kind: "Any" }, handler: 0 }), /not allowed|not found/i, command);
  // And reach nothing else.
  const reached = await page.run(`return fetch("http://127.0.0.1:9/").then(() => "reached", () => "refused")`);
  assert.equal(reached, "refused");
  const styled = await page.run(`const one = document.createElement("div"); one.setAttribute("style", "color: rgb(1, 2, 3)"); document.body.append(one); const colour = getComputedStyle(one).color; one.remove(); return colour`);
  assert.notEqual(styled, "rgb(1, 2, 3)");
  const run = await page.run(`window.ran = false; const one = document.createElement("script"); one.textContent = "window.ran = true"; document.body.append(one); one.remove(); return window.ran`);
  assert.equal(run, false);
});
