//! The keys that receipts are tried with.

use super::own_keys::OwnKeys;
use crate::keys::{Job, PreparedTrust, Standing, Trust, TrustedKey};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// The trusted keys that may vouch for receipts, ready for many signatures. Built once from what
/// the examiner trusts, and shared between threads. Nothing from the evidence enters its
/// keys.
#[derive(Default)]
pub struct KeyRing {
    keys: Vec<RingKey>,
    /// Keys of the evidence, apart: they are tried, and vouch for nothing.
    own: OwnKeys,
}

/// One key, with everything that the examiner said of it.
pub(super) struct RingKey {
    key: [u8; 32],
    /// The same key may be trusted several times, for other streams or times.
    grants: Vec<Grant>,
    /// How many signatures it was tried on while it was not prepared.
    tried: AtomicU64,
}

struct Grant {
    trusted: TrustedKey,
    prepared: OnceLock<Option<PreparedTrust>>,
}

/// Preparing a key costs as much as a hundred signatures, and saves four fifths of each.
const WORTH_PREPARING: u64 = 200;

impl KeyRing {
    /// All trusted Ed25519 keys.
    pub fn new(trust: &Trust) -> KeyRing {
        let mut keys: Vec<RingKey> = Vec::new();
        for (trusted, key) in trust.ed25519() {
            let grant = Grant {
                trusted: trusted.clone(),
                prepared: OnceLock::new(),
            };
            match keys.iter_mut().find(|known| known.key == *key) {
                Some(known) => known.grants.push(grant),
                None => {
                    let tried = AtomicU64::new(0);
                    keys.push(RingKey {
                        key: *key,
                        grants: vec![grant],
                        tried,
                    });
                }
            }
        }
        KeyRing {
            keys,
            own: OwnKeys::default(),
        }
    }

    /// The keys that receipts name themselves.
    pub(super) fn own(&self) -> &OwnKeys {
        &self.own
    }

    pub(super) fn keys(&self) -> &[RingKey] {
        &self.keys
    }

    /// What the examiner said of the key with this fingerprint.
    pub(super) fn trusted(&self, fingerprint: &str) -> Option<&TrustedKey> {
        let grants = self.keys.iter().flat_map(|key| &key.grants);
        grants
            .map(|grant| &grant.trusted)
            .find(|trusted| trusted.fingerprint() == fingerprint)
    }
}

impl RingKey {
    /// The key.
    pub fn key(&self) -> &[u8; 32] {
        &self.key
    }

    /// Whether the key may vouch for a chain at all.
    pub fn may_seal(&self, chain: &str) -> bool {
        self.grants.iter().any(|grant| grant.may_seal(chain))
    }

    /// Checks signatures of chains that it may seal, each on its own terms.
    pub fn check(&self, jobs: &[(&str, Job<'_>)]) -> Vec<Standing> {
        let mut best: Vec<Option<Standing>> = vec![None; jobs.len()];
        let seen = self.tried.fetch_add(jobs.len() as u64, Ordering::Relaxed);
        let many = seen.saturating_add(jobs.len() as u64) >= WORTH_PREPARING;
        for grant in &self.grants {
            // A signature that holds but for its time may be in time for another grant.
            let open: Vec<usize> = (0..jobs.len())
                .filter(|&i| matches!(best[i], None | Some(Standing::Objection(_))))
                .filter(|&i| grant.may_seal(jobs[i].0))
                .collect();
            let mine: Vec<Job<'_>> = open.iter().map(|&i| jobs[i].1).collect();
            for (i, standing) in open.into_iter().zip(grant.check(&mine, many)) {
                if best[i].is_none() || matches!(standing, Standing::Vouched(_)) {
                    best[i] = Some(standing);
                }
            }
        }
        let failed = Standing::Failed(crate::keys::ed25519::Check::Invalid);
        best.into_iter()
            .map(|standing| standing.unwrap_or_else(|| failed.clone()))
            .collect()
    }
}

impl Grant {
    /// A key without `stream=` may vouch for any chain of receipts (`docs/audit-bundle.md`,
    /// *Keys*). A vkey's own name binds it in audit bundles alone.
    fn may_seal(&self, chain: &str) -> bool {
        let name = self.trusted.name.as_deref();
        let mut bound = self
            .trusted
            .streams
            .iter()
            .filter(|id| name != Some(id))
            .peekable();
        bound.peek().is_none() || bound.any(|id| id == chain)
    }

    fn check(&self, jobs: &[Job<'_>], many: bool) -> Vec<Standing> {
        if many || self.prepared.get().is_some() {
            let prepared = self
                .prepared
                .get_or_init(|| PreparedTrust::new(&self.trusted));
            if let Some(prepared) = prepared {
                return prepared.check_many(jobs);
            }
        }
        let single = |&(message, signature, at): &Job<'_>| {
            self.trusted.check_ed25519(message, signature, at)
        };
        jobs.iter().map(single).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Micros;
    use crate::keys::{KeyMaterial, ed25519::Check};
    use ed25519_dalek::{Signer as _, SigningKey};

    fn trusted(seed: u8) -> TrustedKey {
        let key = SigningKey::from_bytes(&[seed; 32])
            .verifying_key()
            .to_bytes();
        TrustedKey::bare(KeyMaterial::Ed25519(key))
    }

    #[test]
    fn a_key_bound_to_streams_vouches_for_no_other_chain() {
        let bound = TrustedKey {
            streams: vec!["a".into()],
            ..trusted(1)
        };
        let ring = KeyRing::new(&Trust { keys: vec![bound] });
        assert!(ring.keys()[0].may_seal("a"));
        assert!(!ring.keys()[0].may_seal("b"));
    }

    #[test]
    fn a_vkeys_own_name_binds_it_to_no_chain_of_receipts() {
        let named = |streams: &[&str]| {
            let streams = streams.iter().map(|id| (*id).to_owned()).collect();
            let key = TrustedKey {
                name: Some("example.com/log".into()),
                streams,
                ..trusted(1)
            };
            KeyRing::new(&Trust { keys: vec![key] })
        };
        assert!(named(&["example.com/log"]).keys()[0].may_seal("any"));
        assert!(!named(&["example.com/log", "a"]).keys()[0].may_seal("any"));
        assert!(named(&["example.com/log", "a"]).keys()[0].may_seal("a"));
    }

    #[test]
    fn one_key_trusted_twice_holds_where_either_grant_does() {
        let early = TrustedKey {
            until: Some(Micros(10)),
            ..trusted(1)
        };
        let late = TrustedKey {
            from: Some(Micros(20)),
            ..trusted(1)
        };
        let ring = KeyRing::new(&Trust {
            keys: vec![early, late],
        });
        assert_eq!(ring.keys().len(), 1);
        let signature = SigningKey::from_bytes(&[1; 32]).sign(b"m").to_bytes();
        let at = |time| {
            let job: Job<'_> = (b"m", &signature, Some(Micros(time)));
            ring.keys()[0].check(&[("c", job)]).remove(0)
        };
        assert!(at(5).vouched().is_some());
        assert_eq!(at(15), Standing::Objection(crate::Code::KeyExpired));
        assert!(at(25).vouched().is_some());
        let other: Job<'_> = (b"x", &signature, None);
        let failed = ring.keys()[0].check(&[("c", other)]);
        assert_eq!(failed, [Standing::Failed(Check::Invalid)]);
    }
}
