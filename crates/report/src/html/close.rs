//! What speaks against it, what it is called elsewhere, what to do, and what cannot be known.

use super::{Section, columns, data, moment, none, prose, thousands};
use crate::model::{Affected, Behaviour, Ending, Report};
use crate::text::Text;
use maud::{Markup, html};

pub fn sections(report: &Report) -> Vec<Section> {
    vec![
        ("Evidence against, other explanations", against(report)),
        (
            "Findings of conduct, and what they are called elsewhere",
            behaviour(report),
        ),
        (
            "Affected; what to revoke and rotate",
            affected(&report.affected),
        ),
        ("Limits", limits(report)),
        ("How to check this report", how_to_check(report)),
        ("Redactions", redactions(report)),
        ("Glossary", glossary()),
    ]
}

fn against(report: &Report) -> Markup {
    html! { (prose(&report.against, "The examiner named none. That none is named does not say that there is none.")) }
}

fn behaviour(report: &Report) -> Markup {
    html! {
        p.q { "What rules found in what was done. A proof follows from the records it names; an indicator may have other explanations. Neither changes a verdict." }
        @if report.behaviour.is_empty() { (none("The rules found nothing in the case.")) } @else {
            table {
                (columns(&[17, 11, 36, 14, 22]))
                thead { tr { th { "finding" } th { "strength" } th { "in words" } th { "events" } th { "mapping" } } }
                tbody { @for one in &report.behaviour { (finding(one)) } }
            }
        }
        @if !report.not_assessable.is_empty() {
            h3 { "Not assessable" }
            ul { @for one in &report.not_assessable { li {
                code { (Text::from(one.code.as_str())) } @if one.partly { " (in part)" } ": " (one.reason)
            } } }
        }
        p.q { "Mapped to: " @for (index, list) in report.mapped_to.iter().enumerate() { @if index > 0 { "; " } (list) } "." }
    }
}

fn finding(one: &Behaviour) -> Markup {
    html! { tr {
        td { code { (Text::from(one.code.as_str())) } @if one.count > 1 { div.q { (thousands(one.count)) " times" } } }
        td { (Text::from(one.strength.as_str())) }
        td { (one.message) div.q { (moment(one.first.as_deref())) @if one.last != one.first { " to " (moment(one.last.as_deref())) } } }
        td { @for event in &one.events { (data(event)) " " } }
        td {
            @for name in one.nhi.iter().chain(&one.agentic).chain(&one.attack) { div { (name) } }
            @if one.nhi.is_empty() && one.agentic.is_empty() && one.attack.is_empty() { span.q { "the lists name nothing that fits" } }
        }
    } }
}

fn affected(affected: &Affected) -> Markup {
    let list = |title: &str, names: &[Text]| {
        html! {
            h3 { (title) }
            @if names.is_empty() { (none("The cited records name none.")) } @else { ul { @for name in names { li { bdi { (name) } } } } }
        }
    };
    html! {
        (list("Identities", &affected.identities))
        (list("Credentials", &affected.credentials))
        (list("Secrets", &affected.secrets))
        h3 { "To revoke" }
        @if !affected.reach_asked { (none("No reach was asked for, so nothing is said of what to end.")) }
        @else { (endings(&affected.revoke, "No credential that was reached is still open by the evidence.")) }
        h3 { "To rotate" }
        @if !affected.reach_asked { (none("No reach was asked for.")) }
        @else { (endings(&affected.rotate, "No secret that was reached is unrotated by the evidence.")) }
    }
}

fn endings(endings: &[Ending], otherwise: &str) -> Markup {
    if endings.is_empty() {
        return none(otherwise);
    }
    html! { table {
        (columns(&[48, 19, 14, 19]))
        thead { tr { th { "what" } th { "reached" } th { "certainty" } th { "ends by itself" } } }
        tbody { @for one in endings { tr {
            td { (one.id) } td { @match &one.at { Some(_) => (moment(one.at.as_deref())), None => "the start" } }
            td { (Text::from(one.certainty.as_str())) } td { @match &one.expires { Some(_) => (moment(one.expires.as_deref())), None => span.q { "not known" } } }
        } } }
    } }
}

fn limits(report: &Report) -> Markup {
    html! {
        ul { @for limit in &report.limits { li { (limit) } } }
        p.rel { "The results relate only to the items examined." }
    }
}

fn how_to_check(report: &Report) -> Markup {
    html! {
        p { "With what every laptop has; " code { "HOW-TO-CHECK.txt" } " says it step by step." }
        pre {
            "sha256sum -c SHA256SUMS\n"
            "ssh-keygen -Y verify -f allowed_signers -I EXAMINER -n exhibit-report -s SHA256SUMS.sig < SHA256SUMS\n"
            "exhibit check . --keys EXAMINER.pub"
        }
        p.q { "The signature, where there is one, is over " code { "SHA256SUMS" } " and so over every file, this one included. This page is rendered from " code { "report.json" } " and " code { "extract.jsonl" } " alone, byte for byte the same on every machine (" (Text::from(report.format.as_str())) ")." }
    }
}

fn redactions(report: &Report) -> Markup {
    html! {
        @if report.redactions.is_empty() { (none("Nothing was blacked out, and no record of the searches above was left out.")) }
        @else { ul { @for one in &report.redactions { li { (one) } } } }
    }
}

fn glossary() -> Markup {
    let words = [
        (
            "verified",
            "A seal covers it, every check holds, and the examiner trusts the key from outside the evidence.",
        ),
        (
            "intact",
            "A seal covers it and every check holds, but the key came with the evidence: nobody vouches for the author.",
        ),
        ("unproven", "Nothing shows it false, and nothing proves it."),
        ("contradicted", "A check refutes it."),
        (
            "seal",
            "A signature or digest over records: a checkpoint, a manifest, a CloudTrail digest, a receipt's own signature.",
        ),
        (
            "checkpoint",
            "A signed note that says how many records a log has and the root of the tree over them (C2SP tlog-checkpoint, RFC 6962).",
        ),
        (
            "digest",
            "The SHA-256 of some bytes; in CloudTrail also the hourly file that lists the digests of logs.",
        ),
        ("stream", "Records that one writer sealed in one order."),
        (
            "lineage",
            "What a credential was made from, and what was made from it.",
        ),
        (
            "reach",
            "What could be touched from a thing, in time's order, by acts in the evidence that succeeded.",
        ),
        (
            "ledger",
            "The account of what became of every byte that came in.",
        ),
        (
            "custody",
            "The chained log of what was done with the case file.",
        ),
    ];
    html! { dl { @for (word, meaning) in words { dt { (word) } dd { (meaning) } } } }
}
