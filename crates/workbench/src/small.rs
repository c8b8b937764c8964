//! A few files of evidence held in memory and judged together: what a report brings along to prove
//! its records without the case.

use crate::intake::End;
use crate::reading::Reading;
use evidence::batch;
use evidence::container::Trailing;
use evidence::cut::Cutter;
use evidence::formats::receipts::KeyRing;
use evidence::keys::Trust;
use evidence::kind::{HEAD_BYTES, recognise};
use evidence::verify::{self, Outcome, Proof, Subject};
use evidence::{Digest, FileFacts, FileId, Kind, Limits, Lookup, LookupError, Verdict};
use std::collections::BTreeMap;

/// The files, read and judged.
pub(crate) struct Small<'a> {
    files: Vec<File<'a>>,
    by_path: BTreeMap<&'a str, usize>,
    outcome: Outcome,
    trust: &'a Trust,
    limits: &'a Limits,
}

/// A record of one of the files.
pub(crate) struct Judged<'a> {
    pub bytes: &'a [u8],
    /// What holds for it among these files alone.
    pub verdict: Verdict,
    pub proof: Proof,
}

struct File<'a> {
    facts: FileFacts,
    bytes: &'a [u8],
    /// Offset and length of each record.
    records: Vec<(u64, u64)>,
}

struct Held<'s, 'a>(&'s [File<'a>]);

impl<'a> Small<'a> {
    /// Reads and judges files by path.
    pub fn judge(
        named: impl IntoIterator<Item = (&'a str, &'a [u8])>,
        trust: &'a Trust,
        limits: &'a Limits,
    ) -> Result<Small<'a>, LookupError> {
        let ring = KeyRing::new(trust);
        let mut files = Vec::new();
        let mut by_path = BTreeMap::new();
        for (path, bytes) in named {
            let id = FileId(files.len() as u32 + 1);
            by_path.insert(path, files.len());
            files.push(read(id, path, bytes, &ring, limits)?);
        }
        let outcome = {
            let facts: Vec<&FileFacts> = files.iter().map(|file| &file.facts).collect();
            verify::judge(&facts, trust, &Held(&files), limits)?
        };
        Ok(Small {
            files,
            by_path,
            outcome,
            trust,
            limits,
        })
    }

    /// A record, judged; `None` where there is none.
    pub fn record(&self, path: &str, ordinal: u64) -> Result<Option<Judged<'a>>, LookupError> {
        let Some(file) = self.by_path.get(path).map(|index| &self.files[*index]) else {
            return Ok(None);
        };
        let Some(bytes) = file.record(ordinal) else {
            return Ok(None);
        };
        let id = file.facts.id;
        let span = self
            .outcome
            .spans
            .iter()
            .find(|span| span.file == id && (span.first..=span.last).contains(&ordinal));
        let verdict = span.map_or(Verdict::UNPROVEN, |span| span.verdict);
        let subject = Subject {
            file: id,
            kind: file.facts.kind,
            ordinal,
            offset: file.records[ordinal as usize].0,
            stream: span.map(|span| self.outcome.streams[span.stream].id.as_str()),
            bytes,
        };
        let facts: Vec<&FileFacts> = self.files.iter().map(|file| &file.facts).collect();
        let proof = verify::prove(
            &subject,
            &facts,
            self.trust,
            &Held(&self.files),
            self.limits,
        )?;
        Ok(Some(Judged {
            bytes,
            verdict,
            proof,
        }))
    }
}

impl<'a> File<'a> {
    fn record(&self, ordinal: u64) -> Option<&'a [u8]> {
        let (offset, length) = *self.records.get(usize::try_from(ordinal).ok()?)?;
        let start = usize::try_from(offset).ok()?;
        let end = start.checked_add(usize::try_from(length).ok()?)?;
        self.bytes.get(start..end)
    }
}

fn read<'a>(
    id: FileId,
    path: &str,
    bytes: &'a [u8],
    ring: &KeyRing,
    limits: &Limits,
) -> Result<File<'a>, LookupError> {
    let kind = match recognise(path, &bytes[..bytes.len().min(HEAD_BYTES)]) {
        // A database is never written into a report: its receipts are.
        Kind::ReceiptsDatabase => Kind::Unknown,
        kind => kind,
    };
    let mut reading = Reading::new(id, 1, String::new(), path.to_owned(), kind);
    let mut records = Vec::new();
    let mut cutter = Cutter::new(kind, bytes, limits);
    let next = |cutter: &mut Cutter<&'a [u8]>| {
        let batch = cutter.next_batch();
        batch.map_err(|error| LookupError(error.to_string()))
    };
    while let Some(batch) = next(&mut cutter)? {
        let extents = batch
            .iter()
            .map(|(_, offset, record)| (offset, record.len() as u64));
        records.extend(extents);
        reading.take(&batch, &batch::read(kind, &batch, ring, limits), ring);
    }
    let sha256 = Digest::of(bytes);
    let end = End {
        sha256,
        sha256_as_found: sha256,
        bytes: bytes.len() as u64,
        trailing: Trailing::default(),
    };
    Ok(File {
        facts: reading.end(&end).0,
        bytes,
        records,
    })
}

impl Held<'_, '_> {
    fn of(&self, file: FileId) -> Result<&File<'_>, LookupError> {
        let index = (file.0 as usize).checked_sub(1);
        index
            .and_then(|index| self.0.get(index))
            .ok_or_else(|| LookupError(format!("no file {}", file.0)))
    }
}

impl Lookup for Held<'_, '_> {
    fn file(&self, file: FileId) -> Result<Vec<u8>, LookupError> {
        self.of(file).map(|file| file.bytes.to_vec())
    }

    fn record(&self, file: FileId, ordinal: u64) -> Result<Vec<u8>, LookupError> {
        let record = self.of(file)?.record(ordinal);
        let missing = || LookupError(format!("no record {ordinal} in file {}", file.0));
        record.map(<[u8]>::to_vec).ok_or_else(missing)
    }

    fn extent(&self, file: FileId, ordinal: u64) -> Result<(u64, u64), LookupError> {
        let missing = || LookupError(format!("no record {ordinal} in file {}", file.0));
        let index = usize::try_from(ordinal).map_err(|_| missing())?;
        self.of(file)?
            .records
            .get(index)
            .copied()
            .ok_or_else(missing)
    }
}
