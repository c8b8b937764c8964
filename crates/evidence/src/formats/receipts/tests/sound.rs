//! Sound chains.

use super::evidence::{all, chain, chain_of, rotated};
use super::{found, jsonl, judged, trust, verdicts};
use crate::verdict::{Author, Completeness, Integrity, Word};

#[test]
fn a_sound_chain_under_a_trusted_key_is_verified() {
    let outcome = judged(vec![jsonl("a.jsonl", all(&chain(9, 1)))], &trust(&[1]));
    assert_eq!(verdicts(&outcome), [[Word::Verified; 9]]);
    assert_eq!(found(&outcome), []);
    assert_eq!(outcome.spans.len(), 1);
    let [stream] = &outcome.streams[..] else {
        panic!("one stream")
    };
    assert_eq!(
        (stream.id.as_str(), stream.records, stream.seqs),
        ("chain-1", 9, Some((1, 9)))
    );
    assert_eq!(stream.verdict.word(), Word::Verified);
    assert_eq!(stream.axes.completeness, Completeness::Closed);
    assert_eq!(stream.axes.author, Author::Trusted);
    assert_eq!(outcome.files[0].verdict.word(), Word::Verified);
    let uncovered = &outcome.findings[0];
    assert_eq!(uncovered.code.as_str(), "field-uncovered");
    let names = [
        "proof.type",
        "proof.created",
        "proof.verificationMethod",
        "proof.proofPurpose",
    ];
    assert_eq!(uncovered.place.members, names);
    assert_eq!(outcome.findings.len(), 1);
}

#[test]
fn a_chain_without_an_end_is_open() {
    let chain = chain_of(4, 1, |draft| draft.terminal = false);
    let outcome = judged(vec![jsonl("a.jsonl", all(&chain))], &trust(&[1]));
    assert_eq!(verdicts(&outcome), [[Word::Verified; 4]]);
    assert!(
        outcome
            .findings
            .iter()
            .any(|finding| finding.code.as_str() == "end-unknown")
    );
    assert_eq!(outcome.streams[0].axes.completeness, Completeness::Open);
    assert_eq!(outcome.streams[0].verdict.word(), Word::Verified);
}

#[test]
fn a_missing_key_is_not_tampering() {
    let outcome = judged(vec![jsonl("a.jsonl", all(&chain(3, 1)))], &trust(&[2]));
    assert_eq!(verdicts(&outcome), [[Word::Unproven; 3]]);
    assert_eq!(found(&outcome), [("key-unknown", Some(0), None, None)]);
    assert_eq!(outcome.streams[0].verdict.word(), Word::Unproven);
    assert_eq!(outcome.streams[0].axes.author, Author::Unchecked);
}

#[test]
fn one_chain_may_lie_in_a_file_a_receipt_in_any_order() {
    let chain = chain(5, 1);
    let files = [3, 0, 4, 2, 1].map(|i: usize| jsonl("r.json", [chain[i].bytes()]));
    let outcome = judged(files.into(), &trust(&[1]));
    assert_eq!(found(&outcome), []);
    assert_eq!(verdicts(&outcome), [[Word::Verified]; 5]);
    assert_eq!(outcome.streams.len(), 1);
    assert_eq!(outcome.streams[0].verdict.word(), Word::Verified);
}

#[test]
fn the_same_receipts_in_two_files_are_copies() {
    let chain = chain(6, 1);
    let files = vec![
        jsonl("a.jsonl", all(&chain[..4])),
        jsonl("b.jsonl", all(&chain[1..])),
        jsonl("c.jsonl", all(&chain[2..3])),
    ];
    let outcome = judged(files, &trust(&[1]));
    assert_eq!(found(&outcome), []);
    assert!(
        verdicts(&outcome)
            .iter()
            .flatten()
            .all(|word| *word == Word::Verified)
    );
    assert_eq!(outcome.streams[0].records, 10);
}

#[test]
fn chains_may_be_interleaved_in_one_file() {
    let (one, other) = (
        chain(5, 1),
        chain_of(5, 2, |draft| draft.chain = "chain-2".into()),
    );
    let mixed = one
        .iter()
        .zip(&other)
        .flat_map(|(one, other)| [one.bytes(), other.bytes()]);
    let outcome = judged(vec![jsonl("a.jsonl", mixed)], &trust(&[2, 1]));
    assert_eq!(found(&outcome), []);
    assert_eq!(verdicts(&outcome), [[Word::Verified; 10]]);
    assert_eq!(outcome.streams.len(), 2);
    assert_eq!(outcome.spans.len(), 10);
}

#[test]
fn a_rotation_makes_the_next_key_the_chains() {
    let outcome = judged(vec![jsonl("a.jsonl", all(&rotated()))], &trust(&[1]));
    assert_eq!(found(&outcome), []);
    assert_eq!(verdicts(&outcome), [[Word::Verified; 9]]);
    assert_eq!(outcome.streams[0].axes.integrity, Integrity::Ok);
}

#[test]
fn a_rotation_in_another_file_makes_the_next_key_the_chains() {
    let chain = rotated();
    let files = vec![
        jsonl("b.jsonl", all(&chain[4..])),
        jsonl("a.jsonl", all(&chain[..4])),
    ];
    let outcome = judged(files, &trust(&[1]));
    assert_eq!(found(&outcome), []);
    assert_eq!(
        verdicts(&outcome),
        [vec![Word::Verified; 5], vec![Word::Verified; 4]]
    );
}

#[test]
fn a_trusted_successor_verifies_what_it_signed_and_nothing_before() {
    // The examiner has the second key only: what the first signed is unproven, not false.
    let outcome = judged(vec![jsonl("a.jsonl", all(&rotated()))], &trust(&[2]));
    let expected = [vec![Word::Unproven; 4], vec![Word::Verified; 5]].concat();
    assert_eq!(verdicts(&outcome), [expected]);
    assert_eq!(
        found(&outcome),
        [("key-unknown", Some(0), Some(1), Some(0))]
    );
}

#[test]
fn both_keys_of_a_rotation_may_be_trusted() {
    let outcome = judged(vec![jsonl("a.jsonl", all(&rotated()))], &trust(&[2, 1]));
    assert_eq!(found(&outcome), []);
    assert_eq!(verdicts(&outcome), [[Word::Verified; 9]]);
}

#[test]
fn the_rows_of_a_database_have_no_order() {
    let chain = chain(5, 1);
    let records = [4, 0, 3, 1, 2].map(|i: usize| chain[i].bytes());
    let mut file = jsonl("receipts.db", records);
    file.kind = crate::Kind::ReceiptsDatabase;
    let outcome = judged(vec![file], &trust(&[1]));
    assert_eq!(found(&outcome), []);
    assert_eq!(verdicts(&outcome), [[Word::Verified; 5]]);
}
