/**
 * The query as the person typed it, cut into its terms, so that each can be a chip. What a term means
 * is the program's affair; here only its edges count.
 */

/** A term of a query with its place in the text. */
export interface Term {
  text: string;
  start: number;
  end: number;
  /** Whether it begins with `-`. */
  not: boolean;
  /** The word before the colon, where there is one. */
  field: string | null;
  /** What follows, without quotes. */
  value: string;
}

/** The terms in order. Quotes hold a term together; an open one reaches to the end. */
export function terms(query: string): Term[] {
  const out: Term[] = [];
  let at = 0;
  while (at < query.length) {
    if (/\s/.test(query[at]!)) {
      at += 1;
      continue;
    }
    const start = at;
    let quoted = false;
    while (at < query.length && (quoted || !/\s/.test(query[at]!))) {
      const letter = query[at]!;
      if (quoted && letter === "\\") at += 1;
      else if (letter === '"') quoted = !quoted;
      at += 1;
    }
    at = Math.min(at, query.length);
    const text = query.slice(start, at);
    const parts = /^(-?)(?:([A-Za-z_.]+):)?(.*)$/s.exec(text)!;
    out.push({ text, start, end: at, not: parts[1] === "-", field: parts[2] ?? null, value: unquote(parts[3]!) });
  }
  return out;
}

function unquote(text: string): string {
  if (!/^".*"$/s.test(text) || text.length < 2) return text;
  return text.slice(1, -1).replace(/\\(["\\])/g, "$1");
}

/** The query without one of its terms. */
export function without(query: string, term: Term): string {
  return `${query.slice(0, term.start)} ${query.slice(term.end)}`.replace(/\s+/g, " ").trim();
}

/** A term for a field and a value of the evidence, quoted where it must be. */
export function termFor(field: string, value: string, not: boolean): string {
  const plain = /^[\p{L}\p{N}_.@/+=-]+$/u.test(value) && !value.startsWith("-");
  const text = plain ? value : `"${value.replace(/["\\]/g, "\\$&")}"`;
  return `${not ? "-" : ""}${field}:${text}`;
}

/** The query with one more term, once. */
export function withTerm(query: string, term: string): string {
  if (terms(query).some((other) => other.text === term)) return query;
  return `${query} ${term}`.trim();
}
