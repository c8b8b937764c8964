//! The cases that were open lately, in the program's own folder. Nothing of a case is in it but its
//! place.

use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use ts_rs::TS;
use workbench::Micros;

/// More are forgotten, the oldest first.
const MOST: usize = 8;
/// A list of ours is never longer.
const MOST_BYTES: u64 = 256 << 10;

/// A case that was open lately.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct RecentCase {
    /// Its file's name.
    pub name: String,
    /// The folder that it lay in.
    pub folder: String,
    /// When it was last opened, RFC 3339.
    pub opened: String,
    /// Whether a file is there now.
    pub there: bool,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept {
    cases: Vec<Line>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Line {
    path: PathBuf,
    opened: String,
}

/// The list, newest first. A list that cannot be read is an empty one: it is a convenience.
#[derive(Debug, Default)]
pub struct Recent {
    file: Option<PathBuf>,
    kept: Kept,
}

impl Recent {
    /// The list that lies in this folder.
    pub fn of(folder: &Path) -> Recent {
        let file = folder.join("recent.json");
        let kept = read(&file).unwrap_or_default();
        Recent {
            file: Some(file),
            kept,
        }
    }

    /// The cases, newest first.
    pub fn cases(&self) -> Vec<RecentCase> {
        self.kept
            .cases
            .iter()
            .take(MOST)
            .map(|line| RecentCase {
                name: shown(line.path.file_name().map(Path::new)),
                folder: shown(line.path.parent()),
                opened: line.opened.clone(),
                there: line.path.is_file(),
            })
            .collect()
    }

    /// Where the nth lies.
    pub fn path(&self, nth: usize) -> Option<PathBuf> {
        Some(self.kept.cases.get(nth)?.path.clone())
    }

    /// A case was opened.
    pub fn add(&mut self, path: &Path, now: Micros) {
        // What JSON cannot hold is not kept.
        if path.to_str().is_none() {
            return;
        }
        self.kept.cases.retain(|line| line.path != path);
        let line = Line {
            path: path.to_owned(),
            opened: now.to_string(),
        };
        self.kept.cases.insert(0, line);
        self.kept.cases.truncate(MOST);
        self.write();
    }

    /// Forgets all of them.
    pub fn clear(&mut self) {
        self.kept.cases.clear();
        self.write();
    }

    fn write(&self) {
        let Some(file) = &self.file else { return };
        // Nobody misses a list that could not be kept; the cases are where they are.
        let _ = write(file, &self.kept);
    }
}

fn shown(path: Option<&Path>) -> String {
    path.map(|path| path.display().to_string())
        .unwrap_or_default()
}

fn read(file: &Path) -> Option<Kept> {
    let mut text = String::new();
    fs::File::open(file)
        .ok()?
        .take(MOST_BYTES)
        .read_to_string(&mut text)
        .ok()?;
    let mut kept: Kept = serde_json::from_str(&text).ok()?;
    kept.cases.truncate(MOST);
    Some(kept)
}

fn write(file: &Path, kept: &Kept) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let half = file.with_extension("half");
    let mut out = fs::File::create(&half)?;
    out.write_all(&serde_json::to_vec(kept)?)?;
    drop(out);
    fs::rename(&half, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder =
            std::env::temp_dir().join(format!("exhibit-recent-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    #[test]
    fn the_newest_stands_first_and_once_and_the_list_is_kept() {
        let folder = folder("kept");
        let mut recent = Recent::of(&folder);
        for (nth, name) in ["a", "b", "a"].iter().enumerate() {
            recent.add(&PathBuf::from("/cases").join(name), Micros(nth as i64));
        }
        let again = Recent::of(&folder);
        let names: Vec<String> = again.cases().into_iter().map(|one| one.name).collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(again.path(1), Some(PathBuf::from("/cases/b")));
        assert_eq!(again.path(2), None);
        assert!(again.cases().iter().all(|one| !one.there));
        let mut again = again;
        again.clear();
        assert!(Recent::of(&folder).cases().is_empty());
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn no_more_are_kept_than_are_shown() {
        let mut recent = Recent::default();
        for nth in 0..30 {
            recent.add(&PathBuf::from(format!("/cases/{nth}")), Micros(nth));
        }
        assert_eq!(recent.cases().len(), MOST);
        assert_eq!(recent.path(0), Some(PathBuf::from("/cases/29")));
        assert_eq!(recent.path(MOST), None);
    }

    #[test]
    fn a_list_that_is_none_is_empty() {
        let folder = folder("broken");
        fs::create_dir_all(&folder).unwrap();
        for text in ["", "{", "{\"cases\":[{\"path\":3}]}"] {
            fs::write(folder.join("recent.json"), text).unwrap();
            assert!(Recent::of(&folder).cases().is_empty(), "{text}");
        }
        fs::remove_dir_all(&folder).unwrap();
    }
}
