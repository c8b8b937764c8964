//! What is missing, as rows of the timeline: a gap, a cut tail or a fork has a place in time, that
//! of its neighbours.

use evidence::{Code, Micros, Place};

/// A stretch that is missing from a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// What is wrong.
    pub code: Code,
    /// The stream.
    pub stream: String,
    /// The first and last number, and how many, where the format numbers its records.
    pub range: Option<(u64, u64, u64)>,
    /// The time of the last record before it.
    pub after: Option<Micros>,
    /// The time of the first record past it.
    pub before: Option<Micros>,
}

impl Gap {
    /// Where it stands among dated rows: behind its last known neighbour, or else before its next.
    /// `None` where neither has a time: it is listed, and has no place in time.
    pub fn place(&self) -> Option<Micros> {
        self.after.or(self.before)
    }
}

/// Whether a finding is about something that is not there.
pub fn is_missing(code: Code) -> bool {
    matches!(
        code,
        Code::RecordMissing | Code::StreamTruncated | Code::PeriodUncovered | Code::StreamForked
    )
}

/// The gaps among findings, in time's order; those without a place last. `time_of` gives the time of
/// a stream's record by its number.
pub fn gaps<'a>(
    findings: impl Iterator<Item = (Code, &'a Place)>,
    mut time_of: impl FnMut(&str, u64) -> Option<Micros>,
) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = findings
        .filter(|(code, _)| is_missing(*code))
        .filter_map(|(code, place)| {
            let stream = place.stream.clone().or_else(|| place.path.clone())?;
            let neighbours = place.range.map(|(first, last, _)| {
                let after = first.checked_sub(1).and_then(|seq| time_of(&stream, seq));
                (after, time_of(&stream, last.saturating_add(1)))
            });
            let (after, before) = neighbours.unwrap_or((None, None));
            let (after, before) = match place.period {
                Some((from, until)) => (after.or(Some(from)), before.or(Some(until))),
                None => (after, before),
            };
            Some(Gap {
                code,
                stream,
                range: place.range,
                after,
                before,
            })
        })
        .collect();
    gaps.sort_by_key(|gap| {
        (
            gap.place().is_none(),
            gap.place(),
            gap.stream.clone(),
            gap.range,
        )
    });
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(stream: &str, first: u64, last: u64) -> Place {
        Place {
            stream: Some(stream.into()),
            range: Some((first, last, last - first + 1)),
            ..Place::default()
        }
    }

    #[test]
    fn a_gap_stands_between_its_neighbours() {
        let (missing, cut) = (place("b", 412, 424), place("a", 90, 99));
        let findings = [
            (Code::StreamTruncated, &cut),
            (Code::RecordMissing, &missing),
            (Code::RecordAltered, &missing),
        ];
        // Records of stream b are a second apart; of stream a only the first ninety are here.
        let time_of = |stream: &str, seq: u64| match stream {
            "b" => Some(Micros(seq as i64 * 1_000_000)),
            _ => (seq < 90).then_some(Micros(seq as i64)),
        };
        let told: Vec<_> = gaps(findings.into_iter(), time_of)
            .into_iter()
            .map(|gap| (gap.stream.clone(), gap.range, gap.after, gap.before))
            .collect();
        assert_eq!(
            told,
            [
                ("a".into(), Some((90, 99, 10)), Some(Micros(89)), None),
                (
                    "b".into(),
                    Some((412, 424, 13)),
                    Some(Micros(411_000_000)),
                    Some(Micros(425_000_000))
                ),
            ]
        );
    }

    #[test]
    fn what_has_no_time_is_listed_last_and_has_no_place() {
        let (undated, dated) = (place("a", 5, 5), place("b", 5, 5));
        let findings = [
            (Code::RecordMissing, &undated),
            (Code::RecordMissing, &dated),
        ];
        let gaps = gaps(findings.into_iter(), |stream, _| {
            (stream == "b").then_some(Micros(1))
        });
        assert_eq!(
            gaps.iter().map(Gap::place).collect::<Vec<_>>(),
            [Some(Micros(1)), None]
        );
    }
}
