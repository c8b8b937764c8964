//! A batch as the case keeps it: its bytes compressed, and apart from them a small layout that
//! tells where its records lie, so that a record's extent is known without decompressing it.
//!
//! Both are zstd frames with a checksum. So a disk that lost a bit shows as a damaged case and
//! never as evidence that was altered.

use crate::error::{Result, StoreError};
use crate::varint::{put, take};
use evidence::batch::Rejected;
use evidence::digest::Hasher;
use evidence::{Batch, Digest, Format};
use std::cell::RefCell;
use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::CParameter;

/// Fast enough that two cores keep up with one writer; the next levels gain little on JSON.
const LEVEL: i32 = 3;

/// zstd's densest block says 128 KiB with 4 bytes. A length beyond that is not asked for.
const DENSEST: usize = 1 << 16;

/// A batch ready to be written. Made where the batch is read, in parallel; see [`pack`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    pub(crate) layout: Vec<u8>,
    pub(crate) data: Vec<u8>,
    /// One for each record; or empty, where none has any.
    pub(crate) natives: Vec<Option<Native>>,
}

/// What tells the records of one event: the event's own id, hashed, and which of its records this
/// is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Native {
    /// See [`Native::hash`].
    pub id: i64,
    /// Which of the event's records: what the rule that pairs them knows. 0 where there is but one
    /// kind.
    pub stage: u8,
}

impl Native {
    /// The first 63 bits of the SHA-256 over the format's word, a NUL, and the id. Whoever makes
    /// the evidence can make two ids that share it: it finds candidates, and decides nothing.
    pub fn hash(format: Format, id: &str) -> i64 {
        let mut hasher = Hasher::default();
        hasher.update(format.as_str().as_bytes());
        hasher.update(b"\0");
        hasher.update(id.as_bytes());
        Native::of_digest(&hasher.finish())
    }

    /// The first 63 bits of a digest: of a record that has no id but its own SHA-256.
    pub fn of_digest(Digest(bytes): &Digest) -> i64 {
        let first = bytes
            .first_chunk()
            .map_or(0, |first| u64::from_be_bytes(*first));
        (first >> 1) as i64
    }
}

impl Packed {
    /// With the native ids of the records: one for each, or none at all.
    #[must_use]
    pub fn with_natives(mut self, natives: Vec<Option<Native>>) -> Packed {
        self.natives = natives;
        self
    }

    /// How many bytes it takes in the case file.
    pub fn stored_bytes(&self) -> usize {
        self.layout.len() + self.data.len()
    }
}

/// Packs a batch. On any thread; the compressor is kept by the thread.
pub fn pack(batch: &Batch) -> Result<Packed> {
    let mut layout = Vec::with_capacity(batch.records.len() * 3 + 8);
    put(&mut layout, batch.records.len() as u64);
    let mut end = 0;
    for &(start, len) in &batch.records {
        let gap = start
            .checked_sub(end)
            .ok_or_else(|| StoreError::bug("records overlap"))?;
        put(&mut layout, gap.into());
        put(&mut layout, len.into());
        end = inside(start, len, batch)?;
    }
    put(&mut layout, batch.rejected.len() as u64);
    for rejected in &batch.rejected {
        inside(rejected.start, rejected.len, batch)?;
        put(&mut layout, rejected.start.into());
        put(&mut layout, rejected.len.into());
        put(&mut layout, rejected.reason.len() as u64);
        layout.extend_from_slice(rejected.reason.as_bytes());
    }
    // The length of the layout, which the block's own columns do not tell.
    let mut framed = (layout.len() as u32).to_le_bytes().to_vec();
    framed.extend(compress(&layout)?);
    Ok(Packed {
        layout: framed,
        data: compress(&batch.bytes)?,
        natives: Vec::new(),
    })
}

fn inside(start: u32, len: u32, batch: &Batch) -> Result<u32> {
    let end = start
        .checked_add(len)
        .filter(|&end| end as usize <= batch.bytes.len());
    end.ok_or_else(|| StoreError::bug("a record reaches past its batch"))
}

/// Compresses bytes into a frame with a checksum.
pub(crate) fn compress(bytes: &[u8]) -> Result<Vec<u8>> {
    thread_local! {
        static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    }
    COMPRESSOR.with_borrow_mut(|slot| {
        let compressor = match slot {
            Some(compressor) => compressor,
            None => {
                let mut new = Compressor::new(LEVEL)?;
                new.set_parameter(CParameter::ChecksumFlag(true))?;
                slot.insert(new)
            }
        };
        Ok(compressor.compress(bytes)?)
    })
}

/// Reads frames back.
pub(crate) struct Unpacker(Decompressor<'static>);

/// Where the records and the rejected stretches of a block lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) records: Vec<(u32, u32)>,
    pub(crate) rejected: Vec<Rejected>,
}

impl Unpacker {
    pub(crate) fn new() -> Result<Unpacker> {
        Ok(Unpacker(Decompressor::new()?))
    }

    /// The bytes of a frame, of which `length` are due.
    pub(crate) fn bytes(&mut self, frame: &[u8], length: u64) -> Result<Vec<u8>> {
        let due = usize::try_from(length).ok();
        let due = due.filter(|&due| due <= frame.len().saturating_mul(DENSEST));
        let due = due.ok_or_else(|| StoreError::damaged("a block with an impossible length"))?;
        match self.0.decompress(frame, due) {
            Ok(bytes) if bytes.len() == due => Ok(bytes),
            Ok(_) => Err(StoreError::damaged("a block that is shorter than it says")),
            Err(error) => Err(StoreError::damaged(format!("a block: {error}"))),
        }
    }

    /// The layout of a block of `length` bytes.
    pub(crate) fn layout(&mut self, framed: &[u8], length: u64) -> Result<Layout> {
        let (due, frame) = framed.split_first_chunk().ok_or_else(spoilt)?;
        let bytes = self.bytes(frame, u32::from_le_bytes(*due).into())?;
        read_layout(&bytes, length).ok_or_else(spoilt)
    }
}

fn spoilt() -> StoreError {
    StoreError::damaged("the layout of a block")
}

fn read_layout(mut bytes: &[u8], length: u64) -> Option<Layout> {
    let count = take(&mut bytes)?;
    // Two bytes at least for each: a count beyond that is never reserved for.
    let mut records = Vec::with_capacity((count as usize).min(bytes.len() / 2));
    let mut end = 0u64;
    for _ in 0..count {
        let start = end.checked_add(take(&mut bytes)?)?;
        let len = take(&mut bytes)?;
        end = start.checked_add(len).filter(|&end| end <= length)?;
        records.push((u32::try_from(start).ok()?, u32::try_from(len).ok()?));
    }
    let mut rejected = Vec::new();
    for _ in 0..take(&mut bytes)? {
        let start = take(&mut bytes)?;
        let len = take(&mut bytes)?;
        start.checked_add(len).filter(|&end| end <= length)?;
        let reason_len = usize::try_from(take(&mut bytes)?).ok()?;
        let (reason, rest) = bytes.split_at_checked(reason_len)?;
        bytes = rest;
        rejected.push(Rejected {
            start: u32::try_from(start).ok()?,
            len: u32::try_from(len).ok()?,
            reason: std::str::from_utf8(reason).ok()?.to_owned(),
        });
    }
    bytes.is_empty().then_some(Layout { records, rejected })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn batch(bytes: Vec<u8>, cuts: Vec<u32>, reasons: Vec<String>) -> Batch {
        let length = bytes.len() as u32;
        let mut cuts: Vec<u32> = cuts.into_iter().map(|cut| cut % (length + 1)).collect();
        cuts.sort_unstable();
        let records: Vec<_> = cuts
            .chunks_exact(2)
            .map(|pair| (pair[0], pair[1] - pair[0]))
            .collect();
        let rejected = reasons
            .into_iter()
            .map(|reason| Rejected {
                start: 0,
                len: length / 2,
                reason,
            })
            .collect();
        Batch {
            offset: 7,
            bytes,
            first_ordinal: 3,
            records,
            rejected,
        }
    }

    proptest! {
        #[test]
        fn what_is_packed_unpacks_to_the_same(
            bytes in prop::collection::vec(any::<u8>(), 0..2000),
            cuts in prop::collection::vec(any::<u32>(), 0..80),
            reasons in prop::collection::vec(".{0,20}", 0..4),
        ) {
            let batch = batch(bytes, cuts, reasons);
            let packed = pack(&batch).unwrap();
            let mut unpacker = Unpacker::new().unwrap();
            let length = batch.bytes.len() as u64;
            prop_assert_eq!(&unpacker.bytes(&packed.data, length).unwrap(), &batch.bytes);
            let layout = unpacker.layout(&packed.layout, length).unwrap();
            prop_assert_eq!(layout.records, batch.records);
            prop_assert_eq!(layout.rejected, batch.rejected);
        }

        #[test]
        fn a_spoilt_layout_is_an_error_and_never_a_panic(
            bytes in prop::collection::vec(any::<u8>(), 0..200), length in any::<u64>(),
        ) {
            let _ = read_layout(&bytes, length);
            let _ = Unpacker::new().unwrap().layout(&bytes, length);
            let _ = Unpacker::new().unwrap().bytes(&bytes, length);
        }

        #[test]
        fn a_flipped_bit_shows_as_damage_and_never_as_other_bytes(at in any::<prop::sample::Index>(), bit in 0..8u8) {
            let bytes: Vec<u8> = (0..5000u32).map(|i| (i * i % 251) as u8).collect();
            let mut frame = compress(&bytes).unwrap();
            let at = at.index(frame.len());
            frame[at] ^= 1u8 << bit;
            let read = Unpacker::new().unwrap().bytes(&frame, bytes.len() as u64);
            let spoilt = matches!(read, Err(StoreError::Damaged(_)));
            prop_assert!(spoilt || read == Ok(bytes));
        }
    }

    #[test]
    fn a_native_id_is_known_by_the_first_63_bits_of_its_sha_256() {
        // printf 'vault-audit\0r1' | sha256sum | cut -c1-16, shifted right by one
        assert_eq!(Native::hash(Format::VaultAudit, "r1"), 0xcbad305ea31d618);
        assert_ne!(Native::hash(Format::CloudTrail, "r1"), 0xcbad305ea31d618);
    }

    #[test]
    fn a_batch_whose_records_do_not_fit_is_our_mistake() {
        let mut wrong = batch(vec![0; 10], vec![], vec![]);
        wrong.records = vec![(0, 6), (5, 2)];
        assert_eq!(pack(&wrong), Err(StoreError::Bug("records overlap".into())));
        wrong.records = vec![(5, 6)];
        assert_eq!(
            pack(&wrong),
            Err(StoreError::Bug("a record reaches past its batch".into()))
        );
    }

    #[test]
    fn an_impossible_length_is_not_reserved() {
        let frame = compress(b"short").unwrap();
        let read = Unpacker::new().unwrap().bytes(&frame, u64::MAX);
        assert_eq!(
            read,
            Err(StoreError::Damaged(
                "a block with an impossible length".into()
            ))
        );
    }
}
