//! Logs, held against the digests that list them.

use super::chain::{Chains, Standing, stream_id};
use super::digest::{Hash, Listed};
use super::names::{self, LogName};
use super::remarks::Remarks;
use crate::{Code, Digest, FileFacts, Finding, Kind, Micros, Verdict};
use std::collections::{BTreeMap, HashMap, HashSet};

/// AWS rounds the minute in a log's name to five. So a log is only missed in a digest where this
/// long before and after its minute is covered: else another hour, not here, may have it.
const ROUNDING: i64 = 5 * 60 * 1_000_000;

/// A log that has been judged.
pub(super) struct Log<'a> {
    pub file: &'a FileFacts,
    /// Its stream's id.
    pub stream: String,
    /// What holds for its bytes.
    pub verdict: Verdict,
}

/// A place in a digest's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Listing {
    /// An index into [`Chains::versions`].
    pub version: usize,
    /// An index into its `logs`.
    pub entry: usize,
}

/// What all digests list, by file name and by hash.
pub(super) struct Lists<'c, 'a> {
    chains: &'c Chains<'a>,
    by_name: HashMap<&'c str, Vec<Listing>>,
    by_hash: HashMap<Digest, Vec<Listing>>,
}

impl<'c, 'a> Lists<'c, 'a> {
    pub fn new(chains: &'c Chains<'a>) -> Lists<'c, 'a> {
        let mut lists = Lists {
            chains,
            by_name: HashMap::new(),
            by_hash: HashMap::new(),
        };
        for (version, digest) in chains.versions.iter().enumerate() {
            for (entry, log) in digest.seal.logs.iter().enumerate() {
                let listing = Listing { version, entry };
                lists
                    .by_name
                    .entry(names::base(&log.object))
                    .or_default()
                    .push(listing);
                if let Hash::Sha256(hash) = log.hash {
                    lists.by_hash.entry(hash).or_default().push(listing);
                }
            }
        }
        lists
    }

    pub fn log(&self, listing: Listing) -> &'c Listed {
        &self.chains.versions[listing.version].seal.logs[listing.entry]
    }

    fn named(&self, path: &str) -> &[Listing] {
        self.by_name
            .get(names::base(path))
            .map_or(&[], Vec::as_slice)
    }

    fn hashed(&self, digest: &Digest) -> &[Listing] {
        self.by_hash.get(digest).map_or(&[], Vec::as_slice)
    }

    fn standing(&self, listing: Listing) -> Standing {
        self.chains.versions[listing.version].standing
    }

    fn forked(&self, listing: Listing) -> bool {
        self.chains.versions[listing.version].forked
    }

    fn is_of(&self, listing: Listing, file: &FileFacts) -> bool {
        self.log(listing).hash == Hash::Sha256(file.sha256)
    }
}

/// What the lists make of one log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Match {
    /// A digest that counts lists these bytes.
    Listed(Listing, Verdict),
    /// A digest that counts lists this name with another hash.
    Altered(Listing),
    /// Only digests that count for nothing, or hashes that cannot be compared, speak of it.
    Undecided(Listing),
    /// No digest speaks of it.
    Unlisted,
}

impl Lists<'_, '_> {
    /// A log is the one that its name says. Where no digest lists that name, its bytes tell.
    pub fn find(&self, file: &FileFacts) -> Match {
        let named = self.named(&file.path);
        let tail = |listing: &Listing| names::common_tail(&file.path, &self.log(*listing).object);
        let longest = named.iter().map(tail).max();
        let best = |listings: &mut dyn Iterator<Item = Listing>| {
            let worth = |listing: Listing| {
                let verdict = self.standing(listing).verdict()?;
                let verdict = if self.forked(listing) {
                    Verdict::CONTRADICTED
                } else {
                    verdict
                };
                Some((listing, verdict))
            };
            listings
                .filter_map(worth)
                .max_by_key(|(listing, verdict)| (*verdict, tail(listing)))
        };
        let equal = best(
            &mut named
                .iter()
                .copied()
                .filter(|listing| self.is_of(*listing, file)),
        );
        let differs = |listing: &Listing| {
            let hash = self.log(*listing).hash;
            hash != Hash::Refused && hash != Hash::Sha256(file.sha256)
        };
        let other = named
            .iter()
            .copied()
            .filter(|listing| Some(tail(listing)) == longest && differs(listing));
        let other = best(&mut other.filter(|listing| !self.forked(*listing)));
        match (equal, other) {
            (Some((listing, verdict)), None) => Match::Listed(listing, verdict),
            (Some((listing, verdict)), Some((_, against))) if verdict > against => {
                Match::Listed(listing, verdict)
            }
            (_, Some((listing, _))) => Match::Altered(listing),
            (None, None) => match (named.first(), self.hashed(&file.sha256)) {
                (Some(&listing), _) => Match::Undecided(listing),
                (None, []) => Match::Unlisted,
                (None, listings @ [first, ..]) => {
                    let renamed = best(&mut listings.iter().copied());
                    renamed.map_or(Match::Undecided(*first), |(listing, verdict)| {
                        Match::Listed(listing, verdict)
                    })
                }
            },
        }
    }
}

/// Judges all logs. `strangers` are files that are nothing of CloudTrail: one of them may lie where a
/// log was.
pub(super) fn judge<'a>(
    files: &[&'a FileFacts],
    strangers: &[&FileFacts],
    chains: &Chains<'a>,
    remarks: &mut Remarks,
) -> Vec<Log<'a>> {
    let logs: Vec<&'a FileFacts> = files
        .iter()
        .copied()
        .filter(|file| file.kind == Kind::CloudTrailLog)
        .collect();
    let lists = Lists::new(chains);
    let mut judged = Vec::with_capacity(logs.len());
    let mut unlisted = Vec::new();
    let mut roots: HashMap<String, HashSet<&str>> = HashMap::new();
    for &file in &logs {
        let found = lists.find(file);
        let name = names::log_name(&file.path);
        let listing = match found {
            Match::Listed(listing, _) | Match::Altered(listing) | Match::Undecided(listing) => {
                Some(listing)
            }
            Match::Unlisted => None,
        };
        let stream = match (name, listing) {
            (Some(name), _) => stream_id(name.account, name.region),
            (None, Some(listing)) => chains.versions[listing.version].stream(),
            (None, None) => file.path.clone(),
        };
        if let Some(listing) = listing {
            roots
                .entry(chains.versions[listing.version].stream())
                .or_default()
                .extend(names::root(&file.path));
        }
        let verdict = match found {
            Match::Listed(listing, verdict) => {
                let object = &lists.log(listing).object;
                if names::moved(&file.path, object) {
                    remarks.moved(&stream, file.id, &file.path, object);
                }
                verdict
            }
            Match::Altered(listing) => {
                let digest = &chains.versions[listing.version].copies[0].path;
                let message = format!(
                    "its SHA-256 is not the one that the digest {digest} lists: this log was changed after it was sealed"
                );
                remarks.say(
                    &stream,
                    Finding::new(Code::FileAltered, Some(Verdict::CONTRADICTED), message)
                        .in_file(file.id),
                );
                Verdict::CONTRADICTED
            }
            Match::Undecided(_) => Verdict::UNPROVEN,
            Match::Unlisted => {
                unlisted.push((file, name, stream.clone()));
                Verdict::UNPROVEN
            }
        };
        judged.push(Log {
            file,
            stream,
            verdict,
        });
    }
    say_missing(&lists, strangers, &logs, remarks);
    say_unlisted(&unlisted, chains, roots, remarks);
    judged
}

/// Logs that a digest lists and that are not here, under their name or any other; or that are no
/// logs any more.
fn say_missing(
    lists: &Lists<'_, '_>,
    strangers: &[&FileFacts],
    logs: &[&FileFacts],
    remarks: &mut Remarks,
) {
    let strangers: HashMap<&str, &FileFacts> = strangers
        .iter()
        .map(|file| (names::base(&file.path), *file))
        .collect();
    let here: HashSet<&str> = logs.iter().map(|file| names::base(&file.path)).collect();
    let renamed = logs
        .iter()
        .filter(|file| lists.named(&file.path).is_empty());
    let bytes: HashSet<Digest> = renamed.map(|file| file.sha256).collect();
    let mut said = HashSet::new();
    for version in lists
        .chains
        .versions
        .iter()
        .filter(|version| version.standing != Standing::Void)
    {
        for log in &version.seal.logs {
            let found = here.contains(names::base(&log.object))
                || matches!(log.hash, Hash::Sha256(hash) if bytes.contains(&hash));
            if let Some(stranger) = strangers.get(names::base(&log.object)).filter(|_| !found) {
                if said.insert(&log.object) {
                    let message = format!(
                        "the digest {} lists this file as a log, and it is none any more",
                        version.copies[0].path
                    );
                    let finding =
                        Finding::new(Code::FileAltered, Some(Verdict::CONTRADICTED), message);
                    remarks.say(&version.stream(), finding.in_file(stranger.id));
                }
            } else if !found && said.insert(&log.object) {
                let message = format!(
                    "the digest {} lists this log, and it is not here",
                    version.copies[0].path
                );
                let finding = Finding::new(Code::FileMissing, Some(Verdict::CONTRADICTED), message);
                remarks.say(
                    &version.stream(),
                    finding.in_file(version.file()).at_path(names::beside(
                        &version.copies[0].path,
                        &version.seal.object,
                        &log.object,
                    )),
                );
            }
        }
    }
}

/// The time that the digests of one stream cover, as stretches that do not touch, and their end.
struct Covered {
    stretches: Vec<(Micros, Micros)>,
    end: Micros,
}

impl Covered {
    /// Whether some digest of the same place and time would have listed a log of this minute.
    fn covers(&self, from: i64, until: i64) -> bool {
        let after = self.stretches.partition_point(|(start, _)| start.0 <= from);
        after
            .checked_sub(1)
            .is_some_and(|at| until <= self.stretches[at].1.0)
    }
}

fn say_unlisted<'a>(
    unlisted: &[(&FileFacts, Option<LogName<'_>>, String)],
    chains: &Chains<'a>,
    mut roots: HashMap<String, HashSet<&'a str>>,
    remarks: &mut Remarks,
) {
    for version in &chains.versions {
        for copy in &version.copies {
            roots
                .entry(version.stream())
                .or_default()
                .extend(names::root(&copy.path));
        }
    }
    let covered = cover(chains);
    let mut tails: BTreeMap<&str, (u64, u64, &FileFacts)> = BTreeMap::new();
    for (file, name, stream) in unlisted {
        let Some(covered) = covered.get(stream) else {
            continue;
        };
        // Another trail of the same account and region keeps its logs in another place.
        let elsewhere = names::root(&file.path)
            .is_some_and(|root| !roots.get(stream).is_some_and(|roots| roots.contains(root)));
        let Some(at) = name.map(|name| name.minute).filter(|_| !elsewhere) else {
            continue;
        };
        if covered.covers(at.0.saturating_sub(ROUNDING), at.0.saturating_add(ROUNDING)) {
            let message = "no digest lists this log, though the digests of its account and region cover its time: it was added after sealing, or never was CloudTrail's";
            remarks.say(
                stream,
                Finding::new(Code::FileUnlisted, Some(Verdict::CONTRADICTED), message)
                    .in_file(file.id),
            );
        } else if at.0.saturating_add(ROUNDING) > covered.end.0 {
            let (logs, records, _) = tails.entry(stream).or_insert((0, 0, file));
            *logs += 1;
            *records = records.saturating_add(file.records);
        }
    }
    for (stream, (logs, records, first)) in tails {
        let message = format!(
            "{logs} logs with {records} records are later than the newest digest here: nothing seals them yet. The first is {}",
            first.path
        );
        remarks.say(
            stream,
            Finding::new(Code::TailUnsealed, Some(Verdict::UNPROVEN), message).in_file(first.id),
        );
    }
}

/// What the digests that count cover, stream by stream. Backfills cover what others left out, so
/// they add nothing here.
fn cover(chains: &Chains<'_>) -> HashMap<String, Covered> {
    let mut stretches: HashMap<String, (Vec<(Micros, Micros)>, Micros)> = HashMap::new();
    for version in &chains.versions {
        let seal = &version.seal;
        let (spans, end) = stretches
            .entry(version.stream())
            .or_insert((Vec::new(), seal.end));
        *end = seal.end.max(*end);
        if version.standing != Standing::Void && !seal.key.backfill {
            spans.push((seal.start, seal.end));
        }
    }
    stretches
        .into_iter()
        .map(|(stream, (mut spans, end))| {
            spans.sort_unstable();
            let mut joined: Vec<(Micros, Micros)> = Vec::new();
            for (start, until) in spans {
                match joined.last_mut() {
                    Some(last) if start <= last.1 => last.1 = last.1.max(until),
                    _ => joined.push((start, until)),
                }
            }
            (
                stream,
                Covered {
                    stretches: joined,
                    end,
                },
            )
        })
        .collect()
}
