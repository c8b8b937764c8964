//! Sample archives for tests, found by the environment variable `EXHIBIT_SAMPLES`.

use std::io::Read;
use std::path::Path;

/// The files of an archive below `EXHIBIT_SAMPLES`: path and bytes. `None`, after saying so, where
/// the variable is not set.
pub(crate) fn archive(name: &str) -> Option<Vec<(String, Vec<u8>)>> {
    let Some(folder) = std::env::var_os("EXHIBIT_SAMPLES") else {
        eprintln!("SKIPPED: EXHIBIT_SAMPLES is not set, {name} was not tried");
        return None;
    };
    let file = std::fs::File::open(Path::new(&folder).join(name)).expect("the archive");
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(file));
    let mut files = Vec::new();
    for entry in archive.entries().expect("a tar") {
        let mut entry = entry.expect("an entry");
        if entry.header().entry_type().is_file() {
            let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).expect("its bytes");
            files.push((path, bytes));
        }
    }
    Some(files)
}
