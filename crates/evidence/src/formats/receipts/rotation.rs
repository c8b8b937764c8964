//! The receipt by which a chain changes its key.

use crate::Digest;
use crate::json::Value;
use crate::keys::{ed25519, multibase_u};

/// What a rotation receipt says (Agent Receipts, 7.3.7). It is signed with the key that it retires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rotation {
    /// The key from then on, or what is wrong with what is said of it.
    pub next: Result<[u8; 32], String>,
    /// The fingerprint of the key that is retired: SHA-256 of its 32 bytes.
    pub old: Option<Digest>,
    /// An algorithm other than Ed25519.
    pub refused: Option<String>,
}

impl Rotation {
    /// Reads `keyRotation`.
    pub fn read(value: &Value<'_>) -> Rotation {
        let text = |name: &str| value.str_at(&[name]);
        let fingerprint = |name: &str| {
            text(name)
                .and_then(|t| t.strip_prefix("sha256:"))
                .and_then(Digest::from_hex)
        };
        let refused = ["old_algorithm", "new_algorithm"]
            .into_iter()
            .find_map(|name| {
                let algorithm = text(name).unwrap_or_default();
                (algorithm != "ed25519")
                    .then(|| format!("{name} is {algorithm:?}, not \"ed25519\""))
            });
        let next = || {
            if text("event_type") != Some("key_rotated") {
                return Err("event_type is not \"key_rotated\"".to_owned());
            }
            if text("signed_with") != Some("old") {
                return Err("signed_with is not \"old\"".to_owned());
            }
            let key = text("new_public_key")
                .and_then(multibase_u)
                .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
                .ok_or("new_public_key is not u and base64url of 32 bytes")?;
            if fingerprint("new_key_fingerprint") != Some(Digest::of(&key)) {
                return Err("new_key_fingerprint is not that of new_public_key".to_owned());
            }
            ed25519::check_key(&key).map_err(|fault| format!("the new key is {fault}"))?;
            Ok(key)
        };
        Rotation {
            next: next(),
            old: fingerprint("old_key_fingerprint"),
            refused,
        }
    }

    /// The next key, where the rotation is in order for a chain whose key is `key`.
    pub fn from(&self, key: &[u8; 32]) -> Result<[u8; 32], String> {
        if self.old != Some(Digest::of(key)) {
            return Err("old_key_fingerprint is not that of the chain's key".to_owned());
        }
        self.next.clone()
    }
}
