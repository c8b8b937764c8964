/**
 * The proof of the record that is looked at. One is asked for at a time, since in a large stream each is
 * work for the program: of those that were stepped over meanwhile, none is.
 */

import { asFailure, type Backend, type Failure, type ProofView, type Proving, type RecordId } from "../../ipc";

/** Milliseconds from one look at how far the reading is to the next. */
const LOOK = 250;

export class Prover {
  value = $state.raw<ProofView | null>(null);
  failure = $state.raw<Failure | null>(null);
  /** How far the reading is that the proof waits for; null where it waits for none. */
  reading = $state.raw<Proving | null>(null);
  #backend: Backend;
  #wanted: RecordId | null = null;
  #flying: RecordId | null = null;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Asks for the proof of a record; for that of the same, because the case has changed. */
  ask(id: RecordId): void {
    if (!same(id, this.#wanted)) {
      this.value = null;
      this.failure = null;
    }
    this.#wanted = id;
    // The reading of another file is given up for it; that of its own is waited for.
    if (this.#flying === null || this.#flying.file !== id.file) void this.#prove(id);
  }

  /** Nothing is waited for any more. */
  end(): void {
    this.#wanted = null;
    this.reading = null;
  }

  async #prove(id: RecordId): Promise<void> {
    this.#flying = id;
    void this.#watch(id);
    const isWanted = () => this.#wanted === id;
    try {
      const value = await this.#backend.proof(id);
      if (isWanted()) [this.value, this.failure] = [value, null];
    } catch (thrown) {
      if (isWanted()) [this.value, this.failure] = [null, asFailure(thrown)];
    } finally {
      if (this.#flying === id) {
        this.#flying = null;
        this.reading = null;
        if (this.#wanted !== null && !isWanted()) void this.#prove(this.#wanted);
      }
    }
  }

  /** Tells how far the reading is, until the proof is there. */
  async #watch(id: RecordId): Promise<void> {
    for (;;) {
      await new Promise((done) => setTimeout(done, LOOK));
      if (this.#flying !== id) return;
      const reading = await this.#backend.proving().catch(() => null);
      if (this.#flying === id && this.#wanted !== null) this.reading = reading;
    }
  }
}

const same = (id: RecordId, other: RecordId | null) => id.file === other?.file && id.ordinal === other.ordinal;
