//! Defects of digests, signatures and chains.

use super::STREAM;
use super::bucket::{Bucket, Making, Told, log_bytes, log_object, sidecar, trust};
use crate::keys::Trust;
use crate::verdict::{Author, Completeness, Integrity};
use crate::{Code, Kind, Verdict, time};

fn contradicted(code: Code, path: String) -> Told {
    (code, Some("contradicted"), Some(path))
}

fn unproven(code: Code, path: String) -> Told {
    (code, Some("unproven"), Some(path))
}

const FIRST: &str = "T010000Z.json.gz";
const SECOND: &str = "T020000Z.json.gz";
const THIRD: &str = "T030000Z.json.gz";

/// Changes one letter of a digest without making it another kind of thing.
fn alter(bytes: &mut Vec<u8>) {
    let text = String::from_utf8(bytes.clone()).unwrap();
    let changed = text.replacen(
        "\"newestEventTime\":\"2026",
        "\"newestEventTime\":\"2025",
        1,
    );
    assert_ne!(changed, text);
    *bytes = changed.into_bytes();
}

#[test]
fn an_altered_digest_is_named_alone_and_its_logs_are_unproven() {
    let mut bucket = Bucket::sound(3);
    bucket.edit(SECOND, alter);
    let said = bucket.judge(&trust());
    assert_eq!(
        said.weighty(),
        [contradicted(Code::SignatureInvalid, bucket.path(SECOND))]
    );
    for (log, verdict) in [
        ("T0015Z", "verified"),
        ("T0115Z", "unproven"),
        ("T0130Z", "unproven"),
        ("T0215Z", "verified"),
    ] {
        assert_eq!(said.log_verdict(log), verdict, "{log}");
    }
    let stream = said.only_stream();
    assert_eq!(
        (stream.verdict, stream.axes.integrity),
        (Verdict::CONTRADICTED, Integrity::Broken)
    );
    assert_eq!(
        (stream.axes.author, stream.axes.completeness),
        (Author::Refuted, Completeness::Open)
    );
    assert_eq!(said.file_verdict(SECOND), "contradicted");
    assert_eq!(said.file_verdict(THIRD), "verified");
}

#[test]
fn an_altered_digest_shows_without_a_key_by_the_next_ones_hash() {
    let mut bucket = Bucket::sound(3);
    bucket.edit(SECOND, alter);
    let said = bucket.judge(&Trust::default());
    assert_eq!(
        said.weighty(),
        [
            contradicted(Code::FileAltered, bucket.path(SECOND)),
            unproven(Code::KeyUnknown, bucket.path(FIRST))
        ]
    );
    assert_eq!(said.spans(), bucket.each_log("unproven"));
}

#[test]
fn without_sidecars_all_but_the_newest_digest_are_proven_by_the_next() {
    let mut bucket = Bucket::sound(3);
    bucket.remove("metadata.json");
    let said = bucket.judge(&trust());
    assert_eq!(
        said.weighty(),
        [unproven(Code::SignatureMissing, bucket.path(THIRD))]
    );
    for (log, verdict) in [
        ("T0015Z", "verified"),
        ("T0130Z", "verified"),
        ("T0215Z", "unproven"),
    ] {
        assert_eq!(said.log_verdict(log), verdict, "{log}");
    }
    assert_eq!(said.only_stream().verdict, Verdict::UNPROVEN);
}

#[test]
fn a_sidecar_may_be_named_after_the_unpacked_digest() {
    let mut bucket = Bucket::sound(1);
    let name = bucket.path("metadata.json");
    bucket.rename("metadata.json", &name.replace(".gz", ""));
    assert_eq!(bucket.judge(&trust()).spans(), bucket.each_log("verified"));
    let digest = bucket.path(FIRST);
    bucket.rename(FIRST, &digest.replace(".gz", ""));
    bucket.rename("metadata.json", &name);
    assert_eq!(bucket.judge(&trust()).spans(), bucket.each_log("verified"));
}

#[test]
fn a_bad_sidecar_leaves_what_the_next_digest_proves() {
    let mut bucket = Bucket::sound(2);
    let bad = bucket.digest_of(SECOND).signature;
    bucket.edit(&format!("{FIRST}.metadata.json"), |bytes| {
        *bytes = sidecar(&bad, "SHA256withRSA")
    });
    let said = bucket.judge(&trust());
    assert_eq!(
        said.weighty(),
        [contradicted(Code::SignatureInvalid, bucket.path(FIRST))]
    );
    assert_eq!(said.spans(), bucket.each_log("verified"));
    assert_eq!(said.file_verdict(FIRST), "contradicted");
    assert_eq!(said.only_stream().verdict, Verdict::CONTRADICTED);
}

#[test]
fn a_bad_sidecar_of_the_newest_digest_voids_it() {
    let mut bucket = Bucket::sound(2);
    let bad = bucket.digest_of(FIRST).signature;
    bucket.edit(&format!("{SECOND}.metadata.json"), |bytes| {
        *bytes = sidecar(&bad, "SHA256withRSA")
    });
    let said = bucket.judge(&trust());
    assert_eq!(
        said.weighty(),
        [contradicted(Code::SignatureInvalid, bucket.path(SECOND))]
    );
    assert_eq!(said.log_verdict("T0015Z"), "verified");
    assert_eq!(said.log_verdict("T0115Z"), "unproven");
}

#[test]
fn a_signature_that_is_no_hex_is_invalid_with_and_without_a_key() {
    let mut bucket = Bucket::sound(1);
    bucket.edit("metadata.json", |bytes| {
        *bytes = sidecar("zz", "SHA256withRSA")
    });
    for trust in [trust(), Trust::default()] {
        let said = bucket.judge(&trust);
        assert_eq!(
            said.weighty(),
            [contradicted(Code::SignatureInvalid, bucket.path(FIRST))]
        );
        assert_eq!(said.spans(), bucket.each_log("unproven"));
    }
}

#[test]
fn two_signatures_that_differ_show_without_a_key() {
    let mut bucket = Bucket::sound(2);
    let bad = bucket.digest_of(SECOND).signature;
    bucket.edit(&format!("{FIRST}.metadata.json"), |bytes| {
        *bytes = sidecar(&bad, "SHA256withRSA")
    });
    let said = bucket.judge(&Trust::default());
    assert_eq!(
        said.weighty(),
        [
            unproven(Code::KeyUnknown, bucket.path(SECOND)),
            contradicted(Code::SealInvalid, bucket.path(FIRST))
        ]
    );
}

/// The reference verifier compares neither.
#[test]
fn a_digest_that_records_another_hash_or_signature_for_the_one_before_is_invalid() {
    for hash in [true, false] {
        let mut bucket = Bucket::sound(1);
        let before = bucket.digest_of(FIRST);
        let logs = Bucket::logs_of(1);
        let mut making = Making::of(1, &logs, Some(&before));
        if hash {
            making.before_hash = Some("0".repeat(64));
        } else {
            making.before_signature = Some("00".repeat(256));
        }
        bucket.deliver(&logs, &making.make());
        let said = bucket.judge(&trust());
        assert_eq!(
            said.weighty(),
            [contradicted(Code::SealInvalid, bucket.path(SECOND))],
            "{hash}"
        );
        assert_eq!(said.log_verdict("T0015Z"), "verified");
        assert_eq!(said.log_verdict("T0115Z"), "unproven");
    }
}

#[test]
fn another_algorithm_is_refused_wherever_it_stands() {
    let logs = Bucket::logs_of(0);
    let named = Making {
        algorithm: "SHA1withRSA",
        ..Making::of(0, &logs, None)
    }
    .make();
    let hashed = Making {
        hash_algorithm: "MD5",
        ..Making::of(0, &logs, None)
    }
    .make();
    for digest in [named, hashed] {
        let mut bucket = Bucket::default();
        bucket.deliver(&logs, &digest);
        let said = bucket.judge(&trust());
        assert_eq!(
            said.weighty(),
            [unproven(Code::AlgorithmRefused, bucket.path(FIRST))]
        );
        assert_eq!(said.spans(), bucket.each_log("unproven"));
    }
    let mut bucket = Bucket::sound(1);
    let good = bucket.digest_of(FIRST).signature;
    bucket.edit("metadata.json", |bytes| *bytes = sidecar(&good, "none"));
    let said = bucket.judge(&trust());
    assert_eq!(
        said.weighty(),
        [unproven(Code::AlgorithmRefused, bucket.path(FIRST))]
    );
    assert_eq!(said.spans(), bucket.each_log("unproven"));
}

#[test]
fn a_digest_missing_in_the_middle_is_a_gap() {
    let mut bucket = Bucket::sound(3);
    let missing = bucket.digest_of(SECOND).object;
    bucket.remove("T020000Z");
    let said = bucket.judge(&trust());
    assert_eq!(said.weighty(), [contradicted(Code::SealMissing, missing)]);
    let finding = said
        .outcome
        .findings
        .iter()
        .find(|finding| finding.code == Code::SealMissing)
        .unwrap();
    assert_eq!(finding.place.file, None);
    assert_eq!(finding.place.stream.as_deref(), Some(STREAM));
    let at = |text| time::rfc3339(text).unwrap();
    assert_eq!(
        finding.place.period,
        Some((at("2026-06-01T01:00:00Z"), at("2026-06-01T02:00:00Z")))
    );
    for (log, verdict) in [
        ("T0015Z", "verified"),
        ("T0115Z", "unproven"),
        ("T0230Z", "verified"),
    ] {
        assert_eq!(said.log_verdict(log), verdict, "{log}");
    }
    let stream = said.only_stream();
    assert_eq!(
        (stream.verdict, stream.axes.completeness),
        (Verdict::CONTRADICTED, Completeness::Gap)
    );
}

#[test]
fn a_collection_may_begin_in_the_middle_of_a_chain() {
    let mut bucket = Bucket::sound(3);
    bucket.remove("T010000Z");
    bucket.remove("T00");
    let said = bucket.judge(&trust());
    assert_eq!(said.codes(), [Code::EndUnknown]);
    assert_eq!(said.spans(), bucket.each_log("verified"));
}

/// formats.md: the reference verifier passes a chain whose newest digest was removed.
#[test]
fn a_chain_whose_newest_digest_was_removed_seals_no_tail() {
    let mut bucket = Bucket::sound(3);
    bucket.remove("T030000Z");
    let said = bucket.judge(&trust());
    let first = bucket.path("T0215Z");
    assert_eq!(
        said.findings(),
        [
            (Code::EndUnknown, None, None),
            unproven(Code::TailUnsealed, first)
        ]
    );
    assert_eq!(said.log_verdict("T0215Z"), "unproven");
    assert_eq!(said.only_stream().axes.completeness, Completeness::Open);
}

#[test]
fn a_chain_may_begin_anew_and_the_hole_is_said() {
    let mut bucket = Bucket::sound(1);
    let logs = Bucket::logs_of(3);
    bucket.deliver(&logs, &Making::of(3, &logs, None).make());
    let said = bucket.judge(&trust());
    let restart = bucket.path("T040000Z.json.gz");
    assert_eq!(
        said.findings(),
        [
            (Code::ChainRestarted, None, Some(restart.clone())),
            (Code::EndUnknown, None, None),
            (Code::PeriodUncovered, None, Some(restart)),
        ]
    );
    let hole = said
        .outcome
        .findings
        .iter()
        .find(|finding| finding.code == Code::PeriodUncovered)
        .unwrap();
    let at = |text| time::rfc3339(text).unwrap();
    assert_eq!(
        hole.place.period,
        Some((at("2026-06-01T01:00:00Z"), at("2026-06-01T03:00:00Z")))
    );
    assert_eq!(said.spans(), bucket.each_log("verified"));
}

#[test]
fn a_backfill_is_a_chain_of_its_own() {
    let mut bucket = Bucket::sound(2);
    let late = vec![(log_object(1, "0045", "late"), log_bytes("late"))];
    let digest = Making {
        backfill: true,
        ..Making::of(0, &late, None)
    }
    .make();
    bucket.deliver(&late, &digest);
    let said = bucket.judge(&trust());
    assert_eq!(said.codes(), [Code::EndUnknown]);
    assert_eq!(said.spans(), bucket.each_log("verified"));
}

#[test]
fn two_sealed_versions_of_one_hour_are_a_fork_from_there_on() {
    let mut bucket = Bucket::sound(3);
    let before = bucket.digest_of(FIRST);
    let logs = vec![(log_object(1, "0145", "other"), log_bytes("other"))];
    let forked = Making::of(1, &logs, Some(&before)).make();
    for (object, bytes) in &logs {
        bucket.add(&format!("other/{object}"), Kind::CloudTrailLog, bytes);
    }
    let object = format!("other/{}", forked.object);
    bucket.add(&object, Kind::CloudTrailDigest, &forked.bytes);
    bucket.add(
        &format!("{object}.metadata.json"),
        Kind::CloudTrailSidecar,
        &sidecar(&forked.signature, "SHA256withRSA"),
    );
    let said = bucket.judge(&trust());
    assert_eq!(
        said.weighty(),
        [
            contradicted(
                Code::StreamForked,
                bucket
                    .files
                    .iter()
                    .find(|file| file.path.ends_with(SECOND))
                    .unwrap()
                    .path
                    .clone()
            ),
            contradicted(Code::StreamForked, object)
        ]
    );
    for (log, verdict) in [
        ("T0030Z", "verified"),
        ("T0115Z", "contradicted"),
        ("T0145Z", "contradicted"),
        ("T0215Z", "contradicted"),
    ] {
        assert_eq!(said.log_verdict(log), verdict, "{log}");
    }
    let stream = said.only_stream();
    assert_eq!(
        (stream.verdict, stream.axes.completeness),
        (Verdict::CONTRADICTED, Completeness::Forked)
    );
}

#[test]
fn a_forged_second_version_does_not_touch_what_a_trusted_key_vouches_for() {
    let mut bucket = Bucket::sound(2);
    let other = super::bucket::other_key();
    let before = bucket.digest_of(FIRST);
    let forged = Making {
        key: &other,
        ..Making::of(1, &[], Some(&before))
    }
    .make();
    let path = format!("forged/{}", forged.object);
    bucket.add(&path, Kind::CloudTrailDigest, &forged.bytes);
    let said = bucket.judge(&trust());
    assert_eq!(said.weighty(), [contradicted(Code::SealInvalid, path)]);
    assert_eq!(said.spans(), bucket.each_log("verified"));
}

#[test]
fn a_digest_that_is_no_digest_is_invalid_and_no_gap_besides() {
    let mut bucket = Bucket::sound(3);
    bucket.edit(SECOND, |bytes| bytes.truncate(200));
    let said = bucket.judge(&trust());
    assert_eq!(
        said.weighty(),
        [contradicted(Code::SealInvalid, bucket.path(SECOND))]
    );
    assert_eq!(said.log_verdict("T0115Z"), "unproven");
    assert_eq!(said.log_verdict("T0215Z"), "verified");
    assert_eq!(said.file_verdict(SECOND), "contradicted");
}

#[test]
fn the_same_bucket_imported_twice_is_judged_like_once() {
    let mut bucket = Bucket::sound(2);
    let mut again = bucket.clone();
    for file in &mut again.files {
        file.import = 2;
    }
    bucket.files.append(&mut again.files);
    let said = bucket.judge(&trust());
    assert_eq!(said.codes(), [Code::EndUnknown]);
    assert_eq!(said.spans(), bucket.each_log("verified"));
    assert_eq!(said.only_stream().records, 16);
}

#[test]
fn a_key_list_that_cannot_be_read_is_said() {
    let mut bucket = Bucket::sound(1);
    bucket.add(
        "keys.json",
        Kind::CloudTrailKeys,
        br#"{"PublicKeyList":[{"Value":"AA=="}]}"#,
    );
    let said = bucket.judge(&trust());
    assert_eq!(
        said.findings(),
        [
            (Code::EndUnknown, None, None),
            (Code::KeyUnknown, None, Some("keys.json".into()))
        ]
    );
    assert_eq!(said.spans(), bucket.each_log("verified"));
}
