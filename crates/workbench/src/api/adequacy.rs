//! What a trail can prove at all.

use super::CoverageView;
use serde::Serialize;
use std::collections::BTreeMap;
use ts_rs::TS;

/// The JSON of `adequacy`.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct AdequacyView {
    /// The case's file name.
    pub case: String,
    /// Over all acts.
    pub all: SharesView,
    /// What frameworks ask for, and whether this evidence can say.
    pub questions: Vec<QuestionView>,
    /// What never can be told, and of how many acts.
    pub never: Vec<String>,
    /// By source, in the order of import.
    pub sources: Vec<SharesView>,
    /// By stream.
    pub streams: Vec<SharesView>,
    /// By identity, those with the most acts first.
    pub identities: Vec<SharesView>,
    /// How many identities are not listed.
    pub identities_left_out: u64,
    /// Which time the sources cover.
    pub coverage: Vec<CoverageView>,
}

/// The shares of a group of acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SharesView {
    /// A path, a stream's id, an identity's id; null: acts whose records do not say who.
    pub of: Option<String>,
    /// The format, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub format: Option<String>,
    /// How many acts.
    pub acts: u64,
    /// How many of them have what: `workload`, `short-lived`, `decision`, `request`, `resource`,
    /// `classification`, `approval`, `outcome`, `sealed`, `credential`, `minted`, `ended`.
    pub counts: BTreeMap<String, u64>,
}

/// A question, and whether it can be answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct QuestionView {
    /// In plain words.
    pub question: String,
    /// `yes`, `in part`, `never`.
    pub answerable: String,
    /// The numbers behind it.
    pub because: Vec<String>,
    /// Who asks it.
    pub asked_by: Vec<String>,
    /// The sources that can answer it for at least one act.
    pub sources: Vec<String>,
}
