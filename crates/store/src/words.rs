//! How the values of other crates are written in the case file. Each list is exhaustive, and a
//! word that is not in it was not written by us.

use crate::column::Column;
use crate::error::{Result, StoreError};
use evidence::container::Wrapping;
use evidence::{Digest, Format, Kind, Micros, Verdict, Word};
use rusqlite::Row;

const KINDS: [(Kind, &str); 12] = [
    (Kind::BundleStream, "bundle-stream"),
    (Kind::BundleManifest, "bundle-manifest"),
    (Kind::BundleCheckpoint, "bundle-checkpoint"),
    (Kind::CloudTrailLog, "cloudtrail-log"),
    (Kind::CloudTrailDigest, "cloudtrail-digest"),
    (Kind::CloudTrailSidecar, "cloudtrail-sidecar"),
    (Kind::CloudTrailKeys, "cloudtrail-keys"),
    (Kind::Receipts, "receipts"),
    (Kind::ReceiptsDatabase, "receipts-database"),
    (Kind::KubernetesAudit, "kubernetes-audit"),
    (Kind::VaultAudit, "vault-audit"),
    (Kind::Unknown, "unknown"),
];

const FORMATS: [Format; 6] = [
    Format::NhiAuditBundle,
    Format::CloudTrail,
    Format::AgentReceipts,
    Format::KubernetesAudit,
    Format::VaultAudit,
    Format::Unknown,
];

const WRAPPINGS: [(Wrapping, &str); 7] = [
    (Wrapping::Plain, "plain"),
    (Wrapping::Gzip, "gzip"),
    (Wrapping::Zstd, "zstd"),
    (Wrapping::Zip, "zip"),
    (Wrapping::Tar, "tar"),
    (Wrapping::TarGzip, "tar-gzip"),
    (Wrapping::TarZstd, "tar-zstd"),
];

const VERDICTS: [Word; 4] = [
    Word::Contradicted,
    Word::Unproven,
    Word::Intact,
    Word::Verified,
];

fn write<T: PartialEq>(list: &[(T, &'static str)], value: &T) -> Result<&'static str> {
    let found = list
        .iter()
        .find(|(listed, _)| listed == value)
        .map(|&(_, word)| word);
    found.ok_or_else(|| StoreError::bug("a value has no word in the case file"))
}

fn read<T: Copy>(list: &[(T, &'static str)], word: &str) -> Result<T> {
    let found = list
        .iter()
        .find(|(_, listed)| *listed == word)
        .map(|&(value, _)| value);
    found.ok_or_else(|| StoreError::damaged(format!("unknown word {word:?}")))
}

pub(crate) fn kind_word(kind: Kind) -> Result<&'static str> {
    write(&KINDS, &kind)
}

pub(crate) fn kind(word: &str) -> Result<Kind> {
    read(&KINDS, word)
}

pub(crate) fn wrapping_word(wrapping: Wrapping) -> Result<&'static str> {
    write(&WRAPPINGS, &wrapping)
}

pub(crate) fn wrapping(word: &str) -> Result<Wrapping> {
    read(&WRAPPINGS, word)
}

pub(crate) fn format(word: &str) -> Result<Format> {
    let found = FORMATS.into_iter().find(|format| format.as_str() == word);
    found.ok_or_else(|| StoreError::damaged(format!("unknown format {word:?}")))
}

/// The number of a verdict in the file, which is also its place in a row of counts.
pub(crate) fn verdict_number(verdict: Verdict) -> u8 {
    word_number(verdict.word())
}

/// As [`verdict_number`]; `unchecked` is 4, and is never written.
pub(crate) fn word_number(word: Word) -> u8 {
    match word {
        Word::Contradicted => 0,
        Word::Unproven => 1,
        Word::Intact => 2,
        Word::Verified => 3,
        Word::Unchecked => 4,
    }
}

pub(crate) fn verdict(number: i64) -> Result<Word> {
    let found = usize::try_from(number)
        .ok()
        .and_then(|number| VERDICTS.get(number))
        .copied();
    found.ok_or_else(|| StoreError::damaged(format!("verdict {number}")))
}

/// As [`verdict`], of a list that has `unchecked` too.
pub(crate) fn word(number: i64) -> Result<Word> {
    if number == i64::from(word_number(Word::Unchecked)) {
        return Ok(Word::Unchecked);
    }
    verdict(number)
}

/// The verdict in a column that is NULL where nothing has been judged.
pub(crate) fn verdict_or_unchecked(number: Option<i64>) -> Result<Word> {
    number.map_or(Ok(Word::Unchecked), verdict)
}

/// The column with a number in the file.
pub(crate) fn column(number: i64) -> Result<Column> {
    let found = usize::try_from(number)
        .ok()
        .and_then(|number| Column::ALL.get(number))
        .copied();
    found.ok_or_else(|| StoreError::damaged(format!("column {number}")))
}

pub(crate) fn digest(bytes: Option<Vec<u8>>) -> Result<Option<Digest>> {
    let exact = bytes.map(|bytes| bytes.try_into().map(Digest)).transpose();
    exact.map_err(|_| StoreError::damaged("a digest that is not 32 bytes long"))
}

/// An unsigned number, kept in SQLite's signed ones bit by bit.
pub(crate) fn signed(number: u64) -> i64 {
    number as i64
}

/// The way back of [`signed`].
pub(crate) fn unsigned(number: i64) -> u64 {
    number as u64
}

pub(crate) fn get_u64(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get(column).map(unsigned)
}

pub(crate) fn get_u64_or_none(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<u64>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(unsigned))
}

pub(crate) fn get_time(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Micros>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(Micros))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_and_wrapping_reads_back_as_itself() {
        for (value, _) in KINDS {
            assert_eq!(kind(kind_word(value).unwrap()), Ok(value));
        }
        for (value, _) in WRAPPINGS {
            assert_eq!(wrapping(wrapping_word(value).unwrap()), Ok(value));
        }
        for value in FORMATS {
            assert_eq!(format(value.as_str()), Ok(value));
        }
        assert_eq!(
            kind("ledger"),
            Err(StoreError::Damaged("unknown word \"ledger\"".into()))
        );
        assert_eq!(verdict(4), Err(StoreError::Damaged("verdict 4".into())));
        assert_eq!(unsigned(signed(u64::MAX)), u64::MAX);
    }
}
