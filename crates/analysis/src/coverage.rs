//! Which sources cover which time. A *no* ("no use between A and B", "its mint is not in evidence")
//! is worth as much as the coverage of that time, so that every *no* cites it.
//!
//! Plain data in: what the case knows of each stream. A stretch of time is *sealed* (a seal covers
//! its records and holds), *unsealed* (records, but nothing proves that none was left out or
//! changed), *missing* (records are known to be gone) or *silent* (a promised heartbeat did not
//! come). Time before a stream's first record and after its last one is not covered at all.

use crate::gaps::Gap;
use crate::log::Window;
use evidence::verdict::{Axes, Completeness, Integrity};
use evidence::{Format, Micros};

/// A part of a stream: a file's records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The file's path.
    pub path: String,
    /// The earliest time in it.
    pub from: Option<Micros>,
    /// The latest.
    pub until: Option<Micros>,
    /// How many records are verified or intact.
    pub proven: u64,
    /// How many are unproven.
    pub unproven: u64,
    /// How many are contradicted.
    pub contradicted: u64,
}

/// What the case knows of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamFacts {
    /// Its id.
    pub id: String,
    /// Its format.
    pub format: Format,
    /// The five answers behind its verdict.
    pub axes: Axes,
    /// Its files.
    pub pieces: Vec<Piece>,
    /// What is missing from it.
    pub gaps: Vec<Gap>,
    /// Where a promised heartbeat did not come.
    pub silences: Vec<(Micros, Micros)>,
    /// The time of the last record under its newest seal, where records follow that seal.
    pub sealed_until: Option<Micros>,
}

/// What a stretch of time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// A seal covers the records of this time, and holds.
    Sealed,
    /// There are records of this time, and no seal that holds covers all of them.
    Unsealed,
    /// Records of this time are known to be gone.
    Missing,
    /// The stream promised a heartbeat and gave none.
    Silent,
}

impl State {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Sealed => "sealed",
            State::Unsealed => "unsealed",
            State::Missing => "missing",
            State::Silent => "silent",
        }
    }
}

/// A stretch of time of one stream, both ends included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// What it is.
    pub state: State,
    /// Its beginning; `None` where nothing dates it.
    pub from: Option<Micros>,
    /// Its end; `None` where nothing dates it.
    pub until: Option<Micros>,
    /// Why, in words.
    pub why: String,
}

/// A stream and its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    /// The stream's id.
    pub id: String,
    /// Its format.
    pub format: Format,
    /// How many records.
    pub records: u64,
    /// Its stretches: sealed and unsealed in time's order, then missing, then silent.
    pub stretches: Vec<Stretch>,
    /// Whether a cut tail would have been seen.
    pub end_known: bool,
}

/// The coverage of a case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Each stream, in the order of their ids.
    pub tracks: Vec<Track>,
}

/// How many streams are told one by one in an answer.
const MOST_LINES: usize = 6;

/// What covers a stretch of time, for one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// Whether some stream is sealed over all of it, with nothing missing or silent in between.
    pub whole: bool,
    /// What the streams that were asked cover of it and what not: a line for each of the first few
    /// that hold something of it, and how many others there are.
    pub lines: Vec<String>,
}

impl Coverage {
    /// The coverage that these facts give.
    pub fn of(streams: impl IntoIterator<Item = StreamFacts>) -> Coverage {
        let mut tracks: Vec<Track> = streams.into_iter().map(track).collect();
        tracks.sort_by(|one, other| one.id.cmp(&other.id));
        Coverage { tracks }
    }

    /// Which of the streams that `asks` cover this time, and how. An unbounded side of the window
    /// is never covered whole: no evidence begins at the beginning.
    pub fn over(&self, window: Window, asks: impl Fn(&Track) -> bool) -> Covered {
        let asked: Vec<&Track> = self.tracks.iter().filter(|track| asks(track)).collect();
        let (met, other): (Vec<&Track>, Vec<&Track>) = asked
            .iter()
            .partition(|track| track.stretches.iter().any(|stretch| stretch.meets(window)));
        let mut lines: Vec<String> = met
            .iter()
            .take(MOST_LINES)
            .map(|track| track.line(window))
            .collect();
        let mut say = |count: usize, what: &str| {
            if count > 0 {
                lines.push(format!("{count} {what}"));
            }
        };
        say(
            met.len().saturating_sub(MOST_LINES),
            "more have some record of this time",
        );
        say(
            other.len(),
            "other streams in evidence hold nothing of this time",
        );
        if lines.is_empty() {
            lines.push("no source in evidence would hold it".into());
        }
        Covered {
            whole: asked.iter().any(|track| track.is_whole(window)),
            lines,
        }
    }
}

fn track(facts: StreamFacts) -> Track {
    let sealed_kind =
        facts.axes.integrity == Integrity::Ok || facts.pieces.iter().any(|piece| piece.proven > 0);
    let mut pieces: Vec<&Piece> = facts.pieces.iter().collect();
    pieces.sort_by(|one, other| {
        (one.from, one.until, &one.path).cmp(&(other.from, other.until, &other.path))
    });
    let mut stretches: Vec<Stretch> = Vec::new();
    for piece in pieces {
        let (Some(from), Some(until)) = (piece.from, piece.until) else {
            continue;
        };
        let weak = piece.unproven + piece.contradicted;
        match facts.sealed_until {
            Some(sealed) if piece.proven > 0 && weak > 0 && (from..until).contains(&sealed) => {
                push(&mut stretches, State::Sealed, from, sealed, String::new());
                let why = "records after the newest seal".to_owned();
                push(&mut stretches, State::Unsealed, sealed, until, why);
            }
            _ if weak == 0 && piece.proven > 0 => {
                push(&mut stretches, State::Sealed, from, until, String::new());
            }
            _ => {
                let why = match (piece.proven, piece.contradicted) {
                    (0, 0) if sealed_kind => "no seal that holds covers it".to_owned(),
                    (0, 0) => "the log has no seal".to_owned(),
                    (proven, bad) => format!(
                        "{proven} of {} records are proven, {bad} contradicted",
                        proven + weak
                    ),
                };
                push(&mut stretches, State::Unsealed, from, until, why);
            }
        }
    }
    for gap in &facts.gaps {
        let why = match gap.range {
            Some((first, last, count)) => {
                format!("{}: {count} records, {first} to {last}", gap.code.as_str())
            }
            None => gap.code.as_str().to_owned(),
        };
        stretches.push(Stretch {
            state: State::Missing,
            from: gap.after,
            until: gap.before,
            why,
        });
    }
    for &(from, until) in &facts.silences {
        stretches.push(Stretch {
            state: State::Silent,
            from: Some(from),
            until: Some(until),
            why: "no heartbeat".into(),
        });
    }
    Track {
        id: facts.id,
        format: facts.format,
        records: facts
            .pieces
            .iter()
            .map(|piece| piece.proven + piece.unproven + piece.contradicted)
            .sum(),
        stretches,
        end_known: facts.axes.completeness == Completeness::Closed,
    }
}

/// Adds a stretch, to the one before where both are the same.
fn push(stretches: &mut Vec<Stretch>, state: State, from: Micros, until: Micros, why: String) {
    match stretches.last_mut() {
        Some(last) if last.state == state && last.why == why => {
            last.until = last.until.max(Some(until));
        }
        _ => stretches.push(Stretch {
            state,
            from: Some(from),
            until: Some(until),
            why,
        }),
    }
}

impl Stretch {
    /// Whether it and the window share a moment. An end that nothing dates is open.
    fn meets(&self, window: Window) -> bool {
        let begins_before = match (self.from, window.until) {
            (Some(from), Some(until)) => from < until,
            _ => true,
        };
        let ends_after = match (self.until, window.from) {
            (Some(until), Some(from)) => until >= from,
            _ => true,
        };
        begins_before && ends_after
    }
}

impl Track {
    /// Whether it is sealed over all of a window, with nothing missing or silent in it.
    pub fn is_whole(&self, window: Window) -> bool {
        let (Some(from), Some(until)) = (window.from, window.until) else {
            return false;
        };
        let sealed = self.stretches.iter().any(|stretch| {
            stretch.state == State::Sealed
                && stretch.from.is_some_and(|begins| begins <= from)
                && stretch
                    .until
                    .is_some_and(|ends| ends >= Micros(until.0.saturating_sub(1)))
        });
        let broken = self
            .stretches
            .iter()
            .any(|stretch| stretch.state != State::Sealed && stretch.meets(window));
        sealed && !broken
    }

    /// What it covers of a window and what not, in a line.
    pub fn line(&self, window: Window) -> String {
        let mut parts: Vec<String> = Vec::new();
        let met: Vec<&Stretch> = self
            .stretches
            .iter()
            .filter(|it| it.meets(window))
            .collect();
        let text = |time: Option<Micros>| time.map_or("?".to_owned(), |time| time.to_string());
        const MOST: usize = 4;
        for stretch in met.iter().take(MOST) {
            let why = if stretch.why.is_empty() {
                String::new()
            } else {
                format!(" ({})", stretch.why)
            };
            parts.push(format!(
                "{} {} to {}{why}",
                stretch.state.as_str(),
                text(stretch.from),
                text(stretch.until)
            ));
        }
        if met.len() > MOST {
            parts.push(format!("and {} stretches more", met.len() - MOST));
        }
        if parts.is_empty() {
            parts.push("does not cover this time".into());
        }
        format!(
            "{} ({}): {}",
            self.id,
            self.format.as_str(),
            parts.join("; ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use evidence::Code;
    use evidence::verdict::{Author, Form, Time};

    const AXES: Axes = Axes {
        form: Form::Ok,
        integrity: Integrity::Ok,
        author: Author::Trusted,
        completeness: Completeness::Closed,
        time: Time::Asserted,
    };

    fn piece(from: i64, until: i64, proven: u64, unproven: u64) -> Piece {
        Piece {
            path: format!("{from}"),
            from: Some(Micros(from)),
            until: Some(Micros(until)),
            proven,
            unproven,
            contradicted: 0,
        }
    }

    fn facts(pieces: Vec<Piece>) -> StreamFacts {
        StreamFacts {
            id: "a".into(),
            format: Format::NhiAuditBundle,
            axes: AXES,
            pieces,
            gaps: Vec::new(),
            silences: Vec::new(),
            sealed_until: None,
        }
    }

    fn window(from: i64, until: i64) -> Window {
        Window {
            from: Some(Micros(from)),
            until: Some(Micros(until)),
        }
    }

    fn whole(facts: StreamFacts, from: i64, until: i64) -> bool {
        Coverage::of([facts])
            .over(window(from, until), |_| true)
            .whole
    }

    #[test]
    fn time_is_covered_whole_only_between_the_first_and_the_last_sealed_record() {
        let sound = || facts(vec![piece(10, 20, 5, 0), piece(21, 30, 5, 0)]);
        assert!(whole(sound(), 10, 31) && whole(sound(), 15, 25));
        assert!(!whole(sound(), 9, 20) && !whole(sound(), 20, 32));
        let open = Window {
            from: None,
            until: Some(Micros(20)),
        };
        assert!(!Coverage::of([sound()]).over(open, |_| true).whole);
        assert!(!whole(facts(vec![piece(10, 30, 4, 1)]), 10, 20));
    }

    #[test]
    fn a_gap_or_a_silence_in_the_window_breaks_it_and_one_outside_does_not() {
        let gap = |from, until| Gap {
            code: Code::RecordMissing,
            stream: "a".into(),
            range: Some((3, 4, 2)),
            after: from,
            before: until,
        };
        let with = |gap| StreamFacts {
            gaps: vec![gap],
            ..facts(vec![piece(10, 30, 9, 0)])
        };
        let dated = || with(gap(Some(Micros(14)), Some(Micros(16))));
        assert!(!whole(dated(), 10, 20) && whole(dated(), 17, 30) && whole(dated(), 10, 14));
        assert!(
            !whole(with(gap(None, None)), 17, 30),
            "what nothing dates may be anywhere"
        );
        let silent = StreamFacts {
            silences: vec![(Micros(14), Micros(16))],
            ..facts(vec![piece(10, 30, 9, 0)])
        };
        assert!(!whole(silent, 10, 20));
    }

    #[test]
    fn files_that_failed_to_parse_were_dropped_and_their_period_counted_as_covered() {
        let undated = Piece {
            from: None,
            until: None,
            ..piece(0, 0, 3, 0)
        };
        assert!(!whole(facts(vec![undated]), 10, 20));
        let none = Coverage::default().over(window(1, 2), |_| true);
        assert_eq!((none.whole, none.lines.len()), (false, 1));
    }

    #[test]
    fn a_tail_after_the_newest_seal_is_its_own_stretch() {
        let mut cut = facts(vec![piece(10, 30, 5, 2)]);
        cut.sealed_until = Some(Micros(25));
        let coverage = Coverage::of([cut]);
        assert!(coverage.over(window(10, 25), |_| true).whole);
        assert!(!coverage.over(window(10, 27), |_| true).whole);
        assert_eq!(
            coverage.over(window(10, 27), |_| true).lines,
            [
                "a (nhi-audit-bundle): sealed 1970-01-01T00:00:00.000010Z to 1970-01-01T00:00:00.000025Z; unsealed 1970-01-01T00:00:00.000025Z to 1970-01-01T00:00:00.000030Z (records after the newest seal)"
            ]
        );
    }
}
