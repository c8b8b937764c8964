//! What to revoke and what to rotate after a reach.

use super::{Certainty, Reach, Thing};
use crate::act::{ActKind, Role};
use crate::credential::makes;
use crate::log::{Log, Window};
use crate::names::{Names, Sort};
use evidence::Micros;
use std::ops::ControlFlow;

/// What is to be done about a thing that was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// What.
    pub thing: Thing,
    /// Reached when.
    pub at: Micros,
    /// Whether for certain.
    pub certainty: Certainty,
    /// When it ends by itself.
    pub expires: Option<Micros>,
}

/// What to revoke and what to rotate.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ToDo {
    /// Credentials that were reached and that no record revokes; those that had ended by themselves
    /// before the evidence ends are left out.
    pub revoke: Vec<Ending>,
    /// Of those that were reached: how many a record revokes.
    pub revoked: u64,
    /// … and how many ended by themselves.
    pub expired: u64,
    /// Secrets that were reached and that no record rotates or revokes after their last read.
    pub rotate: Vec<Ending>,
    /// Of those that were reached: how many were rotated or revoked since.
    pub rotated: u64,
}

/// What to revoke and rotate after a reach; `start`, where it is a credential, is among them.
/// `ends` is the last moment of the evidence.
pub fn to_do<L: Log>(
    names: &mut Names<'_, L>,
    reach: &Reach,
    start: Option<(Thing, Option<Micros>)>,
    ends: Option<Micros>,
) -> Result<ToDo, L::Error> {
    let mut todo = ToDo::default();
    let started =
        start.map(|(thing, after)| (thing, after.unwrap_or(Micros(i64::MIN)), Certainty::Must));
    let reached = reach.reached.iter().map(|reached| {
        let must = reached.must.is_some() || reached.path.certainty == Certainty::Must;
        (reached.thing, reached.path.at, Certainty::of(must))
    });
    for (thing, at, certainty) in started.into_iter().chain(reached) {
        let mut ending = Ending {
            thing,
            at,
            certainty,
            expires: None,
        };
        match thing.0 {
            Sort::Credential => {
                let mut is_revoked = false;
                for name in names.all(Sort::Credential, thing.1)? {
                    names
                        .log
                        .acts(Role::Token, name, Window::default(), &mut |act| {
                            is_revoked |= act.kind == ActKind::TokenRevoke && act.done();
                            let says = makes(act) == Some(name)
                                || (act.kind == ActKind::TokenRefresh && act.done());
                            if says {
                                ending.expires = ending.expires.max(act.expires);
                            }
                            ControlFlow::Continue(())
                        })?;
                }
                let is_expired =
                    matches!((ending.expires, ends), (Some(end), Some(last)) if end <= last);
                todo.revoked += u64::from(is_revoked);
                todo.expired += u64::from(is_expired && !is_revoked);
                if !is_revoked && !is_expired {
                    todo.revoke.push(ending);
                }
            }
            Sort::Secret => {
                let (mut read, mut rotated) = (None, None);
                let window = Window {
                    from: Some(at),
                    until: None,
                };
                names.log.acts(Role::Secret, thing.1, window, &mut |act| {
                    match act.kind {
                        ActKind::SecretRead if act.done() => read = act.time,
                        ActKind::SecretRotate | ActKind::SecretRevoke if act.done() => {
                            rotated = act.time;
                        }
                        _ => {}
                    }
                    ControlFlow::Continue(())
                })?;
                // A rotation that is reached itself may have left the secret known.
                let is_rotated = rotated.is_some() && rotated > read;
                todo.rotated += u64::from(is_rotated);
                if !is_rotated {
                    todo.rotate.push(ending);
                }
            }
            _ => {}
        }
    }
    Ok(todo)
}
