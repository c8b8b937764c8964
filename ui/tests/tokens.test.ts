import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const STYLES = join(__dirname, "../src/styles");
const tokens = readFileSync(join(STYLES, "tokens.css"), "utf8");

/** The declarations of the block that begins with a selector. */
function block(css: string, selector: string): string[] {
  const start = css.indexOf(`${selector} {`);
  expect(start, selector).toBeGreaterThanOrEqual(0);
  return css
    .slice(css.indexOf("{", start) + 1, css.indexOf("}", start))
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.startsWith("--"));
}

test("the two dark blocks are equal", () => {
  expect(block(tokens, ':root[data-scheme="dark"]')).toEqual(block(tokens, ':root:not([data-scheme="light"])'));
});

test("every role that is used is a token", () => {
  const known = new Set([...tokens.matchAll(/(--[a-z0-9-]+):/g)].map((found) => found[1]));
  for (const file of readdirSync(STYLES)) {
    const css = readFileSync(join(STYLES, file), "utf8");
    const own = new Set([...css.matchAll(/(--[a-z0-9-]+):/g)].map((found) => found[1]));
    for (const [, name] of css.matchAll(/var\((--[a-z0-9-]+)/g)) expect(known.has(name) || own.has(name), `${file}: ${name}`).toBe(true);
  }
});

test("no raw colour stands outside the tokens, and nothing is loaded", () => {
  for (const file of readdirSync(STYLES).filter((name) => name !== "tokens.css")) {
    const css = readFileSync(join(STYLES, file), "utf8").replace(/\/\*.*?\*\//gs, "");
    expect(css, file).not.toMatch(/#[0-9a-fA-F]{3,8}\b(?![^{]*\{)|rgb\(|hsl\(|oklch|color-mix|light-dark/);
    expect(css, file).not.toMatch(/url\((?!#)/);
  }
});
