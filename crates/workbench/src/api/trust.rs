//! What a change of trust would change, before it is kept.

use super::{RecordCounts, VerdictChange};
use serde::Serialize;
use ts_rs::TS;

/// A change of trust, judged and not kept.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct TrustPreview {
    /// The keys that it adds or takes out.
    pub keys: Vec<ChosenKey>,
    /// Whether it takes them out.
    pub removes: bool,
    /// The records as they stand.
    pub before: RecordCounts,
    /// The records as they would stand.
    pub after: RecordCounts,
    /// The streams whose verdict would be another.
    pub changed: Vec<VerdictChange>,
    /// Files of the evidence whose verdict would be another.
    pub files: Vec<FileChange>,
}

/// A key of a change that is not kept yet. Its fingerprint is not among what is told: whoever reads
/// it here would compare the key with itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ChosenKey {
    /// `ed25519` or `rsa`.
    pub algorithm: String,
    /// A label.
    pub name: Option<String>,
    /// The streams that it may seal; none: any.
    pub streams: Vec<String>,
    /// Valid from, RFC 3339.
    pub from: Option<String>,
    /// Valid until.
    pub until: Option<String>,
    /// Revoked at.
    pub revoked: Option<String>,
    /// Whether it is trusted already.
    pub trusted: bool,
    /// Whether the same key came with the evidence.
    pub in_evidence: bool,
}

/// A file's verdict before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct FileChange {
    /// Its number in the case.
    pub id: u32,
    /// Its path.
    pub path: String,
    /// Its verdict as it stands.
    pub before: super::Word,
    /// Its verdict as it would be.
    pub after: super::Word,
}

/// What a typed fingerprint is held against: the keys that came with the evidence.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "found", rename_all = "kebab-case")]
#[ts(export)]
pub enum FingerprintMatch {
    /// It is the whole fingerprint of one of them, and this is what trusting it would change.
    Key {
        /// The change.
        preview: TrustPreview,
    },
    /// It is that of one of them but for these groups of four, from 1: most likely a slip.
    Near {
        /// The groups that differ.
        groups: Vec<u32>,
    },
    /// It is that of none of them.
    None {
        /// How many keys came with the evidence.
        keys: u64,
    },
}
