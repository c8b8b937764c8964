//! Files out of containers, as byte streams: gzip, zip, tar, tar.gz, tar.zst, zstd.

use crate::Limits;
use std::io::{self, Read, Seek};

/// How a stored file is wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wrapping {
    /// Not at all: the bytes are the file.
    Plain,
    /// A gzip stream around one file.
    Gzip,
    /// A zstd stream around one file.
    Zstd,
    /// An archive of files.
    Zip,
    /// An archive of files.
    Tar,
    /// A compressed archive of files.
    TarGzip,
    /// A compressed archive of files.
    TarZstd,
}

/// Tells from the first bytes (512 are enough for all but a compressed tar, for which it
/// decompresses a little of what it is given).
pub fn recognise(head: &[u8]) -> Wrapping {
    let _ = head;
    todo!()
}

/// Receives what is in an archive or a wrapped file.
pub trait Visitor {
    /// A file, with its path (`/` between parts, checked) and its bytes as they lie in the archive
    /// (a `.json.gz` in a tar is still compressed). What is not read of it is skipped.
    fn file(&mut self, path: &str, bytes: &mut dyn Read) -> io::Result<()>;
    /// An entry that is not opened, and why, in plain words. `path` is made printable.
    fn refused(&mut self, path: &str, why: &str) -> io::Result<()>;
}

/// Visits each file of an archive in its order. Paths that are absolute, hold `..`, a backslash or
/// a NUL, entries that are neither plain file nor folder, and paths that equal an earlier one's
/// after Unicode lower-casing are refused, and the rest is visited. A damaged archive is refused
/// from there on. `Err` only from the visitor, or from reading `archive` itself.
pub fn visit(wrapping: Wrapping, archive: &mut (impl Read + Seek), limits: &Limits, visitor: &mut dyn Visitor) -> io::Result<()> {
    let _ = (wrapping, archive, limits, visitor);
    todo!()
}

/// The bytes inside one gzip or zstd stream. Reads up to the end of the *first* member or frame;
/// what follows it is trailing data.
pub struct Unwrapped<R: Read> {
    _reader: R,
}

/// What is known of a wrapped file once it has been read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unwrapping {
    /// SHA-256 of the file as it lay there, trailing data included.
    pub sha256_as_found: crate::Digest,
    /// Bytes after the compressed stream.
    pub trailing: Vec<u8>,
    /// Why decompression ended early, if it did: damage, or a bomb.
    pub fault: Option<String>,
}

impl<R: Read> Unwrapped<R> {
    /// Starts reading. A damaged stream gives what could be read, then ends; [`Unwrapped::finish`]
    /// says why.
    pub fn new(wrapping: Wrapping, reader: R, limits: &Limits) -> Unwrapped<R> {
        let _ = (wrapping, limits);
        Unwrapped { _reader: reader }
    }
    /// What is known after the last byte has been read; reads what is left.
    pub fn finish(self) -> io::Result<Unwrapping> {
        todo!()
    }
}

impl<R: Read> Read for Unwrapped<R> {
    fn read(&mut self, _buffer: &mut [u8]) -> io::Result<usize> {
        todo!()
    }
}
