//! How far long work has come, and the wish to stop it. Shared between the thread that works and
//! whoever shows it.

use crate::failure::{Failure, Result};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

/// Counters that the work moves and a front end reads, at its own pace.
#[derive(Debug, Default)]
pub struct Progress {
    stop: AtomicBool,
    phase: AtomicU8,
    bytes: AtomicU64,
    total: AtomicU64,
    records: AtomicU64,
    path: Mutex<String>,
}

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Phase {
    /// Looking at what is there.
    #[default]
    Looking,
    /// Reading evidence.
    Reading,
    /// Judging what was read.
    Judging,
    /// Taking an unfinished import back.
    TakingBack,
    /// Gathering what proves the records of a report.
    Proving,
    /// Writing a report.
    Writing,
    /// Checking a report.
    Checking,
}

/// One look at the counters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reached {
    /// What is being done.
    pub phase: Phase,
    /// The file being read.
    pub path: String,
    /// Bytes read, as they lie on the disk.
    pub bytes: u64,
    /// Bytes to be read in all; 0 where that is not known.
    pub total: u64,
    /// Records read.
    pub records: u64,
}

impl Progress {
    /// Asks the work to stop at its next batch.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked to stop.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// How far it has come.
    pub fn reached(&self) -> Reached {
        let phase = match self.phase.load(Ordering::Relaxed) {
            1 => Phase::Reading,
            2 => Phase::Judging,
            3 => Phase::TakingBack,
            4 => Phase::Proving,
            5 => Phase::Writing,
            6 => Phase::Checking,
            _ => Phase::Looking,
        };
        Reached {
            phase,
            path: self
                .path
                .lock()
                .map(|path| path.clone())
                .unwrap_or_default(),
            bytes: self.bytes.load(Ordering::Relaxed),
            total: self.total.load(Ordering::Relaxed),
            records: self.records.load(Ordering::Relaxed),
        }
    }

    pub(crate) fn enter(&self, phase: Phase) {
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    /// Enters a phase of a report, whose records are counted from here on, or stops where that was
    /// asked for.
    pub(crate) fn begin(&self, phase: Phase) -> Result<()> {
        self.enter(phase);
        self.expect(0);
        self.at("");
        self.go_on()
    }

    /// Ends the work where it was asked to stop.
    pub(crate) fn go_on(&self) -> Result<()> {
        match self.is_stopped() {
            true => Err(Failure::stopped()),
            false => Ok(()),
        }
    }

    pub(crate) fn expect(&self, total: u64) {
        self.total.store(total, Ordering::Relaxed);
        self.bytes.store(0, Ordering::Relaxed);
        self.records.store(0, Ordering::Relaxed);
    }

    pub(crate) fn at(&self, path: &str) {
        if let Ok(mut at) = self.path.lock() {
            path.clone_into(&mut at);
        }
    }

    pub(crate) fn add_bytes(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn add_records(&self, records: u64) {
        self.records.fetch_add(records, Ordering::Relaxed);
    }
}
