//! How the rows of a filter are reached: as a stretch of all, picked one by one, or as all but a few.

use super::{Key, Position};
use crate::error::{Result, StoreError};
use crate::filter::Filter;
use crate::judgement::{MARK_EVERY, WORDS};
use crate::plan::{Hit, Plan, Selection};
use crate::reader::Reader;
use crate::words::get_u64;
use rusqlite::params;
use std::sync::Arc;

/// How the rows of a filter are reached.
pub(super) enum Way {
    /// They are a stretch of the whole timeline, from one key up to another.
    Stretch(Key, Option<Key>),
    /// They are picked one by one.
    Picked(Arc<Plan>),
    /// They are all but a few, those of the other filter.
    AllBut(Arc<Plan>, Filter),
}

impl Reader {
    pub(super) fn way(&self, filter: &Filter) -> Result<Way> {
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
    pub(super) fn without(&self, others: &Filter) -> Result<Arc<Vec<Key>>> {
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
    pub(super) fn stretch_ranks(&self, low: Key, high: Option<Key>) -> Result<(u64, u64)> {
        let first = if low == Key::START {
            0
        } else {
            self.rank_in_all(low)?
        };
        let end = high.map_or_else(|| self.total(), |high| self.rank_in_all(high))?;
        Ok((first, end.max(first)))
    }

    pub(super) fn stretch_page(
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
    pub(super) fn rank_in_all(&self, key: Key) -> Result<u64> {
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

    pub(super) fn picked_page(
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
    pub(super) fn rest_page(
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

    pub(super) fn kept_selection(&self, filter: &Filter) -> Result<Option<Arc<Selection>>> {
        Ok(self.kept.selection(self.state()?, filter))
    }

    /// Which state of the case this reader sees.
    fn state(&self) -> Result<(u64, i64)> {
        Ok((self.generation()?, self.hidden_record()))
    }
}
