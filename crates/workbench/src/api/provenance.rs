//! Under which conditions an act was done.

use super::{EventRow, Word};
use serde::Serialize;
use ts_rs::TS;

/// The card of one act: the JSON of `provenance`.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct ProvenanceView {
    /// The act.
    pub event: EventRow,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// `shown`, `not shown`, `contradicted`.
    pub answer: String,
    /// What refutes it, or what is missing.
    pub reasons: Vec<String>,
    /// The weakest verdict of the records that the answer rests on.
    pub verdict: Word,
    /// The lines, in order.
    pub lines: Vec<ProvenanceLine>,
}

/// A line of the card.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct ProvenanceLine {
    /// What it is about.
    pub about: String,
    /// What is shown; null: not in evidence.
    pub said: Option<String>,
    /// The record that shows it.
    pub cites: Option<EventRow>,
}
