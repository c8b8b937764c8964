/** The case that is open, as far as the program has told of it. */

import { asFailure, type Backend, type CaseInfo, type Failure, type Histogram, type Summary, type Told, type Work } from "../ipc";

/** While work runs the case changes many times a second; the window looks again this often. */
const REFRESH_MS = 400;
/** Buckets of the brush: as many as it has pairs of pixels on the widest window. */
const BRUSH_BUCKETS = 256;

const EVERYTHING = { verdicts: [], from: null, until: null, query: "" };

export class Case {
  readonly backend: Backend;
  phase = $state<"starting" | "opening" | "none" | "open">("starting");
  info = $state.raw<CaseInfo | null>(null);
  summary = $state.raw<Summary | null>(null);
  /** All records over time, for the brush. */
  histogram = $state.raw<Histogram | null>(null);
  work = $state.raw<Work[]>([]);
  /** Work that failed or was cancelled and has not been put away. */
  ended = $state.raw<Work[]>([]);
  dragging = $state(false);
  /** The name of a report that was dropped and waits to be checked. */
  dropped = $state<string | null>(null);
  /** The last thing that the program could not do. */
  failure = $state.raw<Failure | null>(null);
  /** Rises whenever what is in the case may have changed. */
  version = $state(0);

  #timer: ReturnType<typeof setTimeout> | null = null;
  #asking = false;
  #again = false;
  #onOther: () => void = () => {};

  constructor(backend: Backend) {
    this.backend = backend;
  }

  /** Listens, and shows the case that the program was started with. */
  async start(onOther: () => void): Promise<void> {
    this.#onOther = onOther;
    await this.attempt(async () => {
      await this.backend.watch((told) => this.#hear(told));
      this.#take(await this.backend.currentCase());
    });
    if (this.phase === "starting") this.phase = "none";
  }

  /** Does something, and shows the failure where it cannot be done. */
  async attempt<T>(act: () => Promise<T>): Promise<T | undefined> {
    try {
      return await act();
    } catch (thrown) {
      this.failure = asFailure(thrown);
      return undefined;
    }
  }

  /** Opens a case in one of the ways there are. */
  async enter(open: () => Promise<CaseInfo | null>): Promise<void> {
    const before = this.phase;
    this.phase = "opening";
    const info = await this.attempt(open);
    if (info) this.#take(info);
    else if (this.phase === "opening") this.phase = before;
  }

  async leave(): Promise<void> {
    await this.attempt(() => this.backend.closeCase());
  }

  cancel(id: number): void {
    void this.attempt(() => this.backend.cancelWork(id));
  }

  putAway(id: number): void {
    this.ended = this.ended.filter((work) => work.id !== id);
  }

  #take(info: CaseInfo | null): void {
    if (info?.path === this.info?.path && this.phase === (info ? "open" : "none")) return;
    this.info = info;
    this.summary = null;
    this.histogram = null;
    this.ended = [];
    this.phase = info ? "open" : "none";
    this.version += 1;
    this.#onOther();
    if (info) void this.#look();
  }

  #hear(told: Told): void {
    if (told.event === "case") this.#take(told.case);
    else if (told.event === "drag") this.dragging = told.over;
    else if (told.event === "changed") this.#soon();
    else if (told.event === "report") this.dropped = told.name;
    else if (told.event === "failed") this.failure = told.failure;
    else {
      const work = told.work;
      const others = this.work.filter((other) => other.id !== work.id);
      if (!work.end) this.work = [...others, work].sort((a, b) => a.id - b.id);
      else {
        this.work = others;
        if (work.end.how !== "done") this.ended = [...this.ended.filter((other) => other.id !== work.id), work];
      }
      this.#soon();
    }
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      void this.#look();
    }, REFRESH_MS);
  }

  /** Asks again what is in the case. One question at a time; the last one is always asked. */
  async #look(): Promise<void> {
    if (this.#asking) {
      this.#again = true;
      return;
    }
    this.#asking = true;
    const info = this.info;
    try {
      const [summary, histogram] = await Promise.all([this.backend.summary(), this.backend.histogram(EVERYTHING, BRUSH_BUCKETS)]);
      if (info === this.info) {
        this.summary = summary;
        this.histogram = histogram;
        this.version += 1;
      }
    } catch (thrown) {
      if (info === this.info && info !== null) this.failure = asFailure(thrown);
    } finally {
      this.#asking = false;
      if (this.#again) {
        this.#again = false;
        this.#soon();
      }
    }
  }
}
