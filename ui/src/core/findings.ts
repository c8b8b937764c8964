/** Findings, told apart by what they are. */

import type { CaseFinding } from "../ipc";

export type Kind = "all" | "integrity" | "proof" | "indicator";

export function matches(finding: CaseFinding, kind: Kind, code: string): boolean {
  if (code !== "" && finding.code !== code) return false;
  return kind === "all" || (kind === "integrity" ? finding.class === "integrity" : finding.strength === kind);
}

/** What tells a finding from others of its case, while the case grows. */
export function keyOf(finding: CaseFinding): string {
  return JSON.stringify([finding.code, finding.stream, finding.seq, finding.source, finding.subject?.id, finding.first, finding.message]);
}
