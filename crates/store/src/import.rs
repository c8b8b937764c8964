//! Writing what an import reads. One import covers the PATHs of one request; it is in the case
//! whole, or not at all.

mod transaction;

use crate::aliases::{Aliases, Told};
use crate::column::Column;
use crate::custody::{self, By, CustodyEntry};
use crate::error::{Result, StoreError};
use crate::kinds::{EventKind, Kinds};
use crate::lock::Lock;
use crate::mentions::Mentions;
use crate::names::Names;
use crate::pack::{self, Native, Packed};
use crate::pairs::{self, Pairing};
use crate::reader::Reader;
use crate::words::{get_u64, kind_word, signed, wrapping_word};
use crate::{RecordId, case, judgement, schema, unfinished};
use evidence::container::Wrapping;
use evidence::digest::Hasher;
use evidence::event::Events;
use evidence::verify::Outcome;
use evidence::{Batch, Digest, FileFacts, FileId, Kind};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, params};
use std::collections::HashMap;
use std::sync::Arc;

/// Threads that sort beside the one that reads, and the memory for it, while indexes are made.
const SORTING_THREADS: u32 = 2;
const SORTING_KIBIBYTES: i64 = 8 << 10;

/// How the bytes of a file divide, as it was cut. Bytes of the decompressed original.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ledger {
    /// In records.
    pub records: u64,
    /// Neither in records nor rejected.
    pub structure: u64,
    /// Rejected, with a reason.
    pub rejected: u64,
}

/// Writes one import. Dropped without [`ImportWriter::finish`] or [`ImportWriter::abandon`], it
/// leaves an unfinished import, which the next import or the next opening of the case removes.
#[derive(Debug)]
pub struct ImportWriter<'case> {
    conn: &'case mut Connection,
    by: By,
    names: Names,
    next_file: u32,
    next_block: u32,
    /// The PATHs, by their numbers in the case.
    imports: Vec<u32>,
    /// The archive that the files which follow lie in.
    container: String,
    files: HashMap<FileId, Progress>,
    open: bool,
    uncommitted: u64,
    largest: u64,
    failed: bool,
    mentions: Mentions,
    aliases: Aliases,
    /// How many records the case had before, and how many were written.
    records_before: u64,
    records_written: u64,
    /// The first file of this import, from its first PATH on.
    first_file: Option<FileId>,
    /// Whether the indexes by name were taken away.
    unindexed: bool,
    lock: Arc<Lock>,
}

/// What is known of a file while it is written.
#[derive(Debug, Clone, Copy)]
struct Progress {
    bytes: u64,
    records: u64,
    place: i64,
    trailing: u64,
    wrapped: u64,
    ended: bool,
}

#[derive(Debug, Clone, Copy)]
enum Kept {
    Trailing,
    Wrapped,
}

impl<'case> ImportWriter<'case> {
    pub(crate) fn begin(
        conn: &'case mut Connection,
        by: &By,
        lock: Arc<Lock>,
    ) -> Result<ImportWriter<'case>> {
        let next = |key: &str| -> Result<u32> {
            let sql = "SELECT value FROM meta WHERE key = ?1";
            Ok(conn.query_row(sql, [key], |row| row.get(0))?)
        };
        let (next_file, next_block, next_name) =
            (next("next_file")?, next("next_block")?, next("next_name")?);
        let sql = "SELECT NOT EXISTS(SELECT 1 FROM name)";
        let names = Names::new(next_name, conn.query_row(sql, [], |row| row.get(0))?);
        let sql = "SELECT coalesce(sum(records), 0) FROM file";
        let records_before = conn.query_row(sql, [], |row| get_u64(row, 0))?;
        // Whatever is written before the judgement can be lost to a power cut: it is removed then
        // anyway. So only the last commit waits for the disk.
        conn.pragma_update(None, "synchronous", "NORMAL")?;
        Ok(ImportWriter {
            conn,
            by: by.clone(),
            names,
            next_file,
            next_block,
            imports: Vec::new(),
            container: String::new(),
            files: HashMap::new(),
            open: false,
            uncommitted: 0,
            largest: 1,
            failed: false,
            mentions: Mentions::default(),
            aliases: Aliases::default(),
            records_before,
            records_written: 0,
            first_file: None,
            unindexed: false,
            lock,
        })
    }

    /// Begins the next PATH; the files that follow belong to it. `label` is the PATH as it was
    /// given, made printable. Gives its number in the case, from 1.
    pub fn begin_path(&mut self, label: &str) -> Result<u32> {
        self.writing(|this| {
            let sql = "SELECT coalesce(max(id), 0) + 1 FROM import";
            let number: u32 = this.conn.query_row(sql, [], |row| row.get(0))?;
            this.conn.execute(
                "INSERT INTO import(id, label, complete, tool, started) VALUES (?1, ?2, 0, ?3, ?4)",
                params![number, label, this.by.tool, this.by.at.0],
            )?;
            if this.imports.is_empty() {
                // From here on all is the unfinished import's.
                let sql = "INSERT OR REPLACE INTO meta VALUES (?1, ?2)";
                let mut insert = this.conn.prepare_cached(sql)?;
                insert.execute(params!["unfinished_file", this.next_file])?;
                insert.execute(params!["unfinished_block", this.next_block])?;
                insert.execute(params!["unfinished_name", this.names.next()])?;
                this.first_file = Some(FileId(this.next_file));
            }
            this.imports.push(number);
            Ok(number)
        })
    }

    /// The files that follow lie in this archive; in none, where it is empty.
    pub fn in_container(&mut self, container: &str) {
        container.clone_into(&mut self.container);
    }

    /// Begins a file of the PATH begun last. Several may be written at a time.
    pub fn add_file(&mut self, path: &str, kind: Kind, wrapping: Wrapping) -> Result<FileId> {
        self.writing(|this| {
            let import = this
                .imports
                .last()
                .ok_or_else(|| StoreError::bug("no path begun"))?;
            let id = FileId(this.next_file);
            if id.0 >= i32::MAX as u32 {
                return Err(StoreError::TooLarge("over 2,147,483,646 files".into()));
            }
            let sql =
                "INSERT INTO file(id, import, container, path, kind, wrapping) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            let (kind, wrapping) = (kind_word(kind)?, wrapping_word(wrapping)?);
            let mut insert = this.conn.prepare_cached(sql)?;
            insert.execute(params![id.0, import, this.container, path, kind, wrapping])?;
            this.next_file += 1;
            let begun = Progress {
                bytes: 0,
                records: 0,
                place: i64::MIN,
                trailing: 0,
                wrapped: 0,
                ended: false,
            };
            this.files.insert(id, begun);
            Ok(id)
        })
    }

    /// Writes the next batch of a file: its bytes as [`pack::pack`] packed them, and one event for
    /// each of its records. `seqs` are the format's own numbers of the records, where it has any.
    pub fn write_batch(
        &mut self,
        file: FileId,
        batch: &Batch,
        packed: &Packed,
        events: &Events,
        seqs: Option<&[Option<u64>]>,
    ) -> Result<()> {
        self.writing(|this| {
            let mut progress = this.progress(file)?;
            if batch.bytes.is_empty() {
                let records = batch.records.len();
                return if records == 0 {
                    Ok(())
                } else {
                    Err(StoreError::bug("records of no bytes"))
                };
            }
            if (batch.offset, batch.first_ordinal) != (progress.bytes, progress.records) {
                return Err(StoreError::bug("a batch does not follow the one before it"));
            }
            let count = batch.records.len();
            if events.len() != count
                || seqs.is_some_and(|seqs| seqs.len() != count)
                || ![0, count].contains(&packed.natives.len())
            {
                return Err(StoreError::bug("not one event for each record"));
            }
            let records = progress.records + count as u64;
            if records > u64::from(u32::MAX) {
                return Err(StoreError::TooLarge(
                    "over 4,294,967,295 records in a file".into(),
                ));
            }
            let block = this.next_block;
            let sql = "INSERT INTO block VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            this.conn.prepare_cached(sql)?.execute(params![
                block,
                file.0,
                signed(batch.offset),
                batch.bytes.len() as i64,
                signed(batch.first_ordinal),
                packed.layout,
                packed.data
            ])?;
            let next = block.checked_add(1).filter(|&next| next < u32::MAX);
            this.next_block =
                next.ok_or_else(|| StoreError::TooLarge("over 4,294,967,293 blocks".into()))?;
            if count > 0 {
                let first = RecordId {
                    file,
                    ordinal: progress.records as u32,
                };
                let natives = &packed.natives;
                this.write_events(first, block, events, natives, seqs, &mut progress.place)?;
            }
            progress.bytes += batch.bytes.len() as u64;
            progress.records = records;
            this.files.insert(file, progress);
            this.uncommitted += batch.bytes.len() as u64;
            this.commit_if_large()
        })
    }

    fn write_events(
        &mut self,
        first: RecordId,
        block: u32,
        events: &Events,
        natives: &[Option<Native>],
        seqs: Option<&[Option<u64>]>,
        place: &mut i64,
    ) -> Result<()> {
        self.index_later(events.len() as u64)?;
        // Bound one by one; what leads the event is known at the end of the import.
        const INSERT: &str = "INSERT INTO event VALUES (?1, ?2, ?3, NULL, ?4, ?5, ?6, ?7, ?8, ?9, \
             ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, \
             ?27, ?28)";
        const NATIVE: usize = 5 + Column::COUNT;
        let mut insert = self.conn.prepare_cached(INSERT)?;
        let mut aliases = events.aliases().peekable();
        // Neighbours name much the same: a text is compared with the one above it before it is
        // looked up, and a parameter is bound only where it changes.
        let mut above: [Option<&str>; Column::COUNT] = [None; Column::COUNT];
        let mut numbers: [Option<u32>; Column::COUNT] = [None; Column::COUNT];
        let mut kinds = Kinds::new();
        let (mut min, mut max) = (i64::MAX, i64::MIN);
        for (index, event) in events.iter().enumerate() {
            let ordinal = u64::from(first.ordinal) + index as u64;
            insert.raw_bind_parameter(1, first.number() + index as i64)?;
            if let Some(time) = event.time() {
                *place = time.0;
            }
            (min, max) = (min.min(*place), max.max(*place));
            insert.raw_bind_parameter(2, *place)?;
            insert.raw_bind_parameter(3, event.time().is_none())?;
            let seq = seqs.and_then(|seqs| seqs[index]);
            insert.raw_bind_parameter(4, seq.map(|seq| signed(seq.wrapping_sub(ordinal))))?;
            for (column, above) in Column::ALL.into_iter().zip(&mut above) {
                let text = event.get(column.field());
                if index == 0 || text != *above {
                    *above = text;
                    let number = |text| {
                        self.names
                            .number(self.conn, text, block, &mut self.mentions)
                    };
                    let number = text.map(number).transpose()?;
                    numbers[column as usize] = number;
                    insert.raw_bind_parameter(5 + column as usize, number)?;
                }
            }
            kinds.add(EventKind::of(&numbers));
            let native = natives.get(index).copied().flatten();
            insert.raw_bind_parameter(NATIVE, event.expires().map(|time| time.0))?;
            let shown = Some(event.shown()).filter(|&shown| shown != 0);
            insert.raw_bind_parameter(NATIVE + 1, shown)?;
            insert.raw_bind_parameter(NATIVE + 2, native.map(|native| native.id))?;
            let stage = native.map(|native| native.stage);
            insert.raw_bind_parameter(NATIVE + 3, stage.filter(|&stage| stage != 0))?;
            insert.raw_execute()?;
            while let Some((_, field, alias)) = aliases.next_if(|&(of, _, _)| of == index) {
                let Some((column, name)) =
                    Column::of(field).and_then(|column| Some((column, event.get(field)?)))
                else {
                    continue;
                };
                let number = |names: &mut Names, mentions: &mut Mentions, text| {
                    names.number(self.conn, text, block, mentions)
                };
                let told = Told {
                    name: number(&mut self.names, &mut self.mentions, name)?,
                    role: column as u8,
                    alias: number(&mut self.names, &mut self.mentions, alias)?,
                };
                let order = event.time().map_or(i64::MAX, |time| time.0);
                self.aliases
                    .add(told, (order, first.number() + index as i64));
            }
        }
        let last = first.number() + events.len() as i64 - 1;
        let sql = "INSERT INTO zone VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let zone = params![first.number(), last, block, min, max, kinds.encode()];
        self.conn.prepare_cached(sql)?.execute(zone)?;
        if let (true, Some(&import)) = (self.aliases.are_many(), self.imports.first()) {
            self.aliases.write(self.conn, import)?;
        }
        if self.mentions.are_many() {
            self.mentions.write(self.conn)?;
        }
        Ok(())
    }

    /// An import that writes a good part of the case is faster without the indexes by name, which
    /// are then made at its end by sorting. Lookups in between are right, and slow.
    fn index_later(&mut self, records: u64) -> Result<()> {
        self.records_written += records;
        if !self.unindexed && self.records_written > self.records_before / 4 {
            schema::drop_name_indexes(self.conn)?;
            self.unindexed = true;
        }
        Ok(())
    }

    /// Makes the indexes that were taken away. Each is committed for itself: they hold nothing but
    /// what the events say, also of an import that is then removed.
    fn index_now(&mut self) -> Result<()> {
        if !self.unindexed {
            return Ok(());
        }
        // The smaller the cache, the sooner SQLite hands a full sorter to a thread of its own.
        let cache: i64 = self
            .conn
            .pragma_query_value(None, "cache_size", |row| row.get(0))?;
        self.conn.pragma_update(None, "threads", SORTING_THREADS)?;
        self.conn
            .pragma_update(None, "cache_size", -SORTING_KIBIBYTES)?;
        for &index in schema::NAME_INDEXES {
            self.writing(|this| schema::make_name_index(this.conn, index))?;
            self.commit()?;
        }
        self.conn.pragma_update(None, "cache_size", cache)?;
        self.unindexed = false;
        Ok(())
    }

    /// Writes the next bytes of a compressed file as it lay there, where these matter: a manifest
    /// hashes them.
    pub fn write_wrapped(&mut self, file: FileId, bytes: &[u8]) -> Result<()> {
        self.keep(file, Kept::Wrapped, bytes)
    }

    /// Writes the next bytes that follow the compressed stream.
    pub fn write_trailing(&mut self, file: FileId, bytes: &[u8]) -> Result<()> {
        self.keep(file, Kept::Trailing, bytes)
    }

    fn keep(&mut self, file: FileId, what: Kept, bytes: &[u8]) -> Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.writing(|this| {
            let mut progress = this.progress(file)?;
            let (word, offset) = match what {
                Kept::Trailing => ("trailing", &mut progress.trailing),
                Kept::Wrapped => ("wrapped", &mut progress.wrapped),
            };
            let sql =
                "INSERT INTO kept(file, what, offset, length, data) VALUES (?1, ?2, ?3, ?4, ?5)";
            let data = pack::compress(bytes)?;
            let row = params![file.0, word, signed(*offset), bytes.len() as i64, data];
            this.conn.prepare_cached(sql)?.execute(row)?;
            *offset += bytes.len() as u64;
            this.files.insert(file, progress);
            this.uncommitted += bytes.len() as u64;
            this.commit_if_large()
        })
    }

    /// Ends a file, all of whose bytes have been written.
    pub fn end_file(&mut self, facts: &FileFacts, ledger: Ledger) -> Result<()> {
        self.writing(|this| {
            let mut progress = this.progress(facts.id)?;
            // Of a long tail only the beginning is kept.
            let written = (progress.bytes, progress.records);
            if written != (facts.bytes, facts.records) || progress.trailing > facts.trailing {
                return Err(StoreError::bug("a file ends elsewhere than its facts say"));
            }
            let sql = "UPDATE file SET kind = ?2, ended = 1, bytes = ?3, sha256 = ?4, sha256_as_found = ?5, \
                 trailing = ?6, ledger_records = ?7, ledger_structure = ?8, ledger_rejected = ?9, \
                 records = ?10, malformed = ?11, earliest = ?12, latest = ?13 WHERE id = ?1";
            this.conn.prepare_cached(sql)?.execute(params![
                facts.id.0,
                kind_word(facts.kind)?,
                signed(facts.bytes),
                facts.sha256.0,
                facts.sha256_as_found.0,
                signed(facts.trailing),
                signed(ledger.records),
                signed(ledger.structure),
                signed(ledger.rejected),
                signed(facts.records),
                signed(facts.malformed.len() as u64),
                facts.earliest.map(|time| time.0),
                facts.latest.map(|time| time.0),
            ])?;
            progress.ended = true;
            this.files.insert(facts.id, progress);
            Ok(())
        })
    }

    /// A reader that sees all that this import has written so far, for the judgement.
    pub fn reader(&mut self) -> Result<Reader> {
        self.commit()?;
        let conn = case::connect(self.lock.path(), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        Reader::new(conn, None, Arc::clone(&self.lock), Arc::default())
    }

    /// The complete imports of the case that hold the same files, at the same paths with the same
    /// bytes, as PATHs of this one do: pairs of the number here and the number there.
    pub fn repeated(&mut self) -> Result<Vec<(u32, u32)>> {
        let mut pairs = Vec::new();
        for &number in &self.imports {
            let sql = "SELECT id FROM import WHERE complete = 1 AND fingerprint = ?1 ORDER BY id";
            let fingerprint = fingerprint(self.conn, number)?;
            let same: Option<u32> = self
                .conn
                .query_row(sql, [fingerprint.0], |row| row.get(0))
                .optional()?;
            pairs.extend(same.map(|same| (number, same)));
        }
        Ok(pairs)
    }

    /// Makes the import complete, together with the judgement of the whole case and a line in the
    /// custody log: all or nothing. After an error the import is unfinished. Every record is an
    /// event of its own.
    pub fn finish(self, outcome: &Outcome, entry: &CustodyEntry) -> Result<()> {
        self.finish_paired(outcome, entry, &mut |siblings| {
            Ok((0..siblings.len()).collect())
        })
    }

    /// As [`ImportWriter::finish`]; records with one native id, of which one is new, are events as
    /// `pairing` says.
    pub fn finish_paired(
        mut self,
        outcome: &Outcome,
        entry: &CustodyEntry,
        pairing: &mut Pairing<'_>,
    ) -> Result<()> {
        if self.files.values().any(|progress| !progress.ended) {
            return Err(StoreError::bug("a file has not ended"));
        }
        self.commit()?;
        self.index_now()?;
        self.conn.pragma_update(None, "synchronous", "FULL")?;
        self.writing(|this| {
            for &number in &this.imports {
                let fingerprint = fingerprint(this.conn, number)?;
                let sql =
                    "UPDATE import SET complete = 1, finished = ?2, fingerprint = ?3 WHERE id = ?1";
                this.conn
                    .execute(sql, params![number, entry.by.at.0, fingerprint.0])?;
            }
            this.conn
                .execute("DELETE FROM meta WHERE key LIKE 'unfinished_%'", [])?;
            if let Some(first_file) = this.first_file {
                pairs::pair(this.conn, first_file, this.records_written, pairing)?;
            }
            judgement::replace(this.conn, outcome)?;
            judgement::count_up(this.conn)?;
            custody::append(this.conn, entry)
        })?;
        self.commit()
    }

    /// Takes back all that was written, with a line in the custody log.
    pub fn abandon(mut self, entry: &CustodyEntry) -> Result<()> {
        if self.open {
            self.conn.execute_batch("ROLLBACK")?;
            self.open = false;
        }
        self.conn.pragma_update(None, "synchronous", "FULL")?;
        let transaction = self.conn.transaction()?;
        unfinished::remove(&transaction)?;
        custody::append(&transaction, entry)?;
        Ok(transaction.commit()?)
    }

    fn progress(&self, file: FileId) -> Result<Progress> {
        match self.files.get(&file) {
            Some(progress) if !progress.ended => Ok(*progress),
            _ => Err(StoreError::bug("not a file that is being written")),
        }
    }
}

/// The fingerprint of an import's content: SHA-256 over its files by rising path, of each the
/// length of its path (8 bytes, little-endian), the path, and the SHA-256 of the file as found.
fn fingerprint(conn: &Connection, import: u32) -> Result<Digest> {
    let sql = "SELECT path, sha256_as_found FROM file WHERE import = ?1";
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map([import], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut files: Vec<(String, Option<Vec<u8>>)> = rows.collect::<rusqlite::Result<_>>()?;
    files.sort();
    let mut hasher = Hasher::default();
    for (path, digest) in files {
        hasher.update(&(path.len() as u64).to_le_bytes());
        hasher.update(path.as_bytes());
        hasher.update(&digest.unwrap_or_default());
    }
    Ok(hasher.finish())
}
