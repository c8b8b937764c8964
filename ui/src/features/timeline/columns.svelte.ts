/** The columns that are shown now, kept with the case. */

import type { Backend, Column, ColumnName } from "../../ipc";
import { moved, toggled, USUAL } from "./columns";

/** How wide a column can be made, in tenths of the text's size. */
export const NARROWEST = 24;
export const WIDEST = 800;

export class Columns {
  all = $state.raw<readonly Column[]>(USUAL);
  #backend: Backend;
  #isOpen: () => boolean;
  /** Whether what is shown is not kept yet. */
  #behind = $state(false);

  /** `isOpen`: whether the case that they are of is still the open one. */
  constructor(backend: Backend, isOpen: () => boolean) {
    this.#backend = backend;
    this.#isOpen = isOpen;
  }

  async load(): Promise<void> {
    const kept = await this.#backend.columns().catch(() => []);
    if (!this.#behind) this.all = kept.length > 0 ? kept : USUAL;
  }

  get areUsual(): boolean {
    return JSON.stringify(this.all) === JSON.stringify(USUAL);
  }

  toggle(name: ColumnName): void {
    this.#take(toggled(this.all, name));
  }

  /** Puts a column before another one, or at the end. */
  move(name: ColumnName, before: ColumnName | null): void {
    this.#take(moved(this.all, name, before));
  }

  /** One place to the left or to the right. */
  step(name: ColumnName, by: -1 | 1): void {
    const at = this.all.findIndex((column) => column.name === name);
    const after = this.all[at + (by < 0 ? -1 : 2)];
    if (by < 0 ? at > 0 : at < this.all.length - 1) this.move(name, after?.name ?? null);
  }

  /** As wide as that, or as is usual. */
  size(name: ColumnName, width: number | null): void {
    const kept = width === null ? null : Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)));
    this.#take(this.all.map((column) => (column.name === name ? { ...column, width: kept } : column)));
  }

  reset(): void {
    this.#take(USUAL);
  }

  #take(columns: readonly Column[]): void {
    this.all = columns;
    this.#behind = true;
  }

  /** Keeps what is not kept yet. A case that cannot be written to, or not now, shows it all the same. */
  async keep(): Promise<void> {
    if (!this.#behind || !this.#isOpen()) return;
    const columns = this.all;
    const usual = this.areUsual;
    try {
      await this.#backend.keepColumns(usual ? [] : [...columns]);
      if (columns === this.all) this.#behind = false;
    } catch {
      // It is tried again when the case has changed.
    }
  }
}
