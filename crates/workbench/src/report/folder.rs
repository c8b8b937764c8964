//! A report as a folder or a `.zip`: written whole or not at all, and read back.

use crate::failure::{Failure, Result};
use crate::walk::walk;
use evidence::Limits;
use evidence::container::{self, Trailing, Visitor, Wrapping};
use report::render::Files;
use std::fs::{self, File};
use std::io::{self, Cursor, Read, Write as _};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// No report is larger: it is held in memory.
const MOST_BYTES: u64 = 2 << 30;

/// Whether a report of that name is an archive.
pub(crate) fn is_zip(out: &Path) -> bool {
    out.extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("zip"))
}

/// Writes a report where nothing is. Should anything fail, nothing of it stays.
pub(super) fn write(out: &Path, files: &Files) -> Result<()> {
    let unwritable = |error: &io::Error| {
        if error.kind() == io::ErrorKind::StorageFull {
            return store::StoreError::Full.into();
        }
        Failure::request(
            "path-unwritable",
            format!("{} cannot be made: {error}.", out.display()),
            "Give a new name where you may write; nothing is written over.",
        )
    };
    if is_zip(out) {
        let bytes = zipped(files).map_err(|error| unwritable(&error))?;
        let mut file = File::create_new(out).map_err(|error| unwritable(&error))?;
        let done = file.write_all(&bytes).and_then(|()| file.sync_all());
        return done.map_err(|error| {
            let _ = fs::remove_file(out);
            unwritable(&error)
        });
    }
    fs::create_dir(out).map_err(|error| unwritable(&error))?;
    let all = || -> io::Result<()> {
        for (path, bytes) in files {
            let to = out.join(path);
            if let Some(folder) = to.parent() {
                fs::create_dir_all(folder)?;
            }
            File::create_new(to)?.write_all(bytes)?;
        }
        Ok(())
    };
    all().map_err(|error| {
        remove(out);
        unwritable(&error)
    })
}

/// Takes away what was written just now.
pub(super) fn remove(out: &Path) {
    let _ = if is_zip(out) {
        fs::remove_file(out)
    } else {
        fs::remove_dir_all(out)
    };
}

/// The archive; the same for the same files, whenever and wherever it is made.
fn zipped(files: &Files) -> io::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    // Entries have the earliest date that a zip can hold.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644);
    for (path, bytes) in files {
        zip.start_file(path.as_str(), options)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// A report as it was read.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Its files, by path.
    pub files: Files,
    /// What is no plain file, and why.
    pub refused: Vec<(String, String)>,
}

/// Reads a folder or a `.zip`. A single folder that holds everything is gone through.
pub(crate) fn read(at: &Path, limits: &Limits) -> Result<Found> {
    let shown = at.display().to_string();
    let unreadable = |error: io::Error| Failure::unreadable(&shown, &error);
    let mut found = Found::default();
    if at.is_dir() {
        let (files, skipped) = walk(at)?;
        found.refused = skipped.into_iter().map(|it| (it.path, it.why)).collect();
        if files.iter().map(|file| file.bytes).sum::<u64>() > MOST_BYTES {
            return Err(too_large(&shown));
        }
        for file in files {
            let bytes = fs::read(&file.file).map_err(unreadable)?;
            found.files.insert(file.path, bytes);
        }
        return Ok(found);
    }
    let mut archive = File::open(at).map_err(unreadable)?;
    let mut entries = Entries {
        found: Found::default(),
        left: MOST_BYTES,
    };
    container::visit(Wrapping::Zip, &mut archive, limits, &mut entries).map_err(|error| {
        if error.kind() == io::ErrorKind::FileTooLarge {
            too_large(&shown)
        } else {
            unreadable(error)
        }
    })?;
    Ok(within_one_folder(entries.found))
}

fn too_large(shown: &str) -> Failure {
    Failure::request(
        "report-too-large",
        format!("{shown} is larger than any report."),
        "Check evidence with `exhibit import`.",
    )
}

/// Whoever zips a folder by hand gets an archive with that folder in it.
fn within_one_folder(found: Found) -> Found {
    if found.files.contains_key("report.json") {
        return found;
    }
    let top = found
        .files
        .keys()
        .next()
        .and_then(|path| path.split_once('/'));
    let Some(top) = top.map(|(top, _)| format!("{top}/")) else {
        return found;
    };
    let is_it = found.files.contains_key(&format!("{top}report.json"))
        && found.files.keys().all(|path| path.starts_with(&top));
    if !is_it {
        return found;
    }
    let strip = |path: String| path.strip_prefix(&top).map(str::to_owned).unwrap_or(path);
    Found {
        files: found
            .files
            .into_iter()
            .map(|(path, bytes)| (strip(path), bytes))
            .collect(),
        refused: found
            .refused
            .into_iter()
            .map(|(path, why)| (strip(path), why))
            .collect(),
    }
}

struct Entries {
    found: Found,
    left: u64,
}

impl Visitor for Entries {
    fn file(&mut self, path: &str, bytes: &mut dyn Read) -> io::Result<()> {
        let mut whole = Vec::new();
        bytes.take(self.left + 1).read_to_end(&mut whole)?;
        self.left = self
            .left
            .checked_sub(whole.len() as u64)
            .ok_or_else(|| io::Error::from(io::ErrorKind::FileTooLarge))?;
        self.found.files.insert(path.to_owned(), whole);
        Ok(())
    }

    fn refused(&mut self, path: &str, why: &str) -> io::Result<()> {
        self.found.refused.push((path.to_owned(), why.to_owned()));
        Ok(())
    }

    fn trailing(&mut self, _: Wrapping, trailing: Trailing) -> io::Result<()> {
        let why = format!("{} bytes stand after the end of the archive", trailing.len);
        self.found.refused.push((String::new(), why));
        Ok(())
    }
}
