// Processes that a test started, as /proc shows them.

import { readFileSync, readdirSync } from "node:fs";

/** A process and all that it started. */
export function family(root) {
  const parents = new Map();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (fields[0] !== "Z") parents.set(Number(pid), Number(fields[1]));
    } catch {
      // It ended meanwhile.
    }
  }
  const own = new Set([root]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const [pid, parent] of parents) {
      if (!own.has(parent) || own.has(pid)) continue;
      own.add(pid);
      grown = true;
    }
  }
  return [...own].filter((pid) => parents.has(pid));
}

/** Waits until none of the processes runs any more; ends those that stay. */
export async function gone(pids, ms = 5000) {
  const runs = (pid) => {
    try {
      return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
    } catch {
      return false;
    }
  };
  for (const end = Date.now() + ms; pids.some(runs); ) {
    if (Date.now() > end) {
      for (const pid of pids.filter(runs)) process.kill(pid, "SIGKILL");
      return;
    }
    await new Promise((done) => setTimeout(done, 50));
  }
}
