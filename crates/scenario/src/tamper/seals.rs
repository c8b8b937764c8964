//! Tampers with a bundle's checkpoints, manifest, attachments and key rotation.

use super::records::count;
use super::sealed::{broken, replace, sign_manifest, statement};
use super::weak;
use super::{Expected, Site, Tamper};
use crate::bundle::manifest;
use crate::bundle::{ATTACHED, ATTACHED_LOG, rotation_text};
use crate::dsse;
use crate::json::canonical;
use crate::keys::fingerprint;
use crate::note::Signer;
use crate::site::BUNDLE;
use crate::story::{AGENTS, PAYMENTS};
use crate::truth::Word::{Contradicted, Intact, Unproven, Verified};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signer as _;
use serde_json::{Value, json};
use std::fs;
use std::io;

/// The manifest's file in the bundle.
const MANIFEST: &str = "manifest.dsse.json";

pub(super) fn apply(site: &Site, tamper: Tamper) -> io::Result<Expected> {
    use Tamper as T;
    let found = |code, verdict| Expected::finding(site, tamper, code, verdict);
    let contradicted = |code| found(code, Some(Contradicted));
    let root = site.bundle();
    let manifest_path = format!("{BUNDLE}/{MANIFEST}");
    let expected = match tamper {
        T::CheckpointForked => {
            let stream = site.stream(PAYMENTS)?;
            let fork = stream.sizes[0];
            let mut other = site.stream(PAYMENTS)?;
            replace(
                &mut other.lines[fork as usize],
                ",\"type\":",
                ",\"note\":\"another version\",\"type\":",
            )?;
            let size = fork + 1;
            fs::write(
                root.join(stream.checkpoint_name(size)),
                other.checkpoint(size),
            )?;
            site.collect()?;
            let n = stream.len();
            contradicted("stream-forked")
                .at(stream.checkpoint_path(size))
                .stream(PAYMENTS, Contradicted)
                .seq(fork)
                .or(&["seal-invalid"])
                .records(|records| records.turn(Verified, Contradicted, n - fork))
        }
        T::CheckpointOfOtherStream => {
            let (stream, other) = (site.stream(AGENTS)?, site.stream(PAYMENTS)?);
            let foreign = other.sizes.iter().find(|size| !stream.sizes.contains(size));
            let &size = foreign.ok_or_else(|| broken("both streams sealed at the same sizes"))?;
            fs::copy(
                root.join(other.checkpoint_name(size)),
                root.join(stream.checkpoint_name(size)),
            )?;
            site.collect()?;
            contradicted("stream-crossed")
                .at(stream.checkpoint_path(size))
                .stream(AGENTS, Contradicted)
        }
        T::CheckpointRenamed => {
            let stream = site.stream(AGENTS)?;
            let size = stream.sizes[0];
            fs::copy(
                root.join(stream.checkpoint_name(size)),
                root.join(stream.checkpoint_name(size + 1)),
            )?;
            site.collect()?;
            contradicted("seal-invalid")
                .at(stream.checkpoint_path(size + 1))
                .stream(AGENTS, Contradicted)
        }
        T::CheckpointMalformed => {
            let stream = site.stream(PAYMENTS)?;
            let size = stream.sizes[0];
            fs::write(
                root.join(stream.checkpoint_name(size)),
                format!("{PAYMENTS}\n{size}\n"),
            )?;
            site.collect()?;
            contradicted("seal-invalid")
                .at(stream.checkpoint_path(size))
                .stream(PAYMENTS, Contradicted)
        }
        T::CheckpointSignatureInvalid
        | T::CheckpointSignatureMalleated
        | T::CheckpointSignatureMissing
        | T::CheckpointSignatureWeak => {
            let stream = site.stream(PAYMENTS)?;
            let (n, sealed) = (stream.len(), stream.sealed_before(stream.len() - 1));
            let sound = stream.checkpoint(n);
            let text = sound.split_inclusive('\n').take(3).collect::<String>();
            let (key, signer) = (&site.keys.payments, &stream.signers[0].1);
            let good = key.sign(text.as_bytes()).to_bytes();
            let (code, verdict, line) = match tamper {
                T::CheckpointSignatureInvalid => {
                    let mut bad = good;
                    bad[7] ^= 1;
                    ("signature-invalid", Contradicted, signer.line_with(&bad))
                }
                T::CheckpointSignatureMalleated => (
                    "signature-invalid",
                    Contradicted,
                    signer.line_with(&weak::plus_order(&good)),
                ),
                T::CheckpointSignatureWeak => {
                    let bad = weak::identity_commitment(key, text.as_bytes());
                    ("signature-weak", Unproven, signer.line_with(&bad))
                }
                _ => ("signature-missing", Unproven, witness(site, &text)),
            };
            fs::write(
                root.join(stream.checkpoint_name(n)),
                format!("{text}\n{line}"),
            )?;
            site.collect()?;
            let expected = found(code, Some(verdict))
                .at(stream.checkpoint_path(n))
                .stream(PAYMENTS, verdict)
                .records(|records| records.turn(Verified, Unproven, n - sealed));
            if tamper == T::CheckpointSignatureMissing {
                expected.or(&["key-unknown"])
            } else {
                expected
            }
        }
        T::CheckpointWitnessed => {
            let stream = site.stream(PAYMENTS)?;
            let n = stream.len();
            let sound = stream.checkpoint(n);
            let text = sound.split_inclusive('\n').take(3).collect::<String>();
            fs::write(
                root.join(stream.checkpoint_name(n)),
                format!("{sound}{}", witness(site, &text)),
            )?;
            site.collect()?;
            Expected::nothing(site, tamper)
        }
        T::CheckpointDeleted => {
            let stream = site.stream(PAYMENTS)?;
            let size = stream.sizes[0];
            fs::remove_file(root.join(stream.checkpoint_name(size)))?;
            contradicted("file-missing")
                .at(stream.checkpoint_path(size))
                .or(&["seal-missing"])
        }
        T::CheckpointsMissing => {
            let stream = site.stream(PAYMENTS)?;
            fs::remove_dir_all(root.join("checkpoints/payments"))?;
            site.collect()?;
            found("seal-missing", Some(Unproven))
                .stream(PAYMENTS, Unproven)
                .may(&["tail-unsealed", "end-unknown"])
                .records(|records| records.turn(Verified, Unproven, stream.len()))
        }
        T::TailUnsealed => {
            let stream = site.stream(PAYMENTS)?;
            let (n, sealed) = (stream.len(), stream.sealed_before(stream.len() - 1));
            fs::remove_file(root.join(stream.checkpoint_name(n)))?;
            site.collect()?;
            found("tail-unsealed", Some(Unproven))
                .stream(PAYMENTS, Unproven)
                .may(&["end-unknown"])
                .records(|records| records.turn(Verified, Unproven, n - sealed))
        }
        T::RotationNotEndorsed => {
            let mut stream = site.stream(AGENTS)?;
            let at = stream.find("\"type\":\"key.rotate\"")?;
            let value: Value = serde_json::from_slice(&stream.lines[at])?;
            let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
            let signed = rotation_text(AGENTS, at as u64, &text("prev"), &text("next"));
            let forged = STANDARD.encode(site.keys.stranger.sign(signed.as_bytes()).to_bytes());
            replace(&mut stream.lines[at], &text("endorsement"), &forged)?;
            stream.relink(at + 1, &site.keys.agents)?;
            stream.seal()?;
            site.collect()?;
            let sealed = stream.sealed_before(at as u64);
            contradicted("endorsement-invalid")
                .at(stream.path())
                .stream(AGENTS, Contradicted)
                .seq(at as u64)
                .extent(stream.extent(at))
                .may(&["key-untrusted", "key-unknown"])
                .records(|records| {
                    records.turn(Verified, Contradicted, 1);
                    records.turn(Verified, Unproven, stream.len() - sealed - 1);
                })
        }
        T::ManifestMissing => {
            fs::remove_file(root.join(MANIFEST))?;
            found("seal-missing", Some(Unproven)).at(manifest_path)
        }
        T::ManifestMalformed => {
            let bytes = fs::read(root.join(MANIFEST))?;
            fs::write(root.join(MANIFEST), &bytes[..bytes.len() / 2])?;
            contradicted("seal-invalid").at(manifest_path)
        }
        T::ManifestEdited => {
            let text = fs::read_to_string(root.join(MANIFEST))?;
            let envelope: Value = serde_json::from_str(&text)?;
            let mut said = statement(&root)?;
            said["predicate"]["created"] = json!("2026-06-12T06:07:00Z");
            let sound = envelope["payload"].as_str().unwrap_or_default();
            fs::write(
                root.join(MANIFEST),
                text.replace(sound, &STANDARD.encode(canonical(&said))),
            )?;
            contradicted("signature-invalid").at(manifest_path)
        }
        T::ManifestUnknownKey => {
            let said = statement(&root)?;
            fs::write(
                root.join(MANIFEST),
                manifest::envelope(&said, &site.keys.stranger),
            )?;
            found("key-unknown", Some(Unproven)).at(manifest_path)
        }
        T::ManifestKeyidWrong => {
            let body = canonical(&statement(&root)?);
            let keyid = fingerprint(&site.keys.stranger);
            fs::write(
                root.join(MANIFEST),
                dsse::envelope(&body, &site.keys.collector, &keyid),
            )?;
            Expected::nothing(site, tamper)
        }
        T::ManifestSignatureMissing => {
            let body = STANDARD.encode(canonical(&statement(&root)?));
            let text = format!(
                "{{\"payloadType\":\"{}\",\"payload\":\"{body}\",\"signatures\":[]}}\n",
                dsse::IN_TOTO
            );
            fs::write(root.join(MANIFEST), text)?;
            found("signature-missing", Some(Unproven))
                .at(manifest_path)
                .or(&["seal-invalid"])
        }
        T::ManifestSignatureWeak => {
            let body = canonical(&statement(&root)?);
            let message = dsse::pre_authentication(dsse::IN_TOTO, &body);
            let signature = weak::identity_commitment(&site.keys.collector, &message);
            let text = dsse::envelope_with(&body, &fingerprint(&site.keys.collector), &signature);
            fs::write(root.join(MANIFEST), text)?;
            found("signature-weak", Some(Unproven)).at(manifest_path)
        }
        T::ManifestVersionRefused => {
            sign_manifest(&root, &site.keys.collector, |said| {
                said["predicateType"] = json!("urn:nhi-audit-bundle:v2")
            })?;
            found("algorithm-refused", Some(Unproven)).at(manifest_path)
        }
        T::PeriodUncovered => {
            sign_manifest(&root, &site.keys.collector, |said| {
                said["predicate"]["period"]["to"] = json!("2026-06-12T12:00:00Z");
                said["predicate"]["created"] = json!("2026-06-12T13:07:00Z");
            })?;
            found("period-uncovered", None)
        }
        T::AttachmentEdited => {
            let path = root.join(ATTACHED_LOG);
            let text = fs::read_to_string(&path)?;
            fs::write(path, text.replacen("allow", "forbid", 1))?;
            contradicted("file-altered")
                .at(format!("{BUNDLE}/{ATTACHED_LOG}"))
                .records(|records| records.turn(Unproven, Contradicted, ATTACHED))
        }
        T::AttachmentDeleted => {
            fs::remove_file(root.join(ATTACHED_LOG))?;
            contradicted("file-missing")
                .at(format!("{BUNDLE}/{ATTACHED_LOG}"))
                .records(|records| records.take(Unproven, ATTACHED))
        }
        T::AttachmentAdded => {
            let name = "attachments/kubernetes/audit-2026-06-09.jsonl";
            let mut log = Vec::new();
            crate::kubernetes::write_log(&mut log, site.truth.seed + 1, 8, None)?;
            fs::write(root.join(name), log)?;
            contradicted("file-unlisted")
                .at(format!("{BUNDLE}/{name}"))
                .records(|records| records.add(Unproven, 8))
        }
        T::TileEdited => {
            let name = "tiles/payments/tile/0/000";
            let mut tile = fs::read(root.join(name))?;
            tile[40] ^= 1;
            fs::write(root.join(name), tile)?;
            contradicted("file-altered")
                .at(format!("{BUNDLE}/{name}"))
                .may(&["seal-invalid"])
        }
        T::KeyExpired
        | T::KeyRevoked
        | T::KeyNotYetValid
        | T::KeyMissing
        | T::CollectorKeyMissing
        | T::KeysMissing => {
            return keys(site, tamper);
        }
        _ => return Err(broken("not a tamper with seals")),
    };
    Ok(expected.close(site))
}

/// A cosignature by a witness that nobody knows: type 0x04, a time and a signature.
fn witness(site: &Site, text: &str) -> String {
    let mut bytes = 1_781_244_000_u64.to_be_bytes().to_vec();
    bytes.extend_from_slice(&site.keys.stranger.sign(text.as_bytes()).to_bytes());
    Signer::new("witness.example.net/w1", &site.keys.stranger).line_with(&bytes)
}

/// Tampers with what the examiner trusts.
fn keys(site: &Site, tamper: Tamper) -> io::Result<Expected> {
    use Tamper as T;
    let path = site.keys_dir.join(crate::site::TRUSTED);
    let text = fs::read_to_string(&path)?;
    let stream = site.stream(PAYMENTS)?;
    let (n, first) = (stream.len(), stream.sizes[0]);
    let next = super::sealed::time_of(&stream.lines[first as usize])?;
    let vkey = Signer::new(PAYMENTS, &site.keys.payments).vkey();
    let collector = format!(
        "ed25519:{} name=collector\n",
        crate::keys::raw(&site.keys.collector)
    );
    let (fresh, code, verdict) = match tamper {
        T::KeyExpired => (
            text.replace(&vkey, &format!("{vkey} until={next}")),
            "key-expired",
            Unproven,
        ),
        T::KeyNotYetValid => (
            text.replace(&vkey, &format!("{vkey} from=2026-07-01T00:00:00Z")),
            "key-expired",
            Unproven,
        ),
        T::KeyRevoked => (
            text.replace(&vkey, &format!("{vkey} revoked={next}")),
            "key-revoked",
            Unproven,
        ),
        T::KeyMissing => (
            text.replace(&format!("{vkey}\n"), ""),
            "key-untrusted",
            Intact,
        ),
        T::CollectorKeyMissing => (text.replace(&collector, ""), "key-unknown", Unproven),
        _ => (String::new(), "key-unknown", Unproven),
    };
    if tamper == T::KeysMissing {
        fs::remove_file(&path)?;
        let list = site.keys_dir.join(crate::site::CLOUDTRAIL_KEYS);
        if list.exists() {
            fs::remove_file(list)?;
        }
    } else {
        fs::write(&path, fresh)?;
    }
    let found = Expected::finding(site, tamper, code, Some(verdict));
    let expected = match tamper {
        T::KeyExpired | T::KeyRevoked => found
            .stream(PAYMENTS, Unproven)
            .records(|records| records.turn(Verified, Unproven, n - first)),
        T::KeyNotYetValid => found
            .stream(PAYMENTS, Unproven)
            .records(|records| records.turn(Verified, Unproven, n)),
        T::KeyMissing => found
            .stream(PAYMENTS, verdict)
            .records(|records| records.turn(Verified, verdict, n)),
        T::CollectorKeyMissing => found.at(format!("{BUNDLE}/{MANIFEST}")),
        _ => {
            let sealed = count(site, AGENTS) + count(site, PAYMENTS);
            let others = site.truth.records.verified - sealed;
            let expected = found
                .at(format!("{BUNDLE}/{MANIFEST}"))
                .may(&["key-untrusted"])
                .records(|counts| {
                    counts.turn(Verified, Intact, sealed);
                    counts.turn(Verified, Unproven, others);
                });
            // Receipts after a rotation that nobody can check name a key that came with them: that
            // makes them unproven for one reader, intact for another.
            if site.truth.size.receipts > 0 {
                expected.uncounted()
            } else {
                expected
            }
        }
    };
    Ok(expected.close(site))
}
