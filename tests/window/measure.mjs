// How fast the real window is, from the person's side of it: from the choice of a folder to its first
// rows, from a filter to the rows that it leaves, and how long a row stays blank while rows scroll by.
// For the benchmark (`cargo bench -p tests -- --window`); one line of JSON a figure, in milliseconds.

import { join } from "node:path";
import test from "node:test";
import { choose } from "./desktop.mjs";
import { folder, open } from "./program.mjs";
import { drawn, idle, press } from "./steps.mjs";

const [evidence, keys] = [process.env.EVIDENCE, process.env.KEYS];
const HOUR = 3_600_000;
const tell = (name, ...milliseconds) => console.error(`figure ${JSON.stringify({ name, milliseconds: milliseconds.map((one) => Math.round(one * 10) / 10) })}`);

/**
 * In the page: does something, and gives how long it took until a condition held in a frame and that
 * frame was drawn, so that the next one began.
 */
const TIMED = `
  const timed = (act, until, most = 120000) => new Promise((done, fail) => {
    const start = performance.now();
    act();
    const look = () => {
      const passed = performance.now() - start;
      if (until()) requestAnimationFrame(() => done(performance.now() - start));
      else if (passed > most) fail(new Error("never"));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  const count = () => document.querySelector("[data-count=matching]")?.textContent;
  const filled = () => document.querySelector(".tr.td") !== null && document.querySelector(".tr.blank") === null;
  const find = (css) => document.querySelector(css);
`;

test("the window, measured", { timeout: HOUR }, async (t) => {
  const dir = folder();
  const page = await open(t, join(dir, "home"), [join(dir, "large.exhibit"), ...(keys ? ["--keys", keys] : [])]);
  await page.size(1440, 900);
  // The graph of ten million records takes its time.
  await page.patience(HOUR);

  // The rows of a folder, from the moment that its reading begins, which is said at once.
  await page.run(`
    let start = null;
    const look = () => {
      const now = performance.now();
      if (start === null && document.querySelector(".rail [data-work]")) {
        start = now;
        document.querySelector("[data-place=timeline]").click();
      }
      if (start !== null && document.querySelector(".tr.td")) requestAnimationFrame(() => (window.firstRows = performance.now() - start));
      else requestAnimationFrame(look);
    };
    look();`);
  await press(page, "Choose a folder…", "main");
  await choose("Read into the case", evidence, false);
  tell("window: from the beginning of an import to its first rows", await page.until("the first rows", "return window.firstRows", HOUR));
  await page.click("[data-place=evidence]");
  await page.until("the import to end", idle, HOUR);

  // Each place, as large as the case makes it.
  for (const place of ["timeline", "identities", "secrets", "findings", "coverage", "graph", "trust", "report", "evidence"]) {
    tell(`window: ${place} is drawn`, await page.run(`${TIMED} return timed(() => find('.rail [data-place="${place}"]').click(), () => find('.rail [data-place="${place}"]').getAttribute("aria-current") === "page" && ${drawn}${place === "timeline" ? " && filled()" : ""})`));
    await page.picture(join(import.meta.dirname, `../../out/window/large-${place}.png`));
  }

  await page.click("[data-place=timeline]");
  await page.until("rows", `${TIMED} return filled()`);
  // A filter by verdict, on and off; and a query, entered. Each changes how many match, by which its
  // first page is known; none is left out because it took long.
  const filters = [];
  const counts = [];
  // The rows come first; what matches is counted behind them.
  const counted = () => page.run(`${TIMED} return timed(() => {}, () => count() !== undefined, 60000)`);
  const none = await page.run(`return [...document.querySelectorAll(".strip [data-verdict]")].find((one) => one.querySelector("b").textContent === "0").dataset.verdict`);
  for (let nth = 0; nth < 4; nth++) {
    filters.push(await page.run(`${TIMED} const before = count(); return timed(() => find('.strip [data-verdict="${none}"]').click(), () => count() !== before && (filled() || count() === "0"))`));
    await counted();
  }
  await page.run(`[...document.querySelectorAll("button")].find((one) => one.textContent.trim() === "Clear all")?.click()`);
  await page.until("all rows", `${TIMED} return filled() && count() !== undefined`);
  for (const query of ["type:secret.read", "type:token.mint outcome:denied", "agent", "type:call"]) {
    filters.push(await page.run(`${TIMED} const before = count(), field = find(".head.search input");
      field.value = ${JSON.stringify(query)};
      field.dispatchEvent(new Event("input", { bubbles: true }));
      return timed(() => field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true })), () => count() !== before && (filled() || count() === "0"))`));
    counts.push(await counted());
  }
  tell("window: from a filter's first page to its count", ...counts);
  tell("window: from a filter to its first page", ...filters);
  await page.run(`${TIMED} const field = find(".head.search input"); field.value = ""; field.dispatchEvent(new Event("input", { bubbles: true })); field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true })); field.blur();`);
  await page.until("all rows", `${TIMED} return filled()`);

  // Rows scroll by at four pages a second, and the bar is thrown to other places.
  const blanks = `
    const longest = (frames, step) => new Promise((done) => {
      let worst = 0, since = null, slowest = 0, last = performance.now(), left = frames;
      const look = () => {
        const now = performance.now();
        slowest = Math.max(slowest, now - last);
        last = now;
        if (document.querySelector(".tr.blank")) worst = Math.max(worst, now - (since ??= now));
        else since = null;
        if (left-- > 0) { step(frames - left); requestAnimationFrame(look); }
        else done([worst, slowest]);
      };
      requestAnimationFrame(look);
    });
    const box = document.querySelector(".tl");`;
  const [flow, slowest] = await page.run(`${blanks} return longest(360, () => { const all = box.scrollTop; box.dispatchEvent(new WheelEvent("wheel", { deltaY: 45, bubbles: true, cancelable: true })); if (box.scrollTop === all) box.scrollTop = all + 45; })`);
  tell("window: longest blank row while rows scroll by", flow);
  tell("window: longest frame of that", slowest);
  const [thrown] = await page.run(`${blanks} return longest(600, (at) => { if (at % 20 === 0) box.scrollTop = (box.scrollHeight - box.clientHeight) * ((at * 7919 % 997) / 997); })`);
  tell("window: longest blank row after a throw of the bar", thrown);

  // A record and its proof.
  const proofs = [];
  for (let nth = 0; nth < 4; nth++) {
    await page.run(`const box = document.querySelector(".tl"); box.scrollTop = (box.scrollHeight - box.clientHeight) * ${0.2 + nth * 0.2};`);
    await new Promise((done) => setTimeout(done, 500));
    await page.until("rows", `${TIMED} return filled()`);
    proofs.push(await page.run(`${TIMED} const rows = document.querySelectorAll(".tr.td"), row = rows[Math.floor(rows.length / 2)], id = row.dataset.record;
      return timed(() => row.click(), () => find(".side .body")?.dataset.record === id && find(".side .steps li") !== null)`));
  }
  tell("window: first proof of a record", proofs[0]);
  tell("window: further proofs", ...proofs.slice(1));
  await page.picture(join(import.meta.dirname, "../../out/window/large-proof.png"));
});
