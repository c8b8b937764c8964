//! Where one can go from a thing that was reached: the steps of the search.

use super::search::{Place, Search};
use super::{Thing, Why};
use crate::act::{Act, Ended, Name, Role};
use crate::credential::{Join, makes};
use crate::infer;
use crate::lineage::mints_of;
use crate::log::{Log, Window};
use crate::names::Sort;
use crate::steps::{called, other_secret_names, stores, touched, wielded};
use evidence::Micros;
use std::ops::ControlFlow;

impl<L: Log> Search<'_, '_, L> {
    /// Takes every step from an arrival.
    pub(super) fn expand(&mut self, label: usize, until: Option<Micros>) -> Result<(), L::Error> {
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
    pub(super) fn effects(
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
                if !self.acts_under(identity, role, key)? {
                    continue;
                }
                let place = Place::Called(identity, role, key);
                let to = (Sort::Identity, identity);
                self.arrive(label, place, from, to, act, time, join, why)?;
            }
        }
        Ok(())
    }

    /// Whether an identity ever acts under a trace or with a credential. Most of those that are
    /// called do not, and to look at all its events again for each of them is what takes long.
    fn acts_under(&mut self, identity: Name, role: Role, key: Name) -> Result<bool, L::Error> {
        if !self.actors.contains_key(&(role, key)) {
            let mut actors = Vec::new();
            self.names
                .log
                .acts(role, key, Window::default(), &mut |act| {
                    if let Some(actor) = act.name(Role::Actor)
                        && !actors.contains(&actor)
                    {
                        actors.push(actor);
                    }
                    ControlFlow::Continue(())
                })?;
            self.actors.insert((role, key), actors);
        }
        let known = self.names.all(Sort::Identity, identity)?;
        let actors = &self.actors[&(role, key)];
        Ok(known.iter().any(|name| actors.contains(name)))
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
}
