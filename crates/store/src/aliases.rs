//! What things are called besides, and where that was learnt.

use crate::Column;
use crate::error::Result;
use crate::reader::Reader;
use crate::record::RecordId;
use crate::words::column;
use rusqlite::{Connection, params};
use std::collections::BTreeMap;

/// So many are gathered before they are written.
const MOST_GATHERED: usize = 64 << 10;

/// Something, the column that names it, and what it is called besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Told {
    pub(crate) name: u32,
    pub(crate) role: u8,
    pub(crate) alias: u32,
}

/// The aliases of an import that are not written yet, each with the earliest record that tells it:
/// by its time, undated ones last, then by its number.
#[derive(Debug, Default)]
pub(crate) struct Aliases(BTreeMap<Told, (i64, i64)>);

impl Aliases {
    pub(crate) fn add(&mut self, told: Told, by: (i64, i64)) {
        let first = self.0.entry(told).or_insert(by);
        *first = by.min(*first);
    }

    pub(crate) fn are_many(&self) -> bool {
        self.0.len() >= MOST_GATHERED
    }

    pub(crate) fn write(&mut self, conn: &Connection, import: u32) -> Result<()> {
        let mut insert = conn.prepare_cached(
            "INSERT INTO alias VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE \
             SET place = excluded.place, id = excluded.id \
             WHERE (excluded.place, excluded.id) < (place, id)",
        )?;
        while let Some((told, (place, id))) = self.0.pop_first() {
            let Told { name, role, alias } = told;
            insert.execute(params![name, role, alias, import, place, id])?;
        }
        Ok(())
    }
}

/// Another name of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StoredAlias {
    /// What events name it by.
    pub name: u32,
    /// The column that they name it in.
    pub column: Column,
    /// What it is called too.
    pub alias: u32,
    /// The record that leads the earliest event to say so; undated events are last.
    pub learnt: RecordId,
}

impl Reader {
    /// All that things are called besides, each once.
    pub fn aliases(&self) -> Result<Vec<StoredAlias>> {
        let sql = "SELECT name, role, alias, coalesce(part_of, alias.id) FROM alias \
             JOIN event ON event.id = alias.id WHERE alias.id < ?1 \
             ORDER BY name, role, alias, alias.place, alias.id";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query([self.hidden_record()])?;
        let mut out: Vec<StoredAlias> = Vec::new();
        while let Some(row) = rows.next()? {
            let alias = StoredAlias {
                name: row.get(0)?,
                column: column(row.get(1)?)?,
                alias: row.get(2)?,
                learnt: RecordId::from_number(row.get(3)?),
            };
            let same = |last: &StoredAlias| {
                (last.name, last.column, last.alias) == (alias.name, alias.column, alias.alias)
            };
            if !out.last().is_some_and(same) {
                out.push(alias);
            }
        }
        Ok(out)
    }
}
