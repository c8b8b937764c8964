//! A proof of one record, step by step, as values.

use crate::FileId;

/// One step: what was compared with what, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// `bytes`, `digest`, `link`, `leaf`, `path`, `root`, `signature`, `key`, `trust` …
    pub name: &'static str,
    /// What came of it.
    pub outcome: StepOutcome,
    /// In plain words.
    pub text: String,
    /// The hash, fingerprint or path that the step is about.
    pub value: Option<String>,
    /// The bytes that it covers: file, offset, length.
    pub extent: Option<(FileId, u64, u64)>,
}

/// What came of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepOutcome {
    /// The check holds.
    Holds,
    /// The check refutes.
    Fails,
    /// What it needs is not there.
    Missing,
    /// Nothing is checked: it only says.
    Info,
}

impl StepOutcome {
    /// The word of the interface.
    pub fn as_str(self) -> &'static str {
        match self {
            StepOutcome::Holds => "holds",
            StepOutcome::Fails => "fails",
            StepOutcome::Missing => "missing",
            StepOutcome::Info => "info",
        }
    }
}

impl Step {
    /// A step without value and extent.
    pub fn new(name: &'static str, outcome: StepOutcome, text: impl Into<String>) -> Step {
        Step { name, outcome, text: text.into(), value: None, extent: None }
    }

    /// With the hash, fingerprint or path that it is about.
    #[must_use]
    pub fn value(mut self, value: impl ToString) -> Step {
        self.value = Some(value.to_string());
        self
    }

    /// With the bytes that it covers.
    #[must_use]
    pub fn covering(mut self, file: FileId, offset: u64, length: u64) -> Step {
        self.extent = Some((file, offset, length));
        self
    }
}
