// The first five minutes of an auditor: a sealed bundle, a fingerprint on paper, a period to attest.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { SIZES, pictures } from "./pictures.mjs";
import { demonstration, folder, open } from "./program.mjs";
import { watched } from "./sockets.mjs";
import { counts, go, idle, number, press, rows } from "./steps.mjs";

/** What stands on paper: SHA-256 of the raw key of the deployer, whose name is the key (did:key, Ed25519). */
function fingerprintOf(evidence) {
  const issuer = JSON.parse(readFileSync(join(evidence, "receipts/deployer.receipts.jsonl"), "utf8").split("\n")[0]).issuer.id;
  const letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  const value = [...issuer.replace("did:key:z", "")].reduce((sum, letter) => sum * 58n + BigInt(letters.indexOf(letter)), 0n);
  const bytes = Buffer.from(value.toString(16).padStart(68, "0"), "hex");
  assert.equal(bytes.subarray(0, 2).toString("hex"), "ed01");
  return createHash("sha256").update(bytes.subarray(2)).digest("hex");
}

test("an auditor: types the fingerprint, watches intact turn to verified, reads coverage and proofs", { timeout: 240_000 }, async (t) => {
  const dir = folder();
  const { evidence } = await demonstration(join(dir, "demo"));
  const paper = fingerprintOf(evidence);
  // As many lines as the deployer signed.
  const own = readFileSync(join(evidence, "receipts/deployer.receipts.jsonl"), "utf8").trimEnd().split("\n").length;
  const path = join(dir, "audit.exhibit");
  const page = await open(t, join(dir, "home"), [path, evidence]);
  const ended = watched(page.driver);
  await page.until("the import to end", idle, 120_000);
  const before = await counts(page);
  assert.equal(before.verified, 0, "nothing is verified before a key is trusted");
  assert.ok(before.intact > 0);

  await go(page, "k", "trust");
  assert.ok(!(await page.run("return document.body.innerText")).includes(paper.slice(0, 4)), "the evidence's own fingerprint is not shown");
  await page.run(`document.querySelector(".fp input").focus()`);
  await page.keys(...paper);
  await page.until("all groups", `return [...document.querySelectorAll(".fp input")].every((one) => one.value.length === 4)`);
  await pictures(page, "auditor-fingerprint", [[1280, 800]]);
  await press(page, "Compare", ".trusts");
  // Which verdicts change is shown before the change is kept.
  await page.until("the change", `return document.querySelector("[role=dialog] .change") !== null`, 60_000);
  const changes = await page.run(`return [...document.querySelectorAll(".change tbody tr")].map((row) => [...row.querySelectorAll("td")].map((cell) => cell.textContent.trim()))`);
  assert.deepEqual(changes.map(([word, was, then]) => [word, number(was), number(then)]), [["verified", 0, own], ["intact", before.intact, before.intact - own]]);
  assert.deepEqual(await counts(page), before, "nothing is kept yet");
  await pictures(page, "auditor-change", SIZES);
  await page.type("[role=dialog] input", "Read to me from form CI-7");
  await press(page, "Trust this key", "[role=dialog]");
  await page.until("the verdicts to change", `return document.querySelector("[role=dialog]") === null && document.querySelector('.strip [data-verdict="verified"] b').textContent !== "0" && document.querySelector(".rail .work") === null`, 60_000);
  const after = await counts(page);
  assert.deepEqual([after.verified, after.intact], [own, before.intact - own]);
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
