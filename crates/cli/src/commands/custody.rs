//! `exhibit custody`

use crate::exit::Found;
use crate::output::{Output, harmless, print};
use crate::table::{Table, cut};
use clap::Args;
use std::path::PathBuf;
use workbench::{Desk, Failure, Result, Session};

/// What was done with a case, and the chain over it.
///
/// Each line names the SHA-256 of the one before it. Note the last one elsewhere, in a report for
/// instance: it shows a log that was written anew.
#[derive(Debug, Args)]
pub struct Custody {
    /// The case.
    case: PathBuf,
}

/// Runs it.
pub fn run(it: Custody, desk: Desk, out: &Output) -> Result<Found> {
    let session = Session::open_to_read(&it.case, desk)?;
    let view = session.custody()?;
    if !view.holds {
        return Err(Failure::program(
            "custody-broken",
            format!(
                "The custody log of this case does not hold: {}.",
                view.faults.join("; ")
            ),
            "Somebody or something changed the case file outside Exhibit. Take the newest sound copy.",
        ));
    }
    if out.json {
        out.document(&view)?;
        return Ok(Found::Sound);
    }
    let mut table = Table::new(&["", "when, UTC", "who", "with", "act", "about"]);
    for line in &view.lines {
        table.row([
            line.seq.to_string(),
            line.at.clone(),
            line.who.clone(),
            line.tool.clone(),
            line.act.clone(),
            cut(&line.about, 72),
        ]);
    }
    let mut text = table.text(&[0]);
    if let Some(head) = &view.head {
        text.push_str(&format!(
            "\nThe chain holds. Its newest line has SHA-256 {}\n",
            harmless(head)
        ));
    }
    print(&text)?;
    Ok(Found::Sound)
}
