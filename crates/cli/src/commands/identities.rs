//! `exhibit identities`

use super::verify::{mark, word};
use crate::exit::Found;
use crate::output::{Output, harmless, print, thousands};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use workbench::api::IdentityView;
use workbench::{Desk, Failure, Result, Session, time_of};

/// Who acted: each identity with its names, and the record that each name was learnt from.
///
/// Names are one identity's where a record says both of one; a name that several identities have
/// joins none of them and is shown as ambiguous. --merge and --split say otherwise: they are kept in
/// the case and in its custody log, and change no verdict.
#[derive(Debug, Args)]
#[command(after_help = "\
QUERY is that of `exhibit timeline`; only the events that it picks count.
Examples:
  exhibit identities breach.exhibit
  exhibit identities breach.exhibit type:secret.read
  exhibit identities breach.exhibit --merge vault:entity:2b7c oncall/a.haddad --how 'asked her'
  exhibit identities breach.exhibit --split vault:entity:2b7c oncall/a.haddad")]
pub struct Identities {
    /// The case.
    case: PathBuf,
    /// Which events count; all where nothing is given.
    #[arg(value_name = "QUERY")]
    query: Option<String>,
    /// Say that two names are one identity's.
    #[arg(long, num_args = 2, value_names = ["A", "B"], conflicts_with = "split")]
    merge: Option<Vec<String>>,
    /// Take a merge back, or part two names that a record joins.
    #[arg(long, num_args = 2, value_names = ["A", "B"])]
    split: Option<Vec<String>>,
    /// How you know.
    #[arg(long, value_name = "TEXT")]
    how: Option<String>,
}

/// Runs it.
pub fn run(it: Identities, desk: Desk, out: &Output) -> Result<Found> {
    let session = if it.merge.is_some() || it.split.is_some() {
        Session::open_to_write(&it.case, desk)?
    } else if it.how.is_some() {
        return Err(Failure::request(
            "usage",
            "--how says how a merge or a split is known.",
            "Give it with --merge A B or --split A B.",
        ));
    } else {
        Session::open_to_read(&it.case, desk)?
    };
    match (it.merge.as_deref(), it.split.as_deref()) {
        (Some([one, other]), _) => session.merge(one, other, it.how.as_deref())?,
        (_, Some([one, other])) => session.split(one, other, it.how.as_deref())?,
        _ => {}
    }
    let found = session.identities(it.query.as_deref().unwrap_or_default().trim_start())?;
    session.close()?;
    if out.json {
        out.document(&json!({"identities": found}))?;
        return Ok(Found::Sound);
    }
    let mut text = String::new();
    for identity in &found {
        told(identity, out, &mut text);
    }
    if found.is_empty() {
        text.push_str("No event names an identity.\n");
    } else {
        let many = if found.len() == 1 {
            "identity"
        } else {
            "identities"
        };
        text.push_str(&format!("{} {many}\n", thousands(found.len() as u64)));
    }
    print(&text)?;
    Ok(Found::Sound)
}

fn told(identity: &IdentityView, out: &Output, text: &mut String) {
    let time = |time: &Option<String>| match time {
        Some(time) => time_of(time).map_or_else(|| time.clone(), |time| out.zone.show(time)),
        None => "undated".into(),
    };
    text.push_str(&format!(
        "{}  {}\n",
        harmless(&identity.id),
        harmless(&kind(identity))
    ));
    let refused = match identity.refused {
        0 => String::new(),
        refused => format!(", {} refused", thousands(refused)),
    };
    text.push_str(&format!(
        "   {} {:<12}  {} acts{refused} · named by others in {} · {} to {}\n",
        mark(identity.verdict),
        word(identity.verdict),
        thousands(identity.acts),
        thousands(identity.subject),
        time(&identity.first),
        time(&identity.last),
    ));
    /// The most names that a screen shows; JSON has all.
    const MOST: usize = 12;
    for alias in identity.aliases.iter().take(MOST) {
        let how = match (&alias.learnt, &alias.how) {
            (Some(event), _) => format!("record {event}"),
            (None, Some(how)) => format!("the analyst: {how}"),
            (None, None) => "the analyst".into(),
        };
        text.push_str(&format!(
            "   also {}  by {}\n",
            harmless(&alias.name),
            harmless(&how)
        ));
    }
    if identity.aliases.len() > MOST {
        let more = identity.aliases.len() - MOST;
        text.push_str(&format!("   also {more} more names; --json has all\n"));
    }
    for ambiguous in &identity.ambiguous {
        let others: Vec<&str> = ambiguous
            .claimed_by
            .iter()
            .map(|claim| &*claim.name)
            .filter(|name| *name != identity.id)
            .collect();
        text.push_str(&format!(
            "   ambiguous {}: records also give it to {}\n",
            harmless(&ambiguous.name),
            harmless(&others.join(", "))
        ));
    }
    if identity.names_left_out {
        text.push_str("   more names than are followed: some are left out\n");
    }
}

/// The kind; where records contradict each other, each with how many say it.
fn kind(identity: &IdentityView) -> String {
    if identity.kind != "contradicting" {
        return identity.kind.clone();
    }
    let said: Vec<String> = identity
        .kinds
        .iter()
        .map(|kind| format!("{} in {}", kind.kind, thousands(kind.records)))
        .collect();
    format!("records contradict each other: {}", said.join(", "))
}
