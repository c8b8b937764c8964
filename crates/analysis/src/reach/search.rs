//! The search by earliest arrival: which arrivals are kept, and in which order they are looked at.

use super::{Certainty, MOST_STEPS, Moment, Path, Reach, Reached, Step, Thing, Why};
use crate::act::{Act, Ended, EventId, Name, Role};
use crate::credential::Join;
use crate::held::Put;
use crate::log::Log;
use crate::names::{Names, Sort};
use evidence::{Micros, Word};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::Arc;

/// Where in a search: a thing, or what leads on from it only in part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Place {
    Thing(Thing),
    /// The identity that was called, and what its acts share with the call.
    Called(Name, Role, Name),
    /// What a secret held when it was reached: the act that put it there, and why that is not
    /// certain. Who reaches the secret again may find another version.
    Held(Name, EventId, Option<Why>),
}

/// An arrival.
#[derive(Debug, Clone)]
pub(super) struct Label {
    pub(super) place: Place,
    /// Nothing at the start of a search without a moment.
    pub(super) at: Option<Moment>,
    pub(super) must: bool,
    /// An identity that is the start: its acts are its own, and follow for certain.
    pub(super) owned: bool,
    pub(super) step: Option<Step>,
    pub(super) before: Option<usize>,
    pub(super) depth: u32,
}

/// What decides which of several arrivals is looked at first. Texts and not numbers, so that the
/// order of import decides nothing.
pub(super) type Order = (
    Micros,
    bool,
    u32,
    Sort,
    Arc<str>,
    &'static str,
    Arc<str>,
    Join,
    Word,
    EventId,
    u8,
);

pub(super) struct Search<'n, 'l, L: Log> {
    pub(super) names: &'n mut Names<'l, L>,
    pub(super) tolerance: i64,
    pub(super) labels: Vec<Label>,
    pub(super) heap: BinaryHeap<Reverse<(Order, usize)>>,
    pub(super) earliest: HashMap<Place, usize>,
    /// Others at the very time of the earliest, which stand elsewhere in the logs' order.
    tied: HashMap<Place, Vec<usize>>,
    pub(super) musts: HashMap<Place, Vec<usize>>,
    /// The earliest arrivals that wait: by place, for certain or not, and the log of a certain one.
    pub(super) waiting: HashMap<(Place, bool, u32), Micros>,
    /// Who acts under a trace or with a credential, once it was looked up.
    pub(super) actors: HashMap<(Role, Name), Vec<Name>>,
    /// What was put into a secret, once it was looked up.
    pub(super) puts: HashMap<Name, Arc<[Put]>>,
    /// Something was left out.
    pub(super) is_cut: bool,
}

impl<'n, 'l, L: Log> Search<'n, 'l, L> {
    pub(super) fn new(names: &'n mut Names<'l, L>, tolerance: i64) -> Search<'n, 'l, L> {
        Search {
            names,
            tolerance: tolerance.max(0),
            labels: Vec::new(),
            is_cut: false,
            heap: BinaryHeap::new(),
            earliest: HashMap::new(),
            tied: HashMap::new(),
            musts: HashMap::new(),
            waiting: HashMap::new(),
            actors: HashMap::new(),
            puts: HashMap::new(),
        }
    }
}

impl<L: Log> Search<'_, '_, L> {
    /// Whether an arrival adds anything to those before it.
    pub(super) fn is_needed(&self, label: usize) -> bool {
        let label = &self.labels[label];
        let Some(at) = label.at else { return true };
        if !label.must {
            return self.earliest.get(&label.place).is_none_or(|known| {
                let tied = self.tied.get(&label.place).into_iter().flatten();
                let mut known = std::iter::once(known).chain(tied);
                known.all(|known| {
                    self.labels[*known]
                        .at
                        .is_some_and(|known| known.is_tied(&at))
                })
            });
        }
        let known = self.musts.get(&label.place);
        !known.into_iter().flatten().any(|known| {
            let Some(before) = self.labels[*known].at else {
                return true;
            };
            self.makes_needless(&before, &at)
        })
    }

    /// Whether everything that follows for certain from `later` follows for certain from `before`.
    fn makes_needless(&self, before: &Moment, later: &Moment) -> bool {
        let (Some((_, log, _)), Some((_, other_log, _))) = (before.event, later.event) else {
            return before.time <= later.time;
        };
        if log == other_log {
            return before.is_before(later, self.tolerance) == Some(true);
        }
        later.time.0.saturating_sub(before.time.0) >= self.tolerance && later.time > before.time
    }

    /// Keeps an arrival. Gives until when it adds anything: from then on an earlier one does.
    pub(super) fn settle(&mut self, label: usize) -> Option<Micros> {
        let (place, must) = (self.labels[label].place, self.labels[label].must);
        let first = *self.earliest.entry(place).or_insert(label);
        let time = |label: usize| self.labels[label].at.map(|at| at.time);
        if first != label && time(first) == time(label) {
            self.tied.entry(place).or_default().push(label);
        }
        if !must {
            return None;
        }
        let known = self.musts.entry(place).or_default();
        known.push(label);
        let first = self.labels[known[0]].at?;
        (known[0] != label).then(|| {
            Micros(
                first
                    .time
                    .0
                    .saturating_add(self.tolerance)
                    .saturating_add(1),
            )
        })
    }

    /// Whether a label is the first that came to its place, or came at the very same time.
    pub(super) fn is_first(&self, label: usize) -> bool {
        let place = &self.labels[label].place;
        let tied = self.tied.get(place);
        self.earliest.get(place) == Some(&label) || tied.is_some_and(|tied| tied.contains(&label))
    }

    #[expect(clippy::too_many_arguments, reason = "a step is that many things")]
    pub(super) fn arrive(
        &mut self,
        label: usize,
        place: Place,
        from: Thing,
        to: Thing,
        act: &Act,
        time: Micros,
        join: Join,
        why: Option<Why>,
    ) -> Result<(), L::Error> {
        let next = Moment::of(act, time);
        let before = &self.labels[label];
        let order = match before.at {
            None => Some(true),
            Some(at) => at.is_before(&next, self.tolerance),
        };
        let Some(is_sure) = order else { return Ok(()) };
        let why = if !before.must {
            Some(why.unwrap_or(Why::Before))
        } else if !is_sure {
            Some(why.unwrap_or(Why::Clocks))
        } else if act.ended == Ended::Unsaid {
            Some(why.unwrap_or(Why::Outcome))
        } else {
            why
        };
        let must = why.is_none();
        let is_later = |known: &usize| self.labels[*known].at.is_none_or(|at| at.time < time);
        if !must
            && (matches!(place, Place::Called(..))
                || self.earliest.get(&place).is_some_and(is_later))
        {
            return Ok(());
        }
        let waits = (place, must, if must { act.log } else { 0 });
        match self.waiting.get(&waits) {
            Some(earlier) if *earlier < time => return Ok(()),
            _ => self.waiting.insert(waits, time),
        };
        let depth = before.depth.saturating_add(1);
        let label = Label {
            place,
            at: Some(next),
            must,
            owned: false,
            step: Some(Step {
                event: act.event,
                time,
                kind: act.kind,
                from,
                to,
                join,
                verdict: act.verdict,
                why,
            }),
            before: Some(label),
            depth,
        };
        let number = self.labels.len();
        self.labels.push(label);
        if !self.is_needed(number) {
            self.labels.pop();
            return Ok(());
        }
        let order = (
            time,
            !must,
            depth,
            from.0,
            self.names.text(from.1)?,
            act.kind.as_str(),
            self.names.text(to.1)?,
            join,
            act.verdict,
            act.event,
            u8::from(!matches!(place, Place::Thing(_))),
        );
        self.heap.push(Reverse((order, number)));
        Ok(())
    }

    fn path(&self, label: usize) -> Option<Path> {
        let at = self.labels[label].at?.time;
        let certainty = Certainty::of(self.labels[label].must);
        let (mut steps, mut left_out) = (Vec::new(), 0);
        let mut verdict = Word::Verified;
        let mut next = Some(label);
        while let Some(label) = next {
            let label = &self.labels[label];
            if let Some(step) = &label.step {
                verdict = verdict.min(step.verdict);
                if steps.len() < MOST_STEPS {
                    steps.push(step.clone());
                } else {
                    left_out += 1;
                }
            }
            next = label.before;
        }
        steps.reverse();
        Some(Path {
            at,
            certainty,
            steps,
            left_out,
            verdict,
        })
    }

    pub(super) fn told(self, start: Option<Thing>) -> Result<Reach, L::Error> {
        let mut told = Vec::new();
        for (place, &label) in &self.earliest {
            let Place::Thing(thing) = *place else {
                continue;
            };
            if Some(thing) == start {
                continue;
            }
            let Some(path) = self.path(label) else {
                continue;
            };
            let must = match (path.certainty, self.musts.get(place)) {
                (Certainty::May, Some(musts)) => musts.first().and_then(|&label| self.path(label)),
                _ => None,
            };
            told.push(Reached { thing, path, must });
        }
        let mut keyed = Vec::with_capacity(told.len());
        for reached in told {
            let text = self.names.text(reached.thing.1)?;
            keyed.push(((reached.path.at, reached.thing.0, text), reached));
        }
        keyed.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(Reach {
            reached: keyed.into_iter().map(|(_, reached)| reached).collect(),
            is_cut: self.is_cut,
        })
    }
}
