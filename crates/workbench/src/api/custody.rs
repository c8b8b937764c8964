//! What is trusted, and what was done with the case.

use super::{Summary, Word};
use serde::Serialize;
use ts_rs::TS;

/// A key that the examiner trusts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct KeyView {
    /// `SHA256:` and the unpadded base64 SHA-256 of the key.
    pub fingerprint: String,
    /// `ed25519` or `rsa`.
    pub algorithm: String,
    /// A label.
    pub name: Option<String>,
    /// The streams that it may seal.
    pub streams: Vec<String>,
    /// Valid from, RFC 3339.
    pub from: Option<String>,
    /// Valid until.
    pub until: Option<String>,
    /// Revoked at.
    pub revoked: Option<String>,
    /// How the examiner came to trust it.
    pub how: Option<String>,
    /// When it was added.
    pub added: String,
}

/// What a change of trust changed.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct TrustChange {
    /// Fingerprints of the keys added.
    pub added: Vec<String>,
    /// Fingerprints of the keys removed.
    pub removed: Vec<String>,
    /// The streams whose verdict is another now.
    pub changed: Vec<VerdictChange>,
    /// The case as it stands now.
    pub summary: Summary,
}

/// A stream's verdict before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct VerdictChange {
    /// The stream's id.
    pub stream: String,
    /// Its format.
    pub format: String,
    /// Its verdict before.
    pub before: Word,
    /// Its verdict now.
    pub after: Word,
}

/// The custody log.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct CustodyView {
    /// Whether each line has the hash that the next one names, and the last one the kept one.
    pub holds: bool,
    /// What does not hold, in words.
    pub faults: Vec<String>,
    /// SHA-256 of the newest line: noted elsewhere, it shows a log written anew.
    pub head: Option<String>,
    /// The lines.
    pub lines: Vec<CustodyAct>,
}

/// A line of the custody log.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct CustodyAct {
    /// Its number, from 0.
    pub seq: u64,
    /// When, RFC 3339, by the clock of the machine.
    pub at: String,
    /// Who.
    pub who: String,
    /// With what.
    pub tool: String,
    /// What was done.
    pub act: String,
    /// What is said of it, as JSON.
    pub about: String,
    /// The line as it is hashed.
    pub line: String,
    /// Its SHA-256.
    pub sha256: String,
}
