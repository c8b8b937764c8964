//! What is gathered about a file while its records pass, in order: the facts that the judgement
//! needs.

use crate::intake::End;
use evidence::batch::{ReadBatch, SealPart};
use evidence::facts::{Chains, MOST_REMARKS, Malformed, RejectedRange};
use evidence::formats::receipts::KeyRing;
use evidence::formats::{bundle, receipts};
use evidence::{Batch, FileFacts, FileId, Kind, Micros};
use store::Ledger;

/// A file that is being read.
pub(crate) struct Reading {
    pub id: FileId,
    import: u32,
    container: String,
    path: String,
    kind: Kind,
    records: u64,
    malformed: Vec<Malformed>,
    rejected: Vec<RejectedRange>,
    earliest: Option<Micros>,
    latest: Option<Micros>,
    chains: Chains,
    ledger: Ledger,
}

impl Reading {
    pub fn new(id: FileId, import: u32, container: String, path: String, kind: Kind) -> Reading {
        let chains = match kind {
            Kind::BundleStream => Chains::Bundle(bundle::Runs::default()),
            Kind::Receipts | Kind::ReceiptsDatabase => {
                Chains::Receipts(receipts::Chains::default())
            }
            _ => Chains::None,
        };
        Reading {
            id,
            import,
            container,
            path,
            kind,
            records: 0,
            malformed: Vec::new(),
            rejected: Vec::new(),
            earliest: None,
            latest: None,
            chains,
            ledger: Ledger::default(),
        }
    }

    /// Takes the next batch of the file.
    pub fn take(&mut self, batch: &Batch, read: &ReadBatch, keyring: &KeyRing) {
        let mut in_records = 0;
        for ((ordinal, offset, bytes), reading) in batch.iter().zip(&read.readings) {
            let length = bytes.len() as u64;
            in_records += length;
            if let Some(words) = &reading.malformed {
                let words = if self.malformed.len() < MOST_REMARKS {
                    words.clone()
                } else {
                    String::new()
                };
                self.malformed.push(Malformed {
                    ordinal,
                    offset,
                    length,
                    words,
                });
            }
            match &mut self.chains {
                Chains::Bundle(runs) => runs.push(ordinal, (offset, length), reading),
                Chains::Receipts(_) | Chains::None => {}
            }
        }
        if let Chains::Receipts(chains) = &mut self.chains {
            chains.add(batch.first_ordinal, &read.readings, keyring);
        }
        let mut rejected_bytes = 0;
        for rejected in &batch.rejected {
            rejected_bytes += u64::from(rejected.len);
            self.reject(
                batch.offset + u64::from(rejected.start),
                rejected.len.into(),
                &rejected.reason,
            );
        }
        for time in read.events.iter().filter_map(|event| event.time()) {
            self.earliest = Some(self.earliest.map_or(time, |earliest| earliest.min(time)));
            self.latest = Some(self.latest.map_or(time, |latest| latest.max(time)));
        }
        self.records += batch.records.len() as u64;
        self.ledger.records += in_records;
        self.ledger.rejected += rejected_bytes;
        self.ledger.structure += batch.bytes.len() as u64 - in_records - rejected_bytes;
    }

    /// Neighbouring stretches with one reason are one: a rejected line may come in many batches.
    fn reject(&mut self, offset: u64, length: u64, reason: &str) {
        if let Some(last) = self.rejected.last_mut()
            && last.offset + last.length == offset
            && last.reason == reason
        {
            last.length += length;
        } else if self.rejected.len() < MOST_REMARKS {
            self.rejected.push(RejectedRange {
                offset,
                length,
                reason: reason.to_owned(),
            });
        }
    }

    /// Ends the file. Bytes after the compressed stream are rejected bytes too.
    pub fn end(mut self, end: &End) -> (FileFacts, Ledger) {
        if let Chains::Bundle(runs) = &mut self.chains {
            runs.finish();
        }
        let facts = FileFacts {
            id: self.id,
            import: self.import,
            container: self.container,
            path: self.path,
            kind: self.kind,
            sha256: end.sha256,
            sha256_as_found: end.sha256_as_found,
            bytes: end.bytes,
            trailing: end.trailing.len,
            records: self.records,
            malformed: self.malformed,
            rejected: self.rejected,
            rejected_bytes: self.ledger.rejected,
            earliest: self.earliest,
            latest: self.latest,
            chains: self.chains,
        };
        (facts, self.ledger)
    }
}

/// The format's own numbers of a batch's records, where it has any.
pub(crate) fn numbers(kind: Kind, read: &ReadBatch) -> Vec<Option<u64>> {
    if !matches!(
        kind.format(),
        evidence::Format::NhiAuditBundle | evidence::Format::AgentReceipts
    ) {
        return Vec::new();
    }
    read.readings
        .iter()
        .map(|reading| match &reading.seal {
            SealPart::Line(line) => line.seq,
            SealPart::Receipt(receipt) => receipt.sequence(),
            SealPart::None => None,
        })
        .collect()
}
