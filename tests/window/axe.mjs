// What axe finds wrong with what is shown, in both schemes.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./program.mjs";

const SOURCE = join(ROOT, "ui/node_modules/axe-core/axe.min.js");
if (!existsSync(SOURCE)) throw new Error("Install first: `npm --prefix ui ci`.");

/** What axe finds that is serious, in both schemes. The page itself never holds axe: it is run from outside. */
export async function violations(page, what) {
  const out = [];
  if (!(await page.run("return typeof window.axe === 'object'"))) await page.run(`${readFileSync(SOURCE, "utf8")}; window.axe = axe;`);
  for (const scheme of ["light", "dark"]) {
    await page.run(`document.documentElement.dataset.scheme = "${scheme}"`);
    // A colour that is still changing is none that anyone reads.
    await page.run("for (const one of document.getAnimations()) one.finish()");
    await new Promise((done) => setTimeout(done, 100));
    const found = await page.run(`
      return window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"], resultTypes: ["violations"] })
        .then((all) => all.violations.map((one) => ({ id: one.id, impact: one.impact, where: one.nodes.slice(0, 4).map((node) => node.target.join(" ") + " | " + node.html.slice(0, 160) + " | " + (node.any[0]?.message ?? node.all[0]?.message ?? "")) })))`);
    const serious = found.filter((one) => one.impact === "serious" || one.impact === "critical");
    out.push(...serious.map((one) => ({ what: `${what}, ${scheme}`, ...one })));
  }
  return out;
}
