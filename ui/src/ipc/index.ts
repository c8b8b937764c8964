import type { Backend } from "./backend";

export * from "./backend";

/** The backend of this page: the program where it runs in its window, else one in memory. */
export async function connect(): Promise<Backend> {
  if ("__TAURI_INTERNALS__" in window) return (await import("./shell")).shell;
  return (await import("./fake")).fake();
}
