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

/** The engine's places lie between 0 and this, in both directions. */
const SIDE = 10_000;

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
  return {
    points: points.map((one) => ({ x: ROOM.left * grow + (one.x / SIDE) * wide, y: ROOM.top * grow + (one.y / SIDE) * high })),
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
