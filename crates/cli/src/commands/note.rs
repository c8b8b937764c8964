//! `exhibit note`

use crate::exit::Found;
use crate::output::{Output, harmless, print};
use clap::Args;
use std::fmt::Write as _;
use std::path::PathBuf;
use workbench::api::{NoteEdit, NoteView};
use workbench::{Desk, Result, Session};

/// Star, tag or comment an event.
///
/// What you say is kept in the case and told in its custody log, and changes no verdict. The
/// timeline finds it again: star:yes, tag:exfiltration, comment:*payments*.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  exhibit note breach.exhibit E3:410 --star --tag exfiltration
  exhibit note breach.exhibit E3:410 --comment 'the first read after the leak'
  exhibit note breach.exhibit E3:410                   what is said of it
  exhibit timeline breach.exhibit star:yes")]
pub struct Note {
    /// The case.
    case: PathBuf,
    /// The event: E2:907 (source and ordinal, as the timeline shows it) or STREAM:SEQ.
    event: String,
    /// Star it.
    #[arg(long, conflicts_with = "unstar")]
    star: bool,
    /// Take the star away.
    #[arg(long)]
    unstar: bool,
    /// Put this tag on. May be repeated.
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// Take this tag off. May be repeated.
    #[arg(long, value_name = "TAG")]
    untag: Vec<String>,
    /// Say this of it, in place of what was said; nothing ('') takes it away.
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
}

/// Runs it.
pub fn run(it: Note, desk: Desk, out: &Output) -> Result<Found> {
    let star = match (it.star, it.unstar) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    };
    let is_asked =
        star.is_none() && it.tag.is_empty() && it.untag.is_empty() && it.comment.is_none();
    let session = match is_asked {
        true => Session::open_to_read(&it.case, desk)?,
        false => Session::open_to_write(&it.case, desk)?,
    };
    let id = session.find_record(&it.event)?;
    let note = session.annotate(&NoteEdit {
        id,
        star,
        tag: it.tag,
        untag: it.untag,
        comment: it.comment,
    })?;
    session.close()?;
    if out.json {
        out.document(&note)?;
    } else {
        print(&text(&note))?;
    }
    Ok(Found::Sound)
}

fn text(note: &NoteView) -> String {
    let mut text = String::new();
    let star = if note.starred {
        "starred"
    } else {
        "not starred"
    };
    let tags = match note.tags.is_empty() {
        true => "no tags".to_owned(),
        false => format!("tags: {}", note.tags.join(", ")),
    };
    let _ = writeln!(text, "{star} · {}", harmless(&tags));
    if let Some(comment) = &note.comment {
        for line in comment.lines() {
            let _ = writeln!(text, "  {}", harmless(line));
        }
    }
    text
}
