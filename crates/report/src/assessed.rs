//! What the examiner makes of findings: their word, apart from what the tool found. Part of
//! `report.json`; absent from it where nothing was made of a finding, as in reports of before there was
//! such a thing.

use crate::text::Text;
use serde::{Deserialize, Serialize};

/// What the examiner makes of one finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assessed {
    /// `confirmed`: it is what it says. `explained`: it has an innocent reason. `open` where they say
    /// something of it and decide nothing.
    pub state: String,
    /// What they say of it, paragraph by paragraph.
    pub comment: Vec<Text>,
    /// Who, as the custody log has it; empty where it has nobody.
    pub by: Text,
    /// When, by the clock of the machine; absent where the custody log does not say.
    pub at: Option<String>,
}

/// What the examiner made of a finding that the case no longer has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Former {
    /// The code that it had.
    pub code: String,
    /// The words that it had.
    pub message: Text,
    /// What was made of it.
    pub assessed: Assessed,
}
