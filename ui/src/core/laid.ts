/** What of a selection goes into the report: a record, the records of a finding or a path, a lineage. */

import type { Summary } from "../ipc";
import type { Desk } from "./desk.svelte";
import { placed } from "./findings";
import type { Selection } from "./view.svelte";

export interface Laid {
  /** In words, as the end of "Put … into the report". */
  what: string;
  is(desk: Desk): boolean;
  take(desk: Desk): void;
  drop(desk: Desk): void;
}

function records(what: string, events: readonly string[]): Laid | null {
  const names = [...new Set(events)];
  if (names.length === 0) return null;
  return {
    what,
    is: (desk) => names.every((name) => desk.hasRecord(name)),
    take: (desk) => desk.takeRecord(...names),
    drop: (desk) => desk.dropRecord(...names),
  };
}

function lineage(id: string): Laid {
  return {
    what: "its lineage",
    is: (desk) => desk.hasLineage(id),
    take: (desk) => desk.takeLineage(id),
    drop: (desk) => desk.dropLineage(id),
  };
}

/** What can be laid onto the desk of it; nothing where it is nothing that a report tells. */
export function laid(selection: Selection, summary: Summary | null): Laid | null {
  switch (selection?.kind) {
    case "record":
      return records("this record", [`E${selection.id.file}:${selection.id.ordinal}`]);
    case "credential":
      return lineage(selection.node.credential);
    case "thing":
      return selection.thing.kind === "credential" ? lineage(selection.thing.id) : null;
    case "reached": {
      const { path, must } = selection.reached;
      return records(
        "the records of its path",
        [...path, ...(must?.path ?? [])].map((step) => step.event),
      );
    }
    case "edge":
      return records("the records that show it", selection.edge.events);
    case "finding": {
      const own = placed(selection.finding, summary);
      const place = own?.source_id != null && own.ordinal != null ? [`E${own.source_id}:${own.ordinal}`] : [];
      return records("its records", [...selection.finding.events.map((row) => row.event), ...place]);
    }
    default:
      return null;
  }
}
