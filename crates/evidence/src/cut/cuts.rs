//! What a layout has found in the bytes at hand.

use crate::batch::Rejected;

/// Records and rejected ranges in the buffer, and how far it is read. Positions count from the
/// buffer's beginning.
#[derive(Debug, Default)]
pub(super) struct Cuts {
    /// Records: start and length.
    pub(super) records: Vec<(u32, u32)>,
    /// What is rejected. Ranges that touch and have one reason are one range.
    pub(super) rejected: Vec<Rejected>,
    /// Bytes before this have been looked at.
    pub(super) at: usize,
    /// Bytes before this are record, rejected or structure for good. The rest may yet become part
    /// of a record.
    pub(super) settled: usize,
}

impl Cuts {
    pub(super) fn record(&mut self, start: usize, end: usize) {
        self.records.push((position(start), position(end - start)));
    }

    pub(super) fn reject(&mut self, start: usize, end: usize, reason: &str) {
        let (start, end) = (position(start), position(end));
        match self.rejected.last_mut() {
            Some(last) if last.start + last.len == start && last.reason == reason => {
                last.len = end - last.start;
            }
            _ => self.rejected.push(Rejected {
                start,
                len: end - start,
                reason: reason.into(),
            }),
        }
    }
}

/// The buffer holds one record and some reads more, both far below 4 GiB.
fn position(at: usize) -> u32 {
    u32::try_from(at).expect("a buffer below 4 GiB")
}
