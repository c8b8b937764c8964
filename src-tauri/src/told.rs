//! What the page is told: the case that is open, drops, and running work.

use serde::Serialize;
use ts_rs::TS;
use workbench::api::FailureView;

/// The case that is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CaseInfo {
    /// Its file's name.
    pub name: String,
    /// Where it lies.
    pub path: String,
    /// Whether it can be written to; false where another program has it open, or the file cannot be
    /// written.
    pub writable: bool,
    /// What is to be said of its opening, in words: why it cannot be written to, what an interrupted
    /// import left.
    pub notes: Vec<String>,
}

/// What the page is told without asking.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "event", rename_all = "kebab-case")]
#[ts(export)]
pub enum Told {
    /// A case was opened, or the open one was closed.
    Case {
        /// The one that is open now.
        case: Option<CaseInfo>,
    },
    /// What is in the case, or what is known of it, has changed.
    Changed,
    /// Files are held over the window, or no longer.
    Drag {
        /// Whether they are.
        over: bool,
    },
    /// What was asked for by a drop could not be done.
    Failed {
        /// Why.
        failure: FailureView,
    },
    /// A report was dropped on the window, to be checked.
    Report {
        /// Its name.
        name: String,
    },
    /// How far a piece of work is. The last of a piece has an `end`.
    Work {
        /// The piece.
        work: Work,
    },
}

/// A piece of running work.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct Work {
    /// To cancel it by.
    pub id: u32,
    /// `import` or `trust`.
    pub act: String,
    /// `waiting`, `looking`, `reading`, `verifying`, `taking-back`, `proving`, `writing` or
    /// `checking`.
    pub phase: String,
    /// The file that is being read.
    pub path: Option<String>,
    /// Bytes done so far.
    pub bytes_done: u64,
    /// Of how many, where that is known.
    pub bytes_total: Option<u64>,
    /// Records done so far.
    pub records_done: u64,
    /// Since it began, in milliseconds.
    pub elapsed_ms: u64,
    /// How it ended; null while it runs.
    pub end: Option<End>,
}

/// How a piece of work ended.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "how", rename_all = "kebab-case")]
#[ts(export)]
pub enum End {
    /// All of it is done.
    Done,
    /// It was cancelled; nothing of it is in the case.
    Cancelled,
    /// It failed; nothing of it is in the case.
    Failed {
        /// Why.
        failure: FailureView,
    },
}
