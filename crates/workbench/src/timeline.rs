//! The timeline: pages and counts over time.

use crate::api::{GapRow, Histogram, RecordId, Survey, TimelineFilter, TimelinePage, TimelineRow};
use crate::failure::Result;
use crate::notes;
use crate::query;
use crate::session::Session;
use crate::summary::{engine_word, word};
use evidence::Micros;
use std::collections::HashMap;
use std::sync::atomic::Ordering;
use store::{Bucket, Column, Filter, How, Key, Note, On, Position, Reader, Term};

/// The most rows of one page.
const MOST_ROWS: u32 = 2_000;

impl Session {
    /// Whether a query is understood: the mistake, where it is not.
    pub fn understand(&self, query: &str) -> Result<()> {
        query::parse(query).map(drop)
    }

    /// How many rows match. Where the filter asks for more than verdicts, all of them are gone
    /// through.
    pub fn matching(&self, filter: &TimelineFilter) -> Result<u64> {
        let wanted = engine_filter(filter)?;
        self.reading(|reader| Ok(reader.count(&wanted)?))
    }

    /// The number, among the rows that match, of the first one at or after a time.
    pub fn rank_at(&self, filter: &TimelineFilter, time: i64) -> Result<u64> {
        let wanted = engine_filter(filter)?;
        self.reading(|reader| Ok(reader.rank_of(&wanted, Key::at(Micros(time)))?))
    }

    /// A page of at most `limit` rows, from the row with number `first` among those that match. It
    /// does not wait for a count of them: its first rows may be at hand long before the last.
    pub fn timeline(
        &self,
        filter: &TimelineFilter,
        first: u64,
        limit: u32,
    ) -> Result<TimelinePage> {
        let wanted = engine_filter(filter)?;
        let limit = limit.min(MOST_ROWS);
        self.reading(|reader| {
            let total = reader.count(&Filter::default())?;
            let rows = reader.timeline(&wanted, Position::Rank(first), limit as usize)?;
            let mut out = Vec::with_capacity(rows.len());
            for row in &rows {
                let findings = reader.findings_of(row.record)?;
                out.push(view(
                    row,
                    findings
                        .iter()
                        .map(|finding| finding.code.as_str().to_owned())
                        .collect(),
                    reader.noted(row.record)?,
                ));
            }
            // Where they end, they have been counted.
            let ended = rows.len() < limit as usize && (first == 0 || !rows.is_empty());
            let matching = if ended {
                Some(first + rows.len() as u64)
            } else {
                reader.known_count(&wanted)?
            };
            Ok(TimelinePage {
                first,
                rows: out,
                matching,
                total,
                generation: reader.generation()?,
            })
        })
    }

    /// Gives every matching row in time's order to `each`, page by page, at most `limit` of them.
    pub fn each_row(
        &self,
        filter: &TimelineFilter,
        limit: Option<u64>,
        each: &mut dyn FnMut(&store::TimelineRow) -> Result<()>,
    ) -> Result<u64> {
        let wanted = engine_filter(filter)?;
        self.reading(|reader| {
            let mut from = Position::Rank(0);
            let mut given = 0;
            loop {
                let room = limit.map_or(u64::from(MOST_ROWS), |limit| {
                    (limit - given).min(MOST_ROWS.into())
                });
                let rows = if room == 0 {
                    Vec::new()
                } else {
                    reader.timeline(&wanted, from, room as usize)?
                };
                let Some(last) = rows.last() else {
                    return Ok(given);
                };
                from = Position::After(last.key);
                for row in &rows {
                    each(row)?;
                    given += 1;
                }
            }
        })
    }

    /// What is missing, as rows that stand between the records: in time's order, those without a
    /// place in time last.
    pub fn gaps(&self) -> Result<Vec<GapRow>> {
        self.reading(|reader| {
            let findings = reader.findings()?;
            let time_of = |stream: &str, seq: u64| {
                let record = reader.numbered(stream, seq).ok().flatten()?;
                reader.event(record).ok()?.time
            };
            let gaps = analysis::gaps::gaps(
                findings
                    .iter()
                    .map(|finding| (finding.code, &finding.place)),
                time_of,
            );
            Ok(gaps
                .into_iter()
                .map(|gap| GapRow {
                    code: gap.code.as_str().to_owned(),
                    place: gap.place().map(|time| time.0),
                    stream: gap.stream,
                    first_seq: gap.range.map(|(first, _, _)| first),
                    last_seq: gap.range.map(|(_, last, _)| last),
                    count: gap.range.map(|(_, _, count)| count),
                    after: gap.after.map(|time| time.0),
                    before: gap.before.map(|time| time.0),
                })
                .collect())
        })
    }

    /// Counts over time, in about `buckets` stretches of a power of two of microseconds.
    pub fn histogram(&self, filter: &TimelineFilter, buckets: u32) -> Result<Histogram> {
        let wanted = engine_filter(filter)?;
        self.reading(|reader| {
            let undated = reader.undated()?;
            let Some(scale) = Scale::of(reader, &wanted, buckets)? else {
                return Ok(Histogram::empty(undated));
            };
            Ok(scale.fill(&reader.histogram(&scale.filter, scale.level)?, undated))
        })
    }

    /// What a filter comes to: how many rows match, and their counts over time. In a large case
    /// that can take seconds; whoever asks for another survey meanwhile ends this one, which then
    /// fails as stopped.
    pub fn survey(&self, filter: &TimelineFilter, buckets: u32) -> Result<Survey> {
        let wanted = engine_filter(filter)?;
        let mine = self.surveys.fetch_add(1, Ordering::Relaxed) + 1;
        let is_last = || self.surveys.load(Ordering::Relaxed) == mine;
        self.reading(|reader| {
            let undated = reader.undated()?;
            let Some(scale) = Scale::of(reader, &wanted, buckets)? else {
                return Ok(Survey {
                    matching: reader.count(&wanted)?,
                    histogram: Histogram::empty(undated),
                });
            };
            let (matching, counted) = reader.survey(&wanted, scale.level, &is_last)?;
            Ok(Survey {
                matching,
                histogram: scale.fill(&counted, undated),
            })
        })
    }
}

/// The stretches of a histogram.
struct Scale {
    /// What is counted: the filter with both ends of its time.
    filter: Filter,
    start: i64,
    level: u32,
    buckets: i64,
}

impl Scale {
    /// None where nothing has a time.
    fn of(reader: &Reader, filter: &Filter, buckets: u32) -> Result<Option<Scale>> {
        let buckets = u64::from(buckets.clamp(1, 2_000));
        let files = reader.files()?;
        let earliest = files.iter().filter_map(|file| file.earliest).min();
        let latest = files.iter().filter_map(|file| file.latest).max();
        let from = filter.from.or(earliest);
        let until = filter
            .until
            .or(latest.map(|latest| Micros(latest.0.saturating_add(1))));
        let (Some(from), Some(until)) = (from, until) else {
            return Ok(None);
        };
        let span = until.0.saturating_sub(from.0).max(1) as u64;
        let level = span
            .div_ceil(buckets)
            .next_power_of_two()
            .trailing_zeros()
            .min(62);
        let start = from.0 >> level << level;
        Ok(Some(Scale {
            filter: Filter {
                from: Some(from),
                until: Some(until),
                ..filter.clone()
            },
            start,
            level,
            buckets: ((until.0 - 1).saturating_sub(start) / (1_i64 << level) + 1).max(1),
        }))
    }

    fn fill(&self, counted: &[Bucket], undated: u64) -> Histogram {
        let width = 1_i64 << self.level;
        let counted: HashMap<i64, [u64; 5]> = counted
            .iter()
            .map(|bucket| {
                let counts = bucket.counts;
                (
                    bucket.start.0,
                    [
                        counts.contradicted,
                        counts.unproven,
                        counts.intact,
                        counts.verified,
                        counts.unchecked,
                    ],
                )
            })
            .collect();
        let of = |index| counted.get(&(self.start + index * width));
        Histogram {
            start: self.start,
            width,
            buckets: (0..self.buckets)
                .map(|index| of(index).copied().unwrap_or_default())
                .collect(),
            undated,
        }
    }
}

impl Histogram {
    fn empty(undated: u64) -> Histogram {
        Histogram {
            start: 0,
            width: 1,
            buckets: Vec::new(),
            undated,
        }
    }
}

pub(crate) fn engine_filter(filter: &TimelineFilter) -> Result<Filter> {
    let mut parsed = query::parse(&filter.query)?;
    let mut verdicts: Vec<_> = filter
        .verdicts
        .iter()
        .map(|&word| engine_word(word))
        .collect();
    if !parsed.verdicts.is_empty() {
        verdicts = if verdicts.is_empty() {
            parsed.verdicts
        } else {
            verdicts
                .into_iter()
                .filter(|word| parsed.verdicts.contains(word))
                .collect()
        };
        if verdicts.is_empty() {
            // Two conditions that no row meets: a page without rows, not one with all. No number
            // lies from 1 to 0.
            parsed.terms.push(Term {
                on: On::Seq(1, 0),
                how: How::Is,
                text: String::new(),
                negated: false,
            });
        }
    }
    let from = filter.from.map(Micros).into_iter().chain(parsed.from).max();
    let until = filter
        .until
        .map(Micros)
        .into_iter()
        .chain(parsed.until)
        .min();
    Ok(Filter {
        verdicts,
        from,
        until,
        undated: false,
        terms: parsed.terms,
    })
}

fn view(row: &store::TimelineRow, findings: Vec<String>, note: Option<Note>) -> TimelineRow {
    let text = |column| row.get(column).map(str::to_owned);
    TimelineRow {
        id: RecordId {
            file: row.record.file.0,
            ordinal: row.record.ordinal.into(),
        },
        verdict: word(row.verdict),
        time: row.time.map(|time| time.0),
        digits: row.time.map_or(0, digits),
        kind: text(Column::Type).unwrap_or_default(),
        native_type: text(Column::NativeType),
        actor: text(Column::Actor),
        subject: text(Column::Subject),
        credential: text(Column::Credential),
        token: text(Column::Token),
        secret: text(Column::Secret),
        resource: text(Column::Resource),
        tool: text(Column::Tool),
        decision: text(Column::Decision),
        outcome: text(Column::Outcome),
        source_ip: text(Column::SourceIp),
        seq: row.seq,
        stream: row.stream.as_deref().map(str::to_owned),
        path: row.path.to_string(),
        findings,
        records: (row.records > 1).then_some(row.records),
        note: note.map(|note| notes::view(Some(note))),
    }
}

/// How many digits of the second's fraction there are to show.
fn digits(time: Micros) -> u8 {
    match time.0.rem_euclid(1_000_000) {
        0 => 0,
        fraction if fraction % 1_000 == 0 => 3,
        _ => 6,
    }
}
