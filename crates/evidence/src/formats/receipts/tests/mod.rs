//! Chains of receipts made by hand, and what is said of them.

mod evidence;
mod keys;
mod proofs;
mod sound;
mod tampers;
mod vectors;

use super::{Chains, KeyRing, judge, read_batch};
use crate::event::Events;
use crate::facts::Malformed;
use crate::keys::{KeyMaterial, Trust, TrustedKey};
use crate::verdict::Word;
use crate::verify::Outcome;
use crate::{Batch, Digest, FileFacts, FileId, Kind, Limits, Lookup, LookupError, facts};
use ed25519_dalek::SigningKey;

/// A file of a case: its path and its records.
pub(super) struct File {
    pub path: &'static str,
    pub kind: Kind,
    pub records: Vec<Vec<u8>>,
}

pub(super) fn jsonl(path: &'static str, records: impl IntoIterator<Item = Vec<u8>>) -> File {
    File {
        path,
        kind: Kind::Receipts,
        records: records.into_iter().collect(),
    }
}

/// Files in memory, as JSON lines.
pub(super) struct Shelf(pub Vec<File>);

impl Lookup for Shelf {
    fn file(&self, file: FileId) -> Result<Vec<u8>, LookupError> {
        Ok(self.0[file.0 as usize].records.join(&b'\n'))
    }
    fn record(&self, file: FileId, ordinal: u64) -> Result<Vec<u8>, LookupError> {
        let records = &self.0[file.0 as usize].records;
        records
            .get(ordinal as usize)
            .cloned()
            .ok_or_else(|| LookupError("no such record".into()))
    }
    fn extent(&self, file: FileId, ordinal: u64) -> Result<(u64, u64), LookupError> {
        let records = &self.0[file.0 as usize].records;
        let before: usize = records[..ordinal as usize]
            .iter()
            .map(|record| record.len() + 1)
            .sum();
        Ok((before as u64, records[ordinal as usize].len() as u64))
    }
}

/// Reads the files, in batches of this many records.
pub(super) fn facts_of(shelf: &Shelf, trust: &Trust, at_once: usize) -> Vec<FileFacts> {
    let ring = KeyRing::new(trust);
    let read = |(id, file): (u32, &File)| {
        let mut chains = Chains::default();
        let mut offset = 0;
        let mut malformed = Vec::new();
        for (part, records) in file.records.chunks(at_once).enumerate() {
            let mut batch = Batch {
                first_ordinal: (part * at_once) as u64,
                offset,
                ..Batch::default()
            };
            for record in records {
                batch
                    .records
                    .push((batch.bytes.len() as u32, record.len() as u32));
                batch.bytes.extend_from_slice(record);
                batch.bytes.push(b'\n');
            }
            let readings = read_batch(&batch, &ring, &Limits::default(), &mut Events::default());
            for ((ordinal, offset, bytes), reading) in batch.iter().zip(&readings) {
                malformed.extend(reading.malformed.clone().map(|words| Malformed {
                    ordinal,
                    offset,
                    length: bytes.len() as u64,
                    words,
                }));
            }
            offset += batch.bytes.len() as u64;
            chains.add(batch.first_ordinal, &readings, &ring);
        }
        let bytes = file.records.join(&b'\n');
        FileFacts {
            id: FileId(id),
            import: 1,
            container: String::new(),
            path: file.path.into(),
            kind: file.kind,
            sha256: Digest::of(&bytes),
            sha256_as_found: Digest::of(&bytes),
            bytes: bytes.len() as u64,
            trailing: 0,
            records: file.records.len() as u64,
            malformed,
            rejected: Vec::new(),
            rejected_bytes: 0,
            earliest: None,
            latest: None,
            chains: facts::Chains::Receipts(chains),
        }
    };
    (0..).zip(&shelf.0).map(read).collect()
}

/// Judges a case; the answer must not depend on batches.
pub(super) fn judged(files: Vec<File>, trust: &Trust) -> Outcome {
    let shelf = Shelf(files);
    let outcome = |at_once| {
        let facts = facts_of(&shelf, trust, at_once);
        let facts: Vec<&FileFacts> = facts.iter().collect();
        judge(&facts, trust, &shelf).expect("every record is there")
    };
    let (whole, single) = (outcome(1000), outcome(1));
    assert_eq!(
        format!("{whole:?}"),
        format!("{single:?}"),
        "depends on batches"
    );
    whole
}

/// The verdict of each record of each file.
pub(super) fn verdicts(outcome: &Outcome) -> Vec<Vec<Word>> {
    let mut out: Vec<Vec<Word>> = Vec::new();
    for span in &outcome.spans {
        let file = span.file.0 as usize;
        out.resize(out.len().max(file + 1), Vec::new());
        assert_eq!(
            out[file].len() as u64,
            span.first,
            "spans leave a record out"
        );
        out[file].resize(span.last as usize + 1, span.verdict.word());
    }
    out
}

/// The findings that are not the same for every chain: code, file, number, ordinal.
pub(super) type Found = (&'static str, Option<u32>, Option<u64>, Option<u64>);

pub(super) fn found(outcome: &Outcome) -> Vec<Found> {
    let usual = ["field-uncovered", "end-unknown"];
    let mut found: Vec<Found> = outcome
        .findings
        .iter()
        .filter(|finding| !usual.contains(&finding.code.as_str()))
        .map(|finding| {
            let place = &finding.place;
            (
                finding.code.as_str(),
                place.file.map(|file| file.0),
                place.seq,
                place.ordinal,
            )
        })
        .collect();
    found.sort_unstable();
    found
}

pub(super) fn signer(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

pub(super) fn trusted(seed: u8) -> TrustedKey {
    TrustedKey::bare(KeyMaterial::Ed25519(
        signer(seed).verifying_key().to_bytes(),
    ))
}

pub(super) fn trust(seeds: &[u8]) -> Trust {
    Trust {
        keys: seeds.iter().map(|&seed| trusted(seed)).collect(),
    }
}
