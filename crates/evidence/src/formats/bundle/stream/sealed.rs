//! The sealed lines of a stream, for comparison with other versions of it.

use super::*;

/// The sealed lines of one version of a stream.
#[derive(Debug, Clone, Default)]
pub struct Sealed {
    /// How many lines the largest seal that holds covers.
    pub size: u64,
    /// The keys of the seals that hold, and whether each is trusted.
    pub by: Vec<([u8; 32], bool)>,
    /// For each stretch: first number, its ordinal, length, and the digest that the tree holds for
    /// the last line where that is not the line's own.
    pub stretches: Vec<(u64, u64, u64, Option<Digest>)>,
    /// The digests of single missing lines.
    pub missing: Vec<(u64, Digest)>,
}

impl Judge<'_> {
    pub(super) fn sealed(&self) -> Result<Sealed, LookupError> {
        let mut sealed = Sealed::default();
        for (index, seal) in &self.good {
            sealed.size = sealed.size.max(self.exhibits.checkpoints[*index].size);
            match seal {
                Seal::Vouched(_, key) => sealed.by.push((*key, true)),
                Seal::Known(key) => sealed.by.push((*key, false)),
                Seal::Unproven(_) | Seal::Void => {}
            }
        }
        sealed.by.sort_unstable();
        sealed.by.dedup();
        for (index, (piece, end)) in self
            .assembly
            .sequence
            .pieces
            .iter()
            .zip(&self.assembly.ends)
            .enumerate()
        {
            let before = index
                .checked_sub(1)
                .map_or(0, |before| self.assembly.sequence.pieces[before].to);
            if piece.from == before + 1
                && let Some(missing) = self.assembly.digest(before)?
            {
                sealed.missing.push((before, missing));
            }
            sealed.stretches.push((
                piece.from,
                piece.ordinal,
                piece.len(),
                end.said.filter(|_| end.mended),
            ));
        }
        Ok(sealed)
    }
}

impl Sealed {
    /// The ordinal of a number that is here.
    pub fn ordinal(&self, seq: u64) -> Option<u64> {
        let at = self
            .stretches
            .partition_point(|(first, _, len, _)| first + len <= seq);
        self.stretches
            .get(at)
            .filter(|(first, ..)| *first <= seq)
            .map(|(first, ordinal, ..)| ordinal + (seq - first))
    }

    /// The digest sealed for a number; `None` past the seal, or where it is not known.
    pub fn digest(&self, seq: u64, lines: &sequence::Lines) -> Result<Option<Digest>, LookupError> {
        if seq >= self.size {
            return Ok(None);
        }
        if let Some((_, digest)) = self.missing.iter().find(|(missing, _)| *missing == seq) {
            return Ok(Some(*digest));
        }
        let at = self
            .stretches
            .partition_point(|(first, _, len, _)| first + len <= seq);
        let Some(&(first, ordinal, len, mended)) =
            self.stretches.get(at).filter(|(first, ..)| *first <= seq)
        else {
            return Ok(None);
        };
        match mended.filter(|_| seq + 1 == first + len) {
            Some(mended) => Ok(Some(mended)),
            None => lines(ordinal + (seq - first)).map(Some),
        }
    }
}
