//! Events as numbers, for reconstruction: all of them, or those that name something, in time's order.

use crate::column::Column;
use crate::error::{Result, StoreError};
use crate::names;
use crate::reader::Reader;
use crate::record::RecordId;
use crate::spans::{SpanCursor, Spans};
use crate::words::get_time;
use crate::zones::Zone;
use evidence::{Micros, Word};
use rusqlite::{Row, ToSql, Transaction};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

/// An event. Texts are numbers: equal ones for equal texts, given in the order of import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// The record that leads it.
    pub record: RecordId,
    /// When, as far as the record says.
    pub time: Option<Micros>,
    /// What it names, by column.
    pub names: [Option<u32>; Column::COUNT],
    /// When the credential that it made ends by itself.
    pub expires: Option<Micros>,
    /// Bits of [`evidence::event::shown`].
    pub shown: u16,
    /// The worst verdict of its records.
    pub verdict: Word,
}

/// The events of a case in one state of it, until this is dropped.
pub struct Acts<'r> {
    reader: &'r Reader,
    spans: Arc<Spans>,
    _snapshot: Option<Transaction<'r>>,
}

impl std::fmt::Debug for Acts<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Acts").finish_non_exhaustive()
    }
}

/// Who sees acts; to break ends the visit.
pub type Visit<'v> = dyn FnMut(&Act) -> ControlFlow<()> + 'v;

impl Reader {
    /// The events of the case as it is now.
    pub fn acts(&self) -> Result<Acts<'_>> {
        let snapshot = self.snapshot()?;
        Ok(Acts {
            reader: self,
            spans: self.spans()?,
            _snapshot: snapshot,
        })
    }

    /// The text with a number; numbers are never used again.
    pub fn name_text(&self, number: u32) -> Result<Arc<str>> {
        self.name(number.into())
    }

    /// The number of a text, where an event or an alias has it.
    pub fn name_number(&self, text: &str) -> Result<Option<u32>> {
        let found = names::find(&self.conn, text)?;
        let narrow =
            |number| u32::try_from(number).map_err(|_| StoreError::damaged("the number of a name"));
        found.map(narrow).transpose()
    }
}

impl Acts<'_> {
    /// Visits the events that name a text in a column, from a time on and until before another:
    /// by time, those of one time in the order of import; where there is neither bound, then those
    /// without a time.
    pub fn naming(
        &self,
        column: Column,
        name: u32,
        window: (Option<Micros>, Option<Micros>),
        visit: &mut Visit<'_>,
    ) -> Result<()> {
        if column.is_indexed() {
            let test = format!("{} = ?5", column.sql());
            return self.each(&test, Some(name), window, visit);
        }
        let zones = self.mentioning(name, window)?;
        self.within(&zones, column, name, window, visit)
    }

    /// Visits all events within a window, as [`Acts::naming`] does.
    pub fn all(
        &self,
        window: (Option<Micros>, Option<Micros>),
        visit: &mut Visit<'_>,
    ) -> Result<()> {
        self.each("?5 IS NULL", None, window, visit)
    }

    /// One event, by the record that leads it.
    pub fn get(&self, record: RecordId) -> Result<Option<Act>> {
        let sql = format!("{} WHERE id = ?1 AND part_of IS NULL AND id < ?2", select());
        let mut statement = self.reader.conn.prepare_cached(&sql)?;
        let mut rows = statement.query([record.number(), self.reader.hidden_record()])?;
        let mut spans = self.spans.cursor(&self.reader.conn);
        rows.next()?.map(|row| act(row, &mut spans)).transpose()
    }

    fn each(
        &self,
        test: &str,
        name: Option<u32>,
        (from, until): (Option<Micros>, Option<Micros>),
        visit: &mut Visit<'_>,
    ) -> Result<()> {
        let hidden = self.reader.hidden_record();
        let select = select();
        let until = match until {
            // Nothing is before the beginning of time.
            Some(Micros(i64::MIN)) => return Ok(()),
            until => until.map(|until| until.0 - 1),
        };
        let bounded = from.is_some() || until.is_some();
        let (low, high) = (
            from.map_or(i64::MIN, |from| from.0),
            until.unwrap_or(i64::MAX),
        );
        let dated = format!(
            "{select} WHERE {test} AND place BETWEEN ?1 AND ?2 AND undated = ?3 \
             AND part_of IS NULL AND id < ?4 ORDER BY place, id"
        );
        let bounds: [&dyn ToSql; 5] = [&low, &high, &0, &hidden, &name];
        if self.visited(&dated, &bounds, visit)?.is_break() || bounded {
            return Ok(());
        }
        let undated = format!(
            "{select} WHERE {test} AND place BETWEEN ?1 AND ?2 AND undated = 1 AND ?3 = 1 \
             AND part_of IS NULL AND id < ?4 ORDER BY id"
        );
        let bounds: [&dyn ToSql; 5] = [&low, &high, &1, &hidden, &name];
        self.visited(&undated, &bounds, visit).map(drop)
    }

    fn visited(
        &self,
        sql: &str,
        bounds: &[&dyn ToSql],
        visit: &mut Visit<'_>,
    ) -> Result<ControlFlow<()>> {
        let mut statement = self.reader.conn.prepare_cached(sql)?;
        let mut spans = self.spans.cursor(&self.reader.conn);
        let mut rows = statement.query(bounds)?;
        while let Some(row) = rows.next()? {
            if visit(&act(row, &mut spans)?).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// The zones that mention a name and reach into a window, by their beginnings in time.
    fn mentioning(
        &self,
        name: u32,
        (from, until): (Option<Micros>, Option<Micros>),
    ) -> Result<Vec<Zone>> {
        let zones = self.reader.zones()?;
        let mut wanted = Vec::new();
        crate::mentions::blocks_of(&self.reader.conn, name.into(), |block| {
            let zone = zones.of_block(block).map(|at| zones.all[at]);
            wanted.extend(zone.filter(|zone| {
                from.is_none_or(|from| zone.max >= from.0)
                    && until.is_none_or(|until| zone.min < until.0)
            }));
        })?;
        wanted.sort_unstable_by_key(|zone| (zone.min, zone.first));
        wanted.dedup();
        Ok(wanted)
    }

    /// The events of these zones that name a text. Held are those alone that a zone still to
    /// be read may come before.
    fn within(
        &self,
        zones: &[Zone],
        column: Column,
        name: u32,
        (from, until): (Option<Micros>, Option<Micros>),
        visit: &mut Visit<'_>,
    ) -> Result<()> {
        let sql = format!(
            "{} WHERE id BETWEEN ?1 AND ?2 AND {} = ?3 AND part_of IS NULL",
            select(),
            column.sql()
        );
        let mut statement = self.reader.conn.prepare_cached(&sql)?;
        let mut spans = self.spans.cursor(&self.reader.conn);
        let bounded = from.is_some() || until.is_some();
        let mut waiting: BTreeMap<(Micros, RecordId), Act> = BTreeMap::new();
        let mut undated: Vec<RecordId> = Vec::new();
        for zone in zones {
            while let Some(next) = waiting.first_entry()
                && next.key().0.0 < zone.min
            {
                if visit(&next.remove()).is_break() {
                    return Ok(());
                }
            }
            let mut rows = statement.query([zone.first, zone.last, name.into()])?;
            while let Some(row) = rows.next()? {
                let act = act(row, &mut spans)?;
                let Some(time) = act.time else {
                    undated.push(act.record);
                    continue;
                };
                if from.is_none_or(|from| time >= from) && until.is_none_or(|until| time < until) {
                    waiting.insert((time, act.record), act);
                }
            }
        }
        for act in waiting.values() {
            if visit(act).is_break() {
                return Ok(());
            }
        }
        if bounded {
            return Ok(());
        }
        undated.sort_unstable();
        for record in undated {
            let act = self.get(record)?;
            if visit(&act.ok_or_else(|| StoreError::damaged("an event is gone"))?).is_break() {
                return Ok(());
            }
        }
        Ok(())
    }
}

fn select() -> String {
    format!(
        "SELECT id, place, undated, expires, shown, {} FROM event",
        Column::list()
    )
}

fn act(row: &Row<'_>, spans: &mut SpanCursor<'_>) -> Result<Act> {
    let id: i64 = row.get(0)?;
    let undated: bool = row.get(2)?;
    let mut names = [None; Column::COUNT];
    for (at, name) in names.iter_mut().enumerate() {
        *name = row.get(5 + at)?;
    }
    let shown: Option<u16> = row.get(4)?;
    Ok(Act {
        record: RecordId::from_number(id),
        time: if undated { None } else { get_time(row, 1)? },
        names,
        expires: get_time(row, 3)?,
        shown: shown.unwrap_or(0),
        verdict: spans.verdict(id)?,
    })
}
