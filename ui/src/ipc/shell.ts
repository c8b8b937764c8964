/** The backend in the desktop shell. The one file that imports Tauri. */

import { Channel, invoke } from "@tauri-apps/api/core";
import type { Backend, Told } from "./backend";

export const shell: Backend = {
  watch(listener) {
    const channel = new Channel<Told>();
    channel.onmessage = listener;
    return invoke("watch", { channel });
  },
  currentCase: () => invoke("initial_case"),
  openCase: () => invoke("open_case"),
  createCase: () => invoke("create_case"),
  closeCase: () => invoke("close_case"),
  demoCase: () => invoke("demo_case"),
  recentCases: () => invoke("recent_cases"),
  openRecent: (nth) => invoke("open_recent", { nth }),
  forgetRecent: () => invoke("forget_recent"),
  addFiles: () => invoke("start_import", { folder: false }),
  addFolder: () => invoke("start_import", { folder: true }),
  trusted: () => invoke("trusted"),
  trustChoose: () => invoke("trust_choose"),
  trustTyped: (fingerprint) => invoke("trust_typed", { fingerprint }),
  trustRemove: (fingerprint) => invoke("trust_remove", { fingerprint }),
  trustKeep: (how) => invoke("trust_keep", { how }),
  trustForget: () => invoke("trust_forget"),
  custody: () => invoke("custody"),
  custodyExport: () => invoke("custody_export"),
  identities: (query) => invoke("identities", { query }),
  things: (kind, query) => invoke("things", { kind, query }),
  lineage: (id) => invoke("lineage", { id }),
  reach: (from, after, origin) => invoke("reach", { from, after, origin }),
  graph: (query, near, most, open) => invoke("graph", { query, near, most, open }),
  graphExport: (query, near, most, open, form) => invoke("graph_export", { query, near, most, open, form }),
  lineageExport: (id, form) => invoke("lineage_export", { id, form }),
  reachExport: (from, after, origin, form) => invoke("reach_export", { from, after, origin, form }),
  findings: (query) => invoke("findings", { query }),
  annotate: (edit) => invoke("annotate", { edit }),
  assess: (edit) => invoke("assess", { edit }),
  columns: () => invoke("columns"),
  keepColumns: (columns) => invoke("keep_columns", { columns }),
  provenance: (id) => invoke("provenance", { id }),
  adequacy: () => invoke("adequacy"),
  cancelWork: (id) => invoke("cancel_work", { id }),
  summary: () => invoke("summary"),
  timeline: (filter, first, limit) => invoke("timeline", { filter, first, limit }),
  histogram: (filter, buckets) => invoke("histogram", { filter, buckets }),
  record: (id) => invoke("record", { id }),
  reportKey: () => invoke("report_key"),
  reportOutline: (asked) => invoke("report_outline", { asked }),
  reportWrite: (asked, sign, passphrase) => invoke("report_write", { asked, sign, passphrase }),
  reportKeys: () => invoke("report_keys"),
  reportCheckDropped: (withKeys) => invoke("report_check_dropped", { withKeys }),
  reportCheck: (folder, withKeys) => invoke("report_check", { folder, withKeys }),
};
