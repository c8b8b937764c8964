//! Receipts read again for the judgement, where what was kept of them does not answer.

use super::chains::{LastPrepared, Run, Successor};
use super::document::{Document, Proof};
use super::receipt::Standing;
use crate::{Digest, FileId, Limits, Lookup, LookupError, Micros};

/// Reads receipts again, one by one.
pub(super) struct Rereader<'l> {
    lookup: &'l dyn Lookup,
    prepared: LastPrepared,
}

/// How many receipts are held at once.
const AT_ONCE: u64 = 256;

/// What could be read before can be read again, also where the limit was raised.
pub(super) fn depth() -> usize {
    Limits::default().json_depth.max(1024)
}

type Signed = (Vec<u8>, Box<[u8; 64]>, Option<Micros>);

impl<'l> Rereader<'l> {
    pub fn new(lookup: &'l dyn Lookup) -> Rereader<'l> {
        Rereader {
            lookup,
            prepared: LastPrepared::default(),
        }
    }

    /// The hash of one receipt of a run.
    pub fn hash(
        &self,
        file: FileId,
        run: &Run,
        sequence: u64,
    ) -> Result<Option<Digest>, LookupError> {
        if sequence == run.last {
            return Ok(run.hash);
        }
        let bytes = self.lookup.record(file, run.ordinal(sequence))?;
        Ok(Document::read(&bytes, depth(), &mut Vec::new()).hash)
    }

    /// How the signatures of some receipts of a run stand under the key that the chain changed to:
    /// stretches of numbers, in order.
    pub fn retry(
        &mut self,
        file: FileId,
        run: &Run,
        (first, last): (u64, u64),
        successor: &Successor,
    ) -> Result<Vec<(u64, u64, Standing)>, LookupError> {
        let mut out: Vec<(u64, u64, Standing)> = Vec::new();
        let mut at = first;
        while at <= last {
            let end = last.min(at.saturating_add(AT_ONCE - 1));
            let signed = (at..=end)
                .map(|sequence| self.signed(file, run.ordinal(sequence)))
                .collect::<Result<Vec<_>, _>>()?;
            let jobs: Vec<_> = signed
                .iter()
                .flatten()
                .map(|(f, s, at)| (&f[..], &**s, *at))
                .collect();
            let mut answers = successor.check(&jobs, &mut self.prepared).into_iter();
            for (sequence, signed) in (at..=end).zip(&signed) {
                let answer = signed.as_ref().and_then(|_| answers.next());
                let standing = answer.unwrap_or(Standing::Fails);
                match out.last_mut() {
                    Some((_, last, known)) if *known == standing => *last = sequence,
                    _ => out.push((sequence, sequence, standing)),
                }
            }
            at = end + 1;
        }
        Ok(out)
    }

    /// A receipt's canonical form, its signature, and when it was signed.
    fn signed(&self, file: FileId, ordinal: u64) -> Result<Option<Signed>, LookupError> {
        let bytes = self.lookup.record(file, ordinal)?;
        let mut form = Vec::new();
        let document = Document::read(&bytes, depth(), &mut form);
        Ok(match document.proof {
            Proof::Signature(signature) if document.malformed.is_none() => {
                Some((form, signature, document.signed_at))
            }
            _ => None,
        })
    }

    /// Offset and length of a receipt.
    pub fn extent(&self, file: FileId, ordinal: u64) -> Result<(u64, u64), LookupError> {
        self.lookup.extent(file, ordinal)
    }
}
