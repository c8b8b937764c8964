import { expect, test } from "vitest";
import { hexOf, spread, wholeGroups } from "./fingerprint";

test("a fingerprint is written in hex as sha256sum writes it", () => {
  // printf '' | sha256sum, and the same through base64.
  expect(hexOf("SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU")).toBe(
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  );
  expect(hexOf("SHA256:47DEQpj8HBSa")).toBeNull();
  expect(hexOf("MD5:aa")).toBeNull();
});

test("a pasted fingerprint fills the groups from where it was pasted", () => {
  const empty = Array.from({ length: 16 }, () => "");
  expect(spread("8EFD 99dd:8409-27", empty, 0).slice(0, 5)).toEqual(["8efd", "99dd", "8409", "27", ""]);
  expect(spread("SHA256:8efd", empty, 0)[0]).toBe("8efd");
  const all = spread("0123456789abcdef".repeat(5), empty, 15);
  expect(all).toHaveLength(16);
  expect(all[15]).toBe("0123");
  expect(wholeGroups(["8efd", "99d", "", "zzzz"])).toBe(1);
});
