//! The rows themselves: events, and the records that they are told by.

use super::Key;
use crate::column::Column;
use crate::error::{Result, StoreError};
use crate::reader::Reader;
use crate::record::RecordId;
use crate::words::{get_u64, unsigned};
use evidence::{Micros, Word};
use rusqlite::{OptionalExtension as _, params};
use std::sync::Arc;

/// A row of the timeline: an event, by the record that leads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineRow {
    /// The record.
    pub record: RecordId,
    /// Its place in the order, to go on from.
    pub key: Key,
    /// When, as far as the record says. Never that of a neighbour.
    pub time: Option<Micros>,
    /// The format's own number of the record.
    pub seq: Option<u64>,
    /// What the judgement says of the event: the worst that it says of its records.
    pub verdict: Word,
    /// What it says of this record.
    pub own: Word,
    /// How many records the event has, this one counted.
    pub records: u64,
    /// The id of its stream, once it has been judged.
    pub stream: Option<Arc<str>>,
    /// The path of its file.
    pub path: Arc<str>,
    /// Where it begins in its file.
    pub offset: u64,
    /// Its length in bytes.
    pub length: u64,
    texts: [Option<Arc<str>>; Column::COUNT],
}

impl TimelineRow {
    /// A text of the event, where its record has it.
    pub fn get(&self, column: Column) -> Option<&str> {
        self.texts[column as usize].as_deref()
    }
}

impl Reader {
    /// One row.
    pub fn event(&self, record: RecordId) -> Result<TimelineRow> {
        let _snapshot = self.snapshot()?;
        let missing = || {
            StoreError::Missing(format!(
                "record {} of file {}",
                record.ordinal, record.file.0
            ))
        };
        let id = record.number();
        if id >= self.hidden_record() {
            return Err(missing());
        }
        let mut statement = self
            .conn
            .prepare_cached("SELECT place FROM event WHERE id = ?1")?;
        let place = statement
            .query_row([id], |row| row.get(0))
            .optional()?
            .ok_or_else(missing)?;
        self.rows(&[Key { place, id }])?.pop().ok_or_else(missing)
    }

    /// Whether any event has several records.
    pub(crate) fn has_parts(&self) -> Result<bool> {
        let sql = "SELECT EXISTS(SELECT 1 FROM event WHERE part_of IS NOT NULL)";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }

    /// The records that belong to the event which this one leads, in the order they were imported.
    pub fn parts_of(&self, leader: RecordId) -> Result<Vec<RecordId>> {
        let sql = "SELECT id FROM event WHERE part_of = ?1 AND id < ?2 ORDER BY id";
        let mut statement = self.conn.prepare_cached(sql)?;
        let bounds = params![leader.number(), self.hidden_record()];
        let found = statement.query_map(bounds, |row| row.get(0))?;
        found.map(|id| Ok(RecordId::from_number(id?))).collect()
    }

    /// The record that leads the event which this one belongs to: itself, or another.
    pub fn leader_of(&self, record: RecordId) -> Result<RecordId> {
        let sql = "SELECT coalesce(part_of, id) FROM event WHERE id = ?1";
        let mut statement = self.conn.prepare_cached(sql)?;
        let found = statement.query_row([record.number()], |row| row.get(0));
        Ok(found.optional()?.map_or(record, RecordId::from_number))
    }

    pub(crate) fn rows(&self, keys: &[Key]) -> Result<Vec<TimelineRow>> {
        let spans = self.spans()?;
        let mut spans = spans.cursor(&self.conn);
        let sql = format!(
            "SELECT undated, seq, {} FROM event WHERE id = ?1",
            Column::list()
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let any_parts = self.has_parts()?;
        let mut out = Vec::with_capacity(keys.len());
        for &key in keys {
            let record = RecordId::from_number(key.id);
            let mut rows = statement.query([key.id])?;
            let row = rows
                .next()?
                .ok_or_else(|| StoreError::damaged("an event is gone"))?;
            let mut texts = [const { None }; Column::COUNT];
            for (at, text) in texts.iter_mut().enumerate() {
                if let Some(number) = row.get::<_, Option<i64>>(2 + at)? {
                    *text = Some(self.name(number)?);
                }
            }
            let undated: bool = row.get(0)?;
            let seq: Option<i64> = row.get(1)?;
            let span = spans.of(key.id)?;
            let (offset, length) = {
                let block = self.block_of(record)?;
                let (start, length) = block.extent(record)?;
                (block.offset.saturating_add(start.into()), length.into())
            };
            out.push(TimelineRow {
                record,
                key,
                time: (!undated).then_some(Micros(key.place)),
                seq: seq.map(|seq| unsigned(seq).wrapping_add(record.ordinal.into())),
                verdict: spans.verdict(key.id)?,
                records: 1 + if any_parts {
                    self.count_parts(key.id)?
                } else {
                    0
                },
                own: span.map_or(Word::Unchecked, |span| span.verdict),
                stream: span.map(|span| self.stream_name(span.stream)).transpose()?,
                path: self.path(record.file.0)?,
                offset,
                length,
                texts,
            });
        }
        Ok(out)
    }

    fn count_parts(&self, id: i64) -> Result<u64> {
        let sql = "SELECT count(*) FROM event WHERE part_of = ?1";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_row([id], |row| get_u64(row, 0))?)
    }
}
