import { expect, test } from "vitest";
import { byteRate, bytes, bytesOf, commas, counted, percent, recordRate } from "./number";

test("counts are set in thousands", () => {
  expect(commas(1169412)).toBe("1,169,412");
  expect(commas(907)).toBe("907");
});

test("bytes are decimal and keep one digit", () => {
  expect(bytes(527)).toBe("527 B");
  expect(bytes(999)).toBe("999 B");
  expect(bytes(1000)).toBe("1.0 kB");
  expect(bytes(999_949)).toBe("999.9 kB");
  expect(bytes(999_950)).toBe("1.0 MB");
  expect(bytes(60_712_448)).toBe("60.7 MB");
  expect(bytes(2 ** 53)).toBe("9007.2 TB");
});

test("progress is in the unit of its whole", () => {
  expect(bytesOf(136_300_000, 224_100_000)).toBe("136.3 of 224.1 MB");
  expect(bytesOf(12, 527)).toBe("12 of 527 B");
});

test("rates say nothing before there is one", () => {
  expect(byteRate(1_000_000, 10)).toBeNull();
  expect(byteRate(41_000_000, 1000)).toBe("41 MB/s");
  expect(recordRate(84_120, 3324)).toBe("25,300 records/s");
  expect(recordRate(0, 1000)).toBe("0 records/s");
});

test("a hundred percent means all of it", () => {
  expect(percent(999, 1000)).toBe("99 %");
  expect(percent(1000, 1000)).toBe("100 %");
  expect(percent(0, 0)).toBe("0 %");
});

test("one is not plural", () => {
  expect(counted(1, "record")).toBe("1 record");
  expect(counted(2347, "record")).toBe("2,347 records");
});
