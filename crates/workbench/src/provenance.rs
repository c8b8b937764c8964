//! Under which conditions an act was done.

use crate::api::{ProvenanceLine, ProvenanceView, RecordId};
use crate::case_log::{CaseLog, event_of, record_of};
use crate::failure::{Failure, Result};
use crate::findings::event_row;
use crate::session::Session;
use crate::summary::word;
use analysis::Act;
use analysis::provenance::{self, Details};
use analysis::rules::{Limits, Row};
use evidence::FileId;
use store::{Reader, StoreError};

impl Session {
    /// The card of the act that a record tells of.
    pub fn provenance(&self, id: RecordId) -> Result<ProvenanceView> {
        let unknown = || {
            Failure::request(
                "no-such-event",
                format!("No event is led by E{}:{}.", id.file, id.ordinal),
                "`exhibit timeline` lists the events; a later record of an event is none of its own.",
            )
        };
        let ordinal = u32::try_from(id.ordinal).map_err(|_| unknown())?;
        let event = event_of(store::RecordId {
            file: FileId(id.file),
            ordinal,
        });
        let depth = self.desk.limits.json_depth;
        self.reading(|reader| {
            let log = CaseLog::new(reader)?;
            let mut tell = |act: &Act| details(reader, act, depth);
            let card = provenance::card(&log, event, &Limits::default(), &mut tell)?;
            let card = card.ok_or_else(unknown)?;
            let row = |event, time, verdict, part| {
                event_row(&Row {
                    event,
                    time,
                    part,
                    verdict,
                })
            };
            Ok(ProvenanceView {
                event: row(card.act.event, card.act.time, card.act.verdict, "act"),
                kind: card.act.kind.as_str().to_owned(),
                answer: card.answer.as_str().to_owned(),
                reasons: card.reasons,
                verdict: word(card.verdict),
                lines: card
                    .lines
                    .into_iter()
                    .map(|line| ProvenanceLine {
                        about: line.about.as_str().to_owned(),
                        said: line.said,
                        cites: line
                            .cites
                            .map(|(event, time, verdict)| row(event, time, verdict, "shows it")),
                    })
                    .collect(),
            })
        })
    }
}

/// What the record that leads an event says besides its columns.
pub(crate) fn details(
    reader: &Reader,
    act: &Act,
    depth: usize,
) -> std::result::Result<Details, StoreError> {
    let Some(record) = record_of(act.event) else {
        return Ok(Details::default());
    };
    let bytes = reader.record(record)?;
    Ok(provenance::details(&bytes, act.format, depth))
}
