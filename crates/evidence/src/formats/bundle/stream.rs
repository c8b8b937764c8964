//! The judgement over one stream file.

use super::assembly::{Assembly, Met};
use super::checkpoint::{Checkpoint, Seal};
use super::line::Role;
use super::proof::{self, Held};
use super::rotation::{self, Succession};
use super::runs::{Mark, Runs};
use super::sequence::{self, Piece, Standing, StrayKind};
use super::spans::Spans;
use super::tiles::Tiles;
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
use std::collections::BTreeSet;

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

/// The sealed lines of one version of a stream.
#[derive(Debug, Clone, Default)]
pub(super) struct Sealed {
    /// How many lines the largest seal that holds covers.
    pub size: u64,
    /// The keys of the seals that hold, and whether each is trusted.
    pub by: Vec<([u8; 32], bool)>,
    /// For each stretch: first number, its ordinal, length, and the digest that the tree holds for
    /// the last line where that is not the line's own.
    pub stretches: Vec<(u64, u64, u64, Option<Digest>)>,
    /// The digests of single missing lines.
    pub missing: Vec<(u64, Digest)>,
}

pub(super) fn judge(exhibits: &Exhibits<'_>) -> Result<Judged, LookupError> {
    with_judge(exhibits, |judge| judge.run())
}

/// Proves the record with this ordinal.
pub(super) fn prove(exhibits: &Exhibits<'_>, subject: &Subject<'_>) -> Result<Proof, LookupError> {
    with_judge(exhibits, |mut judge| {
        let succession = judge.succession();
        let seals = judge.seals(&succession)?;
        let tiled = judge.hold_against_seals(&seals)?;
        let held: Vec<Held<'_>> = judge
            .good
            .iter()
            .map(|(index, seal)| Held {
                checkpoint: &exhibits.checkpoints[*index],
                seal,
                by_tiles: tiled.contains(index),
            })
            .collect();
        proof::steps(
            exhibits,
            subject,
            &judge.assembly,
            &held,
            judge.seq_of(subject.ordinal),
        )
    })
}

fn with_judge<T>(
    exhibits: &Exhibits<'_>,
    act: impl FnOnce(Judge<'_>) -> Result<T, LookupError>,
) -> Result<T, LookupError> {
    let lookup = exhibits.lookup;
    let file = exhibits.file.id;
    let lines = |ordinal| lookup.record(file, ordinal).map(|bytes| Digest::of(&bytes));
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

    fn succession(&self) -> Succession {
        rotation::follow(
            &self.exhibits.id,
            self.placed_marks().into_iter(),
            self.exhibits.trust,
        )
    }

    /// What each checkpoint's signatures are worth.
    fn seals(&self, succession: &Succession) -> Result<Vec<Seal>, LookupError> {
        let mut seals = Vec::with_capacity(self.exhibits.checkpoints.len());
        for checkpoint in &self.exhibits.checkpoints {
            let at = match checkpoint
                .size
                .checked_sub(1)
                .and_then(|seq| self.ordinal_of(seq))
            {
                Some(ordinal) => self.time_of(ordinal)?,
                None => None,
            };
            seals.push(checkpoint.seal(succession.era(checkpoint.size), self.exhibits.trust, at));
        }
        Ok(seals)
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

    /// Holds the tree against each checkpoint that is not void. Gives those that only the leaf
    /// tiles meet.
    fn hold_against_seals(&mut self, seals: &[Seal]) -> Result<Vec<usize>, LookupError> {
        let checkpoints = &self.exhibits.checkpoints;
        let mut proven = Range::empty(0);
        let mut failing: Vec<usize> = Vec::new();
        let mut unknown = false;
        for (index, (checkpoint, seal)) in checkpoints.iter().zip(seals).enumerate() {
            if *seal == Seal::Void || checkpoint.size > self.assembly.end() {
                continue;
            }
            match self
                .assembly
                .meets(&proven, checkpoint.size, &checkpoint.root)?
            {
                Met::Yes(prefix) => {
                    proven = prefix;
                    self.good.push((index, seal.clone()));
                }
                Met::No => failing.push(index),
                Met::Unknown => unknown = true,
            }
        }
        let mut tiled = Vec::new();
        let wanting = unknown
            || !failing.is_empty()
            || checkpoints
                .iter()
                .any(|checkpoint| checkpoint.size > self.assembly.end());
        if wanting && !self.exhibits.tiles.is_empty() {
            tiled = self.hold_against_tiles(seals, &proven)?;
            failing.retain(|index| !tiled.contains(index));
        }
        self.explain_failing(&failing, seals, &proven)?;
        Ok(tiled)
    }

    /// Seals that the tree does not meet. A larger seal that it does meet, or another seal of the
    /// same size, makes it two seals that do not agree; otherwise the last line under it was
    /// altered, if it is the only one that no other seal proves; otherwise nobody can say which.
    fn explain_failing(
        &mut self,
        failing: &[usize],
        seals: &[Seal],
        proven: &Range,
    ) -> Result<(), LookupError> {
        let checkpoints = &self.exhibits.checkpoints;
        let mut first_open = true;
        for &index in failing {
            let checkpoint = &checkpoints[index];
            let rival = self
                .good
                .iter()
                .find(|(good, _)| checkpoints[*good].size >= checkpoint.size);
            if let Some((rival, rival_seal)) = rival {
                let rival = &checkpoints[*rival];
                let agreed = self
                    .good
                    .iter()
                    .map(|(good, _)| checkpoints[*good].size)
                    .filter(|size| *size < checkpoint.size)
                    .max()
                    .unwrap_or(0);
                if equal_standing(&seals[index], rival_seal) {
                    let message = format!(
                        "two checkpoints, of {} and of {} records, are validly signed and do not agree; they part somewhere between records {agreed} and {}. Whoever holds the key sealed two histories.",
                        checkpoint.size,
                        rival.size,
                        checkpoint.size - 1
                    );
                    let finding = self.about_seal(
                        Code::StreamForked,
                        Some(Verdict::CONTRADICTED),
                        checkpoint,
                        message,
                    );
                    self.findings
                        .push(finding.at_seq(agreed).over(agreed, checkpoint.size - 1));
                    self.forked = true;
                    self.fork_from(agreed, checkpoint.size - 1);
                } else {
                    let message = format!(
                        "its root is not that of the first {} records, which another checkpoint proves",
                        checkpoint.size
                    );
                    self.findings.push(self.about_seal(
                        Code::SealInvalid,
                        Some(Verdict::CONTRADICTED),
                        checkpoint,
                        message,
                    ));
                }
                continue;
            }
            if !std::mem::take(&mut first_open) {
                continue;
            }
            if checkpoint.size == proven.end() + 1
                && let Some(ordinal) = self.ordinal_of(checkpoint.size - 1)
            {
                self.altered.insert(ordinal);
                continue;
            }
            let message = format!(
                "its root is not that of the first {} records, and no single line can be shown to be the reason: what was changed lies in records {} to {}, most likely the last. They are unproven.",
                checkpoint.size,
                proven.end(),
                checkpoint.size - 1
            );
            self.findings.push(self.about_seal(
                Code::SealInvalid,
                Some(Verdict::CONTRADICTED),
                checkpoint,
                message,
            ));
        }
        Ok(())
    }

    /// From `certain` on the two histories differ for sure; from `agreed` on they may.
    fn fork_from(&mut self, agreed: u64, certain: u64) {
        self.good
            .retain(|(good, _)| self.exhibits.checkpoints[*good].size <= agreed);
        for piece in self.assembly.sequence.pieces.clone() {
            if piece.to > certain {
                let from = piece.from.max(certain);
                self.altered.remove(&(piece.ordinal + (from - piece.from)));
                self.spans.lower(
                    piece.ordinal + (from - piece.from),
                    piece.end_ordinal(),
                    Verdict::CONTRADICTED,
                );
            }
        }
    }

    /// Holds each line that no seal proves yet against the leaf tiles, where these hash up to a
    /// seal's root.
    fn hold_against_tiles(
        &mut self,
        seals: &[Seal],
        proven: &Range,
    ) -> Result<Vec<usize>, LookupError> {
        let checkpoints = &self.exhibits.checkpoints;
        let lookup = self.exhibits.lookup;
        let roots: Vec<(u64, Digest)> = checkpoints
            .iter()
            .map(|checkpoint| (checkpoint.size, checkpoint.root))
            .collect();
        let met: Vec<usize> = self
            .exhibits
            .tiles
            .met(&roots, lookup)?
            .into_iter()
            .enumerate()
            .filter(|(index, met)| *met && seals[*index] != Seal::Void)
            .map(|(index, _)| index)
            .collect();
        let size = met
            .iter()
            .map(|&index| checkpoints[index].size)
            .max()
            .unwrap_or(0);
        for piece in &self.assembly.sequence.pieces {
            let (mut seq, end) = (piece.from.max(proven.end()), piece.to.min(size));
            let mut tile = (u64::MAX, Vec::new());
            while seq < end {
                if tile.0 != seq / BLOCK {
                    tile = (seq / BLOCK, self.exhibits.tiles.tile(seq / BLOCK, lookup)?);
                }
                let ordinal = piece.ordinal + (seq - piece.from);
                let line = Digest::of(&lookup.record(self.exhibits.file.id, ordinal)?);
                if tile.1.get((seq % BLOCK) as usize) != Some(&leaf(&line)) {
                    self.altered.insert(ordinal);
                }
                seq += 1;
            }
        }
        let tiled: Vec<usize> = met
            .into_iter()
            .filter(|index| !self.good.iter().any(|(good, _)| good == index))
            .collect();
        self.good
            .extend(tiled.iter().map(|&index| (index, seals[index].clone())));
        self.good.sort_by_key(|(index, _)| *index);
        Ok(tiled)
    }

    /// Gives each record the best verdict of the seals that cover it.
    fn spread_verdicts(&mut self) {
        let mut best: Option<Seal> = None;
        // From the largest seal down: what a larger one is worth holds below it too.
        for position in (0..self.good.len()).rev() {
            let (index, seal) = self.good[position].clone();
            if best.as_ref().is_none_or(|best| seal.rank() > best.rank()) {
                best = Some(seal);
            }
            let verdict = match &best {
                Some(Seal::Vouched(vouched, _)) => Verdict::verified_by(vouched),
                Some(Seal::Known(_)) => Verdict::INTACT,
                _ => Verdict::UNPROVEN,
            };
            let size = self.exhibits.checkpoints[index].size;
            for piece in &self.assembly.sequence.pieces {
                if piece.from < size {
                    self.spans.set(
                        piece.ordinal,
                        piece.ordinal + (piece.to.min(size) - piece.from),
                        verdict,
                    );
                }
            }
        }
    }

    /// Holes, a cut tail, and lines that stand elsewhere.
    fn missing_and_moved(&mut self, seals: &[Seal]) -> Result<(), LookupError> {
        let pieces = self.assembly.sequence.pieces.clone();
        let mut next = 0;
        for piece in &pieces {
            if piece.from > next && !self.too_long_to_read(next, piece) {
                let (first, last) = (next, piece.from - 1);
                let count = piece.from - next;
                let what = if count == 1 {
                    format!("record {first} is")
                } else {
                    format!("records {first} to {last} ({count}) are")
                };
                let message = format!("{what} missing between the lines that are here");
                self.findings.push(
                    self.finding(Code::RecordMissing, Some(Verdict::CONTRADICTED), message)
                        .at_seq(first)
                        .over(first, last),
                );
            }
            next = piece.to;
            let run = &self.exhibits.runs.runs[piece.run];
            if piece.standing == Standing::StandIn && run.begins_stream() {
                let message = "the stream begins anew here, which the format does not allow: a stream has one record 0";
                let finding = self
                    .finding(Code::ChainRestarted, Some(Verdict::CONTRADICTED), message)
                    .at_seq(0);
                self.findings.push(self.at(finding, piece.ordinal)?);
            }
            if piece.standing == Standing::Moved {
                let (first, last) = (piece.from, piece.to - 1);
                let message = if first == last {
                    format!("record {first} stands elsewhere in the file than it was sealed")
                } else {
                    format!(
                        "records {first} to {last} stand elsewhere in the file than they were sealed"
                    )
                };
                let finding = self
                    .finding(Code::RecordReordered, Some(Verdict::CONTRADICTED), message)
                    .at_seq(first)
                    .over(first, last);
                self.findings.push(self.at(finding, piece.ordinal)?);
            }
        }
        let sealed_size = self.named_size(seals);
        // The manifest counts lines: those that have a place, and those that have none.
        let strays: u64 = self
            .assembly
            .sequence
            .strays
            .iter()
            .map(|stray| stray.piece.len())
            .sum();
        let listed = self
            .exhibits
            .listed
            .filter(|listed| *listed > next + strays);
        let named = sealed_size.max(listed).unwrap_or(0);
        if named > next && !self.forked {
            let by = if sealed_size == Some(named) {
                "the newest checkpoint"
            } else {
                "the manifest"
            };
            let message = format!(
                "{by} names {named} records, and the last one here is the {next}th: the tail is cut"
            );
            self.findings.push(
                self.finding(Code::StreamTruncated, Some(Verdict::CONTRADICTED), message)
                    .at_seq(next)
                    .over(next, named - 1),
            );
        }
        Ok(())
    }

    /// Whether lines that are longer than the limit lie where these numbers are missing: they are
    /// there, and were not read.
    fn too_long_to_read(&self, from: u64, after: &Piece) -> bool {
        let offset_of = |ordinal| self.exhibits.lookup.extent(self.exhibits.file.id, ordinal);
        let begin = after.ordinal.checked_sub(1).map_or(Ok(0), |before| {
            offset_of(before).map(|(offset, length)| offset + length)
        });
        let (Ok(begin), Ok((end, _))) = (begin, offset_of(after.ordinal)) else {
            return false;
        };
        let between = self
            .exhibits
            .file
            .rejected
            .iter()
            .filter(|rejected| (begin..end).contains(&rejected.offset))
            .count();
        between as u64 == after.from - from
    }

    /// The size of the newest checkpoint that is not void.
    fn named_size(&self, seals: &[Seal]) -> Option<u64> {
        self.exhibits
            .checkpoints
            .iter()
            .zip(seals)
            .filter(|(_, seal)| **seal != Seal::Void)
            .map(|(checkpoint, _)| checkpoint.size)
            .max()
    }

    /// Lines that are not the sealed ones.
    fn damaged(&mut self, tiled: &[usize]) -> Result<(), LookupError> {
        let by_tiles = tiled
            .iter()
            .map(|&index| self.exhibits.checkpoints[index].size)
            .max()
            .unwrap_or(0);
        for (piece, end) in self
            .assembly
            .sequence
            .pieces
            .iter()
            .zip(&self.assembly.ends)
        {
            if end.mended && piece.to > by_tiles {
                self.altered.insert(piece.end_ordinal() - 1);
            }
        }
        for ordinal in self.altered.clone() {
            self.spans
                .lower(ordinal, ordinal + 1, Verdict::CONTRADICTED);
            let seq = self.seq_of(ordinal);
            let piece = self
                .assembly
                .sequence
                .pieces
                .iter()
                .find(|piece| (piece.ordinal..piece.end_ordinal()).contains(&ordinal));
            let stranger = piece
                .filter(|piece| piece.standing == Standing::StandIn)
                .and_then(|piece| {
                    let stream = self.exhibits.runs.runs[piece.run].stream?;
                    (Some(stream) != self.exhibits.runs.main_stream())
                        .then(|| self.exhibits.runs.streams[stream].0.clone())
                });
            let (code, message) = match stranger {
                Some(other) => (Code::StreamCrossed, format!("this line belongs to the stream {other} and stands in the place of another")),
                None => (Code::RecordAltered, "these are not the bytes that were sealed: their digest is not the one that the seal holds for this record".into()),
            };
            let mut finding = self.finding(code, Some(Verdict::CONTRADICTED), message);
            finding.place.seq = seq;
            self.findings.push(self.at(finding, ordinal)?);
        }
        Ok(())
    }

    /// Lines that have no place in the sealed order.
    fn strays(&mut self) -> Result<(), LookupError> {
        for stray in self.assembly.sequence.strays.clone() {
            let piece = stray.piece;
            let run = &self.exhibits.runs.runs[piece.run];
            let (first, last) = (piece.from, piece.to - 1);
            let several = first != last;
            let (code, verdict, message) = match stray.kind {
                StrayKind::Repeated => (Code::RecordRepeated, Verdict::CONTRADICTED, if several { format!("records {first} to {last} stand here a second time") } else { format!("record {first} stands here a second time") }),
                StrayKind::Crossed => {
                    let other = run.stream.map_or("", |stream| self.exhibits.runs.streams[stream].0.as_str());
                    (Code::StreamCrossed, Verdict::CONTRADICTED, format!("this line belongs to the stream {other}"))
                }
                StrayKind::Restarted => (Code::ChainRestarted, Verdict::CONTRADICTED, "the stream begins anew here, which the format does not allow: a stream has one record 0".into()),
                StrayKind::Inserted => (Code::RecordInserted, Verdict::CONTRADICTED, "this line is not in the sealed sequence: the chain holds without it".into()),
            };
            if stray.kind != StrayKind::Restarted {
                self.spans
                    .lower(piece.ordinal, piece.end_ordinal(), Verdict::CONTRADICTED);
            }
            let mut finding = self.finding(code, Some(verdict), message);
            if run.numbered {
                finding.place.seq = Some(first);
                if several {
                    finding = finding.over(first, last);
                }
            }
            self.findings.push(self.at(finding, piece.ordinal)?);
        }
        Ok(())
    }

    /// Records after the end, after the newest seal, and whether the end is sealed.
    fn ends(&mut self, seals: &[Seal]) -> Result<bool, LookupError> {
        let end = self.assembly.end();
        let close = self
            .placed_marks()
            .into_iter()
            .find(|(_, mark)| mark.role == Role::Close && !self.altered.contains(&mark.ordinal))
            .map(|(seq, _)| seq);
        if let Some(close) = close.filter(|close| close + 1 < end)
            && let Some(ordinal) = (close + 1..end).find_map(|seq| self.ordinal_of(seq))
        {
            let message = format!(
                "record {close} closed the stream, and {} more stand after it",
                end - close - 1
            );
            let finding = self
                .finding(Code::RecordAfterEnd, Some(Verdict::CONTRADICTED), message)
                .at_seq(close + 1)
                .over(close + 1, end - 1);
            self.findings.push(self.at(finding, ordinal)?);
        }
        let newest = self.named_size(seals);
        if self.exhibits.checkpoints.is_empty() {
            let message =
                "no checkpoint came with this stream: nothing seals its records".to_owned();
            self.findings
                .push(self.finding(Code::SealMissing, Some(Verdict::UNPROVEN), message));
        } else if let Some(newest) = newest.filter(|newest| *newest < end) {
            let last = close.map_or(end, |close| close + 1).max(newest);
            if last > newest
                && let Some(ordinal) = (newest..last).find_map(|seq| self.ordinal_of(seq))
            {
                let message = format!(
                    "the newest checkpoint covers {newest} records; {} more are not sealed yet",
                    last - newest
                );
                let finding = self
                    .finding(Code::TailUnsealed, Some(Verdict::UNPROVEN), message)
                    .at_seq(newest)
                    .over(newest, last - 1);
                self.findings.push(self.at(finding, ordinal)?);
            }
        }
        let sealed = self
            .good
            .iter()
            .map(|(index, _)| self.exhibits.checkpoints[*index].size)
            .max()
            .unwrap_or(0);
        let closed = close.is_some_and(|close| close + 1 == end && sealed == end);
        let truncated = self
            .findings
            .iter()
            .any(|finding| finding.code == Code::StreamTruncated);
        if close.is_none() && !truncated {
            let message =
                "no stream.close: a tail cut together with its checkpoints could not be seen";
            self.findings
                .push(self.finding(Code::EndUnknown, None, message));
        }
        Ok(closed)
    }

    fn rotations(&mut self, succession: &Succession) -> Result<(), LookupError> {
        for (mark, why) in &succession.invalid {
            self.spans
                .lower(mark.ordinal, mark.ordinal + 1, Verdict::CONTRADICTED);
            // A rotation that was altered has that for its cause.
            if self.altered.contains(&mark.ordinal) {
                continue;
            }
            let mut finding = self.finding(
                Code::EndorsementInvalid,
                Some(Verdict::CONTRADICTED),
                format!("{why}; nothing makes the new key this stream's"),
            );
            finding.place.seq = self.seq_of(mark.ordinal);
            self.findings.push(self.at(finding, mark.ordinal)?);
        }
        Ok(())
    }

    fn malformed(&mut self) {
        for malformed in &self.exhibits.file.malformed {
            self.spans
                .lower(malformed.ordinal, malformed.ordinal + 1, Verdict::UNPROVEN);
        }
        let remarks = verify::malformed(self.exhibits.file, |ordinal| self.seq_of(ordinal));
        self.findings.extend(
            remarks
                .into_iter()
                .map(|finding| finding.in_stream(&self.exhibits.id)),
        );
    }

    /// What the seals' signatures lack, once for each reason: only of seals that no larger and
    /// better one makes needless, and of every void one.
    fn signatures(&mut self, seals: &[Seal]) {
        let mut best = 0;
        let mut said: Vec<Code> = Vec::new();
        for (checkpoint, seal) in self.exhibits.checkpoints.iter().zip(seals).rev() {
            if *seal == Seal::Void {
                let message = "a known key's signature on this checkpoint does not verify: the checkpoint is void";
                self.findings.push(self.about_seal(
                    Code::SignatureInvalid,
                    Some(Verdict::CONTRADICTED),
                    checkpoint,
                    message,
                ));
                continue;
            }
            if seal.rank() < best {
                continue;
            }
            best = seal.rank();
            let (code, verdict, message) = match seal {
                Seal::Vouched(..) | Seal::Void => continue,
                Seal::Known(_) => (
                    Code::KeyUntrusted,
                    Verdict::INTACT,
                    "the seals hold, under a key that came with the evidence: nobody outside it vouches for the author",
                ),
                Seal::Unproven(code) => {
                    let words = match code {
                        Code::KeyUnknown => "no key at hand for the signature on the checkpoints",
                        Code::KeyExpired => {
                            "signed outside the validity of the key, by the time of the last record covered"
                        }
                        Code::KeyRevoked => {
                            "signed after the key was revoked, by the time of the last record covered"
                        }
                        Code::SignatureWeak => "only a lenient verifier would pass the signature",
                        Code::SignatureMissing => "the key in force has not signed this checkpoint",
                        // Said at the rotation record.
                        _ => continue,
                    };
                    (*code, Verdict::UNPROVEN, words)
                }
            };
            if !said.contains(&code) {
                said.push(code);
                self.findings
                    .push(self.about_seal(code, Some(verdict), checkpoint, message));
            }
        }
    }

    /// Times that run back and silences, where the lines on both sides stand as they were sealed.
    fn times(&mut self) {
        let sound = |ordinal: u64| {
            let neighbours = ordinal.checked_sub(1).map(|before| (before, ordinal));
            neighbours.is_some_and(|(before, here)| {
                let seqs = (self.seq_of(before), self.seq_of(here));
                matches!(seqs, (Some(first), Some(second)) if first + 1 == second)
                    && !self.altered.contains(&before)
                    && !self.altered.contains(&here)
            })
        };
        let runs = self.exhibits.runs;
        let mut found = Vec::new();
        for (code, remarks) in [
            (Code::ClockBackwards, &runs.backwards),
            (Code::HeartbeatMissed, &runs.silences),
        ] {
            for remark in remarks.iter().filter(|remark| sound(remark.ordinal)) {
                let mut finding = self.finding(code, None, remark.words.clone()).at_record(
                    remark.ordinal,
                    remark.offset,
                    remark.length,
                );
                finding.place.seq = remark.seq;
                finding.place.period = remark.period;
                found.push(finding);
            }
        }
        self.findings.append(&mut found);
    }

    fn axes(&self, seals: &[Seal], closed: bool) -> Axes {
        let has = |code: Code| self.findings.iter().any(|finding| finding.code == code);
        let broken = [
            Code::RecordAltered,
            Code::RecordMissing,
            Code::RecordInserted,
            Code::RecordRepeated,
            Code::RecordReordered,
            Code::StreamCrossed,
            Code::StreamForked,
            Code::StreamTruncated,
            Code::ChainRestarted,
            Code::SealInvalid,
            Code::EndorsementInvalid,
            Code::RecordAfterEnd,
        ];
        let sealed = !self.good.is_empty();
        // The seals' worth for the records that are covered worst; without a seal that holds, what
        // there is to say of those that do not.
        let newest = self
            .good
            .last()
            .map(|(_, seal)| seal)
            .or(seals.iter().rev().find(|seal| **seal != Seal::Void))
            .or(seals.last());
        Axes {
            form: if self.exhibits.file.malformed.is_empty()
                && self.exhibits.file.rejected_bytes == 0
            {
                Form::Ok
            } else {
                Form::Malformed
            },
            integrity: match () {
                () if broken.into_iter().any(has) => Integrity::Broken,
                () if self.exhibits.checkpoints.is_empty() => Integrity::Unsealed,
                () => Integrity::Ok,
            },
            author: match newest {
                None => Author::None,
                Some(Seal::Vouched(..)) => Author::Trusted,
                Some(Seal::Known(_)) => Author::Unknown,
                Some(Seal::Unproven(_)) => Author::Unchecked,
                Some(Seal::Void) => Author::Refuted,
            },
            completeness: match () {
                () if self.forked => Completeness::Forked,
                () if has(Code::RecordMissing) => Completeness::Gap,
                () if has(Code::StreamTruncated) => Completeness::Truncated,
                () if closed => Completeness::Closed,
                () if sealed => Completeness::Open,
                () => Completeness::Unknown,
            },
            time: if has(Code::ClockBackwards) {
                Time::Contradicted
            } else {
                Time::Asserted
            },
        }
    }

    fn sealed(&self) -> Result<Sealed, LookupError> {
        let mut sealed = Sealed::default();
        for (index, seal) in &self.good {
            sealed.size = sealed.size.max(self.exhibits.checkpoints[*index].size);
            match seal {
                Seal::Vouched(_, key) => sealed.by.push((*key, true)),
                Seal::Known(key) => sealed.by.push((*key, false)),
                Seal::Unproven(_) | Seal::Void => {}
            }
        }
        sealed.by.sort_unstable();
        sealed.by.dedup();
        for (index, (piece, end)) in self
            .assembly
            .sequence
            .pieces
            .iter()
            .zip(&self.assembly.ends)
            .enumerate()
        {
            let before = index
                .checked_sub(1)
                .map_or(0, |before| self.assembly.sequence.pieces[before].to);
            if piece.from == before + 1
                && let Some(missing) = self.assembly.digest(before)?
            {
                sealed.missing.push((before, missing));
            }
            sealed.stretches.push((
                piece.from,
                piece.ordinal,
                piece.len(),
                end.said.filter(|_| end.mended),
            ));
        }
        Ok(sealed)
    }
}

impl Sealed {
    /// The ordinal of a number that is here.
    pub fn ordinal(&self, seq: u64) -> Option<u64> {
        let at = self
            .stretches
            .partition_point(|(first, _, len, _)| first + len <= seq);
        self.stretches
            .get(at)
            .filter(|(first, ..)| *first <= seq)
            .map(|(first, ordinal, ..)| ordinal + (seq - first))
    }

    /// The digest sealed for a number; `None` past the seal, or where it is not known.
    pub fn digest(&self, seq: u64, lines: &sequence::Lines) -> Result<Option<Digest>, LookupError> {
        if seq >= self.size {
            return Ok(None);
        }
        if let Some((_, digest)) = self.missing.iter().find(|(missing, _)| *missing == seq) {
            return Ok(Some(*digest));
        }
        let at = self
            .stretches
            .partition_point(|(first, _, len, _)| first + len <= seq);
        let Some(&(first, ordinal, len, mended)) =
            self.stretches.get(at).filter(|(first, ..)| *first <= seq)
        else {
            return Ok(None);
        };
        match mended.filter(|_| seq + 1 == first + len) {
            Some(mended) => Ok(Some(mended)),
            None => lines(ordinal + (seq - first)).map(Some),
        }
    }
}

/// Whether neither of two seals' signers is better vouched for than the other, so that their
/// disagreement is one of equals. An unknown key's seal never contradicts a trusted one's: anybody
/// can make it.
fn equal_standing(one: &Seal, other: &Seal) -> bool {
    match (one, other) {
        (Seal::Vouched(..), Seal::Vouched(..)) | (Seal::Known(_), Seal::Known(_)) => true,
        (Seal::Vouched(_, one), Seal::Known(other))
        | (Seal::Known(one), Seal::Vouched(_, other)) => one == other,
        _ => false,
    }
}
