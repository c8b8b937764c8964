//! The timeline: events in the order of their times, by rank or by key, whole or filtered.

use crate::column::Column;
use crate::error::{Result, StoreError};
use crate::filter::Filter;
use crate::judgement::{self, Counts, MARK_EVERY, WORDS};
use crate::plan::{Hit, Plan, Selection};
use crate::reader::Reader;
use crate::record::RecordId;
use crate::words::{get_u64, unsigned};
use evidence::{Micros, Word};
use rusqlite::{OptionalExtension as _, params};
use std::sync::Arc;

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

/// How the rows of a filter are reached.
enum Way {
    /// They are a stretch of the whole timeline, from one key up to another.
    Stretch(Key, Option<Key>),
    /// They are picked one by one.
    Picked(Arc<Plan>),
    /// They are all but a few, those of the other filter.
    AllBut(Arc<Plan>, Filter),
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

    /// Whether any event has several records.
    pub(crate) fn has_parts(&self) -> Result<bool> {
        let sql = "SELECT EXISTS(SELECT 1 FROM event WHERE part_of IS NOT NULL)";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }

    fn event_counts(&self) -> Result<Counts> {
        judgement::event_counts(&self.conn, self.zones()?.records(), self.hidden_record())
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

    fn way(&self, filter: &Filter) -> Result<Way> {
        let window = filter.from.is_some() || filter.until.is_some();
        let whole = filter.verdicts.is_empty() && filter.terms.is_empty();
        if whole && (!window || filter.undated || !self.any_undated()?) {
            return Ok(Way::Stretch(
                filter.from.map_or(Key::START, Key::at),
                filter.until.map(Key::at),
            ));
        }
        let plan = self.plan(filter)?;
        if !window && filter.terms.is_empty() && !self.is_live()? {
            let mut others = filter.clone();
            others.verdicts = WORDS
                .into_iter()
                .filter(|word| !filter.verdicts.contains(word))
                .collect();
            let counts = self.event_counts()?;
            let few: u64 = others.verdicts.iter().map(|&word| counts.of(word)).sum();
            if few <= (counts.total() / 2).min(self.kept.most_held() as u64) {
                return Ok(Way::AllBut(plan, others));
            }
        }
        Ok(Way::Picked(plan))
    }

    /// The keys of the rows of a filter that asks for verdicts alone, of which few have any.
    fn without(&self, others: &Filter) -> Result<Arc<Vec<Key>>> {
        self.cached(
            |cache| &mut cache.without,
            |conn| {
                if others.verdicts.is_empty() {
                    return Ok(Vec::new());
                }
                let plan = Plan::new(conn, others, self.zones()?, self.spans()?)?;
                let most_held = self.kept.most_held();
                Ok(plan.select(self, most_held, &mut |_| {}, &|| true)?.keys)
            },
        )
    }

    fn any_undated(&self) -> Result<bool> {
        let sql = "SELECT EXISTS(SELECT 1 FROM event WHERE undated = 1 AND part_of IS NULL)";
        Ok(self
            .conn
            .prepare_cached(sql)?
            .query_row([], |row| row.get(0))?)
    }

    /// The first and the last rank (not included) of a stretch of the timeline.
    fn stretch_ranks(&self, low: Key, high: Option<Key>) -> Result<(u64, u64)> {
        let first = if low == Key::START {
            0
        } else {
            self.rank_in_all(low)?
        };
        let end = high.map_or_else(|| self.total(), |high| self.rank_in_all(high))?;
        Ok((first, end.max(first)))
    }

    fn stretch_page(
        &self,
        low: Key,
        high: Option<Key>,
        from: Position,
        limit: usize,
    ) -> Result<Vec<Key>> {
        let key = match from {
            Position::From(key) => key,
            Position::After(key) => key.next(),
            Position::Rank(rank) => {
                let (first, end) = self.stretch_ranks(low, high)?;
                let rank = first.saturating_add(rank).min(end);
                let rows = (end - rank).min(limit as u64);
                return self.ranked(rank, rows);
            }
        };
        self.keys(key.max(low), high, 0, limit as u64)
    }

    /// The keys of the rows from a rank on in the whole timeline. From the nearest mark before it;
    /// while an import runs there are none for its rows, and the way is from the nearer end.
    fn ranked(&self, rank: u64, rows: u64) -> Result<Vec<Key>> {
        if rows == 0 {
            return Ok(Vec::new());
        }
        if !self.is_live()? {
            let mark = self.marks()?.get((rank / MARK_EVERY) as usize).copied();
            let mark = mark.ok_or_else(|| StoreError::damaged("a mark of the timeline is gone"))?;
            return self.keys(mark, None, rank % MARK_EVERY, rows);
        }
        let behind = self.total()?.saturating_sub(rank + rows);
        if rank <= behind {
            return self.keys(Key::START, None, rank, rows);
        }
        let sql = "SELECT place, id FROM event WHERE part_of IS NULL AND id < ?1 ORDER BY place DESC, id DESC LIMIT ?2 OFFSET ?3";
        let mut statement = self.conn.prepare_cached(sql)?;
        let found = statement.query_map(
            params![self.hidden_record(), rows as i64, behind as i64],
            |row| {
                Ok(Key {
                    place: row.get(0)?,
                    id: row.get(1)?,
                })
            },
        )?;
        let mut keys: Vec<Key> = found.collect::<rusqlite::Result<_>>()?;
        keys.reverse();
        Ok(keys)
    }

    fn keys(&self, from: Key, until: Option<Key>, skip: u64, limit: u64) -> Result<Vec<Key>> {
        let until = until.unwrap_or(Key {
            place: i64::MAX,
            id: i64::MAX,
        });
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let sql = "SELECT place, id FROM event WHERE (place, id) >= (?1, ?2) AND (place, id) < (?3, ?4) \
             AND part_of IS NULL AND id < ?5 ORDER BY place, id LIMIT ?6 OFFSET ?7";
        let mut statement = self.conn.prepare_cached(sql)?;
        let hidden = self.hidden_record();
        let bounds = params![
            from.place,
            from.id,
            until.place,
            until.id,
            hidden,
            limit,
            skip as i64
        ];
        let found = statement.query_map(bounds, |row| {
            Ok(Key {
                place: row.get(0)?,
                id: row.get(1)?,
            })
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// How many rows of the whole timeline stand before a key.
    fn rank_in_all(&self, key: Key) -> Result<u64> {
        let (mark, rank) = if self.is_live()? {
            (Key::START, 0)
        } else {
            let marks = self.marks()?;
            match marks.partition_point(|mark| *mark <= key).checked_sub(1) {
                Some(at) => (marks[at], at as u64 * MARK_EVERY),
                None => return Ok(0),
            }
        };
        let sql = "SELECT count(*) FROM event WHERE (place, id) >= (?1, ?2) AND (place, id) < (?3, ?4) \
             AND part_of IS NULL AND id < ?5";
        let mut statement = self.conn.prepare_cached(sql)?;
        let bounds = params![mark.place, mark.id, key.place, key.id, self.hidden_record()];
        Ok(rank + statement.query_row(bounds, |row| get_u64(row, 0))?)
    }

    fn picked_page(
        &self,
        filter: &Filter,
        plan: &Plan,
        from: Position,
        limit: usize,
    ) -> Result<Vec<Key>> {
        let rank = match from {
            Position::From(key) => return plan.page(self, key, limit),
            Position::After(key) => return plan.page(self, key.next(), limit),
            Position::Rank(0) => return plan.page(self, Key::START, limit),
            Position::Rank(rank) => rank,
        };
        let selection = self.selection(filter, plan)?;
        let limit = (limit as u64).min(selection.rows.saturating_sub(rank)) as usize;
        if limit == 0 {
            return Ok(Vec::new());
        }
        let mark = (rank / selection.every) as usize;
        if selection.every == 1 {
            return Ok(selection
                .keys
                .iter()
                .skip(mark)
                .take(limit)
                .copied()
                .collect());
        }
        let skip = (rank % selection.every) as usize;
        let Some(&key) = selection.keys.get(mark) else {
            return Ok(Vec::new());
        };
        let mut keys = plan.page(self, key, skip.saturating_add(limit))?;
        keys.drain(..skip.min(keys.len()));
        Ok(keys)
    }

    /// A page of all rows but a few: from the last mark that stands, without those few, at or before
    /// the rank.
    fn rest_page(
        &self,
        filter: &Filter,
        plan: &Plan,
        others: &Filter,
        from: Position,
        limit: usize,
    ) -> Result<Vec<Key>> {
        // The first page needs none of those few.
        let Position::Rank(rank @ 1..) = from else {
            return self.picked_page(filter, plan, from, limit);
        };
        let without = self.without(others)?;
        let marks = self.marks()?;
        let rank_at = |at: usize| {
            let before = without.partition_point(|other| *other < marks[at]);
            (at as u64 * MARK_EVERY).saturating_sub(before as u64)
        };
        let (mut low, mut high) = (0, marks.len());
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if rank_at(middle) <= rank {
                low = middle
            } else {
                high = middle
            }
        }
        let Some(&mark) = marks.get(low) else {
            return Ok(Vec::new());
        };
        let rest = self.total()?.saturating_sub(without.len() as u64);
        let limit = (limit as u64).min(rest.saturating_sub(rank)) as usize;
        if limit == 0 {
            return Ok(Vec::new());
        }
        let skip = (rank - rank_at(low)) as usize;
        let mut keys = plan.page(self, mark, skip.saturating_add(limit))?;
        keys.drain(..skip.min(keys.len()));
        Ok(keys)
    }

    fn rows(&self, keys: &[Key]) -> Result<Vec<TimelineRow>> {
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

    pub(crate) fn plan(&self, filter: &Filter) -> Result<Arc<Plan>> {
        if let Some((planned, plan)) = &self.cache.borrow().plan
            && planned == filter
        {
            return Ok(Arc::clone(plan));
        }
        let plan = Arc::new(Plan::new(&self.conn, filter, self.zones()?, self.spans()?)?);
        let mut cache = self.cache.borrow_mut();
        cache.plan = Some((filter.clone(), Arc::clone(&plan)));
        cache.without = None;
        Ok(plan)
    }

    /// The rows of a filter's plan: those that any reader of the case found last, if they are.
    pub(crate) fn selection(&self, filter: &Filter, plan: &Plan) -> Result<Arc<Selection>> {
        match self.kept_selection(filter)? {
            Some(kept) => Ok(kept),
            None => self.select(filter, plan, &mut |_| {}, &|| true),
        }
    }

    /// Goes through the rows of a filter's plan and gives `each` every one of them, as long as
    /// `go_on` says so.
    pub(crate) fn select(
        &self,
        filter: &Filter,
        plan: &Plan,
        each: &mut dyn FnMut(&Hit),
        go_on: &dyn Fn() -> bool,
    ) -> Result<Arc<Selection>> {
        let selection = Arc::new(plan.select(self, self.kept.most_held(), each, go_on)?);
        self.kept.keep(self.state()?, filter, &selection);
        Ok(selection)
    }

    fn kept_selection(&self, filter: &Filter) -> Result<Option<Arc<Selection>>> {
        Ok(self.kept.selection(self.state()?, filter))
    }

    /// Which state of the case this reader sees.
    fn state(&self) -> Result<(u64, i64)> {
        Ok((self.generation()?, self.hidden_record()))
    }
}
