//! Reports: what was written, and what a check found.

use super::{
    FailureView, FindingView, Ledger, ProofStep, RecordCounts, RecordId, Source, Stream, Word,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What is to be reported, as a form has it. An empty text is none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, TS)]
#[ts(export)]
pub struct ReportAsked {
    /// The title.
    pub title: String,
    /// Who examined; who sits at the desk where it is empty.
    pub examiner: String,
    /// Who reviewed.
    pub reviewer: String,
    /// By whose order, on which ground.
    pub authority: String,
    /// The id of the report that this one takes the place of.
    pub supersedes: String,
    /// When it is made, RFC 3339; now where it is empty.
    pub at: String,
    /// Questions, each with its answer. In texts an empty line begins a paragraph.
    pub questions: Vec<(String, String)>,
    /// What the examiner makes of the facts.
    pub interpretation: String,
    /// What they hold beyond what the facts bear.
    pub opinion: String,
    /// Evidence against, other explanations.
    pub against: String,
    /// What was not examined or cannot be known.
    pub limits: String,
    /// The events to cite, by queries as typed; one that is empty matches all.
    pub queries: Vec<String>,
    /// Only these verdicts of what the queries match; empty means all.
    pub verdicts: Vec<Word>,
    /// Records to cite one by one: `E1:907`, `E1:907:5c5f01aa`, `STREAM:907`.
    pub cites: Vec<String>,
    /// What is held back of cited records.
    pub withhold: Vec<WithholdAsked>,
    /// Credentials whose lineage is told.
    pub lineage: Vec<String>,
    /// What could be touched, from where.
    pub reach: Vec<ReachAsked>,
    /// Whether the graph is in it.
    pub graph: bool,
    /// What it is drawn of; absent: the one query, else everything.
    pub graph_of: Option<GraphAsked>,
}

/// Something that is held back of one record.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, TS)]
#[ts(export)]
pub struct WithholdAsked {
    /// The record, named as for a citation.
    pub record: String,
    /// The member that is blacked out, a JSON Pointer (RFC 6901); empty where the whole record is left
    /// out.
    pub member: String,
    /// Why.
    pub why: String,
}

/// A reach that is told.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, TS)]
#[ts(export)]
pub struct ReachAsked {
    /// From which id.
    pub from: String,
    /// From which moment on, RFC 3339; empty for its whole life.
    pub after: String,
}

/// What a graph is drawn of.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, TS)]
#[ts(export)]
pub struct GraphAsked {
    /// Of which events.
    pub query: String,
    /// Only what lies around this id; empty for all.
    pub around: String,
    /// … within so many edges.
    pub edges: u32,
}

/// What a report would hold, reckoned before it is written.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, TS)]
#[ts(export)]
pub struct ReportOutline {
    /// How many events each query matches; 0 where it cannot be answered.
    pub searches: Vec<u64>,
    /// How many events would be cited.
    pub events: u64,
    /// With how many records.
    pub records: u64,
    /// The events by verdict.
    pub counts: RecordCounts,
    /// The events, in time's order: the first of them.
    pub rows: Vec<CitedRow>,
    /// What is wrong with what was asked. While there is any, no report is written.
    pub wrong: Vec<FieldWrong>,
}

/// An event that would be cited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CitedRow {
    /// The record that leads it.
    pub id: RecordId,
    /// The same, as it is shown.
    pub event: String,
    /// When, in microseconds; null where it has no readable time.
    pub time: Option<i64>,
    /// What holds for it.
    pub verdict: Word,
    /// What was done.
    #[serde(rename = "type")]
    pub kind: String,
    /// Who.
    pub actor: Option<String>,
    /// The other records of the same event, which are cited with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<String>>", optional = nullable)]
    pub also: Vec<String>,
    /// `whole` where the record is left out, `part` where members are blacked out; absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub held: Option<String>,
}

/// What is wrong with one field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct FieldWrong {
    /// Which member of what was asked.
    pub field: String,
    /// Which of its entries, from 0.
    pub entry: u32,
    /// Why, and what to do.
    pub failure: FailureView,
}

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
    /// How many volumes it has on paper: `report.pdf` and those after it; 0 where this build makes none.
    pub volumes: u64,
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
