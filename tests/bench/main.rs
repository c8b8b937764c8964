//! The benchmark: `cargo bench -p tests -- [--records N] [--receipts N] [--events N] [--look N] [--window N] [--json]`.
//!
//! It makes its evidence with the scenario, measures in the same run what the parts can do by
//! themselves (hashes, signatures, JSON, zstd, SQLite), and prints each piece of work beside its
//! aim and beside the ceiling that its parts set. So a figure from a slow or busy machine still
//! tells something: the share. It asserts no time. Each import runs in a process of its own, whose
//! greatest memory is then known.

mod ceilings;
mod desk;
mod imports;
mod options;
mod stages;
mod table;
mod views;
mod window;

use ceilings::Ceilings;
use options::Options;
use std::path::Path;
use table::{Row, Table};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.first().is_some_and(|first| first == imports::CHILD) {
        return imports::child(&args[1..]);
    }
    if args.first().is_some_and(|first| first == views::CHILD) {
        return views::child(&args[1..]);
    }
    let options = Options::of(&args)?;
    let dir = tempfile::Builder::new()
        .prefix("exhibit-bench-")
        .tempdir_in(&options.dir)?;
    let mut table = Table::new(&options);

    options.say("measuring the parts");
    let mut ceilings = Ceilings::measure()?;
    table.parts = ceilings.rows();

    if options.records > 0 {
        bundle(&options, &mut ceilings, dir.path(), &mut table)?;
    }
    if options.receipts > 0 {
        receipts(&options, &ceilings, dir.path(), &mut table)?;
    }
    if options.events > 0 {
        cloudtrail(&options, &mut ceilings, dir.path(), &mut table)?;
    }
    for &records in &options.looks {
        look(&options, records, dir.path(), &mut table)?;
    }
    for &records in &options.windows {
        options.say("making an audit bundle to be shown in the window");
        table
            .rows
            .extend(window::run(&options, records, dir.path())?);
    }
    table.print(options.json)
}

/// What the window asks of a case of another size.
fn look(options: &Options, records: u64, dir: &Path, table: &mut Table) -> Result<()> {
    let size = format!("{} M records", records as f64 / 1e6);
    options.say(&format!("making and importing an audit bundle of {size}"));
    let (evidence, case) = (dir.join("looked"), dir.join("looked.exhibit"));
    scenario::site::bundle(&evidence, records)?;
    imports::run("import", &case, &evidence, options)?;
    std::fs::remove_dir_all(&evidence)?;
    options.say("looking at it");
    table
        .rows
        .extend(looked_at(&case, &format!(", {size}"), dir, options)?);
    Ok(std::fs::remove_file(&case)?)
}

/// A few records of a format without seals are read in first: the rare verdict among all others.
fn looked_at(case: &Path, named: &str, dir: &Path, options: &Options) -> Result<Vec<Row>> {
    let log = dir.join("audit.log");
    scenario::site::kubernetes(&log, 300)?;
    imports::run("import", case, &log, options)?;
    views::run(case, named)
}

fn bundle(options: &Options, ceilings: &mut Ceilings, dir: &Path, table: &mut Table) -> Result<()> {
    options.say("making an audit bundle");
    let (evidence, case) = (dir.join("bundle"), dir.join("bundle.exhibit"));
    scenario::site::bundle(&evidence, options.records)?;
    let stages = stages::measure(&evidence, &scenario::site::beside(&evidence), dir)?;
    ceilings.record_bytes = stages.record_bytes;
    let bound = ceilings.unsigned(options.threads);
    table.stages.push(stages.row("audit bundle"));

    options.say("importing it");
    let done = imports::run("import", &case, &evidence, options)?;
    let rate = done.records as f64 / done.seconds;
    table.rows.push(
        Row::rate("audit bundle: import and verify", rate, "records/s")
            .aim(250_000.0)
            .bound(bound, "hash, JSON, zstd, a row each")
            .took(&done),
    );
    table.rows.push(Row::memory_row(
        "audit bundle: memory while importing",
        done.peak,
    ));
    let share = std::fs::metadata(&case)?.len() as f64 / options::bytes_below(&evidence)? as f64;
    table
        .rows
        .push(Row::share("audit bundle: case file / raw bytes", share).aim_below(0.5));

    options.say("verifying it again");
    let again = imports::run("verify", &case, &evidence, options)?;
    let rate = again.records as f64 / again.seconds;
    table.rows.push(
        Row::rate(
            "audit bundle: verify again from the case",
            rate,
            "records/s",
        )
        .bound(ceilings.again(options.threads), "hash, JSON")
        .took(&again),
    );

    options.say("looking at it");
    table.rows.extend(looked_at(&case, "", dir, options)?);
    std::fs::remove_dir_all(&evidence)?;
    Ok(std::fs::remove_file(&case)?)
}

fn receipts(options: &Options, ceilings: &Ceilings, dir: &Path, table: &mut Table) -> Result<()> {
    options.say("signing agent receipts (slow: a signature each)");
    let (evidence, case) = (dir.join("receipts"), dir.join("receipts.exhibit"));
    scenario::site::receipts(&evidence, options.receipts)?;
    let stages = stages::measure(&evidence, &scenario::site::beside(&evidence), dir)?;
    table.stages.push(stages.row("agent receipts"));

    options.say("importing them");
    let done = imports::run("import", &case, &evidence, options)?;
    let rate = done.records as f64 / done.seconds;
    table.rows.push(
        Row::rate("agent receipts: import and verify", rate, "receipts/s")
            .aim(80_000.0)
            .bound(ceilings.signed(options.threads), "signatures, one key")
            .took(&done),
    );
    std::fs::remove_dir_all(&evidence)?;
    Ok(std::fs::remove_file(&case)?)
}

fn cloudtrail(
    options: &Options,
    ceilings: &mut Ceilings,
    dir: &Path,
    table: &mut Table,
) -> Result<()> {
    options.say("making CloudTrail logs and digests");
    let (evidence, case) = (dir.join("cloudtrail"), dir.join("cloudtrail.exhibit"));
    scenario::site::cloudtrail(&evidence, options.events)?;
    let stages = stages::measure(&evidence, &scenario::site::beside(&evidence), dir)?;
    ceilings.record_bytes = stages.record_bytes;
    let bound = ceilings.unsigned(options.threads);
    table.stages.push(stages.row("CloudTrail"));

    options.say("importing them");
    let done = imports::run("import", &case, &evidence, options)?;
    let mb = done.bytes as f64 / 1e6;
    table.rows.push(
        Row::rate(
            "CloudTrail and digests: import and verify",
            mb / done.seconds,
            "MB/s of JSON",
        )
        .aim(150.0)
        .bound(
            bound * ceilings.record_bytes / 1e6,
            "hash, JSON, zstd, a row each",
        )
        .took(&done),
    );
    table.rows.push(
        Row::share(
            "CloudTrail: case file / JSON",
            std::fs::metadata(&case)?.len() as f64 / done.bytes as f64,
        )
        .aim_below(0.5),
    );
    std::fs::remove_dir_all(&evidence)?;
    Ok(std::fs::remove_file(&case)?)
}
