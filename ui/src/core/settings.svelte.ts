/** What the person prefers. Kept by the web view, never in the case. */

export type Scheme = "system" | "light" | "dark";

const KEY = "exhibit.settings";

export class Settings {
  scheme = $state<Scheme>("system");
  comfortable = $state(false);

  constructor() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Settings>;
      if (kept.scheme === "light" || kept.scheme === "dark") this.scheme = kept.scheme;
      this.comfortable = kept.comfortable === true;
    } catch {
      // Nothing kept, or not readable: the defaults hold.
    }
  }

  /** Applies the scheme to the page and keeps everything. */
  apply(): void {
    if (this.scheme === "system") delete document.documentElement.dataset.scheme;
    else document.documentElement.dataset.scheme = this.scheme;
    try {
      localStorage.setItem(KEY, JSON.stringify({ scheme: this.scheme, comfortable: this.comfortable }));
    } catch {
      // A web view that keeps nothing still shows what was chosen.
    }
  }
}
