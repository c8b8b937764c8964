//! Why something that was asked for was not done: a mistake in the request, or a failure of ours.
//! Bad evidence is never one.

use crate::api::FailureView;
use evidence::LookupError;
use std::{fmt, io};
use store::StoreError;

/// What the use cases give.
pub type Result<T> = std::result::Result<T, Failure>;

/// Who is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The request: exit status 2.
    Request,
    /// The program, its machine, or the case file: exit status 3.
    Program,
    /// Nobody: it was asked to stop.
    Stopped,
}

/// Something was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// A word that does not change, for scripts and searches.
    pub code: &'static str,
    /// Who is at fault.
    pub fault: Fault,
    /// What happened, and what it means.
    pub message: String,
    /// What to do next.
    pub hint: String,
}

impl Failure {
    /// A mistake in the request.
    pub fn request(
        code: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Failure {
        Failure {
            code,
            fault: Fault::Request,
            message: message.into(),
            hint: hint.into(),
        }
    }

    /// A failure of the program or its machine.
    pub fn program(
        code: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Failure {
        Failure {
            code,
            fault: Fault::Program,
            message: message.into(),
            hint: hint.into(),
        }
    }

    /// Asked to stop; the case is as it was before.
    pub fn stopped() -> Failure {
        Failure {
            code: "stopped",
            fault: Fault::Stopped,
            message: "Stopped on request. The case is as it was before.".into(),
            hint: "Start it again whenever you like.".into(),
        }
    }

    /// A path that cannot be read.
    pub fn unreadable(path: &str, error: &io::Error) -> Failure {
        Failure::request(
            "path-unreadable",
            format!("{path} cannot be read: {error}."),
            "Check the path and its permissions. Nothing was imported.",
        )
    }

    /// As plain data.
    pub fn view(&self) -> FailureView {
        FailureView {
            code: self.code.into(),
            message: self.message.clone(),
            hint: self.hint.clone(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.message, self.hint)
    }
}

impl std::error::Error for Failure {}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        let said = error.to_string();
        match error {
            StoreError::NotACase => Failure::request(
                "not-a-case",
                "The file is not an Exhibit case. It was not touched.",
                "Give the path of a .exhibit file, or a new name to make one.",
            ),
            StoreError::NewerSchema { .. } => Failure::request(
                "case-newer",
                format!("This case cannot be opened: {said}."),
                "Open it with the version of Exhibit that made it, or a newer one.",
            ),
            StoreError::OlderSchema { .. } => Failure::request(
                "case-older",
                format!("This case cannot be opened for reading alone: {said}."),
                "Open it once where it can be written; it is brought up to date then.",
            ),
            StoreError::InUse => Failure::request(
                "case-in-use",
                "The case is open in another window or command.",
                "Close it there first, or work on a copy.",
            ),
            StoreError::ReadOnly => Failure::request(
                "case-read-only",
                "The case can only be read.",
                "Check the permissions of the file, or work on a copy.",
            ),
            StoreError::Stopped => Failure::stopped(),
            StoreError::Missing(_) => Failure::request(
                "not-in-case",
                format!("That is {said}."),
                "Look at what the case holds with `exhibit timeline`.",
            ),
            StoreError::Full => Failure::program(
                "disk-full",
                "The disk is full. Nothing of this was kept; the case is as it was before.",
                "Make room where the case lies, and start again.",
            ),
            StoreError::Damaged(_) => Failure::program(
                "case-damaged",
                format!("The case cannot be relied on: {said}."),
                "Take the newest sound copy of the case, or import the evidence again into a new one.",
            ),
            StoreError::TooLarge(_) => Failure::program(
                "case-too-large",
                format!("This is {said}."),
                "Split the evidence over several cases.",
            ),
            StoreError::Io { .. } => Failure::program(
                "case-io",
                format!("The case file could not be read or written: {said}."),
                "Check the disk and the permissions.",
            ),
            StoreError::Bug(_) => Failure::program(
                "bug",
                format!("This is {said}."),
                "Please report it, with what was asked for.",
            ),
        }
    }
}

impl From<LookupError> for Failure {
    fn from(error: LookupError) -> Failure {
        Failure::program(
            "case-damaged",
            format!("The case gave other bytes than it holds: {error}."),
            "Take the newest sound copy of the case, or import the evidence again into a new one.",
        )
    }
}
