//! The proof of one record.

use super::super::proof;
use super::bucket::{Shelf, bucket, facts_of, log, log_key, trust};
use crate::keys::Trust;
use crate::verify::Subject;
use crate::{FileFacts, FileId, Kind, Lookup as _};

/// The names and outcomes of the steps for the second record of a file.
fn steps(
    files: Vec<super::bucket::File>,
    file: u32,
    trust: &Trust,
) -> Vec<(&'static str, &'static str)> {
    let shelf = Shelf(files);
    let facts = facts_of(&shelf);
    let facts: Vec<&FileFacts> = facts.iter().collect();
    let bytes = shelf.record(FileId(file), 1).expect("a record");
    let (offset, _) = shelf.extent(FileId(file), 1).expect("a record");
    let subject = Subject {
        file: FileId(file),
        kind: Kind::CloudTrailLog,
        ordinal: 1,
        offset,
        stream: None,
        bytes: &bytes,
    };
    let proof = proof(&subject, &facts, trust, &shelf).expect("every file is there");
    proof
        .steps
        .iter()
        .map(|step| (step.name, step.outcome.as_str()))
        .collect()
}

#[test]
fn a_record_is_proven_from_its_bytes_to_who_trusts_the_key() {
    let expected = [
        ("bytes", "info"),
        ("digest", "info"),
        ("log", "info"),
        ("listed", "holds"),
        ("seal", "info"),
        ("signature", "holds"),
        ("key", "info"),
        ("trust", "holds"),
    ];
    assert_eq!(steps(bucket().files(), 2, &trust(&[0])), expected);
}

#[test]
fn the_proof_of_an_altered_log_fails_where_it_is_listed() {
    let mut files = bucket().files();
    files[2] = log(log_key(1, 10), "other", 3);
    let steps = steps(files, 2, &trust(&[0]));
    assert_eq!(steps[3], ("listed", "fails"));
    assert_eq!(steps[5], ("signature", "holds"));
}

#[test]
fn a_proof_says_what_is_missing() {
    let without_key = steps(bucket().files(), 2, &Trust::default());
    assert_eq!(without_key[5..], [("signature", "missing")]);
    let without_digests = steps(bucket().logs, 2, &trust(&[0]));
    assert_eq!(without_digests[3..], [("listed", "missing")]);
}
