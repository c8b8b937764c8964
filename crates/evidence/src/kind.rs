//! What a file is, told from its content.

mod shape;
mod sketch;

use serde::{Deserialize, Serialize};

/// The formats of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// NHI audit bundle, version 1.
    NhiAuditBundle,
    /// AWS CloudTrail.
    #[serde(rename = "cloudtrail")]
    CloudTrail,
    /// Agent Receipts.
    AgentReceipts,
    /// Kubernetes audit.k8s.io/v1.
    KubernetesAudit,
    /// Vault and OpenBao audit devices.
    VaultAudit,
    /// Not recognised: kept, listed, and said.
    Unknown,
}

impl Format {
    /// The name of the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::NhiAuditBundle => "nhi-audit-bundle",
            Format::CloudTrail => "cloudtrail",
            Format::AgentReceipts => "agent-receipts",
            Format::KubernetesAudit => "kubernetes-audit",
            Format::VaultAudit => "vault-audit",
            Format::Unknown => "unknown",
        }
    }
}

/// What a file is within its format. Told from content alone, so that a renamed file is read for
/// what it is; a bundle's own layout (`docs/audit-bundle.md`, *Container*) is looked at later, when all its paths
/// are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Records of an audit bundle, one a line.
    BundleStream,
    /// A DSSE envelope over an audit bundle's in-toto statement.
    BundleManifest,
    /// A signed note over the first records of a stream.
    BundleCheckpoint,
    /// A JSON document with CloudTrail records.
    CloudTrailLog,
    /// A CloudTrail digest.
    CloudTrailDigest,
    /// `<digest>.metadata.json`: what `aws s3api head-object` printed.
    CloudTrailSidecar,
    /// What `aws cloudtrail list-public-keys` printed.
    CloudTrailKeys,
    /// Agent receipts as JSON or JSON lines.
    Receipts,
    /// The receipts daemon's SQLite file.
    ReceiptsDatabase,
    /// Kubernetes audit events.
    KubernetesAudit,
    /// A Vault or OpenBao audit device.
    VaultAudit,
    /// None of these.
    Unknown,
}

impl Kind {
    /// Whether records are cut from such a file.
    pub fn has_records(self) -> bool {
        matches!(
            self,
            Kind::BundleStream
                | Kind::CloudTrailLog
                | Kind::Receipts
                | Kind::ReceiptsDatabase
                | Kind::KubernetesAudit
                | Kind::VaultAudit
        )
    }

    /// The format that it belongs to.
    pub fn format(self) -> Format {
        match self {
            Kind::BundleStream | Kind::BundleManifest | Kind::BundleCheckpoint => {
                Format::NhiAuditBundle
            }
            Kind::CloudTrailLog
            | Kind::CloudTrailDigest
            | Kind::CloudTrailSidecar
            | Kind::CloudTrailKeys => Format::CloudTrail,
            Kind::Receipts | Kind::ReceiptsDatabase => Format::AgentReceipts,
            Kind::KubernetesAudit => Format::KubernetesAudit,
            Kind::VaultAudit => Format::VaultAudit,
            Kind::Unknown => Format::Unknown,
        }
    }
}

/// How many bytes of a file's beginning [`recognise`] wants to see, where there are as many.
pub const HEAD_BYTES: usize = 64 << 10;

/// Tells what a file is from its beginning. `path` decides only where content cannot: an empty or
/// damaged file at a place where an audit bundle keeps its streams, checkpoints or manifest.
///
/// JSON is looked at through a tolerant sketch of its first documents: the names of members at
/// their right depth, in any order, whatever is broken or cut off between them. So an event that
/// merely mentions another format's words is not taken for it. Where documents disagree, the kind
/// that most of them have counts.
pub fn recognise(path: &str, head: &[u8]) -> Kind {
    let head = &head[..head.len().min(HEAD_BYTES)];
    if head.starts_with(b"SQLite format 3\0") {
        return Kind::ReceiptsDatabase;
    }
    let documents = sketch::documents(head);
    match shape::most_common(&documents, path) {
        Kind::Unknown if shape::is_checkpoint(head) => Kind::BundleCheckpoint,
        Kind::Unknown => match by_place(path) {
            // JSON of another kind is not an audit bundle's for lying in a folder of that name.
            Kind::BundleStream if documents.iter().any(|document| document.is_whole) => {
                Kind::Unknown
            }
            kind => kind,
        },
        kind => kind,
    }
}

/// What an audit bundle keeps at a path (`docs/audit-bundle.md`, *Example*).
fn by_place(path: &str) -> Kind {
    let mut parts = path.rsplit('/');
    let name = parts.next().unwrap_or_default();
    let is_size = name.len() == 12 && name.bytes().all(|byte| byte.is_ascii_digit());
    if name == "manifest.dsse.json" {
        Kind::BundleManifest
    } else if name.ends_with(".jsonl") && parts.clone().any(|part| part == "streams") {
        Kind::BundleStream
    } else if is_size && parts.any(|part| part == "checkpoints") {
        Kind::BundleCheckpoint
    } else {
        Kind::Unknown
    }
}

#[cfg(test)]
mod tests;
