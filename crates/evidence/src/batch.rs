//! Batches: some hundred records that are read, stored and shown together.
//!
//! The batches of a file, one after the other, are its bytes exactly; so a batch is also the
//! block in which the case keeps them.

use crate::event::Events;
use crate::formats::{bundle, receipts};
use crate::{Digest, Kind, Limits};

/// A stretch of a file with whole records in it. What is neither a record nor rejected is
/// structure: brackets, commas, line ends, the members around the records.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Batch {
    /// Where `bytes` begins in the file.
    pub offset: u64,
    /// The bytes, exactly as they lie there.
    pub bytes: Vec<u8>,
    /// The ordinal of the first of `records` in the file.
    pub first_ordinal: u64,
    /// Start and length within `bytes`, rising, without overlap.
    pub records: Vec<(u32, u32)>,
    /// What is rejected, within `bytes`.
    pub rejected: Vec<Rejected>,
}

impl Batch {
    /// The bytes of each record with its ordinal and its offset in the file.
    pub fn iter(&self) -> impl Iterator<Item = (u64, u64, &[u8])> {
        self.records
            .iter()
            .zip(self.first_ordinal..)
            .map(|(&(start, len), ordinal)| {
                let start = start as usize;
                (
                    ordinal,
                    self.offset + start as u64,
                    &self.bytes[start..start + len as usize],
                )
            })
    }
}

/// A stretch of a batch that is neither record nor structure, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Start within the batch's bytes.
    pub start: u32,
    /// Length in bytes.
    pub len: u32,
    /// Why, in words for people.
    pub reason: String,
}

/// What one record gave, apart from its event.
#[derive(Debug, Clone)]
pub struct Reading {
    /// SHA-256 of the record's bytes.
    pub digest: Digest,
    /// What its format does not allow in it, if anything, in words for people.
    pub malformed: Option<String>,
    /// Its own part in a seal.
    pub seal: SealPart,
}

/// What a record says about the chain it stands in.
#[derive(Debug, Clone)]
pub enum SealPart {
    /// Nothing: the format seals nothing in its records.
    None,
    /// A line of an audit bundle's stream.
    Line(Box<bundle::Line>),
    /// An agent receipt.
    Receipt(Box<receipts::Receipt>),
}

/// A batch that has been read: one event and one reading for each record, in order.
#[derive(Debug, Clone, Default)]
pub struct ReadBatch {
    /// One event for each record.
    pub events: Events,
    /// One reading for each record.
    pub readings: Vec<Reading>,
}

/// Reads a batch. It depends on nothing but its arguments, so batches may be read in any order and
/// on any thread. `ring` only decides which keys are tried on signatures that each record has of
/// its own.
pub fn read(kind: Kind, batch: &Batch, ring: &receipts::KeyRing, limits: &Limits) -> ReadBatch {
    let mut out = ReadBatch::default();
    if matches!(kind, Kind::Receipts | Kind::ReceiptsDatabase) {
        out.readings = receipts::read_batch(batch, ring, limits, &mut out.events);
        return out;
    }
    for (_, _, bytes) in batch.iter() {
        let reading = match kind {
            Kind::BundleStream => bundle::read(bytes, limits, &mut out.events),
            Kind::CloudTrailLog => crate::formats::cloudtrail::read(bytes, limits, &mut out.events),
            Kind::KubernetesAudit => {
                crate::formats::kubernetes::read(bytes, limits, &mut out.events)
            }
            Kind::VaultAudit => crate::formats::vault::read(bytes, limits, &mut out.events),
            _ => unreachable!("{kind:?} has no records"),
        };
        out.readings.push(reading);
    }
    out
}
