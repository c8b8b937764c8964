//! Agent Receipts 0.2 to 0.5.

use crate::keys::Trust;
use crate::verify::Outcome;
use crate::{FileFacts, Limits, Lookup, LookupError, Reading, event::Events};

/// What one receipt says of its chain, with its signature tried under the keys at hand.
#[derive(Debug, Clone)]
pub struct Receipt {}

/// What the receipts of one file gave, chain by chain: small while links and signatures hold.
#[derive(Debug, Clone, Default)]
pub struct Chains {}

/// Reads one receipt: begins its event, says what is malformed, computes its canonical form and
/// tries its signature.
pub fn read(bytes: &[u8], trust: &Trust, limits: &Limits, events: &mut Events) -> Reading {
    let _ = (bytes, trust, limits, events);
    todo!()
}

impl Chains {
    /// Adds the next record of the file, in order. `extent` is its offset and length.
    pub fn push(&mut self, ordinal: u64, extent: (u64, u64), reading: &Reading, trust: &Trust) {
        let _ = (ordinal, extent, reading, trust);
        todo!()
    }
}

/// Judges all chains of the case together.
pub fn judge(files: &[&FileFacts], trust: &Trust, lookup: &dyn Lookup) -> Result<Outcome, LookupError> {
    let _ = (files, trust, lookup);
    todo!()
}

/// Proves one record, step by step.
pub fn proof(subject: &crate::verify::Subject<'_>, files: &[&FileFacts], trust: &Trust, lookup: &dyn Lookup) -> Result<crate::verify::Proof, LookupError> {
    let _ = (subject, files, trust, lookup);
    todo!()
}
