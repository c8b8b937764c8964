//! The one window's state: the case that is open, who listens, and the line of work.

use crate::desk::desk;
use crate::recent::{Recent, RecentCase};
use crate::told::{CaseInfo, Told};
use crate::work::{Act, Works};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tauri::ipc::Channel;
use workbench::api::TrustPreview;
use workbench::{Failure, Session, TrustEdit};

/// What the commands share.
pub struct Shell {
    session: Mutex<Option<Arc<Session>>>,
    watcher: Arc<Mutex<Option<Channel<Told>>>>,
    works: Arc<Works>,
    /// Why the case of the program's arguments could not be opened, until the page has asked.
    at_start: Mutex<Option<Failure>>,
    /// A change of trust that was looked at and is neither kept nor dropped. Keys and the files that
    /// they came from stay on this side.
    pending: Mutex<Option<TrustEdit>>,
    recent: Mutex<Recent>,
    /// The report that was dropped last.
    dropped: Mutex<Option<PathBuf>>,
}

impl Shell {
    /// A shell without a case.
    pub fn new() -> Shell {
        let watcher: Arc<Mutex<Option<Channel<Told>>>> = Arc::default();
        let listening = watcher.clone();
        let works = Works::new(move |told| tell(&listening, told));
        Shell {
            session: Mutex::default(),
            watcher,
            works,
            at_start: Mutex::default(),
            pending: Mutex::default(),
            recent: Mutex::default(),
            dropped: Mutex::default(),
        }
    }

    /// From now on the page is told through this channel.
    pub fn watch(&self, channel: Channel<Told>) {
        *lock(&self.watcher) = Some(channel);
    }

    /// Tells the page something, if it listens.
    pub fn tell(&self, told: Told) {
        tell(&self.watcher, told);
    }

    /// The case that is open, or the mistake of asking without one.
    pub fn session(&self) -> Result<Arc<Session>, Failure> {
        lock(&self.session).clone().ok_or_else(|| {
            Failure::request(
                "no-case",
                "No case is open.",
                "Open one, or make a new one.",
            )
        })
    }

    /// The case that is open, for the page.
    pub fn current(&self) -> Option<CaseInfo> {
        lock(&self.session).as_deref().map(info)
    }

    /// From now on the cases that are opened are remembered in this folder, the open one first.
    pub fn remember_in(&self, folder: &Path) {
        let mut recent = Recent::of(folder);
        if let Some(session) = lock(&self.session).as_deref() {
            recent.add(session.path(), (desk().now)());
        }
        *lock(&self.recent) = recent;
    }

    /// The cases that were open lately.
    pub fn recent(&self) -> Vec<RecentCase> {
        lock(&self.recent).cases()
    }

    /// Opens the nth of them.
    pub fn open_recent(&self, nth: usize) -> Result<CaseInfo, Failure> {
        let path = lock(&self.recent).path(nth).ok_or_else(|| {
            Failure::request(
                "no-such-case",
                "That case is not in the list any more.",
                "Open it by its file.",
            )
        })?;
        self.open(&path)
    }

    /// Forgets which cases were open.
    pub fn forget_recent(&self) {
        lock(&self.recent).clear();
    }

    /// Opens a case in place of the one that is open.
    pub fn open(&self, path: &Path) -> Result<CaseInfo, Failure> {
        // A second hold on the case that is open would be one for reading alone.
        if let (Some(held), Ok(asked)) = (lock(&self.session).as_deref(), path.canonicalize())
            && held.path() == asked
        {
            return Ok(info(held));
        }
        self.put(|| Session::open(path, desk()))
    }

    /// Makes a case in place of the one that is open.
    pub fn create(&self, path: &Path) -> Result<CaseInfo, Failure> {
        self.put(|| Session::create(path, desk()))
    }

    /// What the program was started with: a case, made if it is not there, and what to read into it.
    pub fn start(&self, case: &Path, keys: &[PathBuf], paths: Vec<PathBuf>) {
        if let Err(failure) = self.try_start(case, keys, paths) {
            *lock(&self.at_start) = Some(failure);
        }
    }

    fn try_start(&self, case: &Path, keys: &[PathBuf], paths: Vec<PathBuf>) -> Result<(), Failure> {
        let mut trusted = Vec::new();
        for file in keys {
            trusted.extend(workbench::read_keys(file, Some("--keys"))?);
        }
        if case.exists() {
            self.open(case)?
        } else {
            self.create(case)?
        };
        match (paths.is_empty(), trusted.is_empty()) {
            (false, _) => self.add(Act::Import(paths, trusted)),
            (true, false) => self.add(Act::Trust(trusted)),
            (true, true) => Ok(()),
        }
    }

    /// Why what the program was started with could not be done. Said once.
    pub fn failed_at_start(&self) -> Option<Failure> {
        lock(&self.at_start).take()
    }

    /// Closes the case, if one is open.
    pub fn close(&self) -> Result<(), Failure> {
        self.free()?;
        let closed = lock(&self.session).take();
        self.tell(Told::Case { case: None });
        shut(closed)
    }

    /// Holds a report that was dropped, and tells the page of it.
    pub fn drop_report(&self, path: PathBuf) -> Result<(), Failure> {
        if self.current().is_none() {
            return Err(Failure::request(
                "report-without-case",
                "That is a report, not evidence, and no case is open to check it beside.",
                "Open or make a case and drop it again. `exhibit check` needs no case.",
            ));
        }
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        *lock(&self.dropped) = Some(path);
        self.tell(Told::Report { name });
        Ok(())
    }

    /// The report that was dropped last.
    pub fn dropped_report(&self) -> Result<PathBuf, Failure> {
        lock(&self.dropped).clone().ok_or_else(|| {
            Failure::request(
                "no-report",
                "No report was dropped.",
                "Drop its folder or its .zip on the window, or choose it.",
            )
        })
    }

    /// Reads paths into the case, after the work that runs.
    pub fn import(&self, paths: Vec<PathBuf>) -> Result<(), Failure> {
        self.add(Act::Import(paths, Vec::new()))
    }

    /// Does some other work on the case.
    pub fn add(&self, act: Act) -> Result<(), Failure> {
        self.works.add(self.session()?, act);
        Ok(())
    }

    /// Does some work that gives something, in its turn, and waits for that.
    pub fn wait_for<T>(
        &self,
        act: impl FnOnce(SyncSender<Result<T, Failure>>) -> Act,
    ) -> Result<T, Failure> {
        let (asker, answer) = sync_channel(1);
        self.add(act(asker))?;
        answer.recv().unwrap_or_else(|_| Err(Failure::stopped()))
    }

    /// What a change of trust would change. It waits its turn among the work, is seen there and
    /// stopped there; the change is held until it is kept or dropped.
    pub fn preview(&self, edit: TrustEdit) -> Result<TrustPreview, Failure> {
        let preview = self.wait_for(|asker| Act::Preview(edit.clone(), asker))?;
        *lock(&self.pending) = Some(edit);
        Ok(preview)
    }

    /// Keeps the change that was looked at last. `how` is noted with each key that is added.
    pub fn keep(&self, how: &str) -> Result<(), Failure> {
        let pending = lock(&self.pending).take().ok_or_else(|| {
            Failure::request(
                "no-change",
                "There is no change of trust to keep.",
                "Choose a key first.",
            )
        })?;
        self.add(match pending {
            TrustEdit::Add(mut keys) => {
                for key in &mut keys {
                    key.how = Some(how.to_owned());
                }
                Act::Trust(keys)
            }
            TrustEdit::Remove(fingerprint) => Act::Untrust(fingerprint),
        })
    }

    /// Drops the change that was looked at last.
    pub fn forget(&self) {
        lock(&self.pending).take();
    }

    /// Stops a piece of work.
    pub fn cancel(&self, id: u32) {
        self.works.cancel(id);
    }

    /// The window goes away: work is stopped, and the case is one file again.
    pub fn leave(&self) {
        self.works.stop(std::time::Duration::from_secs(10));
        let closed = lock(&self.session).take();
        // Nobody is there to be told, and a case that was not closed mends itself when it is next opened.
        let _ = shut(closed);
    }

    fn put(&self, make: impl FnOnce() -> Result<Session, Failure>) -> Result<CaseInfo, Failure> {
        self.free()?;
        let session = Arc::new(make()?);
        self.forget();
        let now = info(&session);
        lock(&self.recent).add(session.path(), (desk().now)());
        let before = lock(&self.session).replace(session);
        self.tell(Told::Case {
            case: Some(now.clone()),
        });
        shut(before)?;
        Ok(now)
    }

    /// A case is not left while work is done on it.
    fn free(&self) -> Result<(), Failure> {
        if self.works.is_busy() {
            return Err(Failure::request(
                "case-busy",
                "Something is being read into this case.",
                "Wait until it is done, or cancel it.",
            ));
        }
        Ok(())
    }
}

fn shut(session: Option<Arc<Session>>) -> Result<(), Failure> {
    // A command that still reads holds the case too; it is then closed when that is done.
    match session.map(Arc::try_unwrap) {
        Some(Ok(session)) => session.close(),
        Some(Err(_)) | None => Ok(()),
    }
}

fn info(session: &Session) -> CaseInfo {
    CaseInfo {
        name: session.name(),
        path: session.path().display().to_string(),
        writable: session.is_writable(),
        notes: session.notes(),
    }
}

fn tell(watcher: &Mutex<Option<Channel<Told>>>, told: Told) {
    if let Some(channel) = lock(watcher).as_ref() {
        // A page that is going away no longer listens; there is nobody else to be told.
        let _ = channel.send(told);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
