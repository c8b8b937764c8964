// The first five minutes of an auditor: a sealed bundle, a fingerprint on paper, a period to attest.

import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { SIZES, pictures } from "./pictures.mjs";
import { demonstration, exhibit, folder, open } from "./program.mjs";
import { watched } from "./sockets.mjs";
import { counts, go, idle, press, rows } from "./steps.mjs";

test("an auditor: types the fingerprint, watches intact turn to verified, reads coverage and proofs", { timeout: 240_000 }, async (t) => {
  const dir = folder();
  const { evidence, keys } = await demonstration(join(dir, "demo"));
  // The fingerprints on paper: of a case in which these keys are trusted, read by the command line.
  const paper = join(dir, "paper.exhibit");
  await exhibit("import", paper, evidence, ...keys.flatMap((key) => ["--keys", key]), "--json");
  const printed = (await exhibit("trust", paper, "list", "--json")).json;
  const fingerprints = (printed.keys ?? printed).map((key) => Buffer.from(key.fingerprint.replace("SHA256:", ""), "base64").toString("hex"));

  const path = join(dir, "audit.exhibit");
  const page = await open(t, join(dir, "home"), [path, evidence]);
  const ended = watched(page.driver);
  await page.until("the import to end", idle, 120_000);
  const before = await counts(page);
  assert.equal(before.verified, 0, "nothing is verified before a key is trusted");
  assert.ok(before.intact > 0);

  await go(page, "k", "trust");
  assert.ok(!(await page.run("return document.body.innerText")).includes(fingerprints[0].slice(0, 4) + " " + fingerprints[0].slice(4, 8)), "the evidence's own fingerprint is not shown");
  let taken = 0;
  for (const fingerprint of fingerprints) {
    await page.run(`document.querySelector(".fp input").focus()`);
    await page.keys(...fingerprint);
    await page.until("all groups", `return [...document.querySelectorAll(".fp input")].every((one) => one.value.length === 4)`);
    if (taken === 0) await pictures(page, "auditor-fingerprint", [[1280, 800]]);
    await press(page, "Compare", ".trusts");
    await page.until("an answer", `return document.querySelector("[role=dialog]") !== null || /None of|No key came|differs/.test(document.querySelector(".trusts [aria-live]").textContent)`, 60_000);
    if (!(await page.run(`return document.querySelector("[role=dialog]") !== null`))) {
      await page.run(`for (const one of document.querySelectorAll(".fp input")) { one.value = ""; one.dispatchEvent(new Event("input", { bubbles: true })); }`);
      continue;
    }
    // Which verdicts change is shown before the change is kept.
    const changes = await page.run(`return [...document.querySelectorAll(".change tbody tr")].map((row) => [...row.querySelectorAll("td")].map((cell) => cell.textContent.trim()))`);
    assert.ok(changes.some(([word]) => word === "verified"), JSON.stringify(changes));
    assert.deepEqual(await counts(page), before, "nothing is kept yet");
    if (taken === 0) await pictures(page, "auditor-change", SIZES);
    await page.type("[role=dialog] input", "Read to me from form CI-7");
    await press(page, "Trust this key", "[role=dialog]");
    await page.until("the verdicts to change", `return document.querySelector("[role=dialog]") === null && Number(document.querySelector('.strip [data-verdict="verified"] b').textContent.replaceAll(",", "")) > 0 && document.querySelector(".rail .work") === null`, 60_000);
    taken += 1;
    break;
  }
  assert.equal(taken, 1, "one fingerprint is of a key in the evidence");
  const after = await counts(page);
  assert.ok(after.verified > 0 && after.intact < before.intact, JSON.stringify({ before, after }));
  await new Promise((done) => setTimeout(done, 800));
  await pictures(page, "auditor-trust", SIZES);

  // For which part of the period.
  await go(page, "c", "coverage");
  await page.run(`document.querySelector("main .rows").focus()`);
  await page.keys("j");
  await pictures(page, "auditor-coverage", SIZES);
  await press(page, "which questions", "main .head");
  await pictures(page, "auditor-adequacy", SIZES);

  // Proofs, record by record.
  await page.click('.strip [data-verdict="verified"]');
  await page.until("rows", rows);
  await page.run(`document.querySelector(".tl").focus()`);
  for (let nth = 0; nth < 5; nth++) {
    const last = await page.run(`return document.querySelector(".side .body")?.dataset.record ?? ""`);
    await page.keys("j", "p");
    await page.until("the next proof", `return document.querySelector(".side .steps li") !== null && document.querySelector(".side .body").dataset.record !== ${JSON.stringify(last)}`);
    const outcomes = await page.run(`return [...document.querySelectorAll(".side .steps li")].map((one) => one.dataset.outcome)`);
    assert.ok(outcomes.length > 2 && outcomes.every((one) => one === "holds" || one === "info"), JSON.stringify(outcomes));
  }
  await pictures(page, "auditor-proof", SIZES);
  assert.deepEqual(ended().seen, [], "no socket but the driver's own");
});
