//! What a report no longer tells, because it holds a record back: of the record itself, and of what was
//! rebuilt from it.

use super::withhold::{BLACKED_OUT, Held, LEFT_OUT};
use crate::case_log::event_of;
use crate::failure::Result;
use crate::record::TEXTS;
use analysis::EventId;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use evidence::batch::ReadBatch;
use report::extract::Cited;
use report::model::Report;
use std::collections::{BTreeMap, BTreeSet};
use store::Reader;

/// The events whose leading record is left out.
pub(super) fn events_left_out(reader: &Reader, held: &Held) -> Result<BTreeSet<EventId>> {
    let whole = held.iter().filter(|(_, held)| held.members.is_empty());
    whole
        .map(|(record, _)| Ok(event_of(reader.leader_of(*record)?)))
        .collect()
}

pub(super) fn leave_out(one: &mut Cited) {
    one.raw.clear();
    one.time = None;
    one.fields = BTreeMap::from([("type".to_owned(), LEFT_OUT.into())]);
    one.reason = "Left out of this report.".into();
}

/// What the record says is read anew from what is still shown of it.
pub(super) fn black_out(one: &mut Cited, shown: &[u8], read: ReadBatch, hidden: &[String]) {
    one.raw = STANDARD.encode(shown);
    let event = read.events.iter().next();
    let again = |name: &str| {
        let (_, column) = TEXTS.iter().find(|(known, _)| *known == name)?;
        event.as_ref()?.get(column.field()).map(str::to_owned)
    };
    for (name, text) in &mut one.fields {
        if name != "records" {
            *text = again(name).unwrap_or_else(|| BLACKED_OUT.to_owned()).into();
        }
    }
    one.time = event
        .as_ref()
        .and_then(|event| event.time())
        .map(|time| time.to_string());
    let mut reason = one.reason.as_str().to_owned();
    for text in hidden {
        reason = reason.replace(text.as_str(), BLACKED_OUT);
    }
    one.reason = reason.into();
}

/// Takes out of what was rebuilt whatever names an event that is left out, and says how much.
pub(super) fn untell(
    report: &mut Report,
    cited: &[Cited],
    events: &BTreeSet<String>,
) -> Option<String> {
    if events.is_empty() {
        return None;
    }
    let names = |named: &[String]| named.iter().any(|event| events.contains(event));
    let is = |event: &Option<String>| event.as_ref().is_some_and(|event| events.contains(event));
    let behaviour = report.behaviour.len();
    let mut assessed = 0;
    report.behaviour.retain(|one| {
        let named = names(&one.events);
        assessed += u64::from(named && one.assessed.is_some());
        !named
    });
    let behaviour = behaviour - report.behaviour.len();
    let lineage = report.lineage.len();
    report
        .lineage
        .retain(|one| !is(&one.minted) && !is(&one.revoked));
    let lineage = lineage - report.lineage.len();
    let mut told = BTreeSet::new();
    let mut reached = 0;
    for reach in &mut report.reach {
        let before = reach.reached.len();
        reach.reached.retain(|one| !names(&one.path));
        reached += before - reach.reached.len();
        told.extend(reach.reached.iter().map(|one| one.id.clone()));
        told.insert(reach.from.clone());
    }
    let affected = &mut report.affected;
    affected.revoke.retain(|one| told.contains(&one.id));
    affected.rotate.retain(|one| told.contains(&one.id));
    let left_out = cited.iter().filter(|one| {
        let members = one.withheld.as_ref().map(|withheld| &withheld.members);
        members.is_some_and(Vec::is_empty)
    });
    let places: BTreeSet<(&str, u64)> = left_out
        .map(|one| (one.path.as_str(), one.offset))
        .collect();
    for finding in &mut report.integrity {
        let source = finding.source.as_ref().map(|source| source.as_str());
        if let (Some(source), Some(offset)) = (source, finding.offset)
            && places.contains(&(source, offset))
        {
            finding.message = "What it says is left out with its record.".into();
            assessed += u64::from(finding.assessed.take().is_some());
        }
    }
    // Nothing says which events a finding rested on that is found no more.
    assessed += report.formerly.len() as u64;
    report.formerly.clear();
    Some(format!(
        "The graph was drawn without the records that are left out. Not told because they name one: findings of conduct {behaviour}, credentials of a lineage {lineage}, things reached {reached}, assessments of findings {assessed}. The custody log is told whole, with what was noted there."
    ))
}
