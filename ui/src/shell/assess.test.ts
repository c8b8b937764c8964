import { afterEach, beforeEach, expect, test } from "vitest";
import type { Backend } from "../ipc";
import { all, clear, click, open, press, settled, text, type } from "./stage";

let backend: Backend;

beforeEach(async () => {
  await clear();
  backend = await open();
  await click('[data-place="findings"]');
});
afterEach(clear);

test("what is made of a finding stands in the list and in the inspector, and can be taken back", async () => {
  await click(all("main .tr.td").find((one) => one.textContent!.includes("token-replayed"))!);
  const states = () => all(".side .seg button");
  const pressed = () => states().filter((one) => one.getAttribute("aria-pressed") === "true");
  expect(pressed().map((one) => one.textContent)).toEqual(["open"]);
  await click(states()[2]!);
  expect(pressed().map((one) => one.textContent)).toEqual(["explained"]);
  const why = await type(".side textarea", "two gateways of one office");
  await press("Enter", { at: why, ctrlKey: true });
  const made = (await backend.findings("")).findings.find((one) => one.code === "token-replayed")!.assessed!;
  expect([made.state, made.comment]).toEqual(["explained", "two gateways of one office"]);
  await settled();
  await settled();
  expect(text("main .tr.is-sel .tag")).toBe("explained");
  await click(states()[0]!);
  expect(pressed().map((one) => one.textContent)).toEqual(["open"]);
});
