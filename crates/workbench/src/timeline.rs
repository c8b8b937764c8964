//! The timeline: pages and counts over time.

use crate::api::{GapRow, Histogram, RecordId, TimelineFilter, TimelinePage, TimelineRow};
use crate::failure::Result;
use crate::query;
use crate::session::Session;
use crate::summary::{engine_word, word};
use evidence::Micros;
use std::collections::HashMap;
use store::{Column, Filter, How, On, Position, Term};

/// The most rows of one page.
const MOST_ROWS: u32 = 2_000;

impl Session {
    /// A page of at most `limit` rows, from the row with number `first` among those that match.
    pub fn timeline(
        &self,
        filter: &TimelineFilter,
        first: u64,
        limit: u32,
    ) -> Result<TimelinePage> {
        let wanted = engine_filter(filter)?;
        self.reading(|reader| {
            let matching = reader.count(&wanted)?;
            let total = reader.count(&Filter::default())?;
            let rows = reader.timeline(
                &wanted,
                Position::Rank(first),
                limit.min(MOST_ROWS) as usize,
            )?;
            let mut out = Vec::with_capacity(rows.len());
            for row in &rows {
                let findings = reader.findings_of(row.record)?;
                out.push(view(
                    row,
                    findings
                        .iter()
                        .map(|finding| finding.code.as_str().to_owned())
                        .collect(),
                ));
            }
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
        let mut wanted = engine_filter(filter)?;
        let buckets = u64::from(buckets.clamp(1, 2_000));
        self.reading(|reader| {
            let files = reader.files()?;
            let earliest = files.iter().filter_map(|file| file.earliest).min();
            let latest = files.iter().filter_map(|file| file.latest).max();
            let undated = reader.undated()?;
            let from = wanted.from.or(earliest);
            let until = wanted
                .until
                .or(latest.map(|latest| Micros(latest.0.saturating_add(1))));
            let (Some(from), Some(until)) = (from, until) else {
                return Ok(Histogram {
                    start: 0,
                    width: 1,
                    buckets: Vec::new(),
                    undated,
                });
            };
            let span = until.0.saturating_sub(from.0).max(1) as u64;
            let level = span
                .div_ceil(buckets)
                .next_power_of_two()
                .trailing_zeros()
                .min(62);
            wanted.from = Some(from);
            wanted.until = Some(until);
            let width = 1_i64 << level;
            let start = from.0 >> level << level;
            let counted: HashMap<i64, [u64; 5]> = reader
                .histogram(&wanted, level)?
                .into_iter()
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
            let count = ((until.0 - 1).saturating_sub(start) / width + 1).max(1);
            let buckets = (0..count)
                .map(|index| {
                    counted
                        .get(&(start + index * width))
                        .copied()
                        .unwrap_or_default()
                })
                .collect();
            Ok(Histogram {
                start,
                width,
                buckets,
                undated,
            })
        })
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

fn view(row: &store::TimelineRow, findings: Vec<String>) -> TimelineRow {
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
