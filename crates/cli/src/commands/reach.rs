//! `exhibit reach`

use super::verify::{mark, word};
use crate::exit::Found;
use crate::output::{Output, harmless, print, thousands};
use crate::table::{Table, cut};
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use workbench::api::{EndingView, ReachView, ReachedView, StepView};
use workbench::{Desk, Export, Form, ReachQuestion, Result, Session, time_of};

/// What could be touched from an id, in time's order.
///
/// A step is an act in the evidence that succeeded, at or after the moment its holder was reached.
/// `must`: each step follows from the records. `may`: a step is inferred, lies within the clocks'
/// tolerance, was done by one who was called with nothing to show for whom, or does not say how it
/// ended. Of each thing the earliest path is told; where that is *may*, also the earliest that is
/// *must*. At the end: what to revoke, and what to rotate.
#[derive(Debug, Args)]
#[command(after_help = "\
ID is a credential, an identity, a secret, or an event as E2:907.
Examples:
  exhibit reach breach.exhibit --from jti:7f0c61d2 --after 2026-06-12T02:06:31Z
  exhibit reach breach.exhibit --from jti:7f0c61d2 --to kv/data/payments/stripe-live
  exhibit reach breach.exhibit --from kv/data/payments/stripe-live --origin
  exhibit reach breach.exhibit --from ASIA5FEXAMPLEKEYRB7N --json | jq -r '.revoke[].id'")]
pub struct Reach {
    /// The case.
    case: PathBuf,
    /// From where.
    #[arg(long, value_name = "ID")]
    from: String,
    /// From this moment on, itself included.
    #[arg(long, value_name = "TIME")]
    after: Option<String>,
    /// Only the path to this.
    #[arg(long, value_name = "ID")]
    to: Option<String>,
    /// Backwards: where ID came from, each with its latest path to it.
    #[arg(long)]
    origin: bool,
    /// How far the clocks of two sources may be apart [default: 5].
    #[arg(long, value_name = "SECONDS")]
    tolerance: Option<u32>,
    /// How it is printed [default: tables].
    #[arg(long, value_enum)]
    format: Option<Format>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A picture.
    Svg,
    /// What was reached, a row each.
    Csv,
    /// The credentials to revoke, a row each.
    Revoke,
    /// The secrets to rotate, a row each.
    Rotate,
}

impl Format {
    fn form(self) -> Form {
        match self {
            Format::Svg => Form::Svg,
            Format::Csv => Form::Csv,
            Format::Revoke => Form::Revoke,
            Format::Rotate => Form::Rotate,
        }
    }
}

/// Runs it.
pub fn run(it: Reach, desk: Desk, out: &Output) -> Result<Found> {
    let session = Session::open_to_read(&it.case, desk)?;
    let is_path = it.to.is_some();
    let question = ReachQuestion {
        from: it.from,
        after: it.after,
        to: it.to,
        origin: it.origin,
        tolerance_seconds: it.tolerance,
    };
    if let Some(format) = it.format.filter(|_| !out.json) {
        print(&session.exported(&Export::Reach(question), format.form())?)?;
        return Ok(Found::Sound);
    }
    let reach = session.reach(&question)?;
    if out.json {
        out.document(&reach)?;
        return Ok(Found::Sound);
    }
    print(&if is_path {
        paths(&reach, out)
    } else {
        everything(&reach, out)
    })?;
    Ok(Found::Sound)
}

fn head(reach: &ReachView, out: &Output) -> String {
    let after = match &reach.after {
        Some(after) => format!(" from {} on", shown(after, out)),
        None => String::new(),
    };
    let way = if reach.origin {
        "Where it came from: the"
    } else {
        "From the"
    };
    format!(
        "{way} {} {}{after}; clocks of two sources may be {} s apart.\n",
        reach.from_kind,
        harmless(&reach.from),
        reach.tolerance_seconds
    )
}

fn everything(reach: &ReachView, out: &Output) -> String {
    let mut text = head(reach, out);
    if reach.reached.is_empty() {
        text.push_str(if reach.origin {
            "Nothing led there.\n"
        } else {
            "Nothing was reached.\n"
        });
    } else {
        let mut table = Table::new(&["", "verdict", "", "at", "kind", "what", "by", "event"]);
        for one in &reach.reached {
            let step = if reach.origin {
                one.path.first()
            } else {
                one.path.last()
            };
            let (kind, event) = step.map_or(("-", "-"), |step| (&*step.kind, &*step.event));
            table.row([
                mark(one.verdict).into(),
                word(one.verdict).into(),
                one.certainty.clone(),
                shown(&one.at, out),
                one.kind.clone(),
                cut(&one.id, 56),
                kind.to_owned(),
                event.to_owned(),
            ]);
        }
        text.push_str(&table.text(&[]));
        let must = reach.reached.iter().filter(|one| one.certainty == "must");
        text.push_str(&format!(
            "{} {}, {} of them for certain; --to ID shows a path\n",
            thousands(reach.reached.len() as u64),
            if reach.origin { "led there" } else { "reached" },
            thousands(must.count() as u64)
        ));
    }
    if reach.left_out {
        text.push_str("The search was ended: there is more than is shown.\n");
    }
    endings(&mut text, "to revoke", &reach.revoke, out);
    let ended = reach.revoked + reach.expired;
    if ended > 0 {
        text.push_str(&format!(
            "  besides {} that were revoked and {} that ended by themselves\n",
            thousands(reach.revoked),
            thousands(reach.expired)
        ));
    }
    endings(&mut text, "to rotate", &reach.rotate, out);
    if reach.rotated > 0 {
        text.push_str(&format!(
            "  besides {} that were rotated since\n",
            thousands(reach.rotated)
        ));
    }
    text
}

fn endings(text: &mut String, title: &str, endings: &[EndingView], out: &Output) {
    if endings.is_empty() {
        return;
    }
    text.push_str(&format!("\n{title}\n"));
    for ending in endings {
        let at = match &ending.at {
            Some(at) => format!("{} since {}", ending.certainty, shown(at, out)),
            None => "the start".into(),
        };
        let expires = match &ending.expires {
            Some(expires) => format!(", expires {}", shown(expires, out)),
            None => String::new(),
        };
        text.push_str(&format!("  {}  {at}{expires}\n", harmless(&ending.id)));
    }
}

fn paths(reach: &ReachView, out: &Output) -> String {
    let mut text = head(reach, out);
    for one in &reach.reached {
        text.push_str(&path(one, out));
    }
    if reach.reached.is_empty() {
        text.push_str("It was not reached.\n");
    }
    text
}

fn path(one: &ReachedView, out: &Output) -> String {
    let mut text = format!(
        "\n{} {}  {} {}  {}\n",
        one.kind,
        harmless(&one.id),
        one.certainty,
        shown(&one.at, out),
        word(one.verdict)
    );
    if one.path_left_out > 0 {
        text.push_str(&format!(
            "  … {} steps before these\n",
            thousands(one.path_left_out as u64)
        ));
    }
    steps(&mut text, &one.path, out);
    if let Some(must) = &one.must {
        text.push_str(&format!(
            "  and for certain {}  {}\n",
            shown(&must.at, out),
            word(must.verdict)
        ));
        steps(&mut text, &must.path, out);
    }
    text
}

fn steps(text: &mut String, steps: &[StepView], out: &Output) {
    for step in steps {
        let waited = step
            .waited
            .map(|waited| format!("  after {}", wait(waited)));
        text.push_str(&format!(
            "  {}  {}  {}, {}, {}{}\n    {}\n    → {}\n",
            shown(&step.time, out),
            step.event,
            step.kind,
            step.join,
            word(step.verdict),
            waited.unwrap_or_default(),
            harmless(&step.from),
            harmless(&step.to)
        ));
        if let Some(why) = &step.why_may {
            text.push_str(&format!("    may: {why}\n"));
        }
    }
}

/// How long, in its two largest units.
fn wait(micros: i64) -> String {
    let seconds = micros / 1_000_000;
    match seconds {
        0 => format!("{} ms", micros / 1_000),
        1..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{} h {} min", seconds / 3_600, seconds / 60 % 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds / 3_600 % 24),
    }
}

fn shown(time: &str, out: &Output) -> String {
    time_of(time).map_or_else(|| time.to_owned(), |time| out.zone.show(time))
}
