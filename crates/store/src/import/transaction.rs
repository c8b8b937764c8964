//! The transactions that an import is written in: each adds what it read so far, and rows are seen as
//! soon as one has ended.

use super::ImportWriter;
use crate::error::{Result, StoreError};
use rusqlite::params;

/// A transaction ends after the first batch, and then after four times as much each time up to
/// this: rows are seen at once, and a large import is not slowed by many small ones.
const LARGEST_TRANSACTION: u64 = 64 << 20;

impl ImportWriter<'_> {
    /// Does something within the open transaction. After an error the transaction is rolled back,
    /// and nothing more can be written: the numbers given out since are not in the file.
    pub(super) fn writing<T>(&mut self, act: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.failed {
            return Err(StoreError::bug("the import has failed before"));
        }
        let done = self.ensure_open().and_then(|()| act(self));
        if done.is_err() {
            self.fail();
        }
        done
    }

    pub(super) fn ensure_open(&mut self) -> Result<()> {
        if !self.open {
            self.conn.execute_batch("BEGIN IMMEDIATE")?;
            self.open = true;
        }
        Ok(())
    }

    pub(super) fn commit_if_large(&mut self) -> Result<()> {
        if self.uncommitted < self.largest {
            return Ok(());
        }
        self.largest = (self.largest.max(256 << 10) * 4).min(LARGEST_TRANSACTION);
        self.commit()
    }

    pub(super) fn commit(&mut self) -> Result<()> {
        if self.failed {
            return Err(StoreError::bug("the import has failed before"));
        }
        if !self.open {
            return Ok(());
        }
        let done = self.try_commit();
        match done {
            Ok(()) => {
                self.open = false;
                self.uncommitted = 0;
            }
            Err(_) => self.fail(),
        }
        done
    }

    fn try_commit(&mut self) -> Result<()> {
        self.names.write(self.conn)?;
        self.mentions.write(self.conn)?;
        if let Some(&import) = self.imports.first() {
            self.aliases.write(self.conn, import)?;
        }
        let mut counter = self
            .conn
            .prepare_cached("UPDATE meta SET value = ?2 WHERE key = ?1")?;
        counter.execute(params!["next_file", self.next_file])?;
        counter.execute(params!["next_block", self.next_block])?;
        counter.execute(params!["next_name", self.names.next()])?;
        Ok(self.conn.execute_batch("COMMIT")?)
    }

    pub(super) fn fail(&mut self) {
        self.failed = true;
        if self.open {
            // It may have been rolled back by SQLite itself, which is then an error of no weight.
            let _ = self.conn.execute_batch("ROLLBACK");
            self.open = false;
        }
    }
}

impl Drop for ImportWriter<'_> {
    fn drop(&mut self) {
        if self.open {
            let _ = self.conn.execute_batch("ROLLBACK");
        }
        let _ = self.conn.pragma_update(None, "synchronous", "FULL");
    }
}
