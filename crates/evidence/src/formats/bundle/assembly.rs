//! The Merkle tree over a stream's lines in their sealed order, mended where a line is damaged.
//!
//! The digest of line *i* is sealed twice: as leaf *i*, and as `prev` in line *i* + 1. Where a
//! line's own digest is not the one that its successor names, the tree is reckoned with the
//! successor's; if the root is then the sealed one, that line is located, and all others are
//! proven (*Seals*, 6).

use super::line::Prev;
use super::runs::Runs;
use super::sequence::{Lines, Piece, Sequence};
use super::tree::leaf;
use crate::merkle::Range;
use crate::{Digest, LookupError};

/// With more damaged lines than this between two checkpoints, only the walk back decides which
/// digests are mended; up to it, every choice is tried against the root.
const MOST_CHOICES: usize = 8;

pub(super) struct Assembly<'a> {
    pub runs: &'a Runs,
    pub sequence: Sequence,
    pub lines: &'a Lines<'a>,
    /// For each piece, the end that it has.
    pub ends: Vec<End>,
}

/// The last line of a piece.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    /// What the line after it says, where that is another digest.
    pub said: Option<Digest>,
    /// Whether the tree holds what was said.
    pub mended: bool,
    /// What the line after the hole that follows says of the last missing line.
    pub missing: Option<Digest>,
}

impl<'a> Assembly<'a> {
    pub fn new(
        runs: &'a Runs,
        sequence: Sequence,
        lines: &'a Lines<'a>,
    ) -> Result<Assembly<'a>, LookupError> {
        let pieces = &sequence.pieces;
        let mut ends = Vec::with_capacity(pieces.len());
        for (index, piece) in pieces.iter().enumerate() {
            let own = piece.last(runs, lines)?;
            let mut end = End {
                said: None,
                mended: false,
                missing: None,
            };
            if let Some(next) = pieces.get(index + 1) {
                let named = match next.prev(runs, lines)? {
                    Prev::Digest(digest) => Some(digest),
                    Prev::Null | Prev::Unreadable => None,
                };
                if next.from == piece.to {
                    end.said = named.filter(|digest| *digest != own);
                } else {
                    end.missing = named;
                }
            }
            ends.push(end);
        }
        // Walk back: only a line whose own digest is the sealed one speaks for its predecessor.
        let mut next_speaks = true;
        for (end, piece) in ends.iter_mut().zip(pieces).rev() {
            end.mended = end.said.is_some() && next_speaks;
            next_speaks = piece.len() > 1 || !end.mended;
        }
        Ok(Assembly {
            runs,
            sequence,
            lines,
            ends,
        })
    }

    /// One past the last number.
    pub fn end(&self) -> u64 {
        self.sequence.pieces.last().map_or(0, |piece| piece.to)
    }

    /// The digest that the tree holds for a number, if it is known.
    pub fn digest(&self, seq: u64) -> Result<Option<Digest>, LookupError> {
        let at = self
            .sequence
            .pieces
            .partition_point(|piece| piece.to <= seq);
        match self.sequence.pieces.get(at) {
            Some(piece) if piece.from <= seq => {
                let end = &self.ends[at];
                match end.said.filter(|_| end.mended && seq + 1 == piece.to) {
                    Some(said) => Ok(Some(said)),
                    None => (self.lines)(piece.ordinal + (seq - piece.from)).map(Some),
                }
            }
            Some(next) if seq + 1 == next.from => self.missing_before(at),
            _ => Ok(None),
        }
    }

    /// What the piece at an index says of the line before it.
    fn missing_before(&self, at: usize) -> Result<Option<Digest>, LookupError> {
        match at.checked_sub(1) {
            Some(before) => Ok(self.ends[before].missing),
            None => match self.sequence.pieces[at].prev(self.runs, self.lines)? {
                Prev::Digest(digest) => Ok(Some(digest)),
                Prev::Null | Prev::Unreadable => Ok(None),
            },
        }
    }

    /// Extends a prefix of the tree up to `to` leaves. `false` where a leaf on the way is unknown.
    pub fn extend(&self, prefix: &mut Range, to: u64) -> Result<bool, LookupError> {
        let pieces = &self.sequence.pieces;
        let mut at = pieces.partition_point(|piece| piece.to <= prefix.end());
        while prefix.end() < to {
            let Some(piece) = pieces.get(at) else {
                return Ok(false);
            };
            let hole = piece.from.saturating_sub(prefix.end());
            if hole > 0 {
                let Some(missing) = self.missing_before(at)?.filter(|_| hole == 1) else {
                    return Ok(false);
                };
                prefix.push(leaf(&missing));
                continue;
            }
            let end = &self.ends[at];
            let said = end.said.filter(|_| end.mended);
            let own_until = if said.is_some() {
                piece.to - 1
            } else {
                piece.to
            };
            self.extend_own(piece, prefix, own_until.min(to))?;
            if let Some(said) = said.filter(|_| prefix.end() + 1 == piece.to && prefix.end() < to) {
                prefix.push(leaf(&said));
            }
            at += 1;
        }
        Ok(true)
    }

    /// Extends by a piece's own lines.
    fn extend_own(&self, piece: &Piece, prefix: &mut Range, until: u64) -> Result<(), LookupError> {
        let from = prefix.end();
        if from >= until {
            return Ok(());
        }
        let run = &self.runs.runs[piece.run];
        let line = |seq: u64| (self.lines)(piece.ordinal + (seq - piece.from));
        // A line that stands in under another number is not where its run's hashes have it.
        if piece.from.wrapping_sub(run.first_seq) == piece.ordinal.wrapping_sub(run.first_ordinal) {
            prefix.join(&run.grid.range(from, until, line)?);
        } else {
            for seq in from..until {
                prefix.push(leaf(&line(seq)?));
            }
        }
        Ok(())
    }

    /// Extends a proven prefix to `size` and holds it against the sealed root. Where damaged lines
    /// lie between, and the root is not met as they are mended, the other choices are tried: a
    /// root that is met proves the choice.
    pub fn meets(&mut self, proven: &Range, size: u64, root: &Digest) -> Result<Met, LookupError> {
        let mut prefix = proven.clone();
        if !self.extend(&mut prefix, size)? {
            return Ok(Met::Unknown);
        }
        if prefix.root().as_ref() == Some(root) {
            return Ok(Met::Yes(prefix));
        }
        let open: Vec<usize> = (0..self.ends.len())
            .filter(|&index| self.ends[index].said.is_some())
            .filter(|&index| (proven.end()..size).contains(&(self.sequence.pieces[index].to - 1)))
            .collect();
        if open.len() > MOST_CHOICES {
            return Ok(Met::No);
        }
        let before: Vec<bool> = open.iter().map(|&index| self.ends[index].mended).collect();
        for choice in 1_u32..1 << open.len() {
            for (bit, (&index, &mended)) in open.iter().zip(&before).enumerate() {
                self.ends[index].mended = mended ^ (choice >> bit & 1 == 1);
            }
            let mut prefix = proven.clone();
            if self.extend(&mut prefix, size)? && prefix.root().as_ref() == Some(root) {
                return Ok(Met::Yes(prefix));
            }
        }
        for (&index, &mended) in open.iter().zip(&before) {
            self.ends[index].mended = mended;
        }
        Ok(Met::No)
    }
}

/// Whether a tree's root is the sealed one.
pub(super) enum Met {
    /// It is; the tree that far.
    Yes(Range),
    /// It is not.
    No,
    /// A leaf on the way is unknown.
    Unknown,
}
