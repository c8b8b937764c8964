// What the stories do in the window, in the words of whoever does it.

export const ENTER = "\uE007";
export const ESCAPE = "\uE00C";
export const number = (text) => Number(text.replaceAll(",", ""));

/** The import has ended, and everything is judged. */
export const idle = `return document.querySelector(".rail .work") === null && document.querySelector("article.src:not(.reading)") !== null && document.querySelector('.strip [data-verdict="unchecked"]') === null`;
/** Rows of the timeline are there. */
export const rows = `return document.querySelectorAll(".tr.td").length > 0 && document.querySelectorAll(".tr.blank").length === 0`;
/** A place has been drawn: it waits for nothing, and has no failure in it. */
export const drawn = `document.querySelector("main .fault-b") === null && ![...document.querySelectorAll("main [role=status]")].some((one) => one.textContent.includes("…"))`;

export const counts = (page) => page.run(`return Object.fromEntries([...document.querySelectorAll(".strip [data-verdict]")].map((one) => [one.dataset.verdict, Number(one.querySelector("b").textContent.replaceAll(",", ""))]))`);

/** Goes to a place by its keys. */
export async function go(page, letter, place) {
  await page.run(`document.activeElement?.blur()`);
  await page.keys("g", letter);
  await page.until(`the place ${place}`, `return document.querySelector('.rail [data-place="${place}"]').getAttribute("aria-current") === "page" && ${drawn}`, 60_000);
}

/** Presses the button whose words hold these. */
export async function press(page, words, within = "body") {
  await page.until(`a button ${words}`, `return [...document.querySelectorAll(${JSON.stringify(`${within} button:not(:disabled)`)})].some((one) => one.textContent.includes(${JSON.stringify(words)}))`);
  await page.run(`[...document.querySelectorAll(arguments[0] + " button:not(:disabled)")].find((one) => one.textContent.includes(arguments[1])).click()`, within, words);
}

/** Fills in a field: what is typed in one stroke. */
export const fill = (page, css, text) =>
  page.run(`const one = document.querySelector(arguments[0]); one.value = arguments[1]; one.dispatchEvent(new Event("input", { bubbles: true }))`, css, text);
