//! The bytes of files, streaming: memory does not grow with the file.

use crate::error::{Result, StoreError};
use crate::reader::Reader;
use crate::words::{get_u64, signed, unsigned};
use evidence::{Batch, FileId};
use rusqlite::params;
use std::io::{self, Read};

/// Bytes kept for a file, piece by piece: memory does not grow with the file.
pub struct FileBytes<'r> {
    reader: &'r Reader,
    file: FileId,
    sql: &'static str,
    offset: u64,
    due: Option<u64>,
    piece: Vec<u8>,
    at: usize,
}

impl<'r> FileBytes<'r> {
    pub(crate) fn new(
        reader: &'r Reader,
        file: FileId,
        sql: &'static str,
        due: Option<u64>,
    ) -> FileBytes<'r> {
        FileBytes {
            reader,
            file,
            sql,
            offset: 0,
            due,
            piece: Vec::new(),
            at: 0,
        }
    }

    fn next_piece(&mut self) -> Result<bool> {
        let mut statement = self.reader.conn.prepare_cached(self.sql)?;
        let mut rows = statement.query(params![self.file.0, signed(self.offset)])?;
        let Some(row) = rows.next()? else {
            return match self.due {
                Some(due) if due != self.offset => Err(StoreError::damaged("a block is gone")),
                _ => Ok(false),
            };
        };
        let length = unsigned(row.get(0)?);
        self.piece = self.reader.unpack(row, 1, length)?;
        self.at = 0;
        self.offset = self.offset.saturating_add(length);
        Ok(length > 0)
    }
}

impl Read for FileBytes<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.piece.len() && !self.next_piece()? {
            return Ok(0);
        }
        let read = (&self.piece[self.at..]).read(buffer)?;
        self.at += read;
        Ok(read)
    }
}

/// The batches of a file, one after the other.
pub struct Batches<'r> {
    reader: &'r Reader,
    file: FileId,
    offset: u64,
    due: Option<u64>,
    over: bool,
}

impl<'r> Batches<'r> {
    pub(crate) fn new(reader: &'r Reader, file: FileId, due: Option<u64>) -> Batches<'r> {
        Batches {
            reader,
            file,
            offset: 0,
            due,
            over: false,
        }
    }

    fn read(&mut self) -> Result<Option<Batch>> {
        let sql =
            "SELECT length, first_ordinal, layout, data FROM block WHERE file = ?1 AND offset = ?2";
        let mut statement = self.reader.conn.prepare_cached(sql)?;
        let mut rows = statement.query(params![self.file.0, signed(self.offset)])?;
        let Some(row) = rows.next()? else {
            return match self.due {
                Some(due) if due != self.offset => Err(StoreError::damaged("a block is gone")),
                _ => Ok(None),
            };
        };
        let length = get_u64(row, 0)?;
        let layout = self.reader.unpack_layout(row, 2, length)?;
        let batch = Batch {
            offset: self.offset,
            bytes: self.reader.unpack(row, 3, length)?,
            first_ordinal: get_u64(row, 1)?,
            records: layout.records,
            rejected: layout.rejected,
        };
        self.offset = self.offset.saturating_add(length);
        Ok((length > 0).then_some(batch))
    }
}

impl Iterator for Batches<'_> {
    type Item = Result<Batch>;

    fn next(&mut self) -> Option<Result<Batch>> {
        if self.over {
            return None;
        }
        let next = self.read().transpose();
        self.over = !matches!(next, Some(Ok(_)));
        next
    }
}
