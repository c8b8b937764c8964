// The built programs, a case and evidence to drive them with.

import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { Session } from "./webdriver.mjs";

const ROOT = resolve(import.meta.dirname, "../..");
const TARGET = process.env.CARGO_TARGET_DIR ?? join(ROOT, "target");
const built = (name) => ["debug", "release"].map((profile) => join(TARGET, profile, name)).find(existsSync);

export const WINDOW = process.env.EXHIBIT_WINDOW ?? built("exhibit-window");
export const EXHIBIT = process.env.EXHIBIT ?? built("exhibit");
export const OUT = join(ROOT, "out/window");
mkdirSync(OUT, { recursive: true });

if (!WINDOW || !EXHIBIT) throw new Error("Build first: `npm --prefix ui run build && cargo build -p cli -p exhibit-window`.");

/** A folder that is gone after the test. */
export function folder(t) {
  const made = mkdtempSync(join(tmpdir(), "exhibit-window-"));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Runs the command line; gives its status and its one JSON document. */
export async function exhibit(...args) {
  try {
    const { stdout } = await promisify(execFile)(EXHIBIT, args, { maxBuffer: 256 << 20 });
    return { status: 0, json: stdout && JSON.parse(stdout) };
  } catch (error) {
    if (typeof error.code !== "number" || error.code > 1) throw new Error(`exhibit ${args.join(" ")}: ${error.stderr ?? error}`);
    return { status: error.code, json: error.stdout && JSON.parse(error.stdout) };
  }
}

/** The demonstration evidence: the tampered twin, and the keys that lie apart. */
export async function demonstration(dir) {
  await exhibit("demo", dir, "--json");
  const all = readdirSync(dir, { recursive: true, encoding: "utf8" });
  const tampered = all.find((path) => /(^|\/)tampered[^/]*$/.test(path));
  const keys = all.filter((path) => /(^|\/)[^/]*keys?[^/]*$/.test(path) && !path.startsWith("tampered") && !path.startsWith("sound"));
  if (!tampered) throw new Error(`no tampered twin among ${all.slice(0, 20).join(", ")}`);
  return { evidence: join(dir, tampered), keys: keys.map((path) => join(dir, path)) };
}

/** An environment in which the program has no settings of anyone's. */
export function clean(home) {
  return { ...process.env, HOME: home, XDG_DATA_HOME: join(home, "data"), XDG_CONFIG_HOME: join(home, "config"), XDG_CACHE_HOME: join(home, "cache") };
}

/** The window under the driver. */
export async function open(t, home, args) {
  const port = 4400 + Math.floor(Math.random() * 500);
  const driver = spawn("tauri-driver", ["--port", String(port), "--native-port", String(port + 1)], { env: clean(home), stdio: ["ignore", "ignore", "inherit"] });
  t.after(() => driver.kill());
  const session = await Session.open(`http://127.0.0.1:${port}`, { browserName: "wry", "tauri:options": { application: WINDOW, args } });
  t.after(() => session.close().catch(() => {}));
  await session.until("the frame", "return document.querySelector('.frame') !== null");
  return session;
}
