//! What an act says of credentials: which one it made, from which, and how that is known.

use crate::act::{Act, ActKind, Name, Role};
use evidence::Format;

/// How two records are known to speak of one thing. Ordered from strong to weak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Join {
    /// The same identifier stands in both.
    Exact,
    /// Equal keyed hashes of one audit device.
    Salted,
    /// By principal and time window, or by a name that two systems may each have.
    Inferred,
}

impl Join {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Join::Exact => "exact",
            Join::Salted => "salted",
            Join::Inferred => "inferred",
        }
    }

    /// How an act of this format is joined to others by the ids in it.
    pub fn by_id(format: Format) -> Join {
        match format {
            Format::VaultAudit => Join::Salted,
            _ => Join::Exact,
        }
    }
}

/// The credential that an act made, if it made one.
///
/// An act that was denied or failed made none. A refresh makes one where it says from which; else it
/// prolongs the one it names. In agent receipts a delegation makes a chain, whatever the first act
/// in it is.
pub fn makes(act: &Act) -> Option<Name> {
    let token = act.name(Role::Token)?;
    let parent = act.name(Role::TokenParent).filter(|name| *name != token);
    if act.format == Format::AgentReceipts && parent.is_some() {
        return Some(token);
    }
    let is_made = match act.kind {
        ActKind::TokenMint | ActKind::TokenExchange | ActKind::TokenDelegate => true,
        ActKind::TokenRefresh => {
            let by = act.name(Role::Credential).filter(|name| *name != token);
            parent.is_some() || (act.format == Format::NhiAuditBundle && by.is_some())
        }
        _ => false,
    };
    (is_made && act.done()).then_some(token)
}

/// What a credential was made from, by the act that made it: the parent that the record names, else
/// the credential that it was made with. An audit bundle's `token.mint` says its parent or has none:
/// its `credential` is the minter's own.
pub fn parent(act: &Act) -> Option<Name> {
    let token = act.name(Role::Token);
    let other = |name: &Name| Some(*name) != token;
    act.name(Role::TokenParent).filter(other).or_else(|| {
        let is_minters = act.format == Format::NhiAuditBundle && act.kind == ActKind::TokenMint;
        act.name(Role::Credential)
            .filter(|_| !is_minters)
            .filter(other)
    })
}

/// Whether the credential that an act names is what it was done with: a policy's decision about a
/// credential is no use of it.
pub fn is_use(act: &Act) -> bool {
    act.kind != ActKind::PolicyDecide
}

/// What kind of credential an id is, as far as its form and where it was seen tell.
pub fn kind_of(id: &str, format: Format) -> &'static str {
    let is_key = id.len() >= 16
        && id
            .bytes()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    match format {
        _ if is_key && id.starts_with("ASIA") => "aws-session",
        _ if is_key && id.starts_with("AKIA") => "access-key",
        _ if id.starts_with("JTI=") || id.starts_with("jti:") => "jwt",
        _ if id.starts_with("X509SHA256=") => "x509",
        _ if id.starts_with("key:") => "api-key",
        Format::VaultAudit => "vault-token",
        Format::AgentReceipts => "receipt-chain",
        _ if id.starts_with("hmac-sha256:") => "vault-token",
        _ => "unknown",
    }
}

/// The formats whose logs would hold the mint of a credential of this kind.
pub fn minting_formats(kind: &str) -> &'static [Format] {
    match kind {
        "aws-session" | "access-key" => &[Format::CloudTrail, Format::NhiAuditBundle],
        "vault-token" => &[Format::VaultAudit],
        "x509" => &[Format::KubernetesAudit],
        "jwt" => &[Format::KubernetesAudit, Format::NhiAuditBundle],
        "receipt-chain" => &[Format::AgentReceipts],
        "api-key" => &[Format::NhiAuditBundle],
        _ => &[
            Format::NhiAuditBundle,
            Format::CloudTrail,
            Format::AgentReceipts,
            Format::KubernetesAudit,
            Format::VaultAudit,
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::Ended;
    use crate::log::{Log as _, Window};
    use crate::memory::{Memory, Told};
    use std::ops::ControlFlow;

    fn made(told: Told) -> (Option<String>, Option<String>) {
        let log = Memory::of([told]);
        let mut found = (None, None);
        let text = |name: Option<Name>| name.map(|name| log.text(name).unwrap().to_string());
        log.all(Window::default(), &mut |act| {
            found = (text(makes(act)), text(parent(act)));
            ControlFlow::Continue(())
        })
        .unwrap();
        found
    }

    fn told(kind: &str, format: Format, names: &[(Role, &str)]) -> Told {
        names
            .iter()
            .fold(Told::new(kind, 1).of(1, format), |told, (role, text)| {
                told.with(*role, text)
            })
    }

    #[test]
    fn mints_have_the_parent_that_their_format_gives_them() {
        use Format::{AgentReceipts, CloudTrail, KubernetesAudit, NhiAuditBundle, VaultAudit};
        use Role::{Credential, Token, TokenParent};
        for (kind, format, names, expected) in [
            (
                "token.mint",
                NhiAuditBundle,
                &[(Token, "t"), (TokenParent, "p"), (Credential, "c")][..],
                (Some("t"), Some("p")),
            ),
            (
                "token.mint",
                NhiAuditBundle,
                &[(Token, "t"), (Credential, "sts")],
                (Some("t"), None),
            ),
            (
                "token.exchange",
                NhiAuditBundle,
                &[(Token, "t"), (Credential, "c")],
                (Some("t"), Some("c")),
            ),
            (
                "token.mint",
                CloudTrail,
                &[(Token, "t"), (Credential, "c")],
                (Some("t"), Some("c")),
            ),
            (
                "token.mint",
                KubernetesAudit,
                &[(Token, "t"), (Credential, "c")],
                (Some("t"), Some("c")),
            ),
            ("token.mint", VaultAudit, &[(Token, "t")], (Some("t"), None)),
            (
                "token.refresh",
                VaultAudit,
                &[(Token, "t"), (Credential, "c")],
                (None, Some("c")),
            ),
            (
                "token.refresh",
                NhiAuditBundle,
                &[(Token, "t"), (Credential, "c")],
                (Some("t"), Some("c")),
            ),
            (
                "token.refresh",
                NhiAuditBundle,
                &[(Token, "t"), (Credential, "t")],
                (None, None),
            ),
            (
                "token.mint",
                NhiAuditBundle,
                &[(Token, "t"), (TokenParent, "t")],
                (Some("t"), None),
            ),
            (
                "data.access",
                AgentReceipts,
                &[(Token, "t"), (TokenParent, "p"), (Credential, "t")],
                (Some("t"), Some("p")),
            ),
            (
                "data.access",
                NhiAuditBundle,
                &[(Token, "t"), (TokenParent, "p")],
                (None, Some("p")),
            ),
        ] {
            let found = made(told(kind, format, names));
            let found = (found.0.as_deref(), found.1.as_deref());
            assert_eq!(found, expected, "{kind} {format:?} {names:?}");
        }
    }

    #[test]
    fn what_was_denied_made_nothing() {
        for ended in [Ended::Denied, Ended::Failure] {
            let told = told("token.mint", Format::CloudTrail, &[(Role::Token, "t")]).ended(ended);
            assert_eq!(made(told).0, None);
        }
    }

    #[test]
    fn kinds_are_told_from_the_form() {
        for (id, format, kind) in [
            (
                "ASIA5FABCDEFGHIJRB7N",
                Format::NhiAuditBundle,
                "aws-session",
            ),
            ("AKIAIOSFODNN7EXAMPLE", Format::CloudTrail, "access-key"),
            ("JTI=3c9b", Format::KubernetesAudit, "jwt"),
            ("jti:7f0c", Format::NhiAuditBundle, "jwt"),
            ("X509SHA256=aa", Format::KubernetesAudit, "x509"),
            ("hmac-sha256:aa", Format::VaultAudit, "vault-token"),
            ("key:payagent-07", Format::NhiAuditBundle, "api-key"),
            ("chain_1", Format::AgentReceipts, "receipt-chain"),
            ("ASIA", Format::NhiAuditBundle, "unknown"),
        ] {
            assert_eq!(kind_of(id, format), kind, "{id}");
        }
    }
}
