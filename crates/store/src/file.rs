//! The files of a case, and the PATHs that they came with.

use crate::error::Result;
use crate::import::Ledger;
use crate::words::{self, get_time, get_u64};
use evidence::container::Wrapping;
use evidence::{Digest, FileId, Kind, Micros, Word};
use rusqlite::Row;

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportState {
    /// It is being written.
    Running,
    /// It was cut off; what it left is not shown, and the next opening for writing removes it.
    Interrupted,
    /// It is in the case whole.
    Complete,
}

/// One PATH that was imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its number in the case, from 1.
    pub number: u32,
    /// The PATH as it was given, made printable.
    pub label: String,
    /// How far it has come.
    pub state: ImportState,
    /// The program that imported it, and its version.
    pub tool: String,
    /// When it began.
    pub started: Micros,
    /// When it was complete.
    pub finished: Option<Micros>,
    /// Of its files' paths and bytes; equal for an import of the same again.
    pub fingerprint: Option<Digest>,
}

/// A file of the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFile {
    /// Its id, over the whole case.
    pub id: FileId,
    /// The number of the PATH it came with.
    pub import: u32,
    /// The archive that it lay in, where it lay in one; else empty.
    pub container: String,
    /// Its path below that PATH or in its archive.
    pub path: String,
    /// What it was recognised as.
    pub kind: Kind,
    /// How it was wrapped.
    pub wrapping: Wrapping,
    /// Whether it was read to its end. Before, the members below are empty.
    pub ended: bool,
    /// Length of the bytes that were read.
    pub bytes: u64,
    /// SHA-256 of the bytes that were read.
    pub sha256: Option<Digest>,
    /// SHA-256 of the file as it lay there.
    pub sha256_as_found: Option<Digest>,
    /// Bytes after the end of the compressed stream.
    pub trailing: u64,
    /// How its bytes divide, as it was cut; see [`CaseFile::ledger`].
    pub cut: Ledger,
    /// How many records.
    pub records: u64,
    /// How many of them are malformed.
    pub malformed: u64,
    /// The earliest time in its records.
    pub earliest: Option<Micros>,
    /// The latest.
    pub latest: Option<Micros>,
    /// What the judgement said of it.
    pub verdict: Word,
    /// Whether, as a file without records, it has a place in its format.
    pub placed: bool,
}

impl CaseFile {
    /// How its bytes divide: as it was cut, but that the bytes of a file without records that has
    /// no place in its format are rejected.
    pub fn ledger(&self) -> Ledger {
        if self.kind.has_records() || self.placed {
            return self.cut;
        }
        Ledger {
            structure: 0,
            rejected: self.cut.rejected.saturating_add(self.cut.structure),
            ..self.cut
        }
    }
}

pub(crate) const FILES: &str = "SELECT id, import, path, kind, wrapping, ended, bytes, sha256, sha256_as_found, \
     trailing, ledger_records, ledger_structure, ledger_rejected, records, malformed, earliest, \
     latest, verdict, placed, container FROM file";

pub(crate) fn case_file(row: &Row<'_>) -> Result<CaseFile> {
    Ok(CaseFile {
        id: FileId(row.get(0)?),
        import: row.get(1)?,
        container: row.get(19)?,
        path: row.get(2)?,
        kind: words::kind(&row.get::<_, String>(3)?)?,
        wrapping: words::wrapping(&row.get::<_, String>(4)?)?,
        ended: row.get(5)?,
        bytes: get_u64(row, 6)?,
        sha256: words::digest(row.get(7)?)?,
        sha256_as_found: words::digest(row.get(8)?)?,
        trailing: get_u64(row, 9)?,
        cut: Ledger {
            records: get_u64(row, 10)?,
            structure: get_u64(row, 11)?,
            rejected: get_u64(row, 12)?,
        },
        records: get_u64(row, 13)?,
        malformed: get_u64(row, 14)?,
        earliest: get_time(row, 15)?,
        latest: get_time(row, 16)?,
        verdict: words::verdict_or_unchecked(row.get(17)?)?,
        placed: row.get(18)?,
    })
}
