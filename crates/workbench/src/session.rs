//! One open case, and what is done with it.

use crate::answers::Answers;
use crate::api::Proving;
use crate::failure::{Failure, Result};
use crate::progress::Progress;
use crate::walk::printable;
use evidence::{FileFacts, FileId, Limits, Micros};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::{By, Case, CustodyEntry, Mode, Reader, Recovered, StoreError};

/// Who works, with what, and by which clock. The front ends say; nothing below them reads a clock
/// or an environment.
#[derive(Debug, Clone)]
pub struct Desk {
    /// Who sits there, as the system knows them.
    pub who: String,
    /// The program and its version.
    pub tool: String,
    /// The clock.
    pub now: fn() -> Micros,
    /// How many threads may work.
    pub threads: usize,
    /// Bounds on what evidence may ask of the machine.
    pub limits: Limits,
}

impl Desk {
    pub(crate) fn by(&self) -> By {
        By {
            who: self.who.clone(),
            tool: self.tool.clone(),
            at: (self.now)(),
        }
    }

    pub(crate) fn entry(&self, act: &str, about: serde_json::Value) -> CustodyEntry {
        CustodyEntry {
            by: self.by(),
            act: act.into(),
            about,
        }
    }
}

/// An open case. May be shared between threads: one writes, any may read, also while it writes.
pub struct Session {
    pub(crate) desk: Desk,
    pub(crate) case: Mutex<Option<Case>>,
    path: PathBuf,
    writable: bool,
    /// Readers that are not in use. Each has a connection and caches of its own.
    readers: Mutex<Vec<Reader>>,
    notes: Mutex<Vec<String>>,
    running: Mutex<Option<Reader>>,
    /// Held while what the analyst says is changed: it is read, changed and written, and two changes at
    /// once would each take back the other.
    pub(crate) saying: Mutex<()>,
    /// What the proofs asked for last were reckoned from.
    facts: Mutex<Vec<KeptFacts>>,
    /// The file whose record was to be proven last, and how far its reading is.
    wanted: Mutex<Option<(FileId, Arc<Progress>)>>,
    /// What was asked of the whole case, and answered.
    pub(crate) answers: Mutex<Answers>,
    /// How many surveys of the timeline were asked for: only the last one's answer is waited for.
    pub(crate) surveys: AtomicU64,
}

/// Facts of so many records are kept beside those of the file read last: who steps through the
/// timeline goes from stream to stream.
const MOST_RECORDS_KEPT: u64 = 2_000_000;

/// Facts read from the bytes of the case in one state of it: of no use in another, since what is
/// trusted is part of that.
struct KeptFacts {
    generation: u64,
    /// The file whose record was to be proven.
    of: FileId,
    facts: Arc<Vec<FileFacts>>,
}

impl Session {
    /// Opens a case, for writing where that is possible. Where it is open elsewhere or its file
    /// cannot be written, it is opened for reading, and a note says so.
    pub fn open(path: &Path, desk: Desk) -> Result<Session> {
        match Session::open_to_write(path, desk.clone()) {
            Err(failure) if matches!(failure.code, "case-in-use" | "case-read-only") => {
                let session = Session::open_to_read(path, desk)?;
                session.note(format!(
                    "{} It is opened for reading only.",
                    failure.message
                ));
                Ok(session)
            }
            other => other,
        }
    }

    /// Opens a case for reading alone: nothing in the file is changed.
    pub fn open_to_read(path: &Path, desk: Desk) -> Result<Session> {
        let (case, _) = Case::open(path, Mode::Read).map_err(|error| not_there(path, error))?;
        Ok(Session::new(case, desk, false))
    }

    /// Opens a case for writing. What an interrupted import left is removed, and a note says so.
    pub fn open_to_write(path: &Path, desk: Desk) -> Result<Session> {
        let (case, recovered) =
            Case::open(path, Mode::Write(desk.by())).map_err(|error| not_there(path, error))?;
        let session = Session::new(case, desk, true);
        for removed in &recovered {
            session.note(removal(removed));
        }
        Ok(session)
    }

    /// Makes a case where no file is.
    pub fn create(path: &Path, desk: Desk) -> Result<Session> {
        let entry = desk.entry("create", serde_json::json!({}));
        let case = Case::create(path, &entry).map_err(|error| match error {
            StoreError::Io {
                kind: std::io::ErrorKind::AlreadyExists,
                ..
            } => Failure::request(
                "case-exists",
                format!("{} is there already.", path.display()),
                "Open it, or choose another name.",
            ),
            StoreError::Io {
                kind: std::io::ErrorKind::NotFound | std::io::ErrorKind::PermissionDenied,
                text,
            } => Failure::request(
                "case-path",
                format!("No case can be made at {}: {text}.", path.display()),
                "Choose a folder that exists and that you may write to.",
            ),
            other => other.into(),
        })?;
        Ok(Session::new(case, desk, true))
    }

    fn new(case: Case, desk: Desk, writable: bool) -> Session {
        let path = case.path().to_owned();
        Session {
            desk,
            case: Mutex::new(Some(case)),
            path,
            writable,
            readers: Mutex::default(),
            notes: Mutex::default(),
            running: Mutex::default(),
            saying: Mutex::default(),
            facts: Mutex::default(),
            wanted: Mutex::default(),
            answers: Mutex::default(),
            surveys: AtomicU64::new(0),
        }
    }

    /// Where the case lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The case's file name.
    pub fn name(&self) -> String {
        self.path.file_name().map(printable).unwrap_or_default()
    }

    /// Whether the case can be written to.
    pub fn is_writable(&self) -> bool {
        self.writable
    }

    pub(crate) fn note(&self, note: String) {
        lock(&self.notes).push(note);
    }

    /// What is to be said besides, since the case was opened.
    pub fn notes(&self) -> Vec<String> {
        lock(&self.notes).clone()
    }

    /// Closes the case, so that it is one file again. Fails where work still runs.
    pub fn close(self) -> Result<()> {
        drop(lock(&self.readers).drain(..));
        drop(lock(&self.running).take());
        match lock(&self.case).take() {
            Some(case) => Ok(case.close()?),
            None => Ok(()),
        }
    }

    /// Does something with a reader of the case.
    pub(crate) fn reading<T>(&self, act: impl FnOnce(&Reader) -> Result<T>) -> Result<T> {
        let spare = lock(&self.readers).pop();
        let reader = match spare {
            Some(reader) => reader,
            None => self.new_reader()?,
        };
        let done = act(&reader);
        lock(&self.readers).push(reader);
        done
    }

    /// The facts that a proof of a file's records needs in this state of the case, read if they are
    /// not among those that were read last. Whoever wants those of the same file waits for one reading of
    /// it; what was wanted of another file before is stopped.
    pub(crate) fn facts_for(
        &self,
        generation: u64,
        of: FileId,
        read: impl FnOnce(&Progress) -> Result<Vec<FileFacts>>,
    ) -> Result<Arc<Vec<FileFacts>>> {
        let progress = {
            let mut wanted = lock(&self.wanted);
            match &*wanted {
                Some((file, progress)) if *file == of && !progress.is_stopped() => {
                    Arc::clone(progress)
                }
                other => {
                    if let Some((_, progress)) = other {
                        progress.stop();
                    }
                    let progress = Arc::<Progress>::default();
                    *wanted = Some((of, Arc::clone(&progress)));
                    progress
                }
            }
        };
        let mut kept = lock(&self.facts);
        if let Some(kept) = kept
            .iter()
            .find(|kept| (kept.generation, kept.of) == (generation, of))
        {
            return Ok(Arc::clone(&kept.facts));
        }
        progress.go_on()?;
        let facts = Arc::new(read(&progress)?);
        kept.retain(|kept| kept.generation == generation);
        let records = |kept: &KeptFacts| kept.facts.iter().map(|file| file.records).sum::<u64>();
        while kept.iter().map(records).sum::<u64>() > MOST_RECORDS_KEPT {
            kept.remove(0);
        }
        kept.push(KeptFacts {
            generation,
            of,
            facts: Arc::clone(&facts),
        });
        Ok(facts)
    }

    /// How far the reading for the proof that was asked for last has come; none where none is read.
    pub fn proving(&self) -> Option<Proving> {
        let wanted = lock(&self.wanted);
        let reached = wanted.as_ref()?.1.reached();
        (reached.bytes < reached.total).then_some(Proving {
            bytes: reached.bytes,
            total: reached.total,
        })
    }

    /// While the case is being written to, its writer is busy; readers are made from another.
    fn new_reader(&self) -> Result<Reader> {
        if let Some(reader) = lock(&self.running).as_ref() {
            return Ok(reader.another()?);
        }
        match lock(&self.case).as_ref() {
            Some(case) => Ok(case.reader()?),
            None => Err(closed()),
        }
    }

    /// Does something with the case itself. Only one thread at a time; readers go on.
    pub(crate) fn writing<T>(&self, act: impl FnOnce(&mut Case) -> Result<T>) -> Result<T> {
        if !self.writable {
            return Err(StoreError::ReadOnly.into());
        }
        let mut case = self.case.try_lock().map_err(|_| {
            Failure::request(
                "case-busy",
                "Something is being done with this case.",
                "Wait until it is done, or stop it.",
            )
        })?;
        let case = case.as_mut().ok_or_else(closed)?;
        *lock(&self.running) = Some(case.reader()?);
        let done = act(case);
        *lock(&self.running) = None;
        done
    }
}

fn closed() -> Failure {
    Failure::request("case-closed", "The case was closed.", "Open it again.")
}

fn not_there(path: &Path, error: StoreError) -> Failure {
    match error {
        StoreError::Io {
            kind: std::io::ErrorKind::NotFound,
            ..
        } => Failure::request(
            "no-such-case",
            format!("There is no case at {}.", path.display()),
            "Check the path; `exhibit import CASE PATH` makes a new one.",
        ),
        StoreError::Io {
            kind: std::io::ErrorKind::IsADirectory,
            ..
        } => StoreError::NotACase.into(),
        StoreError::Io {
            kind: std::io::ErrorKind::PermissionDenied,
            ..
        } => StoreError::ReadOnly.into(),
        other => other.into(),
    }
}

fn removal(removed: &Recovered) -> String {
    format!(
        "An import of {} that began at {} was cut off before its end. What it had written (files: {}, records: {}) was removed; import it again.",
        removed.labels.join(", "),
        removed.started,
        removed.files,
        removed.records
    )
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Tells `progress` that the work is over.
pub(crate) fn stopped_or(progress: &Progress, failure: Failure) -> Failure {
    if progress.is_stopped() {
        Failure::stopped()
    } else {
        failure
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    fn session(folder: &Path) -> Session {
        let desk = Desk {
            who: "somebody".into(),
            tool: "test".into(),
            now: || Micros(0),
            threads: 1,
            limits: Limits::default(),
        };
        Session::create(&folder.join("a.exhibit"), desk).unwrap()
    }

    #[test]
    fn facts_are_read_once_for_all_who_want_them_in_one_state_of_the_case() {
        let folder = tempfile::tempdir().unwrap();
        let session = session(folder.path());
        let reads = std::cell::Cell::new(0);
        let ask = |generation| {
            session.facts_for(generation, FileId(1), |_| {
                reads.set(reads.get() + 1);
                Ok(Vec::new())
            })
        };
        ask(1).unwrap();
        ask(1).unwrap();
        assert_eq!(reads.get(), 1);
        ask(2).unwrap();
        assert_eq!(reads.get(), 2);
        // And those of another file beside them.
        session.facts_for(2, FileId(2), |_| Ok(Vec::new())).unwrap();
        ask(2).unwrap();
        assert_eq!(reads.get(), 2);
    }

    #[test]
    fn whoever_wants_another_file_ends_the_reading_for_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let session = session(folder.path());
        let (begun, has_begun) = mpsc::channel();
        std::thread::scope(|scope| {
            let first = scope.spawn(|| {
                session.facts_for(1, FileId(1), |progress| {
                    progress.expect(10);
                    begun.send(()).unwrap();
                    while !progress.is_stopped() {
                        std::thread::yield_now();
                    }
                    progress.go_on().map(|()| Vec::new())
                })
            });
            has_begun.recv().unwrap();
            let told = session.proving();
            assert_eq!(
                told,
                Some(Proving {
                    bytes: 0,
                    total: 10
                })
            );
            assert!(session.facts_for(1, FileId(2), |_| Ok(Vec::new())).is_ok());
            assert_eq!(first.join().unwrap().unwrap_err().code, "stopped");
        });
        assert_eq!(session.proving(), None);
        // And the first may be wanted again.
        assert!(session.facts_for(1, FileId(1), |_| Ok(Vec::new())).is_ok());
    }
}
