//! One chain of the case, walked in the order of its numbers.
//!
//! The runs of all files are cut at each other's ends into *cells*: stretches of numbers for which
//! the same runs have a version. What is said of a chain is said cell by cell, going up:
//!
//! - A version is *accepted* where its signature holds under the key that is the chain's there.
//! - Accepted versions that differ are a fork; equal ones are copies.
//! - A version that is not accepted is judged on its own, and never explains anything else.
//! - A link is held against the version that stands before it, where both are accepted. Where it
//!   names another, two receipts were signed for that number: a fork, one version of which is not
//!   in evidence.
//!
//! Where no key verifies any receipt of a chain, all versions are taken as they claim to be, and
//! what contradicts the chain is only what needs no key to be seen.

use super::chains::{Run, Successor};
use super::lineage::Lineage;
use super::marks::Marks;
use super::receipt::{By, Standing, Under};
use super::reread::Rereader;
use super::ring::KeyRing;
use crate::verdict::{Author, Completeness, Integrity};
use crate::{Code, Digest, FileId, Finding, LookupError, Micros, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A run of one file.
#[derive(Clone, Copy)]
pub(super) struct Piece<'f> {
    pub file: FileId,
    pub run: &'f Run,
}

/// A version of the receipts of a cell.
#[derive(Clone)]
struct Version<'f> {
    file: FileId,
    run: &'f Run,
    standing: Standing,
}

/// What was last seen going up.
enum Before {
    /// The beginning, or a gap.
    Nothing,
    /// Accepted versions: their last hashes, and where they stand.
    Accepted(Vec<(Digest, FileId, u64)>),
    /// Versions that are not accepted and no signature refutes: their last hashes, and where.
    Open(Vec<(Digest, FileId, u64)>),
    /// Versions that are refuted already.
    Refuted,
}

/// Receipts that no key verifies, while the chain's key may have changed unseen.
struct Doubtful {
    file: FileId,
    ordinals: Vec<(u64, u64)>,
    numbers: (u64, u64),
    /// How often the key may have changed before them.
    doubts: u32,
    /// Whether a finding at a rotation says why they are not followed.
    explained: bool,
}

/// What walking a chain gave.
pub(super) struct Walk<'x, 'l> {
    pub id: Arc<str>,
    pub stream: usize,
    pub ring: &'x KeyRing,
    pub reread: &'x mut Rereader<'l>,
    pub marks: &'x mut Marks,
    pub findings: &'x mut Vec<Finding>,
    /// Unreadable records among the chain's, by file.
    pub unread: &'x BTreeMap<FileId, Vec<u64>>,
    pub lineage: Lineage,
    pub issuer: Arc<str>,
    /// The worst that was found of the chain as a whole.
    pub verdict: Option<Verdict>,
    pub seen: Seen,
    /// The record whose proof is asked for, and what was found of it.
    pub watched: Option<(FileId, u64)>,
    pub answer: Option<Answer>,
    /// The key that speaks for the chain here.
    key: Option<[u8; 32]>,
    retired: BTreeSet<[u8; 32]>,
    successor: Option<Successor>,
    /// How often the key may have changed unseen.
    doubts: u32,
    in_doubt: bool,
    /// Whether a finding at a rotation says so.
    explained: bool,
    doubtful: Vec<Doubtful>,
    kept: Vec<Kept>,
}

/// What was seen of a chain, for its axes.
#[derive(Default)]
pub(super) struct Seen {
    pub vouched: bool,
    pub own: bool,
    pub refuted: bool,
    pub broken: bool,
    pub malformed: bool,
    pub gap: bool,
    pub forked: bool,
    pub closed: bool,
    pub backwards: bool,
    /// The lowest and highest number.
    pub numbers: Option<(u64, u64)>,
    /// Without a key: links that do not fit, and the first.
    pub misfits: u64,
    pub first_misfit: Option<u64>,
    /// Without a key: numbers with two versions.
    pub versions: u64,
    /// Signatures that hold but for their time: where the first is, and the last number.
    late: BTreeMap<Code, (FileId, u64, u64, u64)>,
}

/// A stretch that has its place in the chain: its file, first ordinal and first number, and how
/// many receipts it has.
pub(super) type Kept = (FileId, u64, u64, u64);

/// What was found of the record whose proof is asked for.
pub(super) struct Answer {
    pub under: Option<Under>,
}

impl<'x, 'l> Walk<'x, 'l> {
    #[allow(
        clippy::too_many_arguments,
        reason = "the parts of one walk, each used throughout"
    )]
    pub fn new(
        id: Arc<str>,
        stream: usize,
        ring: &'x KeyRing,
        reread: &'x mut Rereader<'l>,
        marks: &'x mut Marks,
        findings: &'x mut Vec<Finding>,
        unread: &'x BTreeMap<FileId, Vec<u64>>,
        pieces: &[Piece<'_>],
    ) -> Self {
        let lineage = Lineage::of(pieces);
        Walk {
            id,
            stream,
            ring,
            reread,
            marks,
            findings,
            unread,
            issuer: lineage.issuer(pieces),
            lineage,
            verdict: None,
            seen: Seen::default(),
            watched: None,
            answer: None,
            key: None,
            retired: BTreeSet::new(),
            successor: None,
            doubts: 0,
            // Before the first accepted receipt the key is not known.
            in_doubt: true,
            explained: false,
            doubtful: Vec::new(),
            kept: Vec::new(),
        }
    }

    /// Walks one line: the chain from one beginning on.
    pub fn line(&mut self, pieces: &[Piece<'_>], anew: bool) -> Result<(), LookupError> {
        let mut line = Line {
            walk: self,
            end: 0,
            before: Before::Nothing,
            last: None,
            time: None,
            forked: false,
            ended: None,
            after_end: None,
            anew,
        };
        let mut sorted: Vec<&Piece<'_>> = pieces.iter().collect();
        sorted.sort_by_key(|piece| {
            (
                piece.run.first,
                piece.file,
                piece.run.ordinal(piece.run.first),
            )
        });
        let bounds: BTreeSet<u64> = pieces
            .iter()
            .flat_map(|piece| [piece.run.first, piece.run.last.saturating_add(1)])
            .collect();
        let bounds: Vec<u64> = bounds.into_iter().collect();
        let mut coming = sorted.into_iter().peekable();
        let mut open: Vec<Version<'_>> = Vec::new();
        for pair in bounds.windows(2) {
            let (first, last) = (pair[0], pair[1] - 1);
            open.retain(|version| version.run.last >= first);
            while let Some(piece) = coming.next_if(|piece| piece.run.first == first) {
                let standing = piece.run.standing.clone();
                open.push(Version {
                    file: piece.file,
                    run: piece.run,
                    standing,
                });
            }
            if !open.is_empty() {
                line.cells(first, last, &open)?;
            }
        }
        line.finish()
    }

    /// What is to be said once all lines were walked.
    pub fn finish(&mut self) -> Result<(), LookupError> {
        self.settle_doubts(None)?;
        for (code, (file, ordinal, first, last)) in std::mem::take(&mut self.seen.late) {
            let what = match code {
                Code::KeyRevoked => "signed after the key was revoked",
                _ => "signed outside the key's validity",
            };
            let message = format!("{what}: the signature holds, and proves nothing of its time");
            let finding = Finding::new(code, Some(Verdict::UNPROVEN), message);
            self.report(finding, file, ordinal, (first, last))?;
        }
        Ok(())
    }

    /// The stretches of the last line that have a place in it, in the order of the files.
    pub fn kept(&mut self) -> Vec<Kept> {
        let mut kept = std::mem::take(&mut self.kept);
        kept.sort_unstable();
        kept
    }

    /// Adds a finding at a receipt or, from there on, over a stretch of them.
    pub fn report(
        &mut self,
        finding: Finding,
        file: FileId,
        ordinal: u64,
        (first, last): (u64, u64),
    ) -> Result<(), LookupError> {
        let (offset, length) = self.reread.extent(file, ordinal)?;
        let mut finding = finding
            .in_file(file)
            .in_stream(&*self.id)
            .at_seq(first)
            .at_record(ordinal, offset, length);
        if last > first {
            finding = finding.over(first, last);
        }
        self.findings.push(finding);
        Ok(())
    }

    /// The chain as a whole is contradicted.
    fn contradict(&mut self) {
        self.verdict = Some(Verdict::CONTRADICTED);
        self.seen.broken = true;
    }

    fn mark(&mut self, version: &Version<'_>, first: u64, last: u64, verdict: Verdict) {
        for (from, to) in version.run.stretches(first, last) {
            self.marks.set(version.file, from, to, self.stream, verdict);
        }
    }

    /// Each receipt of a stretch is refuted.
    fn refute(
        &mut self,
        version: &Version<'_>,
        (first, last): (u64, u64),
        code: Code,
        message: &str,
    ) -> Result<(), LookupError> {
        self.seen.broken = true;
        self.mark(version, first, last, Verdict::CONTRADICTED);
        for number in first..=last {
            let finding = Finding::new(code, Some(Verdict::CONTRADICTED), message);
            self.report(
                finding,
                version.file,
                version.run.ordinal(number),
                (number, number),
            )?;
        }
        Ok(())
    }

    /// A stretch of receipts is unproven, for one cause.
    fn leave(
        &mut self,
        version: &Version<'_>,
        (first, last): (u64, u64),
        code: Code,
        message: &str,
    ) -> Result<(), LookupError> {
        self.mark(version, first, last, Verdict::UNPROVEN);
        let finding = Finding::new(code, Some(Verdict::UNPROVEN), message);
        self.report(
            finding,
            version.file,
            version.run.ordinal(first),
            (first, last),
        )
    }

    /// The key may have changed unseen. `explained`: a finding at a rotation says so.
    fn doubt(&mut self, explained: bool) {
        self.explained = explained && (self.explained || !self.in_doubt);
        self.in_doubt = true;
        self.doubts = self.doubts.saturating_add(1);
    }

    /// Says what becomes of receipts that no key verified while the key was in doubt, now that
    /// `key` verifies one, or that the end is reached.
    fn settle_doubts(&mut self, key: Option<[u8; 32]>) -> Result<(), LookupError> {
        let unchanged = key.is_some() && self.key == key;
        let mut unknown: Option<(FileId, u64, u64, u64)> = None;
        for doubtful in std::mem::take(&mut self.doubtful) {
            let (first, last) = doubtful.numbers;
            let ordinal = doubtful.ordinals.first().map_or(0, |&(from, _)| from);
            if key.is_some() && (unchanged || doubtful.doubts == self.doubts) {
                self.seen.broken = true;
                self.seen.refuted = true;
                let ordinals = doubtful.ordinals.iter().flat_map(|&(from, to)| from..=to);
                for (number, ordinal) in (first..).zip(ordinals) {
                    self.marks.set(
                        doubtful.file,
                        ordinal,
                        ordinal,
                        self.stream,
                        Verdict::CONTRADICTED,
                    );
                    let finding = Finding::new(
                        Code::SignatureInvalid,
                        Some(Verdict::CONTRADICTED),
                        NOT_UNDER_THE_KEY,
                    );
                    self.report(finding, doubtful.file, ordinal, (number, number))?;
                }
            } else if !doubtful.explained {
                unknown = Some(match unknown {
                    None => (doubtful.file, ordinal, first, last),
                    Some((file, ordinal, from, to)) => {
                        (file, ordinal, from.min(first), to.max(last))
                    }
                });
            }
        }
        if let Some((file, ordinal, first, last)) = unknown {
            let finding = Finding::new(
                Code::KeyUnknown,
                Some(Verdict::UNPROVEN),
                "no key at hand verifies these receipts, and the chain's key may have changed \
                 where it cannot be followed",
            );
            self.report(finding, file, ordinal, (first, last))?;
        }
        Ok(())
    }
}

const NOT_UNDER_THE_KEY: &str =
    "its signature does not verify under the chain's key: it was changed, or signed by another";

/// One line while it is walked.
struct Line<'w, 'x, 'l> {
    walk: &'w mut Walk<'x, 'l>,
    /// The last number seen.
    end: u64,
    before: Before,
    /// Where the receipt before stands.
    last: Option<(FileId, u64)>,
    time: Option<Micros>,
    forked: bool,
    /// The number of the receipt that ends the chain.
    ended: Option<u64>,
    after_end: Option<(FileId, u64, u64, u64)>,
    /// Whether the chain began before in the same file.
    anew: bool,
}

impl Line<'_, '_, '_> {
    /// Walks a cell, in as many parts as its versions differ in.
    fn cells(&mut self, first: u64, last: u64, open: &[Version<'_>]) -> Result<(), LookupError> {
        let mut at = first;
        while at <= last {
            if let ([version], Some(successor)) = (open, self.walk.successor.clone())
                && version.standing == Standing::Fails
            {
                let (file, run) = (version.file, version.run);
                let end = last.min(at.saturating_add(1023));
                for (from, to, standing) in
                    self.walk.reread.retry(file, run, (at, end), &successor)?
                {
                    let versions = vec![Version {
                        file,
                        run,
                        standing,
                    }];
                    let hashes = self.hashes(&versions, to)?;
                    self.cell(from, to, versions, hashes)?;
                }
                at = end + 1;
                continue;
            }
            let mut versions = open.to_vec();
            let mut end = last;
            // Signatures that no key at hand verified, under the key that the chain changed to.
            if let Some(successor) = self.walk.successor.clone() {
                for version in versions
                    .iter_mut()
                    .filter(|v| v.standing == Standing::Fails)
                {
                    let part = self.walk.reread.retry(
                        version.file,
                        version.run,
                        (at, end.min(at.saturating_add(15))),
                        &successor,
                    )?;
                    if let Some((_, to, standing)) = part.into_iter().next() {
                        end = end.min(to);
                        version.standing = standing;
                    }
                }
            }
            let mut hashes = self.hashes(&versions, end)?;
            if hashes.windows(2).any(|pair| pair[0] != pair[1]) && at < end {
                // The first number for which they differ; equal hashes have equal pasts.
                let (mut low, mut high) = (at, end);
                while low < high {
                    let middle = low + (high - low) / 2;
                    let there = self.hashes(&versions, middle)?;
                    if there.windows(2).any(|pair| pair[0] != pair[1]) {
                        high = middle;
                    } else {
                        low = middle + 1;
                    }
                }
                if low > at {
                    end = low - 1;
                    hashes = self.hashes(&versions, end)?;
                }
            }
            self.cell(at, end, versions, hashes)?;
            at = end + 1;
        }
        Ok(())
    }

    /// The hashes of the versions at one number.
    fn hashes(
        &self,
        versions: &[Version<'_>],
        number: u64,
    ) -> Result<Vec<Option<Digest>>, LookupError> {
        if let [one] = versions {
            // Not worth reading a receipt again for.
            return Ok(vec![one.run.hash.filter(|_| one.run.last == number)]);
        }
        let hash = |version: &Version<'_>| self.walk.reread.hash(version.file, version.run, number);
        versions.iter().map(hash).collect()
    }

    /// Judges the versions of a cell; their hashes are those of its last number.
    fn cell(
        &mut self,
        first: u64,
        last: u64,
        mut versions: Vec<Version<'_>>,
        mut hashes: Vec<Option<Digest>>,
    ) -> Result<(), LookupError> {
        self.gap(first, &versions)?;
        self.walk.seen.numbers = Some(match self.walk.seen.numbers {
            None => (first, last),
            Some((low, high)) => (low.min(first), high.max(last)),
        });
        self.copies(first, last, &mut versions, &mut hashes)?;

        let keyless = self.walk.lineage.is_empty();
        let mut accepted = Vec::new();
        let mut others = Vec::new();
        for (version, hash) in versions.into_iter().zip(hashes) {
            match (&version.standing, self.accepts(&version)) {
                (_, true) => accepted.push((version, hash)),
                (standing, _) if keyless && !is_decided(standing) => {
                    accepted.push((version, hash));
                }
                _ => others.push((version, hash)),
            }
        }
        // A signature made in time outweighs one that was not.
        let in_time = |version: &Version<'_>| {
            !matches!(
                &version.standing,
                Standing::Holds(Under {
                    by: By::Objection(_),
                    ..
                })
            )
        };
        if accepted.iter().any(|(version, _)| in_time(version)) {
            let (good, late): (Vec<_>, Vec<_>) = accepted
                .into_iter()
                .partition(|(version, _)| in_time(version));
            accepted = good;
            for (version, _) in late {
                self.late(&version, first, last);
            }
        }

        let mut open = Vec::new();
        for (version, hash) in &others {
            let covered = accepted.iter().any(|(good, _)| good.file == version.file);
            let answered = !accepted.is_empty();
            if self.unaccepted(version, (first, last), covered, answered)? {
                let ordinal = version.run.ordinal(last);
                open.extend(hash.map(|hash| (hash, version.file, ordinal)));
            }
        }
        if accepted.is_empty() {
            if let Some((version, _)) = others.first() {
                self.last = Some((version.file, version.run.ordinal(last)));
                self.walk.keep(version, first, last);
            }
            self.before = if open.is_empty() {
                Before::Refuted
            } else {
                Before::Open(open)
            };
        } else {
            self.accepted(first, last, &accepted, keyless)?;
        }
        self.end = last;
        Ok(())
    }

    /// Whether a version's signature holds under the chain's key.
    fn accepts(&self, version: &Version<'_>) -> bool {
        let Standing::Holds(under) = &version.standing else {
            return false;
        };
        if self.walk.retired.contains(&under.key) && self.walk.key != Some(under.key) {
            return false;
        }
        match self.walk.key {
            Some(key) if key == under.key => true,
            Some(_) if !self.walk.in_doubt => false,
            _ => !under.succeeded && self.walk.lineage.holds(&under.key),
        }
    }

    /// Numbers that no version has.
    fn gap(&mut self, first: u64, versions: &[Version<'_>]) -> Result<(), LookupError> {
        let missing = first.saturating_sub(self.end).saturating_sub(1);
        if missing == 0 {
            return Ok(());
        }
        self.before = Before::Nothing;
        let head = self.end == 0;
        let begins = versions
            .iter()
            .any(|v| v.run.first == first && v.run.previous.is_none());
        if head && (begins || self.anew || self.walk.lineage.is_empty()) {
            return Ok(());
        }
        self.walk.doubt(false);
        // Lines that cannot be read stand for as many receipts.
        let unread: u64 = versions.first().map_or(0, |version| {
            let to = version.run.ordinal(first);
            let from = match self.last {
                Some((file, ordinal)) if file == version.file => ordinal,
                None => 0,
                Some(_) => to,
            };
            let inside = self
                .walk
                .unread
                .get(&version.file)
                .map_or(&[][..], |all| &all[..]);
            let inside = inside
                .iter()
                .filter(|&&ordinal| (from..to).contains(&ordinal));
            inside.count() as u64
        });
        if unread >= missing {
            return Ok(());
        }
        self.walk.contradict();
        self.walk.seen.gap = true;
        let (from, to) = (self.end + 1, first - 1);
        let message = match missing {
            1 => format!("receipt {from} is missing: its number is skipped"),
            _ => format!("{missing} receipts are missing: the numbers {from} to {to} are skipped"),
        };
        let mut finding = Finding::new(Code::RecordMissing, Some(Verdict::CONTRADICTED), message)
            .in_stream(&*self.walk.id)
            .at_seq(from)
            .over(from, to);
        if let Some(version) = versions.first() {
            finding = finding.in_file(version.file);
        }
        self.walk.findings.push(finding);
        Ok(())
    }

    /// Takes out versions that are the same receipts again in one file.
    fn copies(
        &mut self,
        first: u64,
        last: u64,
        versions: &mut Vec<Version<'_>>,
        hashes: &mut Vec<Option<Digest>>,
    ) -> Result<(), LookupError> {
        if versions.len() < 2 {
            return Ok(());
        }
        let mut order: Vec<usize> = (0..versions.len()).collect();
        order.sort_by_key(|&i| (versions[i].file, versions[i].run.ordinal(last)));
        let mut known: BTreeSet<(FileId, Digest)> = BTreeSet::new();
        let mut out = BTreeSet::new();
        for i in order {
            if let Some(hash) = hashes[i]
                && !known.insert((versions[i].file, hash))
            {
                out.insert(i);
            }
        }
        for &i in &out {
            let version = versions[i].clone();
            self.walk.refute(
                &version,
                (first, last),
                Code::RecordRepeated,
                "the same receipt stands in this file before: this is a copy of it",
            )?;
        }
        let mut i = 0;
        versions.retain(|_| (!out.contains(&i), i += 1).0);
        i = 0;
        hashes.retain(|_| (!out.contains(&i), i += 1).0);
        Ok(())
    }

    /// A signature that holds but for its time.
    fn late(&mut self, version: &Version<'_>, first: u64, last: u64) {
        self.walk.mark(version, first, last, Verdict::UNPROVEN);
        if let Standing::Holds(Under {
            by: By::Objection(code),
            ..
        }) = &version.standing
        {
            let place = (version.file, version.run.ordinal(first), first, last);
            let late = self.walk.seen.late.entry(*code).or_insert(place);
            late.3 = late.3.max(last);
        }
    }

    /// Judges versions that are not accepted. Gives whether nothing refutes them yet.
    fn unaccepted(
        &mut self,
        version: &Version<'_>,
        numbers: (u64, u64),
        covered: bool,
        answered: bool,
    ) -> Result<bool, LookupError> {
        let rotates = version.run.rotation.is_some();
        let keyless = self.walk.lineage.is_empty();
        let open = match &version.standing {
            Standing::Malformed => {
                // What is wrong with it is said file by file.
                self.walk.seen.malformed = true;
                self.walk
                    .mark(version, numbers.0, numbers.1, Verdict::UNPROVEN);
                true
            }
            Standing::Missing(what) => {
                let message = format!("{what}, and the format requires one");
                self.walk
                    .leave(version, numbers, Code::SignatureMissing, &message)?;
                true
            }
            Standing::Refused(why) => {
                self.walk
                    .leave(version, numbers, Code::AlgorithmRefused, why)?;
                true
            }
            Standing::Weak { own } if !*own || !self.walk.lineage.is_trusted() => {
                let message = "only a lenient verifier would pass its signature";
                self.walk
                    .leave(version, numbers, Code::SignatureWeak, message)?;
                true
            }
            Standing::Undecodable(why) => {
                self.walk.seen.refuted = true;
                self.walk
                    .refute(version, numbers, Code::SignatureInvalid, why)?;
                false
            }
            Standing::Holds(_) | Standing::Fails | Standing::Weak { .. } => {
                if covered {
                    let message = "the chain has another receipt of this number in this file, \
                                   whose signature holds; this one's does not";
                    self.walk
                        .refute(version, numbers, Code::RecordInserted, message)?;
                } else if self.walk.in_doubt && !answered && !keyless {
                    self.walk
                        .mark(version, numbers.0, numbers.1, Verdict::UNPROVEN);
                    self.walk.doubtful.push(Doubtful {
                        file: version.file,
                        ordinals: version.run.stretches(numbers.0, numbers.1),
                        numbers,
                        doubts: self.walk.doubts,
                        explained: self.walk.explained,
                    });
                } else if rotates && !answered {
                    self.walk.seen.refuted = true;
                    let message = "the old key did not sign this change of key";
                    self.walk
                        .refute(version, numbers, Code::EndorsementInvalid, message)?;
                } else {
                    self.walk.seen.refuted = true;
                    let message = self.why_refused(version);
                    self.walk
                        .refute(version, numbers, Code::SignatureInvalid, message)?;
                }
                false
            }
        };
        if (rotates || matches!(version.standing, Standing::Malformed)) && !answered {
            self.walk.doubt(rotates);
        }
        Ok(open)
    }

    fn why_refused(&self, version: &Version<'_>) -> &'static str {
        match &version.standing {
            Standing::Holds(under) if self.walk.retired.contains(&under.key) => {
                "it is signed with a key that the chain has retired"
            }
            Standing::Holds(_) => "it is signed with another key than the chain's",
            _ => NOT_UNDER_THE_KEY,
        }
    }

    /// Goes on with accepted versions.
    fn accepted(
        &mut self,
        first: u64,
        last: u64,
        versions: &[(Version<'_>, Option<Digest>)],
        keyless: bool,
    ) -> Result<(), LookupError> {
        if let Standing::Holds(under) = &versions[0].0.standing {
            if self.walk.in_doubt {
                self.hand_over_unseen(under.key);
                self.walk.settle_doubts(Some(under.key))?;
                self.walk.in_doubt = false;
            }
            if self.walk.key != Some(under.key) {
                self.walk.key = Some(under.key);
                self.walk.successor = None;
            }
        }
        self.links(first, versions, keyless)?;
        let differ = versions.windows(2).any(|pair| pair[0].1 != pair[1].1);
        if differ && keyless {
            self.walk.seen.versions += 1;
        } else if differ && !self.forked {
            let order = |v: &&(Version<'_>, Option<Digest>)| (v.0.file, v.0.run.ordinal(first));
            let (early, late) = (
                versions.iter().min_by_key(order),
                versions.iter().max_by_key(order),
            );
            if let (Some((early, _)), Some((late, _))) = (early, late) {
                let message = if early.file == late.file {
                    "two different receipts of this number are signed with the chain's key"
                } else {
                    "another file of the case has a different receipt of this number, also signed \
                     with the chain's key"
                };
                let finding =
                    Finding::new(Code::StreamForked, Some(Verdict::CONTRADICTED), message);
                let ordinal = late.run.ordinal(first);
                self.walk
                    .report(finding, late.file, ordinal, (first, first))?;
            }
            self.fork();
        }
        for (version, _) in versions {
            self.accept(version, first, last, keyless)?;
        }
        if let Some((version, _)) = versions.first() {
            self.walk.keep(version, first, last);
            self.last = Some((version.file, version.run.ordinal(last)));
        }
        for (version, _) in versions.iter().skip(1) {
            self.walk.keep(version, first, last);
        }
        self.clock(first, last, &versions[0].0)?;
        self.ending(first, last, &versions[0].0)?;
        self.rotation(first, &versions[0].0)?;
        let mut at = Vec::new();
        for (version, hash) in versions {
            let hash = match hash {
                Some(hash) => Some(*hash),
                None => self.walk.reread.hash(version.file, version.run, last)?,
            };
            at.extend(hash.map(|hash| (hash, version.file, version.run.ordinal(last))));
        }
        self.before = Before::Accepted(at);
        Ok(())
    }

    /// Where a rotation that could not be followed leads to this key, the receipts before it were
    /// under another key, which is not known.
    fn hand_over_unseen(&mut self, key: [u8; 32]) {
        if self.walk.key != Some(key) {
            self.walk.retired.extend(self.walk.key);
        }
        self.walk.retired.remove(&key);
    }

    fn fork(&mut self) {
        self.forked = true;
        self.walk.seen.forked = true;
        self.walk.contradict();
    }

    /// Holds what the versions name as predecessor against what stands before.
    fn links(
        &mut self,
        first: u64,
        versions: &[(Version<'_>, Option<Digest>)],
        keyless: bool,
    ) -> Result<(), LookupError> {
        if first == 1 && !self.anew {
            return Ok(());
        }
        let beginning = versions
            .iter()
            .find(|(v, _)| v.run.first == first && v.run.previous.is_none());
        let restarts = self.anew || !matches!(self.before, Before::Nothing);
        if let Some((version, _)) = beginning
            && restarts
        {
            self.anew = false;
            self.walk.seen.gap = true;
            self.walk.contradict();
            let message = "the chain begins again here: the receipt names no predecessor";
            let finding = Finding::new(Code::ChainRestarted, Some(Verdict::CONTRADICTED), message);
            let ordinal = version.run.ordinal(first);
            return self
                .walk
                .report(finding, version.file, ordinal, (first, first));
        }
        if self.forked {
            return Ok(());
        }
        let named: Vec<Digest> = versions
            .iter()
            .filter(|(version, _)| version.run.first == first)
            .filter_map(|(version, _)| version.run.previous)
            .collect();
        let Some(&named) = named.first() else {
            return Ok(());
        };
        match &self.before {
            Before::Accepted(at) if !at.iter().any(|(hash, ..)| *hash == named) => {
                if keyless {
                    self.walk.seen.misfits += 1;
                    self.walk.seen.first_misfit.get_or_insert(first);
                    self.walk.seen.broken = true;
                    return Ok(());
                }
                let before = at.clone();
                for &(_, file, ordinal) in &before {
                    self.walk.marks.set(
                        file,
                        ordinal,
                        ordinal,
                        self.walk.stream,
                        Verdict::CONTRADICTED,
                    );
                }
                if let Some(&(_, file, ordinal)) = before.first() {
                    let message = format!(
                        "receipt {first} names another receipt {} than this one, and both are \
                         signed with the chain's key: two were signed for one number",
                        first - 1
                    );
                    let finding =
                        Finding::new(Code::StreamForked, Some(Verdict::CONTRADICTED), message);
                    self.walk
                        .report(finding, file, ordinal, (first - 1, first - 1))?;
                }
                self.fork();
            }
            Before::Open(at) if !at.iter().any(|(hash, ..)| *hash == named) => {
                for (_, file, ordinal) in at.clone() {
                    self.walk.seen.broken = true;
                    self.walk.marks.set(
                        file,
                        ordinal,
                        ordinal,
                        self.walk.stream,
                        Verdict::CONTRADICTED,
                    );
                    let message = format!("its hash is not the one that receipt {first} names");
                    let finding =
                        Finding::new(Code::RecordAltered, Some(Verdict::CONTRADICTED), message);
                    self.walk
                        .report(finding, file, ordinal, (first - 1, first - 1))?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Says what an accepted version is worth.
    fn accept(
        &mut self,
        version: &Version<'_>,
        first: u64,
        last: u64,
        keyless: bool,
    ) -> Result<(), LookupError> {
        if let Some((file, ordinal)) = self.walk.watched
            && file == version.file
            && version
                .run
                .stretches(first, last)
                .iter()
                .any(|&(a, b)| (a..=b).contains(&ordinal))
        {
            let under = match &version.standing {
                Standing::Holds(under) => Some(under.clone()),
                _ => None,
            };
            self.walk.answer = Some(Answer { under });
        }
        match &version.standing {
            Standing::Holds(under) => match &under.by {
                By::Examiner(vouched) => {
                    self.walk.seen.vouched = true;
                    self.walk
                        .mark(version, first, last, Verdict::verified_by(vouched));
                }
                By::Objection(_) => self.late(version, first, last),
                By::Nobody => {
                    self.walk.seen.own = true;
                    self.walk.mark(version, first, last, Verdict::INTACT);
                }
            },
            _ => self.unaccepted_without_key(version, first, last)?,
        }
        if self.forked {
            self.walk.mark(version, first, last, Verdict::CONTRADICTED);
        }
        if !keyless && version.run.issuer != self.walk.issuer {
            let message = "its issuer is not the chain's";
            self.walk
                .refute(version, (first, last), Code::StreamCrossed, message)?;
        }
        Ok(())
    }

    /// A receipt of a chain of which no key verifies any.
    fn unaccepted_without_key(
        &mut self,
        version: &Version<'_>,
        first: u64,
        last: u64,
    ) -> Result<(), LookupError> {
        match &version.standing {
            Standing::Fails => self.walk.mark(version, first, last, Verdict::UNPROVEN),
            _ => {
                self.unaccepted(version, (first, last), false, false)?;
            }
        }
        Ok(())
    }

    /// Time that runs back.
    fn clock(&mut self, first: u64, last: u64, version: &Version<'_>) -> Result<(), LookupError> {
        if version.run.first == first && version.run.begin < self.time && self.time.is_some() {
            self.walk.seen.backwards = true;
            let message = "its time lies before that of the receipt before it";
            let finding = Finding::new(Code::ClockBackwards, None, message);
            let ordinal = version.run.ordinal(first);
            self.walk
                .report(finding, version.file, ordinal, (first, first))?;
        }
        if version.run.last == last {
            self.time = version.run.end;
        }
        Ok(())
    }

    /// The end that the chain says it has.
    fn ending(&mut self, first: u64, last: u64, version: &Version<'_>) -> Result<(), LookupError> {
        match self.ended {
            None if version.run.terminal && version.run.last == last => {
                self.ended = Some(last);
                self.walk.seen.closed = true;
            }
            None => {}
            Some(_) => {
                let place = (version.file, version.run.ordinal(first), first, last);
                self.after_end.get_or_insert(place).3 = last;
            }
        }
        Ok(())
    }

    /// A change of key that the chain's key signed.
    fn rotation(&mut self, number: u64, version: &Version<'_>) -> Result<(), LookupError> {
        let (Some(rotation), Standing::Holds(under)) = (&version.run.rotation, &version.standing)
        else {
            return Ok(());
        };
        if let Some(why) = &rotation.refused {
            self.walk
                .leave(version, (number, number), Code::AlgorithmRefused, why)?;
            self.walk.doubt(true);
            return Ok(());
        }
        match rotation.from(&under.key) {
            Ok(next) => {
                let before = self.walk.successor.take();
                let chain = Arc::clone(&self.walk.id);
                let successor = Successor::after(under, next, &chain, before, self.walk.ring);
                if next != under.key {
                    self.walk.retired.insert(under.key);
                }
                self.walk.retired.remove(&next);
                self.walk.key = Some(next);
                self.walk.successor = successor;
            }
            Err(why) => {
                let message = format!("{why}: the old key did not sign over to a key");
                self.walk.refute(
                    version,
                    (number, number),
                    Code::EndorsementInvalid,
                    &message,
                )?;
                self.walk.doubt(true);
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<(), LookupError> {
        if let (Some(ended), Some((file, ordinal, first, last))) = (self.ended, self.after_end) {
            self.walk.contradict();
            let message = format!("receipt {ended} ends the chain, and the chain goes on");
            let finding = Finding::new(Code::RecordAfterEnd, Some(Verdict::CONTRADICTED), message);
            self.walk.report(finding, file, ordinal, (first, last))?;
        }
        Ok(())
    }
}

/// What is said of such receipts whatever the chain's key is.
fn is_decided(standing: &Standing) -> bool {
    matches!(standing, Standing::Malformed | Standing::Undecodable(_))
}

impl Walk<'_, '_> {
    /// Notes that a stretch has its place in the chain.
    fn keep(&mut self, version: &Version<'_>, first: u64, last: u64) {
        let mut number = first;
        for (from, to) in version.run.stretches(first, last) {
            self.kept.push((version.file, from, number, to - from + 1));
            number += to - from + 1;
        }
    }

    /// Whether someone vouches for the chain, and for how much of it.
    pub fn author(&self) -> Author {
        if self.seen.vouched {
            Author::Trusted
        } else if self.seen.own {
            Author::Unknown
        } else if self.seen.refuted {
            Author::Refuted
        } else {
            Author::Unchecked
        }
    }

    /// Whether it stands as it was signed.
    pub fn integrity(&self) -> Integrity {
        if self.seen.broken {
            Integrity::Broken
        } else {
            Integrity::Ok
        }
    }

    /// Whether something could be missing.
    pub fn completeness(&self) -> Completeness {
        if self.seen.forked {
            Completeness::Forked
        } else if self.seen.gap {
            Completeness::Gap
        } else if self.lineage.is_empty() {
            Completeness::Unknown
        } else if self.seen.closed {
            Completeness::Closed
        } else {
            Completeness::Open
        }
    }
}
