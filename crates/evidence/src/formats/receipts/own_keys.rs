//! Keys that receipts name themselves. Whoever wrote the evidence chose them, so they are bounded in
//! number, and they never vouch for anything.

use crate::keys::ed25519::{self, Check, Prepared};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Preparing a key costs as much as a hundred signatures, and saves four fifths of each.
const WORTH_PREPARING: usize = 200;
/// How many keys are prepared at most: 2 MB each.
const MOST_PREPARED: usize = 16;
/// Of how many keys the signatures are counted.
const MOST_COUNTED: usize = 4096;

/// The keys met so far, prepared where many signatures came under them. Shared between threads. Only
/// the time that an answer takes depends on what was met before, never the answer.
#[derive(Default)]
pub(super) struct OwnKeys {
    met: Mutex<Met>,
}

#[derive(Default)]
struct Met {
    signatures: HashMap<[u8; 32], usize>,
    prepared: HashMap<[u8; 32], Arc<Prepared>>,
}

impl OwnKeys {
    /// Checks signatures under a key, each on its own terms.
    pub fn check(&self, key: &[u8; 32], signed: &[(&[u8], &[u8; 64])]) -> Vec<Check> {
        match self.prepared(key, signed.len()) {
            Some(prepared) => prepared.verify_many(signed),
            None => one_by_one(key, signed),
        }
    }

    fn prepared(&self, key: &[u8; 32], more: usize) -> Option<Arc<Prepared>> {
        let mut met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(prepared) = met.prepared.get(key) {
            return Some(Arc::clone(prepared));
        }
        if met.prepared.len() >= MOST_PREPARED {
            return None;
        }
        if !met.signatures.contains_key(key) && met.signatures.len() >= MOST_COUNTED {
            return None;
        }
        let count = met.signatures.entry(*key).or_default();
        *count = count.saturating_add(more);
        if *count < WORTH_PREPARING {
            return None;
        }
        // Under the lock: others that want the same key wait for it instead of making it too.
        let prepared = Arc::new(Prepared::new(key));
        met.prepared.insert(*key, Arc::clone(&prepared));
        Some(prepared)
    }
}

/// Checks signatures under a key that is met once, fast where there are many.
pub(super) fn check_all(key: &[u8; 32], signed: &[(&[u8], &[u8; 64])]) -> Vec<Check> {
    if signed.len() >= WORTH_PREPARING {
        Prepared::new(key).verify_many(signed)
    } else {
        one_by_one(key, signed)
    }
}

fn one_by_one(key: &[u8; 32], signed: &[(&[u8], &[u8; 64])]) -> Vec<Check> {
    let check =
        |(message, signature): &(&[u8], &[u8; 64])| ed25519::verify(key, message, signature);
    signed.iter().map(check).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signer as _, SigningKey};

    #[test]
    fn what_was_met_before_changes_no_answer_and_stays_bounded() {
        let own = OwnKeys::default();
        let message = b"one message".as_slice();
        for seed in 0..=MOST_PREPARED as u8 {
            let key = SigningKey::from_bytes(&[seed + 1; 32]);
            let good = key.sign(message).to_bytes();
            let mut bad = good;
            bad[3] ^= 1;
            let signed: Vec<(&[u8], &[u8; 64])> = (0..2 * WORTH_PREPARING)
                .map(|i| (message, if i % 3 == 0 { &bad } else { &good }))
                .collect();
            let public = key.verifying_key().to_bytes();
            for part in signed.chunks(WORTH_PREPARING / 2) {
                assert_eq!(own.check(&public, part), one_by_one(&public, part));
            }
        }
        let met = own.met.lock().unwrap();
        assert_eq!(met.prepared.len(), MOST_PREPARED);
    }
}
