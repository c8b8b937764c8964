//! Who works here, and by which clock. The engine reads neither.

use std::time::{SystemTime, UNIX_EPOCH};
use workbench::{Desk, Limits, Micros};

/// The desk of this window.
pub fn desk() -> Desk {
    Desk {
        who: ["USER", "USERNAME", "LOGNAME"]
            .iter()
            .find_map(|name| std::env::var(name).ok())
            .unwrap_or_else(|| "unknown".into()),
        tool: format!("exhibit-window {}", workbench::version()),
        now,
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        limits: Limits::default(),
    }
}

fn now() -> Micros {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
