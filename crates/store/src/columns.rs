//! How the analyst wants to see the timeline's columns, in the words of whoever shows them.
//!
//! It says nothing of the evidence and changes nothing that is told of it, so it is no line of the
//! custody log.

use crate::case::Case;
use crate::error::Result;
use crate::reader::Reader;
use rusqlite::OptionalExtension as _;

const KEY: &str = "columns";

impl Case {
    /// Keeps it, in the place of what was kept before.
    pub fn set_columns(&mut self, columns: &str) -> Result<()> {
        let sql = "INSERT OR REPLACE INTO meta VALUES (?1, ?2)";
        self.writing()?.execute(sql, [KEY, columns])?;
        Ok(())
    }
}

impl Reader {
    /// What was kept last; nothing where nothing was.
    pub fn columns(&self) -> Result<Option<String>> {
        let sql = "SELECT value FROM meta WHERE key = ?1";
        let kept = self.conn.query_row(sql, [KEY], |row| row.get(0));
        Ok(kept.optional()?)
    }
}
