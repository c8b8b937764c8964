//! The manifest: the collector's signed list of a bundle's files (*Seals*, 11 and 12).

use crate::dsse::Envelope;
use crate::json::{self, Value};
use crate::keys::file::Vkey;
use crate::keys::{Standing, Trust, TrustedKey, Vouched, ed25519};
use crate::{Code, Digest, Limits, Micros, time};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeMap;

/// Where it lies, from the bundle's root.
pub(super) const NAME: &str = "manifest.dsse.json";
const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
const STATEMENT: &str = "https://in-toto.io/Statement/v1";
const PREDICATE: &str = "urn:nhi-audit-bundle:v1";

/// What the manifest says.
#[derive(Debug, Clone)]
pub(super) struct Manifest {
    /// SHA-256 of each other file of the bundle, by path.
    pub files: BTreeMap<String, Digest>,
    pub created: Option<Micros>,
    /// What was asked for.
    pub period: Option<(Micros, Micros)>,
    pub streams: Vec<ListedStream>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListedStream {
    pub stream: String,
    pub path: String,
    pub records: u64,
    pub closed: bool,
}

/// What its signature is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Signed {
    Vouched(Vouched),
    /// By a key that the manifest itself names.
    Known,
    /// Nothing that counts, and why.
    Unproven(Code),
    /// A trusted key is named, and the signature does not verify: it is void.
    Void,
}

/// Why a file at the manifest's place cannot be used.
pub(super) type Defect = (Code, String);

/// Reads a manifest and checks its signature.
pub(super) fn read(
    bytes: &[u8],
    trust: &Trust,
    limits: &Limits,
) -> Result<(Manifest, Signed), Defect> {
    let invalid = |why: String| (Code::SealInvalid, why);
    let envelope = Envelope::parse(bytes).map_err(|error| invalid(error.to_string()))?;
    if envelope.payload_type != PAYLOAD_TYPE {
        return Err(invalid(format!("its payload type is not {PAYLOAD_TYPE}")));
    }
    let document = json::read(&envelope.payload, limits.json_depth)
        .map_err(|error| invalid(error.to_string()))?;
    if document.lapse.is_some() {
        return Err(invalid(
            "its statement is not I-JSON: a member stands twice, or a number is too large".into(),
        ));
    }
    let statement = &document.root;
    let other_version =
        |kind: &str| kind != PREDICATE && kind.starts_with(PREDICATE.trim_end_matches("v1"));
    if statement
        .str_at(&["predicateType"])
        .is_some_and(other_version)
    {
        return Err((
            Code::AlgorithmRefused,
            "it is of another version than 1".into(),
        ));
    }
    if statement.str_at(&["_type"]) != Some(STATEMENT)
        || statement.str_at(&["predicateType"]) != Some(PREDICATE)
    {
        return Err(invalid(format!(
            "its statement is not an in-toto Statement v1 with {PREDICATE}"
        )));
    }
    let manifest = contents(statement).map_err(invalid)?;
    let standing = standing(&envelope, statement, manifest.created, trust);
    Ok((manifest, standing))
}

fn contents(statement: &Value<'_>) -> Result<Manifest, String> {
    let mut files = BTreeMap::new();
    for subject in statement
        .get("subject")
        .and_then(Value::as_array)
        .ok_or("it lists no files")?
    {
        let name = subject
            .str_at(&["name"])
            .ok_or("a file in its list has no name")?;
        let digest = subject
            .str_at(&["digest", "sha256"])
            .and_then(Digest::from_hex)
            .ok_or_else(|| format!("the file {name:?} in its list has no SHA-256"))?;
        if files.insert(name.to_owned(), digest).is_some() {
            return Err(format!("the file {name:?} stands twice in its list"));
        }
    }
    let predicate = statement
        .get("predicate")
        .filter(|predicate| predicate.as_object().is_some())
        .ok_or("it has no predicate")?;
    let instant = |path: &[&str]| predicate.str_at(path).and_then(time::rfc3339);
    let mut streams = Vec::new();
    for listed in predicate
        .get("streams")
        .and_then(Value::as_array)
        .unwrap_or_default()
    {
        let text = |name| listed.str_at(&[name]).map(str::to_owned);
        let entry = (
            text("stream"),
            text("path"),
            listed.get("records").and_then(Value::as_u64),
        );
        let (Some(stream), Some(path), Some(records)) = entry else {
            return Err("a stream in its list lacks its id, path or number of records".into());
        };
        let closed = listed
            .get("closed")
            .and_then(Value::as_bool)
            .unwrap_or(false);
        streams.push(ListedStream {
            stream,
            path,
            records,
            closed,
        });
    }
    Ok(Manifest {
        files,
        created: instant(&["created"]),
        period: instant(&["period", "from"]).zip(instant(&["period", "to"])),
        streams,
    })
}

/// A signature that verifies under any trusted key counts, whatever its `keyid`. One that verifies
/// under none is invalid if its `keyid` names a trusted key, else it is by an unknown key.
fn standing(
    envelope: &Envelope,
    statement: &Value<'_>,
    created: Option<Micros>,
    trust: &Trust,
) -> Signed {
    let text = envelope.signed_bytes();
    let mut objection = None;
    let mut names_trusted = false;
    for signature in &envelope.signatures {
        let bytes: Option<[u8; 64]> = signature.sig.as_slice().try_into().ok();
        for (trusted, _) in trust.ed25519() {
            names_trusted |= signature
                .keyid
                .as_deref()
                .is_some_and(|keyid| names(keyid, trusted));
            let Some(bytes) = &bytes else { continue };
            match trusted.check_ed25519(&text, bytes, created) {
                Standing::Vouched(vouched) => return Signed::Vouched(vouched),
                Standing::Objection(code) => objection = Some(code),
                Standing::Failed(ed25519::Check::Weak) => {
                    objection = objection.or(Some(Code::SignatureWeak))
                }
                Standing::Failed(_) => {}
            }
        }
    }
    if let Some(code) = objection {
        return Signed::Unproven(code);
    }
    if names_trusted {
        return Signed::Void;
    }
    let Some(own) = own_key(statement) else {
        return Signed::Unproven(Code::KeyUnknown);
    };
    for signature in &envelope.signatures {
        let Ok(bytes) = <[u8; 64]>::try_from(signature.sig.as_slice()) else {
            continue;
        };
        match ed25519::verify(&own, &text, &bytes) {
            ed25519::Check::Valid => return Signed::Known,
            ed25519::Check::Weak => return Signed::Unproven(Code::SignatureWeak),
            ed25519::Check::Invalid => {}
        }
    }
    Signed::Unproven(Code::KeyUnknown)
}

fn names(keyid: &str, trusted: &TrustedKey) -> bool {
    keyid == trusted.fingerprint()
}

/// `predicate.key`: the collector's key, as in a key file.
fn own_key(statement: &Value<'_>) -> Option<[u8; 32]> {
    let text = statement.str_at(&["predicate", "key"])?;
    let word = text.split(' ').next()?;
    match word.strip_prefix("ed25519:") {
        Some(raw) => STANDARD
            .decode(raw)
            .ok()?
            .try_into()
            .ok()
            .filter(|key| ed25519::check_key(key).is_ok()),
        None => Vkey::parse(word).ok().map(|vkey| vkey.key),
    }
}
