//! Which file is which log, and what the digests say of it.

use super::names::{LogName, beside, common_tail, is_moved};
use super::seals::{Seals, name_of};
use crate::{Code, Digest, FileFacts, Finding, Verdict};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What is known of one log file.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    /// The digest that lists it, by its place among all.
    pub listed_by: Option<usize>,
    /// The verdict of its records.
    pub verdict: Option<Verdict>,
    /// Whether its hash differs from the one listed.
    pub altered: bool,
}

/// The log files of the case.
pub(super) struct Logs<'f> {
    pub files: Vec<&'f FileFacts>,
    pub known: Vec<Known>,
    by_name: HashMap<String, Vec<usize>>,
    by_hash: HashMap<Digest, Vec<usize>>,
    /// Every hash that a digest lists.
    listed: HashSet<Digest>,
    /// Findings about logs, with the digest each is about.
    pub findings: Vec<(usize, Finding)>,
    /// Files that lie elsewhere than signed: by what differs, the first and how many.
    moved: BTreeMap<(String, String), (usize, usize, u64)>,
}

impl<'f> Logs<'f> {
    /// Holds all files against what the digests list.
    pub fn hold(files: Vec<&'f FileFacts>, seals: &Seals<'_>) -> Logs<'f> {
        let (mut by_name, mut by_hash) = (
            HashMap::<String, Vec<usize>>::new(),
            HashMap::<Digest, Vec<usize>>::new(),
        );
        for (i, file) in files.iter().enumerate() {
            by_name.entry(name_of(&file.path)).or_default().push(i);
            by_hash.entry(file.sha256).or_default().push(i);
        }
        let speaking = seals.held.iter().filter(|held| held.worth.speaks());
        let entries = speaking.flat_map(|held| &held.seal.logs);
        let listed = entries.filter_map(|listed| listed.hash).collect();
        let known = vec![Known::default(); files.len()];
        let mut logs = Logs {
            files,
            known,
            by_name,
            by_hash,
            listed,
            findings: Vec::new(),
            moved: BTreeMap::new(),
        };
        for (i, held) in seals.held.iter().enumerate() {
            for entry in 0..held.seal.logs.len() {
                logs.hold_one(seals, i, entry);
            }
        }
        logs.say_moved();
        logs
    }

    /// Holds the files against one entry of one digest.
    fn hold_one(&mut self, seals: &Seals<'_>, digest: usize, entry: usize) {
        let held = &seals.held[digest];
        let listed = &held.seal.logs[entry];
        let none: &[usize] = &[];
        let named = self
            .by_name
            .get(&name_of(&listed.object))
            .map_or(none, |all| all);
        if !held.worth.speaks() {
            // What it says cannot be held against anything; but it explains why nothing else does.
            for &i in &named.to_vec() {
                self.note(i, digest, Verdict::UNPROVEN);
            }
            return;
        }
        let unknown = listed.algorithm != "SHA-256";
        let same = listed
            .hash
            .filter(|_| !unknown)
            .and_then(|hash| self.by_hash.get(&hash));
        let same = same.map_or(none, |all| all).to_vec();
        let named = named.to_vec();
        if unknown {
            let message = format!(
                "the digest names its hash by {:?}, not SHA-256",
                listed.algorithm
            );
            for &i in &named {
                self.note(i, digest, Verdict::UNPROVEN);
                let finding =
                    Finding::new(Code::AlgorithmRefused, Some(Verdict::UNPROVEN), &*message);
                self.findings
                    .push((digest, finding.in_file(self.files[i].id)));
            }
            return;
        }
        if let Some(best) = self.nearest(&same, &listed.object, held.files[0].import) {
            let verdict = held.worth.of_listed();
            // Every copy of these bytes is this log.
            for &i in &same {
                self.note(i, digest, verdict);
            }
            if is_moved(&self.files[best].path, &listed.object) {
                self.note_moved(best, digest, &listed.object);
            }
            // A file of its name with other bytes is no copy of it.
            for i in named.into_iter().filter(|i| !same.contains(i)) {
                let file = self.files[i];
                let another = self.listed.contains(&file.sha256);
                let of_its_name = LogName::of(&file.path).is_some()
                    || common_tail(&file.path, &listed.object) > 1;
                if of_its_name && !another {
                    self.alter(i, digest);
                }
            }
        } else if let Some(best) = self.nearest(&named, &listed.object, held.files[0].import) {
            self.alter(best, digest);
            for i in named.into_iter().filter(|&i| i != best) {
                self.alter(i, digest);
            }
        } else {
            let path = beside(&held.files[0].path, &held.seal.object, &listed.object);
            let message = "the digest lists this log, and it is not in evidence";
            let finding = Finding::new(Code::FileMissing, Some(Verdict::CONTRADICTED), message);
            self.findings.push((digest, finding.at_path(path)));
        }
    }

    /// Of some files, the one whose path shares most with a key; of equals, one of the digest's own
    /// import, then the first.
    fn nearest(&self, files: &[usize], key: &str, import: u32) -> Option<usize> {
        files.iter().copied().max_by_key(|&i| {
            let file = self.files[i];
            (
                common_tail(&file.path, key),
                file.import == import,
                std::cmp::Reverse(i),
            )
        })
    }

    /// A digest lists a file, as it is.
    fn note(&mut self, i: usize, digest: usize, verdict: Verdict) {
        let known = &mut self.known[i];
        if known.altered || known.verdict.is_none_or(|before| before < verdict) {
            // What one seal proves, no other unproves.
            if !(known.altered && verdict <= Verdict::UNPROVEN) {
                known.verdict = Some(verdict);
                known.listed_by = Some(digest);
            }
        }
    }

    /// A digest lists a file with other bytes.
    fn alter(&mut self, i: usize, digest: usize) {
        let known = &mut self.known[i];
        if known.altered {
            return;
        }
        known.altered = true;
        known.listed_by.get_or_insert(digest);
        if known
            .verdict
            .is_none_or(|verdict| verdict <= Verdict::UNPROVEN)
        {
            known.verdict = Some(Verdict::CONTRADICTED);
        }
        let message = "its hash differs from the one that the digest lists: it was changed, or is \
                       another file";
        let finding = Finding::new(Code::FileAltered, Some(Verdict::CONTRADICTED), message);
        self.findings
            .push((digest, finding.in_file(self.files[i].id)));
    }

    fn note_moved(&mut self, i: usize, digest: usize, key: &str) {
        let path = &self.files[i].path;
        let differs = apart(path, key);
        self.moved.entry(differs).or_insert((i, digest, 0)).2 += 1;
    }

    /// One finding for each folder that lies elsewhere.
    fn say_moved(&mut self) {
        for ((here, signed), (i, digest, count)) in std::mem::take(&mut self.moved) {
            self.findings.push((
                digest,
                moved(&here, &signed, count).in_file(self.files[i].id),
            ));
        }
    }
}

/// The parts of a path and of a key before the end that they share.
pub(super) fn apart(path: &str, key: &str) -> (String, String) {
    let tail = common_tail(path, key);
    let head = |text: &str| {
        let parts: Vec<&str> = text.split('/').collect();
        // A file's own name is not said where all of its folder lies elsewhere.
        parts[..parts.len().saturating_sub(tail)].join("/")
    };
    (head(path), head(key))
}

/// That a file lies elsewhere than its seal says.
pub(super) fn moved(here: &str, signed: &str, count: u64) -> Finding {
    let more = match count {
        1 => String::new(),
        n => format!(", and {} more files beside it", n - 1),
    };
    let message = format!("it lies below {here:?} and was sealed below {signed:?}{more}");
    Finding::new(Code::FileMoved, None, message)
}
