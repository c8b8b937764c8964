/** What a key or a menu asks for, handed to whoever can do it: the newest listener first. */

type Listener = (name: string) => boolean;

export class Commands {
  #listeners: Listener[] = [];

  /** Listens until the returned function is called. A listener says whether it did the thing. */
  listen(listener: Listener): () => void {
    this.#listeners.push(listener);
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener);
    };
  }

  /** Whether anyone did it. */
  run(name: string): boolean {
    for (let at = this.#listeners.length - 1; at >= 0; at--) if (this.#listeners[at]!(name)) return true;
    return false;
  }
}
