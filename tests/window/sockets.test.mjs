// The running program opens no connection. Watched without a driver, which itself needs a socket.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import test from "node:test";
import { family, gone } from "./processes.mjs";
import { sockets } from "./sockets.mjs";
import { WINDOW, clean, demonstration, folder } from "./program.mjs";

test("the watch sees a socket where there is one", async () => {
  const child = spawn(process.execPath, ["-e", "require('net').createServer().listen(0, '127.0.0.1'); setTimeout(() => {}, 5000)"]);
  try {
    for (let left = 100; sockets(child.pid).length === 0; left--) {
      assert.ok(left > 0, "the watch is blind");
      await new Promise((done) => setTimeout(done, 50));
    }
  } finally {
    child.kill();
  }
});

test("the program opens no connection while it reads, judges and shows evidence", { timeout: 120_000 }, async (t) => {
  const dir = folder();
  const { evidence, keys } = await demonstration(join(dir, "demo"));
  const child = spawn(WINDOW, [join(dir, "watched.exhibit"), ...keys.flatMap((key) => ["--keys", key]), evidence], { env: clean(join(dir, "home")), stdio: "ignore" });
  t.after(async () => {
    const all = family(child.pid);
    child.kill();
    await gone(all);
  });
  let most = 0;
  for (const end = Date.now() + 12_000; Date.now() < end; ) {
    assert.equal(child.exitCode, null, "it runs");
    most = Math.max(most, family(child.pid).length);
    assert.deepEqual(sockets(child.pid), []);
    await new Promise((done) => setTimeout(done, 100));
  }
  assert.ok(most >= 2, "the web view's processes were watched too");
});
