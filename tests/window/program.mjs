// The built programs, a case and evidence to drive them with.

import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { family, gone } from "./processes.mjs";
import { Session } from "./webdriver.mjs";

export const ROOT = resolve(import.meta.dirname, "../..");
const TARGET = process.env.CARGO_TARGET_DIR ?? join(ROOT, "target");
const built = (name) => ["debug", "release"].map((profile) => join(TARGET, profile, name)).find(existsSync);

export const WINDOW = process.env.EXHIBIT_WINDOW ?? built("exhibit-window");
export const EXHIBIT = process.env.EXHIBIT ?? built("exhibit");
export const OUT = join(ROOT, "out/window");
mkdirSync(OUT, { recursive: true });

if (!WINDOW || !EXHIBIT) throw new Error("Build first: `npm --prefix ui run build && cargo build -p cli -p exhibit-window`.");

const folders = [];
// When all that might still write there has ended.
process.on("exit", () => {
  for (const made of folders) rmSync(made, { recursive: true, force: true });
});

/** A folder that is gone after the tests. */
export function folder() {
  folders.push(mkdtempSync(join(tmpdir(), "exhibit-window-")));
  return folders.at(-1);
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

/** The text of a file that the program writes, whole or not at all, once it is there. */
export async function written(file) {
  for (const end = Date.now() + 20_000; !existsSync(file) && Date.now() < end; ) await new Promise((done) => setTimeout(done, 100));
  return readFileSync(file, "utf8");
}

/** The demonstration evidence: the tampered twin, and the keys that lie apart. */
export async function demonstration(dir) {
  const { json } = await exhibit("demo", dir, "--json");
  return { evidence: json.tampered, keys: json.keys };
}

/** An environment in which the program has no settings of anyone's. */
export function clean(home) {
  return { ...process.env, HOME: home, XDG_DATA_HOME: join(home, "data"), XDG_CONFIG_HOME: join(home, "config"), XDG_CACHE_HOME: join(home, "cache") };
}

/** The window under the driver. */
export async function open(t, home, args) {
  const port = 4400 + Math.floor(Math.random() * 500);
  const driver = spawn("tauri-driver", ["--port", String(port), "--native-port", String(port + 1)], { env: clean(home), stdio: ["ignore", "ignore", "inherit"] });
  let session;
  // The session first: a driver that is gone leaves the program running.
  const leave = async () => {
    const all = family(driver.pid);
    await session?.close().catch(() => {});
    await gone(all.filter((pid) => pid !== driver.pid && family(driver.pid).includes(pid)), 3000);
    driver.kill();
    await gone(all);
  };
  t.after(leave);
  session = await Session.open(`http://127.0.0.1:${port}`, { browserName: "wry", "tauri:options": { application: WINDOW, args } });
  await session.until("the frame", "return document.querySelector('.frame') !== null");
  session.driver = driver.pid;
  session.leave = leave;
  return session;
}
