//! Logs, held against sound digests.

use super::bucket::{Judged, judged};
use super::bucket::{bucket, log, log_key, trust};
use crate::Kind;
use crate::verdict::{Author, Completeness, Integrity, Word};

const V: Word = Word::Verified;
const U: Word = Word::Unproven;
const C: Word = Word::Contradicted;

#[test]
fn a_sound_bucket_is_verified() {
    let judged = judged(bucket().files(), &trust(&[0]));
    assert_eq!(judged.found(), []);
    assert_eq!(judged.of_logs(), [V; 8]);
    let [stream] = &judged.outcome.streams[..] else {
        panic!("one stream")
    };
    assert_eq!(
        (stream.id.as_str(), stream.records),
        ("cloudtrail/111122223333/us-east-1", 24)
    );
    assert_eq!(stream.verdict.word(), V);
    assert_eq!(stream.axes.author, Author::Trusted);
    assert_eq!(stream.axes.integrity, Integrity::Ok);
    assert_eq!(stream.axes.completeness, Completeness::Open);
    // No chain's end is ever sealed.
    assert_eq!(judged.outcome.findings.len(), 1);
    assert!(
        judged.outcome.findings[0]
            .message
            .contains("from 2026-06-01T00:00:00Z to 2026-06-01T04:00:00Z")
    );
    assert!(judged.outcome.files.iter().all(|file| file.placed));
}

#[test]
fn an_edited_log_is_altered_and_the_others_stand() {
    let sound = bucket();
    let mut files = sound.files();
    files[2] = log(log_key(1, 10), "other", 3);
    let judged = judged(files, &trust(&[0]));
    assert_eq!(judged.found(), [("file-altered", log_key(1, 10))]);
    assert_eq!(judged.of_logs(), [V, V, C, V, V, V, V, V]);
    assert_eq!(judged.of_file(&log_key(1, 10)), C);
    assert_eq!(judged.stream().verdict.word(), C);
    assert_eq!(judged.stream().axes.integrity, Integrity::Broken);
}

#[test]
fn a_missing_log_contradicts_the_digest_and_the_others_stand() {
    let sound = bucket();
    let mut files = sound.files();
    files.remove(3);
    let judged = judged(files, &trust(&[0]));
    assert_eq!(judged.found(), [("file-missing", log_key(1, 40))]);
    assert_eq!(judged.of_logs(), [V; 7]);
    assert_eq!(judged.of_file(&sound.digests[1].draft.key), C);
    assert_eq!(judged.stream().verdict.word(), C);
}

#[test]
fn an_added_log_is_unlisted_and_as_if_unsealed() {
    let mut files = bucket().files();
    files.push(log(log_key(2, 20), "added", 1));
    let judged = judged(files, &trust(&[0]));
    assert_eq!(judged.found(), [("file-unlisted", log_key(2, 20))]);
    assert_eq!(judged.of_logs(), [V, V, V, V, V, V, V, V, U]);
    assert_eq!(judged.stream().verdict.word(), C);
    assert_eq!(judged.outcome.streams.len(), 1);
}

#[test]
fn logs_newer_than_the_newest_digest_are_not_sealed_yet() {
    let mut files = bucket().files();
    files.push(log(log_key(4, 0), "tail", 1));
    files.push(log(log_key(5, 10), "tail", 1));
    let judged = judged(files, &trust(&[0]));
    assert_eq!(judged.found(), [("tail-unsealed", log_key(4, 0))]);
    assert_eq!(judged.of_logs()[7..], [V, U, U]);
    assert_eq!(judged.stream().verdict.word(), U);
}

#[test]
fn a_log_of_another_region_is_only_unsealed() {
    let mut files = bucket().files();
    files.push(log(
        log_key(2, 20).replace("us-east-1", "eu-west-1"),
        "there",
        1,
    ));
    files.push(log("events/records.json", "nowhere", 2));
    let judged = judged(files, &trust(&[0]));
    assert_eq!(judged.found(), []);
    let ids: Vec<&str> = judged
        .outcome
        .streams
        .iter()
        .map(|stream| stream.id.as_str())
        .collect();
    let region = "cloudtrail/111122223333/eu-west-1";
    assert_eq!(ids[1..], [region, "cloudtrail/events/records.json"]);
    assert_eq!(judged.outcome.streams[1].axes.author, Author::None);
    assert_eq!(
        judged.outcome.streams[1].axes.integrity,
        Integrity::Unsealed
    );
    assert_eq!(judged.of_logs()[8..], [U, U]);
    let ends = judged
        .outcome
        .findings
        .iter()
        .filter(|f| f.code.as_str() == "end-unknown");
    assert_eq!(ends.count(), 3);
}

#[test]
fn a_log_of_another_bucket_is_only_unsealed() {
    let mut files = bucket().files();
    for file in &mut files {
        file.path = format!("one/{}", file.path);
    }
    files.push(log(format!("two/{}", log_key(2, 20)), "there", 1));
    let judged = judged(files, &trust(&[0]));
    assert_eq!(judged.found(), []);
    assert_eq!(judged.of_logs()[7..], [V, U]);
    assert_eq!(judged.outcome.streams[0].verdict.word(), V);
}

#[test]
fn a_moved_log_is_known_again_and_stays_verified() {
    let sound = bucket();
    let mut files = sound.files();
    files[2].path = files[2].path.replace("2026/06/01", "2026/06/02");
    let path = files[2].path.clone();
    let judged = judged(files, &trust(&[0]));
    assert_eq!(judged.found(), [("file-moved", path)]);
    assert_eq!(judged.of_logs(), [V; 8]);
    assert_eq!(judged.stream().verdict.word(), V);
}

#[test]
fn a_renamed_log_is_known_by_its_hash() {
    let mut files = bucket().files();
    files[2].path = "a/b/c.json".into();
    let judged = judged(files, &trust(&[0]));
    assert_eq!(judged.found(), [("file-moved", "a/b/c.json".to_owned())]);
    assert_eq!(judged.of_logs(), [V; 8]);
}

#[test]
fn a_folder_that_was_moved_is_one_finding() {
    let mut files = bucket().files();
    for file in &mut files {
        let name = file.path.rsplit('/').next().unwrap().to_owned();
        file.path = format!("flat/{name}");
    }
    let judged = judged(files, &trust(&[0]));
    let codes: Vec<&str> = judged.found().iter().map(|found| found.0).collect();
    assert_eq!(codes, ["file-moved", "file-moved"]);
    assert_eq!(judged.of_logs(), [V; 8]);
}

#[test]
fn two_logs_that_changed_names_are_moved_and_not_altered() {
    let mut files = bucket().files();
    let one = files[2].path.clone();
    files[2].path = std::mem::replace(&mut files[3].path, one);
    let judged = judged(files, &trust(&[0]));
    assert_eq!(judged.of_logs(), [V; 8]);
    assert!(judged.found().iter().all(|(code, _)| *code == "file-moved"));
}

#[test]
fn a_log_replaced_by_another_is_altered_but_its_records_are_sealed_elsewhere() {
    let sound = bucket();
    let mut files = sound.files();
    let path = files[3].path.clone();
    files[3] = files[2].clone();
    files[3].path.clone_from(&path);
    let judged = judged(files, &trust(&[0]));
    assert_eq!(judged.found(), [("file-altered", path.clone())]);
    assert_eq!(judged.of_file(&path), C);
    assert_eq!(judged.of_logs(), [V; 8]);
}

#[test]
fn decompressed_copies_and_a_second_import_are_the_same_files() {
    let sound = bucket();
    let mut files = sound.files();
    let mut copies = files.clone();
    for copy in &mut copies {
        copy.import = 2;
        copy.path = copy.path.replace(".json.gz", ".json");
    }
    files.extend(copies);
    let judged = judged(files, &trust(&[0]));
    assert_eq!(judged.found(), []);
    assert_eq!(judged.of_logs(), [V; 16]);
    assert_eq!(judged.outcome.streams.len(), 1);
}

#[test]
fn an_altered_copy_in_another_import_is_the_one_that_is_altered() {
    let mut files = bucket().files();
    let mut copy = log(log_key(1, 10), "other", 3);
    copy.import = 2;
    files.push(copy);
    let judged = judged(files, &trust(&[0]));
    assert_eq!(judged.found(), [("file-altered", log_key(1, 10))]);
    assert_eq!(judged.of_logs(), [V, V, V, V, V, V, V, V, C]);
}

#[test]
fn digests_and_logs_may_come_in_different_imports() {
    let mut files = bucket().files();
    for file in files
        .iter_mut()
        .filter(|file| file.kind != Kind::CloudTrailLog)
    {
        file.import = 2;
    }
    let judged = judged(files, &trust(&[0]));
    assert_eq!(judged.found(), []);
    assert_eq!(judged.of_logs(), [V; 8]);
}

#[test]
fn a_malformed_record_of_a_sealed_log_is_unproven() {
    let mut files = bucket().files();
    files[2].malformed = vec![1];
    let judged: Judged = judged(files, &trust(&[0]));
    assert_eq!(judged.found(), [("record-malformed", log_key(1, 10))]);
    assert_eq!(judged.words()[2], [V, U, V]);
    assert_eq!(judged.stream().verdict.word(), U);
    let place = &judged
        .outcome
        .findings
        .iter()
        .find(|f| f.code.as_str() == "record-malformed")
        .unwrap()
        .place;
    assert_eq!((place.ordinal, place.offset.is_some()), (Some(1), true));
}

#[test]
fn logs_alone_are_unproven_a_stream_for_each_account_and_region() {
    let files = bucket().logs;
    let judged = judged(files, &trust(&[0]));
    assert_eq!(judged.found(), []);
    assert_eq!(judged.of_logs(), [U; 8]);
    assert_eq!(judged.outcome.streams.len(), 1);
    assert_eq!(judged.stream().axes.integrity, Integrity::Unsealed);
    assert_eq!(judged.stream().axes.completeness, Completeness::Unknown);
}

#[test]
fn judging_five_thousand_logs_is_linear() {
    // Counted in look-ups of files, which is what the judgement asks of the case.
    use super::bucket::{Shelf, draft, facts_of};
    let (mut files, mut digests) = (Vec::new(), Vec::<super::bucket::Signed>::new());
    for hour in 1..=20 {
        let logs: Vec<_> = (0..60)
            .map(|minute| log(log_key(hour - 1, minute), &format!("{hour}{minute}"), 1))
            .collect();
        digests.push(draft(hour, &logs, digests.last()).sign());
        files.extend(logs);
    }
    files.extend(
        digests
            .iter()
            .flat_map(|digest| [digest.file(), digest.sidecar()]),
    );
    let shelf = Shelf(files);
    let facts = facts_of(&shelf);
    assert_eq!(facts.len(), 1240);
    let judged = judged(shelf.0, &trust(&[0]));
    assert_eq!(judged.found(), []);
    assert_eq!(judged.outcome.spans.len(), 1200);
}
