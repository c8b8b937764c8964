//! Signed notes and checkpoints (C2SP signed-note v1.0.0, tlog-checkpoint v1.0.0).

use crate::merkle::{Hash, sha256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};

/// A key under a name.
#[derive(Debug, Clone)]
pub struct Signer {
    name: String,
    key: SigningKey,
}

impl Signer {
    /// This key under this name.
    pub fn new(name: &str, key: &SigningKey) -> Signer {
        Signer {
            name: name.to_owned(),
            key: key.clone(),
        }
    }

    /// The key id: the first four bytes of SHA-256(name ‖ LF ‖ 0x01 ‖ key).
    pub fn id(&self) -> [u8; 4] {
        let mut bytes = self.name.clone().into_bytes();
        bytes.extend_from_slice(b"\n\x01");
        bytes.extend_from_slice(self.key.verifying_key().as_bytes());
        let [a, b, c, d, ..] = sha256(&bytes);
        [a, b, c, d]
    }

    /// `name+hash+base64`.
    pub fn vkey(&self) -> String {
        let mut bytes = vec![1];
        bytes.extend_from_slice(self.key.verifying_key().as_bytes());
        format!(
            "{}+{}+{}",
            self.name,
            crate::rng::hex(&self.id()),
            STANDARD.encode(bytes)
        )
    }

    /// The line that signs `text`, which ends in LF.
    pub fn line(&self, text: &str) -> String {
        self.line_with(&self.key.sign(text.as_bytes()).to_bytes())
    }

    /// The line with a given signature.
    pub fn line_with(&self, signature: &[u8]) -> String {
        let mut bytes = self.id().to_vec();
        bytes.extend_from_slice(signature);
        format!("\u{2014} {} {}\n", self.name, STANDARD.encode(bytes))
    }
}

/// The text of a checkpoint: origin, size and root, a line each.
pub fn checkpoint_text(origin: &str, size: u64, root: &Hash) -> String {
    format!("{origin}\n{size}\n{}\n", STANDARD.encode(root))
}

/// A whole signed checkpoint.
pub fn checkpoint(origin: &str, size: u64, root: &Hash, signer: &Signer) -> String {
    let text = checkpoint_text(origin, size, root);
    let line = signer.line(&text);
    format!("{text}\n{line}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vkey_is_that_of_the_go_implementation() {
        // golang.org/x/mod/sumdb/note, example_test.go: PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW
        // gives name, hash and key; the hash must follow from the other two.
        let key = STANDARD
            .decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
            .unwrap();
        let mut bytes = b"PeterNeumann\n".to_vec();
        bytes.extend_from_slice(&key);
        assert_eq!(crate::rng::hex(&sha256(&bytes)[..4]), "c74f20a3");
        let signer = Signer::new("a", &SigningKey::from_bytes(&[1; 32]));
        let mut own = b"a\n\x01".to_vec();
        own.extend_from_slice(SigningKey::from_bytes(&[1; 32]).verifying_key().as_bytes());
        assert_eq!(signer.id(), sha256(&own)[..4]);
    }
}
