//! `exhibit check`

use super::keys;
use super::verify::{mark, show, word};
use crate::exit::Found;
use crate::output::{Output, harmless, print, thousands};
use crate::progress::watch;
use clap::Args;
use std::fmt::Write as _;
use std::path::PathBuf;
use workbench::api::{ReportCheck, Word};
use workbench::{Checked, Desk, Result, check};

/// Check a report, a bundle or a case, without a case of your own.
///
/// Of a report (a folder or .zip) it checks the sums, the signature, each cited record against its
/// SHA-256, each proof again from its own bytes, and renders the pages again to compare. A build that
/// makes no PDF says of report.pdf that it was not compared. Anything that was altered is named: the
/// file, and the row, section or figure where it can be told. Of a bundle or any other evidence it says
/// what an import would say; of a case what `exhibit verify` would, on a copy. Nothing that is checked
/// is written to.
///
/// Whose keys count is yours to say: without --keys nothing is better than intact. The answer is about
/// the report: that it cites a contradicted record does not make it a contradicted report.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  exhibit check report-1 --keys examiner.pub\n  exhibit check report.zip --keys examiner.pub --keys trusted.keys\n  exhibit check bundle.tar.zst --keys trusted.keys --json\n\nexaminer.pub is an OpenSSH public key: ssh-ed25519 AAAA…"
)]
pub struct Check {
    /// The report, bundle or case.
    out: PathBuf,
    /// Public keys that you trust: the examiner's, and those of the evidence. May be given several
    /// times.
    #[arg(long, value_name = "FILE")]
    keys: Vec<PathBuf>,
}

/// Runs it.
pub fn run(it: Check, desk: Desk, out: &Output) -> Result<Found> {
    let keys = keys(&it.keys)?;
    match watch(|progress| check(&it.out, &keys, &desk, progress))? {
        Checked::Evidence(summary) => show(&summary, out),
        Checked::Report(checked) => {
            if out.json {
                out.document(&checked)?;
            } else {
                print(&text(&checked))?;
            }
            Ok(match checked.verdict {
                Word::Contradicted => Found::Contradicted,
                _ => Found::Sound,
            })
        }
    }
}

fn text(checked: &ReportCheck) -> String {
    let mut text = String::new();
    let id = checked.report.as_deref().unwrap_or("that cannot be read");
    let _ = writeln!(
        text,
        "{} report {} {}",
        mark(checked.verdict),
        harmless(id),
        word(checked.verdict)
    );
    let meaning = match checked.verdict {
        Word::Verified => {
            "It is what a key that you gave signed; its proofs and its page were derived again."
        }
        Word::Intact => {
            "It is what its signer signed, and its proofs and its page were derived again; you gave no key that vouches for the signer."
        }
        Word::Unproven => "Everything in it fits, and nothing proves who made it.",
        Word::Contradicted => "It is not what it was.",
        Word::Unchecked => "",
    };
    let _ = writeln!(text, "{meaning}");
    let missing = |name: &str| {
        let mut steps = checked.steps.iter();
        steps.any(|step| step.name == name && step.outcome == "missing")
    };
    if missing("paper") {
        let _ = writeln!(
            text,
            "Of report.pdf that is not shown: it was not rendered again."
        );
    }
    text.push('\n');
    for step in &checked.steps {
        let sign = match step.outcome.as_str() {
            "holds" => "holds  ",
            "fails" => "FAILS  ",
            "missing" => "missing",
            _ => "       ",
        };
        let _ = writeln!(text, "{:<10} {sign} {}", step.name, harmless(&step.text));
        if let Some(value) = &step.value {
            let _ = writeln!(text, "{:18} {}", "", harmless(value));
        }
    }
    let (shown, said) = (&checked.shown, &checked.said);
    let _ = writeln!(text, "\ncited records  {}", thousands(said.total));
    for (name, said, shown) in [
        ("verified", said.verified, shown.verified),
        ("intact", said.intact, shown.intact),
        ("unproven", said.unproven, shown.unproven),
        ("contradicted", said.contradicted, shown.contradicted),
    ] {
        let _ = writeln!(
            text,
            "  {name:<13}{:>8} in the report's case, {:>8} by their proofs alone under your keys",
            thousands(said),
            thousands(shown)
        );
    }
    if !checked.findings.is_empty() {
        let _ = writeln!(text, "\nFindings");
        for finding in &checked.findings {
            let verdict = finding.verdict.map_or("", word);
            let source = finding.source.as_deref().unwrap_or_default();
            let _ = writeln!(
                text,
                "  {:<18} {verdict:<13} {}\n      {}",
                finding.code,
                harmless(source),
                harmless(&finding.message)
            );
        }
    }
    text
}
