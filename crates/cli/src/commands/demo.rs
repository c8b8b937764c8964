//! `exhibit demo`

use crate::exit::Found;
use crate::output::{Output, harmless, print};
use clap::Args;
use std::path::PathBuf;
use workbench::Result;

/// Write the demonstration evidence.
///
/// An agent's CI token leaks, and five systems tell the story. DIR gets the sound evidence, a twin
/// that somebody edited afterwards, and the public keys, apart from both.
#[derive(Debug, Args)]
pub struct Demo {
    /// A new folder.
    dir: PathBuf,
}

/// Runs it.
pub fn run(it: Demo, out: &Output) -> Result<Found> {
    let demo = workbench::demo(&it.dir)?;
    if out.json {
        out.document(&demo)?;
        return Ok(Found::Sound);
    }
    let keys: String = demo
        .keys
        .iter()
        .map(|key| format!(" --keys {key}"))
        .collect();
    print(
        &harmless(&format!(
            "sound     {}\ntampered  {}\nkeys      {}\n\nNext:\n",
            demo.evidence,
            demo.tampered,
            demo.keys.join(" ")
        ))
        .replace("<U+000A>", "\n"),
    )?;
    print(&format!(
        "  exhibit import sound.exhibit {}{keys}\n  exhibit import tampered.exhibit {}{keys}\n",
        harmless(&demo.evidence),
        harmless(&demo.tampered)
    ))?;
    Ok(Found::Sound)
}
