//! DSSE v1 envelopes.

use crate::json::{self, Lapse, Value};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// How deep an envelope may nest: its own two levels, and room for members that are not known.
const DEPTH: usize = 128;
/// The most signatures that are read.
const MOST_SIGNATURES: usize = 100;

/// An envelope, not yet verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// `payloadType`.
    pub payload_type: String,
    /// The payload, decoded.
    pub payload: Vec<u8>,
    /// The signatures in order.
    pub signatures: Vec<DsseSignature>,
}

/// A signature of an envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DsseSignature {
    /// Only a hint.
    pub keyid: Option<String>,
    /// Decoded.
    pub sig: Vec<u8>,
}

/// Why a file is no envelope, in plain words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DsseError(pub String);

fn refused<T>(why: impl Into<String>) -> Result<T, DsseError> {
    Err(DsseError(why.into()))
}

impl Envelope {
    /// Reads an envelope: I-JSON, standard or URL-safe base64 with or without padding. There is at
    /// least one signature; members that are not known are passed over.
    pub fn parse(bytes: &[u8]) -> Result<Envelope, DsseError> {
        let document = match json::read(bytes, DEPTH) {
            Ok(document) => document,
            Err(error) => return refused(format!("the envelope is {error}")),
        };
        if let Some(lapse) = &document.lapse {
            return refused(match lapse {
                Lapse::DuplicateMember { name } => {
                    format!("the member {name:.100?} stands twice in the envelope")
                }
                Lapse::LoneSurrogate => "the envelope holds a lone surrogate".to_owned(),
                Lapse::BigInteger { text } => {
                    format!("the envelope holds {text:.100}, which is past 2^53")
                }
            });
        }
        let envelope = &document.root;
        let Some(payload_type) = envelope.str_at(&["payloadType"]) else {
            return refused("the envelope has no payloadType");
        };
        let payload = decoded(envelope, "payload")?;
        let signatures = match envelope.get("signatures").and_then(Value::as_array) {
            Some(signatures) if signatures.len() > MOST_SIGNATURES => {
                return refused(format!(
                    "the envelope has more than {MOST_SIGNATURES} signatures"
                ));
            }
            Some(signatures) if !signatures.is_empty() => signatures,
            _ => return refused("the envelope has no signatures"),
        };
        let signatures = signatures.iter().map(signature).collect::<Result<_, _>>()?;
        Ok(Envelope {
            payload_type: payload_type.to_owned(),
            payload,
            signatures,
        })
    }

    /// What is signed: the pre-authentication encoding
    /// `DSSEv1 SP len(type) SP type SP len(payload) SP payload`, lengths in bytes and decimal.
    pub fn signed_bytes(&self) -> Vec<u8> {
        let (kind, payload) = (&self.payload_type, &self.payload);
        let mut bytes = format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len()).into_bytes();
        bytes.extend_from_slice(payload);
        bytes
    }
}

impl DsseSignature {
    /// The signature as one of Ed25519; `None` where it is not 64 bytes long.
    pub fn ed25519(&self) -> Option<[u8; 64]> {
        self.sig.as_slice().try_into().ok()
    }
}

/// Reads one entry of `signatures`. A `keyid` may be left out or null.
fn signature(entry: &Value<'_>) -> Result<DsseSignature, DsseError> {
    let keyid = match entry.get("keyid") {
        None | Some(Value::Null) => None,
        Some(Value::String(keyid)) => Some(keyid.to_string()),
        Some(_) => return refused("a signature's keyid is not a text"),
    };
    Ok(DsseSignature {
        keyid,
        sig: decoded(entry, "sig")?,
    })
}

/// The bytes of a member in base64. DSSE v1 allows both alphabets; padding is optional, and the
/// rest is strict: one alphabet a text, no white space, no stray last bits.
fn decoded(value: &Value<'_>, name: &str) -> Result<Vec<u8>, DsseError> {
    const CONFIG: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, CONFIG);
    const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, CONFIG);
    let Some(text) = value.str_at(&[name]) else {
        return refused(format!("the envelope has a {name} missing"));
    };
    let engine = if text.contains(['-', '_']) {
        URL_SAFE
    } else {
        STANDARD
    };
    engine
        .decode(text)
        .map_err(|_| DsseError(format!("the envelope's {name} is not base64")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The example of the DSSE v1 protocol (secure-systems-lab/dsse, protocol.md, *Test vectors*).
    const EXAMPLE: &str = r#"{"payload":"aGVsbG8gd29ybGQ=","payloadType":"http://example.com/HelloWorld","signatures":[{"sig":"A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="}]}"#;

    fn error(text: &str) -> String {
        Envelope::parse(text.as_bytes()).unwrap_err().0
    }

    #[test]
    fn the_example_of_the_protocol_is_read_and_encoded() {
        let envelope = Envelope::parse(EXAMPLE.as_bytes()).unwrap();
        assert_eq!(envelope.payload_type, "http://example.com/HelloWorld");
        assert_eq!(envelope.payload, b"hello world");
        assert_eq!(
            (envelope.signatures.len(), &envelope.signatures[0].keyid),
            (1, &None)
        );
        assert_eq!(
            envelope.signatures[0].ed25519().unwrap()[..3],
            [0x03, 0x72, 0x6a]
        );
        let signed = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world";
        assert_eq!(envelope.signed_bytes(), signed);
    }

    #[test]
    fn lengths_are_of_bytes() {
        let envelope = Envelope {
            payload_type: "é".to_owned(),
            payload: vec![0xff, 0],
            signatures: Vec::new(),
        };
        assert_eq!(envelope.signed_bytes(), b"DSSEv1 2 \xc3\xa9 2 \xff\0");
        let empty = Envelope {
            payload_type: String::new(),
            payload: Vec::new(),
            signatures: Vec::new(),
        };
        assert_eq!(empty.signed_bytes(), b"DSSEv1 0  0 ");
    }

    #[test]
    fn either_alphabet_is_read_and_padding_is_optional() {
        let payload = |text: &str| {
            let text = EXAMPLE.replace("aGVsbG8gd29ybGQ=", text);
            Envelope::parse(text.as_bytes()).map(|envelope| envelope.payload)
        };
        for text in ["+/8=", "-_8=", "+/8", "-_8"] {
            assert_eq!(payload(text), Ok(vec![0xfb, 0xff]), "{text}");
        }
        assert_eq!(payload(""), Ok(Vec::new()));
        let not_base64 = Err(DsseError("the envelope's payload is not base64".to_owned()));
        for text in ["+_8=", "+/9=", "+/8==", "+", " +/8=", "+/8=\\n", "+/8=+/8="] {
            assert_eq!(payload(text), not_base64, "{text}");
        }
    }

    #[test]
    fn a_hint_may_be_there_or_not_and_other_members_are_passed_over() {
        for (members, expected) in [
            (r#""keyid":"SHA256:a","#, Some("SHA256:a")),
            (r#""keyid":"","#, Some("")),
            (r#""keyid":null,"#, None),
            (r#""cert":"x","#, None),
        ] {
            let text = EXAMPLE.replace("{\"sig\"", &format!("{{{members}\"sig\""));
            let envelope = Envelope::parse(text.as_bytes()).unwrap();
            assert_eq!(envelope.signatures[0].keyid.as_deref(), expected);
        }
        let text = EXAMPLE.replacen('{', r#"{"more":{"sig":1},"#, 1);
        assert!(Envelope::parse(text.as_bytes()).is_ok());
    }

    #[test]
    fn what_is_not_an_envelope_is_refused() {
        for (text, says) in [
            ("".to_owned(), "the envelope is not JSON"),
            (format!("{EXAMPLE}x"), "not JSON"),
            ("[]".to_owned(), "no payloadType"),
            (
                EXAMPLE.replace("payloadType", "PayloadType"),
                "no payloadType",
            ),
            (
                EXAMPLE.replace("\"payload\"", "\"Payload\""),
                "payload missing",
            ),
            (EXAMPLE.replace("\"sig\"", "\"Sig\""), "sig missing"),
            (
                EXAMPLE.replace("\"sig\"", "\"keyid\":1,\"sig\""),
                "keyid is not a text",
            ),
            (EXAMPLE.replace("signatures", "Signatures"), "no signatures"),
            (
                r#"{"payload":"","payloadType":"","signatures":[]}"#.to_owned(),
                "no signatures",
            ),
            (
                r#"{"payload":"","payloadType":"","signatures":{}}"#.to_owned(),
                "no signatures",
            ),
            (
                r#"{"payload":"","payloadType":"","signatures":[1]}"#.to_owned(),
                "sig missing",
            ),
            (
                EXAMPLE.replacen('{', r#"{"payload":"","#, 1),
                "stands twice",
            ),
            (
                EXAMPLE.replacen('{', r#"{"more":{"a":1,"a":1},"#, 1),
                "stands twice",
            ),
            (
                EXAMPLE.replacen('{', r#"{"more":"\ud800","#, 1),
                "lone surrogate",
            ),
            (
                EXAMPLE.replacen('{', r#"{"more":9007199254740992,"#, 1),
                "past 2^53",
            ),
            (format!("{{\"a\":{}", "[".repeat(1000)), "nested deeper"),
        ] {
            let found = error(&text);
            assert!(found.contains(says), "{text}: {found}");
        }
        let many = format!("[{}{{\"sig\":\"\"}}]", "{\"sig\":\"\"},".repeat(100));
        let text = format!("{{\"payload\":\"\",\"payloadType\":\"\",\"signatures\":{many}}}");
        assert_eq!(error(&text), "the envelope has more than 100 signatures");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = Envelope::parse(&bytes);
        }

        #[test]
        fn a_damaged_envelope_is_read_without_panic(at in any::<usize>(), to in any::<u8>()) {
            let mut bytes = EXAMPLE.as_bytes().to_vec();
            let at = at % bytes.len();
            bytes[at] = to;
            let _ = Envelope::parse(&bytes);
        }

        /// Two different pairs of type and payload never share what is signed.
        #[test]
        fn the_encoding_is_unambiguous(a in "[ 0-9a]{0,6}", b in "[ 0-9a]{0,6}", cut in 0usize..13) {
            let joined = format!("{a}{b}");
            let cut = cut.min(joined.len());
            let encoded = |kind: &str, payload: &str| {
                let (payload_type, payload) = (kind.to_owned(), payload.as_bytes().to_vec());
                Envelope { payload_type, payload, signatures: Vec::new() }.signed_bytes()
            };
            let other = (&joined[..cut], &joined[cut..]);
            prop_assert_eq!(encoded(&a, &b) == encoded(other.0, other.1), other == (&*a, &*b));
        }
    }
}
