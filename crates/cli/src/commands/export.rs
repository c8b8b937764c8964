//! `exhibit export`

use crate::exit::Found;
use crate::output::{Output, print, thousands};
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use workbench::api::TimelineFilter;
use workbench::{Desk, ExportAs, Failure, Result, Session};

/// Events for other people's tools, on standard output.
///
/// What the export leaves out is said on standard error. CSV is `exhibit timeline --format csv`;
/// GraphML and DOT are `exhibit graph --format`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  exhibit export breach.exhibit 'jti:7f0c' --to timesketch > breach.jsonl\n  exhibit export breach.exhibit 'outcome:denied' --to stix > addresses.json"
)]
pub struct Export {
    /// The case.
    case: PathBuf,
    /// Which events, as for `exhibit timeline`; all where nothing is given.
    #[arg(value_name = "QUERY")]
    query: Option<String>,
    /// For whom.
    #[arg(long, value_enum)]
    to: To,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum To {
    /// Timesketch: JSON lines with message, datetime and timestamp_desc.
    Timesketch,
    /// STIX 2.1: a bundle with an indicator for each source address.
    Stix,
    /// CASE/UCO: a JSON-LD document of events.
    Case,
}

/// Runs it.
pub fn run(it: Export, desk: Desk, out: &Output) -> Result<Found> {
    if out.json && it.to == To::Timesketch {
        return Err(Failure::request(
            "usage",
            "Timesketch takes JSON lines, which are not one JSON document.",
            "Leave --json out.",
        ));
    }
    let session = Session::open_to_read(&it.case, desk)?;
    let filter = TimelineFilter {
        query: it.query.unwrap_or_default().trim_start().to_owned(),
        ..TimelineFilter::default()
    };
    let to = match it.to {
        To::Timesketch => ExportAs::Timesketch,
        To::Stix => ExportAs::Stix,
        To::Case => ExportAs::Case,
    };
    let mut text = String::new();
    let done = session.export_events(&filter, to, &mut |piece| {
        text.push_str(piece);
        if text.len() > 1 << 16 {
            print(&text)?;
            text.clear();
        }
        Ok(())
    })?;
    print(&text)?;
    eprintln!(
        "{} events exported, {} left out. {}",
        thousands(done.events),
        thousands(done.left_out),
        done.leaves_out
    );
    Ok(Found::Sound)
}
