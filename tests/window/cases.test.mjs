// Cases come and go: those that were open lately, and one that somebody else has open.

import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { pictures } from "./pictures.mjs";
import { demonstration, exhibit, folder, open } from "./program.mjs";

const here = `return document.querySelector("article.src") !== null`;

test("a case that was open is offered again, and forgotten when that is wished", { timeout: 120_000 }, async (t) => {
  const dir = folder();
  const home = join(dir, "home");
  const { evidence } = await demonstration(join(dir, "demo"));
  const path = join(dir, "seen.exhibit");
  await exhibit("import", path, join(evidence, "receipts"), "--json");
  const first = await open(t, home, [path]);
  await first.until("the case", here);
  await first.leave();

  const again = await open(t, home, []);
  await again.until("the list", `return document.querySelectorAll(".recent li").length === 1`);
  assert.equal(await again.run(`return document.querySelector(".recent .ev").textContent`), "seen.exhibit");
  await pictures(again, "recent", [[1280, 800]]);
  await again.click(".recent li button");
  await again.until("the case", here);
  assert.match(await again.run(`return document.querySelector(".case").textContent`), /seen/);
  await again.leave();

  const last = await open(t, home, []);
  await last.until("the list", `return document.querySelectorAll(".recent li").length === 1`);
  await last.click(".recent > button");
  await last.until("no list", `return document.querySelector(".recent") === null`);
});

test("a case in use elsewhere is opened read only, and says so", { timeout: 120_000 }, async (t) => {
  const dir = folder();
  const { evidence } = await demonstration(join(dir, "demo"));
  const path = join(dir, "shared.exhibit");
  await exhibit("import", path, join(evidence, "receipts"), "--json");
  const holder = await open(t, join(dir, "one"), [path]);
  await holder.until("the case", here);
  assert.equal(await holder.run(`return document.querySelector(".note2.opened")`), null);
  const second = await open(t, join(dir, "two"), [path]);
  await second.until("the case", here);
  assert.match(await second.run(`return document.querySelector(".note2.opened").textContent`), /Read only.*open in another window/s);
  assert.ok(await second.run(`return [...document.querySelectorAll("main .head button")].every((one) => one.disabled)`), "nothing can be added");
  await pictures(second, "read-only", [[1280, 800]]);
});
