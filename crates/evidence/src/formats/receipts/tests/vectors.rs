//! The protocol's published vectors, and its worked examples.

use super::super::document::Document;
use super::{found, jsonl, judged, verdicts};
use crate::keys::samples::unpack;
use crate::keys::{KeyMaterial, Trust, TrustedKey};
use crate::verdict::Word;
use serde_json::Value;
use std::collections::BTreeMap;

/// The files of the sample archive; `None`, said plainly, without it.
fn samples() -> Option<BTreeMap<String, String>> {
    let files = unpack("agent-receipts.tar.gz")?.into_iter();
    let text = files.filter_map(|(path, bytes)| {
        let name = path.rsplit('/').next()?.to_owned();
        Some((name, String::from_utf8(bytes).ok()?))
    });
    Some(text.filter(|(name, _)| name.ends_with(".json")).collect())
}

fn json(samples: &BTreeMap<String, String>, name: &str) -> Value {
    serde_json::from_str(&samples[name]).expect(name)
}

/// The key in the vectors' PEM: its last 32 bytes.
fn key_of(vectors: &Value) -> Trust {
    use base64::Engine as _;
    let pem = vectors["keys"]["publicKey"].as_str().expect("a key");
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = base64::engine::general_purpose::STANDARD
        .decode(body)
        .expect("base64");
    let key = der[der.len() - 32..].try_into().expect("32 bytes");
    Trust {
        keys: vec![TrustedKey::bare(KeyMaterial::Ed25519(key))],
    }
}

fn hash_of(receipt: &Value) -> (String, String) {
    let bytes = serde_json::to_vec(receipt).expect("JSON");
    let mut form = Vec::new();
    let document = Document::read(&bytes, 128, &mut form);
    let hash = document.hash.expect("a canonical form");
    (
        format!("sha256:{hash}"),
        String::from_utf8(form).expect("UTF-8"),
    )
}

#[test]
fn the_published_hashes_are_found() {
    let Some(samples) = samples() else { return };
    let mut checked = 0;
    for name in [
        "v020_vectors.json",
        "v030_vectors.json",
        "v040_vectors.json",
        "v050_vectors.json",
    ] {
        for (_, vector) in json(&samples, name).as_object().expect("an object") {
            if let Some(expected) = vector.get("expectedReceiptHash") {
                assert_eq!(hash_of(&vector["receipt"]).0, *expected, "{name}");
                checked += 1;
            }
        }
    }
    let vectors = json(&samples, "canonicalization_vectors.json");
    let mut baseline = String::new();
    for vector in vectors["receipt_hash_vectors"]
        .as_array()
        .expect("an array")
    {
        let Some(expected) = vector.get("expectedHash").and_then(Value::as_str) else {
            continue;
        };
        let (hash, form) = hash_of(&vector["receipt"]);
        if vector["name"] == "receipt_all_optional_absent" {
            baseline.clone_from(&hash);
        }
        let expected = match expected {
            "SAME_AS_receipt_all_optional_absent" => &baseline,
            hash => hash,
        };
        assert_eq!(hash, *expected, "{}", vector["name"]);
        if let Some(part) = vector.get("mustContainSubstring").and_then(Value::as_str) {
            assert!(form.contains(part), "{}", vector["name"]);
        }
        checked += 1;
    }
    for name in ["go_vectors.json", "py_vectors.json"] {
        let vectors = json(&samples, name);
        let (hash, form) = hash_of(&vectors["canonicalization"]["receiptInput"]);
        assert_eq!(form, vectors["canonicalization"]["receiptExpected"]);
        assert_eq!(hash, vectors["hashing"]["receiptExpected"]);
        checked += 1;
    }
    assert_eq!(checked, 20);
}

#[test]
fn the_published_signatures_verify() {
    let Some(samples) = samples() else { return };
    let mut checked = 0;
    let vectors = ["go", "py", "v020", "v030", "v040", "v050"];
    for name in vectors.map(|name| format!("{name}_vectors.json")) {
        let vectors = json(&samples, &name);
        let trust = key_of(&vectors);
        for (part, vector) in vectors.as_object().expect("an object") {
            let receipts: Vec<&Value> = match vector {
                Value::Object(object) => match object.get("receipts") {
                    Some(Value::Array(receipts)) => receipts.iter().collect(),
                    _ => object
                        .get("receipt")
                        .or(object.get("signed"))
                        .into_iter()
                        .collect(),
                },
                _ => Vec::new(),
            };
            if receipts.is_empty() {
                continue;
            }
            let expected = vector
                .get("expectedValid")
                .and_then(Value::as_bool)
                .unwrap_or(true);
            assert!(expected, "a vector that is not valid: {part}");
            let records: Vec<_> = receipts
                .iter()
                .map(|receipt| serde_json::to_vec(receipt).expect("JSON"))
                .collect();
            let count = records.len();
            let outcome = judged(vec![jsonl("v.jsonl", records)], &trust);
            assert_eq!(found(&outcome), [], "{name} {part}");
            assert_eq!(
                verdicts(&outcome),
                [vec![Word::Verified; count]],
                "{name} {part}"
            );
            checked += count;
        }
    }
    assert_eq!(checked, 15);
}

#[test]
fn the_worked_examples_are_unproven_and_contradicted_by_nothing() {
    // Their signatures and hashes are made up: without their keys that is not tampering.
    let Some(samples) = samples() else { return };
    let files: Vec<_> = samples
        .iter()
        .filter(|(name, _)| name.contains("receipt") || name.contains("rotation_event"))
        .map(|(name, text)| {
            jsonl(
                Box::leak(name.clone().into_boxed_str()),
                [text.clone().into_bytes()],
            )
        })
        .collect();
    assert_eq!(files.len(), 10);
    let outcome = judged(files, &Trust::default());
    assert!(
        verdicts(&outcome)
            .iter()
            .flatten()
            .all(|word| *word == Word::Unproven)
    );
    assert!(
        outcome
            .streams
            .iter()
            .all(|stream| stream.verdict.word() == Word::Unproven)
    );
    let contradicts =
        |finding: &&crate::Finding| finding.verdict == Some(crate::Verdict::CONTRADICTED);
    assert_eq!(outcome.findings.iter().find(contradicts), None);
}

#[test]
fn the_published_rotation_is_in_order() {
    let Some(samples) = samples() else { return };
    let text = &samples["rotation_event.json"];
    let document = Document::read(text.as_bytes(), 128, &mut Vec::new());
    assert_eq!(document.malformed, None);
    let rotation = document.rotation.expect("a rotation");
    assert_eq!(rotation.refused, None);
    let next = rotation.next.expect("a key");
    assert_eq!(
        crate::Digest::of(&next).to_string(),
        "dac073e0123bdea59dd9b3bda9cf6037f63aca82627d7abcd5c4ac29dd74003e"
    );
}
