//! What the analyst makes of findings.
//!
//! A finding is reckoned anew whenever it is asked for, so what was made of it stands under a key
//! that whoever reckons it gives it, beside the words that it had then: where it is found no more,
//! what was made of it is still told.

use crate::case::Case;
use crate::custody::{self, CustodyEntry};
use crate::error::Result;
use crate::reader::Reader;
use rusqlite::params;

/// What was made of one finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// The finding's key.
    pub key: String,
    /// The code that it had.
    pub code: String,
    /// The words that it had.
    pub message: String,
    /// `confirmed` or `explained`; nothing where it is still open.
    pub state: Option<String>,
    /// What is said of it.
    pub comment: Option<String>,
}

impl Case {
    /// Keeps what is made of a finding in the place of what was made of it before; one that says
    /// nothing takes that back. With a line in the custody log, all or nothing.
    pub fn set_assessment(&mut self, made: &Assessment, entry: &CustodyEntry) -> Result<()> {
        let transaction = self.writing()?.transaction()?;
        transaction.execute("DELETE FROM assessment WHERE key = ?1", [&made.key])?;
        if made.state.is_some() || made.comment.is_some() {
            transaction.execute(
                "INSERT INTO assessment VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    made.key,
                    made.code,
                    made.message,
                    made.state,
                    made.comment,
                    entry.by.at.0
                ],
            )?;
        }
        custody::append(&transaction, entry)?;
        Ok(transaction.commit()?)
    }
}

impl Reader {
    /// All that was made of findings, by key.
    pub fn assessments(&self) -> Result<Vec<Assessment>> {
        let sql = "SELECT key, code, message, state, comment FROM assessment ORDER BY key";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| {
            Ok(Assessment {
                key: row.get(0)?,
                code: row.get(1)?,
                message: row.get(2)?,
                state: row.get(3)?,
                comment: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
