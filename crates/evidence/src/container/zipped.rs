//! zip, read by its central directory, one entry at a time.

use super::path::{Paths, printable};
use super::{Visitor, bomb_words, is_bomb};
use crate::Limits;
use std::cell::{Cell, RefCell};
use std::io::{self, Read, Seek, SeekFrom};
use zip::ZipReadOptions;
use zip::read::{Config, ZipFileEntry};
use zip::result::ZipError;
use zip::unstable::read::ZipIterable;

/// What was read of the archive, and why that failed.
#[derive(Default)]
struct Tally {
    taken: Cell<u64>,
    failure: RefCell<Option<io::Error>>,
}

/// The archive, with its own failures kept apart from those of the zip reader above it.
struct Source<'a, R> {
    reader: &'a mut R,
    tally: &'a Tally,
}

impl<R> Source<'_, R> {
    fn note<T>(&self, result: io::Result<T>) -> io::Result<T> {
        result.map_err(|error| {
            let kind = error.kind();
            // Interrupted is tried again above us; a seek before the start is the archive's fault.
            if !matches!(
                kind,
                io::ErrorKind::Interrupted | io::ErrorKind::InvalidInput
            ) {
                *self.tally.failure.borrow_mut() = Some(error);
            }
            kind.into()
        })
    }
}

impl<R: Read> Read for Source<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer);
        let count = self.note(read)?;
        self.tally.taken.set(self.tally.taken.get() + count as u64);
        Ok(count)
    }
}

impl<R: Seek> Seek for Source<'_, R> {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        let sought = self.reader.seek(position);
        self.note(sought)
    }
}

/// Visits the entries in the order of the central directory.
pub(super) fn walk<R: Read + Seek>(
    archive: &mut R,
    limits: &Limits,
    visitor: &mut dyn Visitor,
) -> io::Result<()> {
    let tally = Tally::default();
    let source = Source {
        reader: archive,
        tally: &tally,
    };
    let damaged = |error: ZipError| match tally.failure.take() {
        Some(failure) => Err(failure),
        None => Ok(words(&error)),
    };
    let mut directory = match ZipIterable::try_new(source, Config::default()) {
        Ok(directory) => directory,
        Err(error) => return visitor.refused("", &damaged(error)?),
    };
    let entries = match directory.files() {
        Ok(entries) => entries,
        Err(error) => return visitor.refused("", &damaged(error)?),
    };
    let mut paths = Paths::default();
    let mut count = 0;
    let mut last = None;
    while let Some(entry) = entries.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => return visitor.refused("", &damaged(error)?),
        };
        count += 1;
        if count > limits.archive_entries {
            let why = format!("it has more than {} entries", limits.archive_entries);
            return visitor.refused("", &why);
        }
        last = Some(entry.central_header_start());
        let name = entry.name_raw().to_vec();
        match admit(&entry, &name, &mut paths) {
            Err(why) => visitor.refused(&printable(&name), why)?,
            Ok(None) => {}
            Ok(Some(path)) => {
                let content = match entry.with_reader(entries.reader_mut(), ZipReadOptions::new()) {
                    Ok(content) => content,
                    Err(error) => {
                        visitor.refused(&printable(&name), &damaged(error)?)?;
                        continue;
                    }
                };
                let mut content = Entry {
                    content,
                    tally: &tally,
                    taken_before: tally.taken.get(),
                    out: 0,
                    limits,
                    end: None,
                };
                visitor.file(&path, &mut content)?;
                if let Some(why) = content.end {
                    visitor.refused(&printable(&name), &why)?;
                }
            }
        }
    }
    if let Some(last) = last
        && has_entry_after(entries.reader_mut(), last)
            .or_else(|_| tally.failure.take().map_or(Ok(false), Err))?
    {
        visitor.refused(
            "",
            "its directory has more entries than its end record counts",
        )?;
    }
    Ok(())
}

/// The path to open an entry under, nothing for a folder, or why it is not opened.
fn admit(
    entry: &ZipFileEntry<'_>,
    name: &[u8],
    paths: &mut Paths,
) -> Result<Option<String>, &'static str> {
    const KIND: u32 = 0o170_000;
    const FILE: u32 = 0o100_000;
    const FOLDER: u32 = 0o040_000;
    const LINK: u32 = 0o120_000;
    // What its Unix mode says, where its writer gave it one.
    let kind = entry.unix_mode().map_or(0, |mode| mode & KIND);
    let is_folder = name.ends_with(b"/");
    let admitted = paths.admit(name, is_folder)?;
    match kind {
        LINK => Err("it is a symbolic link"),
        _ if entry.encrypted() => Err("it is encrypted"),
        _ if is_folder && entry.size() > 0 => Err("it is a folder with content"),
        0 | FILE | FOLDER if is_folder => Ok(None),
        0 | FILE => Ok(Some(admitted)),
        FOLDER if entry.size() == 0 => Ok(None),
        _ => Err("it is neither a plain file nor a folder"),
    }
}

/// Whether another entry of the central directory lies right behind the one at `start`: the end
/// record may count fewer than there are, by mistake (its counter has 16 bits) or to hide them.
fn has_entry_after(reader: &mut (impl Read + Seek), start: u64) -> io::Result<bool> {
    const HEADER: u64 = 46;
    const LENGTHS_AT: u64 = 28;
    reader.seek(SeekFrom::Start(start.saturating_add(LENGTHS_AT)))?;
    let mut lengths = [0; 6];
    reader.read_exact(&mut lengths)?;
    let length: u64 = lengths
        .chunks_exact(2)
        .map(|pair| u64::from(u16::from_le_bytes([pair[0], pair[1]])))
        .sum();
    reader.seek(SeekFrom::Start(start.saturating_add(HEADER + length)))?;
    let mut magic = [0; 4];
    reader.read_exact(&mut magic)?;
    Ok(&magic == b"PK\x01\x02")
}

/// An error of the zip reader, in plain words.
fn words(error: &ZipError) -> String {
    match error {
        ZipError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            "the archive is cut off".into()
        }
        ZipError::Io(error) => format!("it is damaged: {error}"),
        ZipError::InvalidArchive(why) => format!("it is damaged: {why}"),
        ZipError::UnsupportedArchive(why) => format!("it cannot be read: {why}"),
        ZipError::CompressionMethodNotSupported(method) => {
            format!("its compression method {method} is not supported")
        }
        other => format!("it cannot be read: {other}"),
    }
}

/// The content of one entry.
struct Entry<'a, C> {
    content: C,
    tally: &'a Tally,
    taken_before: u64,
    out: u64,
    limits: &'a Limits,
    end: Option<String>,
}

impl<C: Read> Read for Entry<'_, C> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.end.is_some() || buffer.is_empty() {
            return Ok(0);
        }
        match self.content.read(buffer) {
            Ok(count) => {
                self.out += count as u64;
                let taken = self.tally.taken.get() - self.taken_before;
                if is_bomb(self.out, taken, self.limits) {
                    self.end = Some(bomb_words(self.limits));
                }
                Ok(count)
            }
            Err(error) => match self.tally.failure.take() {
                Some(failure) => Err(failure),
                None if error.kind() == io::ErrorKind::Interrupted => Err(error),
                None => {
                    self.end = Some(words(&ZipError::Io(error)));
                    Ok(0)
                }
            },
        }
    }
}
