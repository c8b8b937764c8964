//! What was found: what is wrong with the evidence, apart from what the evidence says was done.

use crate::api::{
    CaseFinding, EventRow, FindingView, FindingsRequest, FindingsView, LimitView, MappingView,
    NotAssessable, RecordId, RuleView, SigmaView, SubjectView, TimelineFilter,
};
use crate::assess;
use crate::case_log::{CaseLog, record_of};
use crate::coverage::coverage;
use crate::failure::{Failure, Result};
use crate::provenance::details;
use crate::session::Session;
use crate::summary::{finding_view, word};
use crate::timeline::engine_filter;
use analysis::mapping::{AGENTIC_VERSION, ATTACK_VERSION, Entry, Mapping, NHI_VERSION};
use analysis::rules::{self, Assessed, Finding, Limit, LimitError, Limits, Question, Row};
use analysis::{Act, ActKind, EventId};
use evidence::{Code, Digest, Micros};
use std::collections::HashSet;
use store::{Filter, Position, Reader, StoredFinding};

/// The rules in words, in the order in which they are told.
pub fn rules() -> Vec<RuleView> {
    rules::TEXTS
        .iter()
        .map(|text| RuleView {
            code: text.code.to_owned(),
            title: text.title.to_owned(),
            about: text.about.to_owned(),
            strength: text.strength.as_str().to_owned(),
            mapping: mapping(&text.mapping),
            limits: text.limits.iter().map(|it| it.name().to_owned()).collect(),
        })
        .collect()
}

/// Classes that may be asked for.
const CLASSES: [&str; 3] = ["integrity", "behaviour", "sigma"];

impl Session {
    /// What was found, as asked for. `sigma` is what Sigma rules said, kept apart.
    pub fn findings(
        &self,
        request: &FindingsRequest,
        sigma: Option<SigmaView>,
    ) -> Result<FindingsView> {
        let limits = limits(&request.limits)?;
        known_words(request)?;
        let filter = engine_filter(&TimelineFilter {
            query: request.query.clone(),
            ..TimelineFilter::default()
        })?;
        let summary = self.summary()?;
        let depth = self.desk.limits.json_depth;
        self.reading(|reader| {
            let (files, stored) = (reader.files()?, reader.findings()?);
            let picked = Picked::of(reader, &filter)?;
            let question = Question {
                limits: limits.clone(),
                moment: filter.from,
                unsigned: stored.iter().filter_map(unsigned).collect(),
            };
            let asked = format!("rules {:?} {:?}", question.limits, question.moment);
            let assessed = self.answer(asked, "", || {
                let (log, covered) = (CaseLog::new(reader)?, coverage(reader)?);
                let ran = rules::run(&log, &covered, &question, &mut |act: &Act| {
                    if act.kind != ActKind::ApprovalDecide {
                        return Ok(None);
                    }
                    Ok(details(reader, act, depth)?.approval)
                });
                Ok(ran?)
            })?;
            let mut out = Vec::new();
            let mut left_out = 0;
            let wants = |class: &str, code: &str, strength: Option<&str>| {
                let any = |list: &[String], word: &str| {
                    list.is_empty() || list.iter().any(|wanted| wanted == word)
                };
                any(&request.classes, class)
                    && any(&request.codes, code)
                    && request
                        .strength
                        .as_deref()
                        .is_none_or(|wanted| strength == Some(wanted))
            };
            let mut integrity: Vec<&StoredFinding> = stored.iter().collect();
            integrity
                .sort_by_key(|finding| finding.verdict.map_or(u8::MAX, |verdict| verdict as u8));
            for finding in integrity {
                if wants("integrity", finding.code.as_str(), None) && picked.has(finding) {
                    out.push(integrity_view(finding, &files));
                } else {
                    left_out += 1;
                }
            }
            let mut behaviour: Vec<&Finding> =
                assessed.iter().flat_map(|it| &it.findings).collect();
            behaviour.sort_by_key(|finding| finding.strength);
            for finding in behaviour {
                let strength = finding.strength.as_str();
                let wanted = wants("behaviour", finding.code, Some(strength));
                if wanted && picked.has_any(finding) {
                    out.push(behaviour_view(finding, &assessed));
                } else {
                    left_out += 1;
                }
            }
            let assessed_apart = assess::attach(reader, &mut out)?;
            Ok(FindingsView {
                assessed_apart,
                case: summary.case,
                verdict: summary.verdict,
                query: request.query.clone(),
                findings: out,
                not_assessable: assessed
                    .iter()
                    .filter(|it| wants("behaviour", it.text.code, Some(it.text.strength.as_str())))
                    .filter_map(|it| {
                        Some(NotAssessable {
                            code: it.text.code.to_owned(),
                            reason: it.unassessable.clone()?,
                            partly: !it.findings.is_empty(),
                        })
                    })
                    .collect(),
                limits: Limit::ALL
                    .iter()
                    .map(|&limit| LimitView {
                        name: limit.name().to_owned(),
                        value: limits.show(limit),
                        default: Limits::default().show(limit),
                        about: limit.about().to_owned(),
                    })
                    .collect(),
                mapped_to: [NHI_VERSION, AGENTIC_VERSION, ATTACK_VERSION]
                    .map(str::to_owned)
                    .to_vec(),
                left_out,
                sigma,
            })
        })
    }
}

fn known_words(request: &FindingsRequest) -> Result<()> {
    let codes: Vec<&str> = Code::ALL
        .iter()
        .map(|code| code.as_str())
        .chain(rules::TEXTS.iter().map(|text| text.code))
        .collect();
    for (words, known, what) in [
        (&request.classes, &CLASSES[..], "class"),
        (&request.codes, &codes[..], "code"),
    ] {
        if let Some(unknown) = words.iter().find(|word| !known.contains(&word.as_str())) {
            return Err(Failure::request(
                "findings-filter",
                format!("There is no {what} {unknown:?}."),
                match what {
                    "class" => format!("Classes are {}.", known.join(", ")),
                    _ => "`exhibit findings --rules` lists the codes of behaviour; docs/contract.md those of integrity.".into(),
                },
            ));
        }
    }
    match request.strength.as_deref() {
        None | Some("proof" | "indicator") => Ok(()),
        Some(other) => Err(Failure::request(
            "findings-filter",
            format!("There is no strength {other:?}."),
            "Strengths are proof and indicator.",
        )),
    }
}

/// The limits, with those set that are asked for as `NAME=VALUE`.
fn limits(texts: &[String]) -> Result<Limits> {
    let mut limits = Limits::default();
    for text in texts {
        let wrong = |what: String| {
            let known: Vec<String> = Limit::ALL
                .iter()
                .map(|&limit| format!("{}={}", limit.name(), Limits::default().show(limit)))
                .collect();
            Failure::request(
                "limit",
                what,
                format!("Limits and their defaults: {}.", known.join(", ")),
            )
        };
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| wrong(format!("{text:?} is not NAME=VALUE.")))?;
        limits.set_text(name, value).map_err(|error| {
            wrong(match error {
                LimitError::NoSuchLimit(name) => format!("There is no limit {name:?}."),
                LimitError::NoSuchValue(limit, value) => format!(
                    "{value:?} is no value of {}: write {}.",
                    limit.name(),
                    match limit.unit() {
                        rules::Unit::Time => "a time as 90s, 15m, 36h or 30d",
                        rules::Unit::Count => "a whole number",
                    }
                ),
            })
        })?;
    }
    Ok(limits)
}

/// The event whose own signature a finding says is missing or wrong.
fn unsigned(finding: &StoredFinding) -> Option<EventId> {
    let of_record = matches!(
        finding.code,
        Code::SignatureMissing | Code::SignatureInvalid
    );
    let (file, ordinal) = (finding.place.file?, finding.place.ordinal?);
    let ordinal = u32::try_from(ordinal).ok()?;
    of_record.then(|| crate::case_log::event_of(store::RecordId { file, ordinal }))
}

/// Which records a query picks.
struct Picked {
    from: Option<Micros>,
    until: Option<Micros>,
    /// `None`: the query bounds time alone.
    records: Option<HashSet<i64>>,
}

impl Picked {
    fn of(reader: &Reader, filter: &Filter) -> Result<Picked> {
        let by_time_alone = filter.terms.is_empty() && filter.verdicts.is_empty();
        let mut records = HashSet::new();
        let mut from = Position::Rank(0);
        if !by_time_alone {
            loop {
                let rows = reader.timeline(filter, from, 2_000)?;
                let Some(last) = rows.last() else { break };
                from = Position::After(last.key);
                records.extend(rows.iter().map(|row| row.record.number()));
            }
        }
        Ok(Picked {
            from: filter.from,
            until: filter.until,
            records: (!by_time_alone).then_some(records),
        })
    }

    /// Whether an integrity finding is at a record that is picked. Where the query bounds time alone,
    /// what has no record stays: nothing says that it lies outside.
    fn has(&self, finding: &StoredFinding) -> bool {
        let Some(records) = &self.records else {
            return true;
        };
        let place = &finding.place;
        let record = place.file.zip(place.ordinal).and_then(|(file, ordinal)| {
            let ordinal = u32::try_from(ordinal).ok()?;
            Some(store::RecordId { file, ordinal }.number())
        });
        record.is_some_and(|record| records.contains(&record))
    }

    /// Whether a behaviour finding lies in the time, and one of its rows is picked.
    fn has_any(&self, finding: &Finding) -> bool {
        let begins = self
            .until
            .is_none_or(|until| finding.first.is_some_and(|it| it < until));
        let ends = self
            .from
            .is_none_or(|from| finding.last.is_some_and(|it| it >= from));
        let picked = self.records.as_ref().is_none_or(|records| {
            finding
                .rows
                .iter()
                .filter_map(|row| record_of(row.event))
                .any(|record| records.contains(&record.number()))
        });
        begins && ends && picked
    }
}

fn integrity_view(finding: &StoredFinding, files: &[store::CaseFile]) -> CaseFinding {
    let view = finding_view(finding, files);
    CaseFinding {
        key: integrity_key(&view),
        assessed: None,
        code: view.code,
        class: view.class,
        strength: None,
        verdict: view.verdict,
        message: view.message,
        subject: None,
        events: Vec::new(),
        count: view.count,
        first: view.from,
        last: view.until,
        coverage: Vec::new(),
        mapping: None,
        stream: view.stream,
        seq: view.seq,
        source: view.source,
    }
}

/// The key of a finding about the evidence.
pub(crate) fn integrity_key(view: &FindingView) -> String {
    let number = |number: Option<u64>| number.map(|number| number.to_string());
    key(&[
        Some(view.code.clone()),
        view.stream.clone(),
        number(view.import.map(u64::from)),
        number(view.seq.or(view.first_seq)),
        view.source.clone(),
        number(view.ordinal),
        number(view.offset),
        view.from.clone(),
    ])
}

fn behaviour_view(finding: &Finding, assessed: &[Assessed]) -> CaseFinding {
    let text = assessed.iter().find(|it| it.text.code == finding.code);
    let first = finding.first.map(|time| time.to_string());
    CaseFinding {
        key: key(&[
            Some(finding.code.to_owned()),
            Some(finding.subject.0.as_str().to_owned()),
            Some(finding.subject.1.clone()),
            first.clone(),
        ]),
        assessed: None,
        code: finding.code.to_owned(),
        class: "behaviour".to_owned(),
        strength: Some(finding.strength.as_str().to_owned()),
        verdict: None,
        message: finding.message.clone(),
        subject: Some(SubjectView {
            kind: finding.subject.0.as_str().to_owned(),
            id: finding.subject.1.clone(),
        }),
        events: finding.rows.iter().map(event_row).collect(),
        count: Some(finding.count),
        first,
        last: finding.last.map(|time| time.to_string()),
        coverage: finding.coverage.clone(),
        mapping: text.map(|it| mapping(&it.text.mapping)),
        stream: None,
        seq: None,
        source: None,
    }
}

/// Of what says where a finding is and what it is about, and not of its words and counts, which more
/// evidence changes.
fn key(parts: &[Option<String>]) -> String {
    let text = serde_json::json!(parts).to_string();
    let mut digest = Digest::of(text.as_bytes()).to_string();
    digest.truncate(16);
    digest
}

pub(crate) fn event_row(row: &Row) -> EventRow {
    let (file, ordinal) = ((row.event.0 >> 32) as u32, u64::from(row.event.0 as u32));
    EventRow {
        event: format!("E{file}:{ordinal}"),
        id: RecordId { file, ordinal },
        time: row.time.map(|time| time.to_string()),
        part: row.part.to_owned(),
        verdict: word(row.verdict),
    }
}

fn mapping(mapping: &Mapping) -> MappingView {
    let texts = |entries: &[Entry]| {
        entries
            .iter()
            .map(|entry| format!("{} {}", entry.id, entry.name))
            .collect()
    };
    MappingView {
        nhi: texts(mapping.nhi),
        agentic: texts(mapping.agentic),
        attack: texts(mapping.attack),
    }
}
