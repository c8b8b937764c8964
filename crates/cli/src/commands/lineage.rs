//! `exhibit lineage`

use super::verify::word;
use crate::exit::Found;
use crate::output::{Output, harmless, print, thousands};
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use workbench::api::{LineageTree, LineageView};
use workbench::{Desk, Export, Form, Result, Session, time_of};

/// A credential from its mint to its last use and its end, and what was made from it.
///
/// Each link says how it is known: exact (the same identifier in both records), salted (equal keyed
/// hashes of one audit device) or inferred (the same principal within a stated window, and only one
/// candidate). A credential whose mint is not in the evidence says which sources would hold it, and
/// for which time they are there.
#[derive(Debug, Args)]
#[command(after_help = "\
CREDENTIAL is an access key id, a token's id, an accessor, or another name of it.
Examples:
  exhibit lineage breach.exhibit ASIA5FEXAMPLEKEYRB7N
  exhibit lineage breach.exhibit jti:7f0c61d2 --json | jq '.children[].credential'")]
pub struct Lineage {
    /// The case.
    case: PathBuf,
    /// The credential.
    #[arg(value_name = "CREDENTIAL", allow_hyphen_values = true)]
    credential: String,
    /// How it is printed [default: an indented tree].
    #[arg(long, value_enum)]
    format: Option<Format>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A picture.
    Svg,
    /// A credential a row.
    Csv,
}

/// Runs it.
pub fn run(it: Lineage, desk: Desk, out: &Output) -> Result<Found> {
    let session = Session::open_to_read(&it.case, desk)?;
    if let Some(format) = it.format.filter(|_| !out.json) {
        let form = match format {
            Format::Svg => Form::Svg,
            Format::Csv => Form::Csv,
        };
        print(&session.exported(&Export::Lineage(it.credential), form)?)?;
        return Ok(Found::Sound);
    }
    let tree = session.lineage(&it.credential)?;
    if out.json {
        out.document(&tree)?;
        return Ok(Found::Sound);
    }
    print(&text(&tree, out))?;
    Ok(Found::Sound)
}

fn text(tree: &LineageTree, out: &Output) -> String {
    let mut text = String::new();
    if !tree.ancestors.is_empty() {
        text.push_str("made from\n");
        for parent in &tree.ancestors {
            text.push_str(&format!(
                "  ↑ {}  {}, shown by {}\n",
                harmless(&parent.credential),
                join(&parent.join, tree.inferred_within_seconds),
                parent.shown_by
            ));
        }
        if tree.ancestors_cut {
            text.push_str("  ↑ … in a circle or on for too long: not followed further\n");
        }
        text.push('\n');
    }
    branches(tree, out, &mut text);
    if tree.tree.minted.is_none() {
        text.push_str("\nIts mint is not in the evidence. Sources that would hold it, from first to last record:\n");
        // A trail is many files: one line for all of a format.
        let mut formats: Vec<(&str, u64, &Option<String>, &Option<String>)> = Vec::new();
        for covered in &tree.coverage {
            match formats.iter_mut().find(|known| known.0 == covered.format) {
                Some((_, files, from, until)) => {
                    *files += 1;
                    *from = (*from).min(&covered.from);
                    *until = (*until).max(&covered.until);
                }
                None => formats.push((&covered.format, 1, &covered.from, &covered.until)),
            }
        }
        for (format, files, from, until) in formats {
            text.push_str(&format!(
                "  {} to {}  {format}, {} {}\n",
                time(from, out),
                time(until, out),
                thousands(files),
                if files == 1 {
                    "file"
                } else {
                    "files; --json has each"
                }
            ));
        }
        if tree.coverage.is_empty() {
            text.push_str("  none: nothing here could show it\n");
        }
        for gap in &tree.gaps {
            text.push_str(&format!(
                "  missing: {} in {}\n",
                gap.code,
                harmless(&gap.stream)
            ));
        }
    }
    text
}

/// The tree, without recursion: what waits is a node, what stands before its lines, and whether it
/// is the last of its siblings.
fn branches(tree: &LineageTree, out: &Output, text: &mut String) {
    let mut wait: Vec<(&LineageView, String, Option<bool>)> =
        vec![(&tree.tree, String::new(), None)];
    while let Some((node, before, is_last)) = wait.pop() {
        let (branch, below) = match is_last {
            None => ("", ""),
            Some(true) => ("└─ ", "   "),
            Some(false) => ("├─ ", "│  "),
        };
        let inner = format!("{before}{below}");
        let stem = if node.children.is_empty() {
            "   "
        } else {
            "│  "
        };
        let how = node
            .join
            .as_deref()
            .map(|how| format!("  {}", join(how, tree.inferred_within_seconds)));
        text.push_str(&format!(
            "{before}{branch}{}  {}{}\n",
            harmless(&node.credential),
            node.kind,
            how.unwrap_or_default()
        ));
        for line in lines(node, tree, out) {
            text.push_str(&format!("{inner}{stem}{line}\n"));
        }
        if node.children_left_out > 0 {
            text.push_str(&format!(
                "{inner}{stem}{} children are not shown: too many, too deep, or shown elsewhere\n",
                thousands(node.children_left_out)
            ));
        }
        for (place, child) in node.children.iter().enumerate().rev() {
            wait.push((child, inner.clone(), Some(place + 1 == node.children.len())));
        }
    }
}

/// What is to be said of one credential, a line each.
fn lines(node: &LineageView, tree: &LineageTree, out: &Output) -> Vec<String> {
    let mut lines = Vec::new();
    if !node.aliases.is_empty() {
        lines.push(format!("also     {}", harmless(&node.aliases.join(", "))));
    }
    match (&node.minted, node.minted_verdict) {
        (Some(event), Some(verdict)) => lines.push(format!(
            "minted   {}  by {}  {} {event}",
            time(&node.minted_at, out),
            harmless(node.minted_by.as_deref().unwrap_or("an unnamed actor")),
            word(verdict)
        )),
        _ => lines.push("minted   not in the evidence".into()),
    }
    if let Some(holder) = &node.holder {
        lines.push(format!("holder   {}", harmless(holder)));
    }
    for parent in &node.other_parents {
        lines.push(format!(
            "contested: {} says that it was made from {}",
            parent.shown_by,
            harmless(&parent.credential)
        ));
    }
    if !node.candidates.is_empty() {
        lines.push(format!(
            "parent   one of {} made within {} s before; none is chosen",
            harmless(&node.candidates.join(", ")),
            tree.inferred_within_seconds
        ));
    }
    lines.push(if node.uses.count == 0 {
        "uses     none in the evidence".into()
    } else {
        let refused = match node.uses.refused {
            0 => String::new(),
            refused => format!(", {} refused", thousands(refused)),
        };
        let verdict = node.uses.verdict.map_or("", word);
        format!(
            "uses     {}{refused}  {} to {}  {verdict}",
            thousands(node.uses.count),
            time(&node.uses.first, out),
            time(&node.uses.last, out)
        )
    });
    match &node.revoked {
        Some(event) => lines.push(format!("revoked  {}  {event}", time(&node.revoked_at, out))),
        None => lines.push("revoked  not in the evidence".into()),
    }
    if node.expires.is_some() {
        lines.push(format!("expires  {}", time(&node.expires, out)));
    }
    if node.in_cycle {
        lines.push("records make it its own ancestor: they contradict each other".into());
    }
    lines
}

fn join(join: &str, within: i64) -> String {
    match join {
        "inferred" => format!("inferred: the same account within {within} s"),
        join => join.to_owned(),
    }
}

fn time(time: &Option<String>, out: &Output) -> String {
    match time {
        Some(time) => time_of(time).map_or_else(|| time.clone(), |time| out.zone.show(time)),
        None => "undated".into(),
    }
}
