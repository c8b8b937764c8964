//! `exhibit seal`

use crate::exit::Found;
use crate::output::{Output, bytes, harmless, print, thousands};
use crate::progress::watch;
use clap::Args;
use std::path::PathBuf;
use workbench::{Desk, Result};

/// Seal exports into an audit bundle, where they are collected.
///
/// Each PATH is copied byte for byte into OUT/attachments, and a manifest over all of it is signed.
/// From then on whoever has your public key by another way can show that nothing was changed,
/// added or taken away since the collection; of the time before it this proves nothing.
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
    /// An OpenSSH Ed25519 private key.
    #[arg(long, value_name = "KEY")]
    sign_with: PathBuf,
}

/// Runs it.
pub fn run(it: Seal, desk: Desk, out: &Output) -> Result<Found> {
    let sealing =
        watch(|progress| workbench::seal(&it.out, &it.paths, &it.sign_with, &desk, progress))?;
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
