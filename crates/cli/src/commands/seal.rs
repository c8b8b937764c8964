//! `exhibit seal`

use super::keys;
use crate::exit::Found;
use crate::output::{Output, bytes, harmless, print, thousands};
use crate::progress::watch;
use clap::Args;
use std::fmt::Write as _;
use std::path::PathBuf;
use workbench::{Desk, Failure, Result};

/// Seal exports into an audit bundle, where they are collected.
///
/// Each PATH is copied byte for byte into OUT/attachments, and a manifest over all of it is signed.
/// From then on whoever has your public key by another way can show that nothing was changed,
/// added or taken away since the collection; of the time before it this proves nothing.
///
/// A collection of AWS CloudTrail is checked first: each digest with its signature's metadata, the
/// keys, each log that a digest lists, no gap between digests. What is missing is said with the command
/// that fetches it, and nothing is sealed unless --incomplete says so. Archives are not looked into.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  ssh-keygen -t ed25519 -N '' -f collector\n  exhibit seal sealed-2026-06-13 ./exports --sign-with collector\n  exhibit import breach.exhibit sealed-2026-06-13 --keys collector.pub"
)]
pub struct Seal {
    /// The bundle's folder; it must not be there yet.
    out: PathBuf,
    /// What was collected.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// An OpenSSH Ed25519 private key. The passphrase of an encrypted one is asked on the terminal,
    /// or taken from EXHIBIT_PASSPHRASE.
    #[arg(long, value_name = "KEY")]
    sign_with: PathBuf,
    /// Keys that are kept apart from the collection, such as the list of public keys of CloudTrail;
    /// they are not sealed in. May be given several times.
    #[arg(long, value_name = "FILE")]
    keys: Vec<PathBuf>,
    /// Seal although something is missing; the bundle says what.
    #[arg(long)]
    incomplete: bool,
}

/// Runs it.
pub fn run(it: Seal, desk: Desk, out: &Output) -> Result<Found> {
    let keys = keys(&it.keys)?;
    let lacks = workbench::collection_lacks(&it.paths, &keys, &desk)?;
    if !lacks.is_empty() {
        let mut said = String::from("Proofs will need what is not here:\n");
        for lack in &lacks {
            let _ = writeln!(
                said,
                "- {}\n    {}",
                harmless(&lack.what),
                harmless(&lack.fetch)
            );
        }
        eprint!("{said}");
        let named = lacks.iter().filter(|lack| lack.named).count();
        if named > 0 && !it.incomplete {
            let count = thousands(named as u64);
            return Err(Failure::request(
                "collection-incomplete",
                format!("Missing of the collection: {count}. Nothing was sealed."),
                "Fetch them by the commands above, or seal without them: --incomplete.",
            ));
        }
    }
    let sealing = watch(|progress| {
        workbench::seal(
            &it.out,
            &it.paths,
            &it.sign_with,
            &crate::passphrase::passphrase,
            &lacks,
            &desk,
            progress,
        )
    })?;
    if out.json {
        out.document(&sealing)?;
        return Ok(Found::Sound);
    }
    print(&format!(
        "files        {}, {}\nsealed in    {}\nmanifest     SHA-256 {}\nsigned by    {}\nas key file  {}\n\nGive the key to the examiner by another way than the bundle.\n",
        thousands(sealing.files),
        bytes(sealing.bytes),
        harmless(&sealing.bundle),
        sealing.manifest_sha256,
        sealing.fingerprint,
        sealing.key
    ))?;
    Ok(Found::Sound)
}
