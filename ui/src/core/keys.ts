/** What a key means, apart from what it does. */

export type Command =
  | "next"
  | "previous"
  | "page-down"
  | "page-up"
  | "first"
  | "last"
  | "left"
  | "right"
  | "inspect"
  | "proof"
  | "fields"
  | "raw"
  | "filter"
  | "exclude"
  | "search"
  | "help"
  | "palette"
  | "escape"
  | "window-left"
  | "window-right"
  | "window-narrow"
  | "window-wide"
  | "window-all"
  | "context"
  | "wider"
  | "narrower"
  | "go-to-time"
  | "open"
  | "star"
  | "tag"
  | "comment"
  | "into-report"
  | `go-${string}`;

/** Letters after `g`. */
export const GOTO: Record<string, string> = {
  e: "evidence",
  t: "timeline",
  g: "graph",
  l: "lineage",
  r: "reach",
  i: "identities",
  s: "secrets",
  f: "findings",
  c: "coverage",
  k: "trust",
  o: "report",
};

const PLAIN: Record<string, Command> = {
  j: "next",
  k: "previous",
  ArrowDown: "next",
  ArrowUp: "previous",
  ArrowLeft: "left",
  ArrowRight: "right",
  PageDown: "page-down",
  PageUp: "page-up",
  Home: "first",
  End: "last",
  Enter: "inspect",
  p: "proof",
  f: "filter",
  F: "exclude",
  "/": "search",
  "?": "help",
  Escape: "escape",
  s: "star",
  t: "tag",
  c: "comment",
  r: "into-report",
  x: "context",
  "[": "narrower",
  "]": "wider",
  "+": "window-narrow",
  "=": "window-narrow",
  "-": "window-wide",
  "−": "window-wide",
  "0": "window-all",
};

/** A key as the browser reports it. */
export interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** Remembers a `g` until the next key. */
export class Keys {
  #after: "g" | null = null;

  /** What the key asks for. `typing`: the person is in a text field, where only Escape and chords count. */
  press(event: Pressed, typing: boolean): Command | null {
    const chord = event.ctrlKey || event.metaKey;
    const after = this.#after;
    this.#after = null;
    if (event.altKey) return null;
    if (chord) return event.key === "k" ? "palette" : event.key === "o" ? "open" : event.key === "g" ? "go-to-time" : null;
    if (typing) return event.key === "Escape" ? "escape" : null;
    if (after === "g") {
      const place = GOTO[event.key];
      return place ? `go-${place}` : null;
    }
    if (event.shiftKey && event.key === "ArrowLeft") return "window-left";
    if (event.shiftKey && event.key === "ArrowRight") return "window-right";
    if (event.key === "g") {
      this.#after = "g";
      return null;
    }
    return PLAIN[event.key] ?? null;
  }
}
