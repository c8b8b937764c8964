//! What a finding is called elsewhere: OWASP's lists and ATT&CK, with their versions.

/// Where a finding stands in the lists that others keep. An empty list says that this one names
/// nothing that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mapping {
    /// Entries of the OWASP Non-Human Identities Top 10.
    pub nhi: &'static [Entry],
    /// Entries of the OWASP Top 10 for Agentic Applications.
    pub agentic: &'static [Entry],
    /// Techniques of MITRE ATT&CK for Enterprise.
    pub attack: &'static [Entry],
}

/// An entry of a list: its id and its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// `NHI7`, `ASI03`, `T1078.004`.
    pub id: &'static str,
    /// As the list names it.
    pub name: &'static str,
}

/// The version of the first list.
pub const NHI_VERSION: &str = "OWASP Non-Human Identities Top 10 (2025)";
/// Of the second.
pub const AGENTIC_VERSION: &str = "OWASP Top 10 for Agentic Applications (2026)";
/// Of the third.
pub const ATTACK_VERSION: &str = "MITRE ATT&CK for Enterprise (v17)";

const fn entry(id: &'static str, name: &'static str) -> Entry {
    Entry { id, name }
}

/// OWASP NHI Top 10 (2025).
#[allow(missing_docs, reason = "the names say it")]
pub mod nhi {
    use super::{Entry, entry};
    pub const OFFBOARDING: Entry = entry("NHI1", "Improper Offboarding");
    pub const LEAKAGE: Entry = entry("NHI2", "Secret Leakage");
    pub const AUTHENTICATION: Entry = entry("NHI4", "Insecure Authentication");
    pub const OVERPRIVILEGED: Entry = entry("NHI5", "Overprivileged NHI");
    pub const DEPLOYMENT: Entry = entry("NHI6", "Insecure Cloud Deployment Configurations");
    pub const LONG_LIVED: Entry = entry("NHI7", "Long-Lived Secrets");
    pub const ISOLATION: Entry = entry("NHI8", "Environment Isolation");
    pub const REUSE: Entry = entry("NHI9", "NHI Reuse");
    pub const HUMAN_USE: Entry = entry("NHI10", "Human Use of NHI");
}

/// OWASP Top 10 for Agentic Applications (2026).
#[allow(missing_docs, reason = "the names say it")]
pub mod agentic {
    use super::{Entry, entry};
    pub const TOOL_MISUSE: Entry = entry("ASI02", "Tool Misuse and Exploitation");
    pub const PRIVILEGE: Entry = entry("ASI03", "Identity and Privilege Abuse");
    pub const COMMUNICATION: Entry = entry("ASI07", "Insecure Inter-Agent Communication");
}

/// MITRE ATT&CK for Enterprise.
#[allow(missing_docs, reason = "the names say it")]
pub mod attack {
    use super::{Entry, entry};
    pub const CLOUD_ACCOUNTS: Entry = entry("T1078.004", "Valid Accounts: Cloud Accounts");
    pub const ACCESS_TOKEN: Entry = entry(
        "T1550.001",
        "Use Alternate Authentication Material: Application Access Token",
    );
    pub const SECRET_STORES: Entry = entry(
        "T1555.006",
        "Credentials from Password Stores: Cloud Secrets Management Stores",
    );
    pub const ADDED_CREDENTIALS: Entry = entry(
        "T1098.001",
        "Account Manipulation: Additional Cloud Credentials",
    );
    pub const CLOUD_LOGS: Entry =
        entry("T1562.008", "Impair Defenses: Disable or Modify Cloud Logs");
    pub const ACCOUNT_NAME: Entry = entry("T1036.010", "Masquerading: Masquerade Account Name");
}
