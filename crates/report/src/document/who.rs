//! Who reports, what was asked, on which items, and what was done with them.

use super::{
    Block, Inline, Line, Section, Table, code, counts, data, given, heading, line, moment, none,
    paragraph, prose, quiet, remark, row, said, section, short, strong, thousands, time,
};
use crate::model::{Custody, Identification, Period, Question, Report, Source};

pub fn sections(report: &Report) -> Vec<Section> {
    vec![
        section(
            "Identification",
            identification(report, &report.identification),
        ),
        section("Questions and answers", questions(&report.questions)),
        section("Evidence items", sources(&report.sources)),
        section("Custody", custody(&report.custody)),
        section(
            "Period asked and period covered; clocks",
            period(&report.period),
        ),
    ]
}

fn identification(report: &Report, who: &Identification) -> Vec<Block> {
    let supersedes = if who.supersedes.is_empty() {
        Inline::from("no other report")
    } else {
        Inline::from(&who.supersedes)
    };
    let rests = line![
        thousands(report.extract.records),
        " cited records in ",
        code("extract.jsonl"),
        ", SHA-256 ",
        data(&report.extract.sha256),
    ];
    vec![
        Block::Terms(vec![
            (line!["report"], line![data(&report.id)]),
            (line!["made"], line![time(&who.at)]),
            (line!["case"], line![given(&who.case)]),
            (line!["examiner"], line![given(&who.examiner)]),
            (line!["reviewer"], line![given(&who.reviewer)]),
            (line!["authority"], line![given(&who.authority)]),
            (line!["supersedes"], line![supersedes]),
            (line!["rests on"], rests),
        ]),
        remark(line![
            "The report's id is reckoned from what it says: another content has another id."
        ]),
    ]
}

fn questions(questions: &[Question]) -> Vec<Block> {
    if questions.is_empty() {
        return vec![none("No question was put to the examiner in this report.")];
    }
    let mut out = Vec::new();
    for question in questions {
        out.push(heading(line![&question.question]));
        out.extend(prose(&question.answer, "Not answered in this report."));
    }
    out
}

fn sources(sources: &[Source]) -> Vec<Block> {
    if sources.is_empty() {
        return vec![none("The case holds no evidence item.")];
    }
    vec![
        paragraph(line![
            "SHA-256 of each item as it was noted at receipt, and as it was reckoned from the case when this report was made; both of the decompressed bytes."
        ]),
        Block::Table(Table {
            widths: &[7, 63, 15, 15],
            head: &["", "item", "records", "verdict"],
            numbers: &[],
            rows: sources.iter().map(source).collect(),
        }),
    ]
}

fn source(source: &Source) -> Vec<Line> {
    let mut item = line![
        &source.path,
        row(line![quiet(line![
            said(&source.format),
            ", ",
            said(&source.role),
            ", ",
            thousands(source.bytes),
            " bytes"
        ])]),
    ];
    if let Some(container) = &source.container {
        item.push(row(line![quiet(line!["in ", container])]));
    }
    if source.sha256_received == source.sha256_now {
        item.push(row(line![data(&source.sha256_now)]));
        item.push(row(line![quiet(line![
            "SHA-256, the same at receipt and now"
        ])]));
    } else {
        item.push(row(line!["at receipt ", data(&source.sha256_received)]));
        item.push(row(line![strong(line!["now "]), data(&source.sha256_now)]));
    }
    let records = if source.records == 0 {
        line![quiet(line!["none"])]
    } else {
        counts(&source.counts)
    };
    vec![
        vec![Inline::Whole(line![format!("E{}", source.id)])],
        item,
        records,
        line![source.verdict],
    ]
}

fn custody(custody: &Custody) -> Vec<Block> {
    let chain = if custody.holds {
        Inline::from("the chain holds.")
    } else {
        strong(line!["the chain does not hold."])
    };
    let rows = custody.acts.iter().map(|act| {
        let about = short(act.about.as_str(), 180);
        vec![
            line![act.seq.to_string()],
            line![time(&act.at)],
            line![&act.who, ", ", &act.tool],
            line![&act.act],
            line![data(&about)],
            line![data(&act.sha256)],
        ]
    });
    vec![
        paragraph(line![
            "What was done with the case file, up to the last act that changed it. Each line names the SHA-256 of the line before; ",
            chain,
            " The lines as they are hashed stand in ",
            code("report.json"),
            "."
        ]),
        Block::Table(Table {
            widths: &[5, 17, 15, 11, 27, 25],
            head: &["", "when", "who, with what", "act", "about", "SHA-256"],
            numbers: &[0],
            rows: rows.collect(),
        }),
        remark(line![
            "Who handled the items before they were received is not known to the tool; what the examiner knows of it belongs under Authority or Questions."
        ]),
    ]
}

fn period(period: &Period) -> Vec<Block> {
    let bound = |at: &Option<String>| match at {
        Some(at) => line![time(at)],
        None => line!["no bound was set"],
    };
    let mut rows = Vec::new();
    for covered in &period.covered {
        for stretch in &covered.stretches {
            rows.push(vec![
                line![
                    &covered.stream,
                    row(line![quiet(line![said(&covered.format)])])
                ],
                line![said(&stretch.state)],
                line![moment(stretch.from.as_deref())],
                line![moment(stretch.until.as_deref())],
                line![&stretch.why],
            ]);
        }
    }
    vec![
        Block::Terms(vec![
            (line!["asked from"], bound(&period.from)),
            (line!["asked until"], bound(&period.until)),
        ]),
        if period.covered.is_empty() {
            none("No stream covers any time.")
        } else {
            Block::Table(Table {
                widths: &[26, 12, 16, 16, 30],
                head: &["stream", "state", "from", "until", "why"],
                numbers: &[],
                rows,
            })
        },
        paragraph(line![
            "Clocks: no offset between the clocks of the sources was measured or applied; every time is its record's own claim. Where one act follows from another, clocks were taken to be at most ",
            period.tolerance_seconds.to_string(),
            " seconds apart."
        ]),
    ]
}
