//! `exhibit import`

use super::keys;
use crate::commands::verify::show;
use crate::exit::Found;
use crate::output::Output;
use crate::progress::watch;
use clap::Args;
use std::path::PathBuf;
use workbench::{Desk, Failure, Result, Session};

/// Take evidence into a case, verify it, and say what stands.
///
/// CASE is made if it is not there. A PATH is a file, a folder or an archive (.gz, .zip, .tar,
/// .tar.gz, .tar.zst; nested once); what it is is told from its content. The evidence is read and
/// never written to; the case keeps its exact bytes. An import is in the case whole or not at all.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  exhibit import breach.exhibit ./exports --keys ./keys/trusted.keys --keys ./keys/cloudtrail-keys.json"
)]
pub struct Import {
    /// The case, one file: breach.exhibit
    case: PathBuf,
    /// The evidence.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Public keys that you trust from outside the evidence: a bundle's key file, PEM, OpenSSH, or
    /// what `aws cloudtrail list-public-keys` printed. May be given several times.
    #[arg(long, value_name = "FILE")]
    keys: Vec<PathBuf>,
}

/// Runs it.
pub fn run(it: Import, desk: Desk, out: &Output) -> Result<Found> {
    let keys = keys(&it.keys)?;
    // A mistyped PATH must not leave an empty case behind.
    for path in &it.paths {
        std::fs::metadata(path).map_err(|error| {
            Failure::request(
                "path-unreadable",
                format!("{} cannot be read: {error}.", path.display()),
                "Check the path and its permissions. Nothing was imported.",
            )
        })?;
    }
    let made = !it.case.exists();
    let session = if made {
        Session::create(&it.case, desk)?
    } else {
        Session::open_to_write(&it.case, desk)?
    };
    let done = watch(|progress| session.import(&it.paths, &keys, progress));
    let closed = session.close();
    if done.is_err() && made {
        let _ = std::fs::remove_file(&it.case);
    }
    let summary = done?;
    closed?;
    show(&summary, out)
}
