//! Who reports, what was asked, on which items, and what was done with them.

use super::{Section, columns, counts, data, moment, none, prose, said, thousands, time, verdict};
use crate::model::{Custody, Identification, Period, Question, Report, Source};
use crate::text::Text;
use maud::{Markup, html};

pub fn sections(report: &Report) -> Vec<Section> {
    vec![
        (
            "Identification",
            identification(report, &report.identification),
        ),
        ("Questions and answers", questions(&report.questions)),
        ("Evidence items", sources(&report.sources)),
        ("Custody", custody(&report.custody)),
        (
            "Period asked and period covered; clocks",
            period(&report.period),
        ),
    ]
}

fn identification(report: &Report, who: &Identification) -> Markup {
    html! {
        dl {
            dt { "report" } dd { (data(&report.id)) }
            dt { "made" } dd { (time(&who.at)) }
            dt { "case" } dd { (said(&who.case)) }
            dt { "examiner" } dd { (said(&who.examiner)) }
            dt { "reviewer" } dd { (said(&who.reviewer)) }
            dt { "authority" } dd { (said(&who.authority)) }
            dt { "supersedes" } dd { @if who.supersedes.is_empty() { "no other report" } @else { (who.supersedes) } }
            dt { "rests on" } dd {
                (thousands(report.extract.records)) " cited records in " code { "extract.jsonl" } ", SHA-256 " (data(&report.extract.sha256))
            }
        }
        p.q { "The report's id is reckoned from what it says: another content has another id." }
    }
}

fn questions(questions: &[Question]) -> Markup {
    if questions.is_empty() {
        return none("No question was put to the examiner in this report.");
    }
    html! {
        @for question in questions {
            h3 { (question.question) }
            (prose(&question.answer, "Not answered in this report."))
        }
    }
}

fn sources(sources: &[Source]) -> Markup {
    if sources.is_empty() {
        return none("The case holds no evidence item.");
    }
    html! {
        p { "SHA-256 of each item as it was noted at receipt, and as it was reckoned from the case when this report was made; both of the decompressed bytes." }
        table {
            (columns(&[7, 63, 15, 15]))
            thead { tr { th { "" } th { "item" } th { "records" } th { "verdict" } } }
            tbody {
                @for source in sources {
                    tr {
                        td.t { "E" (source.id) }
                        td {
                            (source.path)
                            div.q { (Text::from(source.format.as_str())) ", " (Text::from(source.role.as_str())) ", " (thousands(source.bytes)) " bytes" }
                            @if let Some(container) = &source.container { div.q { "in " (container) } }
                            @if source.sha256_received == source.sha256_now {
                                div { (data(&source.sha256_now)) } div.q { "SHA-256, the same at receipt and now" }
                            } @else {
                                div { "at receipt " (data(&source.sha256_received)) }
                                div { strong { "now " } (data(&source.sha256_now)) }
                            }
                        }
                        td { @if source.records == 0 { span.q { "none" } } @else { (counts(&source.counts)) } }
                        td { (verdict(source.verdict)) }
                    }
                }
            }
        }
    }
}

fn custody(custody: &Custody) -> Markup {
    html! {
        p {
            "What was done with the case file, up to the last act that changed it. Each line names the SHA-256 of the line before; "
            @if custody.holds { "the chain holds." } @else { strong { "the chain does not hold." } }
            " The lines as they are hashed stand in " code { "report.json" } "."
        }
        table {
            (columns(&[5, 17, 15, 11, 27, 25]))
            thead { tr { th.r { "" } th { "when" } th { "who, with what" } th { "act" } th { "about" } th { "SHA-256" } } }
            tbody {
                @for act in &custody.acts {
                    tr {
                        td.r { (act.seq) }
                        td { (time(&act.at)) }
                        td { (act.who) ", " (act.tool) }
                        td { (act.act) }
                        td { bdi.m { (Text::from(short(act.about.as_str(), 180))) } }
                        td { (data(&act.sha256)) }
                    }
                }
            }
        }
        p.q { "Who handled the items before they were received is not known to the tool; what the examiner knows of it belongs under Authority or Questions." }
    }
}

fn period(period: &Period) -> Markup {
    html! {
        dl {
            dt { "asked from" } dd { @match &period.from { Some(from) => (time(from)), None => "no bound was set" } }
            dt { "asked until" } dd { @match &period.until { Some(until) => (time(until)), None => "no bound was set" } }
        }
        @if period.covered.is_empty() { (none("No stream covers any time.")) } @else {
            table {
                (columns(&[26, 12, 16, 16, 30]))
                thead { tr { th { "stream" } th { "state" } th { "from" } th { "until" } th { "why" } } }
                tbody {
                    @for covered in &period.covered { @for stretch in &covered.stretches {
                        tr {
                            td { (covered.stream) div.q { (Text::from(covered.format.as_str())) } }
                            td { (Text::from(stretch.state.as_str())) }
                            td { (moment(stretch.from.as_deref())) }
                            td { (moment(stretch.until.as_deref())) }
                            td { (stretch.why) }
                        }
                    } }
                }
            }
        }
        p {
            "Clocks: no offset between the clocks of the sources was measured or applied; every time is its record's own claim. "
            "Where one act follows from another, clocks were taken to be at most " (period.tolerance_seconds) " seconds apart."
        }
    }
}

/// The head of a text that may be long; the whole stands in `report.json`.
pub(super) fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let head: String = text.chars().take(most).collect();
    format!("{head}…")
}
