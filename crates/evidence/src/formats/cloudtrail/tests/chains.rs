//! Chains of digests: signatures, keys, links.

use super::bucket::{
    Bucket, Judged, Signed, bucket, digest_key, draft, file, judged, key_list, log, log_key,
    sha256, sidecar, trust, trusted,
};
use crate::keys::{Trust, TrustedKey};
use crate::time::rfc3339;
use crate::verdict::{Author, Completeness, Word};
use crate::{Finding, Kind};

const V: Word = Word::Verified;
const I: Word = Word::Intact;
const U: Word = Word::Unproven;
const C: Word = Word::Contradicted;

/// The verdicts of the two logs of each hour.
fn of_hours(judged: &Judged) -> Vec<Word> {
    judged
        .of_logs()
        .chunks(2)
        .map(|pair| {
            assert_eq!(pair[0], pair[1]);
            pair[0]
        })
        .collect()
}

/// The files, without the metadata of some hours.
fn without_sidecars(bucket: &Bucket, hours: &[u32]) -> Vec<super::bucket::File> {
    let gone: Vec<String> = hours
        .iter()
        .map(|&hour| format!("{}.metadata.json", digest_key(hour)))
        .collect();
    bucket
        .files()
        .into_iter()
        .filter(|file| !gone.contains(&file.path))
        .collect()
}

/// The chain from `from` on (an index) signed anew after an edit of that digest.
fn resealed(
    mut bucket: Bucket,
    from: usize,
    edit: impl FnOnce(&mut super::bucket::Draft),
) -> Bucket {
    let mut edit = Some(edit);
    for i in from..bucket.digests.len() {
        let mut draft = bucket.digests[i].draft.clone();
        if i > from {
            draft.previous = Some(bucket.digests[i - 1].link());
        }
        if let Some(edit) = edit.take() {
            edit(&mut draft);
        }
        bucket.digests[i] = draft.sign();
    }
    bucket
}

fn spoiled(text: &str) -> String {
    let first = if text.starts_with('0') { "1" } else { "0" };
    format!("{first}{}", &text[1..])
}

#[test]
fn an_edited_digest_is_invalid_and_its_logs_unproven() {
    let sound = bucket();
    let mut files = sound.files();
    let digest = files
        .iter_mut()
        .find(|file| file.path == digest_key(2))
        .unwrap();
    digest.text = digest
        .text
        .replace(&sha256(&sound.logs[2].text), &sha256("x"));
    let judged = judged(files, &trust(&[0]));
    assert_eq!(judged.found(), [("signature-invalid", digest_key(2))]);
    assert_eq!(of_hours(&judged), [V, U, V, V]);
    assert_eq!(judged.of_file(&digest_key(2)), C);
    assert_eq!(judged.stream().verdict.word(), C);
}

#[test]
fn an_edited_digest_without_metadata_is_known_by_its_successor() {
    let sound = bucket();
    let mut files = without_sidecars(&sound, &[2]);
    let digest = files
        .iter_mut()
        .find(|file| file.path == digest_key(2))
        .unwrap();
    digest.text = digest
        .text
        .replace(&sha256(&sound.logs[2].text), &sha256("x"));
    let judged = judged(files, &trust(&[0]));
    assert_eq!(judged.found(), [("signature-invalid", digest_key(2))]);
    assert_eq!(of_hours(&judged), [V, U, V, V]);
}

#[test]
fn without_metadata_every_digest_but_the_newest_is_proven_by_its_successor() {
    let judged = judged(without_sidecars(&bucket(), &[1, 2, 3, 4]), &trust(&[0]));
    assert_eq!(judged.found(), [("signature-missing", digest_key(4))]);
    assert_eq!(of_hours(&judged), [V, V, V, U]);
    assert_eq!(judged.stream().verdict.word(), U);
}

#[test]
fn metadata_missing_in_the_middle_changes_nothing() {
    let judged = judged(without_sidecars(&bucket(), &[2]), &trust(&[0]));
    assert_eq!(judged.found(), []);
    assert_eq!(of_hours(&judged), [V; 4]);
}

#[test]
fn a_spoiled_signature_of_the_newest_digest_is_invalid() {
    let sound = bucket();
    let mut files = without_sidecars(&sound, &[4]);
    files.push(sidecar(
        &digest_key(4),
        &spoiled(&sound.digests[3].signature),
    ));
    let judged = judged(files, &trust(&[0]));
    assert_eq!(judged.found(), [("signature-invalid", digest_key(4))]);
    assert_eq!(of_hours(&judged), [V, V, V, U]);
}

#[test]
fn a_spoiled_signature_in_the_middle_is_invalid_and_the_successor_proves_the_logs() {
    let sound = bucket();
    for spoiled in [
        spoiled(&sound.digests[1].signature),
        "no hex".into(),
        "ab".into(),
    ] {
        let mut files = without_sidecars(&sound, &[2]);
        files.push(sidecar(&digest_key(2), &spoiled));
        let judged = judged(files, &trust(&[0]));
        assert_eq!(judged.found(), [("signature-invalid", digest_key(2))]);
        assert_eq!(of_hours(&judged), [V; 4]);
        assert_eq!(judged.of_file(&digest_key(2)), C);
    }
}

#[test]
fn a_missing_key_is_not_tampering() {
    let judged = judged(bucket().files(), &trust(&[1]));
    assert_eq!(judged.found(), [("key-unknown", digest_key(1))]);
    assert_eq!(of_hours(&judged), [U; 4]);
    assert_eq!(judged.stream().verdict.word(), U);
    assert_eq!(judged.stream().axes.author, Author::Unchecked);
}

#[test]
fn a_key_list_in_the_evidence_gives_no_more_than_intact() {
    let mut files = bucket().files();
    files.push(file("keys.json", Kind::CloudTrailKeys, key_list(0)));
    let outcome = judged(files.clone(), &Trust::default());
    assert_eq!(outcome.found(), [("key-untrusted", digest_key(1))]);
    assert_eq!(of_hours(&outcome), [I; 4]);
    assert_eq!(outcome.stream().axes.author, Author::Unknown);
    let outcome = judged(files, &trust(&[0]));
    assert_eq!(outcome.found(), []);
    assert_eq!(of_hours(&outcome), [V; 4]);
}

#[test]
fn a_key_is_held_against_the_end_of_each_digest() {
    let until = TrustedKey {
        until: rfc3339("2026-06-01T02:30:00Z"),
        ..trusted(0)
    };
    let expired = judged(bucket().files(), &Trust { keys: vec![until] });
    assert_eq!(expired.found(), [("key-expired", digest_key(3))]);
    assert_eq!(of_hours(&expired), [V, V, U, U]);
    let revoked = TrustedKey {
        revoked: rfc3339("2026-06-01T04:00:00Z"),
        ..trusted(0)
    };
    let revoked = judged(
        bucket().files(),
        &Trust {
            keys: vec![revoked],
        },
    );
    assert_eq!(revoked.found(), [("key-revoked", digest_key(4))]);
    assert_eq!(of_hours(&revoked), [V, V, V, U]);
}

#[test]
fn another_algorithm_is_refused() {
    let refused = resealed(bucket(), 3, |draft| draft.algorithm = "SHA1withRSA".into());
    let judged = judged(refused.files(), &trust(&[0]));
    assert_eq!(judged.found(), [("algorithm-refused", digest_key(4))]);
    assert_eq!(of_hours(&judged), [V, V, V, U]);
    assert_eq!(judged.of_file(&digest_key(4)), U);
}

#[test]
fn another_hash_of_the_logs_is_refused() {
    let refused = resealed(bucket(), 3, |draft| draft.log_algorithm = "MD5".into());
    let judged = judged(refused.files(), &trust(&[0]));
    let expected = [
        ("algorithm-refused", log_key(3, 10)),
        ("algorithm-refused", log_key(3, 40)),
    ];
    assert_eq!(judged.found(), expected);
    assert_eq!(of_hours(&judged), [V, V, V, U]);
}

#[test]
fn a_missing_digest_in_the_middle_leaves_its_logs_unproven() {
    let mut sound = bucket();
    sound.digests.remove(1);
    let judged = judged(sound.files(), &trust(&[0]));
    assert_eq!(judged.found(), [("seal-missing", digest_key(2))]);
    assert_eq!(of_hours(&judged), [V, U, V, V]);
    assert_eq!(judged.stream().verdict.word(), C);
    assert_eq!(judged.stream().axes.completeness, Completeness::Gap);
}

#[test]
fn where_a_missing_digest_would_lie_is_said() {
    let mut sound = bucket();
    sound.digests.remove(1);
    let mut files = sound.files();
    for file in &mut files {
        file.path = format!("case/{}", file.path);
    }
    let judged = judged(files, &trust(&[0]));
    assert_eq!(
        judged.found(),
        [("seal-missing", format!("case/{}", digest_key(2)))]
    );
}

#[test]
fn the_newest_digest_removed_leaves_a_tail() {
    let mut sound = bucket();
    sound.digests.pop();
    let judged = judged(sound.files(), &trust(&[0]));
    assert_eq!(judged.found(), [("tail-unsealed", log_key(3, 10))]);
    assert_eq!(of_hours(&judged), [V, V, V, U]);
    assert_eq!(judged.stream().verdict.word(), U);
}

#[test]
fn an_export_that_begins_later_is_not_contradicted() {
    let mut sound = bucket();
    sound.digests.remove(0);
    let judged = judged(sound.files(), &trust(&[0]));
    assert_eq!(judged.found(), [("period-uncovered", log_key(0, 10))]);
    assert_eq!(of_hours(&judged), [U, V, V, V]);
    assert_eq!(judged.stream().verdict.word(), U);
}

#[test]
fn a_restarted_chain_changes_no_verdict() {
    let restarted = resealed(bucket(), 2, |draft| draft.previous = None);
    let judged = judged(restarted.files(), &trust(&[0]));
    assert_eq!(judged.found(), [("chain-restarted", digest_key(3))]);
    assert_eq!(of_hours(&judged), [V; 4]);
    assert_eq!(judged.stream().verdict.word(), V);
    assert_eq!(judged.stream().axes.completeness, Completeness::Gap);
}

#[test]
fn the_hole_before_a_restart_is_uncovered() {
    let mut restarted = resealed(bucket(), 2, |draft| draft.previous = None);
    restarted.digests.remove(1);
    let files: Vec<_> = restarted
        .files()
        .into_iter()
        .filter(|f| f.path != log_key(1, 40))
        .collect();
    let judged = judged(files, &trust(&[0]));
    let expected = [
        ("chain-restarted", digest_key(3)),
        ("period-uncovered", digest_key(3)),
        ("period-uncovered", log_key(1, 10)),
    ];
    assert_eq!(judged.found(), expected);
    assert_eq!(judged.of_logs(), [V, V, U, V, V, V, V]);
}

#[test]
fn a_successor_that_names_another_hash_is_wrong_and_the_digest_stands() {
    let wrong = resealed(bucket(), 2, |draft| {
        let previous = draft.previous.as_mut().unwrap();
        previous.1 = spoiled(&previous.1);
    });
    let judged = judged(wrong.files(), &trust(&[0]));
    assert_eq!(judged.found(), [("seal-invalid", digest_key(3))]);
    assert_eq!(of_hours(&judged), [V, V, U, V]);
}

#[test]
fn a_successor_that_repeats_another_signature_is_wrong_and_the_digest_stands() {
    let wrong = resealed(bucket(), 2, |draft| {
        let previous = draft.previous.as_mut().unwrap();
        previous.2 = spoiled(&previous.2);
    });
    let judged = judged(wrong.files(), &trust(&[0]));
    assert_eq!(judged.found(), [("seal-invalid", digest_key(3))]);
    assert_eq!(of_hours(&judged), [V, V, U, V]);
}

#[test]
fn without_a_key_two_digests_that_disagree_are_not_told_apart() {
    let sound = bucket();
    let mut files = sound.files();
    let digest = files
        .iter_mut()
        .find(|file| file.path == digest_key(2))
        .unwrap();
    digest.text = digest
        .text
        .replace(&sha256(&sound.logs[2].text), &sha256("x"));
    let judged = judged(files, &Trust::default());
    let expected = [
        ("key-unknown", digest_key(1)),
        ("seal-invalid", digest_key(2)),
    ];
    assert_eq!(judged.found(), expected);
    assert_eq!(of_hours(&judged), [U; 4]);
}

#[test]
fn a_malformed_digest_seals_nothing() {
    for (from, to) in [
        ("\"logFiles\":", "\"logFile\":"),
        ("\"digestEndTime\":\"2026", "\"digestEndTime\":\"x2026"),
        ("{\"awsAccountId\"", "{\"logFiles\":[],\"awsAccountId\""),
        (
            "\"previousDigestS3Bucket\":\"trail-bucket\"",
            "\"previousDigestS3Bucket\":null",
        ),
    ] {
        let sound = bucket();
        let mut files = sound.files();
        let digest = files
            .iter_mut()
            .find(|file| file.path == digest_key(2))
            .unwrap();
        assert!(digest.text.contains(from));
        digest.text = digest.text.replace(from, to);
        let judged = judged(files, &trust(&[0]));
        assert_eq!(judged.found(), [("seal-invalid", digest_key(2))], "{to}");
        assert_eq!(of_hours(&judged), [V, U, V, V], "{to}");
        assert_eq!(judged.stream().verdict.word(), C);
    }
}

#[test]
fn two_signed_digests_for_one_hour_are_a_fork() {
    let sound = bucket();
    let mut other = sound.digests[3].draft.clone();
    other.logs.pop();
    let other = other.sign();
    let mut files = sound.files();
    for mut file in [other.file(), other.sidecar()] {
        file.import = 2;
        files.push(file);
    }
    let judged = judged(files, &trust(&[0]));
    let codes: Vec<&str> = judged.found().iter().map(|found| found.0).collect();
    assert_eq!(codes, ["stream-forked"]);
    assert_eq!(of_hours(&judged), [V, V, V, C]);
    assert_eq!(judged.stream().axes.completeness, Completeness::Forked);
}

#[test]
fn a_backfill_is_a_chain_of_its_own() {
    let sound = bucket();
    let extra = log(log_key(1, 55), "late", 1);
    let mut backfill = draft(2, std::slice::from_ref(&extra), None);
    backfill.key = backfill.key.replace(".json.gz", "_backfill.json.gz");
    let backfill = backfill.sign();
    let mut files = sound.files();
    files.extend([extra, backfill.file(), backfill.sidecar()]);
    let judged = judged(files, &trust(&[0]));
    assert_eq!(judged.found(), []);
    assert_eq!(judged.of_logs(), [V; 9]);
    let ids: Vec<&str> = judged
        .outcome
        .streams
        .iter()
        .map(|stream| stream.id.as_str())
        .collect();
    let id = "cloudtrail/111122223333/us-east-1";
    assert_eq!(ids, [id, &format!("{id}/backfill")]);
}

#[test]
fn a_digest_of_another_account_does_not_stand_in_for_one_that_is_missing() {
    let mut sound = bucket();
    let removed = sound.digests.remove(1);
    let mut foreign = removed.draft.clone();
    foreign.key = foreign.key.replace("111122223333", "999988887777");
    foreign.logs.clear();
    foreign.previous = None;
    let foreign: Signed = foreign.sign();
    let mut files = sound.files();
    let mut there = foreign.file();
    there.path = digest_key(2);
    files.push(there);
    files.push(sidecar(&digest_key(2), &foreign.signature));
    let judged = judged(files, &trust(&[0]));
    let expected = [
        ("file-moved", digest_key(2)),
        ("seal-missing", digest_key(2)),
    ];
    assert_eq!(judged.found(), expected);
    assert_eq!(of_hours(&judged), [V, U, V, V]);
}

#[test]
fn a_finding_about_a_digest_is_in_its_stream() {
    let judged = judged(without_sidecars(&bucket(), &[4]), &trust(&[0]));
    let in_stream = |finding: &Finding| {
        finding.place.stream.as_deref() == Some("cloudtrail/111122223333/us-east-1")
    };
    assert!(judged.outcome.findings.iter().all(in_stream));
}
