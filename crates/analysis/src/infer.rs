//! Links that no identifier shows: a login to Vault with a Kubernetes token leaves neither the
//! token's id there nor the login's here. The same service account within a stated window joins
//! them, and only where there is one candidate.

use crate::act::{Act, EventId, Name, Role};
use crate::credential::{makes, parent as named_parent};
use crate::lineage::mints_of;
use crate::log::{Log, Window};
use crate::names::{Names, Sort};
use evidence::{Format, Micros};
use std::ops::ControlFlow;

/// How long before a login the token that it was made with is looked for: the hour that a service
/// account's token lives unless something else is asked for.
pub const WINDOW_SECONDS: i64 = 3_600;
const WINDOW: i64 = WINDOW_SECONDS * 1_000_000;
/// The most mints that are looked through for candidates of one login.
const MOST_LOOKED_AT: usize = 4_096;

/// A parent that is inferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub name: Name,
    /// The login.
    pub shown_by: EventId,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Inferred {
    One(Candidate),
    /// None is chosen.
    Several(Vec<Name>),
}

/// Whether an act is a login that shows nothing of what it was made with.
fn is_login(act: &Act) -> bool {
    act.format == Format::VaultAudit && makes(act).is_some() && named_parent(act).is_none()
}

/// Whether an act makes a service account's token.
fn is_account_token(act: &Act) -> bool {
    act.format == Format::KubernetesAudit && makes(act).is_some()
}

/// Of a login, the token of the same service account that was made within the window before it and
/// had not ended.
pub(crate) fn parent<L: Log>(
    names: &mut Names<'_, L>,
    mints: &[Act],
) -> Result<Option<Inferred>, L::Error> {
    let Some(login) = mints.iter().find(|act| is_login(act)) else {
        return Ok(None);
    };
    let (Some(at), Some(holder)) = (login.time, login.name(Role::Subject)) else {
        return Ok(None);
    };
    let window = Window {
        from: Some(Micros(at.0.saturating_sub(WINDOW))),
        until: Some(Micros(at.0.saturating_add(1))),
    };
    let mut candidates: Vec<(Name, Option<Micros>)> = Vec::new();
    let mut looked_at = 0;
    for account in names.all(Sort::Identity, holder)? {
        names.log.acts(Role::Subject, account, window, &mut |act| {
            looked_at += 1;
            if is_account_token(act)
                && act.expires.is_none_or(|end| end >= at)
                && let Some(token) = makes(act)
            {
                candidates.push((token, act.time));
            }
            if looked_at < MOST_LOOKED_AT {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })?;
    }
    let mut found: Vec<Name> = Vec::new();
    for (token, _) in candidates {
        let token = names.canonical(Sort::Credential, token)?;
        if !found.contains(&token) {
            found.push(token);
        }
    }
    Ok(match found.as_slice() {
        [] => None,
        [name] => Some(Inferred::One(Candidate {
            name: *name,
            shown_by: login.event,
        })),
        _ => Some(Inferred::Several(found)),
    })
}

/// Of a service account's token, the logins within the window after its mint whose only candidate
/// it is, each with the act.
pub(crate) fn children<L: Log>(
    names: &mut Names<'_, L>,
    name: Name,
    mints: &[Act],
) -> Result<Vec<(Name, Act)>, L::Error> {
    let Some(mint) = mints.iter().find(|act| is_account_token(act)) else {
        return Ok(Vec::new());
    };
    let (Some(at), Some(account)) = (mint.time, mint.name(Role::Subject)) else {
        return Ok(Vec::new());
    };
    let window = Window {
        from: Some(at),
        until: Some(Micros(at.0.saturating_add(WINDOW).saturating_add(1))),
    };
    let mut logins: Vec<Act> = Vec::new();
    for holder in names.all(Sort::Identity, account)? {
        names.log.acts(Role::Subject, holder, window, &mut |act| {
            if is_login(act) {
                logins.push(act.clone());
            }
            if logins.len() < MOST_LOOKED_AT {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })?;
    }
    let mut found = Vec::new();
    for login in logins {
        let Some(token) = makes(&login) else { continue };
        let token = names.canonical(Sort::Credential, token)?;
        // Another record of the same making may name a parent.
        let all = mints_of(names, token)?;
        if all.iter().any(|act| named_parent(act).is_some()) {
            continue;
        }
        if let Some(Inferred::One(candidate)) = parent(names, &all)?
            && candidate.name == name
        {
            found.push((token, login));
        }
    }
    Ok(found)
}
