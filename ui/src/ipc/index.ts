import type { Backend } from "./backend";

export * from "./backend";

/** The backend of this page: the program that it is the window of; in a plain browser, while it is developed, one in memory. */
export async function connect(): Promise<Backend> {
  if (import.meta.env.MODE !== "production" && !("__TAURI_INTERNALS__" in window)) return (await import("./fake")).fake();
  return (await import("./shell")).shell;
}
