//! The lines of one stream file, strung together: runs of lines that each follow from the one
//! before.

use super::line::{Line, Prev, Role};
use super::tree::Grid;
use crate::batch::SealPart;
use crate::facts::MOST_REMARKS;
use crate::{Digest, Micros, Reading};

/// More unreadable lines than this in a row are not guessed at: they take no place in the chain.
const MOST_UNREADABLE: usize = 64;

/// What the lines of one stream file gave, in file order.
#[derive(Debug, Clone, Default)]
pub struct Runs {
    /// The runs, in file order.
    pub(super) runs: Vec<Run>,
    /// The streams that lines name, with how many do.
    pub(super) streams: Vec<(String, u64)>,
    /// Times that run back.
    pub(super) backwards: Vec<Remark>,
    /// Silences longer than promised.
    pub(super) silences: Vec<Remark>,
    /// `stream.open`, `stream.close` and `key.rotate` records.
    pub(super) marks: Vec<Mark>,
    /// How many remarks were not listed.
    pub(super) unlisted: u64,
    pending: Vec<Pending>,
    records: u64,
    last_time: Option<Micros>,
    promise: Option<Micros>,
}

/// Lines `first_ordinal..first_ordinal + len` with numbers from `first_seq` on. Each names the
/// digest of the one before.
#[derive(Debug, Clone)]
pub struct Run {
    /// An index into the streams of the file; `None` where no line of it names one.
    pub(super) stream: Option<usize>,
    pub(super) first_seq: u64,
    /// Whether the numbers were read; otherwise they are those of the place in the file.
    pub(super) numbered: bool,
    pub(super) first_ordinal: u64,
    pub(super) len: u64,
    /// What the first line says of its predecessor.
    pub(super) prev: Prev,
    /// SHA-256 of the last line.
    pub(super) last: Digest,
    /// The Merkle hashes over all lines.
    pub(super) grid: Grid,
}

/// Something about one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Remark {
    pub ordinal: u64,
    pub offset: u64,
    pub length: u64,
    pub seq: Option<u64>,
    pub words: String,
    /// The times around a silence.
    pub period: Option<(Micros, Micros)>,
}

/// A record that means something for its stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub ordinal: u64,
    pub offset: u64,
    pub length: u64,
    pub seq: Option<u64>,
    pub prev: Prev,
    pub time: Option<Micros>,
    pub role: Role,
}

/// A line whose number could not be read, waiting for its successor to say where it stands.
#[derive(Debug, Clone)]
struct Pending {
    ordinal: u64,
    digest: Digest,
    prev: Prev,
}

impl Run {
    fn new(
        stream: Option<usize>,
        seq: u64,
        numbered: bool,
        ordinal: u64,
        prev: Prev,
        digest: Digest,
    ) -> Run {
        let mut grid = Grid::new(seq);
        grid.push(&digest);
        Run {
            stream,
            first_seq: seq,
            numbered,
            first_ordinal: ordinal,
            len: 1,
            prev,
            last: digest,
            grid,
        }
    }

    fn push(&mut self, digest: Digest) {
        self.grid.push(&digest);
        self.len += 1;
        self.last = digest;
    }

    /// One past the last number.
    pub(super) fn end_seq(&self) -> u64 {
        self.first_seq.saturating_add(self.len)
    }

    /// One past the last ordinal.
    pub(super) fn end_ordinal(&self) -> u64 {
        self.first_ordinal + self.len
    }

    /// Whether its first line is a record 0.
    pub(super) fn begins_stream(&self) -> bool {
        self.numbered && self.first_seq == 0 && self.prev == Prev::Null
    }
}

impl Runs {
    /// Adds the next line of the file. `extent` is its offset and length.
    pub fn push(&mut self, ordinal: u64, extent: (u64, u64), reading: &Reading) {
        let SealPart::Line(line) = &reading.seal else {
            return;
        };
        self.records += 1;
        self.remark(ordinal, extent, line);
        let Some(seq) = line.seq else {
            self.pending.push(Pending {
                ordinal,
                digest: reading.digest,
                prev: line.prev,
            });
            if self.pending.len() > MOST_UNREADABLE {
                self.abandon_pending();
            }
            return;
        };
        let stream = line.stream.as_deref().map(|name| self.stream(name));
        self.place_pending(stream, seq, line.prev);
        let follows = |run: &Run| {
            run.numbered
                && run.stream == stream
                && run.end_seq() == seq
                && line.prev == Prev::Digest(run.last)
        };
        match self
            .runs
            .last_mut()
            .filter(|run| follows(run) && run.end_ordinal() == ordinal)
        {
            Some(run) => run.push(reading.digest),
            None => self.runs.push(Run::new(
                stream,
                seq,
                true,
                ordinal,
                line.prev,
                reading.digest,
            )),
        }
    }

    /// Ends the file.
    pub fn finish(&mut self) {
        self.abandon_pending();
    }

    /// How many lines there were.
    pub fn records(&self) -> u64 {
        self.records
    }

    fn stream(&mut self, name: &str) -> usize {
        // The last one first: nearly always it is that.
        if let Some(index) = self.streams.iter().rposition(|(known, _)| known == name) {
            self.streams[index].1 += 1;
            return index;
        }
        self.streams.push((name.to_owned(), 1));
        self.streams.len() - 1
    }

    /// The next line says of the unreadable ones before it whether they are the records between:
    /// if its number fits and its `prev` is the digest of the last of them, they take their place.
    fn place_pending(&mut self, stream: Option<usize>, seq: u64, prev: Prev) {
        let Some(last) = self.pending.last() else {
            return;
        };
        let count = self.pending.len() as u64;
        let fits = prev == Prev::Digest(last.digest)
            && match self.runs.last() {
                Some(run) => {
                    run.stream == stream
                        && run.end_seq().checked_add(count) == Some(seq)
                        && run.end_ordinal() == self.pending[0].ordinal
                }
                None => seq == count,
            };
        if !fits {
            return self.abandon_pending();
        }
        for pending in std::mem::take(&mut self.pending) {
            let joins = |run: &Run| match pending.prev {
                Prev::Digest(digest) => digest == run.last,
                // It says nothing of its predecessor; the root will.
                Prev::Unreadable => true,
                Prev::Null => false,
            };
            let next = self.runs.last().map_or(0, Run::end_seq);
            match self.runs.last_mut().filter(|run| joins(run)) {
                Some(run) => run.push(pending.digest),
                None => {
                    self.runs.push(Run::new(
                        stream,
                        next,
                        true,
                        pending.ordinal,
                        pending.prev,
                        pending.digest,
                    ));
                }
            }
        }
    }

    /// Unreadable lines that nothing places: each stands where it lies, under the number that it
    /// would have there.
    fn abandon_pending(&mut self) {
        for pending in std::mem::take(&mut self.pending) {
            let (stream, seq) = self
                .runs
                .last()
                .map_or((None, 0), |run| (run.stream, run.end_seq()));
            self.runs.push(Run::new(
                stream,
                seq,
                false,
                pending.ordinal,
                pending.prev,
                pending.digest,
            ));
        }
    }

    fn remark(&mut self, ordinal: u64, (offset, length): (u64, u64), line: &Line) {
        let remark = |words: String, period| Remark {
            ordinal,
            offset,
            length,
            seq: line.seq,
            words,
            period,
        };
        let mut listed = true;
        if let (Some(before), Some(now)) = (self.last_time, line.time) {
            if now < before {
                let words = format!("{now}, after {before} in the record before");
                listed &= push_bounded(&mut self.backwards, remark(words, None));
            }
            if let Some(promise) = self.promise
                && now.0.saturating_sub(before.0) > promise.0
            {
                let words = format!(
                    "no record from {before} to {now}, though one was promised every {} s",
                    promise.0 / 1_000_000
                );
                listed &= push_bounded(&mut self.silences, remark(words, Some((before, now))));
            }
        }
        if line.time.is_some() {
            self.last_time = line.time;
        }
        if line.role != Role::Other {
            if let Role::Open {
                heartbeat_s: Some(seconds),
                ..
            } = line.role
            {
                self.promise = i64::try_from(seconds)
                    .ok()
                    .and_then(|s| s.checked_mul(1_000_000))
                    .map(Micros);
            }
            let mark = Mark {
                ordinal,
                offset,
                length,
                seq: line.seq,
                prev: line.prev,
                time: line.time,
                role: line.role.clone(),
            };
            listed &= push_bounded(&mut self.marks, mark);
        }
        self.unlisted += u64::from(!listed);
    }

    /// The stream that most lines name: the file's. The first of them where two are equal.
    pub(super) fn main_stream(&self) -> Option<usize> {
        let most = self.streams.iter().map(|(_, count)| *count).max()?;
        self.streams.iter().position(|(_, count)| *count == most)
    }

    /// The id of the file's stream.
    pub fn stream_id(&self) -> Option<&str> {
        self.main_stream()
            .map(|index| self.streams[index].0.as_str())
    }
}

fn push_bounded<T>(list: &mut Vec<T>, item: T) -> bool {
    let room = list.len() < MOST_REMARKS;
    if room {
        list.push(item);
    }
    room
}
