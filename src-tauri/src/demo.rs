//! The demonstration case: made once in the program's own folder, and opened again after that.

use crate::shell::Shell;
use crate::told::CaseInfo;
use crate::work::Act;
use std::path::{Path, PathBuf};
use workbench::Failure;

/// Opens the demonstration case, and makes it where it is not there: the tampered evidence, with the
/// keys that lie apart from it.
pub fn open(shell: &Shell, folder: &Path) -> Result<CaseInfo, Failure> {
    let case = folder.join("demonstration.exhibit");
    if case.exists() {
        let info = shell.open(&case)?;
        if !shell.session()?.summary()?.sources.is_empty() {
            return Ok(info);
        }
    }
    let unwritable = |error: std::io::Error| {
        Failure::program(
            "data-folder",
            format!("{} cannot be written to: {error}.", folder.display()),
            "Use `exhibit demo DIR` and drop that folder here.",
        )
    };
    let evidence = folder.join("demonstration");
    if evidence.exists() {
        // Left of an attempt that was cut off; nobody else writes here.
        std::fs::remove_dir_all(&evidence).map_err(unwritable)?;
    }
    std::fs::create_dir_all(folder).map_err(unwritable)?;
    let demo = workbench::demo(&evidence)?;
    let mut keys = Vec::new();
    for file in &demo.keys {
        keys.extend(workbench::read_keys(
            Path::new(file),
            Some("made with the demonstration"),
        )?);
    }
    let info = match shell.current() {
        Some(info) if Path::new(&info.path) == case => info,
        _ => shell.create(&case)?,
    };
    shell.add(Act::Import(vec![PathBuf::from(demo.tampered)], keys))?;
    Ok(info)
}
