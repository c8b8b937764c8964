//! What the analyst says of two names: that they are one identity's, or that they are not.

use crate::case::Case;
use crate::custody::{self, CustodyEntry};
use crate::error::Result;
use crate::reader::Reader;
use crate::record::RecordId;
use crate::words::column;
use crate::{StoredAlias, error};
use evidence::Micros;
use rusqlite::{Connection, params};

/// What was said of two names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// The lesser of the two texts.
    pub one: String,
    /// The greater.
    pub other: String,
    /// They are one identity's; else they are not, whatever a record says.
    pub same: bool,
    /// How the analyst knows.
    pub how: Option<String>,
    /// When it was said.
    pub said: Micros,
}

impl Case {
    /// Keeps what is said of two names in the place of what was said of them before, or with `None`
    /// takes that back; with a line in the custody log, all or nothing.
    pub fn set_merge(
        &mut self,
        names: (&str, &str),
        same: Option<bool>,
        how: Option<&str>,
        entry: &CustodyEntry,
    ) -> Result<()> {
        let (one, other) = if names.0 <= names.1 {
            names
        } else {
            (names.1, names.0)
        };
        let transaction = self.writing()?.transaction()?;
        match same {
            Some(same) => transaction.execute(
                "INSERT OR REPLACE INTO merge VALUES (?1, ?2, ?3, ?4, ?5)",
                params![one, other, same, how, entry.by.at.0],
            )?,
            None => transaction.execute(
                "DELETE FROM merge WHERE one = ?1 AND other = ?2",
                params![one, other],
            )?,
        };
        custody::append(&transaction, entry)?;
        Ok(transaction.commit()?)
    }
}

impl Reader {
    /// What was said of names, by their texts.
    pub fn merges(&self) -> Result<Vec<Merge>> {
        merges(&self.conn)
    }

    /// The aliases in which a name stands on either side.
    pub fn aliases_of(&self, name: u32) -> Result<Vec<StoredAlias>> {
        let sql = "SELECT name, role, alias, coalesce(part_of, alias.id) FROM alias \
             JOIN event ON event.id = alias.id \
             WHERE (name = ?1 OR alias = ?1) AND alias.id < ?2 \
             ORDER BY name, role, alias, alias.place, alias.id";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query(params![name, self.hidden_record()])?;
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

fn merges(conn: &Connection) -> error::Result<Vec<Merge>> {
    let mut statement =
        conn.prepare_cached("SELECT one, other, same, how, said FROM merge ORDER BY one, other")?;
    let rows = statement.query_map([], |row| {
        Ok(Merge {
            one: row.get(0)?,
            other: row.get(1)?,
            same: row.get(2)?,
            how: row.get(3)?,
            said: Micros(row.get(4)?),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
