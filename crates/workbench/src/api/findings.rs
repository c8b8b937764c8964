//! What was found, what the rules could not say, and which time the sources cover.

use super::{RecordId, Word};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What findings are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FindingsRequest {
    /// The query as typed; its `time>=` is the moment under study.
    pub query: String,
    /// `integrity`, `behaviour`, `sigma`; all where it is empty.
    pub classes: Vec<String>,
    /// Only these codes; all where it is empty.
    pub codes: Vec<String>,
    /// `proof`, `indicator`; both where it is absent.
    pub strength: Option<String>,
    /// Limits to set, `NAME=VALUE`.
    pub limits: Vec<String>,
}

/// The JSON of `findings`.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct FindingsView {
    /// The case's file name.
    pub case: String,
    /// The case's verdict, which behaviour findings do not change.
    pub verdict: Word,
    /// The query, as typed.
    pub query: String,
    /// Integrity findings first, then proofs, then indicators; each in the order of the rules.
    pub findings: Vec<CaseFinding>,
    /// Rules that the evidence cannot answer, or not wholly, and why.
    pub not_assessable: Vec<NotAssessable>,
    /// The limits that were used.
    pub limits: Vec<LimitView>,
    /// The versions of the lists that findings are mapped to.
    pub mapped_to: Vec<String>,
    /// How many findings the query and the filters left out.
    pub left_out: u64,
    /// What was made of findings that are found no more, or are left out here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<AssessmentView>>", optional = nullable)]
    pub assessed_apart: Vec<AssessmentView>,
    /// What Sigma rules of the user said; absent where none were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub sigma: Option<SigmaView>,
}

/// A finding of any class. What does not apply is absent.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct CaseFinding {
    /// What tells it from others of the case, however much evidence is added: 16 hex digits.
    pub key: String,
    /// Its code.
    pub code: String,
    /// `integrity` or `behaviour`.
    pub class: String,
    /// `proof` or `indicator`; of behaviour findings.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub strength: Option<String>,
    /// What it makes of its object; behaviour findings change no verdict.
    pub verdict: Option<Word>,
    /// In plain words.
    pub message: String,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub subject: Option<SubjectView>,
    /// Some of the events that it rests on.
    pub events: Vec<EventRow>,
    /// How often it was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub count: Option<u64>,
    /// The first time, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub first: Option<String>,
    /// The last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub last: Option<String>,
    /// The coverage that it leans on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<String>>", optional = nullable)]
    pub coverage: Vec<String>,
    /// What it is called elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub mapping: Option<MappingView>,
    /// The stream's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub stream: Option<String>,
    /// The format's own number of the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub seq: Option<u64>,
    /// The file's path.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub source: Option<String>,
    /// What the analyst makes of it; absent where that is nothing yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub assessed: Option<AssessmentView>,
}

/// What the analyst makes of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum FindingState {
    /// Nothing yet.
    Open,
    /// It is what it says.
    Confirmed,
    /// It has an innocent reason, which the comment tells.
    Explained,
}

impl FindingState {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            FindingState::Open => "open",
            FindingState::Confirmed => "confirmed",
            FindingState::Explained => "explained",
        }
    }
}

/// What was made of a finding, with the code and the words that it had then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct AssessmentView {
    /// The finding's key.
    pub key: String,
    /// Its code.
    pub code: String,
    /// Its words.
    pub message: String,
    /// What was made of it.
    pub state: FindingState,
    /// What was said of it.
    pub comment: Option<String>,
}

/// A change of what is made of a finding. What is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
pub struct FindingEdit {
    /// Of which finding.
    pub key: String,
    /// What is made of it.
    #[ts(optional)]
    pub state: Option<FindingState>,
    /// The comment; empty takes it away.
    #[ts(optional)]
    pub comment: Option<String>,
}

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SubjectView {
    /// `credential`, `identity`, `secret`, `log`, `approval`.
    pub kind: String,
    /// Its canonical id.
    pub id: String,
}

/// An event that a finding rests on.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct EventRow {
    /// Which: as `exhibit record` takes it.
    pub event: String,
    /// The same, as numbers.
    pub id: RecordId,
    /// When, RFC 3339.
    pub time: Option<String>,
    /// What it is to the finding.
    pub part: String,
    /// What holds for it.
    pub verdict: Word,
}

/// What a finding is called elsewhere; empty where a list names nothing that fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct MappingView {
    /// OWASP NHI Top 10.
    pub nhi: Vec<String>,
    /// OWASP Agentic Top 10.
    pub agentic: Vec<String>,
    /// MITRE ATT&CK.
    pub attack: Vec<String>,
}

/// A rule that the evidence cannot answer, or not wholly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct NotAssessable {
    /// Its code.
    pub code: String,
    /// Why.
    pub reason: String,
    /// Whether it found something all the same.
    pub partly: bool,
}

/// A limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct LimitView {
    /// Its name.
    pub name: String,
    /// Its value, as it is written.
    pub value: String,
    /// Where nobody changes it.
    pub default: String,
    /// What it bounds.
    pub about: String,
}

/// A rule in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct RuleView {
    /// The code of its findings.
    pub code: String,
    /// What a finding shows.
    pub title: String,
    /// What it looks for.
    pub about: String,
    /// What a finding is worth at best.
    pub strength: String,
    /// What it is called elsewhere.
    pub mapping: MappingView,
    /// The names of the limits it uses.
    pub limits: Vec<String>,
}

/// What Sigma rules said.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct SigmaView {
    /// How many rules were run.
    pub rules: u64,
    /// Over how many records of products that Sigma rules are written for.
    pub records: u64,
    /// How many of those could not be held against rules: not JSON, or a member stands twice.
    pub unread: u64,
    /// Rules that were not run, and why.
    pub refused: Vec<SigmaRefused>,
    /// What matched, by rule. They are the rules' findings and not Exhibit's.
    pub hits: Vec<SigmaHit>,
}

/// A rule file that was not run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[ts(export)]
pub struct SigmaRefused {
    /// Its path.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// What a rule matched.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct SigmaHit {
    /// The rule's title.
    pub title: String,
    /// The rule's id.
    pub id: Option<String>,
    /// The rule's level.
    pub level: Option<String>,
    /// Its path.
    pub path: String,
    /// The rule's tags.
    pub tags: Vec<String>,
    /// How many records.
    pub count: u64,
    /// Some of them.
    pub events: Vec<EventRow>,
}

/// Which time a stream covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CoverageView {
    /// The stream's id.
    pub stream: String,
    /// Its format.
    pub format: String,
    /// How many records.
    pub records: u64,
    /// Whether a cut tail would have been seen.
    pub end_known: bool,
    /// Its stretches of time.
    pub stretches: Vec<StretchView>,
}

/// A stretch of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct StretchView {
    /// `sealed`, `unsealed`, `missing`, `silent`.
    pub state: String,
    /// Its beginning, RFC 3339; null where nothing dates it.
    pub from: Option<String>,
    /// Its end.
    pub until: Option<String>,
    /// Why.
    pub why: String,
}
