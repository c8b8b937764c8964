//! Keys written as `did:key` and in multibase.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The Ed25519 key that a `did:key` is (did:key method v0.7): `did:key:z` and the base58btc of
/// 0xed 0x01 and the 32 bytes, with nothing behind it but, in a verification method, `#` and the
/// same again. `None` for any other text. Whether the key is a usable one is not looked at.
///
/// Such a key resolves itself; where it stands in evidence, it came with the evidence.
pub fn did_key(text: &str) -> Option<[u8; 32]> {
    let id = text.strip_prefix("did:key:")?;
    let id = match id.split_once('#') {
        Some((id, fragment)) => (id == fragment).then_some(id)?,
        None => id,
    };
    let bytes: [u8; 34] = base58btc(id.strip_prefix('z')?)?.try_into().ok()?;
    let key = bytes.strip_prefix(&[0xed, 0x01])?;
    key.try_into().ok()
}

/// The bytes of a multibase text with the prefix `u`: base64url without padding (multibase, RFC
/// 4648 section 5). One spelling only: padding, the other alphabet and stray last bits are refused.
pub fn multibase_u(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text.strip_prefix('u')?).ok()
}

/// The longest base58 text that is read: 34 bytes need 47 digits at most. The cost of reading is
/// quadratic.
const LONGEST: usize = 64;

/// Base58 in Bitcoin's alphabet: the number in base 256, and a zero byte for each leading `1`.
fn base58btc(text: &str) -> Option<Vec<u8>> {
    const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    if text.len() > LONGEST {
        return None;
    }
    // Little-endian.
    let mut number: Vec<u8> = Vec::new();
    for digit in text.bytes() {
        let mut carry = ALPHABET.iter().position(|known| *known == digit)?;
        for byte in &mut number {
            carry += usize::from(*byte) * 58;
            *byte = (carry % 256) as u8;
            carry /= 256;
        }
        // 255 · 58 + 57 is below 58 · 256, so what is carried out is one byte.
        if carry > 0 {
            number.push(carry as u8);
        }
    }
    number.extend(text.bytes().take_while(|digit| *digit == b'1').map(|_| 0));
    number.reverse();
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::samples::{self, hex};
    use proptest::prelude::*;

    /// W3C did:key, example 1; its key is the public key of the seed of zeros.
    const DID: &str = "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp";
    const KEY: &str = "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29";

    #[test]
    fn the_example_of_the_did_key_registry_resolves() {
        assert_eq!(did_key(DID).unwrap(), *hex(KEY));
        let id = DID.strip_prefix("did:key:").unwrap();
        assert_eq!(did_key(&format!("{DID}#{id}")).unwrap(), *hex(KEY));
    }

    #[test]
    fn published_did_keys_resolve() {
        let path = "agent-receipts/did_key_vectors.json";
        let Some(file) = samples::json("agent-receipts.tar.gz", path) else {
            return;
        };
        let vectors = file["vectors"].as_array().unwrap();
        assert_eq!(vectors.len(), 3);
        for vector in vectors {
            let key = hex(vector["public_key_hex"].as_str().unwrap());
            assert_eq!(did_key(vector["did"].as_str().unwrap()).unwrap(), *key);
            let method = &vector["did_document"]["verificationMethod"][0]["id"];
            assert_eq!(did_key(method.as_str().unwrap()).unwrap(), *key);
        }
    }

    #[test]
    fn other_texts_are_no_did_key() {
        for text in [
            "",
            "did:key:",
            "did:key:z",
            // No multibase prefix, another one, another method.
            "did:key:6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
            "did:key:u6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
            "did:web:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
            // A digit too few, one too many, a digit that base58 leaves out, a leading zero byte.
            "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooW",
            "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWpp",
            "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooW0",
            "did:key:z16MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
            // Another fragment.
            "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp#key-1",
            // An X25519 key (multicodec 0xec), W3C did:key.
            "did:key:z6LSeu9HkTHSfLLeUs2nnzUSNedgDUevfNQgQjQC23ZCit6F",
        ] {
            assert_eq!(did_key(text), None, "{text}");
        }
    }

    #[test]
    fn base58_counts_leading_zeros() {
        // draft-msporny-base58, test vectors.
        assert_eq!(base58btc("2NEpo7TZRRrLZSi2U").unwrap(), b"Hello World!");
        assert_eq!(base58btc("11233QC4").unwrap(), hex("0000287fb4cd"));
        assert_eq!(base58btc("").unwrap(), b"");
        assert_eq!(base58btc(&"z".repeat(65)), None);
    }

    #[test]
    fn multibase_has_one_spelling() {
        // RFC 4648, section 10, and 0xfb 0xff.
        assert_eq!(multibase_u("uZm9vYg").unwrap(), b"foob");
        assert_eq!(multibase_u("u-_8").unwrap(), [0xfb, 0xff]);
        assert_eq!(multibase_u("u").unwrap(), b"");
        for text in [
            "",
            "Zm9vYg",
            "uZm9vYg==",
            "uZm9vYh",
            "u+/8",
            "uZm9v Yg",
            "mZm9vYg",
        ] {
            assert_eq!(multibase_u(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "(did:key:z)?\\PC{0,70}") {
            did_key(&text);
            multibase_u(&text);
        }

        #[test]
        fn any_base58_text_is_read_without_panic(text in "[1-9A-HJ-NP-Za-km-z]{0,70}") {
            base58btc(&text);
        }
    }
}
