//! Brings the records of one event together while an import ends.

use analysis::Name;
use analysis::pairs::{Member, leaders, needs_digests, stage};
use evidence::batch::ReadBatch;
use evidence::event::Field;
use evidence::{Batch, Digest, FileId, Format, Kind};
use std::collections::HashMap;
use store::{CaseFile, Native, Reader, Sibling, StoreError};

/// What tells the records of one event, for each record of a batch; empty where none has any. A
/// line of an audit bundle has no id but its digest.
pub(crate) fn natives(kind: Kind, batch: &Batch, read: &ReadBatch) -> Vec<Option<Native>> {
    let format = kind.format();
    if !kind.has_records() {
        return Vec::new();
    }
    if format == Format::NhiAuditBundle {
        let of = |digest| Native {
            id: Native::of_digest(digest),
            stage: 0,
        };
        let readings = read.readings.iter();
        return readings.map(|reading| Some(of(&reading.digest))).collect();
    }
    let records = batch.iter().zip(read.events.iter());
    records
        .map(|((_, _, bytes), event)| {
            Some(Native {
                id: Native::hash(format, event.get(Field::NativeId)?),
                stage: stage(format, bytes),
            })
        })
        .collect()
}

/// The rule, over the records of a case.
pub(crate) struct Pairing<'r> {
    reader: &'r Reader,
    files: HashMap<FileId, (Format, u32)>,
}

impl<'r> Pairing<'r> {
    /// `reader` sees all that was imported.
    pub(crate) fn new(reader: &'r Reader) -> Result<Pairing<'r>, StoreError> {
        let mut files = reader.files()?;
        // Not by their numbers: these tell the order of import.
        let order = |file: &CaseFile| {
            let digests = (file.sha256_as_found, file.sha256);
            (
                file.container.clone(),
                file.path.clone(),
                digests.0.map(|d| d.0),
                digests.1.map(|d| d.0),
            )
        };
        files.sort_by_cached_key(|file| (order(file), file.id));
        let ranked = files.into_iter().zip(0..);
        Ok(Pairing {
            reader,
            files: ranked
                .map(|(file, rank)| (file.id, (file.kind.format(), rank)))
                .collect(),
        })
    }

    /// Which of the records that share an id leads the event of each.
    pub(crate) fn leaders(&self, siblings: &[Sibling]) -> Result<Vec<usize>, StoreError> {
        let mut format = Format::Unknown;
        let mut members = Vec::with_capacity(siblings.len());
        for (at, sibling) in siblings.iter().enumerate() {
            let file = sibling.record.file;
            let Some(&(of, source)) = self.files.get(&file) else {
                return Err(StoreError::Missing(format!("file {}", file.0)));
            };
            if at > 0 && of != format {
                // The id is hashed with the format: equal hashes were sought.
                return Ok((0..siblings.len()).collect());
            }
            format = of;
            members.push(Member {
                source,
                ordinal: sibling.record.ordinal,
                stage: sibling.stage,
                says: [sibling.actor, sibling.credential, sibling.native_type]
                    .map(|name| name.map(Name)),
                digest: None,
            });
        }
        if needs_digests(&members) {
            for (member, sibling) in members.iter_mut().zip(siblings) {
                let bytes = self.reader.record(sibling.record)?;
                member.digest = Some(Digest::of(&bytes));
            }
        }
        Ok(leaders(format, &members))
    }
}
