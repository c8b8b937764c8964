// Names that were made to mislead or to break what shows them, at the usual text size and at a large one.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { violations } from "./axe.mjs";
import { pictures } from "./pictures.mjs";
import { exhibit, folder, open } from "./program.mjs";
import { drawn, go } from "./steps.mjs";

const NAMES = [
  "مستخدم/الدفع/وكيل", "משתמש-שירות", "build\u202egpj.log", "de\u200bployer", "agent/d\u0435ploy\u0435r", "\u001b[31mred\u001b[0m", "<img src=x onerror=alert(1)>",
  "=cmd|' /C calc'!A0", `long/${"name-".repeat(120)}end`, "漢字/サービス", "👩‍🚀/agent", "\u2066isolated\u2069", "a\u0300\u0301\u0302\u0303\u0304\u0305\u0306",
];

function event(nth, name) {
  return {
    kind: "Event", apiVersion: "audit.k8s.io/v1", level: "Metadata", auditID: `00000000-0000-4000-8000-${String(nth).padStart(12, "0")}`, stage: "ResponseComplete",
    requestURI: `/api/v1/namespaces/x/secrets/${encodeURIComponent(name)}`, verb: "get", user: { username: name, groups: ["system:authenticated"] }, sourceIPs: ["10.1.2.3"],
    objectRef: { resource: "secrets", namespace: "x", name, apiVersion: "v1" }, responseStatus: { code: 200 },
    requestReceivedTimestamp: `2026-06-12T02:00:${String(nth).padStart(2, "0")}.000000Z`, stageTimestamp: `2026-06-12T02:00:${String(nth).padStart(2, "0")}.500000Z`,
  };
}

test("hostile and long names are text in every place, and nothing runs out of its frame", { timeout: 180_000 }, async (t) => {
  const dir = folder();
  writeFileSync(join(dir, "audit.jsonl"), NAMES.map((name, nth) => `${JSON.stringify(event(nth, name))}\n`).join(""));
  const path = join(dir, "hostile.exhibit");
  await exhibit("import", path, join(dir, "audit.jsonl"), "--json");
  const page = await open(t, join(dir, "home"), [path]);
  await page.until("the case", `return document.querySelector("article.src") !== null`);
  for (const size of ["16px", "20px"]) {
    await page.run(`document.documentElement.style.fontSize = arguments[0]`, size);
    await page.size(1280, 800);
    for (const [letter, place] of [["t", "timeline"], ["g", "graph"], ["i", "identities"], ["s", "secrets"]]) {
      await go(page, letter, place);
      await page.run(`document.querySelector("main .rows, main .tl")?.focus()`);
      await page.keys("j", "j", "j");
      await page.until(place, `return ${drawn}`);
      const said = await page.run(`return {
        wide: document.documentElement.scrollWidth - innerWidth,
        markup: document.querySelectorAll("main img, aside img, main script").length,
        raw: /[\\u202a-\\u202e\\u2066-\\u2069\\u200b\\u001b]/.test(document.body.innerText),
      }`);
      assert.deepEqual({ place, ...said }, { place, wide: Math.min(0, said.wide), markup: 0, raw: false });
      await pictures(page, `hostile-${place}-${size}`, [[1280, 800]]);
    }
  }
  assert.deepEqual(await violations(page, "hostile names at a large size"), []);
});
