import { beforeEach, expect, test } from "vitest";
import type { TimelineFilter, TimelinePage } from "../../ipc";
import { PAGE, Pager } from "./pager.svelte";

const filter = (query = ""): TimelineFilter => ({ verdicts: [], from: null, until: null, query });

interface Asked {
  query: string;
  first: number;
  answer: (page: Partial<TimelinePage>) => Promise<void>;
  fail: (failure: object) => Promise<void>;
}
let asked: Asked[];
let fresh: boolean[];
let pager: Pager;
const rows = (first: number, tag: string) =>
  Array.from({ length: PAGE }, (_, i) => ({ kind: `${tag}${first + i}` })) as unknown as TimelinePage["rows"];
const settle = () => new Promise<void>((done) => setTimeout(done, 0));

beforeEach(() => {
  asked = [];
  fresh = [];
  pager = new Pager(
    (wanted, first) =>
      new Promise((resolve, reject) => {
        asked.push({
          query: wanted.query,
          first,
          answer: (page) => (
            resolve({ first, rows: rows(first, wanted.query), matching: 1_000_000, total: 1_000_000, generation: 1, ...page }),
            settle()
          ),
          fail: (failure) => (reject(failure), settle()),
        });
      }),
    (is) => fresh.push(is),
  );
});

test("the latest filter wins, whatever comes back first", async () => {
  pager.show(filter("a"));
  pager.show(filter("b"));
  await asked[1]!.answer({ matching: 5 });
  await asked[0]!.answer({ matching: 9 });
  expect(pager.matching).toBe(5);
  expect(pager.row(0)).toEqual({ kind: "b0" });
  expect(fresh).toEqual([true]);
});

test("the first rows stand before all are counted, and the count comes to its own filter alone", async () => {
  const [a, b] = [filter("a"), filter("b")];
  pager.show(a);
  await asked[0]!.answer({ matching: null });
  expect([pager.matching, pager.count]).toEqual([null, PAGE]);
  expect(pager.row(0)).toEqual({ kind: "a0" });
  pager.counted(a, 5_000);
  expect([pager.matching, pager.count]).toEqual([5_000, 5_000]);
  pager.show(b);
  pager.counted(a, 7);
  expect(pager.count).toBe(5_000);
  await asked[1]!.answer({ matching: null });
  expect([pager.matching, pager.count]).toEqual([null, PAGE]);
  // A page that was read of the same filter, before it was counted anew.
  pager.counted(b, 9_000);
  pager.refresh();
  await asked.at(-1)!.answer({ matching: null });
  expect(pager.count).toBe(9_000);
});

test("what is shown stays until the new filter's first page is there", async () => {
  pager.show(filter("a"));
  await asked[0]!.answer({});
  pager.show(filter("b"));
  expect(pager.row(0)).toEqual({ kind: "a0" });
  await asked[1]!.answer({});
  expect(pager.row(0)).toEqual({ kind: "b0" });
});

test("only the place that is looked at is fetched", async () => {
  pager.show(filter());
  await asked[0]!.answer({});
  for (let rank = 0; rank < 900_000; rank += 10_000) pager.want(rank, rank + 30);
  // Two were on their way when the rest rushed past.
  expect(asked.length).toBeLessThanOrEqual(4);
  await asked[1]!.answer({});
  await asked[2]!.answer({});
  expect(asked.at(-1)!.first).toBe(890_000);
});

test("a change of the case fetches again what is seen, and shows the old rows meanwhile", async () => {
  pager.show(filter());
  await asked[0]!.answer({});
  pager.refresh();
  expect(pager.row(3)).toEqual({ kind: "3" });
  expect(asked).toHaveLength(2);
  await asked[1]!.answer({ matching: 7 });
  expect(pager.matching).toBe(7);
  expect(fresh).toEqual([true, false]);
});

test("a mistake in the query empties nothing", async () => {
  pager.show(filter());
  await asked[0]!.answer({});
  pager.show(filter("time>=Jnue"));
  await asked[1]!.fail({ code: "query.time", message: "Not a time.", hint: "" });
  expect(pager.failure?.code).toBe("query.time");
  expect(pager.row(0)).toEqual({ kind: "0" });
  expect(asked).toHaveLength(2);
});

test("rows kept are bounded", async () => {
  pager.show(filter());
  await asked[0]!.answer({});
  for (let page = 1; page < 200; page++) {
    pager.want(page * PAGE, page * PAGE);
    await asked.at(-1)!.answer({});
  }
  let kept = 0;
  for (let page = 0; page < 200; page++) if (pager.row(page * PAGE)) kept += 1;
  expect(kept).toBeLessThanOrEqual(50);
  expect(pager.row(199 * PAGE)).toBeDefined();
});
