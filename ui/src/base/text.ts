/** Long values, cut where they say least, and hashes in groups. Nothing here looks at meaning. */

/** Cuts the middle out of a value of more than `most` characters: `jti:7f0c…6c21`. */
export function middle(text: string, most: number): string {
  const letters = Array.from(text);
  if (letters.length <= most) return text;
  const tail = Math.floor((most - 1) / 3);
  const head = most - 1 - tail;
  return `${letters.slice(0, head).join("")}…${tail > 0 ? letters.slice(-tail).join("") : ""}`;
}

/** Whether a value is a hash or fingerprint, to be set in groups. */
export function isHash(text: string): boolean {
  return /^[0-9a-f]{32,128}$/.test(text);
}

/** A hash in groups of four. */
export function groups(hash: string): string[] {
  return hash.match(/.{1,4}/gs) ?? [];
}

/** The first `head` and last `tail` groups, with `…` between where something is left out. */
export function cutGroups(hash: string, head: number, tail: number): string[] {
  const all = groups(hash);
  if (all.length <= head + tail) return all;
  return [...all.slice(0, head), "…", ...all.slice(all.length - tail)];
}

/** A piece of a record's raw text, with the offset of its first byte. */
export interface RawLine {
  offset: number;
  text: string;
}

/** The length of a text in UTF-8, in bytes. */
export function utf8Length(text: string): number {
  let length = 0;
  for (const letter of text) {
    const code = letter.codePointAt(0)!;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}

/** A piece of a line, and whether it is lit. */
export interface LitPart {
  text: string;
  lit: boolean;
}

/** A line of raw text cut where lit bytes begin and end; a character that is lit in part is lit. */
export function litParts(line: RawLine, from: number, until: number): LitPart[] {
  const parts: LitPart[] = [];
  let at = line.offset;
  for (const letter of line.text) {
    const size = utf8Length(letter);
    const lit = at + size > from && at < until;
    const last = parts[parts.length - 1];
    if (last && last.lit === lit) last.text += letter;
    else parts.push({ text: letter, lit });
    at += size;
  }
  return parts;
}

/**
 * Wraps raw text at `width` bytes, never inside a character; LF ends a line and stays in it. Offsets
 * count from `start`. They hold where the text is the bytes exactly; where U+FFFD stands for bytes
 * that are no UTF-8 they would lie, and are not to be shown.
 */
export function rawLines(text: string, start: number, width: number, most: number): RawLine[] {
  const lines: RawLine[] = [];
  let line = "";
  let length = 0;
  let offset = start;
  const flush = () => {
    lines.push({ offset, text: line });
    offset += length;
    line = "";
    length = 0;
  };
  for (const letter of text) {
    const size = utf8Length(letter);
    if (length + size > width && length > 0) flush();
    if (lines.length >= most) return lines;
    line += letter;
    length += size;
    if (letter === "\n") flush();
  }
  if (length > 0 && lines.length < most) flush();
  return lines;
}
