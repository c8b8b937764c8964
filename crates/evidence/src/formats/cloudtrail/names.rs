//! What the names of files say, and how a signed name is found among paths.

use crate::Micros;
use crate::time::rfc3339;

/// What the name of a log says: `<account>_CloudTrail_<region>_<YYYYMMDDTHHMMZ>_<random>.json.gz`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LogName<'p> {
    pub account: &'p str,
    pub region: &'p str,
    /// When the log was delivered, to the minute.
    pub delivered: Micros,
}

/// What the name of a digest says:
/// `<account>_CloudTrail-Digest_<region>_<trail>_<home region>_<YYYYMMDDTHHMMSSZ>.json.gz`, and
/// `_backfill` before the ending of a backfill's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DigestName<'p> {
    pub account: &'p str,
    pub region: &'p str,
    pub trail: &'p str,
    pub end: Micros,
    pub backfill: bool,
}

/// The name of a file, without `.gz` and `.json`.
fn stem(path: &str) -> Option<&str> {
    let name = plain(path.rsplit('/').next()?);
    name.strip_suffix(".json")
}

/// A path without `.gz` at its end: a file may have been decompressed since.
pub(super) fn plain(path: &str) -> &str {
    path.strip_suffix(".gz").unwrap_or(path)
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|c| c.is_ascii_digit())
}

/// `YYYYMMDDTHHMMZ` or `YYYYMMDDTHHMMSSZ`.
fn moment(text: &str) -> Option<Micros> {
    let digits = text.strip_suffix('Z')?;
    let (date, clock) = digits.split_once('T')?;
    if !text.is_ascii() || date.len() != 8 || !matches!(clock.len(), 4 | 6) {
        return None;
    }
    let seconds = if clock.len() == 6 { &clock[4..] } else { "00" };
    rfc3339(&format!(
        "{}-{}-{}T{}:{}:{seconds}Z",
        &date[..4],
        &date[4..6],
        &date[6..],
        &clock[..2],
        &clock[2..4]
    ))
}

impl<'p> LogName<'p> {
    pub fn of(path: &'p str) -> Option<LogName<'p>> {
        let mut parts = stem(path)?.split('_');
        let (account, kind, region) = (parts.next()?, parts.next()?, parts.next()?);
        let delivered = moment(parts.next()?)?;
        let named = is_account(account) && kind == "CloudTrail" && !region.is_empty();
        named.then_some(LogName {
            account,
            region,
            delivered,
        })
    }
}

impl<'p> DigestName<'p> {
    pub fn of(path: &'p str) -> Option<DigestName<'p>> {
        let stem = stem(path)?;
        let (stem, backfill) = match stem.strip_suffix("_backfill") {
            Some(stem) => (stem, true),
            None => (stem, false),
        };
        let (account, rest) = stem.split_once('_')?;
        let rest = rest.strip_prefix("CloudTrail-Digest_")?;
        let (region, rest) = rest.split_once('_')?;
        // A trail's name may hold an underscore; a region's may not.
        let (rest, end) = rest.rsplit_once('_')?;
        let (trail, _home) = rest.rsplit_once('_')?;
        let end = moment(end)?;
        is_account(account).then_some(DigestName {
            account,
            region,
            trail,
            end,
            backfill,
        })
    }
}

/// How many parts two paths share at their ends, without regard to `.gz`.
pub(super) fn common_tail(path: &str, key: &str) -> usize {
    let parts = plain(path).rsplit('/').zip(plain(key).rsplit('/'));
    parts.take_while(|(one, other)| one == other).count()
}

/// Whether a file at `path` does not lie where its signed key says. Above the folder that was
/// taken along, and above the bucket, nothing is known.
pub(super) fn is_moved(path: &str, key: &str) -> bool {
    let parts = |text: &str| text.split('/').count();
    common_tail(path, key) < parts(path).min(parts(key))
}

/// Where an object of the same bucket would lie, if `path` is where `key` lies.
pub(super) fn beside(path: &str, key: &str, other: &str) -> String {
    match plain(path).strip_suffix(plain(key)) {
        Some(root) if root.is_empty() || root.ends_with('/') => format!("{root}{other}"),
        _ => other.to_owned(),
    }
}

/// What lies before the folder of CloudTrail's own: equal for logs and digests of one place.
pub(super) fn place<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    let at = path.match_indices(folder).find(|(at, _)| {
        let after = &path[at + folder.len()..];
        (*at == 0 || path[..*at].ends_with('/')) && after.starts_with('/')
    });
    at.map(|(at, _)| &path[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logs_name_says_account_region_and_time() {
        let path =
            "AWSLogs/1/111122223333_CloudTrail_us-east-1_20230710T1145Z_7xgocspSowgK0Gto.json.gz";
        let name = LogName::of(path).unwrap();
        assert_eq!((name.account, name.region), ("111122223333", "us-east-1"));
        // `date -u -d '2023-07-10T11:45Z' +%s`
        assert_eq!(name.delivered, Micros(1_688_989_500_000_000));
        assert_eq!(LogName::of(&path.replace(".gz", "")), Some(name));
        assert_eq!(LogName::of("a/records.json"), None);
        assert_eq!(LogName::of(&path.replace("T1145Z", "T9945Z")), None);
    }

    #[test]
    fn a_digests_name_says_its_chain() {
        let name =
            "111122223333_CloudTrail-Digest_us-east-2_my_own_trail_us-east-1_20150817T141211Z";
        let digest = DigestName::of(name);
        assert_eq!(digest, None);
        let path = format!("x/{name}.json.gz");
        let digest = DigestName::of(&path).unwrap();
        assert_eq!(
            (digest.account, digest.region),
            ("111122223333", "us-east-2")
        );
        assert_eq!((digest.trail, digest.backfill), ("my_own_trail", false));
        // `date -u -d '2015-08-17T14:12:11Z' +%s`
        assert_eq!(digest.end, Micros(1_439_820_731_000_000));
        let path = format!("{name}_backfill.json.gz");
        assert!(DigestName::of(&path).unwrap().backfill);
        assert_eq!(LogName::of(&path), None);
    }

    #[test]
    fn a_file_is_moved_where_its_path_differs_from_its_key() {
        let key = "AWSLogs/1/CloudTrail/r/2026/06/12/a.json.gz";
        assert!(!is_moved(
            "case/bucket/AWSLogs/1/CloudTrail/r/2026/06/12/a.json.gz",
            key
        ));
        assert!(!is_moved("2026/06/12/a.json", key));
        assert!(!is_moved("a.json.gz", key));
        assert!(is_moved("2026/06/13/a.json.gz", key));
        assert!(is_moved("flat/a.json.gz", key));
        assert!(is_moved("AWSLogs/1/CloudTrail/r/2026/06/12/b.json.gz", key));
    }

    #[test]
    fn another_object_lies_beside() {
        assert_eq!(beside("case/a/b.gz", "a/b.gz", "a/c.gz"), "case/a/c.gz");
        assert_eq!(beside("xa/b.gz", "a/b.gz", "a/c.gz"), "a/c.gz");
        assert_eq!(place("x/CloudTrail/y", "CloudTrail"), Some("x/"));
        assert_eq!(place("x/CloudTrail-Digest/y", "CloudTrail"), None);
    }
}
