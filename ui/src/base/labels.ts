/** Where words of a picture stand so that none lies on another, nor on a mark. */

import type { Point } from "./plane";

/** A rectangle that is taken. */
interface Taken {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** A word that is to be placed, and the places it may have, the best first. */
export interface Wish {
  width: number;
  height: number;
  /** Middles of the places. */
  at: Point[];
}

/** Squares of the plane, so that only what is near is compared. */
const SQUARE = 120;

/** What is taken already; asks and answers in pixels. */
export class Plan {
  #squares = new Map<string, Taken[]>();
  #within: { width: number; height: number } | null;

  /** With `within`, words stand wholly inside of it. */
  constructor(within: { width: number; height: number } | null = null) {
    this.#within = within;
  }

  #near(box: Taken): string[] {
    const out: string[] = [];
    for (let x = Math.floor(box.left / SQUARE); x <= Math.floor(box.right / SQUARE); x++)
      for (let y = Math.floor(box.top / SQUARE); y <= Math.floor(box.bottom / SQUARE); y++) out.push(`${x} ${y}`);
    return out;
  }

  /** Takes a rectangle about a point, whatever lies there. */
  take(at: Point, width: number, height: number): void {
    const box = boxOf(at, width, height);
    for (const square of this.#near(box)) {
      const held = this.#squares.get(square);
      if (held) held.push(box);
      else this.#squares.set(square, [box]);
    }
  }

  isFree(at: Point, width: number, height: number): boolean {
    const box = boxOf(at, width, height);
    if (this.#within && (box.left < 0 || box.top < 0 || box.right > this.#within.width || box.bottom > this.#within.height)) return false;
    return this.#near(box).every((square) =>
      (this.#squares.get(square) ?? []).every(
        (other) => box.right <= other.left || other.right <= box.left || box.bottom <= other.top || other.bottom <= box.top,
      ),
    );
  }

  /** The first of the places that is free, which is then taken; null where none is. */
  place(wish: Wish): Point | null {
    for (const at of wish.at) {
      if (!this.isFree(at, wish.width, wish.height)) continue;
      this.take(at, wish.width, wish.height);
      return at;
    }
    return null;
  }
}

function boxOf(at: Point, width: number, height: number): Taken {
  return { left: at.x - width / 2, top: at.y - height / 2, right: at.x + width / 2, bottom: at.y + height / 2 };
}

/** Where each node's name may stand: below, above, beside its mark, which reaches `clear` far. `letters` of the mono face. */
export function nameWish(node: Point, letters: number, clear = 13): Wish {
  const width = letters * 6.6 + 4;
  return {
    width,
    height: 13,
    at: [
      { x: node.x, y: node.y + clear + 9 },
      { x: node.x, y: node.y - clear - 7 },
      { x: node.x + clear + 5 + width / 2, y: node.y },
      { x: node.x - clear - 5 - width / 2, y: node.y },
    ],
  };
}

/** Where an edge's two lines of words may stand: above or below its middle where it is flat, else beside. */
export function wordsWish(middle: Point, flat: boolean, letters: number): Wish {
  const width = letters * 5.8 + 4;
  const above = { x: middle.x, y: middle.y - 19 };
  const below = { x: middle.x, y: middle.y + 19 };
  const right = { x: middle.x + 9 + width / 2, y: middle.y };
  const left = { x: middle.x - 9 - width / 2, y: middle.y };
  return { width, height: 23, at: flat ? [above, below, right, left] : [right, left, above, below] };
}
