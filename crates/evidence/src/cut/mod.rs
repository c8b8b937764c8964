//! Cuts a file into batches of whole records, streaming: memory does not grow with the file.

use crate::{Batch, Kind, Limits};
use std::io::{self, Read};

/// How large a batch grows before it is given out. A single longer record makes a longer one.
pub const BATCH_BYTES: usize = 256 << 10;

/// Gives a file's batches one after the other. Their bytes, joined, are the file's bytes.
pub struct Cutter<R> {
    reader: R,
    limits: Limits,
    kind: Kind,
}

impl<R: Read> Cutter<R> {
    /// Starts at the beginning of a file of this kind. How its records lie (one a line; elements
    /// of the array in a document; one document; several documents) is told from its first bytes.
    pub fn new(kind: Kind, reader: R, limits: &Limits) -> Cutter<R> {
        Cutter { reader, limits: limits.clone(), kind }
    }

    /// The next batch, or `None` at the end. An `Err` is the reader's.
    pub fn next_batch(&mut self) -> io::Result<Option<Batch>> {
        let _ = (&mut self.reader, &self.limits, self.kind);
        todo!()
    }
}
