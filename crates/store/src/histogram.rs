//! How many records there are over time.

use crate::error::Result;
use crate::filter::Filter;
use crate::judgement::{Counts, WORDS};
use crate::plan::{Hit, Plan};
use crate::reader::Reader;
use crate::words::get_u64;
use evidence::Micros;
use rusqlite::params;
use std::collections::HashMap;

/// A stretch of the histogram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// Where it begins: a multiple of its width.
    pub start: Micros,
    /// The dated records in it.
    pub counts: Counts,
}

impl Reader {
    /// The dated records that pass the filter, counted by stretches of 2^`level` microseconds that
    /// begin at multiples of that; `level` is at most 62. Of the filter's window whole stretches
    /// are counted: the first may begin before it and the last end after it. Empty stretches are
    /// left out.
    ///
    /// Without terms this is read from tallies, but for stretches finer than the tallies' finest
    /// and while an import runs.
    pub fn histogram(&self, filter: &Filter, level: u32) -> Result<Vec<Bucket>> {
        let level = level.min(62);
        let _snapshot = self.snapshot()?;
        let first = filter.from.map(|from| from.0 >> level);
        let last = match filter.until {
            // Nothing is before the beginning of time.
            Some(Micros(i64::MIN)) => return Ok(Vec::new()),
            until => until.map(|until| (until.0 - 1) >> level),
        };
        let tallied = if filter.terms.is_empty() && !self.is_live()? {
            let sql = "SELECT max(level) FROM tally WHERE level <= ?1";
            self.conn
                .prepare_cached(sql)?
                .query_row([level], |row| row.get(0))?
        } else {
            None
        };
        let mut buckets = match tallied {
            Some(finer) => self.tallied(first, last, level, finer)?,
            None => self.counted(filter, first, last, level)?,
        };
        if !filter.verdicts.is_empty() {
            for bucket in &mut buckets {
                let unwanted = WORDS.iter().filter(|word| !filter.verdicts.contains(word));
                unwanted.for_each(|&word| *bucket.counts.slot(word) = 0);
            }
            buckets.retain(|bucket| bucket.counts.total() > 0);
        }
        Ok(buckets)
    }

    /// How many rows pass the filter, and the dated ones of them counted as [`Reader::histogram`]
    /// does, but that where it has terms, nothing outside its window is counted. The rows are gone
    /// through once, and a page of them anywhere is at hand afterwards. Where `go_on` says no
    /// meanwhile, that is [`StoreError::Stopped`](crate::StoreError::Stopped).
    pub fn survey(
        &self,
        filter: &Filter,
        level: u32,
        go_on: &dyn Fn() -> bool,
    ) -> Result<(u64, Vec<Bucket>)> {
        let level = level.min(62);
        let _snapshot = self.snapshot()?;
        if filter.terms.is_empty() {
            let count = match self.known_count(filter)? {
                Some(count) => count,
                None => {
                    let plan = self.plan(filter)?;
                    self.select(filter, &plan, &mut |_| {}, go_on)?.rows
                }
            };
            return Ok((count, self.histogram(filter, level)?));
        }
        let mut tally = Tally::new(level);
        let plan = self.plan(filter)?;
        let selection = self.select(filter, &plan, &mut |hit| tally.add(hit), go_on)?;
        Ok((selection.rows, tally.buckets()))
    }

    /// Sums up the tallies of a finer level.
    fn tallied(
        &self,
        first: Option<i64>,
        last: Option<i64>,
        level: u32,
        finer: u32,
    ) -> Result<Vec<Bucket>> {
        let steps = level - finer;
        let low = first.map_or(i64::MIN, |first| first << steps);
        let high = last.map_or(i64::MAX, |last| (last << steps) | ((1 << steps) - 1));
        let sql = "SELECT bucket, contradicted, unproven, intact, verified, unchecked FROM tally \
             WHERE level = ?1 AND bucket BETWEEN ?2 AND ?3 ORDER BY bucket";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query(params![finer, low, high])?;
        let mut buckets: Vec<Bucket> = Vec::new();
        while let Some(row) = rows.next()? {
            let start = Micros(row.get::<_, i64>(0)? >> steps << level);
            let counts = Counts {
                contradicted: get_u64(row, 1)?,
                unproven: get_u64(row, 2)?,
                intact: get_u64(row, 3)?,
                verified: get_u64(row, 4)?,
                unchecked: get_u64(row, 5)?,
            };
            match buckets.last_mut().filter(|bucket| bucket.start == start) {
                Some(bucket) => bucket.counts.add(&counts),
                None => buckets.push(Bucket { start, counts }),
            }
        }
        Ok(buckets)
    }

    /// Counts the rows themselves.
    fn counted(
        &self,
        filter: &Filter,
        first: Option<i64>,
        last: Option<i64>,
        level: u32,
    ) -> Result<Vec<Bucket>> {
        let whole = Filter {
            from: first.map(|first| Micros(first << level)),
            until: last
                .and_then(|last| last.checked_add(1)?.checked_mul(1 << level))
                .map(Micros),
            ..filter.clone()
        };
        // Not the cached one: the timeline's own stays.
        let plan = Plan::new(&self.conn, &whole, self.zones()?, self.spans()?)?;
        let mut tally = Tally::new(level);
        plan.each(self, &mut |hit| tally.add(hit))?;
        Ok(tally.buckets())
    }
}

/// Rows counted one by one.
struct Tally {
    level: u32,
    counts: HashMap<i64, Counts>,
}

impl Tally {
    fn new(level: u32) -> Tally {
        Tally {
            level,
            counts: HashMap::new(),
        }
    }

    fn add(&mut self, hit: &Hit) {
        if !hit.undated {
            let bucket = self.counts.entry(hit.key.place >> self.level).or_default();
            *bucket.slot(hit.verdict) += 1;
        }
    }

    fn buckets(self) -> Vec<Bucket> {
        let bucket = |(bucket, counts): (i64, _)| Bucket {
            start: Micros(bucket << self.level),
            counts,
        };
        let mut buckets: Vec<Bucket> = self.counts.into_iter().map(bucket).collect();
        buckets.sort_unstable_by_key(|bucket| bucket.start);
        buckets
    }
}
