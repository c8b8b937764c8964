//! One receipt: what it says, its canonical form, and the signature it carries.

use super::rotation::Rotation;
use crate::json::{self, Lapse, Object, Value};
use crate::keys::did_key;
use crate::{Digest, Micros, time};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use std::borrow::Cow;

/// One receipt as it was read. Every member is there even where the receipt is malformed, as far
/// as it could be read, so that a damaged receipt keeps its place in its chain.
pub(super) struct Document<'a> {
    /// The receipt without `proof` and without members that are null; `None` where it is no JSON
    /// object.
    pub root: Option<Value<'a>>,
    /// The first thing that the format does not allow in it.
    pub malformed: Option<String>,
    /// Why its version is refused.
    pub refused: Option<String>,
    /// SHA-256 of the canonical form; `None` where it has none.
    pub hash: Option<Digest>,
    /// `credentialSubject.chain.sequence`.
    pub sequence: Option<u64>,
    /// What `previous_receipt_hash` names; `None` for null.
    pub previous: Option<Digest>,
    /// When it happened: `action.timestamp`, else `issuanceDate`.
    pub time: Option<Micros>,
    /// When it was signed, as far as it says: the later of the two.
    pub signed_at: Option<Micros>,
    /// `chain.terminal`.
    pub terminal: bool,
    /// `keyRotation`.
    pub rotation: Option<Box<Rotation>>,
    /// The signature.
    pub proof: Proof,
    /// The key that the receipt itself names by a did:key.
    pub own_key: Option<[u8; 32]>,
    /// Members that the canonical form leaves out.
    pub uncovered: Uncovered,
}

/// What stands in `proof`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Proof {
    /// An Ed25519 signature.
    Signature(Box<[u8; 64]>),
    /// None, and what is missing.
    Missing(&'static str),
    /// Of a type that the format does not allow.
    Refused(String),
    /// A signature that cannot be one, and why.
    Undecodable(&'static str),
}

/// The members of a receipt that its signature leaves out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Uncovered {
    /// Which of [`PROOF_MEMBERS`] there are, a bit for each.
    pub proof: u8,
    /// Others, in the order of the text; at most [`MOST_NAMES`].
    pub others: Vec<String>,
}

/// The members that a proof block has beside the signature itself.
pub(super) const PROOF_MEMBERS: [&str; 4] = [
    "proof.type",
    "proof.created",
    "proof.verificationMethod",
    "proof.proofPurpose",
];

/// How many other names are kept.
pub(super) const MOST_NAMES: usize = 16;

impl<'a> Document<'a> {
    /// A receipt of which nothing could be read.
    pub fn unreadable(why: String) -> Document<'a> {
        Document {
            root: None,
            malformed: Some(why),
            refused: None,
            hash: None,
            sequence: None,
            previous: None,
            time: None,
            signed_at: None,
            terminal: false,
            rotation: None,
            proof: Proof::Missing("proof"),
            own_key: None,
            uncovered: Uncovered::default(),
        }
    }

    /// Reads one receipt and appends its canonical form to `canonical`.
    pub fn read(bytes: &'a [u8], depth: usize, canonical: &mut Vec<u8>) -> Document<'a> {
        let document = match json::read(bytes, depth) {
            Ok(document) => document,
            Err(error) => return Document::unreadable(error.to_string()),
        };
        // Half of a pair was read as U+FFFD: there are no bytes that two readers would agree on.
        let unsure = document.lapse == Some(Lapse::LoneSurrogate);
        let lapse = document.lapse.map(|lapse| describe(&lapse));
        let mut root = document.root;
        let Value::Object(members) = &mut root else {
            return Document::unreadable("not a JSON object".into());
        };
        let mut receipt = Document {
            malformed: None,
            ..Document::unreadable(String::new())
        };
        let proof = members
            .0
            .iter()
            .position(|(name, _)| name == "proof")
            .map(|place| members.0.remove(place).1);
        leave_out_nulls(&mut root, &mut receipt.uncovered);
        receipt.proof = read_proof(proof.as_ref(), &mut receipt);
        let fault = receipt.read_members(&root);
        receipt.malformed = lapse.or(receipt.malformed).or(fault);
        let start = canonical.len();
        match json::canonical(&root, canonical) {
            Ok(()) if unsure => canonical.truncate(start),
            Ok(()) => receipt.hash = Some(Digest::of(&canonical[start..])),
            Err(error) => {
                canonical.truncate(start);
                receipt.malformed.get_or_insert_with(|| error.to_string());
            }
        }
        receipt.own_key = own_key(&root, proof.as_ref());
        receipt.root = Some(root);
        receipt
    }

    /// The chain's id.
    pub fn chain(&self) -> Option<&str> {
        self.root
            .as_ref()?
            .str_at(&["credentialSubject", "chain", "chain_id"])
    }

    /// Who issued it.
    pub fn issuer(&self) -> Option<&str> {
        self.root.as_ref()?.str_at(&["issuer", "id"])
    }

    /// Reads what the chain needs, and gives the first member that is missing or ill-typed.
    fn read_members(&mut self, root: &Value<'_>) -> Option<String> {
        let mut fault = None;
        let mut want = |ok: bool, what: &str| {
            if !ok && fault.is_none() {
                fault = Some(what.to_owned());
            }
        };
        let subject = root.get("credentialSubject");
        let chain = subject.and_then(|subject| subject.get("chain"));
        let action = subject.and_then(|subject| subject.get("action"));

        match root.str_at(&["version"]) {
            Some(version) if !is_known_version(version) => {
                self.refused = Some(format!("version {version:?} is none of 0.1 to 0.5"));
            }
            version => want(version.is_some(), "version is not a string"),
        }
        want(root.str_at(&["id"]).is_some(), "id is not a string");
        want(
            root.str_at(&["issuer", "id"]).is_some(),
            "issuer.id is not a string",
        );
        let issued = root.str_at(&["issuanceDate"]).and_then(time::rfc3339);
        want(issued.is_some(), "issuanceDate is not an RFC 3339 time");
        want(
            action.is_some_and(|action| action.str_at(&["type"]).is_some()),
            "action.type is not a string",
        );
        let acted = match action.and_then(|action| action.get("timestamp")) {
            None => None,
            Some(text) => {
                let acted = text.as_str().and_then(time::rfc3339);
                want(acted.is_some(), "action.timestamp is not an RFC 3339 time");
                acted
            }
        };
        self.time = acted.or(issued);
        self.signed_at = acted.max(issued);

        let id = chain.and_then(|chain| chain.str_at(&["chain_id"]));
        want(
            id.is_some_and(|id| !id.is_empty()),
            "chain.chain_id is not a string",
        );
        self.sequence = chain
            .and_then(|chain| chain.get("sequence"))
            .and_then(Value::as_u64)
            .filter(|&sequence| (1..1 << 53).contains(&sequence));
        want(
            self.sequence.is_some(),
            "chain.sequence is not an integer from 1",
        );
        match chain.and_then(|chain| chain.get("previous_receipt_hash")) {
            Some(Value::Null) => {}
            Some(Value::String(text)) => {
                self.previous = text.strip_prefix("sha256:").and_then(Digest::from_hex);
                want(
                    self.previous.is_some(),
                    "chain.previous_receipt_hash is not sha256: and 64 lower-case hex digits",
                );
            }
            _ => want(
                false,
                "chain.previous_receipt_hash is neither null nor a string",
            ),
        }
        want(
            self.sequence != Some(1) || self.previous.is_none(),
            "the first receipt of a chain names a predecessor",
        );
        match chain.and_then(|chain| chain.get("terminal")) {
            None => {}
            Some(Value::Bool(terminal)) => self.terminal = *terminal,
            Some(_) => want(false, "chain.terminal is neither true nor false"),
        }
        match subject.and_then(|subject| subject.get("keyRotation")) {
            None => {}
            Some(rotation @ Value::Object(_)) => {
                self.rotation = Some(Box::new(Rotation::read(rotation)));
            }
            Some(_) => want(false, "keyRotation is not an object"),
        }
        fault
    }
}

/// What JSON allows and a receipt may not hold.
pub(crate) fn describe(lapse: &Lapse) -> String {
    match lapse {
        Lapse::DuplicateMember { name } => format!("the member {name:?} stands twice"),
        Lapse::LoneSurrogate => "a \\u escape is half of a pair".into(),
        Lapse::BigInteger { text } => {
            let shown: String = text.chars().take(40).collect();
            format!("the integer {shown} is outside ±(2^53 − 1)")
        }
    }
}

/// `0.1.x` to `0.5.x`.
fn is_known_version(version: &str) -> bool {
    let mut parts = version.split('.');
    let digits = |part: &str| {
        !part.is_empty() && part.len() < 10 && part.bytes().all(|c| c.is_ascii_digit())
    };
    parts.next() == Some("0")
        && matches!(parts.next(), Some("1" | "2" | "3" | "4" | "5"))
        && parts.next().is_some_and(digits)
        && parts.next().is_none()
}

/// Takes out members that are null, as the format does before it canonicalises (ADR-0009, rule 2):
/// all but `credentialSubject.chain.previous_receipt_hash`. Nulls in arrays stay.
fn leave_out_nulls(root: &mut Value<'_>, uncovered: &mut Uncovered) {
    let beginning = root
        .at(&["credentialSubject", "chain", "previous_receipt_hash"])
        .is_some_and(Value::is_null);
    let mut open = vec![&mut *root];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(Object(members)) => {
                if members.iter().any(|(_, value)| value.is_null()) {
                    members.retain(|(name, value)| {
                        let null = value.is_null();
                        if null && !(beginning && name == "previous_receipt_hash") {
                            uncovered.add(name);
                        }
                        !null
                    });
                }
                let inner = members.iter_mut().map(|(_, value)| value);
                open.extend(inner.filter(|value| is_container(value)));
            }
            Value::Array(values) => open.extend(values.iter_mut().filter(|v| is_container(v))),
            _ => {}
        }
    }
    if beginning {
        let chain = member_mut(root, "credentialSubject").and_then(|v| member_mut(v, "chain"));
        if let Some(Value::Object(Object(members))) = chain {
            members.push((Cow::Borrowed("previous_receipt_hash"), Value::Null));
        }
    }
}

fn is_container(value: &Value<'_>) -> bool {
    matches!(value, Value::Object(_) | Value::Array(_))
}

fn member_mut<'v, 'a>(value: &'v mut Value<'a>, name: &str) -> Option<&'v mut Value<'a>> {
    match value {
        Value::Object(Object(members)) => members
            .iter_mut()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value),
        _ => None,
    }
}

impl Uncovered {
    fn add(&mut self, name: &str) {
        if self.others.len() < MOST_NAMES && !self.others.iter().any(|known| known == name) {
            self.others.push(name.chars().take(200).collect());
        }
    }

    /// Adds what another receipt leaves out.
    pub fn join(&mut self, other: &Uncovered) {
        self.proof |= other.proof;
        other.others.iter().for_each(|name| self.add(name));
    }

    /// The names.
    pub fn names(&self) -> Vec<String> {
        let named = PROOF_MEMBERS.iter().enumerate();
        let proof = named.filter(|(bit, _)| self.proof >> bit & 1 == 1);
        proof
            .map(|(_, name)| (*name).to_owned())
            .chain(self.others.iter().cloned())
            .collect()
    }
}

fn read_proof(proof: Option<&Value<'_>>, receipt: &mut Document<'_>) -> Proof {
    let Some(proof) = proof.filter(|proof| !proof.is_null()) else {
        return Proof::Missing("it has no proof");
    };
    let Some(members) = proof.as_object() else {
        receipt.malformed = Some("proof is not an object".into());
        return Proof::Missing("its proof is not an object");
    };
    for (name, _) in &members.0 {
        match PROOF_MEMBERS.iter().position(|known| known[6..] == **name) {
            Some(bit) => receipt.uncovered.proof |= 1 << bit,
            None if name == "proofValue" => {}
            None => receipt.uncovered.add(&format!("proof.{name}")),
        }
    }
    match proof.get("type") {
        Some(Value::String(kind)) if kind == "Ed25519Signature2020" => {}
        Some(Value::String(kind)) => {
            return Proof::Refused(format!("proof.type {kind:?} is not Ed25519Signature2020"));
        }
        _ => {
            receipt.malformed = Some("proof.type is not a string".into());
            return Proof::Missing("its proof has no type");
        }
    }
    match proof.get("proofValue") {
        None | Some(Value::Null) => Proof::Missing("its proof has no proofValue"),
        Some(Value::String(text)) if text.is_empty() => {
            Proof::Missing("its proof's proofValue is empty")
        }
        Some(Value::String(text)) => match decode(text) {
            Ok(signature) => Proof::Signature(signature),
            Err(why) => Proof::Undecodable(why),
        },
        Some(_) => {
            receipt.malformed = Some("proof.proofValue is not a string".into());
            Proof::Missing("its proof's proofValue is not a string")
        }
    }
}

/// `u` and unpadded base64url of 64 bytes.
fn decode(text: &str) -> Result<Box<[u8; 64]>, &'static str> {
    let text = text
        .strip_prefix('u')
        .ok_or("proofValue does not begin with the multibase u")?;
    // One spelling for one signature: the alphabet without padding, and no bits left over.
    let mut signature = Box::new([0; 64]);
    match URL_SAFE_NO_PAD.decode_slice(text, &mut signature[..]) {
        Ok(64) => Ok(signature),
        _ => Err("proofValue is not base64url of 64 bytes"),
    }
}

/// A did:key in `issuer.id`, else in `proof.verificationMethod`: a key that came with the evidence.
fn own_key(root: &Value<'_>, proof: Option<&Value<'_>>) -> Option<[u8; 32]> {
    let issuer = root.str_at(&["issuer", "id"]);
    let method = || proof?.str_at(&["verificationMethod"]);
    issuer
        .and_then(from_did_key)
        .or_else(|| method().and_then(from_did_key))
}

fn from_did_key(text: &str) -> Option<[u8; 32]> {
    let did = text.split('#').next()?;
    did.starts_with("did:key:").then(|| did_key(did)).flatten()
}
