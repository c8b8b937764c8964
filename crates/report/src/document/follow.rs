//! Credentials from their mint to their end, and what could be touched.

use super::{
    Block, Inline, Line, Table, data, each, heading, line, moment, none, paragraph, plural, quiet,
    remark, row, said, strong, thousands, time,
};
use crate::model::{Lineage, Reach, Report};

/// Lineage, then reach.
pub fn follow(report: &Report) -> Vec<Block> {
    let mut out = vec![heading(line!["Lineage"])];
    out.push(if report.lineage.is_empty() {
        none("No credential's lineage was asked for.")
    } else {
        lineage(&report.lineage)
    });
    out.push(heading(line!["Reach"]));
    out.push(remark(line![
        "Must: every step is an act in the evidence that succeeded, joined exactly. May: a step is joined by inference, or its order in time is not certain."
    ]));
    if report.reach.is_empty() {
        out.push(none("No reach was asked for."));
    }
    out.extend(report.reach.iter().flat_map(reach));
    out
}

fn lineage(lines: &[Lineage]) -> Block {
    Block::Table(Table {
        widths: &[21, 8, 16, 18, 6, 16, 15],
        head: &[
            "credential",
            "joined",
            "minted",
            "by, for",
            "uses",
            "last use",
            "end",
        ],
        numbers: &[4],
        rows: lines.iter().map(descendant).collect(),
    })
}

fn descendant(line: &Lineage) -> Vec<Line> {
    let mut credential: Line = (0..line.depth.min(16))
        .map(|_| Inline::from("· "))
        .collect();
    credential.extend(line![
        &line.credential,
        row(line![quiet(line![said(&line.kind)])])
    ]);
    let joined = match &line.join {
        Some(join) => said(join),
        None => quiet(line!["asked for"]),
    };
    let minted = match &line.minted {
        Some(event) => line![data(event), row(line![moment(line.minted_at.as_deref())])],
        None => line![Inline::Nothing("not in evidence")],
    };
    let mut by = Vec::new();
    if let Some(who) = &line.minted_by {
        by.push(row(line![who]));
    }
    if let Some(holder) = &line.holder {
        by.push(row(line![quiet(line!["for ", holder])]));
    }
    let used = (line.uses > 0).then(|| moment(line.last_use.as_deref()));
    let mut end = match &line.revoked {
        Some(event) => line!["revoked ", data(event)],
        None => line![quiet(line!["no revocation in evidence"])],
    };
    if let Some(expires) = &line.expires {
        end.push(row(line!["expires ", time(expires)]));
    }
    vec![
        credential,
        line![joined],
        minted,
        by,
        line![thousands(line.uses)],
        used.into_iter().collect(),
        end,
    ]
}

fn reach(reach: &Reach) -> Vec<Block> {
    let mut words = line!["From ", strong(line![&reach.from])];
    if let Some(after) = &reach.after {
        words.extend(line![", from ", time(after), " on"]);
    }
    let things = plural(
        reach.reached.len() as u64,
        "thing was reached",
        "things were reached",
    );
    words.extend(line![": ", things, "."]);
    if reach.left_out {
        words.push(Inline::from(
            " The search ended before everything was found.",
        ));
    }
    let mut out = vec![paragraph(words)];
    if reach.reached.is_empty() {
        return out;
    }
    let rows = reach.reached.iter().map(|one| {
        vec![
            line![time(&one.at)],
            line![&one.id],
            line![said(&one.kind)],
            line![said(&one.certainty)],
            line![one.verdict],
            each(&one.path),
        ]
    });
    out.push(Block::Table(Table {
        widths: &[15, 29, 11, 10, 15, 20],
        head: &[
            "when",
            "what",
            "kind",
            "certainty",
            "verdict of the path",
            "path",
        ],
        numbers: &[],
        rows: rows.collect(),
    }));
    out
}
