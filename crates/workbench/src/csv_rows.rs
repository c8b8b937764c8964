//! The timeline as CSV. Lossy: cells are made harmless, and the proof is left out.

use crate::record::contract_members;
use serde_json::Value;

const COLUMNS: [&str; 18] = [
    "event",
    "time",
    "type",
    "actor",
    "subject",
    "credential",
    "token",
    "secret",
    "resource",
    "tool",
    "decision",
    "outcome",
    "source_ip",
    "verdict",
    "stream",
    "seq",
    "source",
    "offset",
];

/// The head.
pub fn head() -> String {
    let mut out = String::new();
    report::csv::row(COLUMNS, &mut out);
    out
}

/// Appends a row.
pub fn row(row: &store::TimelineRow, out: &mut String) {
    let members = contract_members(row);
    let cells: Vec<String> = COLUMNS
        .iter()
        .map(
            |column| match members.iter().find(|(name, _)| name == column) {
                Some((_, Value::String(text))) => text.clone(),
                Some((_, other)) => other.to_string(),
                None => String::new(),
            },
        )
        .collect();
    report::csv::row(cells.iter().map(String::as_str), out);
}
