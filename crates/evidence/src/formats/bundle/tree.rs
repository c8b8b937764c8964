//! The Merkle hashes of a run of lines, kept so that the tree over any prefix can be had again:
//! whole blocks of 256 leaves as one hash, the leaves before the first and after the last block as
//! the perfect subtrees that tile them.

use crate::Digest;
use crate::merkle::{Range, leaf_hash};

/// Leaves in a block; also those of a level-0 tile.
pub(super) const BLOCK: u64 = 256;

/// The leaf of a line: the entry of the log is the line's SHA-256 (*Seals*, 6).
pub(super) fn leaf(line: &Digest) -> Digest {
    leaf_hash(&line.0)
}

/// Merkle hashes over consecutive leaves that begin anywhere.
#[derive(Debug, Clone)]
pub(super) struct Grid {
    begin: u64,
    end: u64,
    /// The leaves before the first block boundary.
    head: Range,
    /// One hash for each whole block.
    blocks: Vec<Digest>,
    /// The leaves after the last block boundary.
    tail: Range,
}

impl Grid {
    pub(super) fn new(begin: u64) -> Grid {
        let boundary = begin.next_multiple_of(BLOCK);
        Grid {
            begin,
            end: begin,
            head: Range::empty(begin),
            blocks: Vec::new(),
            tail: Range::empty(boundary),
        }
    }

    /// Appends the digest of the next line.
    pub(super) fn push(&mut self, line: &Digest) {
        let leaf = leaf(line);
        if self.end < self.tail.begin() {
            self.head.push(leaf);
        } else {
            self.tail.push(leaf);
            if self.tail.end().is_multiple_of(BLOCK) {
                let block = self.tail.subtree().expect("a whole block is one subtree");
                self.blocks.push(block);
                self.tail = Range::empty(self.tail.end());
            }
        }
        self.end += 1;
    }

    /// Where the whole blocks begin.
    fn boundary(&self) -> u64 {
        self.begin.next_multiple_of(BLOCK)
    }

    /// The leaves `from..to`, which must lie within. `line` gives the digest of a line by its
    /// number; it is asked for fewer than two blocks' worth.
    pub(super) fn range<E>(
        &self,
        from: u64,
        to: u64,
        mut line: impl FnMut(u64) -> Result<Digest, E>,
    ) -> Result<Range, E> {
        debug_assert!(self.begin <= from && from <= to && to <= self.end);
        let mut range = Range::empty(from);
        let mut at = from;
        while at < to {
            let within = at >= self.boundary() && at.is_multiple_of(BLOCK);
            if at == self.begin && self.head.end() > at && self.head.end() <= to {
                range.join(&self.head);
                at = self.head.end();
            } else if within
                && at == self.tail.begin()
                && self.tail.end() > at
                && self.tail.end() <= to
            {
                range.join(&self.tail);
                at = self.tail.end();
            } else if within && at + BLOCK <= to {
                range.join(&Range::of_subtree(
                    at,
                    BLOCK,
                    self.blocks[((at - self.boundary()) / BLOCK) as usize],
                ));
                at += BLOCK;
            } else {
                range.push(leaf(&line(at)?));
                at += 1;
            }
        }
        Ok(range)
    }
}
