//! Whose keys vouch for what.

use super::evidence::{all, chain, chain_of};
use super::{found, jsonl, judged, signer, trust, trusted, verdicts};
use crate::Code;
use crate::keys::{Trust, TrustedKey};
use crate::time::rfc3339;
use crate::verdict::{Author, Word};

/// The did:key of seed 1: reckoned apart, with python (`cryptography`, base 58 by hand).
const DID_OF_1: &str = "did:key:z6Mkon3Necd6NkkyfoGoHxid2znGc59LU3K7mubaRcFbLfLX";

#[test]
fn a_key_from_the_evidence_is_never_more_than_intact() {
    let chain = chain_of(4, 1, |draft| draft.issuer = DID_OF_1.into());
    let outcome = judged(vec![jsonl("a.jsonl", all(&chain))], &Trust::default());
    assert_eq!(found(&outcome), [("key-untrusted", Some(0), None, None)]);
    assert_eq!(verdicts(&outcome), [[Word::Intact; 4]]);
    assert_eq!(outcome.streams[0].verdict.word(), Word::Intact);
    assert_eq!(outcome.streams[0].axes.author, Author::Unknown);
    // The same key, trusted from elsewhere, verifies.
    let outcome = judged(vec![jsonl("a.jsonl", all(&chain))], &trust(&[1]));
    assert_eq!(found(&outcome), []);
    assert_eq!(verdicts(&outcome), [[Word::Verified; 4]]);
}

#[test]
fn a_key_from_the_evidence_says_nothing_in_a_chain_of_a_trusted_key() {
    let chain = chain(4, 2);
    let mut records = all(&chain);
    let forged = chain[2].draft.sign(&signer(1));
    records[2] = forged.edited("did:agent:one#key-1", &format!("{DID_OF_1}#key-1"));
    let outcome = judged(vec![jsonl("a.jsonl", records)], &trust(&[2]));
    assert_eq!(
        found(&outcome),
        [("signature-invalid", Some(0), Some(3), Some(2))]
    );
}

#[test]
fn an_expired_key_leaves_later_receipts_unproven_with_one_finding() {
    let until = TrustedKey {
        until: rfc3339("2026-06-01T00:00:03Z"),
        ..trusted(1)
    };
    let trust = Trust { keys: vec![until] };
    let outcome = judged(vec![jsonl("a.jsonl", all(&chain(6, 1)))], &trust);
    assert_eq!(
        found(&outcome),
        [("key-expired", Some(0), Some(4), Some(3))]
    );
    let expected = [vec![Word::Verified; 3], vec![Word::Unproven; 3]].concat();
    assert_eq!(verdicts(&outcome), [expected]);
    let finding = outcome
        .findings
        .iter()
        .find(|f| f.code == Code::KeyExpired)
        .unwrap();
    assert_eq!(finding.place.range, Some((4, 6, 3)));
}

#[test]
fn a_revoked_key_leaves_later_receipts_unproven() {
    let revoked = TrustedKey {
        revoked: rfc3339("2026-06-01T00:00:05Z"),
        ..trusted(1)
    };
    let trust = Trust {
        keys: vec![revoked],
    };
    let outcome = judged(vec![jsonl("a.jsonl", all(&chain(6, 1)))], &trust);
    assert_eq!(
        found(&outcome),
        [("key-revoked", Some(0), Some(5), Some(4))]
    );
}

#[test]
fn a_key_bound_to_another_chain_is_not_tried() {
    let bound = TrustedKey {
        streams: vec!["chain-9".into()],
        ..trusted(1)
    };
    let outcome = judged(
        vec![jsonl("a.jsonl", all(&chain(3, 1)))],
        &Trust { keys: vec![bound] },
    );
    assert_eq!(found(&outcome), [("key-unknown", Some(0), None, None)]);
    assert_eq!(verdicts(&outcome), [[Word::Unproven; 3]]);
}

#[test]
fn a_receipt_by_another_trusted_key_fails_under_the_chains() {
    let chain = chain(5, 1);
    let mut records = all(&chain);
    let mut draft = chain[2].draft.clone();
    draft.resource = "/tmp/x".into();
    records[2] = draft.sign(&signer(2)).bytes();
    let outcome = judged(vec![jsonl("a.jsonl", records)], &trust(&[1, 2]));
    assert_eq!(
        found(&outcome),
        [("signature-invalid", Some(0), Some(3), Some(2))]
    );
}

#[test]
fn a_chain_signed_anew_with_another_key_is_unknown() {
    let outcome = judged(vec![jsonl("a.jsonl", all(&chain(3, 9)))], &trust(&[1]));
    assert_eq!(found(&outcome), [("key-unknown", Some(0), None, None)]);
}

#[test]
fn many_signatures_give_the_same_answers_as_few() {
    // Enough for the key to be prepared, with every seventh signature damaged.
    let chain = chain_of(450, 1, |draft| draft.terminal = false);
    let mut records = all(&chain);
    for i in (6..450).step_by(7) {
        records[i] = chain[i].edited("/tmp/", "/tmq/");
    }
    let outcome = judged(vec![jsonl("a.jsonl", records)], &trust(&[1, 2, 3]));
    let words = verdicts(&outcome).remove(0);
    for (i, word) in words.iter().enumerate() {
        let expected = if i % 7 == 6 {
            Word::Contradicted
        } else {
            Word::Verified
        };
        assert_eq!(*word, expected, "receipt {}", i + 1);
    }
    assert_eq!(found(&outcome).len(), 64);
}
