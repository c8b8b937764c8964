/**
 * Times as the window writes them. Everything comes as microseconds since 1970 in UTC, below 2^53,
 * and is written with the digits that the original has and no others.
 */

const SECOND = 1_000_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

const pad = (value: number, width = 2) => String(value).padStart(width, "0");

function calendar(micros: number): Date {
  return new Date(Math.floor(micros / 1000));
}

/** A time in its parts: `02:11:46` and `.902113`. */
export interface Clock {
  time: string;
  /** With its dot; empty where the original has none. */
  fraction: string;
}

/** The time of day, with as many digits of a second as the original has (0 to 6). */
export function clock(micros: number, digits = 0): Clock {
  const date = calendar(micros);
  const time = `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())}`;
  if (digits <= 0) return { time, fraction: "" };
  const within = ((micros % SECOND) + SECOND) % SECOND;
  return { time, fraction: `.${pad(within, 6).slice(0, Math.min(digits, 6))}` };
}

/** Which day, as a number that equals for times of one day. */
export function dayOf(micros: number): number {
  return Math.floor(micros / DAY);
}

/** Whether these RFC 3339 times are of more than one day, so that each needs its own. */
export function severalDays(texts: Iterable<string | null | undefined>): boolean {
  let day: string | null = null;
  for (const text of texts) {
    if (!text) continue;
    const own = text.slice(0, 10);
    if (day !== null && own !== day) return true;
    day = own;
  }
  return false;
}

/** `Friday 12 June 2026`. */
export function dayTitle(micros: number): string {
  const date = calendar(micros);
  return `${WEEKDAYS[date.getUTCDay()]} ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** `12 Jun`. */
export function dayShort(micros: number): string {
  const date = calendar(micros);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]!.slice(0, 3)}`;
}

/** `12 Jun 2026`. */
export function dateShort(micros: number): string {
  return `${dayShort(micros)} ${calendar(micros).getUTCFullYear()}`;
}

/** Whether two times are of one calendar year. */
export function sameYear(one: number, other: number): boolean {
  return calendar(one).getUTCFullYear() === calendar(other).getUTCFullYear();
}

/** `11 Jun 20:00:04`; with the year where it is not that of `beside`. */
export function stamp(micros: number, beside?: number): string {
  const withYear = beside !== undefined && !sameYear(beside, micros);
  return `${withYear ? dateShort(micros) : dayShort(micros)} ${clock(micros).time}`;
}

/** `12 Jun 2026 01:50 – 03:50`, or with both days where they differ. To the minute outwards. */
export function range(from: number, until: number): string {
  const start = Math.floor(from / MINUTE) * MINUTE;
  const end = Math.ceil(until / MINUTE) * MINUTE;
  const first = clock(start).time.slice(0, 5);
  const last = clock(end).time.slice(0, 5);
  if (dayOf(start) === dayOf(end)) return `${dateShort(start)} ${first} – ${last}`;
  return `${sameYear(start, end) ? dayShort(start) : dateShort(start)} ${first} – ${dateShort(end)} ${last}`;
}

/** A length in its two largest units that count: `5 min 15 s`, `1 h 11 min`, `30 h`, `3 d 4 h`. */
export function length(micros: number): string {
  if (micros < SECOND) return `${Math.max(0, Math.round(micros / 1000))} ms`;
  const seconds = Math.floor(micros / SECOND);
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ];
  // Up to two days, hours say more than a day and a rest.
  if (parts[0]![0] < 2) {
    parts[1]![0] += parts[0]![0] * 24;
    parts[0]![0] = 0;
  }
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}

const STEPS = [
  SECOND,
  5 * SECOND,
  15 * SECOND,
  30 * SECOND,
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
  30 * DAY,
  90 * DAY,
  180 * DAY,
  365 * DAY,
  730 * DAY,
  3650 * DAY,
];

/** A mark on a time axis. */
export interface Tick {
  at: number;
  label: string;
}

/** Marks at round times, at most `most` of them. A day's name stands where the day begins. */
export function ticks(from: number, until: number, most: number): Tick[] {
  if (!(until > from)) return [];
  const step = STEPS.find((size) => (until - from) / size <= most) ?? STEPS[STEPS.length - 1]!;
  const out: Tick[] = [];
  for (let at = Math.ceil(from / step) * step; at <= until; at += step) {
    const time = clock(at).time;
    const short = step < MINUTE ? time : time.slice(0, 5);
    const label = step >= 30 * DAY ? dateShort(at) : step >= DAY ? dayShort(at) : at % DAY === 0 ? `${dayShort(at)} ${short}` : short;
    out.push({ at, label });
  }
  return out;
}

/** Those of the marks whose words lie neither on one another nor past an end; `share` gives the place in percent. */
export function apart(all: readonly Tick[], share: (at: number) => number, percentALetter: number): Tick[] {
  const out: Tick[] = [];
  let taken = -Infinity;
  for (const tick of all) {
    const half = ((tick.label.length + 1) * percentALetter) / 2;
    const at = share(tick.at);
    if (at - half < Math.max(taken, -2) || at + half > 102) continue;
    out.push(tick);
    taken = at + half;
  }
  return out;
}

/** Microseconds of an RFC 3339 time, or null where it is none. */
export function fromText(text: string): number | null {
  const parts = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)$/.exec(text);
  if (!parts) return null;
  const millis = Date.parse(`${parts[1]}T${parts[2]}${parts[4]!.toUpperCase()}`);
  if (Number.isNaN(millis)) return null;
  return millis * 1000 + Number((parts[3] ?? "").padEnd(6, "0").slice(0, 6));
}

/**
 * A time as a person types it, in UTC: RFC 3339, `2026-06-12 02:11`, or `02:11` on the day of
 * `beside`. Null where it is none.
 */
export function fromTyped(text: string, beside: number | null): number | null {
  const typed = text.trim().replace(/\s*(UTC|Z)$/i, "");
  const zoned = fromText(text.trim());
  if (zoned !== null) return zoned;
  const parts = /^(?:(\d{4}-\d\d-\d\d)(?:[T ]+|$))?(?:(\d\d?):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?)?$/i.exec(typed);
  if (!parts || typed === "" || (parts[1] === undefined && beside === null)) return null;
  const day = parts[1] ?? new Date(Math.floor(beside! / 1000)).toISOString().slice(0, 10);
  return fromText(
    `${day}T${(parts[2] ?? "00").padStart(2, "0")}:${parts[3] ?? "00"}:${parts[4] ?? "00"}${parts[5] ? `.${parts[5]}` : ""}Z`,
  );
}

/** How many digits of a second to show of an RFC 3339 text: none, three, six; zeros at the end are none. */
export function digitsOf(text: string): number {
  const fraction = (/\.(\d+)/.exec(text)?.[1] ?? "").replace(/0+$/, "").length;
  return fraction === 0 ? 0 : fraction <= 3 ? 3 : 6;
}
