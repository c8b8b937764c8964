//! What the examiner trusts, from outside the evidence.

use super::rsa;
use crate::Micros;

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
    /// A label; of a vkey, its name.
    pub name: Option<String>,
    /// The streams it may seal: a vkey's name, and each `stream=`.
    pub streams: Vec<String>,
    /// Valid from then on.
    pub from: Option<Micros>,
    /// Valid until then.
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

impl TrustedKey {
    /// `SHA256:` and the unpadded base64 SHA-256 of the raw 32-byte key, or of the RSA key's DER.
    pub fn fingerprint(&self) -> String {
        todo!()
    }

    /// What speaks against a signature made at this time, if anything: `KeyExpired` outside its
    /// validity, `KeyRevoked` at or after its revocation.
    pub fn objection(&self, at: Micros) -> Option<crate::Code> {
        let _ = at;
        todo!()
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
}

/// Proof that a signature held under a key that the examiner trusts and that was valid then. It
/// can be made only here, from a trusted key itself, and is what [`crate::Verdict::verified_by`]
/// asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vouched {
    fingerprint: String,
}

impl Vouched {
    /// Checks an Ed25519 signature under a trusted key.
    pub fn ed25519(trusted: &TrustedKey, message: &[u8], signature: &[u8; 64], at: Option<Micros>) -> Option<Vouched> {
        let _ = (trusted, message, signature, at);
        todo!()
    }
    /// The fingerprint of the key that vouches.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}
