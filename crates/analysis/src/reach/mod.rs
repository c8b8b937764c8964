//! What could be touched from a credential, an identity or an event, in time's order
//! (`design/domain.md`, *Reach*).
//!
//! A search by earliest arrival. A thing may be reached several times: first by a path that *may*
//! be, later by one that *must*; and at nearly the same moment in two logs whose clocks are compared
//! within a tolerance. So a thing keeps its earliest arrival, and those arrivals by a path of *must*
//! that no earlier one makes needless.

mod leave;
mod moment;
mod search;
#[cfg(test)]
mod tests;
mod todo;

pub(crate) use moment::Moment;
pub use todo::{Ending, ToDo, to_do};

use crate::act::{ActKind, EventId, Name, Role};
use crate::credential::Join;
use crate::log::Log;
use crate::names::{Names, Sort};
use evidence::{Micros, Word};
use search::{Label, Place, Search};
use std::cmp::Reverse;

/// How far two logs' clocks may be apart, unless something else is asked for.
pub const TOLERANCE_SECONDS: i64 = 5;
/// The most things that are reached before the search ends and says so.
pub const MOST_REACHED: usize = 200_000;
/// The most steps of a path that are told; of a longer one the last ones.
pub const MOST_STEPS: usize = 200;

/// A thing: its sort, and the name that it is shown by.
pub type Thing = (Sort, Name);

/// From where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// From a thing.
    Thing(Sort, Name),
    /// From what an event touched.
    Event(EventId),
}

/// Whether something was reached for certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// Every step follows from the records.
    Must,
    /// A step is inferred, or its order lies within the clocks' tolerance, or nothing shows that
    /// the one that was called acted for the caller, or the record does not say how it ended.
    May,
}

impl Certainty {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Certainty::Must => "must",
            Certainty::May => "may",
        }
    }

    pub(crate) fn of(must: bool) -> Certainty {
        if must {
            Certainty::Must
        } else {
            Certainty::May
        }
    }
}

/// Why a step is only *may*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// The step before it is.
    Before,
    /// Two logs' clocks are compared within the tolerance, or one log gives both the same time and
    /// its records no order.
    Clocks,
    /// The link is inferred.
    Inferred,
    /// Nothing shows that the one who was called acted for the caller.
    Called,
    /// The record does not say how the act ended.
    Outcome,
}

impl Why {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Why::Before => "a step before it is",
            Why::Clocks => "the order lies within the clocks' tolerance",
            Why::Inferred => "the link is inferred",
            Why::Called => "nothing shows that it was done for the caller",
            Why::Outcome => "the record does not say how it ended",
        }
    }
}

/// A step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The act that it is.
    pub event: EventId,
    /// When.
    pub time: Micros,
    /// Its type.
    pub kind: ActKind,
    /// From what.
    pub from: Thing,
    /// To what.
    pub to: Thing,
    /// How the act is joined to what it goes from.
    pub join: Join,
    /// The worst verdict of the act's records.
    pub verdict: Word,
    /// Why the path is *may* from here on or before.
    pub why: Option<Why>,
}

/// A way by which a thing was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// When it ends.
    pub at: Micros,
    /// Whether for certain.
    pub certainty: Certainty,
    /// Its steps in time's order.
    pub steps: Vec<Step>,
    /// How many steps before these are left out.
    pub left_out: usize,
    /// The worst verdict of all its steps.
    pub verdict: Word,
}

/// A thing that was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// What.
    pub thing: Thing,
    /// The earliest path.
    pub path: Path,
    /// Where that is *may*: the earliest path of *must*, if there is one.
    pub must: Option<Path>,
}

/// Everything that was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// In order of time, then of sort and text.
    pub reached: Vec<Reached>,
    /// The search ended at [`MOST_REACHED`], or left versions of a secret out: more was put there
    /// within the clocks' tolerance than is followed.
    pub is_cut: bool,
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// From where.
    pub from: From,
    /// From which moment on, that moment included.
    pub after: Option<Micros>,
    /// How far two logs' clocks may be apart, in microseconds.
    pub tolerance: i64,
}

/// What could be touched.
pub fn reach<L: Log>(names: &mut Names<'_, L>, question: &Question) -> Result<Reach, L::Error> {
    let mut search = Search::new(names, question.tolerance);
    let mut start = None;
    match question.from {
        From::Thing(sort, name) => {
            let name = search.names.canonical(sort, name)?;
            start = Some((sort, name));
            let label = Label {
                place: Place::Thing((sort, name)),
                at: question.after.map(|time| Moment { time, event: None }),
                must: true,
                owned: true,
                step: None,
                before: None,
                depth: 0,
            };
            search.labels.push(label);
            search.settle(0);
            search.expand(0, None)?;
        }
        From::Event(event) => {
            if let Some(act) = search.names.log.act(event)?
                && act.done()
                && let Some(time) = act.time
                && question.after.is_none_or(|after| time >= after)
            {
                let from = act
                    .name(Role::Credential)
                    .map(|name| (Sort::Credential, name))
                    .or(act.name(Role::Actor).map(|name| (Sort::Identity, name)));
                if let Some((sort, name)) = from {
                    let name = search.names.canonical(sort, name)?;
                    search.labels.push(Label {
                        place: Place::Thing((sort, name)),
                        at: None,
                        must: true,
                        owned: true,
                        step: None,
                        before: None,
                        depth: 0,
                    });
                    search.effects(0, (sort, name), &act, time, None)?;
                }
            }
        }
    }
    while let Some(Reverse((_, label))) = search.heap.pop() {
        let place = search.labels[label].place;
        if !search.is_needed(label) {
            continue;
        }
        if search.earliest.len() >= MOST_REACHED && !search.earliest.contains_key(&place) {
            search.is_cut = true;
            continue;
        }
        let until = search.settle(label);
        search.expand(label, until)?;
    }
    search.told(start)
}
