//! Logs held against the lists.

use super::STREAM;
use super::bucket::{Bucket, log_bytes, log_object, trust};
use crate::verdict::{Completeness, Integrity};
use crate::{Code, Kind, Verdict};

#[test]
fn an_altered_log_is_contradicted_alone() {
    let mut bucket = Bucket::sound(2);
    bucket.edit("T0030Z", |bytes| bytes[60] ^= 1);
    let said = bucket.judge(&trust());
    let path = bucket.path("T0030Z");
    assert_eq!(
        said.weighty(),
        [(Code::FileAltered, Some("contradicted"), Some(path.clone()))]
    );
    for (log, verdict) in [
        ("T0015Z", "verified"),
        ("T0030Z", "contradicted"),
        ("T0115Z", "verified"),
    ] {
        assert_eq!(said.log_verdict(log), verdict, "{log}");
    }
    assert_eq!(said.file_verdict(&path), "contradicted");
    assert_eq!(said.file_verdict("T010000Z.json.gz"), "verified");
    assert_eq!(said.only_stream().axes.integrity, Integrity::Broken);
    // Nor does it need a key to see that the two do not agree.
    let said = bucket.judge(&crate::keys::Trust::default());
    assert_eq!(said.log_verdict("T0030Z"), "contradicted");
}

#[test]
fn a_listed_log_that_is_not_here_is_missing() {
    let mut bucket = Bucket::sound(2);
    let object = bucket.path("T0030Z");
    bucket.remove("T0030Z");
    let said = bucket.judge(&trust());
    assert_eq!(
        said.weighty(),
        [(
            Code::FileMissing,
            Some("contradicted"),
            Some(object.clone())
        )]
    );
    let finding = said
        .outcome
        .findings
        .iter()
        .find(|finding| finding.code == Code::FileMissing)
        .unwrap();
    let digest = finding.place.file.unwrap().0 as usize;
    assert_eq!(bucket.files[digest].path, bucket.path("T010000Z.json.gz"));
    assert_eq!(finding.place.stream.as_deref(), Some(STREAM));
    assert_eq!(said.spans(), bucket.each_log("verified"));
    let stream = said.only_stream();
    assert_eq!(
        (stream.verdict, stream.axes.completeness),
        (Verdict::CONTRADICTED, Completeness::Gap)
    );
}

#[test]
fn a_log_that_no_digest_of_its_hour_lists_is_unlisted() {
    let mut bucket = Bucket::sound(2);
    let planted = log_object(1, "0045", "planted");
    bucket.add(&planted, Kind::CloudTrailLog, &log_bytes("planted"));
    let said = bucket.judge(&trust());
    assert_eq!(
        said.weighty(),
        [(Code::FileUnlisted, Some("contradicted"), Some(planted))]
    );
    assert_eq!(said.log_verdict("T0045Z"), "unproven");
    assert_eq!(said.log_verdict("T0030Z"), "verified");
    assert_eq!(said.only_stream().verdict, Verdict::CONTRADICTED);
}

#[test]
fn an_unlisted_log_is_no_offence_where_another_hour_or_trail_may_list_it() {
    for (path, codes) in [
        // Its minute is rounded: the hour before may have it.
        (log_object(1, "0000", "early"), &[][..]),
        (log_object(1, "0200", "late"), &[Code::TailUnsealed]),
        (log_object(2, "0030", "later"), &[Code::TailUnsealed]),
        // Another trail's folder.
        (format!("other/{}", log_object(1, "0045", "elsewhere")), &[]),
        // Another region.
        (
            log_object(1, "0045", "region").replace("us-east-2", "eu-west-1"),
            &[Code::EndUnknown],
        ),
    ] {
        let mut bucket = Bucket::sound(2);
        bucket.add(&path, Kind::CloudTrailLog, &log_bytes("x"));
        let said = bucket.judge(&trust());
        let mut expected = [&[Code::EndUnknown], codes].concat();
        expected.sort_by_key(|code| code.as_str());
        assert_eq!(said.codes(), expected, "{path}");
        let own = said
            .spans()
            .into_iter()
            .find(|(found, ..)| *found == path)
            .unwrap();
        assert_eq!(own.3, "unproven");
    }
}

#[test]
fn all_logs_after_the_newest_digest_are_one_tail() {
    let mut bucket = Bucket::sound(1);
    for minute in ["0115", "0130", "0145"] {
        bucket.add(
            &log_object(1, minute, "tail"),
            Kind::CloudTrailLog,
            &log_bytes(minute),
        );
    }
    let said = bucket.judge(&trust());
    let tails: Vec<&str> = said
        .outcome
        .findings
        .iter()
        .filter(|finding| finding.code == Code::TailUnsealed)
        .map(|finding| finding.message.as_str())
        .collect();
    assert_eq!(tails.len(), 1);
    assert!(
        tails[0].starts_with("3 logs with 6 records "),
        "{}",
        tails[0]
    );
}

#[test]
fn a_log_in_another_folder_is_moved_and_still_proven() {
    let mut bucket = Bucket::sound(1);
    bucket.rename(
        "T0015Z",
        "flat/111122223333_CloudTrail_us-east-2_20260601T0015Z_id0015.json",
    );
    let said = bucket.judge(&trust());
    let path = bucket.path("T0015Z");
    assert_eq!(
        said.findings(),
        [
            (Code::EndUnknown, None, None),
            (Code::FileMoved, None, Some(path))
        ]
    );
    assert_eq!(said.spans(), bucket.each_log("verified"));
}

#[test]
fn a_log_under_another_name_is_known_by_its_bytes() {
    let mut bucket = Bucket::sound(1);
    bucket.rename("T0015Z", "events.json");
    let said = bucket.judge(&trust());
    assert_eq!(
        said.findings(),
        [
            (Code::EndUnknown, None, None),
            (Code::FileMoved, None, Some("events.json".into()))
        ]
    );
    assert_eq!(said.spans(), bucket.each_log("verified"));
    assert_eq!(said.only_stream().id, STREAM);
}

/// A log's bytes under the name of another hide that the other one is gone.
#[test]
fn a_copy_of_one_log_in_the_place_of_another_is_altered() {
    let mut bucket = Bucket::sound(1);
    let copy = bucket.file("T0015Z").bytes.clone();
    bucket.edit("T0030Z", |bytes| *bytes = copy);
    let said = bucket.judge(&trust());
    assert_eq!(
        said.weighty(),
        [(
            Code::FileAltered,
            Some("contradicted"),
            Some(bucket.path("T0030Z"))
        )]
    );
    assert_eq!(said.log_verdict("T0030Z"), "contradicted");
    assert_eq!(said.log_verdict("T0015Z"), "verified");
}

#[test]
fn of_many_moved_files_some_are_named_and_the_others_counted() {
    let mut bucket = Bucket::large(1, 30);
    let names: Vec<String> = bucket
        .files
        .iter()
        .map(|file| file.path.clone())
        .filter(|path| !path.contains("Digest"))
        .collect();
    for name in names {
        let base = name.rsplit('/').next().unwrap();
        bucket.rename(&name, &format!("flat/{base}"));
    }
    let said = bucket.judge(&trust());
    let moved: Vec<&str> = said
        .outcome
        .findings
        .iter()
        .filter(|finding| finding.code == Code::FileMoved)
        .map(|finding| finding.message.as_str())
        .collect();
    assert_eq!(moved.len(), 21);
    assert!(
        moved
            .iter()
            .any(|message| message.starts_with("10 more files ")),
        "{moved:?}"
    );
    assert_eq!(said.spans(), bucket.each_log("verified"));
}

#[test]
fn digests_and_logs_may_come_in_separate_imports() {
    let mut bucket = Bucket::sound(2);
    for file in bucket
        .files
        .iter_mut()
        .filter(|file| file.kind == Kind::CloudTrailLog)
    {
        file.import = 2;
        file.path = file
            .path
            .strip_prefix("AWSLogs/111122223333/CloudTrail/")
            .unwrap()
            .to_owned();
    }
    let said = bucket.judge(&trust());
    assert_eq!(said.codes(), [Code::EndUnknown]);
    assert_eq!(said.spans(), bucket.each_log("verified"));
}

#[test]
fn an_hour_without_logs_is_sealed_as_empty() {
    let mut bucket = Bucket::sound(1);
    let before = bucket.digest_of("T010000Z.json.gz");
    bucket.add_digest(&super::bucket::Making::of(1, &[], Some(&before)).make());
    assert_eq!(bucket.judge(&trust()).codes(), [Code::EndUnknown]);
    let planted = log_object(1, "0130", "planted");
    bucket.add(&planted, Kind::CloudTrailLog, &log_bytes("planted"));
    assert_eq!(
        bucket.judge(&trust()).weighty(),
        [(Code::FileUnlisted, Some("contradicted"), Some(planted))]
    );
}
