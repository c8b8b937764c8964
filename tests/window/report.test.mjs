// A report is written in the window, signed with a key that a passphrase opens, and checked there and elsewhere.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { choose, chooseFolder } from "./desktop.mjs";
import { pictures } from "./pictures.mjs";
import { demonstration, exhibit, folder, open } from "./program.mjs";
import { fill, go } from "./steps.mjs";

const WRITES = "A new folder for the report, or a new name that ends with .zip";
const CHECKS = "Choose the report to check";

test("an examiner: a signed report is written, and checked under the examiner's key", { timeout: 240_000 }, async (t) => {
  const dir = folder();
  const { evidence } = await demonstration(join(dir, "demo"));
  const path = join(dir, "told.exhibit");
  await exhibit("import", path, join(evidence, "receipts"), "--json");
  const key = join(dir, "examiner");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "correct horse", "-C", "examiner", "-f", key]);
  const total = (await exhibit("timeline", path, "--limit", "1", "--json")).json.matching;

  const page = await open(t, join(dir, "home"), [path]);
  const type = (css, text) => fill(page, css, text);
  await page.until("the case", `return document.querySelector("article.src") !== null`);
  await go(page, "o", "report");
  await page.click("[data-part=write]");
  await type("[name=title]", "What the receipts say");
  await type("[name=examiner]", "E. Xaminer");
  await type("[name=question]", "Who acted?");
  await type("[name=answer]", "The deployer.");
  await page.click("[data-act=sign]");
  await choose("Choose the private key that signs", key, false);
  await page.until("the passphrase", `return document.querySelector("[name=passphrase]") !== null`);
  await pictures(page, "report-form", [[1280, 800]]);

  const out = join(dir, "report-1");
  await type("[name=passphrase]", "wrong horse");
  await page.until("the button", `return !document.querySelector(".build [type=submit]").disabled`);
  await page.click(".build [type=submit]");
  await choose(WRITES, out);
  await page.until("the refusal", `return document.querySelector(".form [role=alert]") !== null`, 30_000);
  assert.match(await page.text(".form [role=alert]"), /passphrase does not open/);
  assert.equal(existsSync(out), false);

  await type("[name=passphrase]", "correct horse");
  await page.until("the button", `return !document.querySelector(".build [type=submit]").disabled`);
  await page.click(".build [type=submit]");
  await choose(WRITES, out);
  await page.until("what was written", `return document.querySelector("[data-wrote=id]") !== null`, 60_000);
  await page.until("the top", `return document.querySelector(".wrote").getBoundingClientRect().top >= 0`);
  await pictures(page, "report-written", [[1280, 800]]);
  const elsewhere = (await exhibit("check", out, "--keys", `${key}.pub`, "--json")).json;
  assert.equal(elsewhere.verdict, "verified");
  assert.equal(elsewhere.report, await page.text("[data-wrote=id]"));
  assert.equal(await page.text("[data-wrote=check]"), `exhibit check ${out} --keys examiner.pub`);
  assert.ok(elsewhere.said.total >= total);
  execFileSync("sha256sum", ["--quiet", "-c", "SHA256SUMS"], { cwd: out });
  assert.match(readFileSync(join(out, "report.html"), "utf8"), /E\. Xaminer/);

  // Under no keys it is intact, under the examiner's verified, and altered it is contradicted.
  const verdict = async (report) => {
    await page.click("[data-act=check-folder]");
    await chooseFolder(CHECKS, report);
    await page.until("the steps", `return document.querySelector(".asks [data-step]") !== null && document.querySelector(".form [role=status]") === null`, 30_000);
    return page.text("section h2 .v");
  };
  await page.click("[data-part=check]");
  assert.equal(await verdict(out), "intact");
  await page.click("[data-act=keys]");
  await choose("Choose the public keys that count", `${key}.pub`, false);
  await page.until("the key", `return document.querySelector(".form .row .ev")?.textContent === "examiner.pub"`);
  assert.equal(await verdict(out), "verified");
  await pictures(page, "report-checked", [[1280, 800]]);
  const altered = join(dir, "altered");
  cpSync(out, altered, { recursive: true });
  appendFileSync(join(altered, "report.html"), " ");
  assert.equal(await verdict(altered), "contradicted");
  assert.equal(await page.run(`return document.querySelector('.asks [data-outcome="fails"]') !== null`), true);
  await pictures(page, "report-altered", [[1280, 800]]);

  // That it was written stands in the custody log.
  await page.click("[data-part=custody]");
  await page.until("the entry", `return document.querySelector(".cols-cu")?.innerText.includes("report written")`, 10_000);
});
