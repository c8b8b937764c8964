//! A proof of one record, step by step, as values.

use crate::keys::Trust;
use crate::{Digest, FileFacts, FileId, Kind, Limits, Lookup, LookupError, formats};

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
        Step {
            name,
            outcome,
            text: text.into(),
            value: None,
            extent: None,
        }
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

/// A record to be proven.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Its file.
    pub file: FileId,
    /// What that is.
    pub kind: Kind,
    /// Its ordinal in the file.
    pub ordinal: u64,
    /// Its offset in the file.
    pub offset: u64,
    /// Its stream's id.
    pub stream: Option<&'a str>,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// A proof, or how far it goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proof {
    /// In order; each rests on those before it.
    pub steps: Vec<Step>,
    /// Members that it leaves out.
    pub uncovered: Vec<String>,
}

/// Proves one record anew from bytes. Of files with records, `files` needs only the record's own,
/// for receipts all; of the others all.
pub fn prove(
    subject: &Subject<'_>,
    files: &[&FileFacts],
    trust: &Trust,
    lookup: &dyn Lookup,
    limits: &Limits,
) -> Result<Proof, LookupError> {
    match subject.kind {
        Kind::BundleStream => formats::bundle::proof(subject, files, trust, lookup, limits),
        Kind::CloudTrailLog => formats::cloudtrail::proof(subject, files, trust, lookup),
        Kind::Receipts | Kind::ReceiptsDatabase => {
            formats::receipts::proof(subject, files, trust, lookup)
        }
        _ => {
            let mut proof = Proof {
                steps: opening(subject),
                uncovered: Vec::new(),
            };
            proof.steps.push(Step::new(
                "seal",
                StepOutcome::Missing,
                "the format has no seal: nothing can prove this record, and nothing shows it false",
            ));
            Ok(proof)
        }
    }
}

/// The first two steps of every proof: the bytes, and their digest.
pub(crate) fn opening(subject: &Subject<'_>) -> Vec<Step> {
    let length = subject.bytes.len() as u64;
    vec![
        Step::new(
            "bytes",
            StepOutcome::Info,
            format!("{length} bytes at offset {}", subject.offset),
        )
        .covering(subject.file, subject.offset, length),
        Step::new("digest", StepOutcome::Info, "SHA-256 of these bytes")
            .value(Digest::of(subject.bytes)),
    ]
}
