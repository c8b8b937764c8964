/**
 * Whether the case goes over several years: then no date stands without its own. Whoever draws the case
 * says it once; whoever writes a time asks.
 */

import { getContext, setContext } from "svelte";

const YEARS = Symbol("years");

export function tellYears(several: () => boolean): void {
  setContext(YEARS, several);
}

/** To be asked while a component is made; the answer may change later. */
export function severalYears(): () => boolean {
  return getContext<(() => boolean) | undefined>(YEARS) ?? (() => false);
}
