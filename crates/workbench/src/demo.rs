//! The demonstration evidence.

use crate::failure::{Failure, Result};
use serde::Serialize;
use std::path::Path;

/// Where the demonstration was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Demo {
    /// Sound evidence.
    pub evidence: String,
    /// Its tampered twin.
    pub tampered: String,
    /// The key files, apart from both.
    pub keys: Vec<String>,
}

/// Writes the demonstration into a folder that is made for it: sound evidence, its tampered twin,
/// and the keys, apart.
pub fn demo(dir: &Path) -> Result<Demo> {
    if dir.exists() && std::fs::read_dir(dir).map_or(true, |mut entries| entries.next().is_some()) {
        return Err(Failure::request(
            "folder-in-use",
            format!("{} is there already and is no empty folder.", dir.display()),
            "Give a new folder.",
        ));
    }
    let report = scenario::demo(dir).map_err(|error| {
        Failure::request(
            "path-unwritable",
            format!(
                "The demonstration cannot be written to {}: {error}.",
                dir.display()
            ),
            "Choose a folder that you may write to.",
        )
    })?;
    Ok(Demo {
        evidence: report.evidence.display().to_string(),
        tampered: report.tampered.display().to_string(),
        keys: report
            .keys
            .iter()
            .map(|path| path.display().to_string())
            .collect(),
    })
}
