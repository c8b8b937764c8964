//! The steps that an act in the evidence is: from what it was done with or by, to what it touched.

use crate::act::{Act, ActKind, Name, Role};
use crate::credential::{is_use, makes};
use crate::names::Sort;
use evidence::Format;

/// What an act touched: the credential that it made, the secret, tool or resource, and the identity
/// that it called. A decision, a revocation and an approval touch nothing.
pub(crate) fn touched(act: &Act) -> Vec<(Sort, Name)> {
    let mut found = Vec::new();
    if !acts_on_something(act.kind) {
        return found;
    }
    let made = makes(act);
    if let Some(token) = made {
        found.push((Sort::Credential, token));
    }
    for (role, sort) in [(Role::Secret, Sort::Secret), (Role::Tool, Sort::Tool)] {
        found.extend(act.name(role).map(|name| (sort, name)));
    }
    if made.is_none() {
        found.extend(act.name(Role::Resource).map(|name| (Sort::Resource, name)));
    }
    found.extend(called(act).map(|name| (Sort::Identity, name)));
    found
}

/// Whom an act called.
pub(crate) fn called(act: &Act) -> Option<Name> {
    act.name(Role::Subject)
        .filter(|_| act.kind == ActKind::Call && act.name(Role::Actor) != act.name(Role::Subject))
}

fn acts_on_something(kind: ActKind) -> bool {
    use ActKind::*;
    !matches!(
        kind,
        PolicyDecide
            | TokenRevoke
            | SecretRevoke
            | ApprovalRequest
            | ApprovalDecide
            | StreamOpen
            | StreamHeartbeat
            | StreamClose
            | KeyRotate
    )
}

/// The credential with which the actor itself acted. In an audit bundle the credential of a mint or
/// an exchange is what was shown to the minter.
pub(crate) fn wielded(act: &Act) -> Option<Name> {
    let is_shown = act.format == Format::NhiAuditBundle
        && matches!(act.kind, ActKind::TokenMint | ActKind::TokenExchange);
    act.name(Role::Credential)
        .filter(|_| is_use(act) && !is_shown)
}

/// Whether an act puts a credential into a secret: from then on the secret is known to hold it.
pub(crate) fn stores(act: &Act) -> bool {
    matches!(act.kind, ActKind::SecretWrite | ActKind::SecretRotate) && act.done()
}

/// How else a secret is named where another system tells of it: the native path within the
/// canonical id, and the other way round.
pub(crate) fn other_secret_names(text: &str) -> Vec<String> {
    const BEFORE: [&str; 4] = ["vault:", "aws:secret:", "aws:ssm:", "k8s:secret:"];
    match BEFORE.iter().find_map(|before| text.strip_prefix(before)) {
        Some(native) => vec![native.to_owned()],
        None => BEFORE
            .iter()
            .map(|before| format!("{before}{text}"))
            .collect(),
    }
}
