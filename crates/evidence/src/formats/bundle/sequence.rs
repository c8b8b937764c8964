//! Puts the runs of a file into their sealed order.
//!
//! What is in the file is explained with the fewest changes. The heaviest set of runs whose
//! numbers rise in file order stays; what is left either fills a hole that it fits (it was moved),
//! stands where exactly as many lines are missing (it was altered beyond reading), repeats what is
//! there, belongs to another stream, begins the stream anew, or was inserted.

use super::line::Prev;
use super::runs::{Run, Runs};
use crate::{Digest, LookupError};
use std::collections::BTreeMap;

/// Gives the SHA-256 of a line, recomputed from its bytes, by its ordinal.
pub(super) type Lines<'a> = dyn Fn(u64) -> Result<Digest, LookupError> + 'a;

/// The lines of a file in their sealed order, and the lines that have no place in it.
#[derive(Debug, Default)]
pub(super) struct Sequence {
    /// By number, without overlap.
    pub pieces: Vec<Piece>,
    pub strays: Vec<Stray>,
}

/// The numbers `from..to`, held by lines that lie together in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    /// An index into the runs.
    pub run: usize,
    pub from: u64,
    pub to: u64,
    pub ordinal: u64,
    pub standing: Standing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Where it belongs.
    InPlace,
    /// Elsewhere in the file than its number says.
    Moved,
    /// Lines that do not say that they belong here, exactly where that many are missing.
    StandIn,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stray {
    pub piece: Piece,
    pub kind: StrayKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StrayKind {
    /// The same bytes stand in the sequence.
    Repeated,
    /// It names another stream.
    Crossed,
    /// It begins the stream anew.
    Restarted,
    /// None of these.
    Inserted,
}

impl Piece {
    fn of(index: usize, run: &Run) -> Piece {
        Piece {
            run: index,
            from: run.first_seq,
            to: run.end_seq(),
            ordinal: run.first_ordinal,
            standing: Standing::InPlace,
        }
    }

    pub fn len(&self) -> u64 {
        self.to - self.from
    }

    pub fn end_ordinal(&self) -> u64 {
        self.ordinal + self.len()
    }

    /// Cuts it in two before a number.
    fn split(self, at: u64) -> (Piece, Piece) {
        let front = Piece { to: at, ..self };
        let back = Piece {
            from: at,
            ordinal: self.ordinal + (at - self.from),
            ..self
        };
        (front, back)
    }

    /// What its first line says of its predecessor.
    pub fn prev(&self, runs: &Runs, lines: &Lines) -> Result<Prev, LookupError> {
        let run = &runs.runs[self.run];
        if self.ordinal == run.first_ordinal {
            Ok(run.prev)
        } else {
            lines(self.ordinal - 1).map(Prev::Digest)
        }
    }

    /// SHA-256 of its last line.
    pub fn last(&self, runs: &Runs, lines: &Lines) -> Result<Digest, LookupError> {
        let run = &runs.runs[self.run];
        if self.end_ordinal() == run.end_ordinal() {
            Ok(run.last)
        } else {
            lines(self.end_ordinal() - 1)
        }
    }
}

/// `claimed`: how many records the newest seal names, if any.
pub(super) fn arrange(
    runs: &Runs,
    main: Option<usize>,
    claimed: u64,
    lines: &Lines,
) -> Result<Sequence, LookupError> {
    let mut strays = Vec::new();
    let mut placed: Vec<Piece> = Vec::new();
    let mut unplaced: Vec<Piece> = Vec::new();
    for (index, run) in runs.runs.iter().enumerate() {
        let piece = Piece::of(index, run);
        if run.numbered && run.stream == main {
            lay(piece, &mut placed, &mut strays, runs, lines)?;
        } else {
            unplaced.push(piece);
        }
    }
    let (mut pieces, mut left) = heaviest_rising(placed);
    prefer_linked(&mut pieces, &mut left, runs, lines)?;
    drop_overshoot(&mut pieces, &mut left, claimed);
    left.sort_by_key(|piece| (piece.from, piece.ordinal));
    fill_holes(&mut pieces, &mut left, runs, lines)?;
    left.append(&mut unplaced);
    left.sort_by_key(|piece| piece.ordinal);
    stand_in(&mut pieces, &mut left, claimed);
    for piece in left {
        let kind = classify(&piece, &pieces, runs, main, lines)?;
        strays.push(Stray { piece, kind });
    }
    Ok(Sequence { pieces, strays })
}

/// Lays the next piece of the file after those before it. Where it goes back into the piece before
/// it, it either repeats what is there, or that piece is cut so that the two can be told apart.
fn lay(
    mut piece: Piece,
    placed: &mut Vec<Piece>,
    strays: &mut Vec<Stray>,
    runs: &Runs,
    lines: &Lines,
) -> Result<(), LookupError> {
    if let Some(&before) = placed.last()
        && (before.from..before.to).contains(&piece.from)
    {
        let end = before.to.min(piece.to);
        let digest_in = |of: &Piece| of.split(end).0.last(runs, lines);
        // Each line holds the digest of the one before: if the last ones are equal, all are.
        if digest_in(&before)? == digest_in(&piece)? {
            let (copy, rest) = if end == piece.to {
                (piece, None)
            } else {
                let (copy, rest) = piece.split(end);
                (copy, Some(rest))
            };
            strays.push(Stray {
                piece: copy,
                kind: StrayKind::Repeated,
            });
            let Some(rest) = rest else { return Ok(()) };
            piece = rest;
        } else if before.from < piece.from {
            let (front, back) = before.split(piece.from);
            placed.pop();
            placed.extend([front, back]);
        }
    }
    placed.push(piece);
    Ok(())
}

/// The pieces, in file order, whose numbers rise without overlap and that hold the most records;
/// and the others. Of two choices as heavy as each other, the one further down the file stays.
fn heaviest_rising(placed: Vec<Piece>) -> (Vec<Piece>, Vec<Piece>) {
    let mut came_from: Vec<Option<usize>> = Vec::with_capacity(placed.len());
    // By end number: the greatest weight of a rising choice that ends there, and its last piece.
    let mut best: BTreeMap<u64, (u64, usize)> = BTreeMap::new();
    for (index, piece) in placed.iter().enumerate() {
        let before = best
            .range(..=piece.from)
            .next_back()
            .map(|(_, &choice)| choice);
        let weight = before.map_or(0, |(weight, _)| weight) + piece.len();
        came_from.push(before.map(|(_, last)| last));
        if best
            .range(..=piece.to)
            .next_back()
            .is_some_and(|(_, &(other, _))| other > weight)
        {
            continue;
        }
        let dominated: Vec<u64> = best
            .range(piece.to..)
            .take_while(|(_, (other, _))| *other <= weight)
            .map(|(&end, _)| end)
            .collect();
        for end in dominated {
            best.remove(&end);
        }
        best.insert(piece.to, (weight, index));
    }
    let mut kept = vec![false; placed.len()];
    let mut at = best.values().next_back().map(|&(_, last)| last);
    while let Some(index) = at {
        kept[index] = true;
        at = came_from[index];
    }
    let (mut stay, mut go) = (Vec::new(), Vec::new());
    for (piece, kept) in placed.into_iter().zip(kept) {
        if kept {
            stay.push(piece)
        } else {
            go.push(piece)
        }
    }
    (stay, go)
}

/// Of two pieces with the same numbers, the one stays that its neighbours are linked with.
fn prefer_linked(
    pieces: &mut [Piece],
    left: &mut [Piece],
    runs: &Runs,
    lines: &Lines,
) -> Result<(), LookupError> {
    for other in left.iter_mut() {
        let at = pieces.partition_point(|piece| piece.from < other.from);
        if pieces
            .get(at)
            .is_some_and(|piece| (piece.from, piece.to) == (other.from, other.to))
            && links(other, pieces, at, runs, lines)? > links(&pieces[at], pieces, at, runs, lines)?
        {
            std::mem::swap(&mut pieces[at], other);
        }
    }
    Ok(())
}

/// With how many of the neighbours of a place a piece would be linked there.
fn links(
    piece: &Piece,
    pieces: &[Piece],
    at: usize,
    runs: &Runs,
    lines: &Lines,
) -> Result<u8, LookupError> {
    let mut links = 0;
    if let Some(before) = at
        .checked_sub(1)
        .map(|before| pieces[before])
        .filter(|before| before.to == piece.from)
    {
        links += u8::from(piece.prev(runs, lines)? == Prev::Digest(before.last(runs, lines)?));
    }
    if let Some(after) = pieces.get(at + 1).filter(|after| after.from == piece.to) {
        links += u8::from(after.prev(runs, lines)? == Prev::Digest(piece.last(runs, lines)?));
    }
    Ok(links)
}

/// A single line at the end whose number leaps past everything that a seal names is one inserted
/// line, not the proof of a gap.
fn drop_overshoot(pieces: &mut Vec<Piece>, left: &mut Vec<Piece>, claimed: u64) {
    while let [.., before, last] = pieces.as_slice()
        && last.len() == 1
        && last.from >= claimed
        && last.from > before.to
    {
        left.extend(pieces.pop());
    }
}

/// Moves left-over pieces into holes that they fit: inside the hole, and linked to a neighbour
/// that they touch.
fn fill_holes(
    pieces: &mut Vec<Piece>,
    left: &mut Vec<Piece>,
    runs: &Runs,
    lines: &Lines,
) -> Result<(), LookupError> {
    let mut still = Vec::new();
    for piece in left.drain(..) {
        let at = pieces.partition_point(|other| other.from < piece.from);
        let before = at.checked_sub(1).map(|index| pieces[index]);
        let after = pieces.get(at).copied();
        let in_hole = before.is_none_or(|before| before.to <= piece.from)
            && after.is_some_and(|after| piece.to <= after.from);
        let mut touches = false;
        let mut linked = false;
        if let Some(before) = before.filter(|before| in_hole && before.to == piece.from) {
            touches = true;
            linked |= piece.prev(runs, lines)? == Prev::Digest(before.last(runs, lines)?);
        }
        if let Some(after) = after.filter(|after| in_hole && after.from == piece.to) {
            touches = true;
            linked |= after.prev(runs, lines)? == Prev::Digest(piece.last(runs, lines)?);
        }
        if in_hole && (linked || !touches) {
            pieces.insert(
                at,
                Piece {
                    standing: Standing::Moved,
                    ..piece
                },
            );
        } else {
            still.push(piece);
        }
    }
    *left = still;
    Ok(())
}

/// Lines that do not say that they belong there, but lie exactly where exactly as many are
/// missing: one change, where a deletion and an insertion would be two.
fn stand_in(pieces: &mut Vec<Piece>, left: &mut Vec<Piece>, claimed: u64) {
    let mut still: Vec<Piece> = Vec::new();
    let mut rest = left.drain(..).peekable();
    while let Some(first) = rest.next() {
        let mut group = vec![first];
        while let Some(next) = rest.next_if(|next| {
            group
                .last()
                .is_some_and(|last| last.end_ordinal() == next.ordinal)
        }) {
            group.push(next);
        }
        let begin = first.ordinal;
        let end = group.last().map_or(begin, Piece::end_ordinal);
        let lines = end - begin;
        let before = pieces
            .iter()
            .find(|piece| piece.end_ordinal() == begin)
            .copied();
        let after = pieces.iter().find(|piece| piece.ordinal == end).copied();
        let hole = match (before, after) {
            (Some(before), Some(after)) => Some((before.to, after.from)),
            (None, Some(after)) if begin == 0 => Some((0, after.from)),
            (Some(before), None) => Some((before.to, claimed)),
            (None, None) if begin == 0 && pieces.is_empty() => Some((0, claimed.max(lines))),
            _ => None,
        };
        match hole.filter(|(from, to)| to.checked_sub(*from) == Some(lines)) {
            Some((from, _)) => {
                let at = pieces.partition_point(|other| other.from < from);
                let mut seq = from;
                for (offset, piece) in group.into_iter().enumerate() {
                    let stand_in = Piece {
                        from: seq,
                        to: seq + piece.len(),
                        standing: Standing::StandIn,
                        ..piece
                    };
                    seq = stand_in.to;
                    pieces.insert(at + offset, stand_in);
                }
            }
            None => still.append(&mut group),
        }
    }
    drop(rest);
    *left = still;
}

fn classify(
    piece: &Piece,
    pieces: &[Piece],
    runs: &Runs,
    main: Option<usize>,
    lines: &Lines,
) -> Result<StrayKind, LookupError> {
    let run = &runs.runs[piece.run];
    if run.stream.is_some() && run.stream != main {
        return Ok(StrayKind::Crossed);
    }
    let last = piece.to - 1;
    let at = pieces.partition_point(|other| other.to <= last);
    if let Some(other) = pieces
        .get(at)
        .filter(|other| other.from <= last && run.numbered)
        && lines(other.ordinal + (last - other.from))? == piece.last(runs, lines)?
    {
        return Ok(StrayKind::Repeated);
    }
    let begins = piece.ordinal == run.first_ordinal && run.begins_stream();
    Ok(if begins {
        StrayKind::Restarted
    } else {
        StrayKind::Inserted
    })
}
