// Pictures of what is shown, in both schemes and at both ends of the sizes.

import { join } from "node:path";
import { OUT } from "./program.mjs";

export const SIZES = [[1280, 800], [1920, 1080]];
const settle = (ms) => new Promise((done) => setTimeout(done, ms));

/** Leaves `out/window/NAME-SCHEME-WIDTH.png` of each. */
export async function pictures(page, name, sizes) {
  for (const [width, height] of sizes) {
    await page.size(width, height);
    await settle(200);
    for (const scheme of ["light", "dark"]) {
      await page.run(`document.documentElement.dataset.scheme = "${scheme}"`);
      await page.picture(join(OUT, `${name}-${scheme}-${width}.png`));
    }
  }
}
