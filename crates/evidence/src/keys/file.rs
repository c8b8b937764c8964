//! Key files in each form that `--keys` takes.

use super::TrustedKey;

/// Why a key file is refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// A line that cannot be read, or a key of small order.
    #[error("line {line}: {why}")]
    Line {
        /// From 1.
        line: usize,
        /// In plain words.
        why: String,
    },
    /// None of the forms that are known.
    #[error("not a key file: {why}")]
    Form {
        /// In plain words.
        why: String,
    },
}

/// Reads a bundle's key file (`docs/audit-bundle.md`, *Keys*), the JSON of `aws cloudtrail
/// list-public-keys`, PEM (`PUBLIC KEY`, `RSA PUBLIC KEY`) or OpenSSH public keys (`ssh-ed25519`,
/// `ssh-rsa`); which one is told from the content.
pub fn read(bytes: &[u8]) -> Result<Vec<TrustedKey>, KeyFileError> {
    let _ = bytes;
    todo!()
}

/// A C2SP vkey: `name+hash+base64(0x01 ‖ key)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vkey {
    /// Its name.
    pub name: String,
    /// Its key id: the first four bytes of SHA-256(name ‖ LF ‖ 0x01 ‖ key).
    pub id: [u8; 4],
    /// The key.
    pub key: [u8; 32],
}

impl Vkey {
    /// Reads one; the hash must fit, the algorithm must be Ed25519, the key usable.
    pub fn parse(text: &str) -> Result<Vkey, String> {
        let _ = text;
        todo!()
    }
}

/// The key id of a name and an Ed25519 key, as C2SP signed notes reckon it.
pub fn key_id(name: &str, key: &[u8; 32]) -> [u8; 4] {
    let _ = (name, key);
    todo!()
}
