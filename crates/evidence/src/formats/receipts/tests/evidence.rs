//! Makes receipts. The canonical text is written out here, member by member in its order, and
//! signed as it stands; the code under test must find it again.

use super::signer;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer as _, SigningKey};
use sha2::{Digest as _, Sha256};

/// What varies between receipts.
#[derive(Clone)]
pub(in super::super) struct Draft {
    pub chain: String,
    pub sequence: u64,
    pub previous: Option<String>,
    pub time: String,
    pub issuer: String,
    pub version: String,
    pub terminal: bool,
    /// `keyRotation`, in canonical form.
    pub rotation: Option<String>,
    pub resource: String,
}

/// A receipt, signed.
#[derive(Clone)]
pub(in super::super) struct Signed {
    pub text: String,
    pub hash: String,
    pub draft: Draft,
    pub canonical: String,
}

pub(in super::super) fn draft(sequence: u64, previous: Option<&Signed>) -> Draft {
    Draft {
        chain: "chain-1".into(),
        sequence,
        previous: previous.map(|previous| previous.hash.clone()),
        time: format!(
            "2026-06-01T{:02}:{:02}:{:02}Z",
            sequence / 3600,
            sequence / 60 % 60,
            sequence % 60
        ),
        issuer: "did:agent:one".into(),
        version: "0.5.0".into(),
        terminal: false,
        rotation: None,
        resource: format!("/tmp/{sequence}"),
    }
}

pub(in super::super) fn sha256(text: &str) -> String {
    let hex = Sha256::digest(text)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<String>();
    format!("sha256:{hex}")
}

pub(in super::super) fn multibase(bytes: &[u8]) -> String {
    format!("u{}", URL_SAFE_NO_PAD.encode(bytes))
}

impl Draft {
    fn canonical(&self) -> String {
        let Draft {
            chain,
            sequence,
            time,
            issuer,
            version,
            resource,
            ..
        } = self;
        let previous = self
            .previous
            .as_ref()
            .map_or("null".into(), |hash| format!("\"{hash}\""));
        let terminal = if self.terminal {
            ",\"terminal\":true"
        } else {
            ""
        };
        let rotation = self
            .rotation
            .as_ref()
            .map_or(String::new(), |text| format!(",\"keyRotation\":{text}"));
        format!(
            "{{\"@context\":[\"https://www.w3.org/ns/credentials/v2\",\
             \"https://agentreceipts.ai/context/v2\"],\"credentialSubject\":{{\"action\":{{\
             \"id\":\"act_{sequence}\",\"risk_level\":\"low\",\"target\":{{\"resource\":\"{resource}\",\
             \"system\":\"local\"}},\"timestamp\":\"{time}\",\"tool_name\":\"Read\",\
             \"type\":\"filesystem.file.read\"}},\"chain\":{{\"chain_id\":\"{chain}\",\
             \"previous_receipt_hash\":{previous},\"sequence\":{sequence}{terminal}}}{rotation},\
             \"outcome\":{{\"status\":\"success\"}},\"principal\":{{\"id\":\"did:user:alice\"}}}},\
             \"id\":\"urn:receipt:{chain}-{sequence}\",\"issuanceDate\":\"{time}\",\
             \"issuer\":{{\"id\":\"{issuer}\"}},\"type\":[\"VerifiableCredential\",\
             \"AgentReceipt\"],\"version\":\"{version}\"}}"
        )
    }

    pub fn sign(&self, key: &SigningKey) -> Signed {
        let canonical = self.canonical();
        let signature = multibase(&key.sign(canonical.as_bytes()).to_bytes());
        let draft = self.clone();
        Signed {
            text: with_proof(&canonical, &signature),
            hash: sha256(&canonical),
            draft,
            canonical,
        }
    }
}

/// The receipt with its proof in front and white space that the canonical form does not have.
pub(in super::super) fn with_proof(canonical: &str, signature: &str) -> String {
    format!(
        "{{ \"proof\" : {{\"type\":\"Ed25519Signature2020\",\"created\":\"2026-06-01T00:00:00Z\",\
         \"verificationMethod\":\"did:agent:one#key-1\",\"proofPurpose\":\"assertionMethod\",\
         \"proofValue\":\"{signature}\"}} , {}",
        &canonical[1..]
    )
}

impl Signed {
    pub fn bytes(&self) -> Vec<u8> {
        self.text.clone().into_bytes()
    }

    /// Its text with something replaced, its signature kept.
    pub fn edited(&self, from: &str, to: &str) -> Vec<u8> {
        assert!(self.text.contains(from));
        self.text.replace(from, to).into_bytes()
    }
}

/// A chain of that many receipts, the last of which ends it, each as `shape` makes it.
pub(in super::super) fn chain_of(count: u64, key: u8, shape: impl Fn(&mut Draft)) -> Vec<Signed> {
    let mut out: Vec<Signed> = Vec::new();
    for sequence in 1..=count {
        let mut draft = draft(sequence, out.last());
        draft.terminal = sequence == count;
        shape(&mut draft);
        out.push(draft.sign(&signer(key)));
    }
    out
}

/// A chain signed by the key of that seed.
pub(in super::super) fn chain(count: u64, key: u8) -> Vec<Signed> {
    chain_of(count, key, |_| {})
}

pub(in super::super) fn all(chain: &[Signed]) -> Vec<Vec<u8>> {
    chain.iter().map(Signed::bytes).collect()
}

/// `keyRotation` from one key to another.
pub(in super::super) fn rotation(old: u8, new: u8) -> String {
    let (old, new) = (
        signer(old).verifying_key().to_bytes(),
        signer(new).verifying_key().to_bytes(),
    );
    let fingerprint = |key: &[u8]| {
        let hex = Sha256::digest(key)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>();
        format!("sha256:{hex}")
    };
    format!(
        "{{\"event_type\":\"key_rotated\",\"new_algorithm\":\"ed25519\",\"new_key_fingerprint\":\
         \"{}\",\"new_public_key\":\"{}\",\"old_algorithm\":\"ed25519\",\"old_key_fingerprint\":\
         \"{}\",\"signed_with\":\"old\"}}",
        fingerprint(&new),
        multibase(&new),
        fingerprint(&old)
    )
}

/// A chain of nine whose fourth receipt changes the key from seed 1 to seed 2.
pub(in super::super) fn rotated() -> Vec<Signed> {
    let mut out: Vec<Signed> = Vec::new();
    for sequence in 1..=9 {
        let mut draft = draft(sequence, out.last());
        draft.terminal = sequence == 9;
        draft.rotation = (sequence == 4).then(|| rotation(1, 2));
        out.push(draft.sign(&signer(if sequence <= 4 { 1 } else { 2 })));
    }
    out
}
