import { expect, test } from "vitest";
import type { TimelineRow } from "../../ipc";
import { what } from "./what";

const row = (more: Partial<TimelineRow>) =>
  ({
    type: "call",
    native_type: null,
    actor: "a",
    subject: null,
    token: null,
    secret: null,
    resource: null,
    tool: null,
    decision: null,
    source_ip: null,
    findings: [],
    ...more,
  }) as TimelineRow;

test("a secret read names the secret, a mint the credential that was made", () => {
  expect(what(row({ type: "secret.read", secret: "kv/a", resource: "kv/a" })).to).toBe("kv/a");
  expect(what(row({ type: "token.mint", token: "jti:1", subject: "b" }))).toMatchObject({
    to: "jti:1",
    rest: [{ word: "for", value: "b" }],
  });
});

test("a decision is our word, not the evidence's", () => {
  expect(what(row({ type: "policy.decide", decision: "allow", subject: "b" }))).toMatchObject({ to: null, said: "allow" });
  expect(what(row({ type: "secret.read", secret: "kv/a", decision: "deny" }))).toMatchObject({ to: "kv/a", said: "deny" });
});

test("a row of which nothing can be read says why", () => {
  expect(what(row({ actor: null, type: "malformed", findings: ["record-malformed"] })).rest).toEqual([
    { word: "record-malformed", value: null },
  ]);
});
