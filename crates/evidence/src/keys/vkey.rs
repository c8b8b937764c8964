//! C2SP verifier keys.

use super::ed25519;
use crate::digest::Hasher;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;

/// The signature type of Ed25519 note signatures (C2SP signed-note, *Signature types*).
const ED25519: u8 = 0x01;

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
    /// The vkey of a name and a key; `None` where the name is none that a note can bear.
    pub fn new(name: &str, key: [u8; 32]) -> Option<Vkey> {
        is_key_name(name).then(|| Vkey {
            name: name.to_owned(),
            id: key_id(name, &key),
            key,
        })
    }

    /// Reads one; the hash must fit, the algorithm must be Ed25519, the key usable. The error says
    /// in plain words what is wrong.
    pub fn parse(text: &str) -> Result<Vkey, String> {
        // Base64 has plus signs too, a name has none.
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(hash), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err("not of the form name+hash+base64".to_owned());
        };
        if !is_key_name(name) {
            return Err("its name is empty or holds a space or a control character".to_owned());
        }
        let bytes = STANDARD
            .decode(key)
            .map_err(|_| "its key is not base64".to_owned())?;
        let key = match bytes.split_first() {
            Some((&ED25519, key)) => <[u8; 32]>::try_from(key)
                .map_err(|_| format!("its key has {} bytes, Ed25519 has 32", key.len()))?,
            Some((kind, _)) => return Err(format!("its algorithm is {kind:#04x}, not Ed25519")),
            None => return Err("its key is empty".to_owned()),
        };
        ed25519::check_key(&key).map_err(|fault| format!("its key is {fault}"))?;
        let id = key_id(name, &key);
        let expected = hex(id);
        if hash != expected {
            return Err(format!(
                "its hash is {hash}, but name and key give {expected}"
            ));
        }
        Ok(Vkey {
            name: name.to_owned(),
            id,
            key,
        })
    }
}

impl fmt::Display for Vkey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = [ED25519; 33];
        key[1..].copy_from_slice(&self.key);
        write!(f, "{}+{}+{}", self.name, hex(self.id), STANDARD.encode(key))
    }
}

fn hex(id: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(id))
}

/// The key id of a name and an Ed25519 key, as C2SP signed notes reckon it.
pub fn key_id(name: &str, key: &[u8; 32]) -> [u8; 4] {
    let mut hasher = Hasher::default();
    hasher.update(name.as_bytes());
    hasher.update(&[b'\n', ED25519]);
    hasher.update(key);
    let [a, b, c, d, ..] = hasher.finish().0;
    [a, b, c, d]
}

/// Whether a text can name a key: not empty, no Unicode space, no plus (C2SP signed-note,
/// *Format*), and none of the control characters that no note may hold.
pub(crate) fn is_key_name(name: &str) -> bool {
    !name.is_empty()
        && !name
            .chars()
            .any(|c| c.is_whitespace() || c == '+' || c < ' ')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The key of the examples of golang.org/x/mod/sumdb/note.
    const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    #[test]
    fn the_example_of_the_go_library_is_read_and_written() {
        let vkey = Vkey::parse(PETER).unwrap();
        assert_eq!(vkey.name, "PeterNeumann");
        assert_eq!(vkey.id, [0xc7, 0x4f, 0x20, 0xa3]);
        assert_eq!(vkey.key[..3], [0x1a, 0x5c, 0xd9]);
        assert_eq!(vkey.to_string(), PETER);
        assert_eq!(Vkey::new("PeterNeumann", vkey.key), Some(vkey));
    }

    #[test]
    fn a_vkey_is_refused_for_what_is_wrong_with_it() {
        let why = |text: &str| Vkey::parse(text).unwrap_err();
        assert_eq!(why("PeterNeumann"), "not of the form name+hash+base64");
        assert_eq!(
            why("PeterNeumann+c74f20a3"),
            "not of the form name+hash+base64"
        );
        assert!(why(&PETER[12..]).contains("name is empty"));
        assert!(why(&PETER.replace('N', "\u{a0}")).contains("space"));
        assert!(why(&PETER.replace("Peter", "Petra")).contains("name and key give"));
        assert!(why(&PETER.replace("c74f20a3", "C74F20A3")).contains("name and key give"));
        assert!(why(&PETER.replace("+AR", "+BB")).contains("algorithm is 0x04"));
        assert!(why(&format!("{PETER}=")).contains("not base64"));
        assert!(why(&PETER[..PETER.len() - 4]).contains("29 bytes"));
        // The identity: of small order.
        let weak = format!(
            "a+00000000+{}",
            STANDARD.encode([&[1u8, 1][..], &[0; 31]].concat())
        );
        assert!(why(&weak).contains("small order"), "{}", why(&weak));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC*(\\+[0-9a-f]{8}\\+[A-Za-z0-9+/]{44})?") {
            if let Ok(vkey) = Vkey::parse(&text) {
                prop_assert_eq!(vkey.to_string(), text);
            }
        }
    }
}
