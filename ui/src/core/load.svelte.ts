/** An answer of the program that is asked for again when what it depends on changes. */

import { asFailure, type Failure } from "../ipc";

export class Load<T> {
  value = $state.raw<T | null>(null);
  failure = $state.raw<Failure | null>(null);
  busy = $state(false);
  #asked = 0;
  #last: (() => Promise<T>) | null = null;

  /** Asks. What was asked for before is thrown away when it comes; what stands stays until then. */
  ask(question: () => Promise<T>): void {
    const mine = ++this.#asked;
    this.#last = question;
    this.busy = true;
    question().then(
      (value) => {
        if (mine === this.#asked) {
          this.value = value;
          this.failure = null;
          this.busy = false;
        }
      },
      (thrown) => {
        if (mine === this.#asked) {
          this.failure = asFailure(thrown);
          this.busy = false;
        }
      },
    );
  }

  again(): void {
    if (this.#last) this.ask(this.#last);
  }

  /** Nothing is asked for any more. */
  clear(): void {
    this.#asked += 1;
    this.value = null;
    this.failure = null;
    this.busy = false;
  }
}
