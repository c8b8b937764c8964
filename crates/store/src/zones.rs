//! Where the records of each block lie in time's order, and of which kinds they are: what need not be
//! looked at.

use crate::error::{Result, StoreError};
use crate::kinds::{self, EventKind};
use rusqlite::Connection;
use std::collections::HashMap;

/// Records of one block, and where they lie in time's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Zone {
    pub(crate) first: i64,
    pub(crate) last: i64,
    block: i64,
    pub(crate) min: i64,
    pub(crate) max: i64,
}

/// The zones of the case by rising ids.
#[derive(Debug, Default)]
pub(crate) struct Zones {
    pub(crate) all: Vec<Zone>,
    /// Block and place in `all`, by rising blocks.
    by_block: Vec<(i64, usize)>,
    /// The kinds of events that the case is known to hold.
    kinds: Vec<EventKind>,
    /// Of each zone the places of its kinds in `kinds`; `None` where they are not known.
    kinds_of: Vec<Option<Box<[u16]>>>,
}

impl Zones {
    pub(crate) fn load(conn: &Connection, hidden: i64) -> Result<Zones> {
        let sql = "SELECT first_id, last_id, block, min_place, max_place, kinds FROM zone \
             WHERE first_id < ?1 ORDER BY first_id";
        let mut statement = conn.prepare_cached(sql)?;
        let mut rows = statement.query([hidden])?;
        let (mut all, mut kinds, mut kinds_of) = (Vec::new(), Vec::new(), Vec::new());
        let mut places: HashMap<EventKind, u16> = HashMap::new();
        while let Some(row) = rows.next()? {
            all.push(Zone {
                first: row.get(0)?,
                last: row.get(1)?,
                block: row.get(2)?,
                min: row.get(3)?,
                max: row.get(4)?,
            });
            let known = row.get_ref(5)?.as_blob_or_null();
            let known = known.map_err(|_| StoreError::damaged("the kinds of a zone"))?;
            // `None` also where the case has more kinds than can be told apart.
            let mut place = |kind: EventKind| {
                if let Some(&place) = places.get(&kind) {
                    return Some(place);
                }
                let place = u16::try_from(kinds.len()).ok()?;
                kinds.push(kind);
                places.insert(kind, place);
                Some(place)
            };
            kinds_of.push(match known {
                Some(known) => kinds::decode(known)?.into_iter().map(&mut place).collect(),
                None => None,
            });
        }
        let mut by_block: Vec<_> = all
            .iter()
            .enumerate()
            .map(|(at, zone)| (zone.block, at))
            .collect();
        by_block.sort_unstable();
        Ok(Zones {
            all,
            by_block,
            kinds,
            kinds_of,
        })
    }

    pub(crate) fn records(&self) -> u64 {
        self.all
            .iter()
            .map(|zone| (zone.last - zone.first) as u64 + 1)
            .sum()
    }

    pub(crate) fn of_block(&self, block: i64) -> Option<usize> {
        let at = self
            .by_block
            .binary_search_by_key(&block, |&(block, _)| block)
            .ok()?;
        Some(self.by_block[at].1)
    }

    /// Of each zone, whether it may hold a row of a kind that passes.
    pub(crate) fn with_kinds(&self, passes: impl Fn(EventKind) -> bool) -> Vec<bool> {
        let passes: Vec<bool> = self.kinds.iter().copied().map(passes).collect();
        let any = |kinds: &[u16]| kinds.iter().any(|&kind| passes[usize::from(kind)]);
        let may = |kinds: &Option<Box<[u16]>>| kinds.as_deref().is_none_or(any);
        self.kinds_of.iter().map(may).collect()
    }

    /// Marks the zones that hold records of a stretch of ids.
    pub(crate) fn mark(&self, wanted: &mut [bool], first: i64, last: i64) {
        let from = self.all.partition_point(|zone| zone.last < first);
        let to = self.all.partition_point(|zone| zone.first <= last);
        if let Some(wanted) = wanted.get_mut(from..to) {
            wanted.fill(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::column::Column;
    use crate::kinds::Kinds;
    use crate::schema;

    #[test]
    fn of_a_case_with_more_kinds_than_can_be_told_apart_the_rest_are_not_known() {
        let mut conn = Connection::open_in_memory().unwrap();
        schema::create(&mut conn, schema::STEPS).unwrap();
        let kind = |number: u32| {
            let mut numbers = [None; Column::COUNT];
            numbers[Column::Type as usize] = Some(number);
            EventKind::of(&numbers)
        };
        // 1024 zones of 64 kinds take up all places; then one of old kinds, and one with a new one.
        for zone in 0..1026 {
            let mut kinds = Kinds::new();
            let first = if zone == 1024 { 64 } else { zone * 64 };
            (first..first + 64).for_each(|number| kinds.add(kind(number)));
            let sql = "INSERT INTO zone VALUES (?1, ?1, ?1, 0, 0, ?2)";
            let mut insert = conn.prepare_cached(sql).unwrap();
            insert.execute((zone, kinds.encode())).unwrap();
        }
        let zones = Zones::load(&conn, i64::MAX).unwrap();
        let with = |wanted: u32| -> Vec<usize> {
            let with = zones.with_kinds(|seen| seen == kind(wanted));
            (0..with.len()).filter(|&at| with[at]).collect()
        };
        assert_eq!(with(0), [0, 1025]);
        assert_eq!(with(100), [1, 1024, 1025]);
        assert_eq!(with(65_535), [1023, 1025]);
        assert_eq!(with(65_700), [1025]);
    }
}
