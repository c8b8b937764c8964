/** What the person says of the selected event: a star, tags, a comment. */

import type { NoteView } from "../ipc";
import type { App } from "./app";

/** What is to change; what is absent stays. */
export interface Said {
  star?: boolean;
  tag?: string[];
  untag?: string[];
  comment?: string;
}

/** Changes what is said of the selected event. Gives what is said of it now; null where nothing is selected or it failed. */
export async function annotate({ backend, kase, view }: App, said: Said): Promise<NoteView | null> {
  const selection = view.selection;
  if (selection?.kind !== "record") return null;
  const id = { file: selection.id.file, ordinal: selection.id.ordinal };
  const note = await kase.attempt(() => backend.annotate({ id, tag: [], untag: [], ...said }));
  if (!note) return null;
  const now = view.selection;
  if (now?.kind === "record" && now.row && now.id.file === id.file && now.id.ordinal === id.ordinal) {
    view.selection = { ...now, row: { ...now.row, note } };
  }
  kase.version += 1;
  return note;
}
