//! What CloudTrail's paths say: which account, region and trail, and when.

use crate::{Micros, time};

/// The name of a log: `<account>_CloudTrail_<region>_<YYYYMMDDTHHMMZ>_<id>.json[.gz]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LogName<'a> {
    pub account: &'a str,
    pub region: &'a str,
    /// The minute in which it was delivered, rounded by AWS to five.
    pub minute: Micros,
}

/// What the key of a digest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DigestKey {
    pub account: String,
    pub region: String,
    /// The file name without its time: account, region, trail and the trail's home region.
    pub trail: String,
    /// A chain of its own, made afterwards.
    pub backfill: bool,
}

/// The last part of a path, without `.gz`.
pub(super) fn base(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.strip_suffix(".gz").unwrap_or(name)
}

pub(super) fn log_name(path: &str) -> Option<LogName<'_>> {
    let mut parts = base(path).strip_suffix(".json")?.splitn(5, '_');
    let (account, kind, region) = (parts.next()?, parts.next()?, parts.next()?);
    let (minute, id) = (parts.next()?, parts.next()?);
    let sound = is_account(account) && kind == "CloudTrail" && !region.is_empty() && !id.is_empty();
    sound.then_some(LogName {
        account,
        region,
        minute: minute_of(minute)?,
    })
}

fn is_account(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit())
}

/// Reads `20230710T1145Z`.
fn minute_of(text: &str) -> Option<Micros> {
    if text.len() != 14 || !text.is_ascii() {
        return None;
    }
    let part = |from, to| &text[from..to];
    if part(8, 9) != "T" || part(13, 14) != "Z" {
        return None;
    }
    let (date, hour, minute) = (part(0, 8), part(9, 11), part(11, 13));
    let (year, month, day) = (&date[..4], &date[4..6], &date[6..]);
    time::rfc3339(&format!("{year}-{month}-{day}T{hour}:{minute}:00Z"))
}

/// Reads the key of a digest, or a path that ends like one. Account and region are the folders
/// before and after `CloudTrail-Digest`, else those in the file's name.
pub(super) fn digest_key(path: &str) -> Option<DigestKey> {
    let name = base(path).strip_suffix(".json")?;
    let (name, backfill) = match name.strip_suffix("_backfill") {
        Some(name) => (name, true),
        None => (name, false),
    };
    let (trail, _time) = name.rsplit_once('_')?;
    let (account, region) = folders(path).or_else(|| {
        let (account, rest) = trail.split_once("_CloudTrail-Digest_")?;
        Some((account, rest.split('_').next()?))
    })?;
    (is_account(account) && !region.is_empty()).then(|| DigestKey {
        account: account.to_owned(),
        region: region.to_owned(),
        trail: trail.to_owned(),
        backfill,
    })
}

fn folders(path: &str) -> Option<(&str, &str)> {
    let (before, after) = path.rsplit_once("/CloudTrail-Digest/")?;
    let account = before.rsplit('/').next()?;
    let (region, _) = after.split_once('/')?;
    Some((account, region))
}

/// The folder above the account's, where a path has the layout of a bucket: what one trail's logs
/// and digests share.
pub(super) fn root(path: &str) -> Option<&str> {
    let at = path
        .rfind("/CloudTrail/")
        .or_else(|| path.rfind("/CloudTrail-Digest/"))?;
    let account = path[..at].rfind('/').map_or(0, |slash| slash + 1);
    is_account(&path[account..at]).then(|| &path[..account])
}

/// How many parts two paths share at their ends; `.gz` does not count.
pub(super) fn common_tail(one: &str, other: &str) -> usize {
    if base(one) != base(other) {
        return 0;
    }
    let (one, other) = (one.rsplit('/').skip(1), other.rsplit('/').skip(1));
    1 + one
        .zip(other)
        .take_while(|(one, other)| one == other)
        .count()
}

/// Whether a file lies elsewhere than its seal says: a part that both paths have differs. A path
/// that is a tail of the key, or ends in the whole of it, says nothing else than the key.
pub(super) fn moved(path: &str, key: &str) -> bool {
    let parts = |path: &str| path.split('/').count();
    common_tail(path, key) < parts(path).min(parts(key))
}

/// Where another object of the same bucket would lie, seen from a file that lies at `path` and was
/// sealed as `object`; its key where the file lies elsewhere than in a copy of the bucket.
pub(super) fn beside(path: &str, object: &str, other: &str) -> String {
    let prefix = path
        .strip_suffix(object)
        .or_else(|| path.strip_suffix(object.strip_suffix(".gz")?));
    format!("{}{other}", prefix.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_logs_name_says_account_region_and_minute() {
        // The example of the CloudTrail User Guide; `date -u -d 2015-08-01T02:10Z +%s`.
        let name = "111122223333_CloudTrail_us-east-2_20150801T0210Z_Mu0KsOhtH1ar15ZZ.json.gz";
        let expected = LogName {
            account: "111122223333",
            region: "us-east-2",
            minute: Micros(1_438_395_000_000_000),
        };
        assert_eq!(log_name(&format!("a/b/{name}")), Some(expected));
        assert_eq!(log_name(name.strip_suffix(".gz").unwrap()), Some(expected));
        for text in [
            "events.json",
            "111122223333_CloudTrail-Digest_us-east-2_t_us-east-2_20150801T021000Z.json.gz",
            "111122223333_CloudTrail_us-east-2_20150801T0260Z_x.json",
            "111122223333_CloudTrail_us-east-2_20150801T0210Z.json",
            "x_CloudTrail_us-east-2_20150801T0210Z_x.json",
            "1_CloudTrail_r_2015080éT021Z_x.json",
        ] {
            assert_eq!(log_name(text), None, "{text}");
        }
    }

    #[test]
    fn a_digests_key_says_account_region_trail_and_backfill() {
        let key = |path: &str| digest_key(path).unwrap();
        let plain = key(
            "p/AWSLogs/111122223333/CloudTrail-Digest/us-east-2/2015/08/17/111122223333_CloudTrail-Digest_us-east-2_my_trail_us-east-1_20150817T150131Z.json.gz",
        );
        assert_eq!(
            (&*plain.account, &*plain.region, plain.backfill),
            ("111122223333", "us-east-2", false)
        );
        assert_eq!(
            plain.trail,
            "111122223333_CloudTrail-Digest_us-east-2_my_trail_us-east-1"
        );
        let flat = key(
            "111122223333_CloudTrail-Digest_us-east-2_my_trail_us-east-1_20150817T150131Z_backfill.json",
        );
        assert_eq!(
            flat,
            DigestKey {
                backfill: true,
                ..plain
            }
        );
        assert_eq!(digest_key("digest.json"), None);
    }

    #[test]
    fn a_path_is_moved_where_a_part_that_both_have_differs() {
        let key = "AWSLogs/1/CloudTrail/r/2026/06/01/x.json.gz";
        for (path, is_moved) in [
            ("x.json", false),
            ("01/x.json.gz", false),
            ("AWSLogs/1/CloudTrail/r/2026/06/01/x.json", false),
            (
                "bucket/copy/AWSLogs/1/CloudTrail/r/2026/06/01/x.json",
                false,
            ),
            ("02/x.json", true),
            ("bucket/AWSLogs/2/CloudTrail/r/2026/06/01/x.json", true),
            ("y.json", true),
        ] {
            assert_eq!(moved(path, key), is_moved, "{path}");
        }
    }

    #[test]
    fn logs_and_digests_of_one_trail_share_their_root() {
        assert_eq!(root("b/AWSLogs/1/CloudTrail/r/x.json"), Some("b/AWSLogs/"));
        assert_eq!(
            root("b/AWSLogs/1/CloudTrail-Digest/r/x.json"),
            Some("b/AWSLogs/")
        );
        assert_eq!(root("1/CloudTrail/r/x.json"), Some(""));
        assert_eq!(root("logs/x.json"), None);
        assert_eq!(root("é/CloudTrail/x"), None);
    }

    proptest! {
        #[test]
        fn no_path_makes_it_panic(path in "[a0é_/.]{0,12}(/CloudTrail(-Digest)?/|_CloudTrail_)?[a0é_/.TZ]{0,24}(\\.json)?(\\.gz)?", other in "\\PC{0,20}") {
            let _ = (log_name(&path), digest_key(&path), root(&path), moved(&path, &other));
        }
    }
}
