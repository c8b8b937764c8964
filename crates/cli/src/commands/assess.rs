//! `exhibit assess`

use crate::exit::Found;
use crate::output::{Output, harmless, print};
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use workbench::api::{FindingEdit, FindingState};
use workbench::{Desk, Result, Session};

/// Say what you make of a finding.
///
/// It is kept in the case, told in its custody log and beside the finding, and changes no verdict.
/// Where more evidence takes the finding away, what you made of it is still told.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  exhibit findings breach.exhibit                      the key of each stands in [brackets]
  exhibit assess breach.exhibit 5c5f01aa09e1b2c3 --as confirmed
  exhibit assess breach.exhibit 5c5f01aa09e1b2c3 --as explained --comment 'the nightly rotation'
  exhibit assess breach.exhibit 5c5f01aa09e1b2c3       what is made of it")]
pub struct Assess {
    /// The case.
    case: PathBuf,
    /// The finding's key.
    key: String,
    /// What it is.
    #[arg(long = "as", value_enum, value_name = "STATE")]
    state: Option<State>,
    /// Say this of it, in place of what was said; nothing ('') takes it away.
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum State {
    /// Nothing is made of it yet.
    Open,
    /// It is what it says.
    Confirmed,
    /// It has an innocent reason, which the comment tells.
    Explained,
}

/// Runs it.
pub fn run(it: Assess, desk: Desk, out: &Output) -> Result<Found> {
    let is_asked = it.state.is_none() && it.comment.is_none();
    let session = match is_asked {
        true => Session::open_to_read(&it.case, desk)?,
        false => Session::open_to_write(&it.case, desk)?,
    };
    let made = session.assess(&FindingEdit {
        key: it.key,
        state: it.state.map(|state| match state {
            State::Open => FindingState::Open,
            State::Confirmed => FindingState::Confirmed,
            State::Explained => FindingState::Explained,
        }),
        comment: it.comment,
    })?;
    session.close()?;
    if out.json {
        out.document(&made)?;
    } else {
        let mut text = format!("{}: {}\n", made.code, made.state.as_str());
        for line in made.comment.iter().flat_map(|comment| comment.lines()) {
            text.push_str(&format!("  {}\n", harmless(line)));
        }
        print(&text)?;
    }
    Ok(Found::Sound)
}
