/** Where nodes and edges stand on the screen, from the engine's places. */

export interface Point {
  x: number;
  y: number;
}

/** The box that holds all points, with room for what is written at them. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Room about the outermost nodes for what is written at them. */
const ROOM = { left: 90, right: 90, top: 30, bottom: 70 };

/** Above so many points their crowds are drawn apart. */
const CROWD = 60;
/** How much of a place is its rank among all, where there are many: voids shrink, crowds widen, the order stays. */
const EVEN = 0.6;

/** Values between 0 and 1: where each lies from the least to the greatest, in a crowd drawn apart. */
export function evened(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  const [least, span] = [sorted[0] ?? 0, (sorted[sorted.length - 1] ?? 0) - (sorted[0] ?? 0)];
  if (span <= 0) return values.map(() => 0.5);
  const share = values.length > CROWD ? EVEN : 0;
  const ranks = new Map<number, number>();
  sorted.forEach((value, at) => ranks.set(value, ranks.get(value) ?? at));
  return values.map((value) => ((value - least) / span) * (1 - share) + (ranks.get(value)! / (values.length - 1)) * share);
}

/** So many points at most are kept from lying on one another: each is held against each. */
const KEPT_APART = 150;
/** Nearer than this, two marks and what is between them cannot be told apart. */
const NEAREST = 70;
const ROUNDS = 24;

/** Moves points that are nearer than this to one another apart, each by half, and as little as that takes. */
export function keptApart(points: readonly Point[], least: number): Point[] {
  const out = points.map((one) => ({ ...one }));
  if (out.length > KEPT_APART) return out;
  for (let round = 0; round < ROUNDS; round++) {
    let moved = false;
    for (let a = 0; a < out.length; a++)
      for (let b = a + 1; b < out.length; b++) {
        const [one, other] = [out[a]!, out[b]!];
        // Two at one place part sidewards.
        const [dx, dy] = one.x === other.x && one.y === other.y ? [1, 0] : [other.x - one.x, other.y - one.y];
        const far = Math.hypot(dx, dy);
        if (far >= least) continue;
        const by = (least - (one.x === other.x && one.y === other.y ? 0 : far)) / 2 / far;
        out[a] = { x: one.x - dx * by, y: one.y - dy * by };
        out[b] = { x: other.x + dx * by, y: other.y + dy * by };
        moved = true;
      }
    if (!moved) break;
  }
  return out;
}

/**
 * The engine's places over a canvas of this size, so that words keep their size; where there are too
 * many nodes for it, over a larger plane, which is then seen from farther away or in parts.
 */
export function spreadOut(points: readonly Point[], canvas: { width: number; height: number }): { points: Point[]; box: Box } {
  const grow = Math.max(1, Math.sqrt((points.length * 9000) / Math.max(1, canvas.width * canvas.height)));
  const box = { x: 0, y: 0, width: canvas.width * grow, height: canvas.height * grow };
  const [wide, high] = [
    Math.max(1, box.width - (ROOM.left + ROOM.right) * grow),
    Math.max(1, box.height - (ROOM.top + ROOM.bottom) * grow),
  ];
  const [across, down] = [evened(points.map((one) => one.x)), evened(points.map((one) => one.y))];
  const spread = points.map((_, at) => ({ x: ROOM.left * grow + across[at]! * wide, y: ROOM.top * grow + down[at]! * high }));
  // Neither pushes a point out of the plane.
  const inside = (value: number, from: number, until: number) => Math.min(until, Math.max(from, value));
  return {
    points: keptApart(spread, NEAREST).map(({ x, y }) => ({ x: inside(x, 20, box.width - 20), y: inside(y, 16, box.height - 50) })),
    box,
  };
}

/** A box about a point of another, larger or smaller by a factor. */
export function zoom(box: Box, at: Point, factor: number): Box {
  const width = Math.min(60_000, Math.max(80, box.width * factor));
  const scale = width / box.width;
  return { x: at.x - (at.x - box.x) * scale, y: at.y - (at.y - box.y) * scale, width, height: box.height * scale };
}

/**
 * The line of an edge, kept clear of both nodes' marks, bowed where several edges join one pair, so
 * that none lies on another. Gives the path, its middle, and the arrow's angle.
 */
export function line(from: Point, to: Point, bow: number, clear = 17): { path: string; middle: Point; tip: Point; angle: number } {
  const px = (value: number) => Math.round(value * 10) / 10;
  if (Math.hypot(to.x - from.x, to.y - from.y) < 1) {
    // An edge to itself: a loop above the node.
    const middle = { x: from.x, y: from.y - 44 - Math.abs(bow) };
    return {
      path: `M${px(from.x - 9)} ${px(from.y - clear)}C${px(from.x - 30)} ${px(middle.y - 12)} ${px(from.x + 30)} ${px(middle.y - 12)} ${px(from.x + 9)} ${px(from.y - clear)}`,
      middle,
      tip: { x: from.x + 9, y: from.y - clear },
      angle: 115,
    };
  }
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const far = Math.hypot(dx, dy);
  const bend = { x: (from.x + to.x) / 2 - (dy / far) * bow, y: (from.y + to.y) / 2 + (dx / far) * bow };
  const cut = (end: Point) => {
    const away = Math.hypot(bend.x - end.x, bend.y - end.y);
    const by = Math.min(clear, away * 0.8) / Math.max(away, 1);
    return { x: end.x + (bend.x - end.x) * by, y: end.y + (bend.y - end.y) * by };
  };
  const [start, tip] = [cut(from), cut(to)];
  const middle = { x: (start.x + 2 * bend.x + tip.x) / 4, y: (start.y + 2 * bend.y + tip.y) / 4 };
  const angle = (Math.atan2(tip.y - bend.y, tip.x - bend.x) * 180) / Math.PI;
  return { path: `M${px(start.x)} ${px(start.y)}Q${px(bend.x)} ${px(bend.y)} ${px(tip.x)} ${px(tip.y)}`, middle, tip, angle };
}

/** How far each edge is bowed: edges of one pair of nodes apart from each other. */
export function bows(edges: readonly { source: number; target: number }[]): number[] {
  const seen = new Map<string, number>();
  const total = new Map<string, number>();
  const key = (edge: { source: number; target: number }) => `${Math.min(edge.source, edge.target)} ${Math.max(edge.source, edge.target)}`;
  for (const edge of edges) total.set(key(edge), (total.get(key(edge)) ?? 0) + 1);
  return edges.map((edge) => {
    const nth = seen.get(key(edge)) ?? 0;
    seen.set(key(edge), nth + 1);
    const bow = (nth - (total.get(key(edge))! - 1) / 2) * 30;
    // Seen from the other end, the same side is the other.
    return edge.source <= edge.target ? bow : -bow;
  });
}
