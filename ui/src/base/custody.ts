/** Entries of the custody log in words. */

const NAMES: Record<string, string> = {
  create: "case made",
  import: "import",
  "import-begin": "import begun",
  "import-end": "import ended",
  verify: "verified",
  recover: "mended",
  "trust-add": "key trusted",
  "trust-remove": "key taken out",
  "identity-merge": "names joined",
  "identity-split": "names parted",
  report: "report written",
  "event-note": "event noted",
  "finding-note": "finding assessed",
};

export function actName(act: string): string {
  return NAMES[act] ?? act.replaceAll("-", " ");
}

/** What is said of an act: its members, the first ones whole. Not JSON: as it stands. */
export function aboutText(about: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(about);
  } catch {
    return about;
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return String(parsed);
  return Object.entries(parsed)
    .filter(([, value]) => value !== null && !(Array.isArray(value) && value.every((one) => one === null)))
    .map(
      ([name, value]) =>
        `${name.replaceAll("_", " ")} ${Array.isArray(value) ? value.filter((one) => one !== null).join(", ") : typeof value === "object" ? JSON.stringify(value) : String(value)}`,
    )
    .join(" · ");
}
