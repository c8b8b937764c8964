//! Where the records of each block lie in time's order: what need not be looked at.

use crate::error::Result;
use rusqlite::Connection;

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
}

impl Zones {
    pub(crate) fn load(conn: &Connection, hidden: i64) -> Result<Zones> {
        let sql = "SELECT first_id, last_id, block, min_place, max_place FROM zone \
             WHERE first_id < ?1 ORDER BY first_id";
        let mut statement = conn.prepare_cached(sql)?;
        let mut rows = statement.query([hidden])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(Zone {
                first: row.get(0)?,
                last: row.get(1)?,
                block: row.get(2)?,
                min: row.get(3)?,
                max: row.get(4)?,
            });
        }
        let mut by_block: Vec<_> = all
            .iter()
            .enumerate()
            .map(|(at, zone)| (zone.block, at))
            .collect();
        by_block.sort_unstable();
        Ok(Zones { all, by_block })
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

    /// Marks the zones that hold records of a stretch of ids.
    pub(crate) fn mark(&self, wanted: &mut [bool], first: i64, last: i64) {
        let from = self.all.partition_point(|zone| zone.last < first);
        let to = self.all.partition_point(|zone| zone.first <= last);
        if let Some(wanted) = wanted.get_mut(from..to) {
            wanted.fill(true);
        }
    }
}
