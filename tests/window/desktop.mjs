// The system's own dialogs and drags, which no driver of pages reaches: worked as a person would, by
// typing and with the mouse.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";

const run = async (...args) => (await promisify(execFile)("xdotool", args)).stdout.trim();
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/** Types the path of a folder into the dialog with this title, which completes what Return confirms, and presses Open. */
export const chooseFolder = (title, path) => choose(title, path, false, "alt+o");

/** Types a path into the dialog with this title and confirms it. */
export async function choose(title, path, saves = true, confirm = "Return") {
  let id = "";
  for (const end = Date.now() + 15_000; id === ""; await wait(100)) {
    if (Date.now() > end) throw new Error(`no dialog is called ${title}`);
    id = (await run("search", "--onlyvisible", "--name", `^${title}$`).catch(() => "")).split("\n")[0];
  }
  // Its list of places is filled before it takes keys; on a busy machine some are lost all the same.
  for (let tries = 1; ; tries++) {
    await wait(600 * tries);
    await run("windowfocus", "--sync", id);
    await wait(150 * tries);
    // Where a name is asked for, its field has the focus; elsewhere Ctrl+L shows one.
    if (!saves) await run("key", "ctrl+l");
    await wait(250 * tries);
    await run("key", "ctrl+a");
    await run("type", "--delay", String(4 * tries), path);
    await wait(400 * tries);
    await run("key", confirm);
    for (const end = Date.now() + 5_000; Date.now() < end; await wait(150)) {
      const open = await run("search", "--onlyvisible", "--name", `^${title}$`).catch(() => "");
      if (open === "") return;
      // A folder that was gone into first is confirmed once more.
      if (end - Date.now() < 3_000) await run("key", confirm);
    }
    if (tries === 3) throw new Error(`the dialog ${title} stays`);
  }
}

/** Drags files from another program's window and lets go of them over the page; `over` is run before. */
export async function drop(paths, over = async () => {}) {
  // Debian's own Python, which has the toolkit.
  const source = spawn("/usr/bin/python3", [join(import.meta.dirname, "drag.py"), ...paths], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    await once(source.stdout, "data", { signal: AbortSignal.timeout(15_000) });
    await wait(300);
    await run("mousemove", "60", "40");
    await wait(200);
    await run("mousedown", "1");
    // A hand's way: a drag begins by moving, and each window on it is told.
    for (let step = 1; step <= 30; step++) {
      await run("mousemove", String(60 + step * 18), String(40 + step * 12));
      await wait(20);
    }
    await wait(300);
    await over();
    await run("mouseup", "1");
    if (source.exitCode === null) await once(source, "exit", { signal: AbortSignal.timeout(15_000) });
  } finally {
    source.kill();
  }
}
