// The internet sockets that processes hold, as /proc shows them.

import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import { family } from "./processes.mjs";

/** Inodes of the internet sockets that a process could have, by its network namespace. */
function inet(pid) {
  const found = new Map();
  for (const kind of ["tcp", "tcp6", "udp", "udp6", "raw", "raw6", "icmp", "icmp6"]) {
    let text = "";
    try {
      text = readFileSync(`/proc/${pid}/net/${kind}`, "utf8");
    } catch {
      continue;
    }
    for (const line of text.split("\n").slice(1)) {
      const fields = line.trim().split(/\s+/);
      if (fields.length > 9) found.set(fields[9], { kind, local: fields[1], remote: fields[2] });
    }
  }
  return found;
}

function held(pid) {
  let handles = [];
  try {
    handles = readdirSync(`/proc/${pid}/fd`);
  } catch {
    return [];
  }
  const known = inet(pid);
  return handles.flatMap((handle) => {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${handle}`))?.[1];
      return inode && known.has(inode) ? [{ pid, ...known.get(inode) }] : [];
    } catch {
      // Closed meanwhile.
      return [];
    }
  });
}

/** Those of a process and of all that it started. */
export function sockets(root) {
  return family(root).flatMap(held);
}

/** The program that a process runs. */
function program(pid) {
  try {
    return readlinkSync(`/proc/${pid}/exe`).split("/").at(-1);
  } catch {
    return "";
  }
}

/**
 * Watches the window under its driver, which steers it through one socket of this machine: between
 * the two, and to nobody else. Gives a function that ends the watch and tells what else was seen.
 */
export function watched(driver) {
  const seen = new Set();
  let looks = 0;
  const look = () => {
    const all = family(driver);
    const steering = new Set(all.filter((pid) => /driver/i.test(program(pid))).flatMap(held).flatMap((one) => [one.local, one.remote]));
    for (const pid of all.filter((one) => !/driver/i.test(program(one)))) {
      looks += 1;
      for (const one of held(pid)) if (!steering.has(one.local) && !steering.has(one.remote)) seen.add(`${program(pid)} ${one.kind} ${one.local} ${one.remote}`);
    }
  };
  const timer = setInterval(look, 100).unref();
  return () => {
    clearInterval(timer);
    look();
    return { seen: [...seen], looks };
  };
}
