//! Cuts a file into batches of whole records, streaming: memory does not grow with the file.
//!
//! Each byte ends in one of three places. A record is an extent of a batch; what is neither record
//! nor rejected is structure; what cannot be a record is rejected with a reason (see [`reason`]).
//! Whether a record is sound is not looked at here: its reader says.
//!
//! | kind | one record a line | otherwise |
//! |---|---|---|
//! | audit bundle stream | every line, even an empty one | |
//! | agent receipts | every line that is not blank | elements of a root array, or root objects |
//! | CloudTrail | lines that look like an object | elements of a root array or of `Records`, or root objects |
//! | Kubernetes | the same | elements of a root array or of `items`, or root objects |
//! | Vault | the same | elements of a root array, or root objects |
//!
//! A rejected stretch that is longer than a batch continues at the beginning of the next with the
//! same reason: ranges that touch and share a reason have one cause. A range of no length, at a
//! file's end, says that something is missing there.

mod cuts;
mod document;
mod item;
mod layout;
mod lines;
pub mod reason;
#[cfg(test)]
mod tests;

use crate::{Batch, Kind, Limits};
use cuts::Cuts;
use layout::Layout;
use std::io::{self, Read};

/// How large a batch grows before it is given out. A single longer record makes a longer one.
pub const BATCH_BYTES: usize = 256 << 10;

/// How much is read at once when the batch at hand needs more.
const READ_BYTES: usize = 4 << 20;

/// The longest record that any limit admits: positions in a batch are 32 bits wide.
const LONGEST_RECORD: usize = 1 << 30;

/// A line of a sealed stream has its place, however malformed: one past the limit is still cut, and
/// malformed, up to so many times the limit. What is longer yet is rejected, as elsewhere.
const PLACED: usize = 4;

/// How much may lie together. Tests make it small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sizes {
    /// The longest record, in bytes.
    record: usize,
    /// A batch of records that are shorter, in bytes.
    batch: usize,
}

/// Gives a file's batches one after the other. Their bytes, joined, are the file's bytes. They do
/// not depend on how many bytes the reader gives at once.
///
/// It holds a record, or a batch, and one read more.
#[derive(Debug)]
pub struct Cutter<R> {
    reader: R,
    kind: Kind,
    sizes: Sizes,
    layout: Option<Layout>,
    /// Bytes of the file that no batch has yet.
    buffer: Vec<u8>,
    /// Where they begin in the file.
    offset: u64,
    /// How many records there were before them.
    ordinal: u64,
    /// Whether the reader has no more.
    whole: bool,
    cuts: Cuts,
}

impl<R: Read> Cutter<R> {
    /// Starts at the beginning of a file of this kind. How its records lie (one a line; elements
    /// of the array in a document; one document; several documents) is told from its first bytes.
    /// A kind that is not cut into records gives batches of structure.
    pub fn new(kind: Kind, reader: R, limits: &Limits) -> Cutter<R> {
        let times = if kind == Kind::BundleStream {
            PLACED
        } else {
            1
        };
        let record = limits
            .record_bytes
            .saturating_mul(times)
            .min(LONGEST_RECORD);
        Cutter::sized(
            kind,
            reader,
            Sizes {
                record,
                batch: BATCH_BYTES,
            },
        )
    }

    fn sized(kind: Kind, reader: R, sizes: Sizes) -> Cutter<R> {
        Cutter {
            reader,
            kind,
            sizes,
            layout: None,
            buffer: Vec::new(),
            offset: 0,
            ordinal: 0,
            whole: false,
            cuts: Cuts::default(),
        }
    }

    /// The next batch, or `None` at the end. It has no record where a stretch of the file has none.
    /// An `Err` is the reader's; what was read before it is kept for the next call.
    pub fn next_batch(&mut self) -> io::Result<Option<Batch>> {
        loop {
            let settled = self.scan();
            if settled >= self.sizes.batch / 2 || (self.whole && settled > 0) {
                return Ok(Some(self.give(settled)));
            }
            if self.whole {
                return Ok(None);
            }
            self.fill()?;
        }
    }

    /// Looks at what is new in the buffer. So many bytes at its beginning can be given out: all of
    /// them when the file ends with them.
    fn scan(&mut self) -> usize {
        // The last byte waits for another or the end, so that the end always has a batch to be
        // told in.
        let held = usize::from(!self.whole);
        let bytes = &self.buffer[..self.buffer.len().saturating_sub(held)];
        if self.layout.is_none()
            && let Some((layout, start)) = Layout::of(self.kind, bytes, self.whole, self.sizes)
        {
            self.layout = Some(layout);
            self.cuts.at = start;
        }
        match &mut self.layout {
            None => return 0,
            Some(Layout::Lines(lines)) => lines.scan(bytes, &mut self.cuts),
            Some(Layout::Document(document)) => document.scan(bytes, &mut self.cuts),
            Some(Layout::Structure) => {
                self.cuts.at = bytes.len();
                self.cuts.settled = bytes.len();
            }
        }
        if self.whole && !bytes.is_empty() && self.cuts.at == bytes.len() {
            match &mut self.layout {
                Some(Layout::Lines(lines)) => lines.finish(bytes, &mut self.cuts),
                Some(Layout::Document(document)) => document.finish(&mut self.cuts),
                Some(Layout::Structure) | None => {}
            }
            self.layout = Some(Layout::Structure);
            self.cuts.settled = bytes.len();
        }
        self.cuts.settled
    }

    fn give(&mut self, settled: usize) -> Batch {
        let rest = self.buffer.split_off(settled);
        let cuts = std::mem::take(&mut self.cuts);
        self.cuts.at = cuts.at - settled;
        match &mut self.layout {
            Some(Layout::Lines(lines)) => lines.shift(settled),
            Some(Layout::Document(document)) => document.shift(settled),
            Some(Layout::Structure) | None => {}
        }
        let batch = Batch {
            offset: self.offset,
            bytes: std::mem::replace(&mut self.buffer, rest),
            first_ordinal: self.ordinal,
            records: cuts.records,
            rejected: cuts.rejected,
        };
        self.offset += settled as u64;
        self.ordinal += batch.records.len() as u64;
        batch
    }

    fn fill(&mut self) -> io::Result<()> {
        let have = self.buffer.len();
        let more = if have < self.sizes.batch {
            self.sizes.batch - have
        } else {
            have.min(READ_BYTES)
        };
        self.buffer.reserve(more);
        let read = self
            .reader
            .by_ref()
            .take(more as u64)
            .read_to_end(&mut self.buffer)?;
        self.whole = read < more;
        Ok(())
    }
}
