//! In which blocks a name is mentioned.
//!
//! An import gathers the mentions of many blocks and writes them by rising names: one row for a name
//! and all the blocks gathered, whatever their number. So the tree is written from one end to the
//! other a few times, and not at random places for each block.

use crate::error::{Result, StoreError};
use crate::varint::{put, take};
use rusqlite::{Connection, params};

/// So many are gathered (16 MiB) before they are written.
const MOST_GATHERED: usize = 2 << 20;

/// The mentions that are not written yet.
#[derive(Debug, Default)]
pub(crate) struct Mentions(Vec<(u32, u32)>);

impl Mentions {
    pub(crate) fn add(&mut self, name: u32, block: u32) {
        self.0.push((name, block));
    }

    #[cfg(test)]
    pub(crate) fn gathered(&self) -> &[(u32, u32)] {
        &self.0
    }

    pub(crate) fn are_many(&self) -> bool {
        self.0.len() >= MOST_GATHERED
    }

    /// Writes what was gathered: of each name the first block, and from it the steps to the others.
    pub(crate) fn write(&mut self, conn: &Connection) -> Result<()> {
        self.0.sort_unstable();
        self.0.dedup();
        let mut insert = conn.prepare_cached("INSERT INTO mention VALUES (?1, ?2, ?3)")?;
        let mut steps = Vec::new();
        for mentions in self.0.chunk_by(|one, next| one.0 == next.0) {
            let (name, first) = mentions[0];
            steps.clear();
            for pair in mentions.windows(2) {
                put(&mut steps, u64::from(pair[1].1 - pair[0].1));
            }
            let steps = (!steps.is_empty()).then_some(&steps);
            insert.execute(params![name, first, steps])?;
        }
        self.0.clear();
        Ok(())
    }
}

/// Gives each block that mentions a name.
pub(crate) fn blocks_of(conn: &Connection, name: i64, mut each: impl FnMut(i64)) -> Result<()> {
    let mut statement = conn.prepare_cached("SELECT block, steps FROM mention WHERE name = ?1")?;
    let mut rows = statement.query([name])?;
    while let Some(row) = rows.next()? {
        let mut block: i64 = row.get(0)?;
        each(block);
        let mut steps = row
            .get_ref(1)?
            .as_blob_or_null()
            .ok()
            .flatten()
            .unwrap_or_default();
        while !steps.is_empty() {
            let step = take(&mut steps).and_then(|step| i64::try_from(step).ok());
            let next = step.and_then(|step| block.checked_add(step));
            block = next.ok_or_else(|| StoreError::damaged("the mentions of a name"))?;
            each(block);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema;

    #[test]
    fn mentions_read_back_over_several_writes() {
        let mut conn = Connection::open_in_memory().unwrap();
        schema::create(&mut conn, schema::STEPS).unwrap();
        let mut mentions = Mentions::default();
        for blocks in [[5, 900, 6, 5], [70_000, 1000, 1001, 1000]] {
            for block in blocks {
                mentions.add(3, block);
                mentions.add(2, block + 1);
            }
            mentions.add(u32::MAX, blocks[0]);
            mentions.write(&conn).unwrap();
        }
        let blocks = |name: i64| {
            let mut blocks = Vec::new();
            blocks_of(&conn, name, |block| blocks.push(block)).unwrap();
            blocks
        };
        assert_eq!(blocks(3), [5, 6, 900, 1000, 1001, 70_000]);
        assert_eq!(blocks(2), [6, 7, 901, 1001, 1002, 70_001]);
        assert_eq!(blocks(u32::MAX.into()), [5, 70_000]);
        assert_eq!(blocks(4), [0; 0]);
        conn.execute("UPDATE mention SET steps = x'80' WHERE name = 3", [])
            .unwrap();
        let spoilt = blocks_of(&conn, 3, |_| ());
        assert_eq!(
            spoilt,
            Err(StoreError::Damaged("the mentions of a name".into()))
        );
    }
}
