//! DSSE v1 envelopes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer, SigningKey};

/// The payload type of in-toto statements.
pub const IN_TOTO: &str = "application/vnd.in-toto+json";

/// What DSSE signs: `DSSEv1 SP LEN(type) SP type SP LEN(body) SP body`.
pub fn pre_authentication(payload_type: &str, body: &[u8]) -> Vec<u8> {
    let mut out = format!(
        "DSSEv1 {} {payload_type} {} ",
        payload_type.len(),
        body.len()
    )
    .into_bytes();
    out.extend_from_slice(body);
    out
}

/// An envelope around `body`, signed once.
pub fn envelope(body: &[u8], key: &SigningKey, keyid: &str) -> String {
    let signature = key.sign(&pre_authentication(IN_TOTO, body)).to_bytes();
    envelope_with(body, keyid, &signature)
}

/// An envelope with a given signature.
pub fn envelope_with(body: &[u8], keyid: &str, signature: &[u8]) -> String {
    format!(
        "{{\"payloadType\":\"{IN_TOTO}\",\"payload\":\"{}\",\"signatures\":[{{\"keyid\":\"{keyid}\",\"sig\":\"{}\"}}]}}\n",
        STANDARD.encode(body),
        STANDARD.encode(signature),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pre_authentication_is_that_of_the_protocols_example() {
        // DSSE protocol.md, test vector.
        assert_eq!(
            pre_authentication("http://example.com/HelloWorld", b"hello world"),
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
    }
}
