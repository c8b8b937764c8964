//! What all files of a report have in common: canonical JSON, sums, the report's id.

use crate::model::Report;
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// A file of a report is not what it must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {why}")]
pub struct PacketError {
    /// Which file, and which line of it.
    pub file: String,
    /// What is wrong, in plain words.
    pub why: String,
}

impl PacketError {
    /// That this is wrong with this file.
    pub fn new(file: impl Into<String>, why: impl Into<String>) -> PacketError {
        PacketError {
            file: file.into(),
            why: why.into(),
        }
    }
}

/// The canonical form (RFC 8785) of a value.
pub fn canonical(file: &str, value: &impl Serialize) -> Result<Vec<u8>, PacketError> {
    serde_json_canonicalizer::to_vec(value)
        .map_err(|error| PacketError::new(file, format!("it cannot be written: {error}")))
}

/// Reads a value that must stand in its canonical form: there is one way to write it, so that no
/// byte of it can be changed without changing what it says.
pub fn read_canonical<T: Serialize + DeserializeOwned>(
    file: &str,
    bytes: &[u8],
) -> Result<T, PacketError> {
    let value: T = serde_json::from_slice(bytes)
        .map_err(|error| PacketError::new(file, format!("it cannot be read: {error}")))?;
    if canonical(file, &value)? != bytes {
        return Err(PacketError::new(
            file,
            "it is not in the canonical form of RFC 8785: somebody wrote it again",
        ));
    }
    Ok(value)
}

/// Lower-case hex SHA-256.
pub fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The id of a report: from what it says, so that another content has another id. `EX-` and the
/// first 16 hex digits of the SHA-256 of its canonical form with an empty id.
pub fn id(report: &Report) -> Result<String, PacketError> {
    let bare = Report {
        id: String::new(),
        ..report.clone()
    };
    let sum = sha256(&canonical("report.json", &bare)?);
    Ok(format!(
        "EX-{}-{}-{}-{}",
        &sum[..4],
        &sum[4..8],
        &sum[8..12],
        &sum[12..16]
    ))
}

/// `SHA256SUMS` over files by path, in order of path, as `sha256sum -c` reads it.
pub fn sums(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut out = String::new();
    for (path, bytes) in files {
        out.push_str(&format!("{}  {path}\n", sha256(bytes)));
    }
    out.into_bytes()
}

/// Reads `SHA256SUMS`: path and sum.
pub fn read_sums(bytes: &[u8]) -> Result<BTreeMap<String, String>, PacketError> {
    let refused =
        |line: usize, why: &str| PacketError::new(format!("SHA256SUMS, line {line}"), why);
    let text =
        std::str::from_utf8(bytes).map_err(|_| PacketError::new("SHA256SUMS", "it is not text"))?;
    let text = text
        .strip_suffix('\n')
        .ok_or_else(|| PacketError::new("SHA256SUMS", "its last line does not end"))?;
    let mut out = BTreeMap::new();
    for (index, line) in text.split('\n').enumerate() {
        let number = index + 1;
        let (sum, path) = line
            .split_once("  ")
            .ok_or_else(|| refused(number, "it is not a sum, two spaces and a path"))?;
        let is_sum = sum.len() == 64 && sum.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'));
        if !is_sum {
            return Err(refused(
                number,
                "it does not begin with 64 lower-case hex digits",
            ));
        }
        if !is_path(path) {
            return Err(refused(number, "its path is not one of a report"));
        }
        if out.insert(path.to_owned(), sum.to_owned()).is_some() {
            return Err(refused(number, "a path stands twice"));
        }
    }
    Ok(out)
}

/// Whether a path is one that a report may have: plain, below the folder, of letters that every
/// system and every `sha256sum` reads alike.
pub fn is_path(path: &str) -> bool {
    !path.is_empty()
        && path.len() <= 200
        && path.split('/').all(|part| {
            !part.is_empty()
                && !part.starts_with(['.', '-'])
                && part
                    .bytes()
                    .all(|c| c.is_ascii_alphanumeric() || b"._-=+@".contains(&c))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_sha256sum() {
        let files = BTreeMap::from([("a.txt".to_owned(), b"abc".to_vec())]);
        // printf abc | sha256sum
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a.txt\n";
        assert_eq!(sums(&files), text.as_bytes());
        assert_eq!(read_sums(text.as_bytes()).unwrap()["a.txt"], text[..64]);
    }

    #[test]
    fn a_path_that_leaves_the_folder_is_none_of_a_report() {
        for path in [
            "",
            "/etc/passwd",
            "../x",
            "a/../b",
            "a//b",
            "a\\b",
            "a b",
            "-rf",
            ".x",
            "a\nb",
        ] {
            assert!(!is_path(path), "{path:?}");
        }
        assert!(is_path("proofs/E1/000907.tlog-proof"));
    }
}
