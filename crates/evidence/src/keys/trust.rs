//! What the examiner trusts, from outside the evidence.

use super::{Vouched, ed25519, rsa};
use crate::{Code, Digest, Micros};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// The keys that the examiner trusts. Nothing from inside the evidence ever enters here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trust {
    /// In the order they were added.
    pub keys: Vec<TrustedKey>,
}

/// A key and what the examiner knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedKey {
    /// The key itself.
    pub key: KeyMaterial,
    /// A label: `name=`, else a vkey's name.
    pub name: Option<String>,
    /// The streams it may seal: a vkey's name, and each `stream=`.
    pub streams: Vec<String>,
    /// Valid from then on.
    pub from: Option<Micros>,
    /// Valid until then, that moment included.
    pub until: Option<Micros>,
    /// Revoked at that time.
    pub revoked: Option<Micros>,
    /// How the examiner came to trust it, in their words.
    pub how: Option<String>,
}

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyMaterial {
    /// Ed25519, raw.
    Ed25519([u8; 32]),
    /// RSA, with the fingerprint by which CloudTrail names it.
    Rsa {
        /// The key.
        key: rsa::PublicKey,
        /// Lower-case hex MD5 of the DER as it was given.
        cloudtrail_fingerprint: String,
    },
}

/// `SHA256:` and the unpadded base64 SHA-256 of a raw 32-byte key or of an RSA key's DER.
pub fn fingerprint(key: &[u8]) -> String {
    format!("SHA256:{}", STANDARD_NO_PAD.encode(Digest::of(key).0))
}

impl KeyMaterial {
    /// An RSA key, with its fingerprint reckoned.
    pub fn rsa(key: rsa::PublicKey) -> KeyMaterial {
        KeyMaterial::Rsa {
            cloudtrail_fingerprint: rsa::cloudtrail_fingerprint(key.der()),
            key,
        }
    }
}

impl TrustedKey {
    /// A key of which nothing more is known: no name, stream or bounds.
    pub fn bare(key: KeyMaterial) -> TrustedKey {
        TrustedKey {
            key,
            name: None,
            streams: Vec::new(),
            from: None,
            until: None,
            revoked: None,
            how: None,
        }
    }

    /// `SHA256:` and the unpadded base64 SHA-256 of the raw 32-byte key, or of the RSA key's DER.
    pub fn fingerprint(&self) -> String {
        match &self.key {
            KeyMaterial::Ed25519(key) => fingerprint(key),
            KeyMaterial::Rsa { key, .. } => fingerprint(key.der()),
        }
    }

    /// What speaks against a signature made at this time, if anything: `KeyRevoked` at or after its
    /// revocation, else `KeyExpired` outside its validity, whose both ends are inside.
    pub fn objection(&self, at: Micros) -> Option<Code> {
        if self.revoked.is_some_and(|revoked| at >= revoked) {
            Some(Code::KeyRevoked)
        } else if self.from.is_some_and(|from| at < from)
            || self.until.is_some_and(|until| at > until)
        {
            Some(Code::KeyExpired)
        } else {
            None
        }
    }

    /// The same where the time may not be known. A signature without a time cannot be shown to lie
    /// inside the key's bounds, so each bound that is set speaks against it.
    pub fn objection_at(&self, at: Option<Micros>) -> Option<Code> {
        match at {
            Some(at) => self.objection(at),
            None if self.revoked.is_some() => Some(Code::KeyRevoked),
            None if self.from.or(self.until).is_some() => Some(Code::KeyExpired),
            None => None,
        }
    }

    /// The key that this one handed over to, trusted for these streams because this one is.
    /// `endorsement` is this key's signature over the hand-over; that the signed text names `next`
    /// is the caller's to see to. `None` where another key made it, or `next` is no usable key.
    ///
    /// Bounds are not inherited: they were held against the time of the hand-over, and say nothing
    /// of the next key.
    pub fn successor(
        &self,
        next: [u8; 32],
        endorsement: &Vouched,
        streams: Vec<String>,
    ) -> Option<TrustedKey> {
        let fingerprint = self.fingerprint();
        if endorsement.fingerprint() != fingerprint || ed25519::check_key(&next).is_err() {
            return None;
        }
        Some(TrustedKey {
            name: self.name.clone(),
            streams,
            how: Some(format!("endorsed by {fingerprint}")),
            ..TrustedKey::bare(KeyMaterial::Ed25519(next))
        })
    }
}

impl Trust {
    /// The trusted Ed25519 keys.
    pub fn ed25519(&self) -> impl Iterator<Item = (&TrustedKey, &[u8; 32])> {
        self.keys.iter().filter_map(|trusted| match &trusted.key {
            KeyMaterial::Ed25519(key) => Some((trusted, key)),
            KeyMaterial::Rsa { .. } => None,
        })
    }

    /// The trusted Ed25519 keys that may seal this stream of an audit bundle. A key without streams
    /// may seal none.
    pub fn for_stream<'a>(
        &'a self,
        stream: &'a str,
    ) -> impl Iterator<Item = (&'a TrustedKey, &'a [u8; 32])> {
        self.ed25519()
            .filter(move |(trusted, _)| trusted.streams.iter().any(|id| id == stream))
    }

    /// The trusted RSA keys that CloudTrail names by this fingerprint, in any case of its hex. More
    /// than one can be made to share it, so each is tried.
    pub fn cloudtrail<'a>(
        &'a self,
        fingerprint: &'a str,
    ) -> impl Iterator<Item = (&'a TrustedKey, &'a rsa::PublicKey)> {
        self.keys
            .iter()
            .filter_map(move |trusted| match &trusted.key {
                KeyMaterial::Rsa {
                    key,
                    cloudtrail_fingerprint,
                } if cloudtrail_fingerprint.eq_ignore_ascii_case(fingerprint) => {
                    Some((trusted, key))
                }
                _ => None,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signer as _, SigningKey};

    fn trusted(seed: u8, streams: &[&str]) -> TrustedKey {
        let key = SigningKey::from_bytes(&[seed; 32])
            .verifying_key()
            .to_bytes();
        TrustedKey {
            streams: streams.iter().map(|id| id.to_string()).collect(),
            ..TrustedKey::bare(KeyMaterial::Ed25519(key))
        }
    }

    #[test]
    fn the_fingerprint_is_that_of_the_raw_key() {
        // python: base64.b64encode(hashlib.sha256(bytes(range(32))).digest()).rstrip(b'=')
        let key: [u8; 32] = std::array::from_fn(|i| i as u8);
        let trusted = TrustedKey::bare(KeyMaterial::Ed25519(key));
        assert_eq!(
            trusted.fingerprint(),
            "SHA256:Yw3NKWbEM2aRElRIu7JbT/QSpJxzLbLIq8G4WBvXEN0"
        );
    }

    #[test]
    fn bounds_object_outside_and_revocation_comes_first() {
        let mut key = trusted(1, &[]);
        assert_eq!(key.objection(Micros(i64::MIN)), None);
        assert_eq!(key.objection_at(None), None);
        (key.from, key.until) = (Some(Micros(10)), Some(Micros(20)));
        let at = |key: &TrustedKey| [9, 10, 20, 21].map(|at| key.objection(Micros(at)));
        let expired = Some(Code::KeyExpired);
        assert_eq!(at(&key), [expired, None, None, expired]);
        assert_eq!(key.objection_at(None), expired);
        key.revoked = Some(Micros(20));
        let revoked = Some(Code::KeyRevoked);
        assert_eq!(at(&key), [expired, None, revoked, revoked]);
        assert_eq!(key.objection_at(None), revoked);
        assert_eq!(key.objection_at(Some(Micros(10))), None);
        (key.from, key.until) = (None, None);
        assert_eq!(key.objection_at(None), revoked);
        assert_eq!(key.objection(Micros(19)), None);
    }

    #[test]
    fn a_key_is_found_for_its_own_streams_alone() {
        let trust = Trust {
            keys: vec![trusted(1, &["a", "b"]), trusted(2, &["b"]), trusted(3, &[])],
        };
        let found = |stream: &str| -> Vec<usize> {
            let keys: Vec<_> = trust
                .for_stream(stream)
                .map(|(trusted, _)| trusted)
                .collect();
            (0..3).filter(|i| keys.contains(&&trust.keys[*i])).collect()
        };
        assert_eq!(found("a"), [0]);
        assert_eq!(found("b"), [0, 1]);
        assert_eq!(found(""), [0; 0]);
        assert_eq!(found("B"), [0; 0]);
    }

    #[test]
    fn a_successor_needs_its_own_predecessors_signature_and_a_usable_key() {
        let (old, other) = (trusted(1, &["a"]), trusted(2, &["a"]));
        let signature = SigningKey::from_bytes(&[1; 32]).sign(b"next").to_bytes();
        let endorsement = Vouched::ed25519(&old, b"next", &signature, None).unwrap();
        let KeyMaterial::Ed25519(next) = trusted(3, &[]).key else {
            unreachable!()
        };
        let successor = old
            .successor(next, &endorsement, vec!["a".to_owned()])
            .unwrap();
        assert_eq!(
            (successor.key, successor.streams),
            (KeyMaterial::Ed25519(next), vec!["a".to_owned()])
        );
        assert_eq!(other.successor(next, &endorsement, Vec::new()), None);
        assert_eq!(old.successor([0; 32], &endorsement, Vec::new()), None);
    }
}
