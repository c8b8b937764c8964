//! Which credential a secret held when somebody touched it.
//!
//! A secret is rotated: who read it before does not know what it holds after. So a reading leads on
//! only by the versions that the secret can have held at that moment, and a later reading may lead
//! on by another one.

use crate::act::{Act, Ended, EventId, Name, Role};
use crate::credential::Join;
use crate::log::{Log, Window};
use crate::names::Names;
use crate::reach::{Moment, Why};
use crate::steps::{other_secret_names, stores};
use evidence::Micros;
use std::ops::ControlFlow;

/// An act that put something into a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Put {
    pub event: EventId,
    pub moment: Moment,
    pub time: Micros,
    /// The credential that it put there; nothing where the record does not name it.
    pub token: Option<Name>,
    /// Exact where the act names the secret as the reader does.
    pub join: Join,
    is_unsaid: bool,
}

/// Everything that was put into a secret, by any of its names, in time's order.
pub(crate) fn puts<L: Log>(names: &mut Names<'_, L>, secret: Name) -> Result<Vec<Put>, L::Error> {
    let mut by = vec![(secret, Join::Exact)];
    for other in other_secret_names(&names.text(secret)?) {
        by.extend(names.log.name(&other)?.map(|name| (name, Join::Inferred)));
    }
    let mut puts = Vec::new();
    for (name, join) in by {
        names
            .log
            .acts(Role::Secret, name, Window::default(), &mut |act| {
                puts.extend(Put::of(act, join));
                ControlFlow::Continue(())
            })?;
    }
    puts.sort_by_key(|put: &Put| (put.time, put.event));
    Ok(puts)
}

impl Put {
    pub(crate) fn of(act: &Act, join: Join) -> Option<Put> {
        let time = act.time.filter(|_| stores(act))?;
        Some(Put {
            event: act.event,
            moment: Moment::of(act, time),
            time,
            token: act.name(Role::Token),
            join,
            is_unsaid: act.ended == Ended::Unsaid,
        })
    }

    /// Why it is not certain that the secret ever held it.
    pub(crate) fn why(&self) -> Option<Why> {
        (self.join == Join::Inferred)
            .then_some(Why::Inferred)
            .or(self.is_unsaid.then_some(Why::Outcome))
    }

    fn is_before(&self, other: &Put, tolerance: i64) -> bool {
        self.event != other.event && self.moment.is_before(&other.moment, tolerance) == Some(true)
    }
}

/// So many versions of a secret at one moment are followed, and so many puts looked at for them. Only
/// somebody who floods a secret has more within the clocks' tolerance.
pub(crate) const MOST_VERSIONS: usize = 64;
const MOST_LOOKED_AT: usize = 4_096;

/// The versions that a secret can have held at a moment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Held {
    /// Each with why that is not certain.
    pub versions: Vec<(Put, Option<Why>)>,
    /// There are more than are followed.
    pub is_cut: bool,
}

/// What a secret can have held at a moment.
///
/// A put counts unless it came after, or another one that says what it put came certainly between.
pub(crate) fn held_at(puts: &[Put], read: Moment, tolerance: i64) -> Held {
    let until = puts.partition_point(|put| put.time <= read.time);
    // Of each log the newest that replaces those before it: beyond the clocks' tolerance any of them
    // does, and within it the one of the same log.
    let mut newest: Vec<&Put> = Vec::new();
    let mut left: Vec<(&Put, bool)> = Vec::new();
    let mut is_cut = false;
    for (nth, put) in puts[..until].iter().rev().enumerate() {
        if nth == MOST_LOOKED_AT || left.len() == MOST_VERSIONS {
            is_cut = true;
            break;
        }
        if newest.iter().any(|later| put.is_before(later, tolerance)) {
            if newest
                .iter()
                .any(|later| later.time.0.saturating_sub(put.time.0) > tolerance)
            {
                break;
            }
            continue;
        }
        let Some(is_sure) = put.moment.is_before(&read, tolerance) else {
            continue;
        };
        left.push((put, is_sure));
        if is_sure && put.token.is_some() && put.join == Join::Exact {
            newest.push(put);
        }
    }
    let mut versions = Vec::new();
    for (put, is_sure) in left.iter().filter(|(put, _)| put.token.is_some()) {
        let mut others = left.iter().filter(|(other, _)| other.event != put.event);
        let why = others.find_map(|(other, _)| match other.token {
            // Nothing says what the act after it put there: it may be the same.
            None => (!other.is_before(put, tolerance)).then_some(Why::Inferred),
            token if token == put.token => None,
            _ if other.join == Join::Inferred => Some(Why::Inferred),
            _ => Some(Why::Clocks),
        });
        // Those that were not looked at may come between as well.
        let is_sure = *is_sure && !is_cut;
        let why = why.or((!is_sure).then_some(Why::Clocks)).or(put.why());
        versions.push((**put, why));
    }
    Held { versions, is_cut }
}
