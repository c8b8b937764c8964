//! One writer at a time: an advisory lock on the case file, held for the whole session.
//!
//! The lock is `flock`'s, which knows nothing of the `fcntl` locks that SQLite sets. But POSIX
//! drops every `fcntl` lock that a process holds on a file as soon as the process closes *any*
//! descriptor of it. So a descriptor that was opened here is closed only after the last SQLite
//! connection of this process to the file, and a second attempt within the process opens none.
//!
//! On Windows a lock binds other handles too, SQLite's among them; there a file beside the case
//! (`….exhibit-lock`) is locked in its stead.

use crate::error::{Result, StoreError};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, Weak};

/// The cases that this process has open.
static OPEN: Mutex<Vec<(PathBuf, Weak<Lock>)>> = Mutex::new(Vec::new());

/// What this session holds on a case file. Keep it until the last connection is closed.
#[derive(Debug)]
pub(crate) struct Lock {
    held: Held,
    path: PathBuf,
    _file: File,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    /// Ours alone.
    Alone,
    /// With other readers: nobody writes.
    WithReaders,
    /// Nothing: somebody else writes.
    Nothing,
}

impl Lock {
    /// For writing. `path` is canonical. [`StoreError::InUse`] where anyone else has it open.
    pub(crate) fn to_write(path: &Path) -> Result<Arc<Lock>> {
        let mut open = open_cases();
        if find(&open, path).is_some() {
            return Err(StoreError::InUse);
        }
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(path)
            .map_err(|error| match error.kind() {
                io::ErrorKind::PermissionDenied => StoreError::ReadOnly,
                _ => error.into(),
            })?;
        check_header(&file)?;
        let file = to_lock(path, file)?;
        match file.try_lock() {
            Ok(()) => Ok(keep(&mut open, path, file, Held::Alone)),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// For reading: never refused because of others.
    pub(crate) fn to_read(path: &Path) -> Result<Arc<Lock>> {
        let mut open = open_cases();
        if let Some(lock) = find(&open, path) {
            return Ok(lock);
        }
        let file = File::open(path)?;
        check_header(&file)?;
        let file = to_lock(path, file)?;
        let held = match file.try_lock_shared() {
            Ok(()) => Held::WithReaders,
            Err(TryLockError::WouldBlock) => Held::Nothing,
            Err(TryLockError::Error(error)) => return Err(error.into()),
        };
        Ok(keep(&mut open, path, file, held))
    }

    /// The case file, as an absolute path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether nobody can be writing, so that an import that is not complete is a dead one.
    pub(crate) fn nobody_writes(&self) -> bool {
        self.held == Held::WithReaders
    }
}

/// The file that is locked: the case itself, but for Windows.
fn to_lock(path: &Path, case: File) -> Result<File> {
    if !cfg!(windows) {
        return Ok(case);
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push("-lock");
    Ok(OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .read(true)
        .open(beside)?)
}

fn open_cases() -> MutexGuard<'static, Vec<(PathBuf, Weak<Lock>)>> {
    OPEN.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn find(open: &[(PathBuf, Weak<Lock>)], path: &Path) -> Option<Arc<Lock>> {
    open.iter()
        .find(|(other, _)| other == path)
        .and_then(|(_, lock)| lock.upgrade())
}

fn keep(open: &mut Vec<(PathBuf, Weak<Lock>)>, path: &Path, file: File, held: Held) -> Arc<Lock> {
    let lock = Arc::new(Lock {
        held,
        path: path.to_owned(),
        _file: file,
    });
    open.retain(|(_, other)| other.strong_count() > 0);
    open.push((path.to_owned(), Arc::downgrade(&lock)));
    lock
}

/// Looks at the first bytes before SQLite does: opening a foreign database for writing could roll
/// back its journal, and so change a file that is not ours.
fn check_header(mut file: &File) -> Result<()> {
    let mut head = [0; 100];
    match file.read_exact(&mut head) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            return Err(StoreError::NotACase);
        }
        Err(error) => return Err(error.into()),
    }
    let ours = crate::schema::APPLICATION_ID.to_be_bytes();
    if head.starts_with(b"SQLite format 3\0") && head[68..72] == ours {
        Ok(())
    } else {
        Err(StoreError::NotACase)
    }
}
