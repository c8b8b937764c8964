//! What could be touched from a credential, an identity or an event, in time's order
//! (`design/domain.md`, *Reach*).
//!
//! A search by earliest arrival. A thing may be reached several times: first by a path that *may*
//! be, later by one that *must*; and at nearly the same moment in two logs whose clocks are compared
//! within a tolerance. So a thing keeps its earliest arrival, and those arrivals by a path of *must*
//! that no earlier one makes needless.

use crate::act::{Act, ActKind, Ended, EventId, Name, Role};
use crate::credential::{Join, makes};
use crate::infer;
use crate::lineage::mints_of;
use crate::log::{Log, Window};
use crate::names::{Names, Sort};
use crate::steps::{called, other_secret_names, stores, touched, wielded};
use evidence::{Format, Micros, Word};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::ops::ControlFlow;
use std::sync::Arc;

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
    /// The search ended at [`MOST_REACHED`].
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

/// Where in a search: a thing, or what one identity did under a trace or with a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Place {
    Thing(Thing),
    /// The identity that was called, and what its acts share with the call.
    Called(Name, Role, Name),
}

/// When and where an act stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    pub time: Micros,
    /// Nothing where the examiner gave the moment.
    pub event: Option<(EventId, u32, Format)>,
}

impl Moment {
    pub(crate) fn of(act: &Act, time: Micros) -> Moment {
        Moment {
            time,
            event: Some((act.event, act.log, act.format)),
        }
    }

    /// Whether `next` comes after this: for certain, or only within the tolerance; `None` if it
    /// comes before.
    pub(crate) fn is_before(&self, next: &Moment, tolerance: i64) -> Option<bool> {
        if next.time < self.time {
            return None;
        }
        let (Some((one, log, format)), Some((other, other_log, _))) = (self.event, next.event)
        else {
            return Some(true);
        };
        if one == other {
            return Some(true);
        }
        if log == other_log {
            if next.time > self.time {
                return Some(true);
            }
            // Of equal times the order of records counts where a log is written in order.
            let is_in_order = matches!(format, Format::NhiAuditBundle | Format::VaultAudit);
            return match is_in_order {
                true => (one < other).then_some(true),
                false => Some(false),
            };
        }
        Some(next.time.0.saturating_sub(self.time.0) >= tolerance)
    }
}

/// An arrival.
#[derive(Debug, Clone)]
struct Label {
    place: Place,
    /// Nothing at the start of a search without a moment.
    at: Option<Moment>,
    must: bool,
    /// An identity that is the start: its acts are its own, and follow for certain.
    owned: bool,
    step: Option<Step>,
    before: Option<usize>,
    depth: u32,
}

/// What decides which of several arrivals is looked at first. Texts and not numbers, so that the
/// order of import decides nothing.
type Order = (
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

struct Search<'n, 'l, L: Log> {
    names: &'n mut Names<'l, L>,
    tolerance: i64,
    labels: Vec<Label>,
    heap: BinaryHeap<Reverse<(Order, usize)>>,
    earliest: HashMap<Place, usize>,
    musts: HashMap<Place, Vec<usize>>,
    /// The earliest arrivals that wait: by place, for certain or not, and the log of a certain one.
    waiting: HashMap<(Place, bool, u32), Micros>,
}

/// What could be touched.
pub fn reach<L: Log>(names: &mut Names<'_, L>, question: &Question) -> Result<Reach, L::Error> {
    let mut search = Search {
        names,
        tolerance: question.tolerance.max(0),
        labels: Vec::new(),
        heap: BinaryHeap::new(),
        earliest: HashMap::new(),
        musts: HashMap::new(),
        waiting: HashMap::new(),
    };
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
    let mut is_cut = false;
    while let Some(Reverse((_, label))) = search.heap.pop() {
        let place = search.labels[label].place;
        if !search.is_needed(label) {
            continue;
        }
        if search.earliest.len() >= MOST_REACHED && !search.earliest.contains_key(&place) {
            is_cut = true;
            continue;
        }
        let until = search.settle(label);
        search.expand(label, until)?;
    }
    search.told(start, is_cut)
}

impl<L: Log> Search<'_, '_, L> {
    /// Whether an arrival adds anything to those before it.
    fn is_needed(&self, label: usize) -> bool {
        let label = &self.labels[label];
        if !label.must {
            return !self.earliest.contains_key(&label.place);
        }
        let Some(at) = label.at else { return true };
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
        let (Some((one, log, _)), Some((other, other_log, _))) = (before.event, later.event) else {
            return before.time <= later.time;
        };
        if log == other_log {
            return (before.time, one) <= (later.time, other);
        }
        later.time.0.saturating_sub(before.time.0) >= self.tolerance && later.time > before.time
    }

    /// Keeps an arrival. Gives until when it adds anything: from then on an earlier one does.
    fn settle(&mut self, label: usize) -> Option<Micros> {
        let (place, must) = (self.labels[label].place, self.labels[label].must);
        self.earliest.entry(place).or_insert(label);
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

    /// Takes every step from an arrival.
    fn expand(&mut self, label: usize, until: Option<Micros>) -> Result<(), L::Error> {
        let window = Window {
            from: self.labels[label].at.map(|at| at.time),
            until,
        };
        match self.labels[label].place {
            Place::Thing((Sort::Credential, name)) => self.leave_credential(label, name, window),
            Place::Thing((Sort::Identity, name)) => {
                // What one that was called does later is *may*, whichever call it was.
                let is_again =
                    until.is_some() || self.earliest.get(&self.labels[label].place) != Some(&label);
                if is_again && !self.labels[label].owned {
                    return Ok(());
                }
                self.leave_identity(label, name, window)
            }
            Place::Called(identity, role, key) => {
                self.leave_call(label, identity, role, key, window)
            }
            Place::Thing((Sort::Secret, name)) => self.leave_secret(label, name, window),
            Place::Thing((Sort::Resource | Sort::Tool, _)) => Ok(()),
        }
    }

    fn gather(
        &self,
        role: Role,
        name: Name,
        window: Window,
        wanted: impl Fn(&Act) -> bool,
    ) -> Result<Vec<Act>, L::Error> {
        let mut acts = Vec::new();
        self.names.log.acts(role, name, window, &mut |act| {
            // Without a time there is no order.
            if act.time.is_some() && act.done() && wanted(act) {
                acts.push(act.clone());
            }
            ControlFlow::Continue(())
        })?;
        Ok(acts)
    }

    fn leave_credential(
        &mut self,
        label: usize,
        name: Name,
        window: Window,
    ) -> Result<(), L::Error> {
        let from = (Sort::Credential, name);
        for known in self.names.all(Sort::Credential, name)? {
            for act in self.gather(Role::Credential, known, window, |_| true)? {
                let Some(time) = act.time else { continue };
                self.effects(label, from, &act, time, None)?;
            }
            let made = |act: &Act| makes(act).is_some();
            for act in self.gather(Role::TokenParent, known, window, made)? {
                let (Some(time), Some(token)) = (act.time, makes(&act)) else {
                    continue;
                };
                let join = Join::by_id(act.format);
                self.step(
                    label,
                    from,
                    (Sort::Credential, token),
                    &act,
                    time,
                    join,
                    None,
                )?;
            }
        }
        let mints = mints_of(self.names, name)?;
        for (token, act) in infer::children(self.names, name, &mints)? {
            let Some(time) = act.time else { continue };
            let to = (Sort::Credential, token);
            self.step(
                label,
                from,
                to,
                &act,
                time,
                Join::Inferred,
                Some(Why::Inferred),
            )?;
        }
        Ok(())
    }

    fn leave_identity(&mut self, label: usize, name: Name, window: Window) -> Result<(), L::Error> {
        let from = (Sort::Identity, name);
        let why = (!self.labels[label].owned).then_some(Why::Called);
        for known in self.names.all(Sort::Identity, name)? {
            for act in self.gather(Role::Actor, known, window, |_| true)? {
                self.deed(label, from, &act, why)?;
            }
            let made = |act: &Act| makes(act).is_some();
            for act in self.gather(Role::Subject, known, window, made)? {
                let (Some(time), Some(token)) = (act.time, makes(&act)) else {
                    continue;
                };
                let to = (Sort::Credential, token);
                self.step(label, from, to, &act, time, Join::by_id(act.format), why)?;
            }
        }
        Ok(())
    }

    /// What one that was called did under the call's trace, or with its credential.
    fn leave_call(
        &mut self,
        label: usize,
        identity: Name,
        role: Role,
        key: Name,
        window: Window,
    ) -> Result<(), L::Error> {
        let known = self.names.all(Sort::Identity, identity)?;
        let by = |act: &Act| {
            act.name(Role::Actor)
                .is_some_and(|actor| known.contains(&actor))
        };
        for act in self.gather(role, key, window, by)? {
            self.deed(label, (Sort::Identity, identity), &act, None)?;
        }
        Ok(())
    }

    /// An act that an identity did: what it wielded, and what it touched.
    fn deed(
        &mut self,
        label: usize,
        from: Thing,
        act: &Act,
        why: Option<Why>,
    ) -> Result<(), L::Error> {
        let Some(time) = act.time else { return Ok(()) };
        if let Some(credential) = wielded(act) {
            let to = (Sort::Credential, credential);
            self.step(label, from, to, act, time, Join::by_id(act.format), why)?;
        }
        self.effects(label, from, act, time, why)
    }

    /// What an act touched.
    fn effects(
        &mut self,
        label: usize,
        from: Thing,
        act: &Act,
        time: Micros,
        why: Option<Why>,
    ) -> Result<(), L::Error> {
        let join = Join::by_id(act.format);
        for to in touched(act) {
            self.step(label, from, to, act, time, join, why)?;
        }
        if let Some(identity) = called(act) {
            let identity = self.names.canonical(Sort::Identity, identity)?;
            for role in [Role::Trace, Role::Credential] {
                let Some(key) = act.name(role) else { continue };
                let place = Place::Called(identity, role, key);
                self.arrive(
                    label,
                    place,
                    from,
                    (Sort::Identity, identity),
                    act,
                    time,
                    join,
                    why,
                )?;
            }
        }
        Ok(())
    }

    /// A later use of the credential that a secret is known to hold.
    fn leave_secret(&mut self, label: usize, name: Name, window: Window) -> Result<(), L::Error> {
        let from = (Sort::Secret, name);
        let text = self.names.text(name)?;
        let mut held = vec![(name, Join::Exact)];
        for other in other_secret_names(&text) {
            held.extend(
                self.names
                    .log
                    .name(&other)?
                    .map(|name| (name, Join::Inferred)),
            );
        }
        let at = self.labels[label].at;
        for (secret, join) in held {
            let before = Window {
                from: None,
                until: at.map(|at| Micros(at.time.0.saturating_add(1))),
            };
            let written = self.gather(Role::Secret, secret, before, stores)?;
            // The newest version before it was reached; of several at one time, each may be.
            let named = |act: &&Act| act.name(Role::Token).is_some();
            let Some(newest) = written
                .iter()
                .filter(named)
                .filter_map(|act| act.time)
                .max()
            else {
                continue;
            };
            let held_now: Vec<&Act> = written
                .iter()
                .filter(named)
                .filter(|act| act.time == Some(newest))
                .collect();
            for by in &held_now {
                let Some(token) = by.name(Role::Token) else {
                    continue;
                };
                let is_unsure = written
                    .iter()
                    .any(|act| act.time >= Some(newest) && act.name(Role::Token) != Some(token));
                let why = if join == Join::Inferred || is_unsure {
                    Some(Why::Inferred)
                } else {
                    (by.ended == Ended::Unsaid).then_some(Why::Outcome)
                };
                // What was used before it was put there was not taken from there.
                let window = Window {
                    from: window.from.max(Some(newest)),
                    until: window.until,
                };
                self.uses_of_held(label, from, token, window, join, why)?;
            }
        }
        Ok(())
    }

    fn uses_of_held(
        &mut self,
        label: usize,
        from: Thing,
        token: Name,
        window: Window,
        join: Join,
        why: Option<Why>,
    ) -> Result<(), L::Error> {
        let token = self.names.canonical(Sort::Credential, token)?;
        for known in self.names.all(Sort::Credential, token)? {
            let uses = self.gather(Role::Credential, known, window, |act| {
                crate::credential::is_use(act)
            })?;
            let mut first = None;
            for act in uses {
                let Some(time) = act.time else { continue };
                // One use says it; those within the tolerance of the first may say it surer.
                let first = *first.get_or_insert(time);
                if time.0.saturating_sub(first.0) > self.tolerance {
                    break;
                }
                let join = join.max(Join::by_id(act.format));
                self.step(
                    label,
                    from,
                    (Sort::Credential, token),
                    &act,
                    time,
                    join,
                    why,
                )?;
            }
        }
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "a step is that many things")]
    fn step(
        &mut self,
        label: usize,
        from: Thing,
        to: Thing,
        act: &Act,
        time: Micros,
        join: Join,
        why: Option<Why>,
    ) -> Result<(), L::Error> {
        let to = (to.0, self.names.canonical(to.0, to.1)?);
        self.arrive(label, Place::Thing(to), from, to, act, time, join, why)
    }

    #[expect(clippy::too_many_arguments, reason = "a step is that many things")]
    fn arrive(
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
        if !must && (matches!(place, Place::Called(..)) || self.earliest.contains_key(&place)) {
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
            u8::from(matches!(place, Place::Called(..))),
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

    fn told(self, start: Option<Thing>, is_cut: bool) -> Result<Reach, L::Error> {
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
            is_cut,
        })
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Memory, Told};

    /// What is reached, with its certainty and the second.
    fn from(told: Vec<Told>, sort: Sort, start: &str) -> Vec<String> {
        let log = Memory::of(told);
        let mut names = Names::new(&log, &[]).unwrap();
        let question = Question {
            from: From::Thing(sort, log.name(start).unwrap().unwrap()),
            after: None,
            tolerance: 5_000_000,
        };
        let found = reach(&mut names, &question).unwrap();
        let told = found.reached.iter().map(|one| {
            let must = one
                .must
                .as_ref()
                .map(|must| format!(" must {}", must.at.0 / 1_000_000));
            format!(
                "{} {} {}{}",
                log.text(one.thing.1).unwrap(),
                one.path.certainty.as_str(),
                one.path.at.0 / 1_000_000,
                must.unwrap_or_default()
            )
        });
        told.collect()
    }

    fn act(kind: &str, at: i64, names: &[(Role, &str)]) -> Told {
        names
            .iter()
            .fold(Told::new(kind, at), |told, (role, text)| {
                told.with(*role, text)
            })
    }

    use Role::{Actor, Credential, Secret, Subject, Token, TokenParent, Trace};

    #[test]
    fn minting_is_not_calling() {
        let told = vec![
            act(
                "token.mint",
                1,
                &[
                    (Actor, "sts"),
                    (Subject, "a"),
                    (Token, "t"),
                    (TokenParent, "p"),
                ],
            ),
            act(
                "secret.read",
                2,
                &[(Actor, "sts"), (Secret, "of the minter")],
            ),
            act(
                "secret.read",
                3,
                &[(Actor, "a"), (Credential, "t"), (Secret, "s")],
            ),
        ];
        assert_eq!(
            from(told.clone(), Sort::Credential, "p"),
            ["t must 1", "s must 3"]
        );
        assert_eq!(from(told, Sort::Credential, "t"), ["s must 3"]);
    }

    #[test]
    fn one_who_is_called_acts_for_certain_only_under_the_call_s_trace_or_credential() {
        let told = vec![
            act("secret.read", 1, &[(Actor, "b"), (Secret, "before")]),
            act(
                "call",
                2,
                &[
                    (Actor, "a"),
                    (Subject, "b"),
                    (Credential, "k"),
                    (Trace, "t1"),
                ],
            ),
            act(
                "secret.read",
                3,
                &[(Actor, "b"), (Secret, "other"), (Trace, "t2")],
            ),
            act(
                "secret.read",
                4,
                &[(Actor, "b"), (Secret, "traced"), (Trace, "t1")],
            ),
            act(
                "secret.read",
                5,
                &[(Actor, "c"), (Secret, "not b's"), (Trace, "t1")],
            ),
        ];
        assert_eq!(
            from(told, Sort::Credential, "k"),
            ["b must 2", "other may 3", "traced must 4"]
        );
    }

    #[test]
    fn a_secret_leads_on_only_by_a_credential_that_it_is_known_to_hold() {
        let told = |stored: i64| {
            vec![
                act(
                    "secret.rotate",
                    stored,
                    &[(Actor, "op"), (Secret, "s"), (Token, "held")],
                ),
                act(
                    "secret.read",
                    5,
                    &[(Actor, "a"), (Credential, "k"), (Secret, "s")],
                ),
                act(
                    "call",
                    9,
                    &[(Actor, "x"), (Subject, "pay"), (Credential, "held")],
                ),
            ]
        };
        assert_eq!(
            from(told(1), Sort::Credential, "k"),
            ["s must 5", "pay must 9", "held must 9"]
        );
        assert_eq!(from(told(7), Sort::Credential, "k"), ["s must 5"]);
    }

    #[test]
    fn order_within_the_clocks_tolerance_is_may_and_a_later_must_is_told_too() {
        let other = |told: Told| told.of(2, Format::CloudTrail);
        let told = vec![
            act("token.exchange", 10, &[(Token, "t"), (TokenParent, "p")]),
            other(act(
                "data.access",
                12,
                &[(Credential, "t"), (Role::Resource, "near")],
            )),
            other(act(
                "data.access",
                15,
                &[(Credential, "t"), (Role::Resource, "far")],
            )),
            other(act(
                "data.access",
                16,
                &[(Credential, "t"), (Role::Resource, "near")],
            )),
            other(act(
                "data.access",
                9,
                &[(Credential, "t"), (Role::Resource, "earlier")],
            )),
        ];
        assert_eq!(
            from(told, Sort::Credential, "p"),
            ["t must 10", "near may 12 must 16", "far must 15"]
        );
    }

    #[test]
    fn what_was_refused_reaches_nothing_and_what_is_unsaid_may() {
        let read = |at, secret, ended| {
            act("secret.read", at, &[(Credential, "k"), (Secret, secret)]).ended(ended)
        };
        let mut denied = read(4, "by policy", Ended::Success);
        denied.decision = crate::Decision::Deny;
        let told = vec![
            read(1, "denied", Ended::Denied),
            read(2, "failed", Ended::Failure),
            read(3, "unsaid", Ended::Unsaid),
            denied,
        ];
        assert_eq!(from(told, Sort::Credential, "k"), ["unsaid may 3"]);
    }

    #[test]
    fn an_undated_act_has_no_place_in_a_path() {
        let mut told = act("secret.read", 1, &[(Credential, "k"), (Secret, "s")]);
        told.time = None;
        assert_eq!(from(vec![told], Sort::Credential, "k"), [""; 0]);
    }
}
