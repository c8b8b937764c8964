/** Fingerprints, as people read them from paper: SHA-256 in sixteen groups of four. */

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** `SHA256:` and unpadded base64 as 64 hex digits; null where it is not that. */
export function hexOf(fingerprint: string): string | null {
  const text = /^SHA256:([A-Za-z0-9+/]{43})=?$/.exec(fingerprint)?.[1];
  if (!text) return null;
  let bits = 0;
  let held = 0;
  let out = "";
  for (const letter of text) {
    bits = (bits << 6) | LETTERS.indexOf(letter);
    held += 6;
    if (held >= 8) {
      held -= 8;
      out += ((bits >> held) & 0xff).toString(16).padStart(2, "0");
      bits &= (1 << held) - 1;
    }
  }
  return out;
}

export const GROUPS = 16;

/** What was typed or pasted, as groups of four from a place on. Anything but hex digits is passed over. */
export function spread(text: string, groups: readonly string[], at: number): string[] {
  const out = [...groups];
  const digits = text
    .toLowerCase()
    .replace(/^sha-?256:?/, "")
    .replace(/[^0-9a-f]/g, "");
  for (let n = 0; n * 4 < digits.length && at + n < GROUPS; n++) out[at + n] = digits.slice(n * 4, n * 4 + 4);
  return out;
}

/** How many groups are whole. */
export function wholeGroups(groups: readonly string[]): number {
  return groups.filter((group) => /^[0-9a-f]{4}$/.test(group)).length;
}
