/** Stacked bars as SVG paths: x in buckets, y in pixels, no smoothing. */

/** What the program counts in a bucket: contradicted, unproven, intact, verified, unchecked. */
export type Counts = readonly number[];

/** From the bottom up: verified, intact, unproven, contradicted, not yet checked. */
const ORDER = [
  { word: "verified", at: 3 },
  { word: "intact", at: 2 },
  { word: "unproven", at: 1 },
  { word: "contradicted", at: 0 },
  { word: "unchecked", at: 4 },
] as const;

/** A path for each verdict that occurs. */
export interface Layer {
  word: (typeof ORDER)[number]["word"];
  path: string;
}

export function totalOf(counts: Counts): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Adds neighbouring buckets together, so that there are at most `most`. Gives how many went in one. */
export function merge(buckets: readonly Counts[], most: number): { bars: number[][]; each: number } {
  const each = Math.max(1, Math.ceil(buckets.length / Math.max(1, most)));
  const bars: number[][] = [];
  for (let start = 0; start < buckets.length; start += each) {
    const sum = [0, 0, 0, 0, 0];
    for (const counts of buckets.slice(start, start + each)) counts.forEach((count, at) => (sum[at]! += count));
    bars.push(sum);
  }
  return { bars, each };
}

const px = (value: number) => String(Math.round(value * 10) / 10);

/**
 * The bars, `height` pixels for `top` records. A bar with a contradicted record shows it at least
 * three pixels high, and anything at all shows.
 */
export function stack(bars: readonly Counts[], height: number, top: number): Layer[] {
  const paths = new Map<string, string>();
  bars.forEach((counts, x) => {
    let y = height;
    const scale = top > 0 ? height / top : 0;
    const heights = ORDER.map(({ word, at }) => {
      const count = counts[at] ?? 0;
      return count === 0 ? 0 : Math.max(count * scale, word === "contradicted" ? 3 : 0.75);
    });
    // What the least heights add is taken from the tallest layer, so that no bar grows past the top.
    const over = heights.reduce((sum, one) => sum + one, 0) - height;
    if (over > 0) {
      const tallest = heights.indexOf(Math.max(...heights));
      heights[tallest] = Math.max(0.75, heights[tallest]! - over);
    }
    ORDER.forEach(({ word }, index) => {
      const own = heights[index]!;
      if (own === 0) return;
      y -= own;
      paths.set(word, `${paths.get(word) ?? ""}M${x} ${px(y + own)}h.8v-${px(own)}h-.8z`);
    });
  });
  return ORDER.flatMap(({ word }) => (paths.has(word) ? [{ word, path: paths.get(word)! }] : []));
}

/** One grey path over all buckets, on its own scale. */
export function outline(bars: readonly Counts[], height: number): string {
  const totals = bars.map(totalOf);
  const top = Math.max(1, ...totals);
  return totals
    .map((total, x) => (total === 0 ? "" : `M${x} ${height}v-${px((total / top) * height)}h1v${px((total / top) * height)}z`))
    .join("");
}

/** The first and last bucket that holds anything; null where none does. */
export function occupied(buckets: readonly Counts[]): [number, number] | null {
  const first = buckets.findIndex((counts) => totalOf(counts) > 0);
  if (first < 0) return null;
  let last = buckets.length - 1;
  while (totalOf(buckets[last]!) === 0) last -= 1;
  return [first, last];
}
