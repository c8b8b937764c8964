//! One record and its proof.

use super::{FindingView, NoteView, RecordId, Word};
use serde::Serialize;
use ts_rs::TS;

/// Everything about one record but its proof: its bytes, and what they say.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct RecordView {
    /// Which.
    pub id: RecordId,
    /// What holds for it.
    pub verdict: Word,
    /// Why, in a sentence.
    pub reason: String,
    /// The file's path and format.
    pub source: String,
    /// The format's name.
    pub format: String,
    /// Which PATH the file came with.
    pub import: u32,
    /// The stream's id.
    pub stream: Option<String>,
    /// The format's own number.
    pub seq: Option<u64>,
    /// Byte offset in the decompressed original.
    pub offset: u64,
    /// Length in bytes.
    pub length: u64,
    /// SHA-256 of the bytes.
    pub sha256: String,
    /// The bytes as text where they are UTF-8, otherwise with U+FFFD in place of what is not.
    pub raw: String,
    /// Whether `raw` is exact.
    pub utf8: bool,
    /// The event's fields, as (name, value), in a fixed order.
    pub fields: Vec<(String, String)>,
    /// What would raise the verdict, in words; empty where nothing can or nothing need.
    pub raise: Vec<String>,
    /// Findings at this record and about its stream.
    pub findings: Vec<FindingView>,
    /// What the analyst says of its event.
    pub note: NoteView,
    /// All records of its event, the one that leads it first; absent where this is the only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub event: Option<Vec<RecordId>>,
}

/// What proves a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ProofView {
    /// The proof, step by step; no step where the record has no seal.
    pub proof: Vec<ProofStep>,
    /// Members that the proof leaves out.
    pub uncovered: Vec<String>,
}

/// How far the reading for a proof has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Proving {
    /// Bytes read.
    pub bytes: u64,
    /// Bytes to be read.
    pub total: u64,
}

/// A step of a proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ProofStep {
    /// `bytes`, `digest`, `link`, `leaf`, `path`, `root`, `signature`, `key`, `trust` …
    pub name: String,
    /// `holds`, `fails`, `missing`, `info`.
    pub outcome: String,
    /// In words.
    pub text: String,
    /// A hash, a fingerprint, a path.
    pub value: Option<String>,
    /// The bytes that it covers.
    pub extent: Option<Extent>,
}

/// A stretch of a file's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Extent {
    /// The file's number.
    pub file: u32,
    /// Offset in the decompressed original.
    pub offset: u64,
    /// Length in bytes.
    pub length: u64,
}
