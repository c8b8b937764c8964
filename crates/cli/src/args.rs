//! What can be asked for on the command line.

use crate::commands::{
    adequacy, assess, check, custody, demo, export, findings, graph, identities, import, lineage,
    note, provenance, reach, record, report, seal, timeline, trust, verify,
};
use crate::zone::Zone;
use clap::{Parser, Subcommand};
use std::ffi::{OsStr, OsString};

/// Takes exported audit evidence of agents, workloads, service accounts and tokens into a case
/// file, verifies every chain, digest and signature offline, and shows what stands and what does
/// not.
#[derive(Debug, Parser)]
#[command(name = "exhibit", version = workbench::version(), max_term_width = 100, after_help = AFTER_HELP)]
pub struct Args {
    /// Print exactly one JSON document on standard output.
    #[arg(long, global = true)]
    pub json: bool,
    /// Show times in this zone, e.g. Europe/Berlin or +02:00 [default: UTC].
    #[arg(
        long,
        global = true,
        value_name = "ZONE",
        default_value = "UTC",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    pub zone: Zone,
    /// The longest record, in bytes [default: 16 MiB].
    #[arg(
        long,
        global = true,
        value_name = "BYTES",
        hide_short_help = true,
        help_heading = "Limits"
    )]
    pub record_bytes: Option<usize>,
    /// How deep JSON may nest [default: 128].
    #[arg(
        long,
        global = true,
        value_name = "N",
        hide_short_help = true,
        help_heading = "Limits"
    )]
    pub json_depth: Option<usize>,
    /// How deep archives may nest [default: 2].
    #[arg(
        long,
        global = true,
        value_name = "N",
        hide_short_help = true,
        help_heading = "Limits"
    )]
    pub archive_depth: Option<usize>,
    /// How many entries one PATH may hold [default: 1,000,000].
    #[arg(
        long,
        global = true,
        value_name = "N",
        hide_short_help = true,
        help_heading = "Limits"
    )]
    pub archive_entries: Option<u64>,
    /// From this size on a compressed entry may be refused as a bomb [default: 256 MiB].
    #[arg(
        long,
        global = true,
        value_name = "BYTES",
        hide_short_help = true,
        help_heading = "Limits"
    )]
    pub bomb_bytes: Option<u64>,
    /// … where it grew to more than this many times its compressed size [default: 250].
    #[arg(
        long,
        global = true,
        value_name = "N",
        hide_short_help = true,
        help_heading = "Limits"
    )]
    pub bomb_ratio: Option<u64>,
    /// How many threads work [default: one a core].
    #[arg(
        long,
        global = true,
        value_name = "N",
        hide_short_help = true,
        help_heading = "Limits"
    )]
    pub threads: Option<usize>,
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Take evidence into a case, verify it, and say what stands.
    Import(import::Import),
    /// Verify everything in a case again, from its bytes.
    Verify(verify::Verify),
    /// Say which keys you trust, and see which verdicts that changes.
    Trust(trust::Trust),
    /// What happened, in time's order.
    Timeline(timeline::Timeline),
    /// Who acted, under which names.
    Identities(identities::Identities),
    /// Who called whom, what was made from what, and what was touched.
    Graph(graph::Graph),
    /// A credential from its mint to its end, and what was made from it.
    Lineage(lineage::Lineage),
    /// What could be touched from an id, in time's order.
    Reach(reach::Reach),
    /// Under which identity, credential, policy and approval an act was done.
    Provenance(provenance::Provenance),
    /// What this trail can and cannot prove, per source.
    Adequacy(adequacy::Adequacy),
    /// What was found: about the evidence, and apart from it about what was done.
    Findings(findings::Findings),
    /// One record: its bytes, its fields, and its proof step by step.
    Record(record::Record),
    /// Star, tag or comment an event.
    Note(note::Note),
    /// Say what you make of a finding.
    Assess(assess::Assess),
    /// What was done with a case, and the chain over it.
    Custody(custody::Custody),
    /// Write a report that others can check.
    Report(Box<report::Report>),
    /// Check a report, a bundle or a case, without a case of your own.
    Check(check::Check),
    /// Events for other people's tools: Timesketch, STIX, CASE.
    Export(export::Export),
    /// Seal exports into an audit bundle, where they are collected.
    Seal(seal::Seal),
    /// Write the demonstration evidence.
    Demo(demo::Demo),
}

/// Sets a query that begins with a negated term apart from options by a space before it: `-actor:x`
/// is a term, and a mistyped `--jsno` is refused and no word that nothing has.
pub fn with_negated_terms(words: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut out: Vec<OsString> = Vec::new();
    let mut has_query = false;
    for word in words {
        let is_value = out.last().is_some_and(|before| before == "--zone");
        if has_query && !is_value && is_negated_term(&word) {
            let mut apart = OsString::from(" ");
            apart.push(&word);
            out.push(apart);
        } else {
            has_query |= WITH_QUERY.iter().any(|command| word == *command);
            out.push(word);
        }
    }
    out
}

/// The commands that take a query.
const WITH_QUERY: [&str; 5] = ["timeline", "identities", "graph", "findings", "export"];

fn is_negated_term(word: &OsStr) -> bool {
    let bytes = word.as_encoded_bytes();
    bytes.len() > 1 && bytes[0] == b'-' && bytes[1] != b'-' && word != "-h"
}

const AFTER_HELP: &str = "\
First steps:
  exhibit demo story                                   sound evidence, a tampered twin, keys
  exhibit import case.exhibit story/tampered --keys story/keys/trusted.keys
  exhibit timeline case.exhibit verdict:contradicted   what is refuted, in time's order
  exhibit record case.exhibit example.com/agents-prod:907

Exit status: 0 nothing contradicted · 1 something is · 2 the request was wrong ·
3 the program could not do its work. Evidence, however bad, is never 2 or 3.";

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        let words = with_negated_terms(line.split(' ').map(OsString::from));
        words
            .into_iter()
            .map(|word| word.into_string().unwrap())
            .collect()
    }

    #[test]
    fn a_negated_term_is_no_option_and_an_option_no_term() {
        assert_eq!(
            words("exhibit timeline a -actor:x --json --zone -03:30 -h -1"),
            [
                "exhibit",
                "timeline",
                "a",
                " -actor:x",
                "--json",
                "--zone",
                "-03:30",
                "-h",
                " -1"
            ]
        );
        assert_eq!(words("exhibit verify -x"), ["exhibit", "verify", "-x"]);
    }
}
