//! A digest and its sidecar, read strictly.

use super::names::{self, DigestKey};
use crate::json::{self, Value};
use crate::{Digest, Micros, time};

/// The one signature algorithm that the format has.
pub(super) const ALGORITHM: &str = "SHA256withRSA";
/// The one hash algorithm.
pub(super) const HASH: &str = "SHA-256";

/// A longer digest, sidecar or key list is not read: AWS writes one line for each log of an hour.
pub(super) const MOST_BYTES: u64 = 64 << 20;
/// An object, a list, an object, and room to spare.
const DEPTH: usize = 32;

/// What a digest says. Member names are those of the *CloudTrail User Guide*.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seal {
    /// What `digestS3Object` says.
    pub key: DigestKey,
    /// `digestStartTime`
    pub start: Micros,
    /// `digestEndTime`
    pub end: Micros,
    /// `digestEndTime` as it is written, for it is signed so.
    pub end_text: String,
    /// `digestS3Bucket`
    pub bucket: String,
    /// `digestS3Object`
    pub object: String,
    /// `digestPublicKeyFingerprint`
    pub fingerprint: String,
    /// `digestSignatureAlgorithm`
    pub algorithm: String,
    /// The digest before; `None` at a chain's beginning.
    pub previous: Option<Previous>,
    /// `previousDigestSignature`
    pub previous_signature: Option<String>,
    /// `logFiles`
    pub logs: Vec<Listed>,
}

/// What a digest says of the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Previous {
    pub object: String,
    pub hash: Option<Hash>,
}

/// A log that a digest lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    pub object: String,
    pub hash: Hash,
}

/// A hash as a digest gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    Sha256(Digest),
    /// Another algorithm's: nothing is compared with it.
    Refused,
}

impl Seal {
    /// Reads a digest. The text says why it is none.
    pub fn read(bytes: &[u8]) -> Result<Seal, String> {
        let document = strict(bytes)?;
        let root = &document;
        let object = text(root, "digestS3Object")?;
        let key = names::digest_key(&object)
            .ok_or_else(|| format!("its digestS3Object is no key of a digest: {object}"))?;
        let end_text = text(root, "digestEndTime")?;
        let seal = Seal {
            start: moment("digestStartTime", &text(root, "digestStartTime")?)?,
            end: moment("digestEndTime", &end_text)?,
            bucket: text(root, "digestS3Bucket")?,
            fingerprint: text(root, "digestPublicKeyFingerprint")?,
            algorithm: text(root, "digestSignatureAlgorithm")?,
            previous: previous(root)?,
            previous_signature: nullable(root, "previousDigestSignature")?,
            logs: logs(root)?,
            key,
            end_text,
            object,
        };
        if seal.end < seal.start {
            return Err("it ends before it starts".into());
        }
        Ok(seal)
    }

    /// What is signed, given the SHA-256 of the digest's own bytes.
    pub fn string_to_sign(&self, own: &Digest) -> String {
        let before = self.previous_signature.as_deref().unwrap_or("null");
        format!(
            "{}\n{}/{}\n{own}\n{before}",
            self.end_text, self.bucket, self.object
        )
    }
}

/// JSON that two readers cannot read differently.
fn strict(bytes: &[u8]) -> Result<Value<'_>, String> {
    let document = json::read(bytes, DEPTH).map_err(|error| error.to_string())?;
    match document.lapse {
        Some(lapse) => Err(format!(
            "JSON that two readers may read differently: {lapse:?}"
        )),
        None => Ok(document.root),
    }
}

fn text(value: &Value<'_>, name: &str) -> Result<String, String> {
    let text = value.get(name).and_then(Value::as_str);
    text.map(str::to_owned)
        .ok_or_else(|| format!("its {name} is missing or no text"))
}

fn nullable(value: &Value<'_>, name: &str) -> Result<Option<String>, String> {
    match value.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.to_string())),
        Some(_) => Err(format!("its {name} is neither a text nor null")),
    }
}

fn moment(name: &str, text: &str) -> Result<Micros, String> {
    time::rfc3339(text).ok_or_else(|| format!("its {name} is no time: {text}"))
}

fn previous(root: &Value<'_>) -> Result<Option<Previous>, String> {
    let value = nullable(root, "previousDigestHashValue")?;
    let algorithm = nullable(root, "previousDigestHashAlgorithm")?;
    let Some(object) = nullable(root, "previousDigestS3Object")? else {
        return Ok(None);
    };
    let hash = match value {
        None => None,
        Some(value) => Some(hash(
            "previousDigestHashValue",
            &value,
            algorithm.as_deref(),
        )?),
    };
    Ok(Some(Previous { object, hash }))
}

fn logs(root: &Value<'_>) -> Result<Vec<Listed>, String> {
    let list = root.get("logFiles").and_then(Value::as_array);
    let list = list.ok_or("its logFiles are missing or no list")?;
    list.iter()
        .map(|log| {
            let algorithm = text(log, "hashAlgorithm")?;
            Ok(Listed {
                object: text(log, "s3Object")?,
                hash: hash("hashValue", &text(log, "hashValue")?, Some(&algorithm))?,
            })
        })
        .collect()
}

fn hash(name: &str, value: &str, algorithm: Option<&str>) -> Result<Hash, String> {
    if algorithm.is_some_and(|algorithm| algorithm != HASH) {
        return Ok(Hash::Refused);
    }
    let digest = Digest::from_hex(&value.to_ascii_lowercase());
    digest
        .map(Hash::Sha256)
        .ok_or_else(|| format!("its {name} is no SHA-256 in hex"))
}

/// What `aws s3api head-object` printed of a digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sidecar {
    /// `Metadata.signature`, hex.
    pub signature: Option<String>,
    /// `Metadata."signature-algorithm"`
    pub algorithm: Option<String>,
}

impl Sidecar {
    /// Reads a sidecar. The text says why it is none.
    pub fn read(bytes: &[u8]) -> Result<Sidecar, String> {
        let root = strict(bytes)?;
        let metadata = root.get("Metadata").ok_or("it has no Metadata")?;
        Ok(Sidecar {
            signature: nullable(metadata, "signature")?,
            algorithm: nullable(metadata, "signature-algorithm")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SOUND: &str = r#"{"awsAccountId":"1","digestStartTime":"2026-06-01T00:00:00Z","digestEndTime":"2026-06-01T01:00:00Z",
"digestS3Bucket":"b","digestS3Object":"AWSLogs/1/CloudTrail-Digest/r/2026/06/01/1_CloudTrail-Digest_r_t_r_20260601T010000Z.json.gz",
"digestPublicKeyFingerprint":"f","digestSignatureAlgorithm":"SHA256withRSA","newestEventTime":null,"oldestEventTime":null,
"previousDigestS3Bucket":null,"previousDigestS3Object":null,"previousDigestHashValue":null,"previousDigestHashAlgorithm":null,
"previousDigestSignature":null,"logFiles":[]}"#;

    #[test]
    fn the_string_to_sign_is_the_published_one() {
        let seal = Seal::read(SOUND.as_bytes()).unwrap();
        assert_eq!(seal.previous, None);
        // `printf '' | sha256sum`
        let lines = "2026-06-01T01:00:00Z\nb/AWSLogs/1/CloudTrail-Digest/r/2026/06/01/1_CloudTrail-Digest_r_t_r_20260601T010000Z.json.gz\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n";
        assert_eq!(
            seal.string_to_sign(&Digest::of(b"")),
            format!("{lines}null")
        );
        let later = Seal {
            previous_signature: Some("0abc".into()),
            ..seal
        };
        assert_eq!(
            later.string_to_sign(&Digest::of(b"")),
            format!("{lines}0abc")
        );
    }

    #[test]
    fn a_digest_that_is_not_what_its_format_allows_is_refused() {
        for (from, to, words) in [
            (
                "\"logFiles\":[]",
                "\"logFiles\":{}",
                "its logFiles are missing or no list",
            ),
            (
                "\"logFiles\":[]",
                "\"logFiles\":[1]",
                "its hashAlgorithm is missing or no text",
            ),
            (
                "\"digestS3Bucket\":\"b\"",
                "\"digestS3Bucket\":7",
                "its digestS3Bucket is missing or no text",
            ),
            (
                "T01:00:00Z\",",
                "T25:00:00Z\",",
                "its digestEndTime is no time: 2026-06-01T25:00:00Z",
            ),
            (
                "\"2026-06-01T00",
                "\"2026-06-01T02",
                "it ends before it starts",
            ),
            (
                "Signature\":null",
                "Signature\":1",
                "its previousDigestSignature is neither a text nor null",
            ),
        ] {
            let text = SOUND.replacen(from, to, 1);
            assert_ne!(text, SOUND, "{from}");
            assert_eq!(Seal::read(text.as_bytes()), Err(words.to_owned()), "{to}");
        }
        let twice = SOUND.replacen('{', "{\"logFiles\":[],", 1);
        assert_eq!(
            Seal::read(twice.as_bytes()),
            Err("JSON that two readers may read differently: DuplicateMember { name: \"logFiles\" }".into())
        );
    }

    #[test]
    fn a_sidecar_gives_the_signature_in_the_metadata() {
        let read = |text: &str| Sidecar::read(text.as_bytes());
        assert_eq!(
            read(
                r#"{"ETag":"x","Metadata":{"signature":"ab","signature-algorithm":"SHA256withRSA"}}"#
            ),
            Ok(Sidecar {
                signature: Some("ab".into()),
                algorithm: Some(ALGORITHM.into())
            })
        );
        assert_eq!(
            read(r#"{"Metadata":{}}"#),
            Ok(Sidecar {
                signature: None,
                algorithm: None
            })
        );
        assert_eq!(read("{}"), Err("it has no Metadata".into()));
    }

    proptest! {
        #[test]
        fn a_damaged_digest_is_read_without_panic(at in 0..SOUND.len(), to: u8) {
            let mut bytes = SOUND.as_bytes().to_vec();
            bytes[at] = to;
            let _ = (Seal::read(&bytes), Sidecar::read(&bytes));
        }
    }
}
