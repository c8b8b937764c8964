//! Agent receipts as JSON lines: three chains, one delegated from another, one that changes its
//! key, two that end, one whose issuer is a `did:key` that nobody vouches for.

use crate::clock::{self, Micros, Next, SECOND, Schedule, Timeline, june};
use crate::json::{self, Writer};
use crate::keys::{Keys, did_key, multibase};
use crate::merkle::{Hash, sha256};
use crate::rng::{Rng, hex};
use crate::story::{Cast, LEAKED};
use ed25519_dalek::{Signer, SigningKey};
use serde_json::Value;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// The fewest receipts that hold the story.
pub const LEAST: u64 = 60;

/// The deployer's chain: open, under a `did:key`.
pub const DEPLOYER: &str = "chain_deployer_20260611";
/// The payments agent's chain: under a trusted key, rotated once, ended.
pub const PAYING: &str = "chain_payments_20260611";
/// The research agent's chain: delegated by the deployer, ended.
pub const RESEARCH: &str = "chain_research_4417";

/// The issuer of the payments agent's receipts.
pub const PAYING_ISSUER: &str = "did:agent:payments-prod";

const BEGIN: Micros = june(11, 22, 31, 12, 0);
const END: Micros = june(12, 5, 58, 7, 0);

/// How many of so many receipts each chain has: deployer, payments, research.
pub fn shares(receipts: u64) -> [u64; 3] {
    let receipts = receipts.max(LEAST);
    let (paying, research) = (receipts / 5, receipts / 10);
    [receipts - paying - research, paying, research]
}

/// The sequence number of the receipt in which the payments agent changes its key.
pub fn rotation(receipts: u64) -> u64 {
    shares(receipts)[1] / 2
}

/// The file of a chain, below the folder of receipts.
pub fn file(chain: &str) -> &'static str {
    match chain {
        DEPLOYER => "deployer.receipts.jsonl",
        PAYING => "payments.receipts.jsonl",
        _ => "research.receipts.jsonl",
    }
}

/// `sha256:` and the hex digest.
fn named(hash: &Hash) -> String {
    format!("sha256:{}", hex(hash))
}

/// A receipt that is not signed yet.
struct Draft {
    canonical: Vec<u8>,
    /// Where the proof belongs in it.
    split: usize,
    created: Micros,
    key: SigningKey,
}

/// How many receipts are signed at once.
const BATCH: usize = 4_096;

struct ChainWriter<'a> {
    out: BufWriter<File>,
    chain: &'a str,
    version: &'static str,
    context: &'static str,
    issuer: String,
    issuer_name: &'static str,
    key: SigningKey,
    seed: u64,
    seq: u64,
    prev: Option<Hash>,
    drafts: Vec<Draft>,
}

/// What a receipt says was done.
struct Action<'a> {
    kind: &'a str,
    risk: &'a str,
    system: &'a str,
    resource: &'a str,
    outcome: &'a str,
    authorization: Option<&'a str>,
    delegated: Option<&'a str>,
    rotates_to: Option<&'a SigningKey>,
    terminal: bool,
}

impl<'a> Action<'a> {
    fn new(kind: &'a str, risk: &'a str, system: &'a str, resource: &'a str) -> Action<'a> {
        Action {
            kind,
            risk,
            system,
            resource,
            outcome: "success",
            authorization: None,
            delegated: None,
            rotates_to: None,
            terminal: false,
        }
    }
}

/// The id of a receipt.
fn receipt_id(seed: u64, chain: &str, seq: u64) -> String {
    format!(
        "urn:receipt:{}",
        Rng::new(seed ^ seq.rotate_left(40), chain).uuid()
    )
}

impl ChainWriter<'_> {
    /// Writes the canonical form: members in order, so that the proof can be put in between.
    fn receipt(&mut self, at: Micros, action: &Action<'_>) -> io::Result<()> {
        self.seq += 1;
        let mut json = Writer::default();
        let mut rng = Rng::new(self.seed ^ self.seq, self.chain);
        json.begin();
        json.texts(
            "@context",
            &["https://www.w3.org/ns/credentials/v2", self.context],
        );
        json.within("credentialSubject", |json| {
            json.within("action", |json| {
                json.text("id", &format!("act_{}", rng.uuid()));
                json.text("parameters_hash", &format!("sha256:{}", rng.hex(64)));
                json.text("risk_level", action.risk);
                json.within("target", |json| {
                    json.text("resource", action.resource);
                    json.text("system", action.system);
                });
                json.time("timestamp", at, 6);
                json.text("type", action.kind);
            });
            if let Some(credential) = action.authorization {
                json.within("authorization", |json| {
                    json.text("credential_id", credential);
                    json.time("granted_at", at - 60 * SECOND, 0);
                    json.texts("scopes", &["deploy", "publish"]);
                });
            }
            json.within("chain", |json| {
                json.text("chain_id", self.chain);
                match &self.prev {
                    Some(prev) => json.text("previous_receipt_hash", &named(prev)),
                    None => json.raw("previous_receipt_hash", "null"),
                }
                json.number("sequence", self.seq);
                if action.terminal {
                    json.flag("terminal", true);
                }
            });
            if let Some(parent) = action.delegated {
                json.within("delegation", |json| {
                    json.within("delegator", |json| json.text("id", parent));
                    json.text("parent_chain_id", DEPLOYER);
                    json.text("parent_receipt_id", &receipt_id(self.seed, DEPLOYER, 1));
                });
            }
            if let Some(next) = action.rotates_to {
                let (old, new) = (self.key.verifying_key(), next.verifying_key());
                json.within("keyRotation", |json| {
                    json.text("event_type", "key_rotated");
                    json.text("new_algorithm", "ed25519");
                    json.text("new_key_fingerprint", &named(&sha256(new.as_bytes())));
                    json.text("new_public_key", &multibase(new.as_bytes()));
                    json.text("old_algorithm", "ed25519");
                    json.text("old_key_fingerprint", &named(&sha256(old.as_bytes())));
                    json.text("signed_with", "old");
                });
            }
            json.within("outcome", |json| json.text("status", action.outcome));
            json.within("principal", |json| {
                json.text("id", "did:org:example");
                json.text("type", "OrganizationPrincipal");
            });
        });
        json.text("id", &receipt_id(self.seed, self.chain, self.seq));
        json.time("issuanceDate", at, 6);
        json.within("issuer", |json| {
            json.text("id", &self.issuer);
            json.text("name", self.issuer_name);
            json.text("type", "AIAgent");
        });
        let split = json.out.len();
        json.texts("type", &["VerifiableCredential", "AgentReceipt"]);
        json.text("version", self.version);
        json.end();
        self.prev = Some(sha256(&json.out));
        self.drafts.push(Draft {
            canonical: json.out,
            split,
            created: at,
            key: self.key.clone(),
        });
        if let Some(next) = action.rotates_to {
            self.key = next.clone();
        }
        if self.drafts.len() == BATCH {
            self.flush()?;
        }
        Ok(())
    }

    /// Signs what has gathered, on two threads, and writes it.
    fn flush(&mut self) -> io::Result<()> {
        let half = self.drafts.len().div_ceil(2);
        let sign = |drafts: &[Draft]| -> Vec<[u8; 64]> {
            drafts
                .iter()
                .map(|draft| draft.key.sign(&draft.canonical).to_bytes())
                .collect()
        };
        let (first, second) = self.drafts.split_at(half);
        let signatures = std::thread::scope(|scope| {
            let other = scope.spawn(|| sign(second));
            let mut signatures = sign(first);
            signatures.extend(other.join().expect("signing does not panic"));
            signatures
        });
        let method = format!("{}#key-1", self.issuer);
        for (draft, signature) in self.drafts.iter().zip(signatures) {
            let (head, tail) = draft.canonical.split_at(draft.split);
            self.out.write_all(head)?;
            write!(
                self.out,
                ",\"proof\":{{\"created\":\"{}\",\"proofPurpose\":\"assertionMethod\",\"proofValue\":\"{}\",\
                 \"type\":\"Ed25519Signature2020\",\"verificationMethod\":\"{method}\"}}",
                clock::text(draft.created + SECOND, 0),
                multibase(&signature),
            )?;
            self.out.write_all(tail)?;
            self.out.write_all(b"\n")?;
        }
        self.drafts.clear();
        Ok(())
    }
}

const KINDS: [(&str, &str, &str); 6] = [
    ("filesystem.file.read", "low", "local"),
    ("filesystem.file.modify", "medium", "local"),
    ("system.command.execute", "medium", "runner"),
    ("data.api.read", "low", "api.example.com"),
    ("data.api.write", "medium", "api.example.com"),
    ("communication.message.send", "low", "chat.example.com"),
];

/// Writes so many receipts into the folder `dir`, a file for each chain.
pub fn write(dir: &Path, seed: u64, keys: &Keys, receipts: u64) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    let cast = Cast::new(seed);
    let [deployer, paying, research] = shares(receipts);
    let did = did_key(keys.deployer.verifying_key().as_bytes());
    let chain = |chain: &'static str,
                 issuer: &str,
                 issuer_name,
                 key: &SigningKey|
     -> io::Result<ChainWriter<'static>> {
        let (version, context) = if chain == RESEARCH {
            ("0.2.0", "https://agentreceipts.ai/context/v1")
        } else {
            ("0.5.0", "https://agentreceipts.ai/context/v2")
        };
        Ok(ChainWriter {
            out: BufWriter::with_capacity(1 << 18, File::create(dir.join(file(chain)))?),
            chain,
            version,
            context,
            issuer: issuer.to_owned(),
            issuer_name,
            key: key.clone(),
            seed,
            seq: 0,
            prev: None,
            drafts: Vec::new(),
        })
    };

    // The story's receipt stands in the deployer's chain at its time.
    let times = [LEAKED];
    let noise = Schedule::new(
        vec![(BEGIN, END, deployer - 1)],
        Rng::new(seed, "receipts deployer times"),
    );
    let (mut writer, mut rng) = (
        chain(DEPLOYER, &did, "Deployer", &keys.deployer)?,
        Rng::new(seed, "receipts deployer"),
    );
    for next in Timeline::new(noise, &times) {
        match next {
            Next::Beat(_) => {
                // The name holds a right-to-left override: it shows as build-4417gol.jpg.
                let leak = Action {
                    authorization: Some(&cast.leaked),
                    ..Action::new(
                        "deploy.log.publish",
                        "medium",
                        "ci.example.com",
                        "build-4417\u{202e}gpj.log",
                    )
                };
                writer.receipt(LEAKED, &leak)?;
            }
            Next::Noise(at) => at_work(&mut writer, &mut rng, at, |_| ())?,
        }
    }
    writer.flush()?;
    writer.out.flush()?;

    let noise = Schedule::new(
        vec![(BEGIN, END, paying)],
        Rng::new(seed, "receipts payments times"),
    );
    let (mut writer, mut rng) = (
        chain(PAYING, PAYING_ISSUER, "Payments", &keys.paying)?,
        Rng::new(seed, "receipts payments"),
    );
    let rotated = rotation(receipts);
    for at in noise {
        let seq = writer.seq + 1;
        if seq == rotated {
            let rotate = Action {
                rotates_to: Some(&keys.paying_next),
                ..Action::new(
                    "agent.key.rotate",
                    "high",
                    "keys.example.com",
                    PAYING_ISSUER,
                )
            };
            writer.receipt(at, &rotate)?;
        } else {
            at_work(&mut writer, &mut rng, at, |action| {
                action.terminal = seq == paying
            })?;
        }
    }
    writer.flush()?;
    writer.out.flush()?;

    let begin = june(11, 22, 58, 30, 0);
    let noise = Schedule::new(
        vec![(begin, END, research)],
        Rng::new(seed, "receipts research times"),
    );
    let (mut writer, mut rng) = (
        chain(
            RESEARCH,
            "did:agent:research-4417",
            "Research",
            &keys.research,
        )?,
        Rng::new(seed, "receipts research"),
    );
    for at in noise {
        let seq = writer.seq + 1;
        at_work(&mut writer, &mut rng, at, |action| {
            action.delegated = (seq == 1).then_some(&did);
            action.terminal = seq == research;
        })?;
    }
    writer.flush()?;
    writer.out.flush()
}

fn at_work<'a>(
    writer: &mut ChainWriter<'_>,
    rng: &mut Rng,
    at: Micros,
    change: impl FnOnce(&mut Action<'a>),
) -> io::Result<()> {
    let &(kind, risk, system) = rng.pick(&KINDS);
    let resource = format!("/projects/{}/item-{:03}", rng.hex(4), rng.below(500));
    let outcome = if rng.below(16) == 0 {
        "failure"
    } else {
        "success"
    };
    let mut action = Action {
        outcome,
        ..Action::new(kind, risk, system, "")
    };
    change(&mut action);
    let action = Action {
        resource: &resource,
        ..action
    };
    writer.receipt(at, &action)
}

/// The canonical form of a receipt: without its proof.
pub fn canonical(receipt: &Value) -> Vec<u8> {
    let mut bare = receipt.clone();
    if let Some(members) = bare.as_object_mut() {
        members.remove("proof");
    }
    json::canonical(&bare)
}

/// What the next receipt must say of this one.
pub fn link(receipt: &Value) -> String {
    named(&sha256(&canonical(receipt)))
}

/// Signs a receipt anew.
pub fn sign(receipt: &mut Value, key: &SigningKey) {
    let signature = key.sign(&canonical(receipt)).to_bytes();
    receipt["proof"]["proofValue"] = Value::String(multibase(&signature));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_is_the_canonical_form_of_what_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let keys = Keys::from_seed(3);
        write(dir.path(), 3, &keys, 90).unwrap();
        for (chain, first, next) in [
            (DEPLOYER, &keys.deployer, None),
            (PAYING, &keys.paying, Some(&keys.paying_next)),
            (RESEARCH, &keys.research, None),
        ] {
            let text = fs::read_to_string(dir.path().join(file(chain))).unwrap();
            let (mut prev, mut key) = (Value::Null, first);
            for (index, line) in text.lines().enumerate() {
                let receipt: Value = serde_json::from_str(line).unwrap();
                let subject = &receipt["credentialSubject"];
                assert_eq!(subject["chain"]["sequence"], index as u64 + 1);
                assert_eq!(subject["chain"]["previous_receipt_hash"], prev);
                let mut again = receipt.clone();
                sign(&mut again, key);
                assert_eq!(again, receipt, "Ed25519 signatures are deterministic");
                prev = Value::String(link(&receipt));
                if subject.get("keyRotation").is_some() {
                    key = next.unwrap();
                }
            }
            assert_eq!(std::ptr::eq(key, first), next.is_none());
        }
    }
}
