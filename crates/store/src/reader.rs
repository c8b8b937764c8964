//! Reading a case: its imports, files and records. The timeline is read in `timeline.rs`.

use crate::bytes::{Batches, FileBytes};
use crate::cache::Cache;
use crate::case;
use crate::custody::{self, CustodyCheck};
use crate::error::{Result, StoreError};
use crate::file::{CaseFile, FILES, Import, ImportState, case_file};
use crate::judgement::{self, Counts, StoredFinding, Stream};
use crate::kept::Kept;
use crate::lock::Lock;
use crate::pack::{Layout, Unpacker};
use crate::record::RecordId;
use crate::trust::{self, StoredKey};
use crate::words::{self, get_time, get_u64, signed};
use evidence::{FileId, Lookup, LookupError, Micros};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Row, Transaction, params};
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::io::Read;
use std::sync::Arc;

/// So many bytes of blocks are held beside the one that was read last.
const MOST_HELD: usize = 4 << 20;

/// A view of a case. Can be sent to another thread; each thread has its own.
pub struct Reader {
    pub(crate) conn: Connection,
    /// What an interrupted import left, from this file on, is not seen.
    hidden_from: Option<FileId>,
    pub(crate) cache: RefCell<Cache>,
    pub(crate) kept: Arc<Kept>,
    unpacker: RefCell<Unpacker>,
    /// The blocks that records were read from last, the last one first: the next is often in one of
    /// them too.
    held: RefCell<Vec<(i64, Arc<Vec<u8>>)>>,
    /// Last, so that it is let go of after the connection.
    lock: Arc<Lock>,
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("hidden_from", &self.hidden_from)
            .finish_non_exhaustive()
    }
}

impl Reader {
    pub(crate) fn new(
        conn: Connection,
        hidden_from: Option<FileId>,
        lock: Arc<Lock>,
        kept: Arc<Kept>,
    ) -> Result<Reader> {
        Ok(Reader {
            conn,
            hidden_from,
            cache: RefCell::default(),
            kept,
            unpacker: RefCell::new(Unpacker::new()?),
            held: RefCell::default(),
            lock,
        })
    }

    /// Another view of the same case, with a connection of its own.
    pub fn another(&self) -> Result<Reader> {
        let conn = case::connect(self.lock.path(), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let (lock, kept) = (Arc::clone(&self.lock), Arc::clone(&self.kept));
        Reader::new(conn, self.hidden_from, lock, kept)
    }

    /// A number that changes whenever the case has.
    pub fn generation(&self) -> Result<u64> {
        let sql = "SELECT (SELECT count(*) FROM custody), (SELECT coalesce(max(id), 0) FROM block)";
        let mut statement = self.conn.prepare_cached(sql)?;
        let (acts, blocks): (i64, i64) =
            statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok((acts as u64)
            .wrapping_mul(1 << 32)
            .wrapping_add(blocks as u64)
            & ((1 << 53) - 1))
    }

    /// The record that has a number in a stream, the first where several do.
    pub fn numbered(&self, stream: &str, number: u64) -> Result<Option<RecordId>> {
        // `event.seq` is the number less the ordinal, so nearly all of a span's have one value.
        let sql = "SELECT event.id FROM stream JOIN span ON span.stream = stream.id \
             JOIN event ON event.id BETWEEN span.first_id AND span.last_id \
             WHERE stream.name = ?1 AND event.seq + (event.id & 4294967295) = ?2 ORDER BY event.id LIMIT 1";
        let mut statement = self.conn.prepare_cached(sql)?;
        let found: Option<i64> = statement
            .query_row(params![stream, signed(number)], |row| row.get(0))
            .optional()?;
        Ok(found.map(RecordId::from_number))
    }

    /// How many records of each file have which verdict.
    pub fn counts_by_file(&self) -> Result<HashMap<FileId, Counts>> {
        let mut out: HashMap<FileId, Counts> = HashMap::new();
        let sql =
            "SELECT first_id >> 32, verdict, sum(last_id - first_id + 1) FROM span GROUP BY 1, 2";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let counts = out.entry(FileId(row.get(0)?)).or_default();
            *counts.slot(words::verdict(row.get(1)?)?) += get_u64(row, 2)?;
        }
        for file in self.files()? {
            let counts = out.entry(file.id).or_default();
            let judged = counts.total();
            counts.unchecked = file.records.saturating_sub(judged);
        }
        Ok(out)
    }

    /// The streams that the records of each file belong to, as places in [`Reader::streams`].
    pub fn stream_of_file(&self) -> Result<HashMap<FileId, Vec<usize>>> {
        let mut out: HashMap<FileId, Vec<usize>> = HashMap::new();
        let sql = "SELECT DISTINCT first_id >> 32, stream FROM span ORDER BY 1, 2";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            out.entry(FileId(row.get(0)?))
                .or_default()
                .push(get_u64(row, 1)? as usize);
        }
        Ok(out)
    }

    /// The PATHs that were imported, in order.
    pub fn imports(&self) -> Result<Vec<Import>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, label, complete, tool, started, finished, fingerprint FROM import ORDER BY id",
        )?;
        let mut rows = statement.query([])?;
        let mut imports = Vec::new();
        while let Some(row) = rows.next()? {
            let state = match (row.get(2)?, self.hidden_from) {
                (true, _) => ImportState::Complete,
                (false, None) => ImportState::Running,
                (false, Some(_)) => ImportState::Interrupted,
            };
            imports.push(Import {
                number: row.get(0)?,
                label: row.get(1)?,
                state,
                tool: row.get(3)?,
                started: Micros(row.get(4)?),
                finished: get_time(row, 5)?,
                fingerprint: words::digest(row.get(6)?)?,
            });
        }
        Ok(imports)
    }

    /// The files, in the order they were imported.
    pub fn files(&self) -> Result<Vec<CaseFile>> {
        let mut statement = self
            .conn
            .prepare_cached(&format!("{FILES} WHERE id < ?1 ORDER BY id"))?;
        let mut rows = statement.query([self.hidden_file()])?;
        let mut files = Vec::new();
        while let Some(row) = rows.next()? {
            files.push(case_file(row)?);
        }
        Ok(files)
    }

    /// One file.
    pub fn file(&self, file: FileId) -> Result<CaseFile> {
        let sql = format!("{FILES} WHERE id = ?1 AND id < ?2");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query(params![file.0, self.hidden_file()])?;
        match rows.next()? {
            Some(row) => case_file(row),
            None => Err(StoreError::Missing(format!("file {}", file.0))),
        }
    }

    /// The bytes of a file as they were read, streaming.
    pub fn file_bytes(&self, file: FileId) -> Result<FileBytes<'_>> {
        let due = self.file(file)?;
        let length = due.ended.then_some(due.bytes);
        let sql = "SELECT length, data FROM block WHERE file = ?1 AND offset = ?2";
        Ok(FileBytes::new(self, file, sql, length))
    }

    /// The bytes that follow a file's compressed stream, streaming, as far as they were kept.
    pub fn trailing_bytes(&self, file: FileId) -> Result<FileBytes<'_>> {
        self.file(file)?;
        let sql =
            "SELECT length, data FROM kept WHERE file = ?1 AND what = 'trailing' AND offset = ?2";
        Ok(FileBytes::new(self, file, sql, None))
    }

    /// The bytes of a compressed file as it lay there, where they were kept; else none at all.
    pub fn wrapped_bytes(&self, file: FileId) -> Result<FileBytes<'_>> {
        self.file(file)?;
        let sql =
            "SELECT length, data FROM kept WHERE file = ?1 AND what = 'wrapped' AND offset = ?2";
        Ok(FileBytes::new(self, file, sql, None))
    }

    /// How many bytes of a file as it lay there were kept.
    pub fn wrapped_length(&self, file: FileId) -> Result<u64> {
        let sql = "SELECT coalesce(sum(length), 0) FROM kept WHERE file = ?1 AND what = 'wrapped'";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_row([file.0], |row| get_u64(row, 0))?)
    }

    /// The batches of a file, exactly as they were written, for verifying it again.
    pub fn batches(&self, file: FileId) -> Result<Batches<'_>> {
        let due = self.file(file)?;
        Ok(Batches::new(self, file, due.ended.then_some(due.bytes)))
    }

    /// The bytes of a record.
    pub fn record(&self, record: RecordId) -> Result<Vec<u8>> {
        let block = self.block_of(record)?;
        let held = self.block_bytes(&block)?;
        Ok(block.bytes_of(record, &held)?.to_vec())
    }

    /// The bytes of a block, from those that are held if it is among them.
    pub(crate) fn block_bytes(&self, block: &Block) -> Result<Arc<Vec<u8>>> {
        let at = self
            .held
            .borrow()
            .iter()
            .position(|(id, _)| *id == block.id);
        if let Some(at) = at {
            let mut held = self.held.borrow_mut();
            held[..=at].rotate_right(1);
            return Ok(Arc::clone(&held[0].1));
        }
        let sql = "SELECT data FROM block WHERE id = ?1";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query([block.id])?;
        let row = rows
            .next()?
            .ok_or_else(|| StoreError::damaged("a block is gone"))?;
        let bytes = Arc::new(self.unpack(row, 0, block.length)?);
        let mut held = self.held.borrow_mut();
        held.insert(0, (block.id, Arc::clone(&bytes)));
        let mut size = 0;
        held.retain(|(id, bytes)| {
            size += bytes.len();
            *id == block.id || size <= MOST_HELD
        });
        Ok(bytes)
    }

    /// Offset and length of a record in its file.
    pub fn extent(&self, record: RecordId) -> Result<(u64, u64)> {
        let block = self.block_of(record)?;
        let (start, len) = block.extent(record)?;
        Ok((block.offset.saturating_add(start.into()), len.into()))
    }

    /// The streams of the judgement, in its order.
    pub fn streams(&self) -> Result<Vec<Stream>> {
        judgement::streams(&self.conn)
    }

    /// The findings of the judgement, in its order.
    pub fn findings(&self) -> Result<Vec<StoredFinding>> {
        judgement::findings(&self.conn)
    }

    /// The findings at one record.
    pub fn findings_of(&self, record: RecordId) -> Result<Vec<StoredFinding>> {
        judgement::findings_of(&self.conn, record)
    }

    /// How many records have which verdict.
    pub fn counts(&self) -> Result<Counts> {
        let _snapshot = self.snapshot()?;
        let total = self.zones()?.records();
        judgement::counts(&self.conn, total, self.hidden_record())
    }

    /// The lines of the custody log, oldest first.
    pub fn custody(&self) -> Result<Vec<String>> {
        custody::lines(&self.conn)
    }

    /// Checks the custody log.
    pub fn check_custody(&self) -> Result<CustodyCheck> {
        let _snapshot = self.snapshot()?;
        custody::verify(&self.conn)
    }

    /// The keys that the examiner trusts, in the order they were added.
    pub fn trust(&self) -> Result<Vec<StoredKey>> {
        trust::list(&self.conn)
    }

    /// Goes through the whole file as SQLite sees it. [`StoreError::Damaged`] with the first thing
    /// that is wrong.
    pub fn check_file(&self) -> Result<()> {
        let said: String = self
            .conn
            .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        if said == "ok" {
            Ok(())
        } else {
            Err(StoreError::Damaged(said))
        }
    }

    /// A stretch of reading that sees one state of the case, and a cache that belongs to it.
    /// Within another such stretch it is that one.
    pub(crate) fn snapshot(&self) -> Result<Option<Transaction<'_>>> {
        if !self.conn.is_autocommit() {
            return Ok(None);
        }
        let transaction = self.conn.unchecked_transaction()?;
        let version = transaction.pragma_query_value(None, "data_version", |row| row.get(0))?;
        self.cache.borrow_mut().begin(version);
        Ok(Some(transaction))
    }

    /// Records from this number on are not seen.
    pub(crate) fn hidden_record(&self) -> i64 {
        self.hidden_from
            .map_or(i64::MAX, |file| RecordId { file, ordinal: 0 }.number())
    }

    fn hidden_file(&self) -> u32 {
        self.hidden_from.map_or(u32::MAX, |file| file.0)
    }

    /// Whether records are seen that the marks and tallies do not count yet.
    pub(crate) fn is_live(&self) -> Result<bool> {
        if self.hidden_from.is_some() {
            return Ok(false);
        }
        let sql = "SELECT EXISTS(SELECT 1 FROM import WHERE complete = 0)";
        Ok(self
            .conn
            .prepare_cached(sql)?
            .query_row([], |row| row.get(0))?)
    }

    /// The block that holds a record, and where the records in it lie.
    pub(crate) fn block_of(&self, record: RecordId) -> Result<Arc<Block>> {
        let missing = || {
            StoreError::Missing(format!(
                "record {} of file {}",
                record.ordinal, record.file.0
            ))
        };
        let number = record.number();
        if number >= self.hidden_record() {
            return Err(missing());
        }
        let sql =
            "SELECT block, last_id FROM zone WHERE first_id <= ?1 ORDER BY first_id DESC LIMIT 1";
        let found: Option<(i64, i64)> = self
            .conn
            .prepare_cached(sql)?
            .query_row([number], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let (id, _) = found
            .filter(|&(_, last)| number <= last)
            .ok_or_else(missing)?;
        if let Some(block) = self.cache.borrow().block(id) {
            return Ok(block);
        }
        let sql = "SELECT offset, length, first_ordinal, layout FROM block WHERE id = ?1";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query([id])?;
        let row = rows
            .next()?
            .ok_or_else(|| StoreError::damaged("a block is gone"))?;
        let length = get_u64(row, 1)?;
        let block = Arc::new(Block {
            id,
            offset: get_u64(row, 0)?,
            length,
            first_ordinal: get_u64(row, 2)?,
            layout: self.unpack_layout(row, 3, length)?,
        });
        self.cache.borrow_mut().keep_block(&block);
        Ok(block)
    }

    pub(crate) fn unpack(&self, row: &Row<'_>, column: usize, length: u64) -> Result<Vec<u8>> {
        let data = row
            .get_ref(column)?
            .as_blob()
            .map_err(|_| StoreError::damaged("a block"))?;
        self.unpacker.borrow_mut().bytes(data, length)
    }

    pub(crate) fn unpack_layout(
        &self,
        row: &Row<'_>,
        column: usize,
        length: u64,
    ) -> Result<Layout> {
        let layout = row
            .get_ref(column)?
            .as_blob()
            .map_err(|_| StoreError::damaged("a block"))?;
        self.unpacker.borrow_mut().layout(layout, length)
    }
}

impl Lookup for Reader {
    fn file(&self, file: FileId) -> std::result::Result<Vec<u8>, LookupError> {
        let mut bytes = Vec::new();
        let read = self.file_bytes(file)?.read_to_end(&mut bytes);
        read.map_err(|error| LookupError(error.to_string()))?;
        Ok(bytes)
    }

    fn record(&self, file: FileId, ordinal: u64) -> std::result::Result<Vec<u8>, LookupError> {
        Ok(Reader::record(self, record_id(file, ordinal)?)?)
    }

    fn extent(&self, file: FileId, ordinal: u64) -> std::result::Result<(u64, u64), LookupError> {
        Ok(Reader::extent(self, record_id(file, ordinal)?)?)
    }
}

fn record_id(file: FileId, ordinal: u64) -> Result<RecordId> {
    let narrow = u32::try_from(ordinal);
    let missing = |_| StoreError::Missing(format!("record {ordinal} of file {}", file.0));
    Ok(RecordId {
        file,
        ordinal: narrow.map_err(missing)?,
    })
}

/// A block without its bytes.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) id: i64,
    pub(crate) offset: u64,
    length: u64,
    first_ordinal: u64,
    layout: Layout,
}

impl Block {
    /// The bytes of a record, of those of the block.
    pub(crate) fn bytes_of<'b>(&self, record: RecordId, bytes: &'b [u8]) -> Result<&'b [u8]> {
        let (start, len) = self.extent(record)?;
        let range = start as usize..(start as usize).saturating_add(len as usize);
        let found = bytes.get(range);
        found.ok_or_else(|| StoreError::damaged("the layout of a block"))
    }

    /// Start and length of a record within the block.
    pub(crate) fn extent(&self, record: RecordId) -> Result<(u32, u32)> {
        let index = u64::from(record.ordinal).checked_sub(self.first_ordinal);
        let found = index.and_then(|index| self.layout.records.get(usize::try_from(index).ok()?));
        found
            .copied()
            .ok_or_else(|| StoreError::damaged("a block without its record"))
    }
}
