//! The proof of one record.

use super::bucket::{Bucket, log_bytes, log_object, trust};
use crate::formats::cloudtrail::proof;
use crate::keys::Trust;
use crate::verify::{StepOutcome, Subject};
use crate::{FileFacts, Kind};

/// The steps after the record's own bytes and digest, for a record of the log with this in its name;
/// of all logs only that one is at hand.
fn steps(bucket: &Bucket, name: &str, trust: &Trust) -> Vec<(&'static str, StepOutcome)> {
    let facts = bucket.facts();
    let own = facts
        .iter()
        .find(|file| file.kind == Kind::CloudTrailLog && file.path.contains(name))
        .unwrap();
    let files: Vec<&FileFacts> = facts
        .iter()
        .filter(|file| file.kind != Kind::CloudTrailLog || file.id == own.id)
        .collect();
    let subject = Subject {
        file: own.id,
        kind: own.kind,
        ordinal: 1,
        offset: 5,
        stream: None,
        bytes: b"{}",
    };
    let proof = proof(&subject, &files, trust, bucket).unwrap();
    assert_eq!(proof.uncovered, [""; 0]);
    assert_eq!(
        (proof.steps[0].name, proof.steps[1].name),
        ("bytes", "digest")
    );
    proof.steps[2..]
        .iter()
        .map(|step| (step.name, step.outcome))
        .collect()
}

use StepOutcome::{Fails, Holds, Info, Missing};

#[test]
fn a_proof_leads_from_the_record_to_who_trusts_the_key() {
    let mut bucket = Bucket::sound(2);
    let full = [
        ("file", Info),
        ("list", Holds),
        ("seal", Info),
        ("signature", Holds),
        ("key", Holds),
        ("trust", Holds),
    ];
    assert_eq!(steps(&bucket, "T0015Z", &trust()), full);
    let unknown = [
        ("file", Info),
        ("list", Holds),
        ("seal", Info),
        ("signature", Missing),
        ("key", Missing),
    ];
    assert_eq!(steps(&bucket, "T0015Z", &Trust::default()), unknown);
    bucket.add_key_list();
    let came = [
        ("file", Info),
        ("list", Holds),
        ("seal", Info),
        ("signature", Holds),
        ("key", Holds),
        ("trust", Missing),
    ];
    assert_eq!(steps(&bucket, "T0015Z", &Trust::default()), came);
}

#[test]
fn a_proof_ends_where_it_fails() {
    let mut bucket = Bucket::sound(2);
    bucket.edit("T0015Z", |bytes| bytes.push(b' '));
    assert_eq!(
        steps(&bucket, "T0015Z", &trust())[..2],
        [("file", Info), ("list", Fails)]
    );
    let mut bucket = Bucket::sound(1);
    bucket.edit("metadata.json", |bytes| {
        *bytes = super::bucket::sidecar("00", "SHA256withRSA")
    });
    let void = [
        ("file", Info),
        ("list", Missing),
        ("seal", Fails),
        ("signature", Fails),
    ];
    assert_eq!(steps(&bucket, "T0015Z", &trust()), void);
    bucket.remove("metadata.json");
    assert_eq!(
        steps(&bucket, "T0015Z", &trust())[2..],
        [("seal", Info), ("signature", Missing)]
    );
    bucket.add(
        &log_object(1, "0045", "planted"),
        Kind::CloudTrailLog,
        &log_bytes("x"),
    );
    assert_eq!(
        steps(&bucket, "T0045Z", &trust()),
        [("file", Info), ("list", Missing)]
    );
    bucket.make_malformed("T0030Z", &[1]);
    assert_eq!(steps(&bucket, "T0030Z", &trust())[0], ("form", Fails));
}
