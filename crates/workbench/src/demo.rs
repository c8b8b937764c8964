//! The demonstration evidence.

use crate::failure::{Failure, Result};
use std::path::Path;

/// Writes the demonstration into a folder that is made for it: sound evidence, its tampered twin,
/// and the keys, apart. Gives what to do next, in words.
pub fn demo(dir: &Path) -> Result<String> {
    if dir.exists() && std::fs::read_dir(dir).map_or(true, |mut entries| entries.next().is_some()) {
        return Err(Failure::request("folder-in-use", format!("{} is there already and not an empty folder.", dir.display()), "Give a new folder."));
    }
    let report = scenario::demo(dir).map_err(|error| Failure::request("path-unwritable", format!("The demonstration cannot be written to {}: {error}.", dir.display()), "Choose a folder that you may write to."))?;
    Ok(report.to_string())
}
