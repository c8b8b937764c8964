//! `exhibit findings`

use super::verify::{mark, word};
use crate::exit::Found;
use crate::output::{Output, harmless, print, thousands};
use clap::{Args, ValueEnum};
use std::fmt::Write as _;
use std::path::PathBuf;
use workbench::api::{
    AssessmentView, CaseFinding, FindingsRequest, FindingsView, MappingView, RuleView, Word,
};
use workbench::{Desk, Result, Session};

/// What was found: what is wrong with the evidence, and apart from it what was done that should not
/// have been.
///
/// Integrity findings say that a seal, a chain or a signature does not hold. Behaviour findings say
/// what the records tell: a proof follows from the records alone, and is as true as they are; an
/// indicator needs a human. Behaviour changes no verdict. What the evidence cannot answer is said
/// too, with the reason: nothing found is not the same as nothing there.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  exhibit findings breach.exhibit
  exhibit findings breach.exhibit --class behaviour --strength proof
  exhibit findings breach.exhibit 'jti:7f0c time>=2026-06-12T02:00:00Z'
  exhibit findings breach.exhibit --limit burst-secrets=10 --limit burst-window=5m
  exhibit findings breach.exhibit --sigma sigma/rules/cloud/aws --json
  exhibit findings --rules                     what each rule looks for, and what not")]
pub struct Findings {
    /// The case.
    #[arg(required_unless_present = "rules")]
    case: Option<PathBuf>,
    /// Only what rests on a record that it picks; its time>= is the moment under study, before which
    /// nothing is new.
    #[arg(value_name = "QUERY")]
    query: Option<String>,
    /// Only this class: integrity, behaviour, sigma. May be repeated.
    #[arg(long, value_name = "CLASS")]
    class: Vec<String>,
    /// Only this code. May be repeated.
    #[arg(long, value_name = "CODE")]
    code: Vec<String>,
    /// Only behaviour findings of this strength.
    #[arg(long, value_enum)]
    strength: Option<Strength>,
    /// Set a limit of the rules, as burst-secrets=10 or dormant=14d. May be repeated.
    #[arg(long, value_name = "NAME=VALUE")]
    limit: Vec<String>,
    /// Run the Sigma rules of this folder over the CloudTrail and Kubernetes records. Their hits are
    /// told apart from Exhibit's own findings.
    #[arg(long, value_name = "DIR")]
    sigma: Option<PathBuf>,
    /// Print what each rule looks for, its limits and what it maps to, and end.
    #[arg(long)]
    rules: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Strength {
    /// It follows from the records alone.
    Proof,
    /// It needs a human.
    Indicator,
}

/// Runs it.
pub fn run(it: Findings, desk: Desk, out: &Output) -> Result<Found> {
    let Some(case) = it.case.filter(|_| !it.rules) else {
        return tell_rules(out);
    };
    let session = Session::open_to_read(&case, desk)?;
    let request = FindingsRequest {
        query: it.query.unwrap_or_default().trim_start().to_owned(),
        classes: it.class,
        codes: it.code,
        strength: it.strength.map(|strength| {
            match strength {
                Strength::Proof => "proof",
                Strength::Indicator => "indicator",
            }
            .to_owned()
        }),
        limits: it.limit,
    };
    let sigma = it.sigma.map(|dir| session.sigma(&dir)).transpose()?;
    let view = session.findings(&request, sigma)?;
    if out.json {
        out.document(&view)?;
    } else {
        print(&text(&view, &request.classes))?;
    }
    Ok(if view.verdict == Word::Contradicted {
        Found::Contradicted
    } else {
        Found::Sound
    })
}

fn tell_rules(out: &Output) -> Result<Found> {
    let rules = workbench::rules();
    if out.json {
        out.document(&serde_json::json!({ "rules": rules }))?;
        return Ok(Found::Sound);
    }
    let mut text = String::new();
    for RuleView {
        code,
        title,
        about,
        strength,
        mapping,
        limits,
    } in &rules
    {
        let _ = writeln!(text, "{code} ({strength}): {title}");
        text.push_str(&wrapped(about, 4));
        let _ = writeln!(text, "    maps to {}", maps_to(mapping));
        if !limits.is_empty() {
            let _ = writeln!(text, "    limits  {}", limits.join(", "));
        }
        text.push('\n');
    }
    print(&text)?;
    Ok(Found::Sound)
}

fn text(view: &FindingsView, classes: &[String]) -> String {
    let mut text = String::new();
    // What was left out is not what is not there.
    let none = |class: &str| {
        if !classes.is_empty() && !classes.iter().any(|it| it == class) {
            "  not asked for"
        } else if view.left_out > 0 {
            "  nothing that the query and the filters let through"
        } else {
            "  nothing"
        }
    };
    let part = |class: &str, strength: Option<&str>| {
        view.findings
            .iter()
            .filter(|it| {
                it.class == class && (strength.is_none() || it.strength.as_deref() == strength)
            })
            .collect::<Vec<_>>()
    };
    let (integrity, proofs, indicators) = (
        part("integrity", None),
        part("behaviour", Some("proof")),
        part("behaviour", Some("indicator")),
    );
    let _ = writeln!(
        text,
        "{} {}: the case is {}",
        mark(view.verdict),
        harmless(&view.case),
        word(view.verdict)
    );
    let _ = writeln!(
        text,
        "{} about the evidence · {} of behaviour: {} proofs, {} indicators\n",
        counted(integrity.len(), "finding", "findings"),
        counted(proofs.len() + indicators.len(), "finding", "findings"),
        proofs.len(),
        indicators.len()
    );
    let _ = writeln!(
        text,
        "THE EVIDENCE: what does not hold, or cannot be checked"
    );
    if integrity.is_empty() {
        let _ = writeln!(text, "{}", none("integrity"));
    }
    for it in integrity {
        let place: Vec<String> = it
            .stream
            .iter()
            .chain(it.source.iter().filter(|_| it.stream.is_none()))
            .map(|place| harmless(place).into_owned())
            .chain(it.seq.map(|seq| format!("seq {seq}")))
            .collect();
        let says = it.verdict.map_or("-", word);
        let _ = writeln!(
            text,
            "  {} ({says}) {}  [{}]",
            it.code,
            place.join(", "),
            it.key
        );
        text.push_str(&wrapped(&it.message, 6));
        assessed(it.assessed.as_ref(), &mut text);
    }
    let heads = [
        (
            "PROOFS: what follows from the records alone, and is as true as they are",
            proofs,
        ),
        ("INDICATORS: what a human must look at", indicators),
    ];
    for (head, findings) in heads {
        let _ = writeln!(text, "\n{head}");
        if findings.is_empty() {
            let _ = writeln!(text, "{}", none("behaviour"));
        }
        for it in findings {
            behaviour(it, &mut text);
        }
    }
    if !view.assessed_apart.is_empty() {
        let _ = writeln!(
            text,
            "\nASSESSED, and not above: found no more, or left out by the query and the filters"
        );
        for made in &view.assessed_apart {
            let _ = writeln!(text, "  {}  [{}]", made.code, made.key);
            text.push_str(&wrapped(&made.message, 6));
            assessed(Some(made), &mut text);
        }
    }
    if !view.not_assessable.is_empty() {
        let _ = writeln!(text, "\nNOT ASSESSABLE: what this evidence cannot say");
        for it in &view.not_assessable {
            let partly = if it.partly { " (in part)" } else { "" };
            text.push_str(&wrapped(&format!("{}{partly}: {}.", it.code, it.reason), 2));
        }
    }
    if let Some(sigma) = &view.sigma {
        let _ = writeln!(
            text,
            "\nSIGMA: what the rules of others match; not Exhibit's findings\n  {} rules over {} records, {} records not read, {} files not run",
            sigma.rules,
            thousands(sigma.records),
            sigma.unread,
            sigma.refused.len()
        );
        for hit in &sigma.hits {
            let level = hit.level.as_deref().unwrap_or("no level");
            let _ = writeln!(
                text,
                "  {} ({level}), {}, {}",
                harmless(&hit.title),
                counted(hit.count as usize, "record", "records"),
                harmless(&hit.path)
            );
            rows(&hit.events, &mut text);
        }
        for it in &sigma.refused {
            let said = format!("not run: {}: {}", it.path, it.reason);
            text.push_str(&wrapped(&said, 2));
        }
    }
    let changed: Vec<String> = view
        .limits
        .iter()
        .map(|limit| {
            let changed = if limit.value == limit.default {
                String::new()
            } else {
                format!(" (default {})", limit.default)
            };
            format!("{}={}{changed}", limit.name, limit.value)
        })
        .collect();
    text.push('\n');
    text.push_str(&wrapped(&format!("Limits: {}.", changed.join(", ")), 0));
    text.push_str(&wrapped(
        &format!("Mapped to {}.", view.mapped_to.join("; ")),
        0,
    ));
    if view.left_out > 0 {
        let _ = writeln!(
            text,
            "{} left out by the query and the filters.",
            counted(view.left_out as usize, "finding is", "findings are")
        );
    }
    text
}

fn behaviour(it: &CaseFinding, text: &mut String) {
    let times = match it.count {
        Some(count) if count > 1 => format!("  {} times", thousands(count)),
        _ => String::new(),
    };
    let when = it.first.as_deref().unwrap_or("undated");
    let _ = writeln!(text, "  {}  {when}{times}  [{}]", it.code, it.key);
    text.push_str(&wrapped(&it.message, 6));
    assessed(it.assessed.as_ref(), text);
    rows(&it.events, text);
    for line in &it.coverage {
        text.push_str(&wrapped(&format!("coverage: {line}"), 6));
    }
    if let Some(mapping) = &it.mapping {
        text.push_str(&wrapped(&maps_to(mapping), 6));
    }
}

fn assessed(made: Option<&AssessmentView>, text: &mut String) {
    let Some(made) = made else { return };
    let said = match &made.comment {
        Some(comment) => format!("you: {}: {comment}", made.state.as_str()),
        None => format!("you: {}", made.state.as_str()),
    };
    text.push_str(&wrapped(&said, 6));
}

fn rows(events: &[workbench::api::EventRow], text: &mut String) {
    let width = events.iter().map(|row| row.event.len()).max().unwrap_or(0);
    for row in events {
        let _ = writeln!(
            text,
            "      {} {:width$}  {}  {}",
            mark(row.verdict),
            row.event,
            row.time.as_deref().unwrap_or("undated"),
            row.part
        );
    }
}

fn maps_to(mapping: &MappingView) -> String {
    let all: Vec<&str> = [&mapping.nhi, &mapping.agentic, &mapping.attack]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    all.join(" · ")
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Text made harmless, in lines of at most 100 characters, set in by so many.
pub(super) fn wrapped(text: &str, indent: usize) -> String {
    const WIDTH: usize = 100;
    let text = harmless(text);
    let mut out = String::with_capacity(text.len() + 64);
    let mut column = 0;
    for piece in text.split(' ') {
        let length = piece.chars().count();
        if column > 0 && indent + column + 1 + length > WIDTH {
            out.push('\n');
            column = 0;
        }
        if column == 0 {
            out.extend(std::iter::repeat_n(' ', indent));
        } else {
            out.push(' ');
            column += 1;
        }
        out.push_str(piece);
        column += length;
    }
    out.push('\n');
    out
}
