import { expect, test } from "vitest";
import type { Column, ColumnName } from "../../ipc";
import { fitting, growing, moved, SPECS, stays, template, toggled, USUAL } from "./columns";

const names = (columns: readonly Column[]) => columns.map((column) => column.name).join(" ");
const sized = (name: ColumnName, width: number) => USUAL.map((column) => (column.name === name ? { name, width } : column));

test("what is given up for want of room stands in a stated order, and never a time, a verdict or the record", () => {
  expect(names(fitting(USUAL, 1000))).toBe(names(USUAL));
  expect(names(fitting(USUAL, 450))).toBe("verdict time type what credential record");
  // A narrower one may find room where a wider one has none.
  expect(names(fitting(USUAL, 435))).toBe("verdict time type what outcome record");
  const wide: Column[] = [...USUAL, { name: "resource", width: 300 }];
  expect(names(fitting(wide, 450))).toBe("verdict time type what credential record");
  expect(names(fitting(USUAL, 1))).toBe("verdict time record");
  // Where nothing is laid out the room is not known.
  expect(names(fitting(USUAL, 0))).toBe(names(USUAL));
});

test("every column gives way or always stands", () => {
  for (const spec of SPECS) {
    const left = fitting([{ name: spec.name, width: 900 }, ...USUAL.filter((column) => column.name !== spec.name)], 1);
    expect(left.some((column) => column.name === spec.name)).toBe(stays(spec.name));
  }
});

test("one column grows: who and what, or the first that nobody sized", () => {
  expect(growing(USUAL)).toBe("what");
  expect(growing(sized("what", 300))).toBe("type");
  const all = USUAL.map((column) => ({ ...column, width: 50 }));
  expect(growing(all)).toBe(null);
  expect(template(USUAL)).toBe("0.875rem 6rem 6.8rem 6.1rem minmax(0, 1fr) 6.4rem 3.3rem 4.1rem");
  expect(template(all).endsWith("5rem minmax(0, 1fr)")).toBe(true);
});

test("a column more stands before the record's number, and goes again", () => {
  const more = toggled(USUAL, "source_ip");
  expect(names(more)).toBe("verdict time type what credential outcome source_ip record");
  expect(names(toggled(more, "source_ip"))).toBe(names(USUAL));
  expect(names(toggled(USUAL, "time"))).toBe(names(USUAL));
});

test("a column is put before another one, or at the end", () => {
  expect(names(moved(USUAL, "record", "verdict"))).toBe("record verdict time type what credential outcome");
  expect(names(moved(USUAL, "verdict", null))).toBe("time type what credential outcome record verdict");
  expect(names(moved(USUAL, "time", "time"))).toBe(names(USUAL));
});
