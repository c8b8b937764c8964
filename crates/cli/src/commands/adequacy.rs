//! `exhibit adequacy`

use super::findings::wrapped;
use crate::exit::Found;
use crate::output::{Output, harmless, print, thousands};
use crate::table::{Table, cut};
use clap::Args;
use std::fmt::Write as _;
use std::path::PathBuf;
use workbench::api::{AdequacyView, SharesView};
use workbench::{Desk, Result, Session};

/// What this trail can and cannot prove, per source.
///
/// For each question that a framework asks of an audit trail: whether this evidence can answer it,
/// and the numbers behind that. Then the shares by source, stream and identity, and which time the
/// sources cover: sealed, unsealed, missing, silent. Every *no* that Exhibit says is worth as much
/// as the coverage of that time.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  exhibit adequacy breach.exhibit
  exhibit adequacy breach.exhibit --json | jq '.questions[] | select(.answerable==\"never\")'")]
pub struct Adequacy {
    /// The case.
    case: PathBuf,
}

/// Runs it.
pub fn run(it: Adequacy, desk: Desk, out: &Output) -> Result<Found> {
    let session = Session::open_to_read(&it.case, desk)?;
    let view = session.adequacy()?;
    if out.json {
        out.document(&view)?;
    } else {
        print(&text(&view))?;
    }
    Ok(Found::Sound)
}

/// The measures, as heads of columns.
const COLUMNS: [(&str, &str); 11] = [
    ("workload", "workload"),
    ("credential", "cred"),
    ("short-lived", "ends"),
    ("minted", "minted"),
    ("decision", "decided"),
    ("request", "request"),
    ("resource", "resource"),
    ("classification", "class"),
    ("approval", "approved"),
    ("outcome", "outcome"),
    ("sealed", "sealed"),
];

fn text(view: &AdequacyView) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "What {} acts can prove\n", thousands(view.all.acts));
    for question in &view.questions {
        let _ = writeln!(text, "{:8} {}", question.answerable, question.question);
        text.push_str(&wrapped(&format!("{}.", question.because.join("; ")), 9));
        text.push_str(&wrapped(
            &format!("Asked by {}.", question.asked_by.join("; ")),
            9,
        ));
    }
    if !view.never.is_empty() {
        let _ = writeln!(text, "\nWhat cannot be told, and of how many acts");
        for reason in &view.never {
            text.push_str(&wrapped(&format!("{reason}."), 2));
        }
    }
    for (name, groups) in [("source", &view.sources), ("stream", &view.streams)] {
        let _ = writeln!(text, "\nShares by {name}, in percent of its acts");
        text.push_str(&table(name, groups, 24));
    }
    let _ = writeln!(text, "\nShares by identity, those with the most acts first");
    text.push_str(&table("identity", &view.identities, 24));
    let more = view.identities_left_out + (view.identities.len().saturating_sub(24)) as u64;
    if more > 0 {
        let _ = writeln!(
            text,
            "{} identities more; --json lists up to 200",
            thousands(more)
        );
    }
    let _ = writeln!(text, "\nWhich time the sources cover");
    for track in &view.coverage {
        let end = if track.end_known {
            "a cut tail would be seen"
        } else {
            "a cut tail would not be seen"
        };
        let _ = writeln!(
            text,
            "  {} ({}), {} records; {end}",
            harmless(&track.stream),
            track.format,
            thousands(track.records)
        );
        for stretch in track.stretches.iter().take(12) {
            let why = if stretch.why.is_empty() {
                String::new()
            } else {
                format!("  {}", stretch.why)
            };
            let _ = writeln!(
                text,
                "    {:8}  {} to {}{}",
                stretch.state,
                stretch.from.as_deref().unwrap_or("?"),
                stretch.until.as_deref().unwrap_or("?"),
                harmless(&why)
            );
        }
        if track.stretches.len() > 12 {
            let _ = writeln!(
                text,
                "    and {} stretches more",
                track.stretches.len() - 12
            );
        }
    }
    text
}

fn table(name: &str, groups: &[SharesView], most: usize) -> String {
    let mut head = vec![name, "acts"];
    head.extend(COLUMNS.iter().map(|(_, head)| *head));
    let mut table = Table::new(&head);
    for group in groups.iter().take(most) {
        let of = group.of.as_deref().unwrap_or("(nobody named)");
        let mut cells = vec![cut(of, 44), thousands(group.acts)];
        for (measure, _) in COLUMNS {
            let count = group.counts.get(measure).copied().unwrap_or(0);
            cells.push(percent(count, group.acts));
        }
        table.row(cells);
    }
    let more = groups.len().saturating_sub(most);
    let mut text = table.text(&(1..=12).collect::<Vec<_>>());
    if more > 0 && name != "identity" {
        let _ = writeln!(text, "{more} more; --json lists them");
    }
    text
}

/// Rounded down, so that 100 means all; what is some and less than one is `<1`.
fn percent(count: u64, of: u64) -> String {
    match count.saturating_mul(100).checked_div(of) {
        None => "-".into(),
        Some(0) if count > 0 => "<1".into(),
        Some(percent) => percent.to_string(),
    }
}
