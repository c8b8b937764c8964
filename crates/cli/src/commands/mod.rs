//! One file a command; its doc comment is its help.

pub mod adequacy;
pub mod assess;
pub mod check;
pub mod custody;
pub mod demo;
pub mod export;
pub mod findings;
pub mod graph;
pub mod identities;
pub mod import;
pub mod lineage;
pub mod note;
pub mod provenance;
pub mod reach;
pub mod record;
pub mod report;
pub mod seal;
pub mod timeline;
pub mod trust;
pub mod verify;

use std::path::PathBuf;
use workbench::{Result, TrustedKey, read_keys};

/// The keys of all files given with `--keys`.
fn keys(files: &[PathBuf]) -> Result<Vec<TrustedKey>> {
    let mut keys = Vec::new();
    for file in files {
        let how = format!("given with --keys {}", file.display());
        keys.extend(read_keys(file, Some(&how))?);
    }
    Ok(keys)
}
