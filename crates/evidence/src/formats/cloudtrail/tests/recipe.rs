//! What a collection lacks, asked before it is sealed.

use super::super::recipe::{Lack, Recipe};
use super::bucket::{Bucket, trust};
use crate::Kind;

/// What the bucket's files lack but for those left out.
fn lacks(bucket: &Bucket, with_keys: bool, left_out: &[&str]) -> Vec<Lack> {
    let mut recipe = Recipe::default();
    for file in &bucket.files {
        if !left_out.contains(&file.path.as_str()) {
            let place = format!("./copy/{}", file.path);
            recipe.take(&file.path, &place, file.kind, &file.bytes);
        }
    }
    if with_keys {
        recipe.take_keys(&trust().keys);
    }
    recipe.lacks()
}

fn of_kind(bucket: &Bucket, kind: Kind) -> Vec<&str> {
    let files = bucket.files.iter().filter(|file| file.kind == kind);
    files.map(|file| file.path.as_str()).collect()
}

#[test]
fn a_whole_collection_lacks_nothing_and_none_at_all_neither() {
    assert_eq!(lacks(&Bucket::sound(3), true, &[]), []);
    assert_eq!(Recipe::default().lacks(), []);
}

#[test]
fn a_log_that_a_digest_lists_and_metadata_that_is_not_beside_it_are_named_with_their_command() {
    let bucket = Bucket::sound(3);
    for log in of_kind(&bucket, Kind::CloudTrailLog) {
        let [lack] = &lacks(&bucket, true, &[log])[..] else {
            panic!("one thing is missing: {log}")
        };
        assert!(
            lack.what
                .starts_with(&format!("the log {log}, which the digest ./copy/")),
            "{lack:?}"
        );
        assert!(lack.fetch.starts_with("aws s3 cp s3://"), "{lack:?}");
        assert!(
            lack.fetch.ends_with(&format!("{log} ./copy/{log}")),
            "{lack:?}"
        );
    }
    for sidecar in of_kind(&bucket, Kind::CloudTrailSidecar) {
        let [lack] = &lacks(&bucket, true, &[sidecar])[..] else {
            panic!("one thing is missing: {sidecar}")
        };
        assert!(
            lack.what.starts_with("the signature of the digest ./copy/"),
            "{lack:?}"
        );
        assert!(
            lack.fetch.starts_with("aws s3api head-object --bucket "),
            "{lack:?}"
        );
        assert!(
            lack.fetch.ends_with(&format!(" > ./copy/{sidecar}")),
            "{lack:?}"
        );
    }
}

#[test]
fn a_digest_between_others_is_a_gap_and_one_at_an_end_is_none() {
    let bucket = Bucket::sound(3);
    let digests = of_kind(&bucket, Kind::CloudTrailDigest);
    let without =
        |digest: &str| lacks(&bucket, true, &[digest, &format!("{digest}.metadata.json")]);
    assert_eq!((without(digests[0]), without(digests[2])), (vec![], vec![]));
    let [lack] = &without(digests[1])[..] else {
        panic!("one digest is missing")
    };
    assert!(
        lack.what
            .starts_with(&format!("the digest {}, which ./copy/", digests[1])),
        "{lack:?}"
    );
    assert!(
        lack.fetch.contains(" && aws s3api head-object "),
        "{lack:?}"
    );
}

#[test]
fn keys_are_asked_for_once_with_the_time_they_must_cover() {
    let bucket = Bucket::sound(3);
    let [lack] = &lacks(&bucket, false, &[])[..] else {
        panic!("one key is missing")
    };
    assert!(lack.what.starts_with("the public key "), "{lack:?}");
    assert!(
        lack.fetch
            .starts_with("aws cloudtrail list-public-keys --region "),
        "{lack:?}"
    );
    let mut with_list = bucket;
    with_list.add_key_list();
    assert_eq!(lacks(&with_list, false, &[]), []);
}

#[test]
fn logs_without_any_digest_are_said_once() {
    let bucket = Bucket::sound(2);
    let digests = of_kind(&bucket, Kind::CloudTrailDigest);
    let [lack] = &lacks(&bucket, true, &digests)[..] else {
        panic!("the digests are missing")
    };
    assert!(
        !lack.named
            && lack
                .what
                .contains("nothing proves the 4 logs that are here"),
        "{lack:?}"
    );
}
