//! `exhibit trust`

use super::verify::{found, mark, word};
use crate::exit::Found;
use crate::output::{Output, harmless, print};
use crate::progress::watch;
use crate::table::Table;
use clap::{Args, Subcommand};
use std::fmt::Write as _;
use std::path::PathBuf;
use workbench::api::TrustChange;
use workbench::{Desk, Result, Session, read_keys};

/// Say which keys you trust, and see which verdicts that changes.
///
/// A key that came with the evidence proves only that the evidence fits itself: *intact*. A record
/// is *verified* when it is sealed by a key that you have from somebody you trust, by another way
/// than the evidence. Each change verifies again what depends on it.
#[derive(Debug, Args)]
pub struct Trust {
    /// The case.
    case: PathBuf,
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Trust the keys in a file: a bundle's key file, PEM, OpenSSH, or what `aws cloudtrail
    /// list-public-keys` printed.
    Add {
        /// The key file.
        file: PathBuf,
        /// How you came to trust them, in your words: it goes into the custody log.
        #[arg(long, value_name = "TEXT")]
        how: Option<String>,
    },
    /// Show the keys that are trusted.
    List,
    /// Trust a key no longer.
    Remove {
        /// Its fingerprint, as `list` shows it: SHA256:…
        fingerprint: String,
    },
}

/// Runs it.
pub fn run(it: Trust, desk: Desk, out: &Output) -> Result<Found> {
    let change = match it.act {
        Act::List => {
            let session = Session::open_to_read(&it.case, desk)?;
            return list(&session, out);
        }
        Act::Add { file, how } => {
            let keys = read_keys(&file, how.as_deref())?;
            let session = Session::open_to_write(&it.case, desk)?;
            let change = watch(|progress| session.trust_add(&keys, progress));
            session.close()?;
            change?
        }
        Act::Remove { fingerprint } => {
            let session = Session::open_to_write(&it.case, desk)?;
            let change = watch(|progress| session.trust_remove(&fingerprint, progress));
            session.close()?;
            change?
        }
    };
    if out.json {
        out.document(&change)?;
    } else {
        print(&text(&change))?;
    }
    Ok(found(&change.summary))
}

fn text(change: &TrustChange) -> String {
    let mut text = String::new();
    for key in &change.added {
        let _ = writeln!(text, "trusted now: {}", harmless(key));
    }
    for key in &change.removed {
        let _ = writeln!(text, "no longer trusted: {}", harmless(key));
    }
    if change.changed.is_empty() {
        text.push_str("No verdict changed.\n");
    }
    for change in &change.changed {
        let _ = writeln!(
            text,
            "{} {}: {} → {}",
            mark(change.after),
            harmless(&change.stream),
            word(change.before),
            word(change.after)
        );
    }
    let counts = change.summary.records;
    let _ = writeln!(
        text,
        "Now {} verified, {} intact, {} unproven, {} contradicted.",
        counts.verified, counts.intact, counts.unproven, counts.contradicted
    );
    text
}

fn list(session: &Session, out: &Output) -> Result<Found> {
    let keys = session.trusted()?;
    if out.json {
        out.document(&serde_json::json!({ "keys": keys }))?;
        return Ok(Found::Sound);
    }
    if keys.is_empty() {
        print("No key is trusted in this case. `exhibit trust CASE add FILE` adds some.\n")?;
        return Ok(Found::Sound);
    }
    let mut table = Table::new(&[
        "fingerprint",
        "kind",
        "name",
        "seals",
        "from",
        "until",
        "revoked",
        "how",
    ]);
    for key in keys {
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".into());
        let streams = if key.streams.is_empty() {
            "-".into()
        } else {
            key.streams.join(" ")
        };
        table.row([
            key.fingerprint,
            key.algorithm,
            or_dash(key.name),
            streams,
            or_dash(key.from),
            or_dash(key.until),
            or_dash(key.revoked),
            or_dash(key.how),
        ]);
    }
    print(&table.text(&[]))?;
    Ok(Found::Sound)
}
