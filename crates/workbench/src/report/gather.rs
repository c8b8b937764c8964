//! Gathers what a report says from a case.

use super::assessed::Said;
use super::choose::Chosen;
use super::cite::Gathered;
use super::untold::{events_left_out, untell};
use super::withhold::{self, mask, refuse_leaks};
use super::{Reporting, convert, paragraphs, unwritten};
use crate::GraphQuestion;
use crate::api::{AssessmentView, FindingsRequest, LineageView, ReachView, Summary};
use crate::coverage;
use crate::failure::Result;
use crate::findings::integrity_key;
use crate::follow::event_text;
use crate::progress::Progress;
use crate::reach::ReachQuestion;
use crate::session::Session;
use analysis::EventId;
use evidence::FileId;
use report::extract::{Cited, Material};
use report::model::{self, Report};
use report::packet;
use report::render::Files;
use std::collections::{BTreeMap, BTreeSet};
use store::{Reader, RecordId};

/// Nodes of the graph before they are grouped: what a page shows legibly.
const MOST_NODES: usize = 40;

impl Session {
    pub(super) fn gather_report(
        &self,
        asked: &Reporting,
        progress: &Progress,
    ) -> Result<(Report, Vec<Cited>, Files)> {
        let summary = self.summary()?;
        let chosen = self.choose(asked)?;
        let held = self.held(&asked.withhold, &chosen.records)?;
        let lineage = asked.lineage.iter().map(|id| Ok(self.lineage(id)?.tree));
        let lineage = lineage.collect::<Result<Vec<_>>>()?;
        let reach = asked.reach.iter().map(|(from, after)| {
            self.reach(&ReachQuestion {
                from: from.clone(),
                after: after.clone(),
                ..ReachQuestion::default()
            })
        });
        let reach = reach.collect::<Result<Vec<_>>>()?;
        let gathered =
            self.reading(|reader| self.cite(reader, &chosen.records, &held, progress))?;
        let events = self.reading(|reader| events_left_out(reader, &held))?;
        let told = self.tell(asked, summary, chosen, (lineage, reach), &gathered, &events)?;
        let mut report = mask(told, &gathered.texts)?;
        report.id = packet::id(&report).map_err(unwritten)?;
        refuse_leaks(
            &report,
            &gathered.cited,
            &gathered.files,
            &gathered.texts,
            &gathered.left_out,
        )?;
        let Gathered { cited, files, .. } = gathered;
        Ok((report, cited, files))
    }

    fn tell(
        &self,
        asked: &Reporting,
        summary: Summary,
        chosen: Chosen,
        (lineage, reach): (Vec<LineageView>, Vec<ReachView>),
        gathered: &Gathered,
        left_out: &BTreeSet<EventId>,
    ) -> Result<Report> {
        let (cited, received) = (&gathered.cited[..], &gathered.received);
        let findings = self.findings(&FindingsRequest::default(), None)?;
        let adequacy = self.adequacy()?;
        let covered = self.reading(|reader| Ok(coverage::views(&coverage::coverage(reader)?)))?;
        let trust = self.reading(|reader| Ok(reader.trust()?))?;
        let graph = if asked.no_graph {
            None
        } else {
            let question = drawn(asked);
            let graph = self.graph_without(&question, left_out)?;
            Some(convert::graph(&question, graph))
        };
        let custody = self.custody_told()?;
        let said = Said::of(&custody);
        let mut integrity: Vec<model::Integrity> = Vec::new();
        let (about_evidence, about_conduct): (Vec<_>, Vec<_>) = findings
            .findings
            .into_iter()
            .partition(|finding| finding.class == "integrity");
        let made: BTreeMap<String, AssessmentView> = about_evidence
            .into_iter()
            .filter_map(|finding| Some((finding.key, finding.assessed?)))
            .collect();
        for finding in &summary.findings {
            let made = made.get(&integrity_key(finding)).cloned();
            integrity.push(model::Integrity {
                assessed: made.map(|made| said.assessed(made)),
                ..convert::finding(finding.clone())
            });
        }
        let behaviour = about_conduct.into_iter().map(|mut finding| {
            let made = finding.assessed.take();
            model::Behaviour {
                assessed: made.map(|made| said.assessed(made)),
                ..convert::behaviour(finding)
            }
        });
        let behaviour = behaviour.collect();
        let former = findings.assessed_apart.into_iter();
        let formerly = former.map(|made| said.former(made)).collect();
        let words = &asked.words;
        let given = |text: &Option<String>| text.as_deref().unwrap_or_default().into();
        let mut limits = convert::texts(words.limits.clone());
        limits.extend(convert::texts(own_limits(&summary, cited, &adequacy.never)));
        let mut report = Report {
            format: model::FORMAT.to_owned(),
            id: String::new(),
            extract: model::ExtractSeal {
                records: cited.len() as u64,
                sha256: packet::sha256(&report::extract::to_bytes(cited).map_err(unwritten)?),
            },
            identification: model::Identification {
                title: asked
                    .title
                    .as_deref()
                    .unwrap_or("Report on audit evidence")
                    .into(),
                examiner: asked.examiner.as_deref().unwrap_or(&self.desk.who).into(),
                reviewer: given(&asked.reviewer),
                case: summary.case.as_str().into(),
                authority: given(&asked.authority),
                supersedes: given(&asked.supersedes),
                at: asked.at.unwrap_or_else(self.desk.now).to_string(),
            },
            questions: words
                .questions
                .iter()
                .map(|(question, answer)| model::Question {
                    question: question.as_str().into(),
                    answer: convert::texts(answer.clone()),
                })
                .collect(),
            sources: summary
                .sources
                .iter()
                .map(|source| {
                    let now = received.get(&source.id).cloned().unwrap_or_default();
                    convert::source(source, now)
                })
                .collect(),
            custody,
            period: model::Period {
                from: chosen.from.map(|time| time.to_string()),
                until: chosen.until.map(|time| time.to_string()),
                covered: covered.into_iter().map(convert::covered).collect(),
                tolerance_seconds: analysis::reach::TOLERANCE_SECONDS,
            },
            verdict: convert::verdict(summary.verdict),
            counts: convert::summary_counts(&summary),
            ledger: convert::ledger(&summary.ledger),
            uncovered: uncovered(&summary, cited),
            affected: affected(cited, &reach),
            streams: summary.streams.into_iter().map(convert::stream).collect(),
            trust: trust.iter().map(convert::key).collect(),
            integrity,
            tool: self.tool(cited),
            searches: chosen.searches,
            notes: self.reading(|reader| noted(reader, cited))?,
            interpretation: convert::texts(words.interpretation.clone()),
            opinion: convert::texts(words.opinion.clone()),
            graph,
            lineage: Vec::new(),
            reach: reach.iter().map(convert::reach).collect(),
            against: convert::texts(words.against.clone()),
            behaviour,
            formerly,
            not_assessable: findings
                .not_assessable
                .into_iter()
                .map(|one| model::NotAssessable {
                    code: one.code,
                    reason: one.reason.into(),
                    partly: one.partly,
                })
                .collect(),
            mapped_to: convert::texts(findings.mapped_to),
            limits,
            redactions: Vec::new(),
        };
        for tree in lineage {
            convert::lineage(tree, &mut report.lineage);
        }
        let names: BTreeSet<String> = left_out.iter().map(|event| event_text(*event)).collect();
        let untold = untell(&mut report, cited, &names);
        report.redactions = convert::texts(withhold::told(cited));
        report.redactions.extend(untold.map(Into::into));
        report
            .redactions
            .extend(convert::texts(words.redactions.clone()));
        Ok(report)
    }

    /// The custody log up to the last act that changed the case: that a report was written changes
    /// nothing, so the same case gives the same report twice.
    fn custody_told(&self) -> Result<model::Custody> {
        let view = self.custody()?;
        let last = view.lines.iter().rposition(|line| line.act != "report");
        let changing = view.lines.into_iter().take(last.map_or(0, |last| last + 1));
        let acts = changing.map(|line| model::Act {
            line: line.line.into(),
            sha256: line.sha256,
            seq: line.seq,
            at: line.at,
            who: line.who.into(),
            tool: line.tool.into(),
            act: line.act.into(),
            about: line.about.into(),
        });
        Ok(model::Custody {
            acts: acts.collect(),
            holds: view.holds,
        })
    }

    fn tool(&self, cited: &[Cited]) -> model::Tool {
        let limits = &self.desk.limits;
        let settings = [
            ("longest record, bytes", limits.record_bytes as u64),
            ("JSON depth", limits.json_depth as u64),
            ("archives nested", limits.archive_depth as u64),
            ("archive entries", limits.archive_entries),
            ("bomb: from bytes", limits.bomb_bytes),
            ("bomb: times its size", limits.bomb_ratio),
        ];
        let proven =
            |one: &&Cited| one.withheld.is_none() && !matches!(one.material, Material::None { .. });
        model::Tool {
            name: self.desk.tool.as_str().into(),
            settings: settings
                .map(|(name, value)| (name.to_owned(), value.to_string()))
                .into(),
            proofs_checked: cited.iter().filter(proven).count() as u64,
        }
    }
}

/// What the picture is drawn of. There is one: of what is asked for, or of the one query, else of
/// everything that is in the case.
fn drawn(asked: &Reporting) -> GraphQuestion {
    let query = match (&asked.graph_query, &asked.queries[..]) {
        (Some(query), _) | (None, [query]) => query.clone(),
        _ => String::new(),
    };
    GraphQuestion {
        query,
        near: asked.graph_near.clone(),
        most: MOST_NODES,
        open: Vec::new(),
    }
}

/// What the examiner noted at cited events.
fn noted(reader: &Reader, cited: &[Cited]) -> Result<Vec<model::Note>> {
    let mut out = Vec::new();
    for one in cited {
        let record = RecordId {
            file: FileId(one.source),
            ordinal: u32::try_from(one.ordinal).unwrap_or(u32::MAX),
        };
        let left_out = one
            .withheld
            .as_ref()
            .is_some_and(|it| it.members.is_empty());
        let Some(note) = reader.noted(record)?.filter(|_| !left_out) else {
            continue;
        };
        let comment = note.comment.as_deref().map(paragraphs).unwrap_or_default();
        if comment.is_empty() && note.tags.is_empty() {
            continue;
        }
        out.push(model::Note {
            cite: one.cite.clone(),
            tags: note.tags.into_iter().map(Into::into).collect(),
            comment: convert::texts(comment),
        });
    }
    Ok(out)
}

/// Members that seals leave out: as findings say it of streams, and of the cited records.
fn uncovered(summary: &Summary, cited: &[Cited]) -> Vec<model::Uncovered> {
    let mut by_stream: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for finding in &summary.findings {
        if let Some(stream) = finding
            .stream
            .as_ref()
            .filter(|_| !finding.members.is_empty())
        {
            by_stream
                .entry(stream.clone())
                .or_default()
                .extend(finding.members.iter().cloned());
        }
    }
    for one in cited.iter().filter(|one| !one.uncovered.is_empty()) {
        let stream = one.stream.as_ref().unwrap_or(&one.path).as_str().to_owned();
        let members = one
            .uncovered
            .iter()
            .map(|member| member.as_str().to_owned());
        by_stream.entry(stream).or_default().extend(members);
    }
    by_stream
        .into_iter()
        .map(|(stream, members)| model::Uncovered {
            stream: stream.into(),
            members: members.into_iter().map(Into::into).collect(),
        })
        .collect()
}

fn affected(cited: &[Cited], reach: &[ReachView]) -> model::Affected {
    let names = |fields: &[&str]| {
        let all = cited
            .iter()
            .flat_map(|one| fields.iter().filter_map(|name| one.fields.get(*name)));
        all.cloned().collect::<BTreeSet<_>>().into_iter().collect()
    };
    model::Affected {
        identities: names(&["actor", "subject"]),
        credentials: names(&["credential", "token"]),
        secrets: names(&["secret"]),
        reach_asked: !reach.is_empty(),
        revoke: reach
            .iter()
            .flat_map(|one| &one.revoke)
            .map(convert::ending)
            .collect(),
        rotate: reach
            .iter()
            .flat_map(|one| &one.rotate)
            .map(convert::ending)
            .collect(),
    }
}

/// What was not examined or cannot be known, as far as the tool knows.
fn own_limits(summary: &Summary, cited: &[Cited], never: &[String]) -> Vec<String> {
    let mut out = Vec::new();
    let rest = summary.records.total.saturating_sub(cited.len() as u64);
    out.push(format!(
        "{} of {} records are cited; the other {rest} were verified with the case and are not shown here.",
        cited.len(),
        summary.records.total
    ));
    for source in summary
        .sources
        .iter()
        .filter(|source| source.role == "not recognised")
    {
        out.push(format!(
            "E{} {} is of no format that the tool knows, and what it says was not examined.",
            source.id, source.path
        ));
    }
    let refused = summary
        .findings
        .iter()
        .filter(|finding| finding.code == "entry-refused")
        .count();
    if refused > 0 {
        out.push(format!(
            "{refused} archive entries were not opened, or not to their end; what they hold was not examined."
        ));
    }
    if summary.ledger.bytes_rejected > 0 {
        out.push(format!(
            "{} bytes are neither record nor structure; what they say was not examined.",
            summary.ledger.bytes_rejected
        ));
    }
    out.extend(never.iter().cloned());
    out.push("What a source never recorded cannot be known from it, and neither can a tail that was cut where no seal speaks of the end.".to_owned());
    out.push("A record that is proven is what its writer sealed. That what it says happened is another question.".to_owned());
    out.push("This report holds no PDF; report.html prints with its id and page numbers in a browser that knows page margins (CSS Paged Media).".to_owned());
    out
}
