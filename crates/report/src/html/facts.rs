//! The cited records; apart from them what the examiner makes of them; and the figures.

use super::who::short;
use super::{Section, columns, data, moment, none, plural, prose, thousands, time, verdict};
use crate::extract::{Cited, Material, Withheld};
use crate::figure;
use crate::model::{Graph, Lineage, Reach, Report, Verdict};
use crate::text::Text;
use crate::timeline::in_time;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, PreEscaped, html};

/// The bytes of longer records are shown to there; the extract has them whole.
const SHOWN: usize = 1_500;

pub fn sections(report: &Report, cited: &[Cited]) -> Vec<Section> {
    vec![
        ("Facts cited", facts(cited)),
        ("Interpretation", interpretation(report)),
        ("Opinion", opinion(report)),
        ("Timeline", timeline(cited)),
        ("Graph", graph(report)),
        ("Lineage and reach", follow(report)),
    ]
}

fn facts(cited: &[Cited]) -> Markup {
    if cited.is_empty() {
        return none("No record is cited.");
    }
    html! {
        p.q { "Each is cited as source:place:hash8: the evidence item, the place in it from 0, and the first 8 hex digits of the SHA-256 of its bytes. " code { "exhibit record CASE E1:907" } " shows the same in the case." }
        @for one in cited { (fact(one)) }
    }
}

fn fact(one: &Cited) -> Markup {
    html! {
        div.fact id=(Text::from(one.cite.as_str())) {
            div.head {
                strong { (data(&one.cite)) }
                (verdict(one.verdict))
                @match &one.time { Some(at) => (time(at)), None => span.q { "without a readable time" } }
            }
            @if let Some(withheld) = &one.withheld { p { (held_back(withheld)) } }
            @if !is_left_out(one) { p { (sentence(one)) } }
            p.q { (one.reason) " " (alone(one)) }
            @if !one.findings.is_empty() {
                p { "Findings: " @for code in &one.findings { code { (Text::from(code.as_str())) } " " } }
            }
            dl {
                dt { "source" } dd { (one.path) ", byte " (thousands(one.offset)) ", " (thousands(one.length)) " bytes" }
                @if let Some(stream) = &one.stream { dt { "stream" } dd { (stream) @if let Some(seq) = one.seq { ", number " (thousands(seq)) } } }
                dt { "SHA-256" } dd { (data(&one.sha256)) }
                dt { "proof" } dd { (material(&one.material)) }
                @if !one.uncovered.is_empty() {
                    dt { "outside the proof" } dd { @for member in &one.uncovered { bdi.m { (member) } " " } }
                }
            }
            @if !is_left_out(one) { pre { (raw(one)) } }
        }
    }
}

fn is_left_out(one: &Cited) -> bool {
    let members = one.withheld.as_ref().map(|withheld| &withheld.members);
    members.is_some_and(Vec::is_empty)
}

fn held_back(withheld: &Withheld) -> Markup {
    html! {
        @if withheld.members.is_empty() { strong { "Left out whole" } }
        @else { strong { "Blacked out: " } @for member in &withheld.members { bdi.m { (member) } " " } }
        ": " (withheld.why)
    }
}

/// What the record says, as a sentence: no more than its members.
fn sentence(one: &Cited) -> Markup {
    let field = |name: &str| one.fields.get(name);
    let parts = [
        ("on behalf of or towards ", "subject"),
        ("with ", "credential"),
        ("token ", "token"),
        ("secret ", "secret"),
        ("on ", "resource"),
        ("tool ", "tool"),
        ("from ", "source_ip"),
    ];
    html! {
        @match field("actor") { Some(actor) => bdi { (actor) }, None => "An actor that the record does not name" }
        ": "
        @match field("type") { Some(kind) => strong { (kind) }, None => "an act that the record does not name" }
        @for (words, name) in parts { @if let Some(value) = field(name) { ", " (words) bdi { (value) } } }
        @if let Some(decision) = field("decision") { "; decision " (decision) }
        @if let Some(outcome) = field("outcome") { "; outcome " strong { (outcome) } }
        "."
    }
}

fn alone(one: &Cited) -> Markup {
    let words = match one.alone {
        _ if one.withheld.is_some() => {
            "That is of the whole record, in the case; for the reader it is unproven."
        }
        Verdict::Verified => {
            "Its proof in this report shows the same without the case, under a key that the examiner trusts."
        }
        Verdict::Intact => {
            "Its proof in this report holds without the case, under a key that came with the evidence."
        }
        Verdict::Contradicted => "Its proof in this report refutes these bytes without the case.",
        Verdict::Unproven if one.verdict == Verdict::Unproven => "",
        Verdict::Unproven => "The files of this report alone do not show that; it needs the case.",
    };
    html! { (words) }
}

fn material(material: &Material) -> Markup {
    match material {
        Material::None { why } => html! { span.q { (why) } },
        Material::Tlog { proof, sealed, .. } => html! {
            (data(proof))
            @if let Some(sealed) = sealed { div { "the log holds another digest in its place: " (data(sealed)) } }
        },
        Material::Files {
            holder,
            ordinal,
            with,
        } => html! {
            (data(holder)) ", place " (thousands(*ordinal))
            @if !with.is_empty() { ", with " (plural(with.len() as u64, "file", "files")) " beside it" }
        },
    }
}

/// The bytes as text; what is not UTF-8 is said.
fn raw(one: &Cited) -> Markup {
    let bytes = STANDARD.decode(&one.raw).unwrap_or_default();
    match std::str::from_utf8(&bytes) {
        Ok(text) => {
            let cut = text.chars().count() > SHOWN;
            html! {
                (Text::from(short(text, SHOWN)))
                @if cut { span.q { " (cut here; whole in extract.jsonl)" } }
            }
        }
        Err(_) => html! { span.q { "Not UTF-8; the bytes stand in extract.jsonl." } },
    }
}

fn interpretation(report: &Report) -> Markup {
    html! {
        p.q { "What the examiner makes of the facts above. It is no part of them." }
        (prose(&report.interpretation, "The examiner gave none."))
        @if !report.notes.is_empty() { h3 { "Notes at cited events, from the case" } }
        @for note in &report.notes {
            p {
                a href=(Text::from(format!("#{}", note.cite))) { (data(&note.cite)) }
                @for tag in &note.tags { " [" (tag) "]" }
            }
            @for paragraph in &note.comment { p { (paragraph) } }
        }
    }
}

fn opinion(report: &Report) -> Markup {
    html! {
        p.q { "What the examiner holds beyond what the facts bear." }
        (prose(&report.opinion, "The examiner gave none."))
    }
}

fn timeline(cited: &[Cited]) -> Markup {
    if cited.is_empty() {
        return none("No record is cited.");
    }
    let strip = figure::strip(cited);
    html! {
        @if !strip.is_empty() {
            figure { (PreEscaped(strip)) figcaption { "The cited records along time, a lane for each evidence item; the mark is the verdict." } }
        }
        table {
            (columns(&[16, 16, 15, 18, 13, 22]))
            thead { tr { th { "time" } th { "cite" } th { "verdict" } th { "who" } th { "what" } th { "on what" } } }
            tbody { @for one in in_time(cited) { tr {
                td { @match &one.time { Some(at) => (time(at)), None => span.none { "none" } } }
                td { a href=(Text::from(format!("#{}", one.cite))) { (data(&one.cite)) } }
                td { (verdict(one.verdict)) }
                td { @if let Some(actor) = one.fields.get("actor") { (actor) } }
                td { @if let Some(kind) = one.fields.get("type") { (kind) } @if let Some(outcome) = one.fields.get("outcome") { ", " (outcome) } }
                td { @for name in ["secret", "resource", "tool", "token", "subject"] { @if let Some(value) = one.fields.get(name) { div { (value) } } } }
            } } }
        }
    }
}

fn graph(report: &Report) -> Markup {
    let Some(graph) = &report.graph else {
        return none("No graph was asked for.");
    };
    if graph.nodes.is_empty() {
        return none(
            "The events of the query draw no graph: none of them is an act that succeeded between two named things.",
        );
    }
    html! {
        figure {
            (PreEscaped(figure::svg(graph, &report.id)))
            figcaption { (graph_words(graph)) }
        }
        table {
            (columns(&[21, 11, 21, 6, 15, 8, 15, 9]))
            thead { tr { th { "from" } th { "act" } th { "to" } th.r { "acts" } th { "first, last" } th { "join" } th { "verdict" } th { "shown by" } } }
            tbody { @for edge in &graph.edges { tr {
                td { (node(graph, edge.source)) } td { (Text::from(edge.kind.as_str())) } td { (node(graph, edge.target)) }
                td.r { (thousands(edge.count)) }
                td { (moment(edge.first.as_deref())) br; (moment(edge.last.as_deref())) }
                td { (Text::from(edge.join.as_str())) } td { (verdict(edge.verdict)) }
                td { @for event in &edge.events { (data(event)) " " } }
            } } }
        }
    }
}

fn graph_words(graph: &Graph) -> Markup {
    html! {
        "Query: " @if graph.query.is_empty() { "none, all acts" } @else { bdi.m { (graph.query) } } ". "
        (plural(graph.acts, "act", "acts")) " drawn; " (plural(graph.refused, "act was", "acts were")) " refused or failed and draw nothing. "
        @if graph.all_nodes > graph.nodes.len() as u64 { (thousands(graph.all_nodes)) " things are grouped into " (thousands(graph.nodes.len() as u64)) "; a number in brackets says how many a node stands for. " }
        "The same as data: " code { "graph.graphml" } "."
    }
}

fn node(graph: &Graph, index: u64) -> Markup {
    let node = usize::try_from(index)
        .ok()
        .and_then(|index| graph.nodes.get(index));
    html! { @if let Some(node) = node { (node.id) } }
}

fn follow(report: &Report) -> Markup {
    html! {
        h3 { "Lineage" }
        @if report.lineage.is_empty() { (none("No credential's lineage was asked for.")) } @else { (lineage(&report.lineage)) }
        h3 { "Reach" }
        p.q { "Must: every step is an act in the evidence that succeeded, joined exactly. May: a step is joined by inference, or its order in time is not certain." }
        @if report.reach.is_empty() { (none("No reach was asked for.")) }
        @for one in &report.reach { (reach(one)) }
    }
}

fn lineage(lines: &[Lineage]) -> Markup {
    html! {
        table {
            (columns(&[21, 8, 16, 18, 6, 16, 15]))
            thead { tr { th { "credential" } th { "joined" } th { "minted" } th { "by, for" } th.r { "uses" } th { "last use" } th { "end" } } }
            tbody { @for line in lines { tr {
                td { @for _ in 0..line.depth.min(16) { "· " } (line.credential) div.q { (Text::from(line.kind.as_str())) } }
                td { @match &line.join { Some(join) => (Text::from(join.as_str())), None => span.q { "asked for" } } }
                td { @match &line.minted { Some(event) => { (data(event)) div { (moment(line.minted_at.as_deref())) } }, None => span.none { "not in evidence" } } }
                td { @if let Some(by) = &line.minted_by { div { (by) } } @if let Some(holder) = &line.holder { div.q { "for " (holder) } } }
                td.r { (thousands(line.uses)) }
                td { @if line.uses > 0 { (moment(line.last_use.as_deref())) } }
                td {
                    @match &line.revoked { Some(event) => { "revoked " (data(event)) }, None => span.q { "no revocation in evidence" } }
                    @if let Some(expires) = &line.expires { div { "expires " (time(expires)) } }
                }
            } } }
        }
    }
}

fn reach(reach: &Reach) -> Markup {
    html! {
        p { "From " strong { (reach.from) } @if let Some(after) = &reach.after { ", from " (time(after)) " on" } ": "
            (plural(reach.reached.len() as u64, "thing was reached", "things were reached")) "."
            @if reach.left_out { " The search ended before everything was found." } }
        @if !reach.reached.is_empty() {
            table {
                (columns(&[15, 29, 11, 10, 15, 20]))
                thead { tr { th { "when" } th { "what" } th { "kind" } th { "certainty" } th { "verdict of the path" } th { "path" } } }
                tbody { @for one in &reach.reached { tr {
                    td { (time(&one.at)) } td { (one.id) } td { (Text::from(one.kind.as_str())) }
                    td { (Text::from(one.certainty.as_str())) } td { (verdict(one.verdict)) }
                    td { @for event in &one.path { (data(event)) " " } }
                } } }
            }
        }
    }
}
