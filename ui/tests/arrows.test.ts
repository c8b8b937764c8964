import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = join(__dirname, "../src");
const files = readdirSync(ROOT, { recursive: true, encoding: "utf8" }).filter(
  (path) => /\.(ts|svelte)$/.test(path) && !path.startsWith("ipc/generated"),
);

/** What each layer may import of ours. Features meet only in core. */
const MAY: Record<string, string[]> = {
  base: ["base"],
  ipc: ["ipc"],
  core: ["base", "ipc", "core"],
  widgets: ["base", "widgets"],
  features: ["base", "ipc", "core", "widgets", "features"],
  shell: ["base", "ipc", "core", "widgets", "features", "shell"],
  "main.ts": ["ipc", "shell", "styles"],
};
/** Packages that are not ours, and who may import them. */
const PACKAGES: [RegExp, (layer: string, path: string) => boolean][] = [
  [/^@tauri-apps\//, (_, path) => path === "ipc/shell.ts"],
  [/^svelte$/, (layer) => layer !== "base" && layer !== "ipc"],
  [/^axe-core$/, (_, path) => path === "shell/stage.ts"],
  [/^(vitest|node:.*)$/, (_, path) => path.endsWith(".test.ts")],
];

interface Import {
  from: string;
  type: boolean;
}
function imports(text: string): Import[] {
  return [...text.matchAll(/(import|export)\s+(type\s+)?(?:[^"';]*?from\s+)?["']([^"']+)["']|import\(["']([^"']+)["']\)/g)].map(
    (found) => ({ from: found[3] ?? found[4]!, type: found[2] !== undefined }),
  );
}

const layerOf = (path: string) => path.split("/")[0]!;

describe("arrows", () => {
  test.each(files)("%s imports only what its layer may", (path) => {
    const layer = layerOf(path);
    const text = readFileSync(join(ROOT, path), "utf8");
    for (const { from, type } of imports(text)) {
      if (!from.startsWith(".")) {
        const rule = PACKAGES.find(([name]) => name.test(from));
        expect(rule, `${path} imports ${from}, which is on no list`).toBeDefined();
        expect(rule![1](layer, path), `${path} imports ${from}`).toBe(true);
        continue;
      }
      const target = relative(ROOT, normalize(join(ROOT, dirname(path), from)));
      const to = layerOf(target);
      // The words of the boundary are everyone's; its calls are not.
      if (type && to === "ipc") continue;
      expect(MAY[layer], `${path} imports ${from}`).toContain(to);
    }
  });

  test("a feature imports no other feature", () => {
    for (const path of files.filter((one) => one.startsWith("features/"))) {
      const own = path.split("/").slice(0, 2).join("/");
      for (const { from } of imports(readFileSync(join(ROOT, path), "utf8"))) {
        if (!from.startsWith(".")) continue;
        const target = relative(ROOT, normalize(join(ROOT, dirname(path), from)));
        if (target.startsWith("features/")) expect(target.startsWith(own), `${path} imports ${from}`).toBe(true);
      }
    }
  });
});

describe("what is hostile", () => {
  const code = files.filter((path) => !path.endsWith(".test.ts"));

  test.each(code)("%s makes no markup of text, no style attribute, and reaches nothing", (path) => {
    const text = readFileSync(join(ROOT, path), "utf8");
    for (const forbidden of [
      /\{@html/,
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write/,
      /\sstyle=/,
      /style:[a-z-]+=/,
      /\beval\(|new Function\(/,
      /\bfetch\((?!\))["'`]/,
      /XMLHttpRequest|WebSocket|EventSource|sendBeacon/,
      /https?:\/\/(?!www\.w3\.org\/2000\/svg)/,
      /<a\s/,
      /<img|<iframe|<object|<embed|<link/,
    ])
      expect(forbidden.test(text.replaceAll('xmlns="http://www.w3.org/2000/svg"', "")), `${path}: ${forbidden}`).toBe(false);
  });

  test("the page's own file has no script, style or handler in it", () => {
    const page = readFileSync(join(ROOT, "../index.html"), "utf8");
    expect(page).not.toMatch(/<style|\sstyle=|\son[a-z]+=|https?:/);
    expect([...page.matchAll(/<script[^>]*>([^<]*)</g)].map((found) => found[1])).toEqual([""]);
  });
});
