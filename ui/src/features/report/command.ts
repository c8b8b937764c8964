/** Commands that others type, with what the person chose in them as words that no shell takes apart. */

/** One word of a POSIX shell. */
export function word(text: string): string {
  return /^[A-Za-z0-9_./][A-Za-z0-9_./:@%+=,-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** How others check a report that lies there. */
export function checkCommand(out: string, signed: boolean): string {
  return `exhibit check ${word(out)}${signed ? " --keys examiner.pub" : ""}`;
}
