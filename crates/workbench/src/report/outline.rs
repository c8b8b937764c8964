//! What a report would hold, before it is written: so that whoever puts it together sees it.

use super::asked::{read, wrong};
use super::choose::{MOST_CITED, too_many};
use crate::api::{CitedRow, RecordCounts, RecordId as Id, ReportAsked, ReportOutline, Word};
use crate::failure::{Fault, Result};
use crate::session::Session;
use crate::summary::word;
use evidence::FileId;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{Column, RecordId, TimelineRow};

/// So many of the events are shown.
const MOST_ROWS: usize = 500;

impl Session {
    /// What a report would hold, and what of the form is wrong. A failure of the machine is one here
    /// too; a mistake in the form is not.
    pub fn report_outline(&self, asked: &ReportAsked) -> Result<ReportOutline> {
        let mut out = ReportOutline::default();
        let reporting = read(asked, &mut |field, entry, failure| {
            out.wrong.push(wrong(field, entry, &failure));
        });
        let mut records = BTreeSet::new();
        let mut events = Events::default();
        for (entry, query) in reporting.queries.iter().enumerate() {
            let matched = self.matched(query, &reporting.verdicts, &mut |row| events.take(row));
            let matched = self.told(matched, ("queries", entry), &mut out)?;
            out.searches
                .push(matched.as_ref().map_or(0, |it| it.events));
            records.extend(matched.into_iter().flat_map(|it| it.records));
        }
        for (entry, name) in asked.cites.iter().enumerate() {
            if name.trim().is_empty() {
                continue;
            }
            let named = self.named(name.trim());
            if let Some(record) = self.told(named, ("cites", entry), &mut out)?
                && records.insert(record)
            {
                events.take(&self.reading(|reader| Ok(reader.event(record)?))?);
            }
        }
        if records.len() > MOST_CITED && out.wrong.iter().all(|one| one.field != "queries") {
            out.wrong.push(wrong("queries", 0, &too_many()));
        }
        let mut held: HashMap<Id, &str> = HashMap::new();
        for (entry, one) in reporting.withhold.iter().enumerate() {
            let can = self.held_of(one, &records);
            if let Some((record, member)) = self.told(can, ("withhold", entry), &mut out)? {
                let how = if member.is_some() { "part" } else { "whole" };
                let known = held.entry(id(record)).or_insert(how);
                if how == "whole" {
                    *known = how;
                }
            }
        }
        out.records = records.len() as u64;
        out.events = events.seen.len() as u64;
        out.counts = events.counts;
        out.rows = events.first.into_values().collect();
        self.reading(|reader| {
            for row in &mut out.rows {
                let leader = RecordId {
                    file: FileId(row.id.file),
                    ordinal: u32::try_from(row.id.ordinal).unwrap_or(u32::MAX),
                };
                let parts = reader.parts_of(leader)?.into_iter();
                let others = parts.filter(|part| *part != leader);
                row.also = others.map(event).collect();
            }
            Ok(())
        })?;
        for row in &mut out.rows {
            row.held = held.get(&row.id).map(|how| (*how).to_owned());
        }
        Ok(out)
    }

    /// What came of it; a mistake of the request is noted at its field.
    fn told<T>(
        &self,
        came: Result<T>,
        (field, entry): (&str, usize),
        out: &mut ReportOutline,
    ) -> Result<Option<T>> {
        match came {
            Ok(it) => Ok(Some(it)),
            Err(failure) if failure.fault == Fault::Request => {
                out.wrong.push(wrong(field, entry, &failure));
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }
}

/// The events that are cited, each once.
#[derive(Default)]
struct Events {
    seen: BTreeSet<RecordId>,
    counts: RecordCounts,
    /// The first in time's order.
    first: BTreeMap<store::Key, CitedRow>,
}

impl Events {
    fn take(&mut self, row: &TimelineRow) {
        if !self.seen.insert(row.record) {
            return;
        }
        let verdict = word(row.verdict);
        self.counts.total += 1;
        *match verdict {
            Word::Contradicted => &mut self.counts.contradicted,
            Word::Unproven => &mut self.counts.unproven,
            Word::Intact => &mut self.counts.intact,
            Word::Verified => &mut self.counts.verified,
            Word::Unchecked => &mut self.counts.unchecked,
        } += 1;
        let last = self.first.last_key_value().map(|(key, _)| *key);
        if self.first.len() >= MOST_ROWS && last.is_some_and(|last| last < row.key) {
            return;
        }
        let text = |column| row.get(column).map(str::to_owned);
        self.first.insert(
            row.key,
            CitedRow {
                id: id(row.record),
                event: event(row.record),
                time: row.time.map(|time| time.0),
                verdict,
                kind: text(Column::Type).unwrap_or_default(),
                actor: text(Column::Actor),
                also: Vec::new(),
                held: None,
            },
        );
        if self.first.len() > MOST_ROWS {
            self.first.pop_last();
        }
    }
}

fn event(record: RecordId) -> String {
    format!("E{}:{}", record.file.0, record.ordinal)
}

fn id(record: RecordId) -> Id {
    Id {
        file: record.file.0,
        ordinal: record.ordinal.into(),
    }
}
