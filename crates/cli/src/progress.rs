//! Progress on a terminal: what is being done, how much, at what rate, and how long it may take.
//! Nothing where standard error is no terminal.

use crate::output::{bytes, harmless, thousands};
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use workbench::{Phase, Progress, Reached};

/// Work shorter than this shows nothing.
const PATIENCE: Duration = Duration::from_millis(700);
const PACE: Duration = Duration::from_millis(150);

/// Runs long work while its progress is shown, and stops it on Ctrl-C.
pub fn watch<T>(work: impl FnOnce(&Progress) -> T) -> T {
    let progress = Arc::new(Progress::default());
    let asked = Arc::clone(&progress);
    // Where a handler is there already or none can be had, Ctrl-C ends the process, and the next
    // opening of the case takes back what was unfinished.
    let _ = ctrlc::set_handler(move || asked.stop());
    let over = Arc::new(AtomicBool::new(false));
    let shown = io::stderr().is_terminal().then(|| {
        let (progress, over) = (Arc::clone(&progress), Arc::clone(&over));
        thread::spawn(move || show(&progress, &over))
    });
    let done = work(&progress);
    over.store(true, Ordering::Relaxed);
    if let Some(shown) = shown {
        shown.thread().unpark();
        let _ = shown.join();
    }
    done
}

fn show(progress: &Progress, over: &AtomicBool) {
    let begun = Instant::now();
    let mut written = false;
    let (mut phase, mut since) = (Phase::Looking, begun);
    loop {
        thread::park_timeout(PACE);
        if over.load(Ordering::Relaxed) {
            break;
        }
        let reached = progress.reached();
        if reached.phase != phase {
            (phase, since) = (reached.phase, Instant::now());
        }
        if begun.elapsed() >= PATIENCE {
            let line = line(&reached, since.elapsed());
            let _ = write!(io::stderr(), "\r\x1b[2K{line}");
            let _ = io::stderr().flush();
            written = true;
        }
    }
    if written {
        let _ = write!(io::stderr(), "\r\x1b[2K");
        let _ = io::stderr().flush();
    }
}

/// One line, short enough for a terminal of eighty columns.
fn line(reached: &Reached, since: Duration) -> String {
    let seconds = since.as_secs_f64().max(0.001);
    let rate = reached.bytes as f64 / seconds;
    match reached.phase {
        Phase::Looking => "looking at what is there …".into(),
        Phase::Judging => format!("judging {} records …", thousands(reached.records)),
        Phase::TakingBack => "taking back what was not finished …".into(),
        Phase::Proving => format!("proving {} records …", thousands(reached.records)),
        Phase::Writing => "writing the report …".into(),
        Phase::Checking => "checking the report …".into(),
        Phase::Reading if reached.total == 0 => {
            format!("reading · {} records", thousands(reached.records))
        }
        Phase::Reading => {
            let share = (reached.bytes as f64 / reached.total as f64).min(1.0);
            let left = if rate > 0.0 && seconds > 2.0 {
                left((reached.total.saturating_sub(reached.bytes)) as f64 / rate)
            } else {
                String::new()
            };
            let path: String = harmless(&reached.path)
                .chars()
                .rev()
                .take(24)
                .collect::<Vec<_>>()
                .into_iter()
                .rev()
                .collect();
            format!(
                "{:3.0} % · {} of {} · {}/s · {} records{left} · {path}",
                share * 100.0,
                bytes(reached.bytes),
                bytes(reached.total),
                bytes(rate as u64),
                thousands(reached.records)
            )
        }
    }
}

fn left(seconds: f64) -> String {
    match seconds.round() as u64 {
        s @ 0..=90 => format!(" · {s} s left"),
        s => format!(" · {} min left", s.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_share_rate_and_time_left() {
        let reached = Reached {
            phase: Phase::Reading,
            path: "streams/agents-prod.jsonl".into(),
            bytes: 50_000_000,
            total: 200_000_000,
            records: 81_234,
        };
        insta::assert_snapshot!(line(&reached, Duration::from_secs(5)), @" 25 % · 50.0 MB of 200.0 MB · 10.0 MB/s · 81,234 records · 15 s left · treams/agents-prod.jsonl");
    }
}
