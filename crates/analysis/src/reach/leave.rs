//! Where one can go from a thing that was reached: the steps of the search.

use super::search::{Place, Search};
use super::{Moment, Thing, Why};
use crate::act::{Act, Ended, Name, Role};
use crate::credential::{Join, makes};
use crate::held::{self, Put, held_at};
use crate::infer;
use crate::lineage::mints_of;
use crate::log::{Log, Window};
use crate::names::Sort;
use crate::steps::{called, touched, wielded};
use evidence::Micros;
use std::ops::ControlFlow;
use std::sync::Arc;

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
                let is_again = !self.is_first(label);
                if is_again && !self.labels[label].owned {
                    return Ok(());
                }
                self.leave_identity(label, name, window)
            }
            Place::Called(identity, role, key) => {
                self.leave_call(label, identity, role, key, window)
            }
            Place::Held(secret, put, why) => {
                let puts = self.puts(secret)?;
                match puts.iter().find(|one| one.event == put) {
                    Some(put) => self.leave_held(label, secret, put, why, window),
                    None => Ok(()),
                }
            }
            Place::Thing((Sort::Secret, name)) if self.labels[label].owned => {
                self.leave_secret(label, name, window)
            }
            Place::Thing((Sort::Secret | Sort::Resource | Sort::Tool, _)) => Ok(()),
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

    /// What was put into a secret.
    fn puts(&mut self, secret: Name) -> Result<Arc<[Put]>, L::Error> {
        if let Some(puts) = self.puts.get(&secret) {
            return Ok(Arc::clone(puts));
        }
        let puts: Arc<[Put]> = held::puts(self.names, secret)?.into();
        self.puts.insert(secret, Arc::clone(&puts));
        Ok(puts)
    }

    /// From a secret that is the start: whatever it holds from that moment on.
    fn leave_secret(&mut self, label: usize, name: Name, window: Window) -> Result<(), L::Error> {
        let puts = self.puts(name)?;
        if let Some(at) = self.labels[label].at {
            let held = held_at(&puts, at, self.tolerance);
            self.is_cut |= held.is_cut;
            for (put, why) in held.versions {
                self.leave_held(label, name, &put, why, window)?;
            }
        }
        let later = |put: &&Put| window.from.is_none_or(|from| put.time > from);
        for put in puts.iter().filter(later) {
            self.leave_held(label, name, put, put.why(), window)?;
        }
        Ok(())
    }

    /// A later use of the credential that a secret held.
    fn leave_held(
        &mut self,
        label: usize,
        secret: Name,
        put: &Put,
        why: Option<Why>,
        window: Window,
    ) -> Result<(), L::Error> {
        let Some(token) = put.token else {
            return Ok(());
        };
        // What was used before it was put there was not taken from there.
        let window = Window {
            from: window.from.max(Some(put.time)),
            until: window.until,
        };
        let from = (Sort::Secret, secret);
        self.uses_of_held(label, from, token, window, put.join, why)
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
            let at = self.labels[label].at;
            let is_may = why.is_some() || !self.labels[label].must;
            // One use says it: the first, or the first that says it for certain. Those within the
            // tolerance of it may stand in another log, from which other steps are certain.
            let mut said: Option<Micros> = None;
            for act in uses {
                let Some(time) = act.time else { continue };
                if said.is_some_and(|said| time.0.saturating_sub(said.0) > self.tolerance) {
                    break;
                }
                let moment = Moment::of(&act, time);
                let order = at.map_or(Some(true), |at| at.is_before(&moment, self.tolerance));
                let is_sure = order == Some(true) && act.ended != Ended::Unsaid;
                if is_sure || (is_may && order.is_some()) {
                    said = said.or(Some(time));
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
        if to.0 == Sort::Secret {
            let puts = self.puts(to.1)?;
            let held = held_at(&puts, Moment::of(act, time), self.tolerance);
            self.is_cut |= held.is_cut;
            for (put, unsure) in held.versions {
                let place = Place::Held(to.1, put.event, unsure);
                self.arrive(label, place, from, to, act, time, join, why)?;
            }
        }
        self.arrive(label, Place::Thing(to), from, to, act, time, join, why)
    }
}
