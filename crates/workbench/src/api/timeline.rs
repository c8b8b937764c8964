//! The timeline's rows.

use super::{NoteView, Word};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which record: the file's number and the record's ordinal in it. Shown as `E2:907`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RecordId {
    /// The file's number.
    pub file: u32,
    /// The record's ordinal in it, from 0.
    pub ordinal: u64,
}

/// What to show of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct TimelineFilter {
    /// Only these verdicts; empty means all.
    pub verdicts: Vec<Word>,
    /// Not before this time.
    pub from: Option<i64>,
    /// Not after this time.
    pub until: Option<i64>,
    /// The query as typed: `field:value`, `"quotes"`, `-not`, free words.
    pub query: String,
}

/// A page of the timeline.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct TimelinePage {
    /// The rank of the first row among those that match.
    pub first: u64,
    /// The rows.
    pub rows: Vec<TimelineRow>,
    /// How many match; null where that is not counted yet.
    pub matching: Option<u64>,
    /// How many events there are in the case.
    pub total: u64,
    /// Rises whenever the case changes, so that stale pages are known.
    pub generation: u64,
}

/// A row of the timeline: an event, by the record that leads it. Absent members are null.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct TimelineRow {
    /// The record that leads it.
    pub id: RecordId,
    /// What holds for it: the worst that holds for its records.
    pub verdict: Word,
    /// When, in microseconds; null where the record has no readable time.
    pub time: Option<i64>,
    /// The digits of the second's fraction that the record has (0 to 6).
    pub digits: u8,
    /// Type of the audit bundle's vocabulary.
    #[serde(rename = "type")]
    pub kind: String,
    /// What the format itself calls it.
    pub native_type: Option<String>,
    /// Who.
    pub actor: Option<String>,
    /// To or for whom.
    pub subject: Option<String>,
    /// The credential that authorised it.
    pub credential: Option<String>,
    /// The credential made, changed or used.
    pub token: Option<String>,
    /// The secret touched.
    pub secret: Option<String>,
    /// The resource touched.
    pub resource: Option<String>,
    /// The tool invoked.
    pub tool: Option<String>,
    /// `allow`, `deny`, `step_up`.
    pub decision: Option<String>,
    /// `success`, `failure`, `denied`.
    pub outcome: Option<String>,
    /// Where from.
    pub source_ip: Option<String>,
    /// The format's own number.
    pub seq: Option<u64>,
    /// The stream's id; null until it is judged.
    pub stream: Option<String>,
    /// The path of its file.
    pub path: String,
    /// The codes of the findings at exactly this record.
    pub findings: Vec<String>,
    /// How many records the event has; absent where it is this one alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub records: Option<u64>,
    /// What the analyst says of it; absent where that is nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub note: Option<NoteView>,
}

/// Counts over time, for the brush and the histogram.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct Histogram {
    /// When the first bucket begins.
    pub start: i64,
    /// How long each is; a power of two of microseconds.
    pub width: i64,
    /// Counts of each bucket: contradicted, unproven, intact, verified, unchecked.
    pub buckets: Vec<[u64; 5]>,
    /// Events without a time, which no bucket counts.
    pub undated: u64,
}

/// What a filter comes to.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct Survey {
    /// How many rows match.
    pub matching: u64,
    /// Their counts over time.
    pub histogram: Histogram,
}

/// Something missing, as a row of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct GapRow {
    /// `record-missing`, `stream-truncated`, `stream-forked`, `period-uncovered`.
    pub code: String,
    /// Where it stands, in microseconds; null where nothing dates it.
    pub place: Option<i64>,
    /// The stream's id.
    pub stream: String,
    /// The first number that is missing.
    pub first_seq: Option<u64>,
    /// The last.
    pub last_seq: Option<u64>,
    /// How many.
    pub count: Option<u64>,
    /// The time of the last record before it.
    pub after: Option<i64>,
    /// The time of the first record past it.
    pub before: Option<i64>,
}

/// What a column of the timeline shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ColumnName {
    /// What holds for it.
    Verdict,
    /// When, in UTC.
    Time,
    /// Its type.
    Type,
    /// Who did what to what, in one line.
    What,
    /// What the format itself calls it.
    NativeType,
    /// Who.
    Actor,
    /// To or for whom.
    Subject,
    /// The credential that authorised it.
    Credential,
    /// The credential made, changed or used.
    Token,
    /// The secret touched.
    Secret,
    /// The resource touched.
    Resource,
    /// The tool invoked.
    Tool,
    /// What a policy decided.
    Decision,
    /// How it ended.
    Outcome,
    /// Where from.
    SourceIp,
    /// The stream's id.
    Stream,
    /// The format's own number.
    Seq,
    /// The path of its file.
    Path,
    /// The codes of the findings at it.
    Findings,
    /// The tags and the comment.
    Note,
    /// The record that leads it.
    Record,
}

/// A column of the timeline, as the analyst wants to see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Column {
    /// What it shows.
    pub name: ColumnName,
    /// How wide it is, in tenths of the text's size; null where it is as wide as is usual.
    pub width: Option<u16>,
}
