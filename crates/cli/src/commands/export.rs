//! `exhibit export`

use crate::exit::Found;
use crate::output::{Output, harmless, print, thousands};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};
use workbench::api::TimelineFilter;
use workbench::{Desk, ExportAs, Failure, Result, Session};

/// Events for other people's tools, on standard output; as Parquet into a new folder.
///
/// What the export leaves out is said on standard error. Parquet is two files, events.parquet and
/// edges.parquet, for DuckDB, ClickHouse, Spark or what else holds the rest of your logs. CSV is `exhibit timeline --format csv`;
/// GraphML and DOT are `exhibit graph --format`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  exhibit export breach.exhibit 'jti:7f0c' --to timesketch > breach.jsonl\n  exhibit export breach.exhibit 'outcome:denied' --to stix > addresses.json\n  exhibit export breach.exhibit --to parquet --out tables\n  duckdb -c \"SELECT actor, count(*) FROM 'tables/events.parquet' WHERE verdict = 'verified' GROUP BY 1\""
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
    /// The new folder for Parquet's files.
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum To {
    /// Timesketch: JSON lines with message, datetime and timestamp_desc.
    Timesketch,
    /// STIX 2.1: a bundle with an indicator for each source address.
    Stix,
    /// CASE/UCO: a JSON-LD document of events.
    Case,
    /// Parquet: events and edges, each with its verdict and the place of its bytes.
    Parquet,
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
    let filter = TimelineFilter {
        query: it.query.unwrap_or_default().trim_start().to_owned(),
        ..TimelineFilter::default()
    };
    let to = match (it.to, &it.out) {
        (To::Parquet, Some(folder)) => return tables(&it.case, &filter, folder, desk, out),
        (To::Parquet, None) => {
            return Err(Failure::request(
                "usage",
                "Parquet is two files, and standard output is one.",
                "Name a new folder: --out FOLDER.",
            ));
        }
        (_, Some(_)) => {
            return Err(Failure::request(
                "usage",
                "--out is for Parquet; this export goes to standard output.",
                "Leave --out away and redirect it: > FILE.",
            ));
        }
        (To::Timesketch, None) => ExportAs::Timesketch,
        (To::Stix, None) => ExportAs::Stix,
        (To::Case, None) => ExportAs::Case,
    };
    let session = Session::open_to_read(&it.case, desk)?;
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

fn tables(
    case: &Path,
    filter: &TimelineFilter,
    folder: &Path,
    desk: Desk,
    out: &Output,
) -> Result<Found> {
    let done = Session::open_to_read(case, desk)?.export_tables(filter, folder)?;
    if out.json {
        out.document(&done)?;
    } else {
        print(&format!(
            "{0}/events.parquet  {1} events\n{0}/edges.parquet   {2} edges\n",
            harmless(&done.folder),
            thousands(done.events),
            thousands(done.edges),
        ))?;
    }
    eprintln!(
        "{} acts were refused and claim nothing. {}",
        thousands(done.refused),
        done.leaves_out
    );
    Ok(Found::Sound)
}
