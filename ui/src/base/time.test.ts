import { expect, test } from "vitest";
import { HOUR, MINUTE, apart, clock, dayOf, dayTitle, fromText, fromTyped, length, range, stamp, ticks } from "./time";

// `date -u -d 2026-06-12T02:11:46Z +%s` says 1781230306.
const BREACH = 1_781_230_306_902_113;

test("a time has the digits of its original and no others", () => {
  expect(clock(BREACH, 6)).toEqual({ time: "02:11:46", fraction: ".902113" });
  expect(clock(BREACH, 3)).toEqual({ time: "02:11:46", fraction: ".902" });
  expect(clock(BREACH, 0)).toEqual({ time: "02:11:46", fraction: "" });
  expect(clock(1_781_230_306_000_000, 6).fraction).toBe(".000000");
});

test("times before 1970 run forwards", () => {
  expect(clock(-1, 6)).toEqual({ time: "23:59:59", fraction: ".999999" });
  expect(dayOf(-1)).toBe(-1);
  expect(dayTitle(-1)).toBe("Wednesday 31 December 1969");
});

test("days and stamps are written out", () => {
  expect(dayTitle(BREACH)).toBe("Friday 12 June 2026");
  expect(stamp(BREACH)).toBe("12 Jun 02:11:46");
  expect(stamp(BREACH, 0)).toBe("12 Jun 2026 02:11:46");
});

test("a window names its day once where there is one", () => {
  const from = fromText("2026-06-12T01:50:00Z")!;
  expect(range(from, from + 2 * HOUR)).toBe("12 Jun 2026 01:50 – 03:50");
  expect(range(from - 5 * HOUR, from)).toBe("11 Jun 20:50 – 12 Jun 2026 01:50");
  // Outwards, so that no record of the window lies outside what is written.
  expect(range(from + 1, from + MINUTE + 1)).toBe("12 Jun 2026 01:50 – 01:52");
});

test("lengths keep their two largest units", () => {
  expect(length(315_000_000)).toBe("5 min 15 s");
  expect(length(2 * HOUR)).toBe("2 h");
  expect(length(30 * HOUR)).toBe("30 h");
  expect(length(76 * HOUR)).toBe("3 d 4 h");
  expect(length(4_314_000_000)).toBe("1 h 11 min");
  expect(length(250_000)).toBe("250 ms");
});

test("ticks stand at round times within the window", () => {
  const from = fromText("2026-06-11T00:00:00Z")!;
  expect(ticks(from, from + 30 * HOUR, 5).map((tick) => tick.label)).toEqual(
    ["11 Jun 00:00", "06:00", "12:00", "18:00", "12 Jun 00:00", "06:00"].filter((_, i) => i % 1 === 0),
  );
  expect(ticks(from, from, 5)).toEqual([]);
  expect(ticks(from + 1, from + 2, 5)).toEqual([]);
});

test("RFC 3339 is read to the microsecond, and nothing else is", () => {
  expect(fromText("2026-06-12T02:11:46.902113Z")).toBe(BREACH);
  expect(fromText("2026-06-12T04:11:46.9021139+02:00")).toBe(BREACH);
  expect(fromText("2026-06-12 02:11:46")).toBeNull();
  expect(fromText("12 Jnue 02:00")).toBeNull();
});

test("a time is typed with a day, without one, or as it is written elsewhere", () => {
  const whole = BREACH - 902_113;
  expect(fromTyped("2026-06-12T02:11:46Z", null)).toBe(whole);
  expect(fromTyped("2026-06-12T04:11:46+02:00", null)).toBe(whole);
  expect(fromTyped("2026-06-12 02:11:46.902113", null)).toBe(BREACH);
  expect(fromTyped(" 2026-06-12 02:11 UTC ", null)).toBe(whole - 46_000_000);
  expect(fromTyped("2026-06-12", null)).toBe(whole - (2 * 3600 + 11 * 60 + 46) * 1_000_000);
  expect(fromTyped("2:11", BREACH + 5 * HOUR)).toBe(whole - 46_000_000);
  for (const wrong of ["", "soon", "2:11 pm", "25", "2026-13-01", "2026-06-12 27:00"]) expect(fromTyped(wrong, BREACH), wrong).toBeNull();
  expect(fromTyped("02:11", null)).toBeNull();
});

test("words of an axis lie apart", () => {
  const all = [10, 20, 30, 95].map((at) => ({ at, label: "12345678" }));
  expect(apart(all, (at) => at, 1).map((tick) => tick.at)).toEqual([10, 20, 30, 95]);
  expect(apart(all, (at) => at, 2).map((tick) => tick.at)).toEqual([10, 30]);
});
