//! Each tamper of the contract, named by its defect.

use super::evidence::{all, chain, chain_of, draft, rotated, rotation};
use super::{Found, found, jsonl, judged, signer, trust, verdicts};
use crate::verdict::{Completeness, Word};
use crate::verify::Outcome;

const V: Word = Word::Verified;
const U: Word = Word::Unproven;
const C: Word = Word::Contradicted;

fn case(records: impl IntoIterator<Item = Vec<u8>>) -> Outcome {
    judged(vec![jsonl("a.jsonl", records)], &trust(&[1]))
}

fn at(code: &'static str, sequence: u64, ordinal: u64) -> Found {
    (code, Some(0), Some(sequence), Some(ordinal))
}

#[track_caller]
fn expect(outcome: &Outcome, findings: &[Found], words: &[Word], stream: Word) {
    assert_eq!(found(outcome), findings);
    assert_eq!(verdicts(outcome), [words]);
    assert_eq!(outcome.streams[0].verdict.word(), stream);
}

#[test]
fn an_edited_receipt_is_invalid_and_its_successor_stands() {
    let chain = chain(5, 1);
    let mut records = all(&chain);
    records[2] = chain[2].edited("/tmp/3", "/tmp/x");
    let outcome = case(records.clone());
    expect(
        &outcome,
        &[at("signature-invalid", 3, 2)],
        &[V, V, C, V, V],
        C,
    );
    let finding = outcome
        .findings
        .iter()
        .find(|f| f.code.as_str() == "signature-invalid")
        .unwrap();
    let offset = records[0].len() + records[1].len() + 2;
    assert_eq!(finding.place.offset, Some(offset as u64));
    assert_eq!(finding.place.length, Some(records[2].len() as u64));
    assert_eq!(finding.place.stream.as_deref(), Some("chain-1"));
}

#[test]
fn the_first_and_the_last_receipt_edited_are_invalid() {
    let chain = chain(4, 1);
    let mut records = all(&chain);
    records[0] = chain[0].edited("/tmp/1", "/tmp/x");
    expect(
        &case(records),
        &[at("signature-invalid", 1, 0)],
        &[C, V, V, V],
        C,
    );
    let mut records = all(&chain);
    records[3] = chain[3].edited("/tmp/4", "/tmp/x");
    expect(
        &case(records),
        &[at("signature-invalid", 4, 3)],
        &[V, V, V, C],
        C,
    );
}

#[test]
fn a_number_that_common_readers_round_is_malformed() {
    let chain = chain(3, 1);
    let mut records = all(&chain);
    records[1] = chain[1].edited("\"success\"", "\"success\",\"code\":9007199254740993");
    expect(
        &case(records),
        &[at("record-malformed", 2, 1)],
        &[V, U, V],
        U,
    );
}

#[test]
fn a_duplicate_member_is_malformed() {
    let chain = chain(3, 1);
    let mut records = all(&chain);
    records[1] = chain[1].edited("{\"status\":", "{\"status\":\"failure\",\"status\":");
    expect(
        &case(records),
        &[at("record-malformed", 2, 1)],
        &[V, U, V],
        U,
    );
}

#[test]
fn a_line_that_is_no_json_keeps_its_place() {
    let mut records = all(&chain(4, 1));
    records[1].truncate(100);
    let outcome = case(records);
    let malformed = ("record-malformed", Some(0), None, Some(1));
    expect(&outcome, &[malformed], &[V, U, V, V], U);
    assert_eq!(outcome.streams.len(), 1);
    assert_eq!(outcome.streams[0].records, 4);
}

#[test]
fn a_missing_member_is_malformed() {
    let chain = chain(3, 1);
    // Where the receipt keeps its place, its hash is not the one that its successor names either.
    for (from, to, altered) in [
        (",\"issuanceDate\":", ",\"issuanceDat\":", true),
        ("\"chain_id\":", "\"chain_i\":", true),
        ("\"sequence\":2", "\"sequence\":\"2\"", false),
        (
            "\"previous_receipt_hash\":\"sha256:",
            "\"previous_receipt_hash\":\"SHA256:",
            true,
        ),
        ("\"version\":\"0.5.0\"", "\"version\":5", true),
        ("\"issuer\":{\"id\":", "\"issuer\":{\"i\":", true),
        ("\"type\":\"Ed25519Signature2020\"", "\"type\":5", false),
    ] {
        let mut records = all(&chain);
        records[1] = chain[1].edited(from, to);
        let outcome = case(records);
        let codes: Vec<&str> = found(&outcome).iter().map(|found| found.0).collect();
        let expected = ["record-altered", "record-malformed"];
        assert_eq!(
            codes,
            if altered {
                &expected[..]
            } else {
                &expected[1..]
            },
            "{to}"
        );
        assert_eq!(
            verdicts(&outcome),
            [[V, if altered { C } else { U }, V]],
            "{to}"
        );
    }
}

#[test]
fn a_deleted_receipt_is_a_gap_and_the_others_stand() {
    let mut records = all(&chain(5, 1));
    records.remove(2);
    let outcome = case(records);
    expect(
        &outcome,
        &[("record-missing", Some(0), Some(3), None)],
        &[V, V, V, V],
        C,
    );
    let gap = outcome
        .findings
        .iter()
        .find(|f| f.code.as_str() == "record-missing")
        .unwrap();
    assert_eq!(gap.place.range, Some((3, 3, 1)));
    assert_eq!(outcome.streams[0].axes.completeness, Completeness::Gap);
}

#[test]
fn a_deleted_head_is_a_gap() {
    let records = all(&chain(5, 1)[2..]);
    let outcome = case(records);
    expect(
        &outcome,
        &[("record-missing", Some(0), Some(1), None)],
        &[V, V, V],
        C,
    );
    let gap = outcome
        .findings
        .iter()
        .find(|f| f.code.as_str() == "record-missing")
        .unwrap();
    assert_eq!(gap.place.range, Some((1, 2, 2)));
}

#[test]
fn a_head_that_is_not_here_contradicts_nothing_without_a_key() {
    let records = all(&chain(5, 2)[2..]);
    expect(
        &case(records),
        &[("key-unknown", Some(0), None, None)],
        &[U, U, U],
        U,
    );
}

#[test]
fn a_cut_tail_leaves_the_end_unknown() {
    let outcome = case(all(&chain(5, 1)[..3]));
    expect(&outcome, &[], &[V, V, V], V);
    assert!(
        outcome
            .findings
            .iter()
            .any(|finding| finding.code.as_str() == "end-unknown")
    );
    assert_eq!(outcome.streams[0].axes.completeness, Completeness::Open);
}

#[test]
fn a_repeated_receipt_is_the_copy_wherever_it_stands() {
    let chain = chain(4, 1);
    let mut records = all(&chain);
    records.insert(2, chain[1].bytes());
    expect(
        &case(records),
        &[at("record-repeated", 2, 2)],
        &[V, V, C, V, V],
        C,
    );
    let mut records = all(&chain);
    records.push(chain[0].bytes());
    expect(
        &case(records),
        &[at("record-repeated", 1, 4)],
        &[V, V, V, V, C],
        C,
    );
}

#[test]
fn two_swapped_receipts_are_reordered_and_stand() {
    let mut records = all(&chain(5, 1));
    records.swap(2, 3);
    expect(&case(records), &[at("record-reordered", 4, 2)], &[V; 5], C);
}

#[test]
fn a_receipt_without_a_signature_is_not_skipped() {
    let chain = chain(3, 1);
    for stripped in ["\"proofValue\":\"\"", "\"x\":\"\""] {
        let mut records = all(&chain);
        let text = String::from_utf8(records[1].clone()).unwrap();
        let start = text.find("\"proofValue\"").unwrap();
        let end = start + text[start..].find('}').unwrap();
        records[1] = format!("{}{stripped}{}", &text[..start], &text[end..]).into_bytes();
        expect(
            &case(records),
            &[at("signature-missing", 2, 1)],
            &[V, U, V],
            U,
        );
    }
    let mut records = all(&chain);
    records[1] = chain[1].canonical.clone().into_bytes();
    expect(
        &case(records),
        &[at("signature-missing", 2, 1)],
        &[V, U, V],
        U,
    );
}

#[test]
fn a_receipt_without_a_signature_and_with_other_bytes_is_altered() {
    let chain = chain(3, 1);
    let mut records = all(&chain);
    records[1] = chain[1].canonical.replace("/tmp/2", "/tmp/x").into_bytes();
    let findings = [at("record-altered", 2, 1), at("signature-missing", 2, 1)];
    expect(&case(records), &findings, &[V, C, V], C);
}

#[test]
fn an_algorithm_that_the_format_does_not_allow_is_refused() {
    let chain = chain(3, 1);
    let mut records = all(&chain);
    records[1] = chain[1].edited("Ed25519Signature2020", "none");
    expect(
        &case(records),
        &[at("algorithm-refused", 2, 1)],
        &[V, U, V],
        U,
    );
}

#[test]
fn a_version_that_is_not_known_is_refused() {
    for version in ["0.6.0", "1.0.0", "0.0.1", "0.5", "0.5.x", "00.5.0"] {
        let chain = chain_of(3, 1, |draft| {
            if draft.sequence == 2 {
                draft.version = version.into();
            }
        });
        expect(
            &case(all(&chain)),
            &[at("algorithm-refused", 2, 1)],
            &[V, U, V],
            U,
        );
    }
}

#[test]
fn a_proof_value_that_can_be_no_signature_is_invalid() {
    let chain = chain(3, 1);
    for value in [
        "\"proofValue\":\"z",
        "\"proofValue\":\"u=",
        "\"proofValue\":\"uAA",
    ] {
        let mut records = all(&chain);
        records[1] = chain[1].edited("\"proofValue\":\"u", value);
        expect(
            &case(records),
            &[at("signature-invalid", 2, 1)],
            &[V, C, V],
            C,
        );
    }
}

#[test]
fn a_forged_receipt_beside_the_real_one_is_inserted() {
    let chain = chain(4, 1);
    let mut records = all(&chain);
    records.insert(2, chain[1].edited("/tmp/2", "/tmp/x"));
    expect(
        &case(records),
        &[at("record-inserted", 2, 2)],
        &[V, V, C, V, V],
        C,
    );
}

#[test]
fn an_altered_copy_in_another_file_is_invalid_and_the_original_stands() {
    let chain = chain(4, 1);
    let mut copy = all(&chain);
    copy[1] = chain[1].edited("/tmp/2", "/tmp/x");
    let files = vec![jsonl("a.jsonl", all(&chain)), jsonl("b.jsonl", copy)];
    let outcome = judged(files, &trust(&[1]));
    assert_eq!(
        found(&outcome),
        [("signature-invalid", Some(1), Some(2), Some(1))]
    );
    assert_eq!(verdicts(&outcome), [[V, V, V, V], [V, C, V, V]]);
}

#[test]
fn two_signed_receipts_of_one_number_in_two_files_are_a_fork() {
    let one = chain(6, 1);
    let mut other = one[..3].to_vec();
    for sequence in 4..=5 {
        let mut draft = draft(sequence, other.last());
        draft.resource = "/tmp/other".into();
        other.push(draft.sign(&signer(1)));
    }
    let files = vec![jsonl("a.jsonl", all(&one)), jsonl("b.jsonl", all(&other))];
    let outcome = judged(files, &trust(&[1]));
    assert_eq!(
        found(&outcome),
        [("stream-forked", Some(1), Some(4), Some(3))]
    );
    assert_eq!(
        verdicts(&outcome),
        [vec![V, V, V, C, C, C], vec![V, V, V, C, C]]
    );
    assert_eq!(outcome.streams[0].verdict.word(), C);
    assert_eq!(outcome.streams[0].axes.completeness, Completeness::Forked);
}

#[test]
fn a_link_that_names_another_signed_receipt_is_a_fork() {
    // The key's holder edits receipt 3 and signs it again; receipt 4 names the one before that.
    let chain = chain(5, 1);
    let mut records = all(&chain);
    let mut again = chain[2].draft.clone();
    again.resource = "/tmp/x".into();
    records[2] = again.sign(&signer(1)).bytes();
    expect(
        &case(records),
        &[at("stream-forked", 3, 2)],
        &[V, V, C, C, C],
        C,
    );
}

#[test]
fn receipts_after_the_end_contradict_the_chain() {
    let mut chain = chain(3, 1);
    for sequence in 4..=5 {
        chain.push(draft(sequence, chain.last()).sign(&signer(1)));
    }
    let outcome = case(all(&chain));
    expect(&outcome, &[at("record-after-end", 4, 3)], &[V; 5], C);
    let finding = outcome
        .findings
        .iter()
        .find(|f| f.code.as_str() == "record-after-end")
        .unwrap();
    assert_eq!(finding.place.range, Some((4, 5, 2)));
}

#[test]
fn a_chain_that_begins_again_is_restarted_and_its_receipts_stand() {
    let mut records = all(&chain(3, 1));
    records.extend(all(&chain_of(2, 1, |draft| {
        draft.resource = "/again".into()
    })));
    expect(&case(records), &[at("chain-restarted", 1, 3)], &[V; 5], C);
}

#[test]
fn a_receipt_without_a_predecessor_in_the_middle_is_a_restart() {
    let mut chain = chain_of(3, 1, |draft| draft.terminal = false);
    for sequence in 4..=5 {
        let before = (sequence > 4).then(|| chain.last()).flatten();
        let draft = draft(sequence, before);
        chain.push(draft.sign(&signer(1)));
    }
    expect(
        &case(all(&chain)),
        &[at("chain-restarted", 4, 3)],
        &[V; 5],
        C,
    );
    // Over two files likewise.
    let files = vec![
        jsonl("a.jsonl", all(&chain[..3])),
        jsonl("b.jsonl", all(&chain[3..])),
    ];
    let outcome = judged(files, &trust(&[1]));
    assert_eq!(
        found(&outcome),
        [("chain-restarted", Some(1), Some(4), Some(0))]
    );
}

#[test]
fn a_receipt_of_another_issuer_is_crossed() {
    let chain = chain_of(4, 1, |draft| {
        if draft.sequence == 3 {
            draft.issuer = "did:agent:two".into();
        }
    });
    expect(
        &case(all(&chain)),
        &[at("stream-crossed", 3, 2)],
        &[V, V, C, V],
        C,
    );
}

#[test]
fn a_receipt_moved_to_another_chain_fails_its_signature() {
    let other = chain_of(3, 1, |draft| draft.chain = "chain-2".into());
    let mut records = all(&chain(3, 1));
    records[1] = other[1].edited("\"chain_id\":\"chain-2\"", "\"chain_id\":\"chain-1\"");
    expect(
        &case(records),
        &[at("signature-invalid", 2, 1)],
        &[V, C, V],
        C,
    );
}

#[test]
fn time_that_runs_back_changes_no_verdict() {
    let chain = chain_of(4, 1, |draft| {
        if draft.sequence == 3 {
            draft.time = "2026-05-31T00:00:00Z".into();
        }
    });
    let outcome = case(all(&chain));
    expect(&outcome, &[at("clock-backwards", 3, 2)], &[V; 4], V);
    assert_eq!(
        outcome.streams[0].axes.time,
        crate::verdict::Time::Contradicted
    );
}

#[test]
fn a_rotation_that_the_old_key_did_not_sign_is_not_endorsed() {
    let mut chain = chain_of(3, 1, |draft| draft.terminal = false);
    for sequence in 4..=6 {
        let mut draft = draft(sequence, chain.last());
        draft.rotation = (sequence == 4).then(|| rotation(1, 2));
        chain.push(draft.sign(&signer(2)));
    }
    let outcome = case(all(&chain));
    let codes: Vec<&str> = found(&outcome).iter().map(|found| found.0).collect();
    assert_eq!(codes, ["endorsement-invalid"]);
    assert!(found(&outcome).contains(&at("endorsement-invalid", 4, 3)));
    assert_eq!(verdicts(&outcome), [[V, V, V, C, U, U]]);
}

#[test]
fn a_rotation_from_a_key_that_is_not_the_chains_is_not_endorsed() {
    let mut chain = chain_of(3, 1, |draft| draft.terminal = false);
    for sequence in 4..=6 {
        let mut draft = draft(sequence, chain.last());
        draft.rotation = (sequence == 4).then(|| rotation(3, 2));
        chain.push(draft.sign(&signer(if sequence == 4 { 1 } else { 2 })));
    }
    let outcome = case(all(&chain));
    expect(
        &outcome,
        &[at("endorsement-invalid", 4, 3)],
        &[V, V, V, C, U, U],
        C,
    );
}

#[test]
fn a_rotation_to_another_algorithm_is_refused() {
    let mut chain = chain_of(3, 1, |draft| draft.terminal = false);
    for sequence in 4..=5 {
        let mut draft = draft(sequence, chain.last());
        let to = rotation(1, 2).replace("new_algorithm\":\"ed25519", "new_algorithm\":\"ml-dsa");
        draft.rotation = (sequence == 4).then_some(to);
        chain.push(draft.sign(&signer(if sequence == 4 { 1 } else { 2 })));
    }
    let outcome = case(all(&chain));
    expect(
        &outcome,
        &[at("algorithm-refused", 4, 3)],
        &[V, V, V, U, U],
        U,
    );
}

#[test]
fn a_missing_rotation_makes_what_follows_unproven_and_not_false() {
    let mut records = all(&rotated());
    records.remove(3);
    let outcome = case(records);
    let findings = [
        at("key-unknown", 5, 3),
        ("record-missing", Some(0), Some(4), None),
    ];
    expect(&outcome, &findings, &[V, V, V, U, U, U, U, U], C);
}

#[test]
fn a_retired_key_signs_nothing_more() {
    let mut chain = rotated()[..6].to_vec();
    chain.push(draft(7, chain.last()).sign(&signer(1)));
    let outcome = case(all(&chain));
    expect(
        &outcome,
        &[at("signature-invalid", 7, 6)],
        &[V, V, V, V, V, V, C],
        C,
    );
}

#[test]
fn an_edit_after_a_deletion_is_still_found() {
    let chain = chain(6, 1);
    let mut records = all(&chain);
    records[3] = chain[3].edited("/tmp/4", "/tmp/x");
    records.remove(1);
    let findings = [
        ("record-missing", Some(0), Some(2), None),
        at("signature-invalid", 4, 2),
    ];
    expect(&case(records), &findings, &[V, V, C, V, V], C);
}
