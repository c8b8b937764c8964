//! The timeline: events in the order of their times, by rank or by key, whole or filtered.

mod row;
mod way;

pub use self::row::TimelineRow;
use self::way::Way;
use crate::error::Result;
use crate::filter::Filter;
use crate::judgement::{self, Counts, WORDS};
use crate::plan::Plan;
use crate::reader::Reader;
use crate::words::get_u64;
use evidence::{Micros, Word};

/// A place in the timeline's order: the time, then the order of import. An undated record stands
/// behind the dated one before it in its file; where there is none, before all dated records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    pub(crate) place: i64,
    pub(crate) id: i64,
}

impl Key {
    /// Before every row.
    pub const START: Key = Key {
        place: i64::MIN,
        id: i64::MIN,
    };

    /// Before every row of this time.
    pub fn at(time: Micros) -> Key {
        Key {
            place: time.0,
            id: i64::MIN,
        }
    }

    fn next(self) -> Key {
        match self.id.checked_add(1) {
            Some(id) => Key { id, ..self },
            None => Key {
                place: self.place.saturating_add(1),
                id: i64::MIN,
            },
        }
    }
}

/// Where a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// At the row with this number among those that pass the filter, from 0.
    Rank(u64),
    /// At this key, or the first row past it.
    From(Key),
    /// At the first row past this key.
    After(Key),
}

impl Reader {
    /// A page of the timeline: at most `limit` rows that pass the filter.
    pub fn timeline(
        &self,
        filter: &Filter,
        from: Position,
        limit: usize,
    ) -> Result<Vec<TimelineRow>> {
        let _snapshot = self.snapshot()?;
        let keys = match self.way(filter)? {
            Way::Stretch(low, high) => self.stretch_page(low, high, from, limit)?,
            Way::Picked(plan) => self.picked_page(filter, &plan, from, limit)?,
            Way::AllBut(plan, others) => self.rest_page(filter, &plan, &others, from, limit)?,
        };
        self.rows(&keys)
    }

    /// How many rows pass the filter. The rows of the filter that pages are read of stay at hand.
    pub fn count(&self, filter: &Filter) -> Result<u64> {
        let _snapshot = self.snapshot()?;
        if let Some(count) = self.known_count(filter)? {
            return Ok(count);
        }
        let plan = Plan::new(&self.conn, filter, self.zones()?, self.spans()?)?;
        let mut count = 0;
        plan.each(self, &mut |_| count += 1)?;
        Ok(count)
    }

    /// How many rows pass the filter, where that is known without going through them.
    pub fn known_count(&self, filter: &Filter) -> Result<Option<u64>> {
        let _snapshot = self.snapshot()?;
        if filter.terms.is_empty() && filter.from.is_none() && filter.until.is_none() {
            let counts = self.event_counts()?;
            let wanted =
                |word: &&Word| filter.verdicts.is_empty() || filter.verdicts.contains(word);
            let wanted = WORDS.iter().filter(wanted);
            return Ok(Some(wanted.map(|&word| counts.of(word)).sum()));
        }
        if let Way::Stretch(low, high) = self.way(filter)? {
            let (first, end) = self.stretch_ranks(low, high)?;
            return Ok(Some(end - first));
        }
        Ok(self.kept_selection(filter)?.map(|selection| selection.rows))
    }

    /// How many rows that pass the filter stand before a key: the rank of the row at it.
    pub fn rank_of(&self, filter: &Filter, key: Key) -> Result<u64> {
        let _snapshot = self.snapshot()?;
        match self.way(filter)? {
            Way::Stretch(low, high) => {
                let (first, end) = self.stretch_ranks(low, high)?;
                Ok(self.rank_in_all(key)?.clamp(first, end) - first)
            }
            Way::Picked(plan) => {
                let selection = self.selection(filter, &plan)?;
                let before = selection.keys.partition_point(|mark| *mark < key);
                if selection.every == 1 {
                    return Ok(before as u64);
                }
                let Some(last) = before.checked_sub(1) else {
                    return Ok(0);
                };
                let rows = plan.page(self, selection.keys[last], selection.every as usize)?;
                let past = rows.partition_point(|row| *row < key) as u64;
                Ok(last as u64 * selection.every + past)
            }
            Way::AllBut(_, others) => {
                let without = self.without(&others)?;
                let before = without.partition_point(|other| *other < key) as u64;
                Ok(self.rank_in_all(key)? - before)
            }
        }
    }

    /// How many events have no time.
    pub fn undated(&self) -> Result<u64> {
        // The plus keeps SQLite from going through all events up to the id.
        let sql = "SELECT count(*) FROM event WHERE undated = 1 AND part_of IS NULL AND +id < ?1";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_row([self.hidden_record()], |row| get_u64(row, 0))?)
    }

    /// How many events there are.
    pub(crate) fn total(&self) -> Result<u64> {
        Ok(self.zones()?.records().saturating_sub(self.parts()?))
    }

    /// How many records belong to the event of another.
    fn parts(&self) -> Result<u64> {
        let sql = "SELECT coalesce(sum(count), 0) FROM uncounted";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_row([], |row| get_u64(row, 0))?)
    }

    fn event_counts(&self) -> Result<Counts> {
        judgement::event_counts(&self.conn, self.zones()?.records(), self.hidden_record())
    }
}
