//! Tampers with agent receipts: those of the payments agent, whose key is trusted.

use super::sealed::{broken, replace};
use super::weak;
use super::{Expected, Site, Tamper};
use crate::keys::{did_key, multibase, raw};
use crate::receipts::{PAYING, canonical, file, link, rotation, sign};
use crate::site::{RECEIPTS, TRUSTED};
use crate::truth::Word::{Contradicted, Unproven, Verified};
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};
use std::fs;
use std::io;

/// The chain on disk.
struct Chain<'a> {
    site: &'a Site,
    lines: Vec<Vec<u8>>,
    /// Index of the receipt in which the key changes.
    rotated: usize,
}

impl<'a> Chain<'a> {
    fn open(site: &'a Site) -> io::Result<Chain<'a>> {
        let bytes = fs::read(Self::file(site))?;
        let lines: Vec<Vec<u8>> = bytes
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(<[u8]>::to_vec)
            .collect();
        let rotated = rotation(site.truth.size.receipts.max(crate::receipts::LEAST)) as usize - 1;
        Ok(Chain {
            site,
            lines,
            rotated,
        })
    }

    fn file(site: &Site) -> std::path::PathBuf {
        site.evidence.join(path())
    }

    fn save(&self) -> io::Result<()> {
        let mut bytes = self.lines.join(&b'\n');
        bytes.push(b'\n');
        fs::write(Self::file(self.site), bytes)
    }

    fn extent(&self, line: usize) -> (u64, u64) {
        let before: usize = self.lines[..line].iter().map(|line| line.len() + 1).sum();
        (before as u64, self.lines[line].len() as u64)
    }

    fn value(&self, index: usize) -> io::Result<Value> {
        Ok(serde_json::from_slice(&self.lines[index])?)
    }

    fn key(&self, index: usize) -> &'a SigningKey {
        if index <= self.rotated {
            &self.site.keys.paying
        } else {
            &self.site.keys.paying_next
        }
    }

    /// Changes a receipt, and chains and signs it and all that follow anew.
    fn resign(&mut self, from: usize, edit: impl FnOnce(&mut Value)) -> io::Result<()> {
        let mut edit = Some(edit);
        for index in from..self.lines.len() {
            let mut value = self.value(index)?;
            if index > from {
                let before = self.value(index - 1)?;
                value["credentialSubject"]["chain"]["previous_receipt_hash"] =
                    Value::String(link(&before));
            }
            if let Some(edit) = edit.take() {
                edit(&mut value);
            }
            sign(&mut value, self.key(index));
            self.lines[index] = crate::json::canonical(&value);
        }
        Ok(())
    }

    /// Changes a receipt's bytes only.
    fn edit(&mut self, index: usize, from: &str, to: &str) -> io::Result<()> {
        replace(&mut self.lines[index], from, to)
    }

    fn set_proof(&mut self, index: usize, signature: &[u8; 64]) -> io::Result<()> {
        let mut value = self.value(index)?;
        value["proof"]["proofValue"] = Value::String(multibase(signature));
        self.lines[index] = crate::json::canonical(&value);
        Ok(())
    }
}

/// Below the folder of evidence.
fn path() -> String {
    format!("{RECEIPTS}/{}", file(PAYING))
}

pub(super) fn apply(site: &Site, tamper: Tamper) -> io::Result<Expected> {
    use Tamper as T;
    let mut chain = Chain::open(site)?;
    let n = chain.lines.len() as u64;
    // A receipt in the middle of what the first key signed.
    let at = chain.rotated / 2;
    let seq = at as u64 + 1;
    let found = |code, verdict| Expected::finding(site, tamper, code, verdict).at(path());
    // One receipt that was verified is not any more.
    let one = |chain: &Chain<'_>, code, verdict, index: usize| {
        found(code, Some(verdict))
            .stream(PAYING, verdict)
            .seq(index as u64 + 1)
            .extent(chain.extent(index))
            .records(|records| records.turn(Verified, verdict, 1))
    };
    let expected = match tamper {
        T::ReceiptEdited => {
            chain.edit(at, "\"risk_level\":\"", "\"risk_level\":\"very ")?;
            one(&chain, "record-altered", Contradicted, at).or(&["signature-invalid"])
        }
        T::LastReceiptEdited => {
            let last = chain.lines.len() - 1;
            chain.edit(last, "\"risk_level\":\"", "\"risk_level\":\"very ")?;
            one(&chain, "signature-invalid", Contradicted, last).or(&["record-altered"])
        }
        T::ReceiptSignedByOtherKey => {
            let value = chain.value(at)?;
            chain.set_proof(at, &site.keys.stranger.sign(&canonical(&value)).to_bytes())?;
            one(&chain, "signature-invalid", Contradicted, at)
        }
        T::ReceiptSignatureMalleated => {
            let value = chain.value(at)?;
            let good = site.keys.paying.sign(&canonical(&value)).to_bytes();
            chain.set_proof(at, &weak::plus_order(&good))?;
            one(&chain, "signature-invalid", Contradicted, at)
        }
        T::ReceiptSignatureWeak => {
            let value = chain.value(at)?;
            chain.set_proof(
                at,
                &weak::identity_commitment(&site.keys.paying, &canonical(&value)),
            )?;
            one(&chain, "signature-weak", Unproven, at)
        }
        T::ReceiptSignatureMissing => {
            let mut value = chain.value(at)?;
            value
                .as_object_mut()
                .ok_or_else(|| broken("a receipt"))?
                .remove("proof");
            chain.lines[at] = crate::json::canonical(&value);
            one(&chain, "signature-missing", Unproven, at)
        }
        T::ReceiptAlgorithmRefused => {
            chain.edit(at, "Ed25519Signature2020", "RsaSignature2018")?;
            one(&chain, "algorithm-refused", Unproven, at)
        }
        T::ReceiptVersionRefused => {
            chain.resign(at, |value| value["version"] = json!("9.0.0"))?;
            one(&chain, "algorithm-refused", Unproven, at)
        }
        T::ReceiptDuplicateMember => {
            chain.edit(
                at,
                "\"outcome\":{\"status\":",
                "\"outcome\":{\"status\":\"denied\",\"status\":",
            )?;
            one(&chain, "record-malformed", Unproven, at)
        }
        T::ReceiptHugeInteger => {
            // What a reader that rounds would sign and verify.
            chain.resign(at, |value| {
                value["credentialSubject"]["outcome"]["amount"] = json!(9_007_199_254_740_992_u64)
            })?;
            chain.edit(at, "9007199254740992", "9007199254740993")?;
            one(&chain, "record-malformed", Unproven, at)
        }
        T::ReceiptIssuerChanged => {
            chain.resign(at, |value| {
                value["issuer"]["id"] = json!("did:agent:payments-test")
            })?;
            one(&chain, "stream-crossed", Contradicted, at)
                .or(&["record-malformed", "signature-invalid"])
        }
        T::ReceiptDeleted => {
            chain.lines.remove(at);
            found("record-missing", Some(Contradicted))
                .stream(PAYING, Contradicted)
                .range(seq, seq)
                .records(|records| records.take(Verified, 1))
        }
        T::ReceiptInserted => {
            let mut forged = chain.value(at + 1)?;
            forged["credentialSubject"]["outcome"]["status"] = json!("denied");
            sign(&mut forged, &site.keys.stranger);
            chain.lines.insert(at + 1, crate::json::canonical(&forged));
            found("record-inserted", Some(Contradicted))
                .stream(PAYING, Contradicted)
                .seq(seq + 1)
                .extent(chain.extent(at + 1))
                .or(&["signature-invalid"])
                .records(|records| records.add(Contradicted, 1))
        }
        T::ReceiptRepeated => {
            let copy = chain.lines[at].clone();
            chain.lines.insert(at + 4, copy);
            found("record-repeated", Some(Contradicted))
                .stream(PAYING, Contradicted)
                .seq(seq)
                .extent(chain.extent(at + 4))
                .records(|records| records.add(Contradicted, 1))
        }
        T::ReceiptsReordered => {
            chain.lines.swap(at, at + 1);
            found("record-reordered", Some(Contradicted)).stream(PAYING, Contradicted)
        }
        T::ReceiptLinkBroken => {
            chain.resign(at, |value| {
                let digest = format!("sha256:{}", "5c".repeat(32));
                value["credentialSubject"]["chain"]["previous_receipt_hash"] =
                    Value::String(digest);
            })?;
            found("record-altered", Some(Contradicted))
                .stream(PAYING, Contradicted)
                .or(&[
                    "stream-forked",
                    "chain-restarted",
                    "record-missing",
                    "record-inserted",
                ])
                .uncounted()
        }
        T::ReceiptChainRestarted => {
            chain.resign(at, |value| {
                value["credentialSubject"]["chain"]["previous_receipt_hash"] = Value::Null
            })?;
            found("chain-restarted", Some(Contradicted))
                .stream(PAYING, Contradicted)
                .seq(seq)
        }
        T::ReceiptRotationNotEndorsed => {
            let rotated = chain.rotated;
            let value = chain.value(rotated)?;
            chain.set_proof(
                rotated,
                &site.keys.paying_next.sign(&canonical(&value)).to_bytes(),
            )?;
            let after = n - rotated as u64 - 1;
            one(&chain, "endorsement-invalid", Contradicted, rotated)
                .may(&["key-unknown", "key-untrusted"])
                .records(|records| records.turn(Verified, Unproven, after))
        }
        T::ReceiptAfterTerminal => {
            let last = chain.lines.len() - 1;
            let mut late = chain.value(last)?;
            let subject = &mut late["credentialSubject"];
            subject["chain"] = json!({
                "chain_id": PAYING,
                "sequence": n + 1,
                "previous_receipt_hash": link(&chain.value(last)?),
            });
            late["id"] = json!("urn:receipt:3f1d7a52-6f0e-4d0c-8f5b-1c2d3e4f5a6b");
            sign(&mut late, &site.keys.paying_next);
            chain.lines.push(crate::json::canonical(&late));
            found("record-after-end", Some(Contradicted))
                .stream(PAYING, Contradicted)
                .seq(n + 1)
                .extent(chain.extent(last + 1))
                .records(|records| records.add(Verified, 1))
        }
        T::ReceiptsTailCut => {
            chain.lines.truncate(chain.lines.len() - 3);
            Expected::finding(site, tamper, "end-unknown", None)
                .stream(PAYING, Verified)
                .records(|records| records.take(Verified, 3))
        }
        T::ReceiptsForked => {
            let sound = std::mem::take(&mut chain.lines);
            chain.lines.clone_from(&sound);
            chain.resign(at, |value| {
                value["credentialSubject"]["outcome"]["status"] = json!("denied")
            })?;
            let mut other = chain.lines.join(&b'\n');
            other.push(b'\n');
            fs::write(
                site.evidence
                    .join(RECEIPTS)
                    .join("payments-2.receipts.jsonl"),
                other,
            )?;
            chain.lines = sound;
            let fork = at as u64;
            Expected::finding(site, tamper, "stream-forked", Some(Contradicted))
                .stream(PAYING, Contradicted)
                .seq(seq)
                .records(|records| {
                    records.add(Verified, fork);
                    records.add(Contradicted, n - fork);
                    records.turn(Verified, Contradicted, n - fork);
                })
        }
        T::ReceiptKeySmallOrder => {
            let mut value = chain.value(0)?;
            let did = did_key(&weak::IDENTITY);
            value["issuer"] = json!({"id": did, "name": "Nobody", "type": "AIAgent"});
            value["credentialSubject"]["chain"]["chain_id"] = json!("chain_nobody");
            value["proof"]["verificationMethod"] = json!(format!("{did}#key-1"));
            value["proof"]["proofValue"] = json!(multibase(&weak::universal()));
            let name = format!("{RECEIPTS}/nobody.receipts.jsonl");
            let mut line = crate::json::canonical(&value);
            line.push(b'\n');
            fs::write(site.evidence.join(&name), line)?;
            Expected::finding(site, tamper, "signature-weak", Some(Unproven))
                .at(name)
                .stream("chain_nobody", Unproven)
                .seq(1)
                .may(&[
                    "end-unknown",
                    "field-uncovered",
                    "key-untrusted",
                    "key-unknown",
                ])
                .records(|records| records.add(Unproven, 1))
        }
        T::ReceiptKeyMissing => {
            let trusted = site.keys_dir.join(TRUSTED);
            let line = format!("ed25519:{} name=agent-payments\n", raw(&site.keys.paying));
            fs::write(&trusted, fs::read_to_string(&trusted)?.replace(&line, ""))?;
            Expected::finding(site, tamper, "key-unknown", Some(Unproven))
                .stream(PAYING, Unproven)
                .may(&["key-untrusted"])
                // What follows the rotation names a key that came with it: unproven or intact.
                .uncounted()
        }
        T::ReceiptProofDateEdited => {
            let value = chain.value(at)?;
            let created = value["proof"]["created"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            chain.edit(
                at,
                &format!("\"created\":\"{created}\""),
                "\"created\":\"2026-06-12T12:00:00Z\"",
            )?;
            Expected::nothing(site, tamper)
        }
        T::ReceiptNullMember => {
            chain.edit(
                at,
                "\"credentialSubject\":{",
                "\"credentialSubject\":{\"intent\":null,",
            )?;
            Expected::nothing(site, tamper)
        }
        T::ReceiptReserialised => {
            let value = chain.value(at)?;
            let members = value.as_object().ok_or_else(|| broken("a receipt"))?;
            let backwards: Vec<String> = members
                .iter()
                .rev()
                .map(|(name, value)| format!("\"{name}\" : {value}"))
                .collect();
            chain.lines[at] = format!("{{ {} }}", backwards.join(" , ")).into_bytes();
            Expected::nothing(site, tamper)
        }
        _ => return Err(broken("not a tamper with receipts")),
    };
    chain.save()?;
    Ok(expected.close(site))
}
