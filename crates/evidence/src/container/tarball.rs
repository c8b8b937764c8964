//! tar: POSIX ustar and pax, GNU, and the old form without a magic.
//!
//! The walk is our own over the header type of the `tar` crate, because that crate's iterator reads
//! long names and pax headers of any length into memory, and does not tell a damaged archive from a
//! reader that fails.

use super::inflate::Inflate;
use super::path::{Paths, printable};
use super::{Trailing, Visitor, Wrapping, bomb_words, is_bomb};
use crate::Limits;
use std::io::{self, Read};
use tar::{EntryType, Header};

/// The unit of a tar.
pub(super) const BLOCK: usize = 512;

/// The longest long name or pax header that is read.
const EXTENSION_BYTES: u64 = 1 << 20;

/// Whether bytes begin with a tar header: with its magic, or, in the old form, with its checksum.
pub(super) fn is_tar(head: &[u8]) -> bool {
    let Some(block) = head.first_chunk::<BLOCK>() else {
        return false;
    };
    &block[257..262] == b"ustar" || sum_holds(block)
}

/// Whether the header's sum is the one that it holds (some old writers summed signed bytes).
fn sum_holds(block: &[u8; BLOCK]) -> bool {
    let Ok(held) = Header::from_byte_slice(block).cksum() else {
        return false;
    };
    let others = || block[..148].iter().chain(&block[156..]);
    let spaces = 8 * u32::from(b' ');
    let unsigned: u32 = others().map(|&byte| u32::from(byte)).sum::<u32>() + spaces;
    let signed: i32 = others().map(|&byte| i32::from(byte as i8)).sum::<i32>() + spaces as i32;
    held == unsigned || i64::from(held) == i64::from(signed)
}

/// Why a walk ends before the end of the archive.
enum Stop {
    /// The archive is damaged, or passes a limit.
    Damaged(String),
    /// Reading the archive failed, or the visitor did.
    Failed(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Stop {
        Stop::Failed(error)
    }
}

fn damaged<T>(why: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Damaged(why.into()))
}

/// Visits the entries in order.
pub(super) fn walk<R: Read>(
    stream: &mut Inflate<R>,
    limits: &Limits,
    visitor: &mut dyn Visitor,
) -> io::Result<()> {
    match (Walk {
        stream,
        limits,
        visitor,
    })
    .entries()
    {
        Ok(()) => Ok(()),
        Err(Stop::Damaged(why)) => visitor.refused("", &why),
        Err(Stop::Failed(error)) => Err(error),
    }
}

struct Walk<'a, R: Read> {
    stream: &'a mut Inflate<R>,
    limits: &'a Limits,
    visitor: &'a mut dyn Visitor,
}

/// What extension headers say of the entry after them.
#[derive(Default)]
struct Extension {
    /// GNU long name.
    long_name: Option<Vec<u8>>,
    /// `path` of a pax header.
    path: Option<Vec<u8>>,
    /// `size` of a pax header.
    size: Option<u64>,
    /// Whether a pax header calls it sparse.
    sparse: bool,
}

impl<R: Read> Walk<'_, R> {
    fn entries(&mut self) -> Result<(), Stop> {
        let mut paths = Paths::default();
        let mut extension = Extension::default();
        let mut pending = false;
        let mut count = 0;
        let mut block = [0; BLOCK];
        loop {
            match self.fill(&mut block)? {
                0 if pending => return damaged("it ends after the header of a long name"),
                0 => return damaged("it ends without a mark of its end: entries may be missing"),
                BLOCK => {}
                _ => return damaged("it ends in the middle of a header"),
            }
            if block.iter().all(|&byte| byte == 0) {
                return self.after_end();
            }
            if !sum_holds(&block) {
                return damaged("a header's checksum does not match");
            }
            let header = Header::from_byte_slice(&block);
            let size = match entry_size(header) {
                Some(size) => size,
                None => return damaged("a header's size is not a number"),
            };
            match header.entry_type() {
                EntryType::GNULongName => {
                    let mut name = self.extension(size)?;
                    if let Some(end) = name.iter().position(|&byte| byte == 0) {
                        name.truncate(end);
                    }
                    extension.long_name = Some(name);
                    pending = true;
                }
                EntryType::GNULongLink => {
                    self.extension(size)?;
                    pending = true;
                }
                EntryType::XHeader => {
                    let bytes = self.extension(size)?;
                    pax(&bytes, &mut extension)?;
                    pending = true;
                }
                EntryType::XGlobalHeader => {
                    // Names and sizes for all entries to come are read differently by different
                    // readers; a comment, as `git archive` writes it, is not.
                    let bytes = self.extension(size)?;
                    let mut global = Extension::default();
                    pax(&bytes, &mut global)?;
                    if global.path.is_some() || global.size.is_some() || global.sparse {
                        return damaged("a global header names or sizes all later entries");
                    }
                }
                kind => {
                    count += 1;
                    if count > self.limits.archive_entries {
                        return damaged(format!(
                            "it has more than {} entries",
                            self.limits.archive_entries
                        ));
                    }
                    if kind == EntryType::GNUSparse {
                        self.skip_sparse_map(header)?;
                    }
                    self.entry(&mut paths, header, size, std::mem::take(&mut extension))?;
                    pending = false;
                }
            }
        }
    }

    fn entry(
        &mut self,
        paths: &mut Paths,
        header: &Header,
        header_size: u64,
        extension: Extension,
    ) -> Result<(), Stop> {
        let name = match (extension.path, extension.long_name) {
            (Some(path), _) => path,
            (None, Some(name)) => name,
            (None, None) => header.path_bytes().into_owned(),
        };
        let size = extension.size.unwrap_or(header_size);
        let kind = header.entry_type();
        // In the old form a folder is a file whose name ends in a slash.
        let is_folder =
            kind == EntryType::Directory || (kind == EntryType::Regular && name.ends_with(b"/"));
        let refusal = match kind {
            EntryType::Regular if extension.sparse => Some("it is a sparse file"),
            EntryType::Regular if is_folder && size > 0 => Some("it is a folder with content"),
            EntryType::Regular | EntryType::Continuous | EntryType::Directory => None,
            EntryType::GNUSparse => Some("it is a sparse file"),
            EntryType::Link => Some("it is a hard link"),
            EntryType::Symlink => Some("it is a symbolic link"),
            EntryType::Char | EntryType::Block => Some("it is a device"),
            EntryType::Fifo => Some("it is a pipe"),
            _ => Some("it is neither a plain file nor a folder"),
        };
        let admitted = paths.admit(&name, is_folder);
        let mut entry = Entry {
            stream: self.stream,
            limits: self.limits,
            left: size,
            out: 0,
            taken_before: None,
            end: None,
        };
        entry.taken_before = entry.stream.taken();
        match refusal.map_or(admitted, Err) {
            Err(why) => self.visitor.refused(&printable(&name), why)?,
            Ok(_) if is_folder => {}
            Ok(path) => self.visitor.file(&path, &mut entry)?,
        }
        let left = entry.left;
        match entry.end {
            Some(End::Bomb) => {
                self.visitor
                    .refused(&printable(&name), &bomb_words(self.limits))?;
            }
            Some(End::CutOff) => {
                self.visitor
                    .refused(&printable(&name), "the archive ends inside it")?;
                return damaged("it ends in the middle of an entry");
            }
            None => {}
        }
        if self.skip(left)? > 0 {
            self.visitor
                .refused(&printable(&name), "the archive ends inside it")?;
            return damaged("it ends in the middle of an entry");
        }
        let padding = size.wrapping_neg() % BLOCK as u64;
        self.skip(padding)?;
        Ok(())
    }

    /// The content of an extension header.
    fn extension(&mut self, size: u64) -> Result<Vec<u8>, Stop> {
        if size > EXTENSION_BYTES {
            return damaged(format!(
                "a header of {size} bytes is longer than {EXTENSION_BYTES}"
            ));
        }
        let mut bytes = vec![0; size as usize];
        if self.fill(&mut bytes)? < bytes.len() {
            return damaged("it ends in the middle of a header");
        }
        self.skip(size.wrapping_neg() % BLOCK as u64)?;
        Ok(bytes)
    }

    /// The blocks of an old GNU sparse file's map that follow its header.
    fn skip_sparse_map(&mut self, header: &Header) -> Result<(), Stop> {
        let mut more = header.as_gnu().is_some_and(|header| header.is_extended());
        let mut block = [0; BLOCK];
        while more {
            if self.fill(&mut block)? < BLOCK {
                return damaged("it ends in the middle of a header");
            }
            more = block[504] != 0;
        }
        Ok(())
    }

    /// What follows the mark of the end: zeros, or bytes that nobody would see.
    fn after_end(&mut self) -> Result<(), Stop> {
        let mut trailing = Trailing::default();
        let mut buffer = vec![0; 64 << 10];
        loop {
            let count = self.stream.read(&mut buffer)?;
            if count == 0 {
                break;
            }
            let bytes = &buffer[..count];
            let zeros = match trailing.len {
                0 => bytes.iter().take_while(|&&byte| byte == 0).count(),
                _ => 0,
            };
            trailing.push(&bytes[zeros..]);
        }
        if trailing.len > 0 {
            self.visitor.trailing(Wrapping::Tar, trailing)?;
        }
        Ok(())
    }

    /// Reads as much of `buffer` as there is.
    fn fill(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.stream.read(&mut buffer[filled..])? {
                0 => break,
                count => filled += count,
            }
        }
        Ok(filled)
    }

    /// Reads past bytes, and says how many were not there.
    fn skip(&mut self, count: u64) -> io::Result<u64> {
        let skipped = io::copy(&mut self.stream.take(count), &mut io::sink())?;
        Ok(count - skipped)
    }
}

/// The size in a header: octal, or binary for large ones; blank is 0.
fn entry_size(header: &Header) -> Option<u64> {
    let field = &header.as_old().size;
    if field.iter().all(|byte| matches!(byte, 0 | b' ')) {
        return Some(0);
    }
    // A size past 2^63 is a negative one in binary, which no writer means.
    header
        .entry_size()
        .ok()
        .filter(|&size| size <= i64::MAX as u64)
}

/// Takes what matters here out of a pax header: records of `length name=value LF`, the length in
/// decimal and of the whole record.
fn pax(mut bytes: &[u8], extension: &mut Extension) -> Result<(), Stop> {
    while !bytes.is_empty() {
        let Some((name, value, rest)) = pax_record(bytes) else {
            return damaged("an extended header cannot be read");
        };
        bytes = rest;
        match name {
            b"path" => extension.path = Some(value.to_vec()),
            b"size" => {
                let size = std::str::from_utf8(value)
                    .ok()
                    .and_then(|text| text.parse().ok());
                match size.filter(|&size: &u64| size <= i64::MAX as u64) {
                    Some(size) => extension.size = Some(size),
                    None => return damaged("an extended header's size is not a number"),
                }
            }
            _ if name.starts_with(b"GNU.sparse.") => extension.sparse = true,
            _ => {}
        }
    }
    Ok(())
}

fn pax_record(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = bytes.iter().take(20).position(|&byte| byte == b' ')?;
    let length: usize = std::str::from_utf8(&bytes[..space]).ok()?.parse().ok()?;
    if length > bytes.len() {
        return None;
    }
    let (record, rest) = bytes.split_at(length);
    let (&b'\n', record) = record.get(space + 1..)?.split_last()? else {
        return None;
    };
    let equals = record.iter().position(|&byte| byte == b'=')?;
    Some((&record[..equals], &record[equals + 1..], rest))
}

/// Why an entry gave fewer bytes than its header says.
enum End {
    Bomb,
    CutOff,
}

/// The content of one entry.
struct Entry<'a, R: Read> {
    stream: &'a mut Inflate<R>,
    limits: &'a Limits,
    left: u64,
    out: u64,
    /// How much of the compressed stream lies before it.
    taken_before: Option<u64>,
    end: Option<End>,
}

impl<R: Read> Read for Entry<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = (buffer.len() as u64).min(self.left) as usize;
        if self.end.is_some() || wanted == 0 {
            return Ok(0);
        }
        let count = self.stream.read(&mut buffer[..wanted])?;
        if count == 0 {
            self.end = Some(End::CutOff);
        }
        self.left -= count as u64;
        self.out += count as u64;
        if let (Some(before), Some(taken)) = (self.taken_before, self.stream.taken())
            && is_bomb(self.out, taken - before, self.limits)
        {
            self.end = Some(End::Bomb);
        }
        Ok(count)
    }
}
