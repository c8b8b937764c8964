//! The sample archives of tests, unpacked in memory.

use std::io::Read as _;

/// The files of an archive below the folder that `EXHIBIT_SAMPLES` names, as path and bytes; `None`
/// and a plain word on standard error where the variable is not set.
pub(crate) fn unpack(archive: &str) -> Option<Vec<(String, Vec<u8>)>> {
    let Some(folder) = std::env::var_os("EXHIBIT_SAMPLES") else {
        eprintln!("skipped: EXHIBIT_SAMPLES is not set, and {archive} lies there");
        return None;
    };
    let path = std::path::Path::new(&folder).join(archive);
    let file = std::fs::File::open(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(file));
    let mut files = Vec::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        if entry.header().entry_type().is_file() {
            let path = entry.path().unwrap().to_str().unwrap().to_owned();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            files.push((path, bytes));
        }
    }
    Some(files)
}

/// One file of an archive, as JSON.
pub(crate) fn json(archive: &str, path: &str) -> Option<serde_json::Value> {
    let files = unpack(archive)?;
    let (_, bytes) = files
        .iter()
        .find(|(found, _)| found == path)
        .expect("the file is there");
    Some(serde_json::from_slice(bytes).unwrap())
}

/// Bytes of lower-case hex.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    (0..text.len() / 2)
        .map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap())
        .collect()
}
