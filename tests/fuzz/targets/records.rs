//! Any bytes, cut and read as each kind of file: every byte has its place, every record is an event.
#![no_main]

use evidence::formats::receipts::KeyRing;
use evidence::{Kind, Limits, batch, cut::Cutter};
use libfuzzer_sys::fuzz_target;

const KINDS: [Kind; 5] = [
    Kind::BundleStream,
    Kind::Receipts,
    Kind::CloudTrailLog,
    Kind::KubernetesAudit,
    Kind::VaultAudit,
];

fuzz_target!(|bytes: &[u8]| {
    let Some((&first, bytes)) = bytes.split_first() else {
        return;
    };
    let kind = KINDS[usize::from(first) % KINDS.len()];
    let limits = Limits {
        record_bytes: 1 << 12,
        ..Limits::default()
    };
    let ring = KeyRing::default();
    let mut cutter = Cutter::new(kind, bytes, &limits);
    let mut joined = Vec::new();
    while let Some(batch) = cutter.next_batch().expect("a slice can be read") {
        joined.extend_from_slice(&batch.bytes);
        let read = batch::read(kind, &batch, &ring, &limits);
        assert_eq!(read.readings.len(), batch.records.len());
        assert_eq!(read.events.len(), batch.records.len());
    }
    assert_eq!(joined, bytes);
});
