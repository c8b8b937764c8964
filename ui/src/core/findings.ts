/** Findings, told apart by what they are. */

import type { CaseFinding, FindingView, Summary } from "../ipc";

export type Kind = "all" | "integrity" | "proof" | "indicator";

export function matches(finding: CaseFinding, kind: Kind, code: string): boolean {
  if (code !== "" && finding.code !== code) return false;
  return kind === "all" || (kind === "integrity" ? finding.class === "integrity" : finding.strength === kind);
}

/** An integrity finding has its place in the summary: the record itself, where it is one record. */
export function placed(finding: CaseFinding, summary: Summary | null): FindingView | undefined {
  if (finding.class !== "integrity") return undefined;
  return summary?.findings.find(
    (one) =>
      one.code === finding.code &&
      one.message === finding.message &&
      (one.stream ?? null) === (finding.stream ?? null) &&
      (one.seq ?? null) === (finding.seq ?? null) &&
      (one.source ?? null) === (finding.source ?? null),
  );
}

/** A heading over findings, or a finding. */
export type FindingLine = { title: string; finding: null } | { title: null; finding: CaseFinding };

/** What is wrong with the evidence apart from what was done, and there proof apart from indicator. */
export function parts(findings: readonly CaseFinding[]): FindingLine[] {
  const out: FindingLine[] = [];
  const all: [string, (one: CaseFinding) => boolean][] = [
    ["About the evidence itself: integrity", (one) => one.class === "integrity"],
    ["About what was done: proof", (one) => one.class !== "integrity" && one.strength === "proof"],
    ["About what was done: indicator, which may have an innocent reason", (one) => one.class !== "integrity" && one.strength !== "proof"],
  ];
  for (const [title, is] of all) {
    const own = findings.filter(is);
    if (own.length > 0) out.push({ title, finding: null }, ...own.map((finding) => ({ title: null, finding })));
  }
  return out;
}
