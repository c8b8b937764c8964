//! Reports: what was written, and what a check found.

use super::{FindingView, Ledger, ProofStep, RecordCounts, Source, Stream, Word};
use serde::Serialize;
use ts_rs::TS;

/// The JSON of `report`: what was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Wrote {
    /// The folder or archive.
    pub out: String,
    /// The report's id.
    pub id: String,
    /// Its time, RFC 3339.
    pub at: String,
    /// How many records it cites.
    pub records: u64,
    /// How many of them have a proof that needs no case.
    pub proofs: u64,
    /// How many files.
    pub files: u64,
    /// How many bytes.
    pub bytes: u64,
    /// SHA-256 of `SHA256SUMS`: noted elsewhere, it shows a report made anew.
    pub sha256sums: String,
    /// The fingerprint of the key that signed it, as `ssh-keygen -l` shows it.
    pub signed_by: Option<String>,
}

/// The JSON of `check` of a report: the members of [`super::Summary`], about the report's own files
/// and cited records, and what was done step by step.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct ReportCheck {
    /// The name of the case that it is from, as the report says.
    pub case: String,
    /// What holds for the report: `verified` where a key given here signed it, `intact` where its
    /// signature holds and nobody given here vouches, `unproven` without one, `contradicted` where
    /// anything does not fit.
    pub verdict: Word,
    /// The rows of the extract, as parts of the report: each as good as it, those that do not fit
    /// contradicted.
    pub records: RecordCounts,
    /// The report's bytes: records are the extract, structure what the sums list besides.
    pub ledger: Ledger,
    /// Its files.
    pub sources: Vec<Source>,
    /// None.
    pub streams: Vec<Stream>,
    /// What is wrong with it.
    pub findings: Vec<FindingView>,
    /// What was done.
    pub notes: Vec<String>,
    /// The report's id, where it can be read.
    pub report: Option<String>,
    /// The cited records by verdict in the case, as the report says.
    pub said: RecordCounts,
    /// The cited records by what their proofs alone show here, under the keys given here.
    pub shown: RecordCounts,
    /// Who signed it: the key's fingerprint, as `ssh-keygen -l` shows it.
    pub signed_by: Option<String>,
    /// Step by step.
    pub steps: Vec<ProofStep>,
}
