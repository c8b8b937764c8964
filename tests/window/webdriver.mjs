// The little of W3C WebDriver that these tests need, over plain fetch.

import { writeFile } from "node:fs/promises";

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

export class Session {
  #base;

  constructor(base) {
    this.#base = base;
  }

  /** Opens a session; asks again until the driver listens. */
  static async open(url, capabilities, tries = 100) {
    for (let left = tries; ; left--) {
      try {
        const answer = await call("POST", `${url}/session`, { capabilities: { alwaysMatch: capabilities } });
        return new Session(`${url}/session/${answer.sessionId}`);
      } catch (error) {
        if (left === 0 || !(error instanceof TypeError)) throw error;
        await new Promise((done) => setTimeout(done, 100));
      }
    }
  }

  close() {
    return call("DELETE", this.#base);
  }

  go(url) {
    return call("POST", `${this.#base}/url`, { url });
  }

  /** How many milliseconds a script may take; 30,000 where nothing is said. */
  patience(ms) {
    return call("POST", `${this.#base}/timeouts`, { script: ms });
  }

  /** Runs a function body in the page and gives what it returns. */
  run(script, ...args) {
    return call("POST", `${this.#base}/execute/sync`, { script, args });
  }

  async find(css) {
    const found = await call("POST", `${this.#base}/element`, { using: "css selector", value: css });
    return found[ELEMENT];
  }

  async click(css) {
    await call("POST", `${this.#base}/element/${await this.find(css)}/click`, {});
  }

  async text(css) {
    return call("GET", `${this.#base}/element/${await this.find(css)}/text`);
  }

  async type(css, text) {
    await call("POST", `${this.#base}/element/${await this.find(css)}/value`, { text });
  }

  /** Presses keys one after the other, wherever the focus is. */
  async keys(...names) {
    const actions = names.flatMap((value) => [{ type: "keyDown", value }, { type: "keyUp", value }]);
    await call("POST", `${this.#base}/actions`, { actions: [{ type: "key", id: "keys", actions }] });
  }

  /** Presses the pointer at one place of the page, moves it to another, and lets go. */
  async drag([x, y], [toX, toY]) {
    const move = (x, y, duration = 60) => ({ type: "pointerMove", origin: "viewport", x, y, duration });
    const actions = [move(x, y), { type: "pointerDown", button: 0 }, move(Math.round((x + toX) / 2), y), move(toX, toY), { type: "pointerUp", button: 0 }];
    await call("POST", `${this.#base}/actions`, { actions: [{ type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions }] });
  }

  async size(width, height) {
    await call("POST", `${this.#base}/window/rect`, { width, height });
  }

  async picture(file) {
    // What was changed last is drawn by the second frame from now; a window that has just been opened
    // may be blank for longer, and the picture is taken of its surface.
    await this.run("return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 150))))");
    await writeFile(file, Buffer.from(await call("GET", `${this.#base}/screenshot`), "base64"));
  }

  /** Waits until a script gives something true, and gives that. */
  async until(what, script, ms = 20_000) {
    const end = Date.now() + ms;
    for (;;) {
      const found = await this.run(script);
      if (found) return found;
      if (Date.now() > end) throw new Error(`waited ${ms} ms for: ${what}; the page says: ${await this.run("return document.body.innerText.slice(0, 1500)")}`);
      await new Promise((done) => setTimeout(done, 50));
    }
  }
}

async function call(method, url, body) {
  const answer = await fetch(url, { method, body: body && JSON.stringify(body), headers: body && { "content-type": "application/json" } });
  const { value } = await answer.json();
  if (!answer.ok) throw new Error(`${value.error}: ${value.message}`);
  return value;
}
