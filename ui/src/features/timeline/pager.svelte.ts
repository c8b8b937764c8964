/**
 * Pages of the timeline, fetched by rank. The latest request wins: what was asked for an earlier
 * filter is thrown away when it comes, and of two places only the one that is looked at is fetched.
 * What is shown stays until something newer is there, so that nothing goes blank.
 */

import { asFailure, type Failure, type TimelineFilter, type TimelinePage, type TimelineRow } from "../../ipc";

export const PAGE = 200;
/** Pages kept: some ten thousand rows. */
const KEPT = 50;
/** Requests on their way at once. */
const AT_ONCE = 2;

type Fetch = (filter: TimelineFilter, first: number, limit: number) => Promise<TimelinePage>;

interface Held {
  rows: TimelineRow[];
  /** Of which look at the case. */
  look: number;
}

export class Pager {
  /** How many match; null while that is being counted. */
  matching = $state<number | null>(null);
  /** How many rows there are to go through: of a filter whose rows are being counted, the first page's. */
  count = $derived.by(() => this.matching ?? this.#first);
  total = $state(0);
  /** Why the newest filter or the newest look could not be shown; what stands is of before. */
  failure = $state.raw<Failure | null>(null);
  /** Whether what stands is of an earlier filter than the one asked for. */
  behind = false;

  /** Rises with each answer, so that whoever draws rows draws them again. */
  #tick = $state(0);
  #first = $state<number | null>(null);
  #fetch: Fetch;
  #changed: (fresh: boolean) => void;
  #pages = new Map<number, Held>();
  #filter: TimelineFilter | null = null;
  /** Rises with each filter. */
  #epoch = 0;
  /** Rises with each change of the case. */
  #look = 0;
  #wanted: [number, number] = [0, 0];
  #flying = new Map<number, number>();

  /** `changed` is told whether the rows are of another filter than before. */
  constructor(fetch: Fetch, changed: (fresh: boolean) => void) {
    this.#fetch = fetch;
    this.#changed = changed;
  }

  /** Shows another filter, from its first page. */
  show(filter: TimelineFilter): void {
    this.#filter = filter;
    this.#epoch += 1;
    this.#look += 1;
    this.#flying.clear();
    this.#wanted = [0, 0];
    this.behind = true;
    this.#pump();
  }

  /** The case has changed: what is seen is fetched again. */
  refresh(): void {
    if (!this.#filter) return;
    this.#look += 1;
    this.#flying.clear();
    this.#pump();
  }

  /** All that matches the filter has been counted. */
  counted(filter: TimelineFilter, matching: number): void {
    if (filter === this.#filter && !this.behind) this.matching = matching;
  }

  /** Says which ranks are looked at. */
  want(first: number, last: number): void {
    this.#wanted = [Math.max(0, Math.floor(first / PAGE)), Math.max(0, Math.floor(last / PAGE))];
    this.#pump();
  }

  row(rank: number): TimelineRow | undefined {
    void this.#tick;
    return this.#pages.get(Math.floor(rank / PAGE))?.rows[rank % PAGE];
  }

  #pump(): void {
    if (!this.#filter) return;
    const [first, last] = this.behind ? [0, 0] : this.#wanted;
    for (let page = first; page <= last && this.#flying.size < AT_ONCE; page++) {
      const held = this.#pages.get(page);
      if (this.#flying.has(page) || (!this.behind && held && held.look >= this.#look)) continue;
      void this.#get(page);
    }
  }

  async #get(page: number): Promise<void> {
    const epoch = this.#epoch;
    const look = this.#look;
    this.#flying.set(page, look);
    try {
      const found = await this.#fetch(this.#filter!, page * PAGE, PAGE);
      if (epoch !== this.#epoch) return;
      const fresh = this.behind;
      if (fresh) {
        this.#pages.clear();
        this.behind = false;
      }
      this.failure = null;
      // Of the same filter, what was counted last stands until it is counted anew.
      if (fresh || found.matching !== null) this.matching = found.matching;
      if (page === 0) this.#first = found.rows.length;
      this.total = found.total;
      this.#pages.delete(page);
      this.#pages.set(page, { rows: found.rows, look });
      this.#forget();
      this.#tick += 1;
      this.#changed(fresh);
    } catch (thrown) {
      if (epoch !== this.#epoch) return;
      this.failure = asFailure(thrown);
      // Not asked for again until someone wants it anew; what stands stays.
      this.#pages.set(page, { rows: this.#pages.get(page)?.rows ?? [], look });
      this.behind = false;
      this.#tick += 1;
      this.#changed(false);
    } finally {
      if (epoch === this.#epoch && this.#flying.get(page) === look) {
        this.#flying.delete(page);
        this.#pump();
      }
    }
  }

  /** Lets go of the pages that were fetched longest ago and are not looked at. */
  #forget(): void {
    for (const page of this.#pages.keys()) {
      if (this.#pages.size <= KEPT) return;
      if (page < this.#wanted[0] || page > this.#wanted[1]) this.#pages.delete(page);
    }
  }
}
