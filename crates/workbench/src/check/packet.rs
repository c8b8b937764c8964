//! A report checked from its own bytes: sums, signature, data, rows, proofs, rendering.

use super::page::rendering;
use super::rows::{proofs, rows, under_keys};
use super::sealed::{signature, sums};
use super::steps::Said;
use crate::api::{Ledger, RecordCounts, ReportCheck, Source, Word};
use crate::failure::Result;
use crate::progress::Progress;
use crate::report::folder::Found;
use crate::report::{SIGNATURE, SUMS};
use crate::session::Desk;
use evidence::keys::TrustedKey;
use report::model::{self, Report};
use report::packet::{self, read_canonical, sha256};
use report::render::Files;
use std::collections::{BTreeMap, BTreeSet};

/// What everything else is rendered from.
pub(super) const DATA: [&str; 2] = ["report.json", "extract.jsonl"];

/// Checks the files of a report, by path, under the keys given here.
pub fn check_files(files: Files, keys: &[TrustedKey], desk: &Desk) -> Result<ReportCheck> {
    let found = Found {
        files,
        ..Found::default()
    };
    check_report(&found, keys, desk, &Progress::default())
}

pub(super) fn check_report(
    found: &Found,
    keys: &[TrustedKey],
    desk: &Desk,
    progress: &Progress,
) -> Result<ReportCheck> {
    let mut said = Said::default();
    let listed = sums(found, &mut said);
    let report = read_report(&found.files, &mut said);
    let signed = signature(found, keys, report.as_ref(), &mut said);
    let cited = rows(&found.files, report.as_ref(), &mut said);
    let mut shown = model::Counts::default();
    progress.go_on()?;
    progress.add_records(cited.as_ref().map_or(0, |cited| cited.len() as u64));
    if let (Some(report), Some(cited)) = (&report, &cited) {
        proofs(&found.files, report, cited, &desk.limits, &mut said)?;
        progress.go_on()?;
        rendering(&found.files, report, cited, desk, &mut said);
        progress.go_on()?;
        shown = under_keys(&found.files, cited, keys, &desk.limits, &mut said)?;
    } else {
        let text =
            "the data cannot be read: nothing is proven, and the page was not rendered again";
        said.step("render", "missing", text);
    }
    let verdict = if said.is_contradicted() {
        Word::Contradicted
    } else {
        signed.worth
    };
    let mut claims = model::Counts::default();
    for one in cited.iter().flatten() {
        claims.add(one.verdict);
    }
    let (sources, ledger) = sources(&found.files, &listed, &said, verdict, claims.total);
    Ok(ReportCheck {
        case: report
            .as_ref()
            .map(|it| it.identification.case.as_str().to_owned())
            .unwrap_or_default(),
        verdict,
        records: rows_as_parts(claims.total, said.rows.len() as u64, verdict),
        ledger,
        sources,
        streams: Vec::new(),
        findings: said.findings,
        notes: Vec::new(),
        report: report.map(|report| report.id),
        said: counts(&claims),
        shown: counts(&shown),
        signed_by: signed.by,
        steps: said.steps,
    })
}

fn read_report(files: &Files, said: &mut Said) -> Option<Report> {
    let bytes = files.get("report.json")?;
    let refused = |said: &mut Said, why: String| {
        said.find(
            "seal-invalid",
            Some(Word::Contradicted),
            "report.json",
            why.clone(),
        );
        said.step("data", "fails", format!("report.json: {why}"));
        None
    };
    let report: Report = match read_canonical("report.json", bytes) {
        Ok(report) => report,
        Err(error) => return refused(said, error.why),
    };
    if report.format != model::FORMAT {
        let why = format!(
            "it is of the format {:.40}, which this version does not know",
            report.format
        );
        return refused(said, why);
    }
    match packet::id(&report) {
        Ok(id) if id == report.id => {
            said.step(
                "data",
                "holds",
                format!("report.json is canonical, and its id {id} is that of what it says"),
            );
        }
        _ => {
            said.find(
                "seal-invalid",
                Some(Word::Contradicted),
                "report.json",
                "its id is not that of what it says",
            );
            said.step(
                "data",
                "fails",
                "the report's id is not that of what it says",
            );
        }
    }
    Some(report)
}

fn sources(
    files: &Files,
    listed: &BTreeSet<String>,
    said: &Said,
    verdict: Word,
    records: u64,
) -> (Vec<Source>, Ledger) {
    let mut total = Ledger {
        balanced: true,
        ..Ledger::default()
    };
    let mut out = Vec::new();
    for (index, (path, bytes)) in files.iter().enumerate() {
        let length = bytes.len() as u64;
        let is_extract = path == "extract.jsonl";
        let is_part = listed.contains(path) || path == SUMS || path == SIGNATURE;
        let part = |is: bool| if is { length } else { 0 };
        let ledger = Ledger {
            bytes_in: length,
            bytes_records: part(is_part && is_extract),
            bytes_structure: part(is_part && !is_extract),
            bytes_rejected: part(!is_part),
            balanced: true,
        };
        total.bytes_in += ledger.bytes_in;
        total.bytes_records += ledger.bytes_records;
        total.bytes_structure += ledger.bytes_structure;
        total.bytes_rejected += ledger.bytes_rejected;
        let standing = match verdict {
            Word::Contradicted if said.is_against(path) => Word::Contradicted,
            // Something else is refuted: of this file nothing is.
            Word::Contradicted => Word::Unproven,
            // Nothing shows that it says what the data say.
            _ if pdf::is_path(path) && said.is_missing("paper") => Word::Unproven,
            other => other,
        };
        out.push(Source {
            id: index as u32 + 1,
            import: 1,
            container: None,
            path: path.clone(),
            format: "exhibit-report".to_owned(),
            role: role(path).to_owned(),
            sha256: sha256(bytes),
            bytes: length,
            records: if is_extract { records } else { 0 },
            verdict: standing,
            counts: RecordCounts::default(),
            ledger,
            earliest: None,
            latest: None,
            axes: None,
            raise: Vec::new(),
        });
    }
    (out, total)
}

fn role(path: &str) -> &'static str {
    let roles = BTreeMap::from([
        ("report.html", "page"),
        ("report.json", "data"),
        ("extract.jsonl", "extract"),
        ("timeline.csv", "table"),
        ("graph.svg", "figure"),
        ("graph.graphml", "figure"),
        (SUMS, "sums"),
        (SIGNATURE, "signature"),
        ("HOW-TO-CHECK.txt", "guide"),
    ]);
    let other = if pdf::is_path(path) {
        "page on paper"
    } else if path.starts_with("proofs/") {
        "proof"
    } else {
        "not of the report"
    };
    roles.get(path).copied().unwrap_or(other)
}

/// The rows as parts of the report: as good as it is, and where it is refuted only those that do not
/// fit are refuted with it.
fn rows_as_parts(total: u64, bad: u64, verdict: Word) -> RecordCounts {
    let mut out = RecordCounts {
        total,
        ..RecordCounts::default()
    };
    match verdict {
        Word::Verified => out.verified = total,
        Word::Intact => out.intact = total,
        Word::Unproven | Word::Unchecked => out.unproven = total,
        Word::Contradicted => {
            out.contradicted = bad;
            out.unproven = total - bad;
        }
    }
    out
}

fn counts(counts: &model::Counts) -> RecordCounts {
    RecordCounts {
        total: counts.total,
        verified: counts.verified,
        intact: counts.intact,
        unproven: counts.unproven,
        contradicted: counts.contradicted,
        unchecked: 0,
    }
}
