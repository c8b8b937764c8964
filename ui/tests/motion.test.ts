import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(__dirname, "../src");
const files = readdirSync(ROOT, { recursive: true, encoding: "utf8" }).filter(
  (path) => /\.(css|svelte|ts)$/.test(path) && !path.startsWith("ipc/generated"),
);
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const still = (text: string) => /@media \(prefers-reduced-motion: reduce\) \{ :root \{([^}]*)\}/.exec(text)?.[1] ?? "";

/** What moves by itself, or lasts: each must be of the tokens that whoever wants no motion sets to nothing. */
const LASTS = /(?:^|[;{\s])((?:transition|animation)(?:-duration)?)\s*:\s*([^;}]+)/g;

/** What a file lets move against the person's wish. */
export function moves(path: string, text: string): string[] {
  const out: string[] = [];
  if (path.endsWith(".test.ts")) return out;
  const plain = text.replace(/\/\*.*?\*\//gs, "");
  if (path.endsWith(".css"))
    for (const [, what, value] of plain.matchAll(LASTS)) {
      const bare = value!.replace(/var\(--m(?:-[a-z]+)?\)|var\(--ease(?:-[a-z]+)?\)/g, "");
      if (/\d+m?s\b|var\(/.test(bare) || (!/var\(--m/.test(value!) && value!.trim() !== "none")) out.push(`${what}: ${value!.trim()}`);
    }
  for (const bad of [
    /scroll-behavior\s*:\s*smooth/,
    /behavior:\s*["']smooth["']/,
    /<animate\b|<animateTransform\b|<animateMotion\b/,
    /\.animate\(/,
    /from "svelte\/(transition|animate|motion)"/,
    /\s(transition|in|out|animate):[a-z]+[=|\s>]/,
    /<style\b/,
    /<marquee\b|<video\b|\.gif["')]/,
  ]) {
    const found = bad.exec(path.endsWith(".ts") ? plain.replace(/\b(in|out): /g, "") : plain);
    if (found) out.push(found[0].trim());
  }
  // What repeats by itself asks first.
  if (/\bsetInterval\(/.test(plain) && !plain.includes("prefers-reduced-motion")) out.push("setInterval");
  return out;
}

test("no file moves anything for whoever wants no motion", () => {
  expect(files.length).toBeGreaterThan(100);
  for (const path of files) expect(moves(path, read(path)), path).toEqual([]);
});

test("each length of motion is nothing for whoever wants none", () => {
  const tokens = read("styles/tokens.css");
  const lengths = new Set([...tokens.matchAll(/(--m(?:-[a-z]+)?):\s*\d+ms/g)].map((found) => found[1]!));
  expect(lengths.size).toBeGreaterThan(0);
  for (const name of lengths) expect(still(tokens), name).toContain(`${name}: 0ms`);
});

test("what is new and forgets the wish is found", () => {
  expect(moves("a.css", ".a { transition: opacity 200ms ease; }")).toEqual(["transition: opacity 200ms ease"]);
  expect(moves("a.css", ".a { animation: turn var(--turn) infinite; }")).toEqual(["animation: turn var(--turn) infinite"]);
  expect(moves("a.css", ".a { transition: opacity var(--m-fast) var(--ease); }")).toEqual([]);
  expect(moves("a.svelte", "<div transition:fade>")).toEqual(["transition:fade>"]);
  expect(moves("a.svelte", '<script>box.scrollTo({ behavior: "smooth" })</script>')).toEqual(['behavior: "smooth"']);
  expect(moves("a.svelte", "<script>setInterval(turn, 300)</script>")).toEqual(["setInterval"]);
});
