/** The columns that the timeline can have, and which of them fit. */

import type { Column, ColumnName, TimelineRow } from "../../ipc";

interface Spec {
  name: ColumnName;
  title: string;
  /** What the column says that its title does not. */
  says?: string;
  /** How wide it usually is, in tenths of the text's size; none of its own for the widest. */
  usual: number;
  /** The field of a query that its values are asked by. */
  field?: string;
}

/** All of them, in the order in which they are offered. */
export const SPECS: readonly Spec[] = [
  { name: "verdict", title: "verdict", usual: 60, field: "verdict" },
  { name: "time", title: "time, UTC", usual: 68 },
  { name: "type", title: "type", usual: 61, field: "type" },
  { name: "what", title: "who and what", says: "who did what to what, in one line", usual: 320, field: "actor" },
  { name: "credential", title: "credential", says: "what authorised it", usual: 64, field: "credential" },
  { name: "outcome", title: "outcome", usual: 33, field: "outcome" },
  { name: "actor", title: "actor", says: "who", usual: 120, field: "actor" },
  { name: "subject", title: "subject", says: "to or for whom", usual: 120, field: "subject" },
  { name: "token", title: "token", says: "the credential that was made or changed", usual: 90, field: "token" },
  { name: "secret", title: "secret", usual: 110, field: "secret" },
  { name: "resource", title: "resource", usual: 120, field: "resource" },
  { name: "tool", title: "tool", usual: 90, field: "tool" },
  { name: "decision", title: "decision", says: "what a policy decided", usual: 52, field: "decision" },
  { name: "native_type", title: "native type", says: "what the format itself calls it", usual: 100, field: "native" },
  { name: "source_ip", title: "from", says: "the address that it came from", usual: 88, field: "ip" },
  { name: "stream", title: "stream", usual: 90, field: "stream" },
  { name: "seq", title: "number", says: "the format’s own number", usual: 50, field: "seq" },
  { name: "path", title: "file", says: "the file that holds the record", usual: 110, field: "source" },
  { name: "findings", title: "findings", says: "the codes at this record", usual: 100 },
  { name: "note", title: "note", says: "your tags and comment", usual: 110 },
  { name: "record", title: "record", usual: 41 },
];

export const specOf = (name: ColumnName): Spec => SPECS.find((spec) => spec.name === name)!;

export const USUAL: readonly Column[] = (["verdict", "time", "type", "what", "credential", "outcome", "record"] as const).map((name) => ({
  name,
  width: null,
}));

/** Times, verdicts and the record's number always stand. */
const STAYS: readonly ColumnName[] = ["verdict", "time", "record"];
export const stays = (name: ColumnName) => STAYS.includes(name);

/** What gives way first where there is no room. A refusal is also said in words, beside who and what. */
const GIVES_WAY: readonly ColumnName[] = [
  "outcome",
  "findings",
  "path",
  "stream",
  "seq",
  "native_type",
  "decision",
  "source_ip",
  "note",
  "tool",
  "token",
  "subject",
  "credential",
  "resource",
  "secret",
  "actor",
  "type",
  "what",
];

/** The widest column grows into what is left; it is never narrower than this, in tenths. */
const LEAST = 100;
/** The star, and each space between two columns. */
const STAR = 9;
const GAP = 6.4;

/** The column that grows into the room that is left: who and what, else the first that nobody sized. */
export function growing(columns: readonly Column[]): ColumnName | null {
  const free = columns.filter((column) => column.width === null && !stays(column.name));
  return (free.find((column) => column.name === "what") ?? free[0])?.name ?? null;
}

/** How wide a column is, or at least wants to be, in tenths. */
export function widthOf(column: Column, grows: ColumnName | null, usual: Partial<Record<ColumnName, number>> = {}): number {
  if (column.width !== null) return column.width;
  const own = usual[column.name] ?? specOf(column.name).usual;
  return column.name === grows ? Math.min(LEAST, own) : own;
}

/** The columns that fit into so many tenths; all of them where the room is not known. */
export function fitting(columns: readonly Column[], room: number, usual: Partial<Record<ColumnName, number>> = {}): Column[] {
  const needed = (shown: readonly Column[]) => {
    const grows = growing(shown);
    return shown.reduce((sum, column) => sum + widthOf(column, grows, usual) + GAP, STAR);
  };
  if (room <= 0 || needed(columns) <= room) return [...columns];
  // What always stands, and then whatever finds room, what gives way last before the rest.
  let names: ColumnName[] = columns.filter((column) => stays(column.name)).map((column) => column.name);
  for (const name of GIVES_WAY.toReversed()) {
    const more = columns.filter((column) => names.includes(column.name) || column.name === name);
    if (more.length > names.length && needed(more) <= room) names = more.map((column) => column.name);
  }
  return columns.filter((column) => names.includes(column.name));
}

/** The grid's columns, in CSS: the star, then each. */
export function template(columns: readonly Column[], usual: Partial<Record<ColumnName, number>> = {}): string {
  const grows = growing(columns);
  const sizes = columns.map((column) => {
    const width = `${widthOf(column, grows, usual) / 10}rem`;
    return column.name === grows ? "minmax(0, 1fr)" : width;
  });
  // Where each column has a size of its own, an empty one takes what is left.
  return ["0.875rem", ...sizes, ...(grows === null ? ["minmax(0, 1fr)"] : [])].join(" ");
}

/** With one column before another one, or at the end. */
export function moved(columns: readonly Column[], name: ColumnName, before: ColumnName | null): Column[] {
  const one = columns.find((column) => column.name === name);
  if (!one || name === before) return [...columns];
  const others = columns.filter((column) => column.name !== name);
  const at = before === null ? others.length : others.findIndex((column) => column.name === before);
  return [...others.slice(0, at), one, ...others.slice(at)];
}

/** With one column more, before the record's number, or one less. */
export function toggled(columns: readonly Column[], name: ColumnName): Column[] {
  if (!columns.some((column) => column.name === name)) return moved([...columns, { name, width: null }], name, "record");
  return stays(name) ? [...columns] : columns.filter((column) => column.name !== name);
}

/** The value that a row has in a column, as a filter asks for it. */
export function valueOf(row: TimelineRow, name: ColumnName): string | null {
  switch (name) {
    case "what":
      return row.actor;
    case "seq":
      return row.seq === null ? null : String(row.seq);
    case "time":
    case "findings":
    case "note":
    case "record":
      return null;
    default:
      return row[name];
  }
}
