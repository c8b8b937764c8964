//! Gathers what a report says from a case.

use super::cite::Gathered;
use super::untold::{events_left_out, untell};
use super::withhold::{self, mask, refuse_leaks};
use super::{Reporting, convert, paragraphs, unwritten};
use crate::api::{FindingsRequest, LineageView, ReachView, Summary, TimelineFilter};
use crate::coverage;
use crate::failure::{Failure, Result};
use crate::follow::event_text;
use crate::progress::Progress;
use crate::reach::ReachQuestion;
use crate::session::Session;
use crate::timeline::engine_filter;
use crate::{GraphQuestion, Micros};
use analysis::EventId;
use evidence::FileId;
use report::extract::{Cited, Material};
use report::model::{self, Report};
use report::packet;
use report::render::Files;
use std::collections::{BTreeMap, BTreeSet};
use store::{Reader, RecordId};

/// A report cites no more records than these: more than anybody reads.
const MOST_CITED: usize = 100_000;
/// Nodes of the graph before they are grouped: what a page shows legibly.
const MOST_NODES: usize = 40;

/// What of the case is chosen, and what is reckoned over it.
struct Chosen {
    records: BTreeSet<RecordId>,
    searches: Vec<model::Search>,
    from: Option<Micros>,
    until: Option<Micros>,
}

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

    /// The records that are asked for, and how they were found.
    fn choose(&self, asked: &Reporting) -> Result<Chosen> {
        let mut records = BTreeSet::new();
        let mut searches = Vec::new();
        let (mut from, mut until) = (Vec::new(), Vec::new());
        let total = self.matching(&TimelineFilter::default())?;
        let mut queries = asked.queries.clone();
        if queries.is_empty() && (!asked.verdicts.is_empty() || asked.cites.is_empty()) {
            queries.push(String::new());
        }
        for query in queries {
            let filter = TimelineFilter {
                query: query.clone(),
                verdicts: asked.verdicts.clone(),
                ..TimelineFilter::default()
            };
            let bounds = engine_filter(&filter)?;
            from.push(bounds.from);
            until.push(bounds.until);
            let before = records.len();
            let mut leaders = Vec::new();
            let matched = self.each_row(&filter, None, &mut |row| {
                leaders.push(row.record);
                if leaders.len() > MOST_CITED {
                    return Err(too_many());
                }
                Ok(())
            })?;
            self.reading(|reader| {
                for leader in leaders {
                    // An event seen several times is cited with all its records.
                    records.extend(reader.parts_of(leader)?);
                    records.insert(leader);
                }
                Ok(())
            })?;
            let mut shown = query;
            for verdict in &asked.verdicts {
                let word = crate::summary::engine_word(*verdict);
                shown = format!("{shown} verdict:{word}").trim_start().to_owned();
            }
            searches.push(model::Search {
                query: Some(shown.into()),
                matched,
                cited: (records.len() - before) as u64,
                total,
            });
        }
        if !asked.cites.is_empty() {
            let before = records.len();
            for name in &asked.cites {
                let id = self.find_record(name)?;
                let ordinal = u32::try_from(id.ordinal).unwrap_or(u32::MAX);
                records.insert(RecordId {
                    file: FileId(id.file),
                    ordinal,
                });
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
        let findings = self.findings(
            &FindingsRequest {
                classes: vec!["behaviour".into()],
                ..FindingsRequest::default()
            },
            None,
        )?;
        let adequacy = self.adequacy()?;
        let covered = self.reading(|reader| Ok(coverage::views(&coverage::coverage(reader)?)))?;
        let trust = self.reading(|reader| Ok(reader.trust()?))?;
        let graph = if asked.no_graph {
            None
        } else {
            // One picture: of the one query, else of everything that is in the case.
            let query = match &asked.queries[..] {
                [query] => query.clone(),
                _ => String::new(),
            };
            let asked = GraphQuestion {
                query: query.clone(),
                near: None,
                most: MOST_NODES,
                open: Vec::new(),
            };
            let graph = self.graph_without(&asked, left_out)?;
            Some(convert::graph(&query, graph))
        };
        let words = &asked.words;
        let said = |text: &Option<String>| text.as_deref().unwrap_or_default().into();
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
                reviewer: said(&asked.reviewer),
                case: summary.case.as_str().into(),
                authority: said(&asked.authority),
                supersedes: said(&asked.supersedes),
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
            custody: self.custody_told()?,
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
            integrity: summary.findings.into_iter().map(convert::finding).collect(),
            tool: self.tool(cited),
            searches: chosen.searches,
            notes: self.reading(|reader| noted(reader, cited))?,
            interpretation: convert::texts(words.interpretation.clone()),
            opinion: convert::texts(words.opinion.clone()),
            graph,
            lineage: Vec::new(),
            reach: reach.iter().map(convert::reach).collect(),
            against: convert::texts(words.against.clone()),
            behaviour: findings
                .findings
                .into_iter()
                .map(convert::behaviour)
                .collect(),
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

fn too_many() -> Failure {
    Failure::request(
        "too-many-records",
        format!("More than {MOST_CITED} records would be cited."),
        "Narrow the query, or give --cite for the records that matter.",
    )
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
