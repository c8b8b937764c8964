//! One digest: what it says, and what of it is signed.

use super::names::DigestName;
use crate::json::{self, Value};
use crate::{Digest, Limits, Micros, time};

/// A digest as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seal {
    /// SHA-256 of its bytes, decompressed.
    pub hash: Digest,
    pub bucket: String,
    pub object: String,
    pub start: Micros,
    pub end: Micros,
    /// The end as it is written, which is what is signed.
    end_text: String,
    pub fingerprint: String,
    pub algorithm: String,
    pub previous: Option<Previous>,
    pub logs: Vec<Listed>,
    pub chain: ChainKey,
}

/// The digest before, as its successor names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Previous {
    pub bucket: String,
    pub object: String,
    pub hash: Option<Digest>,
    pub signature: Option<String>,
}

/// A log that a digest lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    pub object: String,
    pub hash: Option<Digest>,
    pub algorithm: String,
}

/// Which chain a digest belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ChainKey {
    pub account: String,
    pub region: String,
    pub bucket: String,
    pub trail: String,
    pub backfill: bool,
}

/// CloudTrail's one way to sign.
pub(super) const ALGORITHM: &str = "SHA256withRSA";

impl Seal {
    /// Reads a digest; an `Err` says what is malformed.
    pub fn read(bytes: &[u8]) -> Result<Seal, String> {
        let document =
            json::read(bytes, Limits::default().json_depth).map_err(|e| e.to_string())?;
        if let Some(lapse) = &document.lapse {
            return Err(crate::formats::receipts::describe(lapse));
        }
        let root = document.root;
        let text = |name: &str| {
            root.str_at(&[name])
                .map(str::to_owned)
                .ok_or_else(|| format!("{name} is not a string"))
        };
        let moment = |name: &str| {
            time::rfc3339(&text(name)?).ok_or_else(|| format!("{name} is not an RFC 3339 time"))
        };
        let (bucket, object) = (text("digestS3Bucket")?, text("digestS3Object")?);
        let account = text("awsAccountId")?;
        let logs = root.get("logFiles").and_then(Value::as_array);
        let logs = logs.ok_or("logFiles is not an array")?;
        let logs = logs.iter().map(listed).collect::<Result<Vec<_>, _>>()?;
        let chain = ChainKey::of(&bucket, &object, &account);
        Ok(Seal {
            hash: Digest::of(bytes),
            start: moment("digestStartTime")?,
            end: moment("digestEndTime")?,
            end_text: text("digestEndTime")?,
            fingerprint: text("digestPublicKeyFingerprint")?,
            algorithm: text("digestSignatureAlgorithm")?,
            previous: previous(&root)?,
            bucket,
            object,
            logs,
            chain,
        })
    }

    /// What is signed.
    pub fn string_to_sign(&self) -> Vec<u8> {
        let previous = self
            .previous
            .as_ref()
            .and_then(|previous| previous.signature.as_deref());
        let (bucket, object) = (&self.bucket, &self.object);
        let previous = previous.unwrap_or("null");
        format!(
            "{}\n{bucket}/{object}\n{}\n{previous}",
            self.end_text, self.hash
        )
        .into_bytes()
    }

    /// Whether `previous` names this digest.
    pub fn is_named_by(&self, previous: &Previous) -> bool {
        self.bucket == previous.bucket && self.object == previous.object
    }
}

impl ChainKey {
    fn of(bucket: &str, object: &str, account: &str) -> ChainKey {
        match DigestName::of(object) {
            Some(name) => ChainKey {
                account: name.account.into(),
                region: name.region.into(),
                bucket: bucket.into(),
                trail: name.trail.into(),
                backfill: name.backfill,
            },
            // Another name than CloudTrail gives: the folder says the region.
            None => {
                let mut parts = object
                    .split('/')
                    .skip_while(|part| *part != "CloudTrail-Digest");
                ChainKey {
                    account: account.into(),
                    region: parts.nth(1).unwrap_or("unknown").into(),
                    bucket: bucket.into(),
                    trail: String::new(),
                    backfill: object.contains("_backfill"),
                }
            }
        }
    }
}

fn listed(value: &Value<'_>) -> Result<Listed, String> {
    let text = |name: &str| {
        value
            .str_at(&[name])
            .map(str::to_owned)
            .ok_or_else(|| format!("a log's {name} is not a string"))
    };
    let hash = text("hashValue")?;
    Ok(Listed {
        object: text("s3Object")?,
        hash: Digest::from_hex(&hash.to_ascii_lowercase()),
        algorithm: text("hashAlgorithm")?,
    })
}

fn previous(root: &Value<'_>) -> Result<Option<Previous>, String> {
    let text = |name: &str| match root.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone().into_owned())),
        Some(_) => Err(format!("{name} is neither null nor a string")),
    };
    let bucket = text("previousDigestS3Bucket")?;
    let object = text("previousDigestS3Object")?;
    let hash = text("previousDigestHashValue")?;
    let signature = text("previousDigestSignature")?;
    match (bucket, object) {
        (None, None) if hash.is_none() && signature.is_none() => Ok(None),
        (Some(bucket), Some(object)) => {
            let hash = match hash {
                None => None,
                Some(text) => Some(
                    Digest::from_hex(&text.to_ascii_lowercase())
                        .ok_or("previousDigestHashValue is not a SHA-256 digest in hex")?,
                ),
            };
            Ok(Some(Previous {
                bucket,
                object,
                hash,
                signature,
            }))
        }
        _ => Err("only some of the members that name the previous digest are there".into()),
    }
}

/// The signature of a digest, out of what `aws s3api head-object` printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sidecar {
    pub signature: Option<String>,
    pub algorithm: Option<String>,
}

impl Sidecar {
    pub fn read(bytes: &[u8]) -> Option<Sidecar> {
        let root = json::read(bytes, Limits::default().json_depth).ok()?;
        if matches!(root.lapse, Some(json::Lapse::DuplicateMember { .. })) {
            return None;
        }
        let metadata = root.root.get("Metadata")?.as_object()?;
        let text = |wanted: &str| {
            let found = metadata
                .0
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(wanted));
            found
                .and_then(|(_, value)| value.as_str())
                .map(str::to_owned)
        };
        Some(Sidecar {
            signature: text("signature"),
            algorithm: text("signature-algorithm"),
        })
    }
}

/// The bytes of hex in either case.
pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    let text = text.as_bytes();
    let digit = |c: u8| (c as char).to_digit(16).map(|d| d as u8);
    let (pairs, rest) = text.as_chunks::<2>();
    let bytes = pairs
        .iter()
        .map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?));
    (rest.is_empty() && !pairs.is_empty() && pairs.len() <= 2048)
        .then(|| bytes.collect::<Option<Vec<u8>>>())
        .flatten()
}
