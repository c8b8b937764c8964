//! Trails with one defect each, and what the judgement makes of them.

mod bucket;
mod chains;
mod listed;
mod openssl;
mod proofs;
mod recipe;

use crate::keys::Trust;
use crate::verdict::{Author, Axes, Completeness, Form, Integrity, Time};
use crate::{Code, Verdict};
use bucket::{ACCOUNT, Bucket, REGION};
use proptest::prelude::*;

const STREAM: &str = "cloudtrail/111122223333/us-east-2";

fn axes(integrity: Integrity, author: Author, completeness: Completeness) -> Axes {
    Axes {
        form: Form::Ok,
        integrity,
        author,
        completeness,
        time: Time::Asserted,
    }
}

#[test]
fn a_sound_trail_is_verified_under_a_key_from_outside() {
    let bucket = Bucket::sound(3);
    let said = bucket.judge(&bucket::trust());
    assert_eq!(said.findings(), [(Code::EndUnknown, None, None)]);
    assert_eq!(said.spans(), bucket.each_log("verified"));
    let stream = said.only_stream();
    assert_eq!((stream.id.as_str(), stream.records), (STREAM, 12));
    assert_eq!(stream.verdict.word().as_str(), "verified");
    assert_eq!(
        stream.axes,
        axes(Integrity::Ok, Author::Trusted, Completeness::Open)
    );
    assert!(said.outcome.files.iter().all(|file| file.placed));
    assert_eq!(said.outcome.files.len(), bucket.files.len());
    assert_eq!(said.file_verdict("T020000Z.json.gz"), "verified");
}

#[test]
fn a_key_from_the_evidence_makes_a_sound_trail_intact_and_never_verified() {
    let mut bucket = Bucket::sound(3);
    bucket.add_key_list();
    let said = bucket.judge(&Trust::default());
    let first = bucket.path("T010000Z.json.gz");
    assert_eq!(
        said.findings(),
        [
            (Code::EndUnknown, None, None),
            (Code::KeyUntrusted, Some("intact"), Some(first))
        ]
    );
    assert_eq!(said.spans(), bucket.each_log("intact"));
    assert_eq!(said.only_stream().verdict, Verdict::INTACT);
    assert_eq!(
        said.only_stream().axes,
        axes(Integrity::Ok, Author::Unknown, Completeness::Open)
    );
    // The same list from outside vouches.
    assert_eq!(
        bucket.judge(&bucket::trust()).spans(),
        bucket.each_log("verified")
    );
}

#[test]
fn without_a_key_nothing_is_verified_and_nothing_contradicted() {
    let bucket = Bucket::sound(3);
    let said = bucket.judge(&Trust::default());
    let first = bucket.path("T010000Z.json.gz");
    assert_eq!(
        said.findings(),
        [
            (Code::EndUnknown, None, None),
            (Code::KeyUnknown, Some("unproven"), Some(first))
        ]
    );
    assert_eq!(said.spans(), bucket.each_log("unproven"));
    assert_eq!(
        said.only_stream().axes,
        axes(Integrity::Ok, Author::Unchecked, Completeness::Open)
    );
}

#[test]
fn a_key_of_another_region_is_no_key() {
    let bucket = Bucket::sound(2);
    let said = bucket.judge(&bucket::trust_in(&bucket::other_key()));
    assert_eq!(said.spans(), bucket.each_log("unproven"));
    assert_eq!(said.codes(), [Code::EndUnknown, Code::KeyUnknown]);
}

#[test]
fn the_same_key_as_spki_vouches_too() {
    let bucket = Bucket::sound(2);
    assert_eq!(
        bucket.judge(&bucket::trust_as_spki()).spans(),
        bucket.each_log("verified")
    );
}

#[test]
fn a_key_outside_its_validity_proves_nothing() {
    let bucket = Bucket::sound(2);
    let mut trust = bucket::trust();
    // The second digest ends at 2026-06-01T02:00:00Z, this is a second before.
    trust.keys[0].until = crate::time::rfc3339("2026-06-01T01:59:59Z");
    let said = bucket.judge(&trust);
    let newest = bucket.path("T020000Z.json.gz");
    assert_eq!(
        said.findings(),
        [
            (Code::EndUnknown, None, None),
            (Code::KeyExpired, Some("unproven"), Some(newest))
        ]
    );
    assert_eq!(said.log_verdict("T0015Z"), "verified");
    assert_eq!(said.log_verdict("T0115Z"), "unproven");
    trust.keys[0].until = None;
    trust.keys[0].revoked = crate::time::rfc3339("2026-06-01T02:00:00Z");
    assert_eq!(
        bucket.judge(&trust).codes(),
        [Code::EndUnknown, Code::KeyRevoked]
    );
}

/// A digest whose signature was made by `openssl dgst -sha256 -sign` over a string that `printf`
/// and `sha256sum` made from the format's description.
#[test]
fn a_digest_that_openssl_signed_is_verified() {
    let (key, digest, sidecar, log) = openssl::exhibits();
    let mut bucket = Bucket::default();
    let name = format!("{ACCOUNT}_CloudTrail_{REGION}_20260601T0015Z_aaaaaaaaaaaaaaaa.json.gz");
    bucket.add(&name, crate::Kind::CloudTrailLog, log.as_bytes());
    bucket.add(
        "digest.json",
        crate::Kind::CloudTrailDigest,
        digest.as_bytes(),
    );
    bucket.add(
        "digest.json.metadata.json",
        crate::Kind::CloudTrailSidecar,
        sidecar.as_bytes(),
    );
    let trust = Trust {
        keys: crate::keys::file::read(key.as_bytes()).unwrap(),
    };
    let said = bucket.judge(&trust);
    assert_eq!(said.log_verdict("T0015Z"), "verified");
    let digest_moved = (Code::FileMoved, None, Some("digest.json".to_owned()));
    assert_eq!(
        said.findings(),
        [(Code::EndUnknown, None, None), digest_moved]
    );
}

#[test]
fn logs_without_any_digest_are_only_unsealed() {
    let mut bucket = Bucket::sound(1);
    bucket.remove("CloudTrail-Digest");
    bucket.add(
        "exports/events.json",
        crate::Kind::CloudTrailLog,
        b"{\"Records\":[]}",
    );
    let said = bucket.judge(&bucket::trust());
    assert_eq!(said.spans(), bucket.each_log("unproven"));
    assert_eq!(said.codes(), [Code::EndUnknown, Code::EndUnknown]);
    let ids: Vec<&str> = said
        .outcome
        .streams
        .iter()
        .map(|stream| stream.id.as_str())
        .collect();
    assert_eq!(ids, [STREAM, "exports/events.json"]);
    let unsealed = axes(Integrity::Unsealed, Author::None, Completeness::Unknown);
    assert!(
        said.outcome
            .streams
            .iter()
            .all(|stream| stream.axes == unsealed)
    );
}

#[test]
fn a_malformed_record_of_a_proven_log_is_unproven_alone() {
    let mut bucket = Bucket::sound(1);
    bucket.make_malformed("T0030Z", &[1]);
    let said = bucket.judge(&bucket::trust());
    let path = bucket.path("T0030Z");
    assert_eq!(
        said.spans(),
        [
            (bucket.path("T0015Z"), 0, 1, "verified"),
            (path.clone(), 0, 0, "verified"),
            (path.clone(), 1, 1, "unproven"),
        ]
    );
    assert_eq!(
        said.findings(),
        [
            (Code::EndUnknown, None, None),
            (Code::RecordMalformed, Some("unproven"), Some(path))
        ]
    );
    assert_eq!(said.only_stream().axes.form, Form::Malformed);
    // Where the log was changed, its malformed records are contradicted like the others.
    bucket.edit("T0030Z", |bytes| bytes.push(b' '));
    assert_eq!(
        bucket.judge(&bucket::trust()).log_verdict("T0030Z"),
        "contradicted"
    );
}

/// Hundreds of digests, thousands of logs: what costs the square of it is felt in this test.
#[test]
fn a_large_bucket_has_one_finding_for_each_cause() {
    let bucket = Bucket::large(300, 17);
    let said = bucket.judge(&Trust::default());
    assert_eq!(said.spans().len(), 5_100);
    assert_eq!(said.codes(), [Code::EndUnknown, Code::KeyUnknown]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    /// Whatever one byte of the evidence becomes, no log is verified whose bytes are not those
    /// that were sealed, and nothing panics. None is contradicted that is as it was, except by a
    /// digest that was changed and robbed of its signature: two that disagree, and nothing left
    /// that says which of them is the changed one.
    #[test]
    fn no_changed_log_is_ever_verified(which in any::<proptest::sample::Index>(), at in any::<proptest::sample::Index>(), to: u8, gone in any::<Option<proptest::sample::Index>>()) {
        let sound = Bucket::sound(2);
        let mut bucket = sound.clone();
        let index = which.index(bucket.files.len());
        let at = at.index(bucket.files[index].bytes.len());
        bucket.set_byte(index, at, to);
        let mut robbed = false;
        if let Some(gone) = gone {
            let gone = bucket.files.remove(gone.index(bucket.files.len()));
            robbed = gone.path == format!("{}.metadata.json", sound.files[index].path);
        }
        let said = bucket.judge(&bucket::trust());
        for (path, _, _, verdict) in said.spans() {
            let same = sound.bytes(&path) == bucket.bytes(&path);
            prop_assert!(verdict != "verified" || same, "{}", path);
            prop_assert!(verdict != "contradicted" || !same || robbed, "{}", path);
        }
    }
}
