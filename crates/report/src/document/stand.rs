//! How far the evidence can be relied on: verdicts, trust, completeness, and how it was searched.

use super::assessed;
use super::{
    Block, Inline, Line, Section, Table, code, data, heading, line, moment, none, paragraph,
    plural, quiet, remark, row, said, section, strong, thousands, time,
};
use crate::extract::Cited;
use crate::model::{Integrity, Key, Ledger, Report, Search, Stream, Tool, Uncovered};

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
        section("Verdicts per stream", streams(report)),
        section("Trust", trust(&report.trust)),
        section("Completeness", completeness(report)),
        section("Members outside the proof", uncovered(&report.uncovered)),
        section("The ledger of bytes", ledger(&report.ledger)),
        section(
            "Tool, version, build, settings, self-test",
            tool(&report.tool),
        ),
        section("Searches and filters", searches(&report.searches, cited)),
        section("How times were normalised and ordered", times()),
    ]
}

fn streams(report: &Report) -> Vec<Block> {
    let mut out = Vec::new();
    if report.streams.is_empty() {
        out.push(none("The case holds no stream of records."));
    }
    for stream in &report.streams {
        out.extend(one_stream(stream, &report.integrity));
    }
    let others: Vec<&Integrity> = report
        .integrity
        .iter()
        .filter(|it| it.stream.is_none())
        .collect();
    if !others.is_empty() {
        out.push(heading(line!["Findings about files"]));
        out.push(findings(&others));
    }
    out
}

fn one_stream(stream: &Stream, integrity: &[Integrity]) -> Vec<Block> {
    let about: Vec<&Integrity> = integrity
        .iter()
        .filter(|finding| finding.stream.as_ref() == Some(&stream.id))
        .collect();
    let mut what = line![
        stream.verdict,
        " · ",
        said(&stream.format),
        " · ",
        plural(stream.records, "record", "records")
    ];
    if let (Some(first), Some(last)) = (stream.first_seq, stream.last_seq) {
        what.extend(line![
            ", numbers ",
            thousands(first),
            " to ",
            thousands(last)
        ]);
    }
    let axes = stream.axes.iter();
    vec![
        heading(line![&stream.id]),
        paragraph(what),
        Block::List(
            axes.map(|(axis, answer)| axis_words(axis, answer))
                .collect(),
        ),
        if about.is_empty() {
            remark(line!["Nothing was found against it."])
        } else {
            findings(&about)
        },
    ]
}

/// The answer of an axis, in plain words.
fn axis_words(axis: &str, answer: &str) -> Line {
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
        _ => return line![said(axis), ": ", said(answer)],
    };
    line![words]
}

fn findings(findings: &[&Integrity]) -> Block {
    let rows = findings.iter().map(|finding| {
        let makes = match finding.verdict {
            Some(word) => Inline::from(word),
            None => quiet(line!["no change"]),
        };
        let mut what = line![code(&finding.code)];
        what.extend(assessed::told(finding.assessed.as_ref()));
        vec![what, line![makes], place(finding), line![&finding.message]]
    });
    Block::Table(Table {
        widths: &[17, 16, 27, 40],
        head: &["finding", "makes it", "where", "in words"],
        numbers: &[],
        rows: rows.collect(),
    })
}

fn place(finding: &Integrity) -> Line {
    let whole = |line: Line| row(vec![Inline::Whole(line)]);
    let mut out = Vec::new();
    if let Some(source) = &finding.source {
        out.push(row(line![source]));
    }
    if let Some(seq) = finding.seq {
        out.push(whole(line!["number ", thousands(seq)]));
    }
    if let (Some(first), Some(last)) = (finding.first_seq, finding.last_seq) {
        let (first, last) = (thousands(first), thousands(last));
        out.push(whole(line!["numbers ", first, " to ", last]));
    }
    if let Some(offset) = finding.offset {
        let mut at = line!["at byte ", thousands(offset)];
        if let Some(length) = finding.length {
            at.extend(line![", ", thousands(length), " bytes"]);
        }
        out.push(whole(at));
    }
    if let (Some(from), Some(until)) = (&finding.from, &finding.until) {
        out.push(row(line![time(from), " to ", time(until)]));
    }
    out
}

fn trust(keys: &[Key]) -> Vec<Block> {
    if keys.is_empty() {
        return vec![none(
            "The examiner trusts no key: nothing in this report can be better than intact.",
        )];
    }
    vec![
        paragraph(line![
            "The keys that the examiner trusts from outside the evidence. What is known of a revocation is known as of the time the key was added."
        ]),
        Block::Table(Table {
            widths: &[34, 20, 18, 16, 12],
            head: &[
                "key",
                "may seal",
                "validity",
                "who vouched, and how",
                "known as of",
            ],
            numbers: &[],
            rows: keys.iter().map(key).collect(),
        }),
    ]
}

fn key(key: &Key) -> Vec<Line> {
    let mut what = line![said(&key.algorithm), " "];
    what.extend(key.name.as_ref().map(Inline::from));
    what.push(row(line![data(&key.fingerprint)]));
    let mut seals: Line = key.streams.iter().map(|it| row(line![it])).collect();
    if seals.is_empty() {
        seals = line![quiet(line!["no bundle's stream by name"])];
    }
    let mut valid = match (&key.from, &key.until) {
        (None, None) => line![quiet(line!["no bounds known"])],
        (from, until) => {
            let (from, until) = (moment(from.as_deref()), moment(until.as_deref()));
            line!["from ", from, " until ", until]
        }
    };
    valid.push(match &key.revoked {
        Some(revoked) => row(line![strong(line!["revoked "]), time(revoked)]),
        None => row(line![quiet(line!["no revocation known"])]),
    });
    let how = match &key.how {
        Some(how) => Inline::from(how),
        None => Inline::Nothing("not said"),
    };
    vec![what, seals, valid, line![how], line![time(&key.added)]]
}

fn completeness(report: &Report) -> Vec<Block> {
    let speak: Vec<&Integrity> = report
        .integrity
        .iter()
        .filter(|finding| COMPLETENESS.contains(&finding.code.as_str()))
        .collect();
    let ends = report.period.covered.iter().map(|covered| {
        let mut out = line![&covered.stream, ": "];
        if covered.end_known {
            out.extend(line!["a cut tail is excluded: its end is sealed."]);
        } else {
            let not = strong(line!["not"]);
            out.extend(line![
                "a cut tail is ",
                not,
                " excluded: no seal speaks of its end."
            ]);
        }
        out
    });
    vec![
        Block::List(ends.collect()),
        if speak.is_empty() {
            paragraph(line!["No gap, fork, restart or missing seal was found."])
        } else {
            findings(&speak)
        },
    ]
}

fn uncovered(uncovered: &[Uncovered]) -> Vec<Block> {
    if uncovered.is_empty() {
        return vec![none(
            "No seal of a cited record or stream was found to leave out a member. Where a format has no seal, all members are outside.",
        )];
    }
    let each = uncovered.iter().map(|one| {
        let mut out = line![&one.stream, ": "];
        for (index, member) in one.members.iter().enumerate() {
            if index > 0 {
                out.push(Inline::from(", "));
            }
            out.push(data(member.as_str()));
        }
        out
    });
    vec![
        paragraph(line![
            "These members are not under the seal: anyone could have changed them and nothing would show it."
        ]),
        Block::List(each.collect()),
    ]
}

fn ledger(ledger: &Ledger) -> Vec<Block> {
    let parts = [
        ("came in", ledger.bytes_in),
        ("records", ledger.bytes_records),
        (
            "structure: what holds records together, and seals",
            ledger.bytes_structure,
        ),
        ("rejected, each with a finding", ledger.bytes_rejected),
    ];
    let rows = parts.map(|(what, bytes)| vec![line![what], line![thousands(bytes)]]);
    vec![
        paragraph(line![
            "Every byte of the decompressed originals is one of three."
        ]),
        Block::Table(Table {
            widths: &[75, 25],
            head: &[],
            numbers: &[1],
            rows: rows.into(),
        }),
        paragraph(if ledger.balanced {
            line!["The ledger balances: nothing was dropped in silence."]
        } else {
            line![strong(line!["The ledger does not balance."])]
        }),
    ]
}

fn tool(tool: &Tool) -> Vec<Block> {
    // Versions name their build as Semantic Versioning does: 0.1.0+546c78f2a1b2.
    let (name, build) = match tool.name.as_str().split_once('+') {
        Some((name, build)) => (name, data(build)),
        None => (tool.name.as_str(), Inline::Nothing("build not recorded")),
    };
    let mut terms = vec![
        (line!["tool and version"], line![said(name)]),
        (line!["build"], line![build]),
        (line!["network"], line!["none: it opens no connection"]),
    ];
    for (name, value) in &tool.settings {
        terms.push((line![said(name)], line![said(value)]));
    }
    let checked = if tool.proofs_checked == 0 {
        line!["No cited record has a proof that could be checked without the case."]
    } else {
        line![
            "Before this report was written, ",
            plural(tool.proofs_checked, "proof was", "proofs were"),
            " checked again from the bytes in ",
            code("proofs/"),
            " alone; what that showed stands with each fact."
        ]
    };
    terms.push((line!["self-test"], checked));
    vec![Block::Terms(terms)]
}

fn searches(searches: &[Search], cited: &[Cited]) -> Vec<Block> {
    let mut out = Vec::new();
    if searches.is_empty() {
        out.push(none("No search was made: no record is cited."));
    }
    for search in searches {
        let mut words = match &search.query {
            Some(query) if query.is_empty() => line!["All events, without a filter: "],
            Some(query) => line!["Query, as typed: ", data(query.as_str()), ". It matched "],
            None => line!["Records named one by one by the examiner: "],
        };
        words.extend(line![
            thousands(search.matched),
            " of ",
            plural(search.total, "event", "events"),
            ", and left out ",
            thousands(search.total.saturating_sub(search.matched)),
            ". ",
            plural(search.cited, "record is", "records are"),
            " cited because of it and of no search above."
        ]);
        out.push(paragraph(words));
    }
    out.push(remark(line![
        plural(cited.len() as u64, "record is", "records are"),
        " cited in all. What was not matched was not looked at for this report, and is in the case."
    ]));
    out
}

fn times() -> Vec<Block> {
    let rules = [
        "Times are shown in UTC, to the microsecond that the record gives; finer digits stand in the raw bytes. Nothing was rounded.",
        "A time with an offset was turned into UTC; a time without a zone was not taken for one, and such a record stands last, without a time.",
        "Records of equal time stand by evidence item, then by their place in it. That order is no claim about which came first.",
        "A leap second (:60) is read as the last microsecond of its minute.",
    ];
    vec![Block::List(rules.map(|rule| line![rule]).into())]
}
