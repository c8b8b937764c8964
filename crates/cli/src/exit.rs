//! How a call ends.

use crate::output::harmless;
use std::process::ExitCode;
use workbench::{Failure, Fault};

/// What a command found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Nothing is contradicted.
    Sound,
    /// Something is.
    Contradicted,
}

/// The program tripped over itself.
pub fn panicked() -> Failure {
    Failure::program(
        "bug",
        "The program made a mistake and stopped. The case is as it was before.",
        "Please report it, with what was asked for and the lines above.",
    )
}

/// The exit status of the contract; a failure is said on standard error.
pub fn status(done: Result<Found, Failure>) -> ExitCode {
    match done {
        Ok(Found::Sound) => ExitCode::from(0),
        Ok(Found::Contradicted) => ExitCode::from(1),
        Err(failure) => {
            eprintln!("exhibit: {} [{}]", harmless(&failure.message), failure.code);
            eprintln!("         {}", harmless(&failure.hint));
            ExitCode::from(match failure.fault {
                Fault::Request => 2,
                Fault::Program => 3,
                // As a shell tells of a process that Ctrl-C ended.
                Fault::Stopped => 130,
            })
        }
    }
}
