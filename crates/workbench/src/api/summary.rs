//! What came in and what stands: the JSON of `import`, `verify` and `check`.

use serde::Serialize;
use ts_rs::TS;

/// The JSON of `import` and `verify` (`docs/contract.md`).
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct Summary {
    /// The case's file name.
    pub case: String,
    /// The worst of all.
    pub verdict: Word,
    /// Records by verdict.
    pub records: RecordCounts,
    /// Bytes by what became of them, over all files.
    pub ledger: Ledger,
    /// Each file, in the order of import.
    pub sources: Vec<Source>,
    /// Each stream.
    pub streams: Vec<Stream>,
    /// Each finding, the worst first.
    pub findings: Vec<FindingView>,
    /// What the program wants to say besides: an import recognised, an interrupted one removed.
    pub notes: Vec<String>,
}

/// A verdict, or the state *not yet checked*.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize, TS,
)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum Word {
    /// A check refutes it.
    Contradicted,
    /// Nothing shows it false, and nothing proves it.
    Unproven,
    /// Every check holds; nobody vouches for the author.
    Intact,
    /// Every check holds under a key that the examiner trusts.
    Verified,
    /// Not looked at yet.
    Unchecked,
}

impl Word {
    /// The word itself.
    pub fn as_str(self) -> &'static str {
        match self {
            Word::Contradicted => "contradicted",
            Word::Unproven => "unproven",
            Word::Intact => "intact",
            Word::Verified => "verified",
            Word::Unchecked => "unchecked",
        }
    }
}

/// Records by verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, TS)]
#[ts(export)]
pub struct RecordCounts {
    /// All.
    pub total: u64,
    /// Of them verified.
    pub verified: u64,
    /// Of them intact.
    pub intact: u64,
    /// Of them unproven.
    pub unproven: u64,
    /// Of them contradicted.
    pub contradicted: u64,
    /// Of them not yet checked; absent from finished output.
    #[serde(skip_serializing_if = "is_zero")]
    pub unchecked: u64,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// Bytes of the decompressed originals by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, TS)]
#[ts(export)]
pub struct Ledger {
    /// All bytes that came in.
    pub bytes_in: u64,
    /// Bytes of records.
    pub bytes_records: u64,
    /// Bytes that hold records together, and seals.
    pub bytes_structure: u64,
    /// Bytes that are neither, each with a reason.
    pub bytes_rejected: u64,
    /// Whether the three add up to the first.
    pub balanced: bool,
}

/// One file of the case.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct Source {
    /// Its number in the case: shown as `E1`.
    pub id: u32,
    /// Which PATH it came with, from 1.
    pub import: u32,
    /// The archive that it lay in, where it lay in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub container: Option<String>,
    /// Its path below that PATH, or in its archive.
    pub path: String,
    /// The format's name.
    pub format: String,
    /// What it is within the format: `stream`, `manifest`, `log`, `digest` …
    pub role: String,
    /// SHA-256 of its bytes, decompressed.
    pub sha256: String,
    /// Its length, decompressed.
    pub bytes: u64,
    /// How many records.
    pub records: u64,
    /// What holds for it.
    pub verdict: Word,
    /// Records by verdict.
    pub counts: RecordCounts,
    /// Its part of the ledger.
    pub ledger: Ledger,
    /// The earliest time in its records.
    pub earliest: Option<i64>,
    /// The latest.
    pub latest: Option<i64>,
    /// The answers behind its verdict, where it has records: of its stream, or the worst of several.
    pub axes: Option<AxesView>,
    /// What would raise its verdict, in words; empty where nothing can or nothing need.
    pub raise: Vec<String>,
}

/// One stream.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct Stream {
    /// Its id.
    pub id: String,
    /// The format's name.
    pub format: String,
    /// How many records.
    pub records: u64,
    /// The lowest number.
    pub first_seq: Option<u64>,
    /// The highest.
    pub last_seq: Option<u64>,
    /// What holds for it.
    pub verdict: Word,
    /// The answers behind it.
    pub axes: AxesView,
}

/// The five axes, as the contract's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct AxesView {
    /// `ok`, `malformed`.
    pub form: String,
    /// `ok`, `broken`, `unsealed`, `since-collection`.
    pub integrity: String,
    /// `trusted`, `unknown`, `unchecked`, `refuted`, `none`.
    pub author: String,
    /// `closed`, `open`, `gap`, `truncated`, `forked`, `unknown`.
    pub completeness: String,
    /// `asserted`, `anchored`, `contradicted`.
    pub time: String,
}

/// A finding. What does not apply is absent.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct FindingView {
    /// The contract's code.
    pub code: String,
    /// `integrity` or `behaviour`.
    pub class: String,
    /// What it makes of its object; null where it changes no verdict.
    pub verdict: Option<Word>,
    /// The stream's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub stream: Option<String>,
    /// The format's own number of the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub seq: Option<u64>,
    /// The record's ordinal in its file, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub ordinal: Option<u64>,
    /// The file's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub source_id: Option<u32>,
    /// The file's path, or that of what is missing or refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub source: Option<String>,
    /// Which PATH the file came with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub import: Option<u32>,
    /// Byte offset in the decompressed original.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub offset: Option<u64>,
    /// Length in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub length: Option<u64>,
    /// The first number of a stretch.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub first_seq: Option<u64>,
    /// The last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub last_seq: Option<u64>,
    /// How many.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub count: Option<u64>,
    /// The beginning of a stretch of time, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub from: Option<String>,
    /// Its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub until: Option<String>,
    /// Names of members.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<String>>", optional = nullable)]
    pub members: Vec<String>,
    /// In plain words.
    pub message: String,
}

/// Something was not done: a mistake in the request, or a failure of the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct FailureView {
    /// A word that does not change.
    pub code: String,
    /// What happened, and what it means.
    pub message: String,
    /// What to do next.
    pub hint: String,
}
