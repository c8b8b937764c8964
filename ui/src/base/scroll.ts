/**
 * A table of any number of rows in a scroll bar of bounded height. Web views lay nothing out beyond
 * some 16 to 33 million pixels, so above about 700,000 rows the bar is shorter than the rows are, and
 * a wheel's pixels are applied to the rows, not to the bar.
 */

/** The tallest element that every web view lays out exactly. */
export const TALLEST = 16_000_000;

/** The table as it is to be scrolled, in pixels. */
export interface Extent {
  /** All rows. */
  content: number;
  /** What is seen of them. */
  view: number;
}

/** How tall the scrolled element is. */
export function barHeight(extent: Extent): number {
  return Math.min(Math.max(extent.content, extent.view), TALLEST);
}

/** How far the rows can be scrolled. */
export function furthest(extent: Extent): number {
  return Math.max(0, extent.content - extent.view);
}

/** The place among the rows for a place of the bar. */
export function fromBar(top: number, extent: Extent): number {
  const bar = barHeight(extent) - extent.view;
  if (bar <= 0) return 0;
  return Math.min(1, Math.max(0, top / bar)) * furthest(extent);
}

/** The place of the bar for a place among the rows. */
export function toBar(y: number, extent: Extent): number {
  const far = furthest(extent);
  if (far <= 0) return 0;
  return (Math.min(far, Math.max(0, y)) / far) * (barHeight(extent) - extent.view);
}

/** Whether the bar is shorter than the rows. */
export function isScaled(extent: Extent): boolean {
  return extent.content > TALLEST;
}

/** A row on the screen: its rank and how far below the top edge it begins. */
export interface Placed {
  rank: number;
  top: number;
}

/**
 * Which rows fill the view at place `y`, where each row is `row` tall and some have notes above them
 * (`notes(rank)` pixels). The top row is scrolled through its own height with its notes, so that
 * nothing jumps where a note comes or goes.
 */
export function place(y: number, view: number, row: number, count: number, notes: (rank: number) => number): Placed[] {
  if (count <= 0) return [];
  const first = Math.min(count - 1, Math.max(0, Math.floor(y / row)));
  const part = Math.min(1, Math.max(0, y / row - first));
  let top = -part * (row + notes(first));
  const out: Placed[] = [];
  for (let rank = first; rank < count && top < view; rank++) {
    top += notes(rank);
    out.push({ rank, top });
    top += row;
  }
  return out;
}

/** What the notes among the last rows add to the height, so that the last row can be reached. */
export function tail(view: number, row: number, count: number, notes: (rank: number) => number): number {
  let height = 0;
  let extra = 0;
  for (let rank = count - 1; rank >= 0; rank--) {
    height += row + notes(rank);
    // The row that the view's edge cuts through is scrolled by its share, so it counts by its share.
    if (height >= view) {
      const own = row + notes(rank);
      const seen = (view - (height - own)) / own;
      return extra + notes(rank) * seen;
    }
    extra += notes(rank);
  }
  return extra;
}
