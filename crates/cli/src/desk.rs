//! Who works, by which clock, with how many threads: what the command line takes from the machine.

use crate::args::Args;
use std::time::{SystemTime, UNIX_EPOCH};
use workbench::{Desk, Limits, Micros};

/// The desk that this call works at.
pub fn desk(args: &Args) -> Desk {
    let usual = Limits::default();
    Desk {
        who: who(),
        tool: format!("exhibit {}", workbench::version()),
        now,
        threads: args
            .threads
            .or_else(|| std::thread::available_parallelism().ok().map(usize::from))
            .unwrap_or(1),
        limits: Limits {
            record_bytes: args.record_bytes.unwrap_or(usual.record_bytes),
            json_depth: args.json_depth.unwrap_or(usual.json_depth),
            archive_depth: args.archive_depth.unwrap_or(usual.archive_depth),
            archive_entries: args.archive_entries.unwrap_or(usual.archive_entries),
            bomb_bytes: args.bomb_bytes.unwrap_or(usual.bomb_bytes),
            bomb_ratio: args.bomb_ratio.unwrap_or(usual.bomb_ratio),
        },
    }
}

fn who() -> String {
    let named = ["USER", "LOGNAME", "USERNAME"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|who| !who.is_empty()));
    named.unwrap_or_else(|| "unknown".into())
}

fn now() -> Micros {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
