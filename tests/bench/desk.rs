//! The desk that the benchmark works at.

use std::time::{SystemTime, UNIX_EPOCH};
use workbench::{Desk, Limits, Micros};

pub fn desk(threads: usize) -> Desk {
    Desk {
        who: "bench".into(),
        tool: "bench".into(),
        now: || {
            let since = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default();
            Micros(since.as_micros() as i64)
        },
        threads,
        limits: Limits::default(),
    }
}

/// The most memory that this process has held, in bytes. Where the system does not tell, 0.
pub fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kib.unwrap_or(0) << 10
}

/// The processor time of all threads of this process, in seconds. Where the system does not tell,
/// 0.
pub fn processor() -> f64 {
    /// Linux counts in hundredths, whatever its own clock.
    const TICKS: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The second field, the name, may hold spaces and brackets; user and system time are the 14th
    // and 15th.
    let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
    let ticks = after
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<f64>().ok());
    ticks.sum::<f64>() / TICKS
}
