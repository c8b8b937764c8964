//! `exhibit`: the command line of Exhibit. Thin over the `workbench`; each command is a file of
//! `commands/`, whose doc comment is its help.

mod args;
mod commands;
mod desk;
mod exit;
mod output;
mod passphrase;
mod progress;
mod table;
mod zone;

use args::{Args, Command};
use clap::Parser as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args = Args::parse_from(args::with_negated_terms(std::env::args_os()));
    let out = output::Output {
        json: args.json,
        zone: args.zone,
    };
    let desk = desk::desk(&args);
    // A panic is a mistake of ours: status 3, whatever the evidence was.
    let done = std::panic::catch_unwind(|| run(args.command, desk, &out));
    exit::status(done.unwrap_or_else(|_| Err(exit::panicked())))
}

fn run(
    command: Command,
    desk: workbench::Desk,
    out: &output::Output,
) -> workbench::Result<exit::Found> {
    match command {
        Command::Import(it) => commands::import::run(it, desk, out),
        Command::Verify(it) => commands::verify::run(it, desk, out),
        Command::Trust(it) => commands::trust::run(it, desk, out),
        Command::Timeline(it) => commands::timeline::run(it, desk, out),
        Command::Identities(it) => commands::identities::run(it, desk, out),
        Command::Graph(it) => commands::graph::run(it, desk, out),
        Command::Lineage(it) => commands::lineage::run(it, desk, out),
        Command::Reach(it) => commands::reach::run(it, desk, out),
        Command::Provenance(it) => commands::provenance::run(it, desk, out),
        Command::Adequacy(it) => commands::adequacy::run(it, desk, out),
        Command::Findings(it) => commands::findings::run(it, desk, out),
        Command::Record(it) => commands::record::run(it, desk, out),
        Command::Note(it) => commands::note::run(it, desk, out),
        Command::Assess(it) => commands::assess::run(it, desk, out),
        Command::Custody(it) => commands::custody::run(it, desk, out),
        Command::Report(it) => commands::report::run(&it, desk, out),
        Command::Check(it) => commands::check::run(it, desk, out),
        Command::Export(it) => commands::export::run(it, desk, out),
        Command::Seal(it) => commands::seal::run(it, desk, out),
        Command::Demo(it) => commands::demo::run(it, out),
    }
}
