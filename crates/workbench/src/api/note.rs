//! What the analyst says of an event.

use super::RecordId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What is said of an event: of all its records taken together.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, TS)]
#[ts(export)]
pub struct NoteView {
    /// Whether it is starred.
    pub starred: bool,
    /// Its tags, in order.
    pub tags: Vec<String>,
    /// What is said of it.
    pub comment: Option<String>,
}

/// A change of what is said of an event. What is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
pub struct NoteEdit {
    /// Of which event: a record of it.
    pub id: RecordId,
    /// Star it, or take the star away.
    #[ts(optional)]
    pub star: Option<bool>,
    /// Tags to be put on.
    #[serde(default)]
    pub tag: Vec<String>,
    /// Tags to be taken off.
    #[serde(default)]
    pub untag: Vec<String>,
    /// The comment; empty takes it away.
    #[ts(optional)]
    pub comment: Option<String>,
}
