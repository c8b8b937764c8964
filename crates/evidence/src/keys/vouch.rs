//! What a signature under a trusted key is worth, and the proof that it held.

use super::ed25519::{self, Check, Prepared};
use super::{KeyMaterial, TrustedKey};
use crate::{Code, Micros};
use std::sync::Arc;

/// Proof that a signature held under a key that the examiner trusts and that was valid then. It
/// can be made only here, from a trusted key itself, and is what [`crate::Verdict::verified_by`]
/// asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vouched {
    fingerprint: Arc<str>,
}

/// What became of a signature under a trusted key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It holds, and the key was valid then.
    Vouched(Vouched),
    /// It holds, but not for this time: `KeyRevoked` or `KeyExpired`.
    Objection(Code),
    /// It does not hold strictly: [`Check::Invalid`] or [`Check::Weak`], never [`Check::Valid`].
    Failed(Check),
}

impl Standing {
    /// The proof, if there is one.
    pub fn vouched(self) -> Option<Vouched> {
        match self {
            Standing::Vouched(vouched) => Some(vouched),
            Standing::Objection(_) | Standing::Failed(_) => None,
        }
    }
}

impl Vouched {
    /// Checks an Ed25519 signature under a trusted key. `at` is the time it was made by; `None` is
    /// a time not known, which no key with bounds can vouch for.
    pub fn ed25519(
        trusted: &TrustedKey,
        message: &[u8],
        signature: &[u8; 64],
        at: Option<Micros>,
    ) -> Option<Vouched> {
        trusted.check_ed25519(message, signature, at).vouched()
    }

    /// Checks an RSASSA-PKCS1-v1_5 signature with SHA-256 under a trusted key; `at` as above.
    pub fn rsa(
        trusted: &TrustedKey,
        message: &[u8],
        signature: &[u8],
        at: Option<Micros>,
    ) -> Option<Vouched> {
        trusted.check_rsa(message, signature, at).vouched()
    }

    /// The fingerprint of the key that vouches.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}

impl TrustedKey {
    /// Checks an Ed25519 signature and says why it is not vouched for. Under an RSA key it is
    /// invalid.
    pub fn check_ed25519(
        &self,
        message: &[u8],
        signature: &[u8; 64],
        at: Option<Micros>,
    ) -> Standing {
        let check = match &self.key {
            KeyMaterial::Ed25519(key) => ed25519::verify(key, message, signature),
            KeyMaterial::Rsa { .. } => Check::Invalid,
        };
        self.standing(check, at, || self.fingerprint().into())
    }

    /// Checks an RSASSA-PKCS1-v1_5 signature with SHA-256 and says why it is not vouched for. Under
    /// an Ed25519 key it is invalid.
    pub fn check_rsa(&self, message: &[u8], signature: &[u8], at: Option<Micros>) -> Standing {
        let holds = match &self.key {
            KeyMaterial::Rsa { key, .. } => key.verify(message, signature),
            KeyMaterial::Ed25519(_) => false,
        };
        let check = if holds { Check::Valid } else { Check::Invalid };
        self.standing(check, at, || self.fingerprint().into())
    }

    /// What a check of this key's signature comes to. Not public: only a check made here, of this
    /// key, may become a [`Vouched`].
    fn standing(
        &self,
        check: Check,
        at: Option<Micros>,
        fingerprint: impl FnOnce() -> Arc<str>,
    ) -> Standing {
        match (check, self.objection_at(at)) {
            (Check::Invalid | Check::Weak, _) => Standing::Failed(check),
            (Check::Valid, Some(code)) => Standing::Objection(code),
            (Check::Valid, None) => Standing::Vouched(Vouched {
                fingerprint: fingerprint(),
            }),
        }
    }
}

/// A trusted Ed25519 key prepared for many signatures: the same answers as
/// [`TrustedKey::check_ed25519`], several times faster. See [`Prepared`] for what it costs.
pub struct PreparedTrust {
    trusted: TrustedKey,
    prepared: Prepared,
    fingerprint: Arc<str>,
}

/// A signature to check: message, signature, and when it was made, where that is known.
pub type Job<'a> = (&'a [u8], &'a [u8; 64], Option<Micros>);

impl PreparedTrust {
    /// Prepares a trusted key; `None` for an RSA key.
    pub fn new(trusted: &TrustedKey) -> Option<PreparedTrust> {
        match &trusted.key {
            KeyMaterial::Ed25519(key) => Some(PreparedTrust {
                trusted: trusted.clone(),
                prepared: Prepared::new(key),
                fingerprint: trusted.fingerprint().into(),
            }),
            KeyMaterial::Rsa { .. } => None,
        }
    }

    /// The key that was prepared.
    pub fn trusted(&self) -> &TrustedKey {
        &self.trusted
    }

    /// Checks many signatures, each on its own terms: `out[i]` is what
    /// [`TrustedKey::check_ed25519`] says of `jobs[i]`.
    pub fn check_many(&self, jobs: &[Job<'_>]) -> Vec<Standing> {
        let signatures: Vec<_> = jobs
            .iter()
            .map(|&(message, signature, _)| (message, signature))
            .collect();
        let checks = self.prepared.verify_many(&signatures);
        checks
            .into_iter()
            .zip(jobs)
            .map(|(check, &(_, _, at))| {
                self.trusted
                    .standing(check, at, || Arc::clone(&self.fingerprint))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verdict;
    use crate::keys::rsa;
    use ed25519_dalek::{Signer as _, SigningKey};

    fn signer() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    fn trusted() -> TrustedKey {
        TrustedKey::bare(KeyMaterial::Ed25519(signer().verifying_key().to_bytes()))
    }

    #[test]
    fn only_a_signature_that_holds_in_time_is_vouched_for() {
        let mut key = trusted();
        key.revoked = Some(Micros(100));
        let signature = signer().sign(b"message").to_bytes();
        let check = |message: &[u8], at| key.check_ed25519(message, &signature, at);
        let vouched = check(b"message", Some(Micros(99))).vouched().unwrap();
        assert_eq!(vouched.fingerprint(), key.fingerprint());
        assert!(Verdict::verified_by(&vouched) > Verdict::INTACT);
        let revoked = Standing::Objection(Code::KeyRevoked);
        assert_eq!(check(b"message", Some(Micros(100))), revoked);
        assert_eq!(check(b"message", None), revoked);
        // That it does not hold is said before that it came too late.
        let failed = Standing::Failed(Check::Invalid);
        assert_eq!(check(b"other", Some(Micros(99))), failed);
        assert_eq!(check(b"other", Some(Micros(100))), failed);
        assert_eq!(
            Vouched::ed25519(&key, b"message", &signature, Some(Micros(100))),
            None
        );
    }

    #[test]
    fn a_weak_signature_is_never_vouched_for() {
        // The identity as R, S = 0 under a key that is the identity: passes every lenient verifier.
        let mut identity = [0; 32];
        identity[0] = 1;
        let mut signature = [0; 64];
        signature[0] = 1;
        let key = TrustedKey::bare(KeyMaterial::Ed25519(identity));
        let weak = Standing::Failed(Check::Weak);
        assert_eq!(key.check_ed25519(b"anything", &signature, None), weak);
        let prepared = PreparedTrust::new(&key).unwrap();
        assert_eq!(
            prepared.check_many(&[(b"anything", &signature, None)]),
            [weak]
        );
    }

    #[test]
    fn a_key_of_another_kind_vouches_for_nothing() {
        let key = trusted();
        let signature = signer().sign(b"message").to_bytes();
        assert_eq!(
            key.check_rsa(b"message", &signature, None),
            Standing::Failed(Check::Invalid)
        );
        let mut modulus = [0xff; 256];
        modulus[0] = 0x80;
        let rsa = rsa::PublicKey::from_parts(&modulus, &[1, 0, 1]).unwrap();
        let rsa = TrustedKey::bare(KeyMaterial::rsa(rsa));
        assert_eq!(
            rsa.check_ed25519(b"message", &signature, None),
            Standing::Failed(Check::Invalid)
        );
        assert!(PreparedTrust::new(&rsa).is_none());
    }

    #[test]
    fn prepared_and_single_checks_agree() {
        let mut key = trusted();
        (key.from, key.until, key.revoked) = (Some(Micros(2)), Some(Micros(5)), Some(Micros(4)));
        let signed: Vec<(Vec<u8>, [u8; 64])> = (0..40u8)
            .map(|i| {
                let mut signature = signer().sign(&[i]).to_bytes();
                signature[40] ^= u8::from(i % 3 == 0);
                (vec![i], signature)
            })
            .collect();
        let jobs: Vec<Job<'_>> = signed
            .iter()
            .enumerate()
            .map(|(i, (message, signature))| {
                let at = (i % 7 != 6).then_some(Micros((i % 7) as i64));
                (&message[..], signature, at)
            })
            .collect();
        let single: Vec<_> = jobs
            .iter()
            .map(|(message, signature, at)| key.check_ed25519(message, signature, *at))
            .collect();
        assert_eq!(PreparedTrust::new(&key).unwrap().check_many(&jobs), single);
        let count = |wanted: fn(&Standing) -> bool| single.iter().filter(|s| wanted(s)).count();
        assert!(count(|standing| matches!(standing, Standing::Vouched(_))) > 4);
        assert!(count(|standing| matches!(standing, Standing::Objection(_))) > 4);
        assert_eq!(
            count(|standing| matches!(standing, Standing::Failed(_))),
            14
        );
    }
}
