//! The proof of one receipt.

use super::super::proof;
use super::evidence::{all, chain, rotated};
use super::{Shelf, facts_of, jsonl, trust};
use crate::keys::Trust;
use crate::verify::{StepOutcome, Subject};
use crate::{FileFacts, FileId, Kind};

/// The names and outcomes of a proof's steps.
fn steps(records: Vec<Vec<u8>>, ordinal: u64, trust: &Trust) -> Vec<(&'static str, &'static str)> {
    let shelf = Shelf(vec![jsonl("a.jsonl", records)]);
    let facts = facts_of(&shelf, trust, 100);
    let facts: Vec<&FileFacts> = facts.iter().collect();
    let bytes = shelf.0[0].records[ordinal as usize].clone();
    let subject = Subject {
        file: FileId(0),
        kind: Kind::Receipts,
        ordinal,
        offset: 0,
        stream: Some("chain-1"),
        bytes: &bytes,
    };
    let proof = proof(&subject, &facts, trust, &shelf).expect("every record is there");
    proof
        .steps
        .iter()
        .map(|step| (step.name, step.outcome.as_str()))
        .collect()
}

const SOUND: [(&str, &str); 8] = [
    ("bytes", "info"),
    ("digest", "info"),
    ("canonical", "info"),
    ("hash", "info"),
    ("link", "holds"),
    ("signature", "holds"),
    ("key", "info"),
    ("trust", "holds"),
];

#[test]
fn a_sound_receipt_is_proven_from_its_bytes_to_who_trusts_the_key() {
    assert_eq!(steps(all(&chain(4, 1)), 2, &trust(&[1])), SOUND);
    // Through a rotation likewise.
    assert_eq!(steps(all(&rotated()), 6, &trust(&[1])), SOUND);
}

#[test]
fn the_proof_of_an_edited_receipt_fails_at_its_signature() {
    let chain = chain(4, 1);
    let mut records = all(&chain);
    records[2] = chain[2].edited("/tmp/3", "/tmp/x");
    let edited = steps(records.clone(), 2, &trust(&[1]));
    assert_eq!(
        edited[4..],
        [
            ("link", "holds"),
            ("signature", "fails"),
            ("place", "fails")
        ]
    );
    // Its successor names the receipt as it was.
    let next = steps(records, 3, &trust(&[1]));
    assert_eq!(next[4], ("link", "fails"));
    assert_eq!(next[5], ("signature", "holds"));
    assert_eq!(StepOutcome::Fails.as_str(), "fails");
}

#[test]
fn a_proof_says_what_is_missing() {
    let outcome = steps(all(&chain(4, 1)), 2, &trust(&[2]));
    assert_eq!(outcome[4..], [("link", "holds"), ("signature", "missing")]);
    let outcome = steps(all(&chain(4, 1)[1..]), 0, &trust(&[1]));
    assert_eq!(outcome[4..5], [("link", "missing")]);
}
