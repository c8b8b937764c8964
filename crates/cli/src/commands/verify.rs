//! `exhibit verify`

use super::keys;
use crate::exit::Found;
use crate::output::{Output, bytes, harmless, print, thousands};
use crate::progress::watch;
use crate::table::{Table, cut};
use clap::Args;
use std::fmt::Write as _;
use std::path::PathBuf;
use workbench::api::{FindingView, Summary, Word};
use workbench::{Desk, Result, Session};

/// Verify everything in a case again, from its bytes.
///
/// Nothing that was found before is relied on: every digest, chain and signature is reckoned anew
/// from the bytes that the case keeps, and its custody log is checked too.
#[derive(Debug, Args)]
pub struct Verify {
    /// The case.
    case: PathBuf,
    /// Public keys to trust besides those of the case.
    #[arg(long, value_name = "FILE")]
    keys: Vec<PathBuf>,
}

/// Runs it.
pub fn run(it: Verify, desk: Desk, out: &Output) -> Result<Found> {
    let keys = keys(&it.keys)?;
    let session = Session::open_to_write(&it.case, desk)?;
    let done = watch(|progress| session.verify(&keys, progress));
    session.close()?;
    show(&done?, out)
}

/// Prints a summary, and says whether anything is contradicted.
pub fn show(summary: &Summary, out: &Output) -> Result<Found> {
    if out.json {
        out.document(summary)?;
        for note in &summary.notes {
            eprintln!("exhibit: {}", harmless(note));
        }
    } else {
        print(&text(summary))?;
    }
    Ok(found(summary))
}

/// Whether anything in the case is contradicted.
pub fn found(summary: &Summary) -> Found {
    if summary.verdict == Word::Contradicted {
        Found::Contradicted
    } else {
        Found::Sound
    }
}

/// The most sources, streams and findings that a person reads here; the rest is counted.
const MOST: usize = 40;

fn text(summary: &Summary) -> String {
    let mut text = String::new();
    for note in &summary.notes {
        let _ = writeln!(text, "{}\n", harmless(note));
    }
    let _ = writeln!(
        text,
        "{} {} {}\n",
        mark(summary.verdict),
        harmless(&summary.case),
        word(summary.verdict)
    );
    let counts = summary.records;
    let _ = writeln!(
        text,
        "{} records: {} verified, {} intact, {} unproven, {} contradicted",
        thousands(counts.total),
        thousands(counts.verified),
        thousands(counts.intact),
        thousands(counts.unproven),
        thousands(counts.contradicted)
    );
    let ledger = summary.ledger;
    let _ = writeln!(
        text,
        "{} bytes in = {} in records + {} of structure + {} rejected; {}\n",
        thousands(ledger.bytes_in),
        thousands(ledger.bytes_records),
        thousands(ledger.bytes_structure),
        thousands(ledger.bytes_rejected),
        if ledger.balanced {
            "balances"
        } else {
            "DOES NOT BALANCE"
        }
    );
    sources(summary, &mut text);
    streams(summary, &mut text);
    findings(&summary.findings, &mut text);
    text
}

fn sources(summary: &Summary, text: &mut String) {
    let mut table = Table::new(&["", "source", "format", "records", "size", "verdict", "path"]);
    // Files with records first: seals, sidecars and lists stand behind them.
    let (with, without): (Vec<_>, Vec<_>) = summary
        .sources
        .iter()
        .partition(|source| source.records > 0);
    for source in with.iter().chain(&without).take(MOST) {
        let format = if source.records > 0 {
            source.format.clone()
        } else {
            format!("{}, {}", source.format, source.role)
        };
        table.row([
            mark(source.verdict).into(),
            format!("E{}", source.id),
            format,
            thousands(source.records),
            bytes(source.bytes),
            word(source.verdict).into(),
            cut(&source.path, 72),
        ]);
    }
    text.push_str(&table.text(&[3, 4]));
    let more = summary.sources.len().saturating_sub(table.len());
    if more > 0 {
        let _ = writeln!(
            text,
            "… and {} more sources; --json lists all",
            thousands(more as u64)
        );
    }
    text.push('\n');
}

fn streams(summary: &Summary, text: &mut String) {
    if summary.streams.is_empty() {
        return;
    }
    let mut table = Table::new(&[
        "",
        "stream",
        "records",
        "verdict",
        "form",
        "integrity",
        "author",
        "completeness",
        "time",
    ]);
    for stream in summary.streams.iter().take(MOST) {
        let axes = &stream.axes;
        table.row([
            mark(stream.verdict).into(),
            cut(&stream.id, 48),
            thousands(stream.records),
            word(stream.verdict).into(),
            axes.form.clone(),
            axes.integrity.clone(),
            axes.author.clone(),
            axes.completeness.clone(),
            axes.time.clone(),
        ]);
    }
    text.push_str(&table.text(&[2]));
    let more = summary.streams.len().saturating_sub(table.len());
    if more > 0 {
        let _ = writeln!(
            text,
            "… and {} more streams; --json lists all",
            thousands(more as u64)
        );
    }
    text.push('\n');
}

/// The findings, the worst first.
pub fn findings(findings: &[FindingView], text: &mut String) {
    if findings.is_empty() {
        text.push_str("No findings.\n");
        return;
    }
    let _ = writeln!(text, "Findings");
    for finding in findings.iter().take(MOST) {
        let verdict = finding.verdict.map_or("-", mark);
        let _ = writeln!(
            text,
            "{verdict} {}  {}",
            finding.code,
            harmless(&place(finding))
        );
        let _ = writeln!(text, "    {}", harmless(&finding.message));
    }
    if findings.len() > MOST {
        let _ = writeln!(
            text,
            "… and {} more findings; --json lists all",
            thousands((findings.len() - MOST) as u64)
        );
    }
}

/// Where a finding is, in one line.
fn place(finding: &FindingView) -> String {
    let mut parts = Vec::new();
    if let Some(stream) = &finding.stream {
        parts.push(stream.clone());
    }
    match (finding.seq, finding.first_seq, finding.last_seq) {
        (_, Some(first), Some(last)) if first != last => {
            parts.push(format!("seq {first} to {last}"))
        }
        (Some(seq), _, _) => parts.push(format!("seq {seq}")),
        _ => {}
    }
    if let Some(source) = &finding.source {
        let id = finding
            .source_id
            .map(|id| format!("E{id} "))
            .unwrap_or_default();
        if finding.stream.as_deref() != Some(source) || finding.source_id.is_some() {
            parts.push(format!("{id}{source}"));
        }
    }
    if let (Some(offset), Some(length)) = (finding.offset, finding.length) {
        parts.push(format!("{length} bytes at {}", thousands(offset)));
    }
    if let (Some(from), Some(until)) = (&finding.from, &finding.until) {
        parts.push(format!("{from} to {until}"));
    }
    parts.join(" · ")
}

/// A verdict's shape, beside its word.
pub fn mark(word: Word) -> &'static str {
    match word {
        Word::Verified => "●",
        Word::Intact => "○",
        Word::Unproven => "◌",
        Word::Contradicted => "✖",
        Word::Unchecked => "·",
    }
}

/// A verdict's word.
pub fn word(word: Word) -> &'static str {
    match word {
        Word::Verified => "verified",
        Word::Intact => "intact",
        Word::Unproven => "unproven",
        Word::Contradicted => "contradicted",
        Word::Unchecked => "not yet checked",
    }
}
