//! The judgement over one stream file.

mod ends;
mod lines;
mod sealed;
mod seals;

pub(super) use sealed::Sealed;

use super::assembly::{Assembly, Met};
use super::checkpoint::{Checkpoint, Seal};
use super::line::Role;
use super::proof::{self, Held};
use super::rotation::{self, Succession};
use super::runs::{Mark, Runs};
use super::sequence::{self, Piece, Standing, StrayKind};
use super::spans::Spans;
use super::tiles::Tiles;
use super::tlog::Alone;
use super::tree::{BLOCK, leaf};
use crate::batch::SealPart;
use crate::event::Events;
use crate::keys::Trust;
use crate::merkle::Range;
use crate::verdict::{Author, Completeness, Form, Integrity, Time};
use crate::verify::{Proof, Subject};
use crate::{
    Axes, Code, Digest, FileFacts, Finding, Limits, Lookup, LookupError, Micros, Verdict, verify,
};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What a stream is judged by.
pub(super) struct Exhibits<'a> {
    pub file: &'a FileFacts,
    pub runs: &'a Runs,
    pub id: String,
    /// Rising by size.
    pub checkpoints: Vec<Checkpoint>,
    /// What is wrong with files that should have been checkpoints of it.
    pub defects: Vec<Finding>,
    pub tiles: Tiles,
    /// How many records the manifest says there are.
    pub listed: Option<u64>,
    pub trust: &'a Trust,
    pub lookup: &'a dyn Lookup,
}

/// What came out.
pub(super) struct Judged {
    pub spans: Spans,
    pub findings: Vec<Finding>,
    pub axes: Axes,
    pub seqs: Option<(u64, u64)>,
    /// The sealed lines, for comparison with other versions of the stream.
    pub sealed: Sealed,
}

pub(super) fn judge(exhibits: &Exhibits<'_>) -> Result<Judged, LookupError> {
    with_judge(exhibits, |judge| judge.run())
}

/// Proves the record with this ordinal.
pub(super) fn prove(exhibits: &Exhibits<'_>, subject: &Subject<'_>) -> Result<Proof, LookupError> {
    with_judge(exhibits, |mut judge| {
        let tiled = judge.hold()?;
        proof::steps(
            exhibits,
            subject,
            &judge.assembly,
            &judge.held(&tiled),
            judge.seq_of(subject.ordinal),
        )
    })
}

/// What proves the records with these ordinals without the bundle.
pub(super) fn alone(exhibits: &Exhibits<'_>, ordinals: &[u64]) -> Result<Alone, LookupError> {
    with_judge(exhibits, |mut judge| {
        let tiled = judge.hold()?;
        let held = judge.held(&tiled);
        let mut out = Alone::default();
        let mut newest = BTreeMap::new();
        for &ordinal in ordinals {
            out.records.push(match judge.seq_of(ordinal) {
                Some(seq) => {
                    proof::lone(exhibits, &judge.assembly, &held, seq, &mut newest, |seq| {
                        judge.ordinal_of(seq)
                    })?
                }
                None => None,
            });
        }
        out.marks = judge
            .placed_marks()
            .into_iter()
            .filter(|(_, mark)| matches!(mark.role, Role::Open { .. } | Role::Rotate { .. }))
            .map(|(_, mark)| mark.ordinal)
            .collect();
        Ok(out)
    })
}

fn with_judge<T>(
    exhibits: &Exhibits<'_>,
    act: impl FnOnce(Judge<'_>) -> Result<T, LookupError>,
) -> Result<T, LookupError> {
    /// Neighbours share most of what their paths are made of: so many digests are held.
    const HELD: usize = 1 << 16;
    let lookup = exhibits.lookup;
    let file = exhibits.file.id;
    let held: RefCell<HashMap<u64, Digest>> = RefCell::default();
    let lines = |ordinal| {
        if let Some(digest) = held.borrow().get(&ordinal) {
            return Ok(*digest);
        }
        let digest = Digest::of(&lookup.record(file, ordinal)?);
        let mut held = held.borrow_mut();
        if held.len() >= HELD {
            held.clear();
        }
        held.insert(ordinal, digest);
        Ok(digest)
    };
    let newest_named = exhibits
        .checkpoints
        .iter()
        .map(|checkpoint| checkpoint.size)
        .max();
    let claimed = newest_named.or(exhibits.listed).unwrap_or(0);
    let runs = exhibits.runs;
    let sequence = sequence::arrange(runs, runs.main_stream(), claimed, &lines)?;
    let assembly = Assembly::new(runs, sequence, &lines)?;
    act(Judge {
        exhibits,
        assembly,
        spans: Spans::new(exhibits.file.records),
        findings: exhibits.defects.clone(),
        good: Vec::new(),
        altered: BTreeSet::new(),
        forked: false,
    })
}

struct Judge<'a> {
    exhibits: &'a Exhibits<'a>,
    assembly: Assembly<'a>,
    spans: Spans,
    findings: Vec<Finding>,
    /// Seals that hold: an index into the checkpoints.
    good: Vec<(usize, Seal)>,
    /// Ordinals of lines that are not the sealed ones.
    altered: BTreeSet<u64>,
    forked: bool,
}

impl Judge<'_> {
    fn run(mut self) -> Result<Judged, LookupError> {
        let succession = self.succession();
        let seals = self.seals(&succession)?;
        let tiled = self.hold_against_seals(&seals)?;
        self.spread_verdicts();
        self.missing_and_moved(&seals)?;
        self.damaged(&tiled)?;
        self.strays()?;
        let closed = self.ends(&seals)?;
        self.rotations(&succession)?;
        self.malformed();
        self.signatures(&seals);
        self.times();
        let axes = self.axes(&seals, closed);
        let sealed = self.sealed()?;
        let pieces = &self.assembly.sequence.pieces;
        let seqs = pieces
            .first()
            .zip(pieces.last())
            .map(|(first, last)| (first.from, last.to - 1));
        Ok(Judged {
            spans: self.spans,
            findings: self.findings,
            axes,
            seqs,
            sealed,
        })
    }

    fn finding(&self, code: Code, verdict: Option<Verdict>, message: impl Into<String>) -> Finding {
        Finding::new(code, verdict, message)
            .in_file(self.exhibits.file.id)
            .in_stream(&self.exhibits.id)
    }

    fn at(&self, finding: Finding, ordinal: u64) -> Result<Finding, LookupError> {
        let (offset, length) = self
            .exhibits
            .lookup
            .extent(self.exhibits.file.id, ordinal)?;
        Ok(finding.at_record(ordinal, offset, length))
    }

    fn about_seal(
        &self,
        code: Code,
        verdict: Option<Verdict>,
        checkpoint: &Checkpoint,
        message: impl Into<String>,
    ) -> Finding {
        Finding::new(code, verdict, message)
            .in_file(checkpoint.file)
            .in_stream(&self.exhibits.id)
    }

    /// The number of an ordinal in the sealed order.
    fn seq_of(&self, ordinal: u64) -> Option<u64> {
        let piece = self
            .assembly
            .sequence
            .pieces
            .iter()
            .find(|piece| (piece.ordinal..piece.end_ordinal()).contains(&ordinal))?;
        Some(piece.from + (ordinal - piece.ordinal))
    }

    /// The ordinal of a number that is here.
    fn ordinal_of(&self, seq: u64) -> Option<u64> {
        let pieces = &self.assembly.sequence.pieces;
        let piece = pieces
            .get(pieces.partition_point(|piece| piece.to <= seq))
            .filter(|piece| piece.from <= seq)?;
        Some(piece.ordinal + (seq - piece.from))
    }

    fn placed_marks(&self) -> Vec<(u64, &Mark)> {
        let mut marks: Vec<(u64, &Mark)> = self
            .exhibits
            .runs
            .marks
            .iter()
            .filter_map(|mark| Some((self.seq_of(mark.ordinal)?, mark)))
            .collect();
        marks.sort_by_key(|(seq, _)| *seq);
        marks
    }

    /// Holds the tree against the seals; gives the seals that only the leaf tiles meet.
    fn hold(&mut self) -> Result<Vec<usize>, LookupError> {
        let succession = self.succession();
        let seals = self.seals(&succession)?;
        self.hold_against_seals(&seals)
    }

    /// The seals that hold.
    fn held(&self, tiled: &[usize]) -> Vec<Held<'_>> {
        self.good
            .iter()
            .map(|(index, seal)| Held {
                checkpoint: &self.exhibits.checkpoints[*index],
                seal,
                by_tiles: tiled.contains(index),
            })
            .collect()
    }

    fn succession(&self) -> Succession {
        rotation::follow(
            &self.exhibits.id,
            self.placed_marks().into_iter(),
            self.exhibits.trust,
        )
    }

    fn time_of(&self, ordinal: u64) -> Result<Option<Micros>, LookupError> {
        let bytes = self
            .exhibits
            .lookup
            .record(self.exhibits.file.id, ordinal)?;
        let reading = super::read(&bytes, &Limits::default(), &mut Events::default());
        Ok(match reading.seal {
            SealPart::Line(line) => line.time,
            _ => None,
        })
    }
}
