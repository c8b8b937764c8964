//! Files out of containers, as byte streams: gzip, zip, tar, tar.gz, tar.zst, zstd.
//!
//! Everything streams. What is kept in memory at once is one block of a decompressor, one path, and
//! sixteen bytes for each path seen.

mod inflate;
mod path;
mod tarball;
mod unwrap;
mod zipped;

pub use unwrap::{Unwrapped, Unwrapping};

use crate::Limits;
use inflate::Inflate;
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

impl Wrapping {
    /// Whether it holds files with paths of their own, so that [`visit`] opens it.
    pub fn is_archive(self) -> bool {
        matches!(
            self,
            Wrapping::Zip | Wrapping::Tar | Wrapping::TarGzip | Wrapping::TarZstd
        )
    }
}

/// How many bytes of a file's beginning [`recognise`] wants to see, where there are as many. A zstd
/// block of up to 128 KiB gives nothing before its last byte (RFC 8878, section 3.1.1.2), so with
/// less a `.tar.zst` can look like a single zstd file.
pub const HEAD_BYTES: usize = 160 << 10;

/// Tells from the first bytes (512 are enough for all but a compressed tar, for which it
/// decompresses a little of what it is given, at most [`HEAD_BYTES`]).
pub fn recognise(head: &[u8]) -> Wrapping {
    const ZIP: [&[u8]; 3] = [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08PK\x03\x04"];
    let within = |wrapping| {
        let mut inner = Vec::with_capacity(tarball::BLOCK);
        // An end in the middle of the stream is no matter: what came before it decides.
        let _ = Inflate::new(wrapping, &head[..head.len().min(HEAD_BYTES)], false)
            .take(tarball::BLOCK as u64)
            .read_to_end(&mut inner);
        tarball::is_tar(&inner)
    };
    if head.starts_with(b"\x1f\x8b\x08") {
        if within(Wrapping::Gzip) {
            Wrapping::TarGzip
        } else {
            Wrapping::Gzip
        }
    } else if head.starts_with(b"\x28\xb5\x2f\xfd") {
        if within(Wrapping::Zstd) {
            Wrapping::TarZstd
        } else {
            Wrapping::Zstd
        }
    } else if ZIP.iter().any(|magic| head.starts_with(magic)) {
        Wrapping::Zip
    } else if tarball::is_tar(head) {
        Wrapping::Tar
    } else {
        Wrapping::Plain
    }
}

/// Bytes after the end of a compressed stream or of an archive.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trailing {
    /// How many there are.
    pub len: u64,
    /// The first of them, up to [`Trailing::KEPT_BYTES`].
    pub kept: Vec<u8>,
}

impl Trailing {
    /// How many bytes of a tail are kept; the rest is only counted.
    pub const KEPT_BYTES: usize = 1 << 20;

    /// Adds what came next.
    fn push(&mut self, bytes: &[u8]) {
        self.len += bytes.len() as u64;
        let room = Self::KEPT_BYTES.saturating_sub(self.kept.len());
        self.kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }
}

/// Receives what is in an archive.
pub trait Visitor {
    /// A file, with its path (`/` between parts, checked) and its bytes as they lie in the archive
    /// (a `.json.gz` in a tar is still compressed). What is not read of it is skipped.
    ///
    /// Where the entry is damaged or a bomb, `bytes` ends early, and [`Visitor::refused`] follows
    /// with the same path: the file is then the part before. An `Err` out of `bytes` is only ever a
    /// failure to read the archive itself.
    fn file(&mut self, path: &str, bytes: &mut dyn Read) -> io::Result<()>;
    /// An entry that is not opened, or not to its end, and why, in plain words. `path` is made
    /// printable; it is empty where the archive itself cannot be read from there on.
    fn refused(&mut self, path: &str, why: &str) -> io::Result<()>;
    /// Bytes after an end: of the tar (other than zeros), of the gzip member, of the zstd frame.
    fn trailing(&mut self, after: Wrapping, trailing: Trailing) -> io::Result<()>;
}

/// Visits each file of an archive, from its first byte, in the archive's order. Paths that are
/// absolute, hold `..`, a backslash or a NUL, entries that are neither plain file nor folder, and
/// paths that equal an earlier entry's after Unicode lower-casing are refused, and the rest is
/// visited. A damaged archive is refused from there on. `.` and empty parts of a path are left out,
/// and bytes of it that are not UTF-8 are written `%FF`.
///
/// `limits.archive_entries` holds for this archive alone; who opens several for one import passes
/// what is left of it.
///
/// `Err` only from the visitor, from reading `archive` itself, or (`InvalidInput`) where `wrapping`
/// is no archive.
pub fn visit(
    wrapping: Wrapping,
    archive: &mut (impl Read + Seek),
    limits: &Limits,
    visitor: &mut dyn Visitor,
) -> io::Result<()> {
    archive.rewind()?;
    let stream = match wrapping {
        Wrapping::Zip => return zipped::walk(archive, limits, visitor),
        Wrapping::Tar => Wrapping::Plain,
        Wrapping::TarGzip => Wrapping::Gzip,
        Wrapping::TarZstd => Wrapping::Zstd,
        Wrapping::Plain | Wrapping::Gzip | Wrapping::Zstd => {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "not an archive",
            ));
        }
    };
    let mut stream = Inflate::new(stream, archive, false);
    tarball::walk(&mut stream, limits, visitor)?;
    let end = stream.finish()?;
    if let Some(fault) = end.fault {
        visitor.refused("", &fault)?;
    }
    if end.trailing.len > 0 {
        let after = if wrapping == Wrapping::TarGzip {
            Wrapping::Gzip
        } else {
            Wrapping::Zstd
        };
        visitor.trailing(after, end.trailing)?;
    }
    Ok(())
}

/// Whether a stream that has given `out` bytes for `taken` bytes is past what [`Limits`] allow.
fn is_bomb(out: u64, taken: u64, limits: &Limits) -> bool {
    out > limits.bomb_bytes && out > taken.saturating_mul(limits.bomb_ratio)
}

/// Says so, in the words of the limits.
fn bomb_words(limits: &Limits) -> String {
    format!(
        "it has grown past {} bytes at more than {} to 1",
        limits.bomb_bytes, limits.bomb_ratio
    )
}

#[cfg(test)]
mod tests;
