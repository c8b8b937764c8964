//! How the rows that a filter wants are found.
//!
//! The texts of a filter's terms are looked up among the names, which gives sets of numbers; the
//! index of mentions tells which blocks can hold such a number, the spans which can hold such a
//! verdict, and the zones which lie in the time asked for and which hold events of such a kind. Only
//! the rows of the blocks left are looked at. So a rare word or a rare verdict among ten million
//! records costs a few blocks; what is common is found soon wherever one begins. No text of a filter
//! becomes SQL.

mod term;

use self::term::{Numbers, Seen, Test, test};
use crate::column::Column;
use crate::error::{Result, StoreError};
use crate::filter::Filter;
use crate::judgement::{WORDS, word_bit};
use crate::mentions;
use crate::reader::Reader;
use crate::record::RecordId;
use crate::spans::{SpanCursor, Spans, Stretch};
use crate::timeline::Key;
use crate::words::{unsigned, word_number};
use crate::zones::{Zone, Zones};
use evidence::Word;
use rusqlite::{Connection, params_from_iter};
use std::collections::BinaryHeap;
use std::iter::Peekable;
use std::slice::Iter;
use std::sync::Arc;

/// So many names are followed into the index of mentions; of a term that fits more, every block is
/// a candidate.
const MOST_FOLLOWED: usize = 4096;

/// A filter ready to be run, for one state of the case.
#[derive(Debug)]
pub(crate) struct Plan {
    from: i64,
    until: Option<i64>,
    /// Whether undated rows fail because of the window.
    dated_only: bool,
    /// The verdicts wanted, as bits.
    verdicts: u8,
    tests: Vec<Test>,
    /// Whether any test looks at what is no text of the event.
    numbers_read: bool,
    /// The columns that the tests look at, and the statement that reads them.
    columns: u32,
    sql: String,
    /// What that statement compares columns with, where a test asks for one name in one column.
    compared: Vec<i64>,
    zones: Arc<Zones>,
    /// Those that can hold a wanted row, by rising `min`.
    candidates: Vec<usize>,
    pub(crate) spans: Arc<Spans>,
}

/// A row that passed.
pub(crate) struct Hit {
    pub(crate) key: Key,
    pub(crate) undated: bool,
    pub(crate) verdict: Word,
}

impl Plan {
    pub(crate) fn new(
        conn: &Connection,
        filter: &Filter,
        zones: Arc<Zones>,
        spans: Arc<Spans>,
    ) -> Result<Plan> {
        let every = WORDS.iter().fold(0, |bits, &word| bits | word_bit(word));
        let wanted = filter
            .verdicts
            .iter()
            .fold(0, |bits, &word| bits | word_bit(word));
        let window = filter.from.is_some() || filter.until.is_some();
        let mut plan = Plan {
            from: filter.from.map_or(i64::MIN, |from| from.0),
            until: filter.until.map(|until| until.0),
            dated_only: window && !filter.undated,
            verdicts: if wanted == 0 { every } else { wanted },
            tests: Vec::new(),
            numbers_read: false,
            columns: 0,
            sql: String::new(),
            compared: Vec::new(),
            zones,
            candidates: Vec::new(),
            spans,
        };
        let mut keep: Vec<bool> = plan
            .zones
            .all
            .iter()
            .map(|zone| plan.overlaps(zone))
            .collect();
        plan.keep_verdicts(&mut keep);
        let mut compared = Vec::new();
        for term in &filter.terms {
            let (test, numbers) = test(conn, term)?;
            if !test.negated {
                plan.keep_mentioned(conn, &test, &numbers, &mut keep)?;
            }
            if let (false, 1, &[number]) = (test.negated, test.columns.count_ones(), &*numbers) {
                compared.push((test.columns, number));
            }
            plan.columns |= test.columns;
            plan.numbers_read |= test.seqs.is_some() || !test.natives.is_empty();
            plan.tests.push(test);
        }
        plan.keep_kinds(&mut keep);
        plan.candidates = (0..keep.len()).filter(|&at| keep[at]).collect();
        let zones = &plan.zones.all;
        plan.candidates
            .sort_unstable_by_key(|&at| (zones[at].min, at));
        let mut sql = "SELECT id, place, undated".to_owned();
        for column in plan.columns_read() {
            sql.push_str(", ");
            sql.push_str(column.sql());
        }
        if plan.numbers_read {
            sql.push_str(", native, seq");
        }
        sql.push_str(" FROM event WHERE id BETWEEN ?1 AND ?2");
        // By their place in a row: what the first refuses is not read further.
        compared.sort_unstable();
        for (nth, &(bit, _)) in compared.iter().enumerate() {
            for column in Column::ALL.iter().filter(|column| column.bit() == bit) {
                sql.push_str(&format!(" AND {} = ?{}", column.sql(), nth + 3));
            }
        }
        sql.push_str(" AND part_of IS NULL");
        plan.compared = compared.into_iter().map(|(_, number)| number).collect();
        plan.sql = sql;
        Ok(plan)
    }

    fn columns_read(&self) -> impl Iterator<Item = Column> + '_ {
        Column::ALL
            .into_iter()
            .filter(|&column| self.columns & column.bit() != 0)
    }

    fn overlaps(&self, zone: &Zone) -> bool {
        zone.max >= self.from && self.until.is_none_or(|until| zone.min < until)
    }

    fn keep_verdicts(&self, keep: &mut [bool]) {
        let (Some(all), Some(worse)) = (self.spans.all(), self.spans.worse()) else {
            return;
        };
        let mut wanted = vec![false; keep.len()];
        for stretch in all {
            if self.verdicts & word_bit(stretch.verdict) != 0 {
                self.zones.mark(&mut wanted, stretch.first, stretch.last);
            }
        }
        for &(id, verdict) in worse {
            if self.verdicts & word_bit(verdict) != 0 {
                self.zones.mark(&mut wanted, id, id);
            }
        }
        if self.verdicts & word_bit(Word::Unchecked) != 0 {
            let mut spans = all.iter().peekable();
            for (zone, wanted) in self.zones.all.iter().zip(&mut wanted) {
                *wanted |= !is_covered(zone, &mut spans);
            }
        }
        intersect(keep, &wanted);
    }

    /// Keeps the zones that can hold a row for which the test holds.
    fn keep_mentioned(
        &self,
        conn: &Connection,
        test: &Test,
        numbers: &[i64],
        keep: &mut [bool],
    ) -> Result<()> {
        if numbers.len() > MOST_FOLLOWED || test.seqs.is_some() || test.raw.is_some() {
            return Ok(());
        }
        let mut wanted = vec![false; keep.len()];
        for native in &test.natives {
            let mut statement = conn.prepare_cached("SELECT id FROM event WHERE native = ?1")?;
            let mut rows = statement.query([native])?;
            while let Some(row) = rows.next()? {
                // What belongs to it has the same id, and a part's leader may lie elsewhere.
                let id = row.get(0)?;
                self.zones.mark(&mut wanted, id, id);
            }
        }
        for &id in test.noted.iter().flatten() {
            self.zones.mark(&mut wanted, id, id);
        }
        if !test.streams.is_empty() {
            let Some(all) = self.spans.all() else {
                return Ok(());
            };
            for stretch in all
                .iter()
                .filter(|stretch| test.streams.contains(&stretch.stream))
            {
                self.zones.mark(&mut wanted, stretch.first, stretch.last);
            }
        }
        for (zone, wanted) in self.zones.all.iter().zip(&mut wanted) {
            *wanted |= test
                .files
                .contains(&RecordId::from_number(zone.first).file.0);
        }
        for &number in numbers {
            mentions::blocks_of(conn, number, |block| {
                if let Some(at) = self.zones.of_block(block) {
                    wanted[at] = true;
                }
            })?;
        }
        intersect(keep, &wanted);
        Ok(())
    }

    /// Keeps the zones that can hold a row which all tests on its kind let pass. Each of their words
    /// may be mentioned in a zone, and in no row of it all of them.
    fn keep_kinds(&self, keep: &mut [bool]) {
        let tests = self.tests.iter().filter(|test| test.is_of_kind());
        if tests.clone().next().is_none() {
            return;
        }
        let wanted = self.zones.with_kinds(|kind| {
            let numbers = kind.numbers();
            tests
                .clone()
                .all(|test| test.named(&numbers) != test.negated)
        });
        intersect(keep, &wanted);
    }

    /// Which zones are looked at, by their number.
    #[cfg(test)]
    pub(crate) fn looked_at(&self) -> Vec<usize> {
        let mut zones = self.candidates.clone();
        zones.sort_unstable();
        zones
    }

    /// Gives each row of a zone that passes, by rising ids.
    fn scan(
        &self,
        reader: &Reader,
        zone: usize,
        spans: &mut SpanCursor<'_>,
        each: &mut dyn FnMut(&Hit),
    ) -> Result<()> {
        let Zone { first, last, .. } = self.zones.all[zone];
        let mut statement = reader.conn.prepare_cached(&self.sql)?;
        let bounds = [first, last]
            .into_iter()
            .chain(self.compared.iter().copied());
        let mut rows = statement.query(params_from_iter(bounds))?;
        let mut numbers = [None; Column::COUNT];
        while let Some(row) = rows.next()? {
            let (id, place, undated) = (row.get(0)?, row.get(1)?, row.get(2)?);
            if place < self.from
                || self.until.is_some_and(|until| place >= until)
                || undated && self.dated_only
            {
                continue;
            }
            let span = spans.of(id)?;
            let verdict = spans.verdict(id)?;
            if self.verdicts >> word_number(verdict) & 1 == 0 {
                continue;
            }
            for (at, column) in self.columns_read().enumerate() {
                numbers[column as usize] = row.get::<_, Option<i64>>(3 + at)?;
            }
            let record = RecordId::from_number(id);
            let (mut native, mut seq) = (None, None);
            if self.numbers_read {
                let at = 3 + self.columns.count_ones() as usize;
                native = row.get::<_, Option<i64>>(at)?;
                let less = row.get::<_, Option<i64>>(at + 1)?;
                seq = less.map(|less| unsigned(less).wrapping_add(record.ordinal.into()));
            }
            let seen = Seen {
                id,
                numbers: &numbers,
                file: record.file.0,
                stream: span.map(|span| span.stream),
                native,
                seq,
            };
            let passes = |test: &Test| test.raw.is_some() || test.holds(&seen) != test.negated;
            if self.tests.iter().all(passes) && self.raw_holds(reader, record)? {
                each(&Hit {
                    key: Key { place, id },
                    undated,
                    verdict,
                });
            }
        }
        Ok(())
    }

    /// Whether the tests on bytes let a row pass.
    fn raw_holds(&self, reader: &Reader, record: RecordId) -> Result<bool> {
        let mut raw = self
            .tests
            .iter()
            .filter_map(|test| Some((test.raw.as_ref()?, test.negated)))
            .peekable();
        if raw.peek().is_none() {
            return Ok(true);
        }
        let mut records = vec![record];
        if reader.has_parts()? {
            records.extend(reader.parts_of(record)?);
        }
        for (compare, negated) in raw {
            let mut holds = false;
            for &record in &records {
                let block = reader.block_of(record)?;
                let bytes = reader.block_bytes(&block)?;
                holds |= compare.fits(block.bytes_of(record, &bytes)?);
            }
            if holds == negated {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The first `limit` rows from a key on, in the timeline's order.
    pub(crate) fn page(&self, reader: &Reader, from: Key, limit: usize) -> Result<Vec<Key>> {
        let mut best: BinaryHeap<Key> = BinaryHeap::new();
        let mut spans = self.spans.cursor(&reader.conn);
        for &at in self.candidates.iter().take_while(|_| limit > 0) {
            let zone = &self.zones.all[at];
            if zone.max < from.place {
                continue;
            }
            if best.len() >= limit && best.peek().is_some_and(|worst| zone.min > worst.place) {
                break;
            }
            self.scan(reader, at, &mut spans, &mut |hit| {
                if hit.key >= from && best.len() < limit {
                    best.push(hit.key);
                } else if hit.key >= from
                    && let Some(mut worst) = best.peek_mut()
                    && hit.key < *worst
                {
                    *worst = hit.key;
                }
            })?;
        }
        Ok(best.into_sorted_vec())
    }

    /// Gives every row that passes, zone by zone.
    pub(crate) fn each(&self, reader: &Reader, each: &mut dyn FnMut(&Hit)) -> Result<()> {
        let mut spans = self.spans.cursor(&reader.conn);
        self.candidates
            .iter()
            .try_for_each(|&at| self.scan(reader, at, &mut spans, each))
    }

    /// All rows that pass, counted and in order; each is given to `each` besides, in no order. It
    /// is asked for each zone whether to go on; where not, that is [`StoreError::Stopped`].
    pub(crate) fn select(
        &self,
        reader: &Reader,
        most_held: usize,
        each: &mut dyn FnMut(&Hit),
        go_on: &dyn Fn() -> bool,
    ) -> Result<Selection> {
        let conn = &reader.conn;
        let mut keys = Vec::new();
        let mut rows = 0u64;
        let mut bits: Vec<Numbers> = Vec::new();
        bits.resize_with(self.zones.all.len(), Numbers::default);
        let mut spans = self.spans.cursor(conn);
        for &at in &self.candidates {
            if !go_on() {
                return Err(StoreError::Stopped);
            }
            let first = self.zones.all[at].first;
            self.scan(reader, at, &mut spans, &mut |hit| {
                each(hit);
                rows += 1;
                bits[at].add(hit.key.id - first);
                if keys.len() < most_held {
                    keys.push(hit.key);
                }
            })?;
        }
        if rows == keys.len() as u64 {
            keys.sort_unstable();
            return Ok(Selection {
                rows,
                every: 1,
                keys,
            });
        }
        // Too many to be held: once more, over the index alone, in order.
        keys.clear();
        let every = SELECTION_EVERY;
        let mut nth = 0u64;
        let mut statement =
            conn.prepare("SELECT place, id FROM event WHERE part_of IS NULL ORDER BY place, id")?;
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            let key = Key {
                place: row.get(0)?,
                id: row.get(1)?,
            };
            let after = self.zones.all.partition_point(|zone| zone.first <= key.id);
            let Some(at) = after.checked_sub(1) else {
                continue;
            };
            if bits[at].has(key.id - self.zones.all[at].first) {
                if nth.is_multiple_of(every) {
                    keys.push(key);
                }
                nth += 1;
            }
        }
        Ok(Selection { rows, every, keys })
    }
}

/// Whether every record of a zone lies in a span. Zones rise from call to call.
fn is_covered(zone: &Zone, spans: &mut Peekable<Iter<'_, Stretch>>) -> bool {
    let mut next = zone.first;
    while let Some(span) = spans.peek() {
        if span.first > next {
            return false;
        }
        next = next.max(span.last.saturating_add(1));
        if next > zone.last {
            // It may reach into the next zone too.
            return true;
        }
        spans.next();
    }
    false
}

fn intersect(keep: &mut [bool], wanted: &[bool]) {
    keep.iter_mut()
        .zip(wanted)
        .for_each(|(keep, wanted)| *keep &= wanted);
}

/// Every how many rows a key is held of a selection too large to be held whole.
const SELECTION_EVERY: u64 = 256;

/// The rows that a filter passes: how many, and keys by which each is reached.
#[derive(Debug)]
pub(crate) struct Selection {
    pub(crate) rows: u64,
    /// The keys are those of every so many rows.
    pub(crate) every: u64,
    pub(crate) keys: Vec<Key>,
}
