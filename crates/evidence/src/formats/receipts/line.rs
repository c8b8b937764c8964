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

mod accepted;
mod axes;
mod refused;
mod walk;

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

/// What is said of such receipts whatever the chain's key is.
fn is_decided(standing: &Standing) -> bool {
    matches!(standing, Standing::Malformed | Standing::Undecodable(_))
}

impl Walk<'_, '_> {
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

    /// Notes that a stretch has its place in the chain.
    fn keep(&mut self, version: &Version<'_>, first: u64, last: u64) {
        let mut number = first;
        for (from, to) in version.run.stretches(first, last) {
            self.kept.push((version.file, from, number, to - from + 1));
            number += to - from + 1;
        }
    }
}
