//! Where something came from: reach, backwards.
//!
//! From a thing or an event back through the acts that led there, each at or before the moment from
//! which the next was taken. The latest moment counts: who could be at a thing late could be there
//! through everything earlier too.

use crate::act::{Act, ActKind, Ended, EventId, Name, Role};
use crate::credential::{Join, makes};
use crate::held::{self, Put, held_at};
use crate::infer;
use crate::lineage::mints_of;
use crate::log::{Log, Window};
use crate::names::{Names, Sort};
use crate::reach::{
    Certainty, From, MOST_REACHED, MOST_STEPS, Moment, Path, Question, Reach, Reached, Step, Thing,
    Why,
};
use crate::steps::{other_secret_names, stores, touched, wielded};
use evidence::{Micros, Word};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::ops::ControlFlow;
use std::sync::Arc;

/// The way on from a thing: the act that was taken from it, and the label that it led to.
struct Label {
    thing: Thing,
    /// Of a secret: the act that put there what was taken from it. Who touched the secret when it
    /// held something else did not lead here.
    put: Option<EventId>,
    /// The act that was taken from here; nothing where it is the end of the way.
    at: Option<Moment>,
    must: bool,
    /// What that act shares with a call that it may have been done for.
    shares: [Option<Name>; 2],
    step: Option<Step>,
    next: Option<usize>,
    /// How many steps it is from the end.
    depth: u32,
}

/// How an act goes from a thing.
enum Way {
    /// It was done by it, or with it.
    Done,
    /// What was made was made for it: what it does under the same trace is not shown by that.
    Received,
    /// A secret held what was used; the act that put it there.
    Held(EventId),
}

/// A thing, and of a secret what it held.
type Place = (Thing, Option<EventId>);

type Order = (
    Micros,
    bool,
    Reverse<u32>,
    Arc<str>,
    &'static str,
    Arc<str>,
    Word,
    Option<EventId>,
);

struct Search<'n, 'l, L: Log> {
    names: &'n mut Names<'l, L>,
    tolerance: i64,
    /// Nothing is told from before this.
    after: Option<Micros>,
    labels: Vec<Label>,
    heap: BinaryHeap<(Order, usize)>,
    /// The latest label of a place, and the latest one for certain.
    known: HashMap<(Place, bool), usize>,
    /// Something was left out.
    is_cut: bool,
}

/// From where something came: each thing with the latest path from it to what was asked for.
/// `question.from` is that end, and `question.after` the moment before which nothing is told.
pub fn origin<L: Log>(names: &mut Names<'_, L>, question: &Question) -> Result<Reach, L::Error> {
    let mut search = Search {
        names,
        tolerance: question.tolerance.max(0),
        after: question.after,
        labels: Vec::new(),
        heap: BinaryHeap::new(),
        known: HashMap::new(),
        is_cut: false,
    };
    let mut end = None;
    match question.from {
        From::Thing(sort, name) => {
            let thing = (sort, search.names.canonical(sort, name)?);
            end = Some(thing);
            search.start(thing);
            search.expand(0)?;
        }
        From::Event(event) => {
            if let Some(act) = search.names.log.act(event)?
                && act.done()
            {
                for (sort, name) in touched(&act) {
                    let thing = (sort, search.names.canonical(sort, name)?);
                    let label = search.start(thing);
                    search.back(label, thing, &act, None)?;
                }
            }
        }
    }
    while let Some((_, label)) = search.heap.pop() {
        let (place, must) = (search.place(label), search.labels[label].must);
        if search.is_known(place, must) {
            continue;
        }
        if search.known.len() >= MOST_REACHED {
            search.is_cut = true;
            break;
        }
        search.known.insert((place, must), label);
        search.expand(label)?;
    }
    search.told(end)
}

impl<L: Log> Search<'_, '_, L> {
    fn start(&mut self, thing: Thing) -> usize {
        self.labels.push(Label {
            thing,
            put: None,
            at: None,
            must: true,
            shares: [None; 2],
            step: None,
            next: None,
            depth: 0,
        });
        self.labels.len() - 1
    }

    fn place(&self, label: usize) -> Place {
        (self.labels[label].thing, self.labels[label].put)
    }

    fn is_known(&self, place: Place, must: bool) -> bool {
        self.known.contains_key(&(place, true))
            || (!must && self.known.contains_key(&(place, false)))
    }

    fn gather(&self, role: Role, name: Name, label: usize) -> Result<Vec<Act>, L::Error> {
        let until = self.labels[label]
            .at
            .map(|at| Micros(at.time.0.saturating_add(1)));
        let window = Window {
            from: self.after,
            until,
        };
        let mut acts = Vec::new();
        self.names.log.acts(role, name, window, &mut |act| {
            if act.time.is_some() && act.done() {
                acts.push(act.clone());
            }
            ControlFlow::Continue(())
        })?;
        Ok(acts)
    }

    fn expand(&mut self, label: usize) -> Result<(), L::Error> {
        let thing = self.labels[label].thing;
        let roles: &[Role] = match thing.0 {
            Sort::Credential => &[Role::Token, Role::Credential],
            Sort::Identity => &[Role::Subject],
            Sort::Secret => &[Role::Secret],
            Sort::Resource => &[Role::Resource],
            Sort::Tool => &[Role::Tool],
        };
        let held = match self.labels[label].put {
            Some(put) => Some((held::puts(self.names, thing.1)?, put)),
            None => None,
        };
        for known in self.names.all(thing.0, thing.1)? {
            for role in roles {
                for act in self.gather(*role, known, label)? {
                    if *role == Role::Credential {
                        self.wielder(label, thing, &act)?;
                        continue;
                    }
                    if !touched(&act).contains(&(thing.0, known)) {
                        continue;
                    }
                    let why = match (&held, act.time) {
                        (Some((puts, put)), Some(time)) => {
                            let held = held_at(puts, Moment::of(&act, time), self.tolerance);
                            self.is_cut |= held.is_cut;
                            match held.versions.iter().find(|(one, _)| one.event == *put) {
                                Some((_, why)) => *why,
                                None => continue,
                            }
                        }
                        _ => (thing.0 == Sort::Identity).then_some(Why::Called),
                    };
                    self.back(label, thing, &act, why)?;
                }
            }
        }
        if thing.0 == Sort::Credential {
            self.holders(label, thing)?;
            let mints = mints_of(self.names, thing.1)?;
            if let Some(infer::Inferred::One(parent)) = infer::parent(self.names, &mints)?
                && mints
                    .iter()
                    .all(|mint| crate::credential::parent(mint).is_none())
                && let Some(login) = mints.iter().find(|mint| mint.event == parent.shown_by)
            {
                let from = (Sort::Credential, parent.name);
                self.step(
                    label,
                    from,
                    thing,
                    login,
                    Join::Inferred,
                    Some(Why::Inferred),
                )?;
            }
        }
        Ok(())
    }

    /// The secrets that were known to hold a credential when it was last used before.
    fn holders(&mut self, label: usize, thing: Thing) -> Result<(), L::Error> {
        for known in self.names.all(Sort::Credential, thing.1)? {
            let mut puts = self.gather(Role::Token, known, label)?;
            puts.retain(stores);
            if puts.is_empty() {
                continue;
            }
            let mut uses = self.gather(Role::Credential, known, label)?;
            uses.retain(crate::credential::is_use);
            let Some(used) = uses.last() else { continue };
            for put in puts.iter().filter(|put| put.time <= used.time) {
                let Some(secret) = put.name(Role::Secret) else {
                    continue;
                };
                let mut by = vec![(secret, Join::Exact)];
                for other in other_secret_names(&self.names.text(secret)?) {
                    let other = self.names.log.name(&other)?;
                    by.extend(other.map(|other| (other, Join::Inferred)));
                }
                for (secret, join) in by {
                    let Some(put) = Put::of(put, join) else {
                        continue;
                    };
                    let (secret, way) = ((Sort::Secret, secret), Way::Held(put.event));
                    let join = join.max(Join::by_id(used.format));
                    self.step_from(label, secret, way, thing, used, join, put.why())?;
                }
            }
        }
        Ok(())
    }

    /// Who used a credential.
    fn wielder(&mut self, label: usize, thing: Thing, act: &Act) -> Result<(), L::Error> {
        let (Some(_), Some(actor)) = (wielded(act), act.name(Role::Actor)) else {
            return Ok(());
        };
        let join = Join::by_id(act.format);
        self.step(label, (Sort::Identity, actor), thing, act, join, None)
    }

    /// From what an act touched, back to what it was done with or by, and to whom it was minted for.
    fn back(
        &mut self,
        label: usize,
        thing: Thing,
        act: &Act,
        why: Option<Why>,
    ) -> Result<(), L::Error> {
        let join = Join::by_id(act.format);
        let roles = [
            (Role::Credential, Sort::Credential),
            (Role::TokenParent, Sort::Credential),
            (Role::Actor, Sort::Identity),
            (Role::Subject, Sort::Identity),
        ];
        // What was made comes from its parent and its holder; the rest that the act touched does not.
        let is_made = thing.0 == Sort::Credential && makes(act).is_some();
        for (role, sort) in roles {
            let counts = match role {
                Role::TokenParent => is_made,
                // The holder of what was made; of a call the subject is whom it reached.
                Role::Subject => is_made && act.kind != ActKind::Call,
                _ => true,
            };
            let Some(name) = act.name(role).filter(|_| counts) else {
                continue;
            };
            let way = match role {
                Role::Subject => Way::Received,
                _ => Way::Done,
            };
            self.step_from(label, (sort, name), way, thing, act, join, why)?;
        }
        Ok(())
    }

    fn step(
        &mut self,
        label: usize,
        from: Thing,
        to: Thing,
        act: &Act,
        join: Join,
        why: Option<Why>,
    ) -> Result<(), L::Error> {
        self.step_from(label, from, Way::Done, to, act, join, why)
    }

    #[expect(clippy::too_many_arguments, reason = "a step is that many things")]
    fn step_from(
        &mut self,
        label: usize,
        from: Thing,
        way: Way,
        to: Thing,
        act: &Act,
        join: Join,
        why: Option<Why>,
    ) -> Result<(), L::Error> {
        let from = (from.0, self.names.canonical(from.0, from.1)?);
        let Some(time) = act.time else { return Ok(()) };
        if from == to || self.after.is_some_and(|after| time < after) {
            return Ok(());
        }
        let this = Moment::of(act, time);
        let later = &self.labels[label];
        let order = match &later.at {
            None => Some(true),
            Some(later) => this.is_before(later, self.tolerance),
        };
        let Some(is_sure) = order else { return Ok(()) };
        let put = match way {
            Way::Held(put) => Some(put),
            Way::Done | Way::Received => None,
        };
        let shares = match way {
            Way::Received => [None; 2],
            Way::Done | Way::Held(_) => [act.name(Role::Trace), act.name(Role::Credential)],
        };
        // One who was called acted for the caller where both acts share a trace or a credential.
        let is_shared = later.at.is_none()
            || shares
                .iter()
                .zip(&later.shares)
                .any(|(one, other)| one.is_some() && one == other);
        let why = why.filter(|why| *why != Why::Called || !is_shared);
        let why = if !later.must {
            Some(why.unwrap_or(Why::Before))
        } else if !is_sure {
            Some(why.unwrap_or(Why::Clocks))
        } else if act.ended == Ended::Unsaid {
            Some(why.unwrap_or(Why::Outcome))
        } else {
            why
        };
        let must = why.is_none();
        let depth = later.depth.saturating_add(1);
        if self.is_known((from, put), must) {
            return Ok(());
        }
        let order = (
            time,
            must,
            Reverse(depth),
            self.names.text(from.1)?,
            act.kind.as_str(),
            self.names.text(to.1)?,
            act.verdict,
            put,
        );
        self.labels.push(Label {
            thing: from,
            put,
            at: Some(this),
            must,
            shares,
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
            next: Some(label),
            depth,
        });
        self.heap.push((order, self.labels.len() - 1));
        Ok(())
    }

    fn path(&self, label: usize) -> Option<Path> {
        let first = &self.labels[label];
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
            next = label.next;
        }
        Some(Path {
            at: first.at?.time,
            certainty: Certainty::of(first.must),
            steps,
            left_out,
            verdict,
        })
    }

    fn told(self, end: Option<Thing>) -> Result<Reach, L::Error> {
        let mut told: HashMap<Thing, (usize, Reached)> = HashMap::new();
        for (&((thing, _), _), &label) in &self.known {
            if Some(thing) == end {
                continue;
            }
            let Some(path) = self.path(label) else {
                continue;
            };
            // What is certain before what is later; of equal ones the one that was found first.
            let rank = |label: usize, path: &Path| {
                let is_may = path.certainty == Certainty::May;
                (is_may, Reverse(path.at), label)
            };
            let is_better =
                |(other, known): &(usize, Reached)| rank(label, &path) < rank(*other, &known.path);
            if told.get(&thing).is_none_or(is_better) {
                let must = None;
                told.insert(thing, (label, Reached { thing, path, must }));
            }
        }
        let mut keyed = Vec::with_capacity(told.len());
        for (_, reached) in told.into_values() {
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

#[cfg(test)]
mod tests;
