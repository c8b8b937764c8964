//! What the views of reconstruction share: ids that were asked for, events, times.

use crate::case_log::{CaseLog, event_of};
use crate::failure::{Failure, Result};
use crate::session::Session;
use crate::timeline::engine_filter;
use analysis::names::{Found, Names, Said, Sort, find};
use analysis::{EventId, Name};
use evidence::{Micros, time};
use std::collections::{BTreeSet, HashSet};
use store::{Column, Filter, How, On, Position, Reader, Term};

/// The columns whose texts are ids.
const IDS: [Column; 8] = [
    Column::Credential,
    Column::Token,
    Column::TokenParent,
    Column::Actor,
    Column::Subject,
    Column::Secret,
    Column::Tool,
    Column::Resource,
];

/// How many names a hint has.
const MOST_HINTS: usize = 5;

impl Session {
    /// Does something with the names of the case, as records and the analyst tell them.
    pub(crate) fn following<T>(
        &self,
        act: impl FnOnce(&mut Names<'_, CaseLog<'_>>, &Reader) -> Result<T>,
    ) -> Result<T> {
        self.reading(|reader| {
            let said: Vec<Said> = reader
                .merges()?
                .into_iter()
                .map(|merge| Said {
                    one: merge.one,
                    other: merge.other,
                    same: merge.same,
                })
                .collect();
            let log = CaseLog::new(reader)?;
            let mut names = Names::new(&log, &said)?;
            act(&mut names, reader)
        })
    }
}

/// What an id stands for. What stands for several things or for nothing is a mistake in the request.
pub(crate) fn found(
    names: &mut Names<'_, CaseLog<'_>>,
    reader: &Reader,
    text: &str,
    sorts: &[Sort],
) -> Result<(Sort, Name)> {
    match find(names, text, sorts)? {
        Found::One(sort, name) => Ok((sort, name)),
        Found::Several(several) => {
            let told: Vec<String> = several
                .iter()
                .take(MOST_HINTS)
                .map(|(sort, text)| format!("{text} ({})", sort.as_str()))
                .collect();
            let more = several.len().saturating_sub(MOST_HINTS);
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            Err(Failure::request(
                "ambiguous-id",
                format!("Several things in this case are called {text}."),
                format!("Ask for one of them: {}{more}.", told.join(", ")),
            ))
        }
        Found::Nothing => {
            let other = find(names, text, &Sort::ALL)?;
            if let Found::One(sort, name) = other {
                let shown = names.text(name)?;
                let wanted = match sorts {
                    [Sort::Credential] => "credential",
                    _ => "thing",
                };
                let article = if sort == Sort::Identity { "an" } else { "a" };
                return Err(Failure::request(
                    "not-a-credential",
                    format!(
                        "{shown} is no {wanted} in this case: it is {article} {}.",
                        sort.as_str()
                    ),
                    format!("`exhibit reach CASE --from '{shown}'` follows it."),
                ));
            }
            Err(Failure::request(
                "no-such-id",
                format!("Nothing in this case is called {text}."),
                hint(reader, text)?,
            ))
        }
    }
}

/// Ids that hold the text, or its beginning or its end.
fn hint(reader: &Reader, text: &str) -> Result<String> {
    const NOTHING: &str = "`exhibit timeline CASE WORD` looks for a word in all fields.";
    let letters: Vec<char> = text.chars().collect();
    let part = letters.len() * 2 / 3;
    let begin: String = letters[..part].iter().collect();
    let end: String = letters[letters.len() - part..].iter().collect();
    for part in [text, &begin, &end] {
        if part.chars().count() < 3 {
            continue;
        }
        let filter = Filter {
            terms: vec![Term {
                on: On::Any,
                how: How::Contains,
                text: part.to_owned(),
                negated: false,
            }],
            ..Filter::default()
        };
        let mut near = BTreeSet::new();
        for row in reader.timeline(&filter, Position::Rank(0), 100)? {
            for column in IDS {
                near.extend(
                    row.get(column)
                        .filter(|id| holds(id, part))
                        .map(str::to_owned),
                );
            }
        }
        if !near.is_empty() {
            let near: Vec<String> = near.into_iter().take(MOST_HINTS).collect();
            return Ok(format!("Near it are: {}.", near.join(", ")));
        }
    }
    Ok(NOTHING.into())
}

fn holds(id: &str, part: &str) -> bool {
    id.to_lowercase().contains(&part.to_lowercase())
}

/// The events that a query picks; all where it says nothing.
pub(crate) fn picked(reader: &Reader, query: &str) -> Result<Option<HashSet<EventId>>> {
    if query.trim().is_empty() {
        return Ok(None);
    }
    const PAGE: usize = 2_000;
    let filter = engine_filter(&crate::api::TimelineFilter {
        query: query.to_owned(),
        ..Default::default()
    })?;
    let mut picked = HashSet::new();
    let mut from = Position::Rank(0);
    loop {
        let rows = reader.timeline(&filter, from, PAGE)?;
        let Some(last) = rows.last() else {
            return Ok(Some(picked));
        };
        from = Position::After(last.key);
        picked.extend(rows.iter().map(|row| event_of(row.record)));
    }
}

/// An event as people name it: `E2:907`.
pub(crate) fn event_text(EventId(number): EventId) -> String {
    format!("E{}:{}", number >> 32, number & 0xffff_ffff)
}

/// An event by that name.
pub(crate) fn event_named(text: &str) -> Option<EventId> {
    let (file, ordinal) = text.strip_prefix('E')?.split_once(':')?;
    let (file, ordinal): (u32, u32) = (file.parse().ok()?, ordinal.parse().ok()?);
    Some(EventId(u64::from(file) << 32 | u64::from(ordinal)))
}

/// RFC 3339 in UTC, always with six digits: such texts sort as their times do.
pub(crate) fn iso(time: Micros) -> String {
    let text = time.to_string();
    match text.strip_suffix('Z') {
        Some(whole) if time.0.rem_euclid(1_000_000) == 0 => format!("{whole}.000000Z"),
        _ => text,
    }
}

/// The moment that a time of these views says.
pub fn time_of(text: &str) -> Option<Micros> {
    time::rfc3339(text)
}

/// A time that was asked for.
pub(crate) fn asked_time(text: &str) -> Result<Micros> {
    time::rfc3339(text).ok_or_else(|| {
        Failure::request(
            "time",
            format!("{text:?} is not a time."),
            "Write it as 2026-06-12T02:11:46Z, with its zone.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_named_as_the_timeline_names_them() {
        for text in ["E2:907", "E1:0", "E4294967295:4294967295"] {
            assert_eq!(event_named(text).map(event_text).as_deref(), Some(text));
        }
        for text in ["", "E", "E1", "E1:", "1:2", "E-1:2", "E1:4294967296"] {
            assert_eq!(event_named(text), None, "{text}");
        }
    }

    #[test]
    fn times_sort_as_their_texts() {
        let times = [-1, 0, 1, 999_999, 1_000_000, 1_500_000, 2_000_000].map(Micros);
        assert!(times.map(iso).is_sorted());
        assert_eq!(iso(Micros(1_000_000)), "1970-01-01T00:00:01.000000Z");
    }
}
