//! `exhibit provenance`

use super::findings::wrapped;
use super::verify::{mark, word};
use crate::exit::Found;
use crate::output::{Output, harmless, print};
use clap::Args;
use std::fmt::Write as _;
use std::path::PathBuf;
use workbench::api::ProvenanceView;
use workbench::{Desk, Result, Session};

/// Under which identity, credential, policy and approval an act was done.
///
/// Each line cites the record that shows it, or says that it is not in evidence. The answer is
/// *shown* where each condition is shown; *not shown* with what is missing; *contradicted* where it
/// was denied, its credential revoked or run out before, or its approval outside its time or scope,
/// or given only afterwards. That something is not in evidence is no sign that it was not so.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  exhibit provenance breach.exhibit E3:410
  exhibit provenance breach.exhibit example.com/payments:411 --json")]
pub struct Provenance {
    /// The case.
    case: PathBuf,
    /// The event: E2:907 (source and ordinal, as the timeline shows it) or STREAM:SEQ.
    event: String,
}

/// Runs it.
pub fn run(it: Provenance, desk: Desk, out: &Output) -> Result<Found> {
    let session = Session::open_to_read(&it.case, desk)?;
    let view = session.provenance(session.find_record(&it.event)?)?;
    if out.json {
        out.document(&view)?;
    } else {
        print(&text(&view))?;
    }
    // A record of it that is refuted is a contradiction; an act that was denied is none.
    Ok(
        if view.event.verdict == workbench::api::Word::Contradicted {
            Found::Contradicted
        } else {
            Found::Sound
        },
    )
}

fn text(view: &ProvenanceView) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{} {}  {}  {}\n",
        mark(view.event.verdict),
        view.event.event,
        view.event.time.as_deref().unwrap_or("undated"),
        harmless(&view.kind)
    );
    let _ = writeln!(text, "Done under approved conditions: {}", view.answer);
    for reason in &view.reasons {
        text.push_str(&wrapped(&format!("- {reason}"), 2));
    }
    let _ = writeln!(
        text,
        "  The weakest record that this rests on is {}.\n",
        word(view.verdict)
    );
    let width = view
        .lines
        .iter()
        .map(|line| line.about.len())
        .max()
        .unwrap_or(0);
    let mut before = "";
    for line in &view.lines {
        let about = if line.about == before {
            ""
        } else {
            &line.about
        };
        before = &line.about;
        let said = line.said.as_deref().unwrap_or("not in evidence");
        let _ = writeln!(text, "{about:width$}  {}", harmless(said));
        if let Some(row) = &line.cites {
            let time = row.time.as_deref().unwrap_or("undated");
            let _ = writeln!(
                text,
                "{:width$}    {} {}  {time}  {}",
                "",
                mark(row.verdict),
                row.event,
                word(row.verdict)
            );
        }
    }
    text
}
