//! What the examiner makes of findings, in a place of its own: nobody is to take it for what the tool
//! found.

use super::{
    Block, Inline, Line, code, heading, line, none, paragraph, quiet, remark, row, strong, time,
};
use crate::assessed::Assessed;
use crate::model::Report;
use crate::text::Text;

/// What is made of each finding, those of the case first.
pub fn assessed(report: &Report) -> Vec<Block> {
    let integrity = report.integrity.iter().map(|one| {
        let assessed = one.assessed.as_ref();
        (&one.code, &one.message, assessed, false)
    });
    let behaviour = report.behaviour.iter().map(|one| {
        let assessed = one.assessed.as_ref();
        (&one.code, &one.message, assessed, false)
    });
    let former = report
        .formerly
        .iter()
        .map(|one| (&one.code, &one.message, Some(&one.assessed), true));
    let mut out = vec![heading(line!["Findings, as the examiner assesses them"])];
    for (code, message, assessed, former) in integrity.chain(behaviour).chain(former) {
        if let Some(assessed) = assessed {
            out.extend(one(code, message, assessed, former));
        }
    }
    if out.len() == 1 {
        out.push(none("The examiner assessed no finding."));
    }
    out
}

fn one(name: &str, message: &Text, assessed: &Assessed, former: bool) -> Vec<Block> {
    let mut head = line![code(name), ": ", strong(state(assessed))];
    if !assessed.by.is_empty() {
        head.extend(line![", by ", &assessed.by]);
    }
    if let Some(at) = &assessed.at {
        head.extend(line![", ", time(at)]);
    }
    head.push(Inline::from("."));
    let found = if former {
        line![
            strong(line!["Found no more in the case as it is now."]),
            " The finding was: ",
            message
        ]
    } else {
        line!["The finding: ", message]
    };
    let mut out = vec![paragraph(head), remark(found)];
    out.extend(assessed.comment.iter().map(|text| paragraph(line![text])));
    out
}

fn state(assessed: &Assessed) -> Line {
    match assessed.state.as_str() {
        "confirmed" => line!["confirmed, it is what it says"],
        "explained" => line!["explained, it has an innocent reason"],
        "open" => line!["commented, and not decided"],
        other => line![super::said(other)],
    }
}

/// That something was made of a finding, beside the finding: what, stands elsewhere.
pub fn told(assessed: Option<&Assessed>) -> Line {
    let Some(assessed) = assessed else {
        return Line::new();
    };
    let word = match assessed.state.as_str() {
        "open" => Inline::from("commented"),
        other => super::said(other),
    };
    line![row(line![quiet(line![
        "the examiner: ",
        word,
        ", see Interpretation"
    ])])]
}
