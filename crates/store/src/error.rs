//! What can go wrong with a case file, by whose fault it is.

use rusqlite::ErrorCode;
use std::io;

/// Why the case file could not do what was asked. Evidence, however bad, is never a reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The file is no case: not ours, or not SQLite at all. It was not touched.
    #[error("not a case file")]
    NotACase,
    /// A newer version of the program made it.
    #[error(
        "the case was written by a newer version (schema {found}, this one knows up to {known})"
    )]
    NewerSchema {
        /// The file's schema.
        found: u32,
        /// The newest schema known here.
        known: u32,
    },
    /// An older version made it, and it was opened for reading only, so it cannot be migrated.
    #[error(
        "the case was written by an older version (schema {found}, now {known}): open it for writing once"
    )]
    OlderSchema {
        /// The file's schema.
        found: u32,
        /// The schema needed here.
        known: u32,
    },
    /// Another session holds the case.
    #[error("the case is in use")]
    InUse,
    /// The case was opened for reading, or its file does not allow writing.
    #[error("the case can only be read")]
    ReadOnly,
    /// The case file holds something that this program never writes: a failing disk, or a foreign
    /// hand.
    #[error("the case file is damaged: {0}")]
    Damaged(String),
    /// No room on the disk.
    #[error("the disk is full")]
    Full,
    /// More than the case file's form can hold.
    #[error("too large for a case: {0}")]
    TooLarge(String),
    /// Asked for something that the case does not hold.
    #[error("not in the case: {0}")]
    Missing(String),
    /// Whoever asked no longer wants the answer.
    #[error("stopped on request")]
    Stopped,
    /// The operating system said no.
    #[error("{text}")]
    Io {
        /// What kind of no.
        kind: io::ErrorKind,
        /// In its own words.
        text: String,
    },
    /// A mistake of this program.
    #[error("a mistake of the program: {0}")]
    Bug(String),
}

/// What the functions of this crate give.
pub type Result<T> = std::result::Result<T, StoreError>;

impl StoreError {
    pub(crate) fn bug(text: impl Into<String>) -> StoreError {
        StoreError::Bug(text.into())
    }

    pub(crate) fn damaged(text: impl Into<String>) -> StoreError {
        StoreError::Damaged(text.into())
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> StoreError {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full,
            io::ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly,
            kind => StoreError::Io {
                kind,
                text: error.to_string(),
            },
        }
    }
}

impl From<StoreError> for io::Error {
    fn from(error: StoreError) -> io::Error {
        match error {
            StoreError::Io { kind, text } => io::Error::new(kind, text),
            StoreError::Full => io::Error::new(io::ErrorKind::StorageFull, error),
            other => io::Error::other(other),
        }
    }
}

impl From<StoreError> for evidence::LookupError {
    fn from(error: StoreError) -> evidence::LookupError {
        evidence::LookupError(error.to_string())
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> StoreError {
        let text = error.to_string();
        match &error {
            rusqlite::Error::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::DiskFull => StoreError::Full,
                ErrorCode::DatabaseCorrupt => StoreError::Damaged(text),
                ErrorCode::NotADatabase => StoreError::NotACase,
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::InUse,
                ErrorCode::ReadOnly => StoreError::ReadOnly,
                ErrorCode::TooBig => StoreError::TooLarge(text),
                ErrorCode::OutOfMemory => StoreError::Io {
                    kind: io::ErrorKind::OutOfMemory,
                    text,
                },
                ErrorCode::PermissionDenied => StoreError::Io {
                    kind: io::ErrorKind::PermissionDenied,
                    text,
                },
                ErrorCode::SystemIoFailure
                | ErrorCode::CannotOpen
                | ErrorCode::FileLockingProtocolFailed => StoreError::Io {
                    kind: io::ErrorKind::Other,
                    text,
                },
                _ => StoreError::Bug(text),
            },
            // The tables are STRICT and their columns known: a value of another shape was not
            // written by us.
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::QueryReturnedNoRows
            | rusqlite::Error::Utf8Error(..) => StoreError::Damaged(text),
            _ => StoreError::Bug(text),
        }
    }
}
