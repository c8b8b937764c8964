//! A case as a session holds it: made, opened, mended after an interruption, closed.

use crate::custody::{self, By, CustodyEntry};
use crate::error::{Result, StoreError};
use crate::import::ImportWriter;
use crate::kept::Kept;
use crate::lock::Lock;
use crate::reader::Reader;
use crate::{judgement, schema, state, trust, unfinished};
use evidence::keys::TrustedKey;
use evidence::verify::Outcome;
use evidence::{FileId, Micros};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How a case is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// For writing, alone. What an interrupted import left is removed, and the custody log says so
    /// by this hand.
    Write(By),
    /// For reading. Nothing in the file is changed; what an interrupted import left is not seen.
    Read,
}

/// An import that had been cut off (a kill, a full disk), and was removed whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    /// What was imported, as it was given.
    pub labels: Vec<String>,
    /// When it began.
    pub started: Micros,
    /// How many files had been begun.
    pub files: u64,
    /// How many records had been written.
    pub records: u64,
}

/// An open case.
///
/// All reading is done by a [`Reader`], of which there may be several, each on its own thread,
/// also while an import runs.
#[derive(Debug)]
pub struct Case {
    /// `None` where the case was opened for reading.
    writer: Option<Connection>,
    /// Records from this id on are what an interrupted import left.
    hidden_from: Option<FileId>,
    kept: Arc<Kept>,
    /// Last, so that it is let go of after the connection.
    lock: Arc<Lock>,
}

/// SQLite's page: large enough that the tree of ten million events stays shallow.
const PAGE_BYTES: i64 = 8 << 10;

impl Case {
    /// Makes a case where no file is, with `opening` as the first line of its custody log, and
    /// opens it for writing. The file is there whole or not at all. Only its owner may read it.
    pub fn create(path: &Path, opening: &CustodyEntry) -> Result<Case> {
        let name = path
            .file_name()
            .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.canonicalize()?,
            _ => Path::new(".").canonicalize()?,
        };
        let path = folder.join(name);
        let file = tempfile::Builder::new()
            .prefix(".exhibit-")
            .tempfile_in(&folder)?;
        let mut conn = Connection::open(file.path())?;
        conn.pragma_update(None, "page_size", PAGE_BYTES)?;
        schema::create(&mut conn, schema::STEPS)?;
        custody::append(&conn, opening)?;
        conn.close().map_err(|(_, error)| error)?;
        file.as_file().sync_all()?;
        file.persist_noclobber(&path).map_err(|error| error.error)?;
        Case::open(&path, Mode::Write(opening.by.clone())).map(|(case, _)| case)
    }

    /// Opens a case, and says which interrupted imports were removed (only when writing).
    pub fn open(path: &Path, mode: Mode) -> Result<(Case, Vec<Recovered>)> {
        Case::open_with(path, mode, schema::STEPS)
    }

    pub(crate) fn open_with(
        path: &Path,
        mode: Mode,
        steps: &[&str],
    ) -> Result<(Case, Vec<Recovered>)> {
        let path = path.canonicalize()?;
        match mode {
            Mode::Write(by) => {
                let lock = Lock::to_write(&path)?;
                let mut conn = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
                schema::migrate(&mut conn, steps)?;
                schema::check(&conn, steps)?;
                state::check(&conn)?;
                prepare_to_write(&conn)?;
                let recovered = unfinished::recover(&mut conn, &by)?;
                let case = Case {
                    writer: Some(conn),
                    hidden_from: None,
                    kept: Arc::default(),
                    lock,
                };
                Ok((case, recovered))
            }
            Mode::Read => {
                let lock = Lock::to_read(&path)?;
                let conn = connect(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
                let (found, known) = (schema::version(&conn)?, steps.len() as u32);
                if found > known {
                    return Err(StoreError::NewerSchema { found, known });
                }
                if found < known {
                    return Err(StoreError::OlderSchema { found, known });
                }
                schema::check(&conn, steps)?;
                state::check(&conn)?;
                let dead = if lock.nobody_writes() {
                    unfinished::find(&conn)?
                } else {
                    None
                };
                drop(conn);
                let hidden_from = dead.map(|dead| dead.first_file);
                Ok((
                    Case {
                        writer: None,
                        hidden_from,
                        kept: Arc::default(),
                        lock,
                    },
                    Vec::new(),
                ))
            }
        }
    }

    /// Where the case lies, as an absolute path.
    pub fn path(&self) -> &Path {
        self.lock.path()
    }

    /// A view of the case with a connection of its own, for use on any one thread. It sees what has
    /// been committed, also while an import runs.
    pub fn reader(&self) -> Result<Reader> {
        let conn = connect(self.lock.path(), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        conn.pragma_update(None, "cache_size", -(16 << 10))?;
        let (lock, kept) = (Arc::clone(&self.lock), Arc::clone(&self.kept));
        Reader::new(conn, self.hidden_from, lock, kept)
    }

    /// Begins an import. What an earlier one left behind in this session, not finished and not
    /// abandoned, is removed first.
    pub fn begin_import(&mut self, by: &By) -> Result<ImportWriter<'_>> {
        let lock = Arc::clone(&self.lock);
        let conn = self.writing()?;
        unfinished::recover(conn, by)?;
        ImportWriter::begin(conn, by, lock)
    }

    /// Puts a judgement of the whole case in the place of the one before, with its line in the
    /// custody log, all or nothing.
    pub fn replace_judgement(&mut self, outcome: &Outcome, entry: &CustodyEntry) -> Result<()> {
        let transaction = self.writing()?.transaction()?;
        judgement::replace(&transaction, outcome)?;
        judgement::count_up(&transaction)?;
        custody::append(&transaction, entry)?;
        Ok(transaction.commit()?)
    }

    /// Adds a line to the custody log.
    pub fn append_custody(&mut self, entry: &CustodyEntry) -> Result<()> {
        let transaction = self.writing()?.transaction()?;
        custody::append(&transaction, entry)?;
        Ok(transaction.commit()?)
    }

    /// Adds keys that the examiner trusts, with a line in the custody log. A key with the
    /// fingerprint, name and streams of one that is there takes its place, so that a revocation
    /// learnt later counts. Verdicts are not changed by this: verify again.
    pub fn add_trust(&mut self, keys: &[TrustedKey], entry: &CustodyEntry) -> Result<()> {
        let transaction = self.writing()?.transaction()?;
        for key in keys {
            trust::add(&transaction, key, &key.fingerprint(), entry.by.at)?;
        }
        custody::append(&transaction, entry)?;
        Ok(transaction.commit()?)
    }

    /// Removes the keys with this fingerprint, with a line in the custody log. Gives how many there
    /// were; where there was none, nothing is written.
    pub fn remove_trust(&mut self, fingerprint: &str, entry: &CustodyEntry) -> Result<usize> {
        let transaction = self.writing()?.transaction()?;
        let removed = trust::remove(&transaction, fingerprint)?;
        if removed > 0 {
            custody::append(&transaction, entry)?;
        }
        transaction.commit()?;
        Ok(removed)
    }

    /// Closes the case, so that it is one file again. Drop its readers before: while one is left,
    /// SQLite's two files stay beside it, and the case is just as sound.
    pub fn close(mut self) -> Result<()> {
        let Some(conn) = self.writer.take() else {
            return Ok(());
        };
        conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        match conn.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(())) {
            Ok(()) => {}
            Err(error) => match StoreError::from(error) {
                StoreError::InUse => {}
                other => return Err(other),
            },
        }
        Ok(conn.close().map_err(|(_, error)| error)?)
    }

    pub(crate) fn writing(&mut self) -> Result<&mut Connection> {
        self.writer.as_mut().ok_or(StoreError::ReadOnly)
    }

    #[cfg(test)]
    pub(crate) fn connection(&self) -> &Connection {
        self.writer.as_ref().expect("opened for writing")
    }
}

/// A connection that trusts nothing in the file: no function or virtual table from its schema, no
/// writing of the schema past SQL.
pub(crate) fn connect(path: &Path, flags: OpenFlags) -> Result<Connection> {
    let conn = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    // A statement keeps its plan whatever is bound to it: SQLite would make it anew each time.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.busy_timeout(Duration::from_secs(10))?;
    conn.pragma_update(None, "cell_size_check", true)?;
    conn.set_prepared_statement_cache_capacity(64);
    Ok(conn)
}

fn prepare_to_write(conn: &Connection) -> Result<()> {
    conn.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "cache_size", -(64 << 10))?;
    // Checkpoints after some 64 MiB: an import's transactions are as large.
    conn.pragma_update(None, "wal_autocheckpoint", (64 << 20) / PAGE_BYTES)?;
    Ok(())
}
