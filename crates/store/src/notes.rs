//! What the analyst says of an event: a star, tags, a comment.
//!
//! A note stands at a record. Where that record later turns out to belong to the event of another,
//! the note is shown and found at that event.

use crate::case::Case;
use crate::custody::{self, CustodyEntry};
use crate::error::Result;
use crate::reader::Reader;
use crate::record::RecordId;
use rusqlite::{OptionalExtension as _, params};
use std::collections::BTreeSet;

/// What was said of one event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Note {
    /// Whether it is starred.
    pub starred: bool,
    /// Its tags.
    pub tags: BTreeSet<String>,
    /// What is said of it.
    pub comment: Option<String>,
}

impl Note {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        !self.starred && self.tags.is_empty() && self.comment.is_none()
    }
}

impl Case {
    /// Keeps what is said of an event, by the record that leads it and its other records, in the
    /// place of what was said of any of them before; a note that says nothing takes that back. With
    /// a line in the custody log, all or nothing.
    pub fn set_note(
        &mut self,
        leader: RecordId,
        parts: &[RecordId],
        note: &Note,
        entry: &CustodyEntry,
    ) -> Result<()> {
        let transaction = self.writing()?.transaction()?;
        for record in parts.iter().chain([&leader]) {
            transaction.execute("DELETE FROM tag WHERE id = ?1", [record.number()])?;
            transaction.execute("DELETE FROM note WHERE id = ?1", [record.number()])?;
        }
        if !note.is_empty() {
            let id = leader.number();
            transaction.execute(
                "INSERT INTO note VALUES (?1, ?2, ?3, ?4)",
                params![id, note.starred, note.comment, entry.by.at.0],
            )?;
            for tag in &note.tags {
                transaction.execute("INSERT INTO tag VALUES (?1, ?2)", params![id, tag])?;
            }
        }
        custody::append(&transaction, entry)?;
        Ok(transaction.commit()?)
    }
}

impl Reader {
    /// What is said of one record.
    pub fn note(&self, record: RecordId) -> Result<Option<Note>> {
        let sql = "SELECT starred, comment FROM note WHERE id = ?1";
        let found = self
            .conn
            .prepare_cached(sql)?
            .query_row([record.number()], |row| {
                Ok(Note {
                    starred: row.get(0)?,
                    tags: BTreeSet::new(),
                    comment: row.get(1)?,
                })
            })
            .optional()?;
        let Some(mut note) = found else {
            return Ok(None);
        };
        let mut tags = self
            .conn
            .prepare_cached("SELECT tag FROM tag WHERE id = ?1")?;
        for tag in tags.query_map([record.number()], |row| row.get(0))? {
            note.tags.insert(tag?);
        }
        Ok(Some(note))
    }

    /// Every tag that is in use, and how many records have it.
    pub fn tags(&self) -> Result<Vec<(String, u64)>> {
        let sql = "SELECT tag, count(*) FROM tag GROUP BY tag ORDER BY tag";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, u32>(1)?)))?;
        rows.map(|row| {
            let (tag, count) = row?;
            Ok((tag, count.into()))
        })
        .collect()
    }

    /// What is said of the records of the event that one leads, taken together.
    pub fn noted(&self, leader: RecordId) -> Result<Option<Note>> {
        let mut all = self.note(leader)?;
        if !self.has_parts()? {
            return Ok(all);
        }
        for part in self.parts_of(leader)? {
            let Some(note) = self.note(part)? else {
                continue;
            };
            let all = all.get_or_insert_default();
            all.starred |= note.starred;
            all.tags.extend(note.tags);
            all.comment = match (all.comment.take(), note.comment) {
                (Some(one), Some(other)) => Some(format!("{one}\n{other}")),
                (one, other) => one.or(other),
            };
        }
        Ok(all)
    }
}
