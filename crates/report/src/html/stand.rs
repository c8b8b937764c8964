//! How far the evidence can be relied on: verdicts, trust, completeness, and how it was searched.

use super::{Section, columns, data, moment, none, plural, thousands, time, verdict};
use crate::extract::Cited;
use crate::model::{Integrity, Key, Ledger, Report, Search, Stream, Tool, Uncovered};
use crate::text::Text;
use maud::{Markup, html};

/// Codes of what speaks of completeness: gaps, forks, restarts, ends.
const COMPLETENESS: [&str; 13] = [
    "record-missing",
    "stream-truncated",
    "stream-forked",
    "chain-restarted",
    "tail-unsealed",
    "end-unknown",
    "heartbeat-missed",
    "seal-missing",
    "file-missing",
    "period-uncovered",
    "record-after-end",
    "entry-refused",
    "trailing-data",
];

pub fn sections(report: &Report, cited: &[Cited]) -> Vec<Section> {
    vec![
        ("Verdicts per stream", streams(report)),
        ("Trust", trust(&report.trust)),
        ("Completeness", completeness(report)),
        ("Members outside the proof", uncovered(&report.uncovered)),
        ("The ledger of bytes", ledger(&report.ledger)),
        ("Tool, settings, self-test", tool(&report.tool)),
        ("Searches and filters", searches(&report.searches, cited)),
        ("How times were normalised and ordered", times()),
    ]
}

fn streams(report: &Report) -> Markup {
    html! {
        @if report.streams.is_empty() { (none("The case holds no stream of records.")) }
        @for stream in &report.streams { (one_stream(stream, &report.integrity)) }
        @let others: Vec<&Integrity> = report.integrity.iter().filter(|it| it.stream.is_none()).collect();
        @if !others.is_empty() {
            h3 { "Findings about files" }
            (findings(&others))
        }
    }
}

fn one_stream(stream: &Stream, integrity: &[Integrity]) -> Markup {
    let about: Vec<&Integrity> = integrity
        .iter()
        .filter(|finding| finding.stream.as_ref() == Some(&stream.id))
        .collect();
    html! {
        h3 { (stream.id) }
        p {
            (verdict(stream.verdict)) " · " (Text::from(stream.format.as_str())) " · " (plural(stream.records, "record", "records"))
            @if let (Some(first), Some(last)) = (stream.first_seq, stream.last_seq) { ", numbers " (thousands(first)) " to " (thousands(last)) }
        }
        ul {
            @for (axis, answer) in &stream.axes { li { (axis_words(axis, answer)) } }
        }
        @if about.is_empty() { p.q { "Nothing was found against it." } } @else { (findings(&about)) }
    }
}

/// The answer of an axis, in plain words.
fn axis_words(axis: &str, answer: &str) -> Markup {
    let words = match (axis, answer) {
        ("form", "ok") => "Form: every record is what its format allows.",
        ("form", "malformed") => "Form: some records are not what their format allows.",
        ("integrity", "ok") => "Integrity: the seals hold over the bytes.",
        ("integrity", "broken") => "Integrity: broken; a seal does not fit the bytes.",
        ("integrity", "unsealed") => "Integrity: nothing seals it.",
        ("integrity", "since-collection") => {
            "Integrity: unchanged since it was collected; of the time before that nothing is proven."
        }
        ("author", "trusted") => "Author: signed with a key that the examiner trusts.",
        ("author", "unknown") => "Author: the key came with the evidence; nobody vouches for it.",
        ("author", "unchecked") => "Author: the key was not at hand.",
        ("author", "refuted") => "Author: refuted; a signature does not verify.",
        ("author", "none") => "Author: the format has no signature.",
        ("completeness", "closed") => "Completeness: its end is sealed; a cut tail is excluded.",
        ("completeness", "open") => {
            "Completeness: sealed up to its newest seal; what came after cannot be known."
        }
        ("completeness", "gap") => "Completeness: records are missing.",
        ("completeness", "truncated") => "Completeness: its tail was cut.",
        ("completeness", "forked") => "Completeness: two sealed versions disagree.",
        ("completeness", "unknown") => "Completeness: not known; a cut tail could not be seen.",
        ("time", "asserted") => "Time: as the records claim.",
        ("time", "anchored") => "Time: bounded by a timestamp or a witness.",
        ("time", "contradicted") => "Time: contradicted; it runs backwards.",
        _ => return html! { (Text::from(axis)) ": " (Text::from(answer)) },
    };
    html! { (words) }
}

fn findings(findings: &[&Integrity]) -> Markup {
    html! {
        table {
            (columns(&[17, 16, 27, 40]))
            thead { tr { th { "finding" } th { "makes it" } th { "where" } th { "in words" } } }
            tbody { @for finding in findings { tr {
                td { code { (Text::from(finding.code.as_str())) } }
                td { @match finding.verdict { Some(word) => (verdict(word)), None => span.q { "no change" } } }
                td { (place(finding)) }
                td { (finding.message) }
            } } }
        }
    }
}

fn place(finding: &Integrity) -> Markup {
    html! {
        @if let Some(source) = &finding.source { div { (source) } }
        @if let Some(seq) = finding.seq { div.t { "number " (thousands(seq)) } }
        @if let (Some(first), Some(last)) = (finding.first_seq, finding.last_seq) { div.t { "numbers " (thousands(first)) " to " (thousands(last)) } }
        @if let Some(offset) = finding.offset {
            div.t { "at byte " (thousands(offset)) @if let Some(length) = finding.length { ", " (thousands(length)) " bytes" } }
        }
        @if let (Some(from), Some(until)) = (&finding.from, &finding.until) { div { (time(from)) " to " (time(until)) } }
    }
}

fn trust(keys: &[Key]) -> Markup {
    if keys.is_empty() {
        return none(
            "The examiner trusts no key: nothing in this report can be better than intact.",
        );
    }
    html! {
        p { "The keys that the examiner trusts from outside the evidence. What is known of a revocation is known as of the time the key was added." }
        table {
            (columns(&[34, 20, 18, 16, 12]))
            thead { tr { th { "key" } th { "may seal" } th { "validity" } th { "who vouched, and how" } th { "known as of" } } }
            tbody { @for key in keys { tr {
                td { (Text::from(key.algorithm.as_str())) " " @if let Some(name) = &key.name { (name) } div { (data(&key.fingerprint)) } }
                td { @for stream in &key.streams { div { (stream) } } @if key.streams.is_empty() { span.q { "no bundle's stream by name" } } }
                td {
                    @match (&key.from, &key.until) {
                        (None, None) => span.q { "no bounds known" },
                        (from, until) => { "from " (moment(from.as_deref())) " until " (moment(until.as_deref())) }
                    }
                    @if let Some(revoked) = &key.revoked { div { strong { "revoked " } (time(revoked)) } } @else { div.q { "no revocation known" } }
                }
                td { @match &key.how { Some(how) => (how), None => span.none { "not said" } } }
                td { (time(&key.added)) }
            } } }
        }
    }
}

fn completeness(report: &Report) -> Markup {
    let speak: Vec<&Integrity> = report
        .integrity
        .iter()
        .filter(|finding| COMPLETENESS.contains(&finding.code.as_str()))
        .collect();
    html! {
        ul {
            @for covered in &report.period.covered {
                li {
                    (covered.stream) ": "
                    @if covered.end_known { "a cut tail is excluded: its end is sealed." }
                    @else { "a cut tail is " strong { "not" } " excluded: no seal speaks of its end." }
                }
            }
        }
        @if speak.is_empty() { p { "No gap, fork, restart or missing seal was found." } } @else { (findings(&speak)) }
    }
}

fn uncovered(uncovered: &[Uncovered]) -> Markup {
    if uncovered.is_empty() {
        return none(
            "No seal of a cited record or stream was found to leave out a member. Where a format has no seal, all members are outside.",
        );
    }
    html! {
        p { "These members are not under the seal: anyone could have changed them and nothing would show it." }
        ul { @for one in uncovered { li { (one.stream) ": " @for (index, member) in one.members.iter().enumerate() { @if index > 0 { ", " } bdi.m { (member) } } } } }
    }
}

fn ledger(ledger: &Ledger) -> Markup {
    html! {
        p { "Every byte of the decompressed originals is one of three." }
        table {
            (columns(&[75, 25]))
            tbody {
                tr { td { "came in" } td.r { (thousands(ledger.bytes_in)) } }
                tr { td { "records" } td.r { (thousands(ledger.bytes_records)) } }
                tr { td { "structure: what holds records together, and seals" } td.r { (thousands(ledger.bytes_structure)) } }
                tr { td { "rejected, each with a finding" } td.r { (thousands(ledger.bytes_rejected)) } }
            }
        }
        p { @if ledger.balanced { "The ledger balances: nothing was dropped in silence." } @else { strong { "The ledger does not balance." } } }
    }
}

fn tool(tool: &Tool) -> Markup {
    html! {
        dl {
            dt { "tool and version" } dd { (tool.name) }
            dt { "network" } dd { "none: it opens no connection" }
            @for (name, value) in &tool.settings { dt { (Text::from(name.as_str())) } dd { (Text::from(value.as_str())) } }
            dt { "self-test" } dd {
                @if tool.proofs_checked == 0 { "No cited record has a proof that could be checked without the case." }
                @else { "Before this report was written, " (plural(tool.proofs_checked, "proof was", "proofs were")) " checked again from the bytes in " code { "proofs/" } " alone; what that showed stands with each fact." }
            }
        }
    }
}

fn searches(searches: &[Search], cited: &[Cited]) -> Markup {
    html! {
        @if searches.is_empty() { (none("No search was made: no record is cited.")) }
        @for search in searches {
            p {
                @match &search.query {
                    Some(query) if query.is_empty() => { "All events, without a filter: " },
                    Some(query) => { "Query, as typed: " bdi.m { (query) } ". It matched " },
                    None => { "Records named one by one by the examiner: " },
                }
                (thousands(search.matched)) " of " (plural(search.total, "event", "events")) ", and left out "
                (thousands(search.total.saturating_sub(search.matched))) ". "
                (plural(search.cited, "record is", "records are")) " cited because of it and of no search above."
            }
        }
        p.q { (plural(cited.len() as u64, "record is", "records are")) " cited in all. What was not matched was not looked at for this report, and is in the case." }
    }
}

fn times() -> Markup {
    html! {
        ul {
            li { "Times are shown in UTC, to the microsecond that the record gives; finer digits stand in the raw bytes. Nothing was rounded." }
            li { "A time with an offset was turned into UTC; a time without a zone was not taken for one, and such a record stands last, without a time." }
            li { "Records of equal time stand by evidence item, then by their place in it. That order is no claim about which came first." }
            li { "A leap second (:60) is read as the last microsecond of its minute." }
        }
    }
}
