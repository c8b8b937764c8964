//! The signature of a digest under the keys at hand.

use super::digest::Seal;
use crate::keys::{self, KeyMaterial, Standing, Trust, TrustedKey, Vouched};
use crate::{Code, Digest, FileFacts, Finding, Kind, Lookup, LookupError, Verdict};
use std::collections::HashMap;

/// More keys than this are not tried on one signature: a list can be made in which many share a
/// fingerprint.
const MOST_TRIES: usize = 16;

/// The keys that the examiner trusts, and those that came with the evidence.
pub(super) struct Keys<'a> {
    trust: &'a Trust,
    /// By fingerprint, lower-case. Never trusted: they may raise nothing above *intact*.
    found: HashMap<String, Vec<TrustedKey>>,
}

/// What became of a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Check {
    /// It holds under a key that the examiner trusts.
    Vouched(Vouched),
    /// It holds under a key that came with the evidence.
    Known,
    /// It holds, but not for this time: `KeyExpired` or `KeyRevoked`.
    Objection(Code),
    /// No key at hand.
    NoKey,
    /// It does not hold, or it is no hex.
    Invalid,
}

impl Check {
    /// Whether the signature itself holds.
    pub fn holds(&self) -> bool {
        matches!(self, Check::Vouched(_) | Check::Known | Check::Objection(_))
    }

    /// What it makes of that which is signed.
    pub fn verdict(&self) -> Verdict {
        match self {
            Check::Vouched(vouched) => Verdict::verified_by(vouched),
            Check::Known => Verdict::INTACT,
            Check::Objection(_) | Check::NoKey | Check::Invalid => Verdict::UNPROVEN,
        }
    }
}

impl<'a> Keys<'a> {
    /// Takes the keys that the examiner trusts, and reads those in the evidence. A list that cannot
    /// be read is said, and leaves out its keys.
    pub fn gather(
        files: &[&FileFacts],
        trust: &'a Trust,
        lookup: &dyn Lookup,
        findings: &mut Vec<Finding>,
    ) -> Result<Keys<'a>, LookupError> {
        let mut found: HashMap<String, Vec<TrustedKey>> = HashMap::new();
        for file in files
            .iter()
            .filter(|file| file.kind == Kind::CloudTrailKeys)
        {
            let read = if file.bytes > super::digest::MOST_BYTES {
                Err("it is too long to be one".to_owned())
            } else {
                keys::file::read(&lookup.file(file.id)?).map_err(|error| error.to_string())
            };
            match read {
                Ok(keys) => {
                    for key in keys {
                        if let KeyMaterial::Rsa {
                            cloudtrail_fingerprint,
                            ..
                        } = &key.key
                        {
                            found
                                .entry(cloudtrail_fingerprint.clone())
                                .or_default()
                                .push(key);
                        }
                    }
                }
                Err(why) => {
                    let message = format!(
                        "this list of public keys cannot be read, and its keys are not at hand: {why}"
                    );
                    findings.push(Finding::new(Code::KeyUnknown, None, message).in_file(file.id));
                }
            }
        }
        Ok(Keys { trust, found })
    }

    /// Checks a signature in hex over a digest whose bytes have this SHA-256.
    ///
    /// A trusted key is found by the fingerprint that the digest names. Where none has it, every
    /// trusted RSA key is tried, for the same key has another fingerprint in SPKI than in PKCS#1;
    /// that those do not verify it says nothing.
    pub fn check(&self, seal: &Seal, own: &Digest, signature: &str) -> Check {
        let Some(signature) = unhex(signature) else {
            return Check::Invalid;
        };
        let message = seal.string_to_sign(own);
        let at = Some(seal.end);
        let mut best: Option<Check> = None;
        let mut named = false;
        for (trusted, _) in self.trust.cloudtrail(&seal.fingerprint).take(MOST_TRIES) {
            named = true;
            best = better(best, trusted.check_rsa(message.as_bytes(), &signature, at));
        }
        if !named {
            let others = self
                .trust
                .keys
                .iter()
                .filter(|key| matches!(key.key, KeyMaterial::Rsa { .. }));
            for trusted in others.take(MOST_TRIES) {
                best = better(best, trusted.check_rsa(message.as_bytes(), &signature, at));
            }
            best = best.filter(Check::holds);
        }
        if let Some(best) = best {
            return best;
        }
        let found = self.found.get(&seal.fingerprint.to_ascii_lowercase());
        let mut came = Check::NoKey;
        for key in found.into_iter().flatten().take(MOST_TRIES) {
            // Not through the trusted key's own check: a key from the evidence vouches for nothing.
            let KeyMaterial::Rsa { key: material, .. } = &key.key else {
                continue;
            };
            let check = match (
                material.verify(message.as_bytes(), &signature),
                key.objection(seal.end),
            ) {
                (false, _) => Check::Invalid,
                (true, Some(code)) => Check::Objection(code),
                (true, None) => return Check::Known,
            };
            if !came.holds() {
                came = check;
            }
        }
        came
    }

    /// The trusted key that vouches.
    pub fn voucher(&self, vouched: &Vouched) -> Option<&'a TrustedKey> {
        self.trust
            .keys
            .iter()
            .find(|key| key.fingerprint() == vouched.fingerprint())
    }
}

fn better(best: Option<Check>, standing: Standing) -> Option<Check> {
    let check = match standing {
        Standing::Vouched(vouched) => Check::Vouched(vouched),
        Standing::Objection(code) => Check::Objection(code),
        Standing::Failed(_) => Check::Invalid,
    };
    match (&best, &check) {
        (Some(Check::Vouched(_)), _) | (Some(Check::Objection(_)), Check::Invalid) => best,
        _ => Some(check),
    }
}

/// The bytes of hex of either case.
fn unhex(text: &str) -> Option<Vec<u8>> {
    // The longest key that is accepted signs with 1024 bytes.
    if text.is_empty() || text.len() > 2048 || !text.len().is_multiple_of(2) {
        return None;
    }
    let digit = |c: u8| char::from(c).to_digit(16);
    let pairs = text.as_bytes().chunks_exact(2);
    pairs
        .map(|pair| Some((digit(pair[0])? << 4 | digit(pair[1])?) as u8))
        .collect()
}
