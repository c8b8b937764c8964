/** For which time a key counts, in a few words. */

import { dateShort, fromText } from "./time";

interface Bounds {
  from: string | null;
  until: string | null;
  revoked: string | null;
}

export function validity(key: Bounds): string {
  const day = (text: string | null) => {
    const at = text ? fromText(text) : null;
    return at === null ? null : dateShort(at);
  };
  const [from, until, revoked] = [day(key.from), day(key.until), day(key.revoked)];
  if (revoked) return `revoked ${revoked}`;
  if (from && until) return `${from} – ${until}`;
  if (from) return `from ${from}`;
  return until ? `until ${until}` : "always";
}
