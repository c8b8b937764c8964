//! The judgement over a whole case.

use crate::{Axes, FileId, Finding, kind::Format, verdict::Verdict};

/// What a judgement gives.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The verdict of every record, in stretches of one file.
    pub spans: Vec<Span>,
    /// The verdict of each file.
    pub files: Vec<FileOutcome>,
    /// Each stream.
    pub streams: Vec<StreamOutcome>,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// The records `first..=last` (ordinals) of a file share a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first ordinal.
    pub first: u64,
    /// The last ordinal, included.
    pub last: u64,
    /// What holds for each of them.
    pub verdict: Verdict,
    /// Which stream they belong to: an index into [`Outcome::streams`].
    pub stream: usize,
}

/// A file as a whole: the worst of its records and of the findings about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileOutcome {
    /// The file.
    pub file: FileId,
    /// What holds for it.
    pub verdict: Verdict,
    /// Whether a file without records has a place in its format (a seal, a sidecar, listed in a
    /// manifest): its bytes are structure. Otherwise they are rejected.
    pub placed: bool,
}

/// A stream: a bundle's, a chain of receipts, the logs of one account and region, one file of an
/// unsealed format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamOutcome {
    /// Its id.
    pub id: String,
    /// Its format.
    pub format: Format,
    /// How many records.
    pub records: u64,
    /// The lowest and highest number, where the format numbers its records.
    pub seqs: Option<(u64, u64)>,
    /// The worst of its records and of the findings about itself.
    pub verdict: Verdict,
    /// The answers behind it.
    pub axes: Axes,
}
