//! What one file gave, as the case-wide judgement needs it: small, whatever the file's size.

use crate::{Digest, Kind, Micros, formats};
use std::fmt;

/// A file of the case. Numbers rise in the order of import and are never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// What reading one file from beginning to end gave.
#[derive(Debug, Clone)]
pub struct FileFacts {
    /// Which file.
    pub id: FileId,
    /// Which PATH of the case it came with, from 1.
    pub import: u32,
    /// Its path below that PATH, with `/`.
    pub path: String,
    /// What it was recognised as.
    pub kind: Kind,
    /// SHA-256 of the bytes that were read: decompressed, and without trailing data.
    pub sha256: Digest,
    /// SHA-256 of the file as it lay there; differs from `sha256` where it was compressed.
    pub sha256_as_found: Digest,
    /// Length of the bytes that were read.
    pub bytes: u64,
    /// Bytes after the end of the compressed stream, kept but not read.
    pub trailing: u64,
    /// How many records were cut from it.
    pub records: u64,
    /// Those that are malformed, rising by ordinal.
    pub malformed: Vec<Malformed>,
    /// Stretches that are neither record nor structure, and how many more are not listed.
    pub rejected: Vec<RejectedRange>,
    /// How many bytes were rejected in all.
    pub rejected_bytes: u64,
    /// The earliest time in its records.
    pub earliest: Option<Micros>,
    /// The latest.
    pub latest: Option<Micros>,
    /// What its records' own seals gave, where its format has them.
    pub chains: Chains,
}

/// Beyond this many, remarks of one sort about one file are counted, and their words not kept.
pub const MOST_REMARKS: usize = 10_000;

/// A record that is not what its format allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// Its ordinal in the file.
    pub ordinal: u64,
    /// Its offset in the file.
    pub offset: u64,
    /// Its length.
    pub length: u64,
    /// What is wrong, in plain words; empty beyond [`MOST_REMARKS`].
    pub words: String,
}

/// A stretch of a file that is neither record nor structure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedRange {
    /// Its offset in the file.
    pub offset: u64,
    /// Its length.
    pub length: u64,
    /// Why, in plain words.
    pub reason: String,
}

/// What the records' own seals gave, by format.
#[derive(Debug, Clone, Default)]
pub enum Chains {
    /// The format seals nothing in its records.
    #[default]
    None,
    /// A stream of an audit bundle.
    Bundle(formats::bundle::Runs),
    /// Chains of agent receipts.
    Receipts(formats::receipts::Chains),
}

/// Where the case-wide judgement gets bytes from. Small files whole, and single records; it is
/// never asked for a large file.
pub trait Lookup {
    /// The bytes of a file as they were read (decompressed, without trailing data).
    fn file(&self, file: FileId) -> Result<Vec<u8>, LookupError>;
    /// The bytes of one record, by its ordinal in the file (from 0).
    fn record(&self, file: FileId, ordinal: u64) -> Result<Vec<u8>, LookupError>;
    /// Offset and length of one record in its file.
    fn extent(&self, file: FileId, ordinal: u64) -> Result<(u64, u64), LookupError>;
}

/// The caller's store could not give bytes that it said it has. Never the evidence's fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupError(pub String);

impl fmt::Display for LookupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for LookupError {}
