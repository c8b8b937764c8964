//! `exhibit record`

use super::verify::{mark, word};
use crate::exit::Found;
use crate::output::{Output, harmless, print, thousands};
use clap::Args;
use serde::Serialize;
use std::fmt::Write as _;
use std::path::PathBuf;
use workbench::api::{ProofView, RecordView, Word};
use workbench::{Desk, Result, Session};

/// One record: its bytes, its fields, and its proof step by step.
///
/// The proof is reckoned anew from the bytes in the case: bytes, hash, link, leaf, path, root,
/// signature, key, and who trusts it; and it names the members that it leaves out.
#[derive(Debug, Args)]
pub struct Record {
    /// The case.
    case: PathBuf,
    /// The record: E2:907 (source and ordinal, as the timeline shows it) or STREAM:SEQ.
    record: String,
}

/// Runs it.
pub fn run(it: Record, desk: Desk, out: &Output) -> Result<Found> {
    let session = Session::open_to_read(&it.case, desk)?;
    let id = session.find_record(&it.record)?;
    let (view, proof) = (session.record(id)?, session.proof(id)?);
    if out.json {
        out.document(&Proven {
            record: &view,
            proof: &proof,
        })?;
    } else {
        print(&text(&view, &proof))?;
    }
    Ok(if view.verdict == Word::Contradicted {
        Found::Contradicted
    } else {
        Found::Sound
    })
}

#[derive(Serialize)]
struct Proven<'a> {
    #[serde(flatten)]
    record: &'a RecordView,
    #[serde(flatten)]
    proof: &'a ProofView,
}

fn text(view: &RecordView, proof: &ProofView) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{} E{}:{} {}",
        mark(view.verdict),
        view.id.file,
        view.id.ordinal,
        word(view.verdict)
    );
    let _ = writeln!(text, "{}\n", harmless(&view.reason));
    let seq = view
        .seq
        .map(|seq| format!(", seq {seq}"))
        .unwrap_or_default();
    if let Some(stream) = &view.stream {
        let _ = writeln!(text, "stream  {}{seq}", harmless(stream));
    }
    let _ = writeln!(text, "source  {} ({})", harmless(&view.source), view.format);
    let _ = writeln!(
        text,
        "bytes   {} at offset {}\n",
        thousands(view.length),
        thousands(view.offset)
    );
    let _ = writeln!(text, "Proof");
    for (number, step) in proof.proof.iter().enumerate() {
        let sign = match step.outcome.as_str() {
            "holds" => "holds  ",
            "fails" => "FAILS  ",
            "missing" => "missing",
            _ => "       ",
        };
        let _ = writeln!(
            text,
            "{:3}  {:10} {sign} {}",
            number + 1,
            step.name,
            harmless(&step.text)
        );
        if let Some(value) = &step.value {
            for line in value.split(' ') {
                let _ = writeln!(text, "                         {}", harmless(line));
            }
        }
    }
    let uncovered = if proof.uncovered.is_empty() {
        "none".to_owned()
    } else {
        proof.uncovered.join(", ")
    };
    let _ = writeln!(
        text,
        "\nMembers outside the proof: {}",
        harmless(&uncovered)
    );
    if !view.raise.is_empty() {
        let _ = writeln!(text, "\nWhat would raise this verdict?");
        for raise in &view.raise {
            let _ = writeln!(text, "  {}", harmless(raise));
        }
    }
    let _ = writeln!(text, "\nFields");
    let width = view
        .fields
        .iter()
        .map(|(name, _)| name.len())
        .max()
        .unwrap_or(0);
    for (name, value) in &view.fields {
        let _ = writeln!(text, "  {name:width$}  {}", harmless(value));
    }
    let _ = writeln!(
        text,
        "\nRaw{}",
        if view.utf8 {
            ""
        } else {
            " (not UTF-8: what is not text is shown as \u{fffd})"
        }
    );
    let _ = writeln!(text, "  {}", harmless(&view.raw));
    text
}
