import { beforeEach, expect, test, vi } from "vitest";
import type { Backend, ProofView, Proving, RecordId } from "../../ipc";
import { Prover } from "./prover.svelte";

interface Asked {
  id: RecordId;
  answer: () => Promise<void>;
  fail: (failure: object) => Promise<void>;
}
let asked: Asked[];
let proving: Proving | null;
let prover: Prover;
const settle = async () => void (await vi.advanceTimersByTimeAsync(0));
const proofOf = (id: RecordId): ProofView => ({ proof: [], uncovered: [`E${id.file}:${id.ordinal}`] });

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  proving = null;
  const backend: Partial<Backend> = {
    proof: (id) =>
      new Promise((resolve, reject) => {
        asked.push({
          id,
          answer: () => (resolve(proofOf(id)), settle()),
          fail: (failure) => (reject(failure), settle()),
        });
      }),
    proving: () => Promise.resolve(proving),
  };
  prover = new Prover(backend as Backend);
  return () => vi.useRealTimers();
});

test("of the records that were stepped over, none is proven", async () => {
  for (let ordinal = 0; ordinal < 30; ordinal++) prover.ask({ file: 1, ordinal });
  expect(asked).toHaveLength(1);
  await asked[0]!.answer();
  expect(prover.value).toBeNull();
  expect(asked.map((one) => one.id.ordinal)).toEqual([0, 29]);
  await asked[1]!.answer();
  expect(prover.value).toEqual(proofOf({ file: 1, ordinal: 29 }));
});

test("a record of another file is not kept waiting, and what fails for it as stopped is not shown", async () => {
  prover.ask({ file: 1, ordinal: 7 });
  prover.ask({ file: 2, ordinal: 7 });
  expect(asked).toHaveLength(2);
  await asked[0]!.fail({ code: "stopped", message: "Stopped on request.", hint: "" });
  expect(prover.failure).toBeNull();
  await asked[1]!.answer();
  expect(prover.value).toEqual(proofOf({ file: 2, ordinal: 7 }));
  expect(asked).toHaveLength(2);
});

test("the proof of the same record stands until the case's new state gave another", async () => {
  const id = { file: 1, ordinal: 7 };
  prover.ask(id);
  await asked[0]!.answer();
  prover.ask({ ...id });
  expect(prover.value).toEqual(proofOf(id));
  await asked[1]!.fail({ code: "case-closed", message: "The case was closed.", hint: "" });
  expect([prover.value, prover.failure?.code]).toEqual([null, "case-closed"]);
});

test("how far the reading is, is told while it is waited for", async () => {
  prover.ask({ file: 1, ordinal: 7 });
  proving = { bytes: 3, total: 10 };
  await vi.advanceTimersByTimeAsync(300);
  expect(prover.reading).toEqual({ bytes: 3, total: 10 });
  await asked[0]!.answer();
  expect(prover.reading).toBeNull();
});
