//! What the whole-program tests share: a desk whose clock stands still, and cases in a folder that
//! vanishes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use workbench::api::Summary;
use workbench::{Desk, Limits, Micros, Progress, Session, read_keys};

/// A desk whose clock stands still, so that what is printed is the same each time.
pub fn desk() -> Desk {
    Desk { who: "examiner".into(), tool: "exhibit test".into(), now: || Micros(1_781_337_600_000_000), threads: 2, limits: Limits::default() }
}

/// Imports a path into a new case.
pub fn import(case: &Path, path: &Path, keys: &[PathBuf]) -> Summary {
    let keys: Vec<_> = keys.iter().flat_map(|file| read_keys(file, None).expect("a key file")).collect();
    let session = Session::create(case, desk()).expect("a new case");
    let summary = session.import(&[path.to_owned()], &keys, &Progress::default()).expect("imported");
    session.close().expect("closed");
    summary
}

/// Copies a folder with all that is in it.
pub fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
