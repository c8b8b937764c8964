//! Long work: one piece after the other on a thread of its own, told of while it runs, and stopped
//! on request. The page never waits for it.

use crate::report;
use crate::told::{End, Told, Work};
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use workbench::api::{ReportCheck, TrustPreview, Wrote};
use workbench::{Failure, Fault, Phase, Progress, Reporting, Session, TrustEdit, TrustedKey};

/// How often the page is told of running work.
const EVERY: Duration = Duration::from_millis(100);

/// What is to be done.
pub enum Act {
    /// Read these paths into the case, with these keys trusted, and verify.
    Import(Vec<PathBuf>, Vec<TrustedKey>),
    /// Trust these keys and verify again.
    Trust(Vec<TrustedKey>),
    /// Trust the key with this fingerprint no more and verify again.
    Untrust(String),
    /// Write a report there, and tell whoever asked.
    Report(
        PathBuf,
        Box<Reporting>,
        Option<String>,
        SyncSender<Result<Wrote, Failure>>,
    ),
    /// Check the report there under these keys, and tell whoever asked.
    Check(
        PathBuf,
        Vec<TrustedKey>,
        SyncSender<Result<ReportCheck, Failure>>,
    ),
    /// Judge as if trust were changed, write nothing, and tell whoever asked.
    Preview(TrustEdit, SyncSender<Result<TrustPreview, Failure>>),
}

impl Act {
    fn name(&self) -> &'static str {
        match self {
            Act::Import(..) => "import",
            Act::Trust(_) | Act::Untrust(_) => "trust",
            Act::Preview(..) => "preview",
            Act::Report(..) => "report",
            Act::Check(..) => "check",
        }
    }
}

struct Job {
    id: u32,
    session: Arc<Session>,
    act: Act,
    progress: Arc<Progress>,
}

#[derive(Default)]
struct Line {
    next: u32,
    waiting: VecDeque<Job>,
    running: Option<(u32, Arc<Progress>)>,
    over: bool,
}

/// The line of work.
pub struct Works {
    line: Mutex<Line>,
    moved: Condvar,
    tell: Box<dyn Fn(Told) + Send + Sync>,
}

impl Works {
    /// A line without work, and the thread that does it.
    pub fn new(tell: impl Fn(Told) + Send + Sync + 'static) -> Arc<Works> {
        let works = Arc::new(Works {
            line: Mutex::default(),
            moved: Condvar::new(),
            tell: Box::new(tell),
        });
        let own = works.clone();
        thread::spawn(move || own.run());
        works
    }

    /// Adds a piece of work on a case.
    pub fn add(&self, session: Arc<Session>, act: Act) {
        let mut line = self.line();
        line.next += 1;
        let job = Job {
            id: line.next,
            session,
            act,
            progress: Arc::default(),
        };
        let waits = line.running.is_some() || !line.waiting.is_empty();
        if waits {
            (self.tell)(Told::Work {
                work: Work {
                    phase: "waiting".into(),
                    ..work(&job, Duration::ZERO)
                },
            });
        }
        line.waiting.push_back(job);
        self.moved.notify_all();
    }

    /// Stops a piece of work, or lets it never begin.
    pub fn cancel(&self, id: u32) {
        let mut line = self.line();
        if let Some((running, progress)) = &line.running
            && *running == id
        {
            progress.stop();
        }
        if let Some(at) = line.waiting.iter().position(|job| job.id == id)
            && let Some(job) = line.waiting.remove(at)
        {
            (self.tell)(Told::Work {
                work: Work {
                    end: Some(End::Cancelled),
                    ..work(&job, Duration::ZERO)
                },
            });
        }
    }

    /// Stops all work and waits a while for the last piece to take itself back. A case whose import
    /// was cut off mends itself when it is next opened.
    pub fn stop(&self, at_most: Duration) {
        let mut line = self.line();
        line.waiting.clear();
        line.over = true;
        if let Some((_, progress)) = &line.running {
            progress.stop();
        }
        self.moved.notify_all();
        let _ = self
            .moved
            .wait_timeout_while(line, at_most, |line| line.running.is_some());
    }

    /// Whether work runs or waits.
    pub fn is_busy(&self) -> bool {
        let line = self.line();
        line.running.is_some() || !line.waiting.is_empty()
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        loop {
            let mut line = self
                .moved
                .wait_while(self.line(), |line| line.waiting.is_empty() && !line.over)
                .unwrap_or_else(PoisonError::into_inner);
            let Some(job) = line.waiting.pop_front() else {
                return;
            };
            line.running = Some((job.id, job.progress.clone()));
            drop(line);
            let last = self.do_one(&job);
            drop(job);
            self.line().running = None;
            self.moved.notify_all();
            (self.tell)(Told::Work { work: last });
            (self.tell)(Told::Changed);
        }
    }

    fn do_one(&self, job: &Job) -> Work {
        let began = Instant::now();
        let ended = thread::scope(|scope| {
            let doing = scope.spawn(|| match &job.act {
                Act::Import(paths, keys) => {
                    job.session.import(paths, keys, &job.progress).map(drop)
                }
                Act::Trust(keys) => job.session.trust_add(keys, &job.progress).map(drop),
                Act::Untrust(fingerprint) => job
                    .session
                    .trust_remove(fingerprint, &job.progress)
                    .map(drop),
                Act::Preview(edit, asker) => {
                    answer(asker, job.session.trust_preview(edit, &job.progress))
                }
                Act::Report(out, asked, passphrase, asker) => {
                    let passphrase = || passphrase.clone();
                    let wrote = job.session.report(out, asked, &passphrase, &job.progress);
                    answer(asker, wrote)
                }
                Act::Check(at, keys, asker) => {
                    answer(asker, report::checked(at, keys, &job.progress))
                }
            });
            while !doing.is_finished() {
                (self.tell)(Told::Work {
                    work: work(job, began.elapsed()),
                });
                thread::park_timeout(EVERY);
            }
            doing.join()
        });
        let end = match ended {
            Ok(Ok(())) => End::Done,
            Ok(Err(failure)) if failure.fault == Fault::Stopped => End::Cancelled,
            Ok(Err(failure)) => End::Failed {
                failure: failure.view(),
            },
            Err(_) => {
                let failure = Failure::program(
                    "bug",
                    "The work ended where it never should.",
                    "Please report it. The case is as it was before, or mends itself when it is next opened.",
                );
                End::Failed {
                    failure: failure.view(),
                }
            }
        };
        Work {
            end: Some(end),
            ..work(job, began.elapsed())
        }
    }
}

/// Whoever asked is told of a failure too, and shows it; if they are gone, nobody misses it. What was
/// stopped is told as that, beside the work.
fn answer<T>(
    asker: &SyncSender<Result<T, Failure>>,
    done: Result<T, Failure>,
) -> Result<(), Failure> {
    let stopped = done
        .as_ref()
        .is_err_and(|failure| failure.fault == Fault::Stopped);
    let _ = asker.send(done);
    if stopped {
        Err(Failure::stopped())
    } else {
        Ok(())
    }
}

fn work(job: &Job, elapsed: Duration) -> Work {
    let reached = job.progress.reached();
    let phase = match reached.phase {
        Phase::Looking => "looking",
        Phase::Reading => "reading",
        Phase::Judging => "verifying",
        Phase::TakingBack => "taking-back",
        Phase::Proving => "proving",
        Phase::Writing => "writing",
        Phase::Checking => "checking",
    };
    Work {
        id: job.id,
        act: job.act.name().into(),
        phase: phase.into(),
        path: (!reached.path.is_empty()).then_some(reached.path),
        bytes_done: reached.bytes,
        bytes_total: (reached.total > 0).then_some(reached.total),
        records_done: reached.records,
        elapsed_ms: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
        end: None,
    }
}
