//! The real window on a virtual display, measured from within (`tests/window/measure.mjs`).

use crate::Result;
use crate::options::Options;
use crate::table::Row;
use std::path::Path;
use std::process::Command;

/// A figure's beginning, and its aim in milliseconds at 1 M events (issue and `design/performance.md`).
const AIMS: &[(&str, f64)] = &[
    (
        "window: from the beginning of an import to its first rows",
        1000.0,
    ),
    ("window: from a filter to its first page", 100.0),
    ("window: longest blank row while rows scroll by", 100.0),
    ("window: longest blank row after a throw of the bar", 100.0),
];

/// Reads evidence of so many records into a case in the window, and looks around in it.
pub fn run(options: &Options, records: u64, dir: &Path) -> Result<Vec<Row>> {
    let evidence = dir.join("shown");
    scenario::site::bundle(&evidence, records)?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    options.say("driving the window, which takes minutes");
    let ran = Command::new("sh")
        .arg(root.join("tests/window/measure"))
        .env("EVIDENCE", &evidence)
        .env("KEYS", scenario::site::beside(&evidence))
        .env("EXHIBIT_WINDOW", root.join("target/release/exhibit-window"))
        .env("EXHIBIT", root.join("target/release/exhibit"))
        .output()?;
    std::fs::remove_dir_all(&evidence)?;
    let told = String::from_utf8_lossy(&ran.stderr);
    if !ran.status.success() {
        let out = String::from_utf8_lossy(&ran.stdout);
        return Err(format!("the window could not be measured:\n{out}").into());
    }
    let figures = told.lines().filter_map(|line| line.strip_prefix("figure "));
    figures.map(|line| row(line, records)).collect()
}

fn row(line: &str, records: u64) -> Result<Row> {
    let figure: serde_json::Value = serde_json::from_str(line)?;
    let name = figure["name"].as_str().unwrap_or_default();
    let times: Vec<f64> = serde_json::from_value(figure["milliseconds"].clone())?;
    let seconds = times.iter().map(|one| one / 1e3).collect();
    let row = Row::times(
        format!("{name}, {} M records", records as f64 / 1e6),
        seconds,
    );
    let aim = AIMS.iter().find(|(named, _)| *named == name);
    Ok(match aim {
        Some((_, aim)) => row.aim(*aim).note("aim for 1 M events"),
        None => row,
    })
}
