//! Which files a PATH names.

use crate::{Failure, Result};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// A file below a PATH.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Where it lies.
    pub file: PathBuf,
    /// Its path below the PATH, with `/`; the file's name where the PATH is a file. Bytes that are
    /// not UTF-8 are written `%XX`.
    pub path: String,
    pub bytes: u64,
}

/// Something below a PATH that is no file to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Skipped {
    pub path: String,
    pub why: String,
}

/// The files below a PATH, in the order of their paths, whatever the file system's is.
pub(crate) fn walk(root: &Path) -> Result<(Vec<Found>, Vec<Skipped>)> {
    let unreadable = |error| Failure::unreadable(&root.display().to_string(), &error);
    let meta = fs::metadata(root).map_err(unreadable)?;
    let (mut found, mut skipped) = (Vec::new(), Vec::new());
    if meta.is_dir() {
        folder(root, "", &mut found, &mut skipped)?;
    } else if meta.is_file() {
        fs::File::open(root).map_err(unreadable)?;
        let name = root.file_name().map(printable).unwrap_or_default();
        found.push(Found {
            file: root.to_owned(),
            path: name,
            bytes: meta.len(),
        });
    } else {
        return Err(Failure::request(
            "path-unreadable",
            format!("{} is neither a file nor a folder.", root.display()),
            "Give the file or folder that holds the exported evidence.",
        ));
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    Ok((found, skipped))
}

fn folder(
    at: &Path,
    below: &str,
    found: &mut Vec<Found>,
    skipped: &mut Vec<Skipped>,
) -> Result<()> {
    // An own stack: folders may be nested deeper than ours.
    let mut stack = vec![(at.to_owned(), below.to_owned())];
    while let Some((folder, below)) = stack.pop() {
        let entries = fs::read_dir(&folder)
            .map_err(|error| Failure::unreadable(&folder.display().to_string(), &error))?;
        for entry in entries {
            let entry = entry
                .map_err(|error| Failure::unreadable(&folder.display().to_string(), &error))?;
            let path = format!("{below}{}", printable(&entry.file_name()));
            let unreadable =
                |error| Failure::unreadable(&entry.path().display().to_string(), &error);
            let kind = entry.file_type().map_err(unreadable)?;
            if kind.is_dir() {
                stack.push((entry.path(), format!("{path}/")));
            } else if kind.is_file() {
                let bytes = entry.metadata().map_err(unreadable)?.len();
                found.push(Found {
                    file: entry.path(),
                    path,
                    bytes,
                });
            } else {
                // A link could lead out of what the examiner chose, a pipe would never end.
                let why = if kind.is_symlink() {
                    "a link"
                } else {
                    "neither a file nor a folder"
                };
                skipped.push(Skipped {
                    path,
                    why: why.into(),
                });
            }
        }
    }
    Ok(())
}

/// A file name as text: bytes that are not UTF-8 as `%XX`, so that no two names fall together by
/// it and none aborts the run.
pub(crate) fn printable(name: &OsStr) -> String {
    let mut out = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_file_name_that_is_not_utf_8_is_listed() {
        use std::os::unix::ffi::OsStrExt as _;
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(OsStr::from_bytes(b"a\xff.json")), b"{}").unwrap();
        fs::create_dir(dir.path().join("b")).unwrap();
        fs::write(dir.path().join("b/c"), b"12").unwrap();
        std::os::unix::fs::symlink("/etc/passwd", dir.path().join("link")).unwrap();
        let (found, skipped) = walk(dir.path()).unwrap();
        let told: Vec<_> = found
            .iter()
            .map(|found| (found.path.as_str(), found.bytes))
            .collect();
        assert_eq!(told, [("a%FF.json", 2), ("b/c", 2)]);
        assert_eq!(
            skipped,
            [Skipped {
                path: "link".into(),
                why: "a link".into()
            }]
        );
    }

    #[test]
    fn a_path_that_is_not_there_is_the_request_s_fault() {
        let failure = walk(Path::new("/no/such/path")).unwrap_err();
        assert_eq!(
            (failure.code, failure.fault),
            ("path-unreadable", crate::Fault::Request)
        );
    }
}
