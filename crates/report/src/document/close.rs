//! What speaks against it, what it is called elsewhere, what to do, and what cannot be known.

use super::assessed;
use super::{
    Block, Inline, Line, RELATES, Section, Table, Tone, code, each, heading, line, moment, name,
    none, paragraph, prose, quiet, remark, row, said, section, thousands,
};
use crate::model::{Affected, Behaviour, Ending, Report};

pub fn sections(report: &Report) -> Vec<Section> {
    let against = "The examiner named none. That none is named does not say that there is none.";
    vec![
        section(
            "Evidence against, other explanations",
            prose(&report.against, against),
        ),
        section(
            "Findings of conduct, and what they are called elsewhere",
            behaviour(report),
        ),
        section(
            "Affected; what to revoke and rotate",
            affected(&report.affected),
        ),
        section("Limits", limits(report)),
        section("How to check this report", how_to_check(report)),
        section("Redactions", redactions(report)),
        section("Glossary", glossary()),
    ]
}

fn behaviour(report: &Report) -> Vec<Block> {
    let mut out = vec![remark(line![
        "What rules found in what was done. A proof follows from the records it names; an indicator may have other explanations. Neither changes a verdict."
    ])];
    out.push(if report.behaviour.is_empty() {
        none("The rules found nothing in the case.")
    } else {
        Block::Table(Table {
            widths: &[17, 11, 36, 14, 22],
            head: &["finding", "strength", "in words", "events", "mapping"],
            numbers: &[],
            rows: report.behaviour.iter().map(finding).collect(),
        })
    });
    if !report.not_assessable.is_empty() {
        out.push(heading(line!["Not assessable"]));
        let each = report.not_assessable.iter().map(|one| {
            let part = if one.partly { " (in part)" } else { "" };
            line![code(&one.code), part, ": ", &one.reason]
        });
        out.push(Block::List(each.collect()));
    }
    let mut mapped = line!["Mapped to: "];
    for (index, list) in report.mapped_to.iter().enumerate() {
        if index > 0 {
            mapped.push(Inline::from("; "));
        }
        mapped.push(Inline::from(list));
    }
    mapped.push(Inline::from("."));
    out.push(remark(mapped));
    out
}

fn finding(one: &Behaviour) -> Vec<Line> {
    let mut what = line![code(&one.code)];
    if one.count > 1 {
        what.push(row(line![quiet(line![thousands(one.count), " times"])]));
    }
    what.extend(assessed::told(one.assessed.as_ref()));
    let mut when = line![moment(one.first.as_deref())];
    if one.last != one.first {
        when.extend(line![" to ", moment(one.last.as_deref())]);
    }
    let lists = one.nhi.iter().chain(&one.agentic).chain(&one.attack);
    let mut mapping: Line = lists.map(|name| row(line![name])).collect();
    if mapping.is_empty() {
        mapping = line![quiet(line!["the lists name nothing that fits"])];
    }
    vec![
        what,
        line![said(&one.strength)],
        line![&one.message, row(line![quiet(when)])],
        each(&one.events),
        mapping,
    ]
}

fn affected(affected: &Affected) -> Vec<Block> {
    let mut out = Vec::new();
    for (title, names) in [
        ("Identities", &affected.identities),
        ("Credentials", &affected.credentials),
        ("Secrets", &affected.secrets),
    ] {
        out.push(heading(line![title]));
        out.push(if names.is_empty() {
            none("The cited records name none.")
        } else {
            Block::List(names.iter().map(|text| line![name(text)]).collect())
        });
    }
    out.push(heading(line!["To revoke"]));
    out.push(if affected.reach_asked {
        endings(
            &affected.revoke,
            "No credential that was reached is still open by the evidence.",
        )
    } else {
        none("No reach was asked for, so nothing is said of what to end.")
    });
    out.push(heading(line!["To rotate"]));
    out.push(if affected.reach_asked {
        endings(
            &affected.rotate,
            "No secret that was reached is unrotated by the evidence.",
        )
    } else {
        none("No reach was asked for.")
    });
    out
}

fn endings(endings: &[Ending], otherwise: &'static str) -> Block {
    if endings.is_empty() {
        return none(otherwise);
    }
    let rows = endings.iter().map(|one| {
        vec![
            line![&one.id],
            match &one.at {
                Some(_) => line![moment(one.at.as_deref())],
                None => line!["the start"],
            },
            line![said(&one.certainty)],
            match &one.expires {
                Some(_) => line![moment(one.expires.as_deref())],
                None => line![quiet(line!["not known"])],
            },
        ]
    });
    Block::Table(Table {
        widths: &[48, 19, 14, 19],
        head: &["what", "reached", "certainty", "ends by itself"],
        numbers: &[],
        rows: rows.collect(),
    })
}

fn limits(report: &Report) -> Vec<Block> {
    vec![
        Block::List(report.limits.iter().map(|limit| line![limit]).collect()),
        Block::Paragraph(Tone::Boxed, line![RELATES]),
    ]
}

fn how_to_check(report: &Report) -> Vec<Block> {
    vec![
        paragraph(line![
            "With what every laptop has; ",
            code("HOW-TO-CHECK.txt"),
            " says it step by step."
        ]),
        Block::Verbatim(line![
            "sha256sum -c SHA256SUMS\n",
            "ssh-keygen -Y verify -f allowed_signers -I EXAMINER -n exhibit-report -s SHA256SUMS.sig < SHA256SUMS\n",
            "exhibit check . --keys EXAMINER.pub"
        ]),
        remark(line![
            "The signature, where there is one, is over ",
            code("SHA256SUMS"),
            " and so over every file, this one included. This page is rendered from ",
            code("report.json"),
            " and ",
            code("extract.jsonl"),
            " alone, byte for byte the same on every machine (",
            said(&report.format),
            ")."
        ]),
    ]
}

fn redactions(report: &Report) -> Vec<Block> {
    vec![if report.redactions.is_empty() {
        none("Nothing was blacked out, and no record of the searches above was left out.")
    } else {
        Block::List(report.redactions.iter().map(|one| line![one]).collect())
    }]
}

fn glossary() -> Vec<Block> {
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
    let terms = words.map(|(word, meaning)| (line![word], line![meaning]));
    vec![Block::Terms(terms.into())]
}
