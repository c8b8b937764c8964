//! The records that a report cites, and how they were found.

use super::Reporting;
use crate::Micros;
use crate::api::{TimelineFilter, Word};
use crate::failure::{Failure, Result};
use crate::session::Session;
use crate::timeline::engine_filter;
use evidence::FileId;
use report::model;
use std::collections::BTreeSet;
use store::RecordId;

/// A report cites no more records than these: more than anybody reads.
pub(super) const MOST_CITED: usize = 100_000;

/// What of the case is chosen.
pub(super) struct Chosen {
    pub records: BTreeSet<RecordId>,
    pub searches: Vec<model::Search>,
    pub from: Option<Micros>,
    pub until: Option<Micros>,
}

/// What a query matches.
pub(super) struct Matched {
    pub records: BTreeSet<RecordId>,
    pub events: u64,
    pub from: Option<Micros>,
    pub until: Option<Micros>,
}

impl Session {
    /// The records that are asked for, and how they were found.
    pub(super) fn choose(&self, asked: &Reporting) -> Result<Chosen> {
        let mut records = BTreeSet::new();
        let mut searches = Vec::new();
        let (mut from, mut until) = (Vec::new(), Vec::new());
        let total = self.matching(&TimelineFilter::default())?;
        let mut queries = asked.queries.clone();
        if queries.is_empty() && (!asked.verdicts.is_empty() || asked.cites.is_empty()) {
            queries.push(String::new());
        }
        for query in queries {
            let matched = self.matched(&query, &asked.verdicts, &mut |_| {})?;
            from.push(matched.from);
            until.push(matched.until);
            let before = records.len();
            records.extend(matched.records);
            let mut shown = query;
            for verdict in &asked.verdicts {
                let word = crate::summary::engine_word(*verdict);
                shown = format!("{shown} verdict:{word}").trim_start().to_owned();
            }
            searches.push(model::Search {
                query: Some(shown.into()),
                matched: matched.events,
                cited: (records.len() - before) as u64,
                total,
            });
        }
        if !asked.cites.is_empty() {
            let before = records.len();
            for name in &asked.cites {
                records.insert(self.named(name)?);
            }
            searches.push(model::Search {
                query: None,
                matched: asked.cites.len() as u64,
                cited: (records.len() - before) as u64,
                total,
            });
        }
        if records.len() > MOST_CITED {
            return Err(too_many());
        }
        // Where one search has no bound, the whole has none.
        let bound =
            |bounds: &[Option<Micros>]| -> Option<Vec<Micros>> { bounds.iter().copied().collect() };
        Ok(Chosen {
            records,
            searches,
            from: bound(&from).and_then(|all| all.into_iter().min()),
            until: bound(&until).and_then(|all| all.into_iter().max()),
        })
    }

    /// What a query matches, of these verdicts; each of its rows is shown to `each`, in time's order.
    pub(super) fn matched(
        &self,
        query: &str,
        verdicts: &[Word],
        each: &mut dyn FnMut(&store::TimelineRow),
    ) -> Result<Matched> {
        let filter = TimelineFilter {
            query: query.to_owned(),
            verdicts: verdicts.to_vec(),
            ..TimelineFilter::default()
        };
        let bounds = engine_filter(&filter)?;
        let mut leaders = Vec::new();
        let events = self.each_row(&filter, None, &mut |row| {
            leaders.push(row.record);
            each(row);
            if leaders.len() > MOST_CITED {
                return Err(too_many());
            }
            Ok(())
        })?;
        let mut records = BTreeSet::new();
        self.reading(|reader| {
            for leader in leaders {
                // An event seen several times is cited with all its records.
                records.extend(reader.parts_of(leader)?);
                records.insert(leader);
            }
            Ok(())
        })?;
        Ok(Matched {
            records,
            events,
            from: bounds.from,
            until: bounds.until,
        })
    }

    /// The record of this name.
    pub(super) fn named(&self, name: &str) -> Result<RecordId> {
        let id = self.find_record(name)?;
        Ok(RecordId {
            file: FileId(id.file),
            ordinal: u32::try_from(id.ordinal).unwrap_or(u32::MAX),
        })
    }
}

pub(super) fn too_many() -> Failure {
    Failure::request(
        "too-many-records",
        format!("More than {MOST_CITED} records would be cited."),
        "Narrow the query, or give --cite for the records that matter.",
    )
}
