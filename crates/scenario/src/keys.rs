//! The keys of the story, each made from the seed.

use crate::merkle::sha256;
use crate::note::Signer;
use crate::rng::{ForRsa, Rng, hex};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use ed25519_dalek::SigningKey;
use md5::{Digest, Md5};
use rsa::pkcs1::EncodeRsaPublicKey;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Who signs what in the story.
#[derive(Debug, Clone)]
pub struct Keys {
    seed: u64,
    /// Seals `example.com/agents-prod` up to its rotation.
    pub agents: SigningKey,
    /// Seals it afterwards.
    pub agents_next: SigningKey,
    /// Seals `example.com/payments`.
    pub payments: SigningKey,
    /// Signs the bundle's manifest.
    pub collector: SigningKey,
    /// Signs the receipts of the deployer, whose issuer is a `did:key`: nobody vouches for it.
    pub deployer: SigningKey,
    /// Signs the receipts of the payments agent up to their rotation.
    pub paying: SigningKey,
    /// Signs them afterwards.
    pub paying_next: SigningKey,
    /// Signs the receipts of the research agent.
    pub research: SigningKey,
    /// Nobody's: an attacker's, or a witness that nobody knows.
    pub stranger: SigningKey,
}

impl Keys {
    /// The keys of this seed.
    pub fn from_seed(seed: u64) -> Keys {
        let key = |label: &str| {
            let text = format!("exhibit scenario key\n{seed}\n{label}\n");
            SigningKey::from_bytes(&sha256(text.as_bytes()))
        };
        Keys {
            seed,
            agents: key("agents-prod 1"),
            agents_next: key("agents-prod 2"),
            payments: key("payments"),
            collector: key("collector"),
            deployer: key("receipts deployer"),
            paying: key("receipts payments 1"),
            paying_next: key("receipts payments 2"),
            research: key("receipts research"),
            stranger: key("stranger"),
        }
    }

    /// The key with which CloudTrail signs its digests. Made once a seed and process: finding
    /// primes takes a good part of a second.
    pub fn cloudtrail(&self) -> Arc<RsaKey> {
        static MADE: Mutex<BTreeMap<u64, Arc<RsaKey>>> = Mutex::new(BTreeMap::new());
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        made.entry(self.seed)
            .or_insert_with(|| Arc::new(RsaKey::from_seed(self.seed)))
            .clone()
    }

    /// The bundle's key file: what the examiner got apart from the evidence.
    pub fn trusted(&self) -> String {
        format!(
            "# Keys that the owners of these streams handed over apart from the evidence.\n\
             {}\n{}\n\
             ed25519:{} name=collector\n\
             ed25519:{} name=agent-payments\n\
             ed25519:{} name=agent-research\n",
            Signer::new(crate::story::AGENTS, &self.agents).vkey(),
            Signer::new(crate::story::PAYMENTS, &self.payments).vkey(),
            raw(&self.collector),
            raw(&self.paying),
            raw(&self.research),
        )
    }

    /// What `aws cloudtrail list-public-keys` printed, valid between these times (RFC 3339).
    pub fn cloudtrail_list(&self, from: &str, until: &str) -> String {
        let key = self.cloudtrail();
        format!(
            "{{\n  \"PublicKeyList\": [\n    {{\n      \"Value\": \"{}\",\n      \
             \"ValidityStartTime\": \"{from}\",\n      \"ValidityEndTime\": \"{until}\",\n      \
             \"Fingerprint\": \"{}\"\n    }}\n  ]\n}}\n",
            STANDARD.encode(key.der()),
            key.fingerprint(),
        )
    }
}

/// Standard base64 of a raw 32-byte public key.
pub fn raw(key: &SigningKey) -> String {
    STANDARD.encode(key.verifying_key().as_bytes())
}

/// `SHA256:` and the unpadded base64 SHA-256 of the raw public key.
pub fn fingerprint(key: &SigningKey) -> String {
    format!(
        "SHA256:{}",
        STANDARD_NO_PAD.encode(sha256(key.verifying_key().as_bytes()))
    )
}

/// Multibase `u`: unpadded base64url.
pub fn multibase(bytes: &[u8]) -> String {
    format!("u{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// The `did:key` of a raw Ed25519 public key: multicodec 0xed01 and the key, in base58btc.
pub fn did_key(key: &[u8; 32]) -> String {
    let mut bytes = vec![0xed, 0x01];
    bytes.extend_from_slice(key);
    format!("did:key:z{}", base58(&bytes))
}

fn base58(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let mut digits: Vec<u32> = Vec::new();
    for &byte in bytes {
        let mut carry = u32::from(byte);
        for digit in &mut digits {
            carry += *digit << 8;
            *digit = carry % 58;
            carry /= 58;
        }
        while carry > 0 {
            digits.push(carry % 58);
            carry /= 58;
        }
    }
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let leading = std::iter::repeat_n('1', zeros);
    leading
        .chain(
            digits
                .iter()
                .rev()
                .map(|digit| char::from(ALPHABET[*digit as usize])),
        )
        .collect()
}

/// An RSA key of 2048 bits.
#[derive(Debug)]
pub struct RsaKey {
    key: RsaPrivateKey,
    der: Vec<u8>,
}

impl RsaKey {
    fn from_seed(seed: u64) -> RsaKey {
        let mut rng = ForRsa(Rng::new(seed, "cloudtrail key"));
        let key = RsaPrivateKey::new(&mut rng, 2048).expect("2048 bits are an allowed size");
        let der = key
            .to_public_key()
            .to_pkcs1_der()
            .expect("a fresh key has a DER form");
        RsaKey {
            der: der.as_bytes().to_vec(),
            key,
        }
    }

    /// The public key as PKCS#1 DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The name that CloudTrail gives it: the MD5 of its DER in hex.
    pub fn fingerprint(&self) -> String {
        hex(&Md5::digest(&self.der))
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256 over `message`.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        // DigestInfo of SHA-256 (RFC 8017 section 9.2, note 1).
        const PREFIX: [u8; 19] = [
            0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
            0x01, 0x05, 0x00, 0x04, 0x20,
        ];
        let scheme = Pkcs1v15Sign {
            hash_len: Some(32),
            prefix: Box::new(PREFIX),
        };
        self.key
            .sign(scheme, &sha256(message))
            .expect("2048 bits have room for a SHA-256 digest")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn did_keys_are_those_of_the_registry() {
        // W3C did:key, test vector of the Ed25519 key of RFC 8032 section 7.1, TEST 1.
        let key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        let bytes: Vec<u8> = (0..32)
            .map(|i| u8::from_str_radix(&key[2 * i..2 * i + 2], 16).unwrap())
            .collect();
        assert_eq!(
            did_key(&bytes.try_into().unwrap()),
            "did:key:z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw"
        );
    }

    #[test]
    fn an_rsa_signature_verifies_by_the_other_path_of_the_library() {
        let key = Keys::from_seed(5).cloudtrail();
        let public = key.key.to_public_key();
        let signature = key.sign(b"digest");
        let scheme = Pkcs1v15Sign::new_unprefixed();
        let mut info = hex_bytes("3031300d060960864801650304020105000420");
        info.extend_from_slice(&sha256(b"digest"));
        assert!(public.verify(scheme, &info, &signature).is_ok());
    }

    fn hex_bytes(text: &str) -> Vec<u8> {
        (0..text.len() / 2)
            .map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap())
            .collect()
    }
}
