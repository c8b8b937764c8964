//! What can be asked for on the command line.

use crate::commands::{custody, demo, import, record, seal, timeline, trust, verify};
use crate::zone::Zone;
use clap::{Parser, Subcommand};

/// Takes exported audit evidence of agents, workloads, service accounts and tokens into a case
/// file, verifies every chain, digest and signature offline, and shows what stands and what does
/// not.
#[derive(Debug, Parser)]
#[command(name = "exhibit", version, max_term_width = 100, after_help = AFTER_HELP)]
pub struct Args {
    /// Print exactly one JSON document on standard output.
    #[arg(long, global = true)]
    pub json: bool,
    /// Show times in this zone, e.g. Europe/Berlin or +02:00 [default: UTC].
    #[arg(long, global = true, value_name = "ZONE", default_value = "UTC", hide_default_value = true)]
    pub zone: Zone,
    /// The longest record, in bytes [default: 16 MiB].
    #[arg(long, global = true, value_name = "BYTES", hide_short_help = true)]
    pub record_bytes: Option<usize>,
    /// How deep JSON may nest [default: 128].
    #[arg(long, global = true, value_name = "N", hide_short_help = true)]
    pub json_depth: Option<usize>,
    /// How deep archives may nest [default: 2].
    #[arg(long, global = true, value_name = "N", hide_short_help = true)]
    pub archive_depth: Option<usize>,
    /// How many entries one PATH may hold [default: 1,000,000].
    #[arg(long, global = true, value_name = "N", hide_short_help = true)]
    pub archive_entries: Option<u64>,
    /// From this size on a compressed entry may be refused as a bomb [default: 256 MiB].
    #[arg(long, global = true, value_name = "BYTES", hide_short_help = true)]
    pub bomb_bytes: Option<u64>,
    /// … where it grew to more than this many times its compressed size [default: 250].
    #[arg(long, global = true, value_name = "N", hide_short_help = true)]
    pub bomb_ratio: Option<u64>,
    /// How many threads work [default: one a core].
    #[arg(long, global = true, value_name = "N", hide_short_help = true)]
    pub threads: Option<usize>,
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Take evidence into a case, verify it, and say what stands.
    Import(import::Import),
    /// Verify everything in a case again, from its bytes.
    Verify(verify::Verify),
    /// Say which keys you trust, and see which verdicts that changes.
    Trust(trust::Trust),
    /// What happened, in time's order.
    Timeline(timeline::Timeline),
    /// One record: its bytes, its fields, and its proof step by step.
    Record(record::Record),
    /// What was done with a case, and the chain over it.
    Custody(custody::Custody),
    /// Seal exports into an audit bundle, where they are collected.
    Seal(seal::Seal),
    /// Write the demonstration evidence.
    Demo(demo::Demo),
}

const AFTER_HELP: &str = "\
First steps:
  exhibit demo story                                   sound evidence, a tampered twin, keys
  exhibit import case.exhibit story/tampered --keys story/keys/trusted.keys
  exhibit timeline case.exhibit verdict:contradicted   what is refuted, in time's order
  exhibit record case.exhibit example.com/agents-prod:907

Exit status: 0 nothing contradicted · 1 something is · 2 the request was wrong ·
3 the program could not do its work. Evidence, however bad, is never 2 or 3.";
