//! Rows held against what they come from, by a whole verification: what they say against the bytes of
//! their records, and the ways to them, without which a row is there and never seen.

use crate::column::Column;
use crate::error::Result;
use crate::names;
use crate::pack::Native;
use crate::pairs::{self, Pairing};
use crate::reader::Reader;
use crate::record::RecordId;
use crate::state::altered;
use crate::words::signed;
use evidence::event::Events;
use rusqlite::OptionalExtension as _;
use std::collections::HashMap;
use std::sync::Arc;

/// What the records of a batch say, read anew.
#[derive(Debug)]
pub struct Said<'a> {
    /// Their events.
    pub events: &'a Events,
    /// The numbers that their format gives them.
    pub seqs: Option<&'a [Option<u64>]>,
    /// By what the records of one event find one another; of none where this is empty.
    pub natives: &'a [Option<Native>],
}

impl Reader {
    /// Holds the rows of events from `first` on against what their records say, read anew. The error
    /// names the first that says something else.
    pub fn check_rows(
        &self,
        first: RecordId,
        said: &Said<'_>,
        names: &mut HashMap<i64, Arc<str>>,
    ) -> Result<()> {
        /// The columns before the texts.
        const TEXTS: usize = 4;
        /// So many names are kept at hand.
        const MOST_NAMES: usize = 1 << 18;
        let sql = format!(
            "SELECT id, place, undated, seq, {}, expires, shown, native, stage FROM event \
             WHERE id BETWEEN ?1 AND ?2 ORDER BY id",
            Column::list()
        );
        let wrong = |ordinal: u64, what: &str| {
            altered(&format!(
                "the {what} of E{}:{ordinal} is not what its record says",
                first.file.0
            ))
        };
        let mut statement = self.conn.prepare_cached(&sql)?;
        let last = first.number() + said.events.len() as i64 - 1;
        let mut rows = statement.query([first.number(), last])?;
        for (index, event) in said.events.iter().enumerate() {
            let ordinal = u64::from(first.ordinal) + index as u64;
            let row = rows.next()?;
            let row = row
                .filter(|row| row.get(0) == Ok(first.number() + index as i64))
                .ok_or_else(|| wrong(ordinal, "row"))?;
            let undated: bool = row.get(2)?;
            let is_timed = match event.time() {
                Some(time) => !undated && row.get::<_, i64>(1)? == time.0,
                None => undated,
            };
            if !is_timed {
                return Err(wrong(ordinal, "time"));
            }
            let seq = said.seqs.and_then(|seqs| seqs[index]);
            let seq = seq.map(|seq| signed(seq.wrapping_sub(ordinal)));
            if row.get::<_, Option<i64>>(3)? != seq {
                return Err(wrong(ordinal, "number"));
            }
            for column in Column::ALL {
                let number: Option<i64> = row.get(TEXTS + column as usize)?;
                let same = match (number, event.get(column.field())) {
                    (None, None) => true,
                    (Some(number), Some(said)) => {
                        let text = match names.get(&number) {
                            Some(text) => Arc::clone(text),
                            None => {
                                let short = u32::try_from(number)
                                    .map_err(|_| wrong(ordinal, column.sql()))?;
                                let text = self
                                    .name_text(short)
                                    .map_err(|_| wrong(ordinal, column.sql()))?;
                                if names.len() >= MOST_NAMES {
                                    names.clear();
                                }
                                names.insert(number, Arc::clone(&text));
                                text
                            }
                        };
                        *text == *said
                    }
                    _ => false,
                };
                if !same {
                    return Err(wrong(ordinal, column.sql()));
                }
            }
            let expires: Option<i64> = row.get(TEXTS + Column::COUNT)?;
            let shown: Option<i64> = row.get(TEXTS + Column::COUNT + 1)?;
            let is_shown = shown.unwrap_or(0) == i64::from(event.shown());
            if expires != event.expires().map(|time| time.0) || !is_shown {
                return Err(wrong(ordinal, "row"));
            }
            let native: Option<i64> = row.get(TEXTS + Column::COUNT + 2)?;
            let stage: Option<u8> = row.get(TEXTS + Column::COUNT + 3)?;
            let told = said.natives.get(index).copied().flatten();
            let is_told = native == told.map(|told| told.id)
                && stage.unwrap_or(0) == told.map_or(0, |told| told.stage);
            if !is_told {
                return Err(wrong(ordinal, "id"));
            }
        }
        Ok(())
    }

    /// How many rows of events there are.
    pub fn count_rows(&self) -> Result<u64> {
        let sql = "SELECT count(*) FROM event WHERE id < ?1";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_row([self.hidden_record()], |row| crate::words::get_u64(row, 0))?)
    }

    /// Holds the ways to rows against what they come from: that each text is found by its hash, and
    /// that a row belongs to the event of another only where the rule says so.
    pub fn check_ways(&self, pairing: &mut Pairing<'_>) -> Result<()> {
        let _snapshot = self.snapshot()?;
        let sql = "SELECT id, text FROM name WHERE id < \
             coalesce((SELECT value FROM meta WHERE key = 'unfinished_name'), 9223372036854775807)";
        let mut statement = self.conn.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (id, text): (i64, Box<str>) = (row.get(0)?, row.get(1)?);
            if names::find(&self.conn, &text)? != Some(id) {
                return Err(altered(&format!("the name {text:?} is not found")));
            }
        }
        // What shares no id with the record that leads it is in no group for the rule to see.
        let sql = "SELECT event.id FROM event LEFT JOIN event AS leader ON leader.id = event.part_of \
             WHERE event.part_of IS NOT NULL AND (event.native IS NULL \
             OR leader.native IS NOT event.native OR leader.part_of IS NOT NULL) LIMIT 1";
        let astray: Option<i64> = (self.conn.prepare(sql)?)
            .query_row([], |row| row.get(0))
            .optional()?;
        let wrong = match astray {
            Some(id) => Some(id),
            None => pairs::first_wrong(&self.conn, pairing)?,
        };
        match wrong.map(RecordId::from_number) {
            None => Ok(()),
            Some(record) => Err(altered(&format!(
                "the event that E{}:{} belongs to is not the one that its records make",
                record.file.0, record.ordinal
            ))),
        }
    }
}
