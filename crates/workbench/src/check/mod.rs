//! Checking without a case: a report, step by step; evidence, as an import would; a copy of a case.

mod packet;
mod page;
mod rows;
mod sealed;
mod steps;

pub use self::packet::check_files;

use crate::api::{ReportCheck, Summary};
use crate::failure::{Failure, Result};
use crate::progress::{Phase, Progress};
use crate::report::folder;
use crate::session::{Desk, Session};
use crate::walk::printable;
use evidence::keys::TrustedKey;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

/// What was checked, and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Checked {
    /// A report.
    Report(Box<ReportCheck>),
    /// Evidence, or a case.
    Evidence(Box<Summary>),
}

/// Checks a report (a folder or a `.zip`), an audit bundle or any other evidence, or a case, under
/// the keys given here alone. Nothing is written but a case in the system's folder for temporary
/// files, which is removed again; what is checked is only read.
pub fn check(at: &Path, keys: &[TrustedKey], desk: &Desk, progress: &Progress) -> Result<Checked> {
    let shown = at.display().to_string();
    fs::metadata(at).map_err(|error| Failure::unreadable(&shown, &error))?;
    if is_report(at) {
        progress.begin(Phase::Checking)?;
        let found = folder::read(at, &desk.limits)?;
        return Ok(Checked::Report(Box::new(packet::check_report(
            &found, keys, desk, progress,
        )?)));
    }
    let temporary = || -> std::io::Result<tempfile::TempDir> { tempfile::tempdir() };
    let folder = temporary().map_err(|error| {
        Failure::program(
            "no-temporary-folder",
            format!("No temporary folder can be made: {error}."),
            "Set TMPDIR to a folder that you may write to.",
        )
    })?;
    let case = folder.path().join("check.exhibit");
    let mut summary = if is_database(at) {
        match checked_copy(at, &case, keys, desk, progress) {
            Err(failure) if failure.code == "not-a-case" => {
                let _ = fs::remove_file(&case);
                imported(at, &case, keys, desk, progress)?
            }
            other => other?,
        }
    } else {
        imported(at, &case, keys, desk, progress)?
    };
    summary.case = at
        .canonicalize()
        .ok()
        .as_deref()
        .and_then(Path::file_name)
        .map(printable)
        .unwrap_or(shown);
    Ok(Checked::Evidence(Box::new(summary)))
}

fn imported(
    at: &Path,
    case: &Path,
    keys: &[TrustedKey],
    desk: &Desk,
    progress: &Progress,
) -> Result<Summary> {
    let session = Session::create(case, desk.clone())?;
    let summary = session.import(&[at.to_owned()], keys, progress)?;
    session.close()?;
    Ok(summary)
}

/// A case is verified again from a copy: a check writes to nothing.
fn checked_copy(
    at: &Path,
    case: &Path,
    keys: &[TrustedKey],
    desk: &Desk,
    progress: &Progress,
) -> Result<Summary> {
    fs::copy(at, case).map_err(|error| Failure::unreadable(&at.display().to_string(), &error))?;
    let session = Session::open_to_write(case, desk.clone())?;
    let summary = session.verify(keys, progress)?;
    session.close()?;
    Ok(summary)
}

/// The files that only a report has.
const MARKS: [&str; 4] = [
    "report.json",
    "extract.jsonl",
    "SHA256SUMS",
    "SHA256SUMS.sig",
];

/// Whether a folder or archive holds a report, even one that lacks some of its files.
pub fn is_report(at: &Path) -> bool {
    if at.is_dir() {
        return MARKS.iter().any(|mark| at.join(mark).is_file())
            && !at.join("manifest.dsse.json").exists();
    }
    if !has_magic(at, b"PK") {
        return false;
    }
    let names: Vec<String> = match File::open(at).map(zip::ZipArchive::new) {
        Ok(Ok(archive)) => {
            let names = archive.file_names().filter_map(std::result::Result::ok);
            names.map(std::borrow::Cow::into_owned).collect()
        }
        _ => return false,
    };
    let base = |name: &str| match name.split_once('/') {
        Some((_, rest)) if !rest.contains('/') => rest.to_owned(),
        _ => name.to_owned(),
    };
    let is_mark = |name: &String| MARKS.contains(&base(name).as_str());
    names.iter().any(is_mark) && !names.iter().any(|name| base(name) == "manifest.dsse.json")
}

fn is_database(at: &Path) -> bool {
    has_magic(at, b"SQLite format 3\0")
}

fn has_magic(at: &Path, magic: &[u8]) -> bool {
    let mut head = Vec::new();
    let read = File::open(at).and_then(|file| file.take(magic.len() as u64).read_to_end(&mut head));
    read.is_ok() && head == magic
}
