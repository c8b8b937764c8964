//! Who acted: each identity with its names, each name with the record that it was learnt from.

use crate::act::{EventId, Name, Role};
use crate::log::{Log, Window};
use crate::names::{Ambiguous, Learnt, Names, Sort};
use evidence::{Micros, Word};
use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use std::sync::Arc;

/// Another name of an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called {
    /// The name.
    pub name: Arc<str>,
    /// The name that it was learnt with.
    pub with: Arc<str>,
    /// How.
    pub learnt: Learnt,
}

/// A name that several identities have, and that joins none of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contested {
    /// The name.
    pub name: Arc<str>,
    /// Who has it, each with the record that says so.
    pub claimed_by: Vec<(Arc<str>, EventId)>,
}

/// An identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The name that it is shown by.
    pub id: Arc<str>,
    /// Its other names.
    pub also: Vec<Called>,
    /// Names that it shares with others.
    pub contested: Vec<Contested>,
    /// What kinds records give it, and how many do; `unknown` is none.
    pub kinds: BTreeMap<Arc<str>, u64>,
    /// How many acts it did.
    pub acts: u64,
    /// Of these, how many were denied or failed.
    pub refused: u64,
    /// In how many acts it was the one that it was done for or to.
    pub subject: u64,
    /// When first, in any of these.
    pub first: Option<Micros>,
    /// When last.
    pub last: Option<Micros>,
    /// The worst verdict of them.
    pub verdict: Word,
    /// There are more names than are followed.
    pub is_cut: bool,
}

impl Identity {
    /// The kind, where records agree on one; `unknown` where none says it, `contradicting` where
    /// several are said.
    pub fn kind(&self) -> &str {
        let mut said = self.kinds.keys().filter(|kind| &***kind != "unknown");
        match (said.next(), said.next()) {
            (Some(kind), None) => kind,
            (Some(_), Some(_)) => "contradicting",
            (None, _) => "unknown",
        }
    }
}

#[derive(Debug, Clone, Default)]
struct Tally {
    kinds: HashMap<Name, u64>,
    acts: u64,
    refused: u64,
    subject: u64,
    first: Option<Micros>,
    last: Option<Micros>,
    verdict: Option<Word>,
}

impl Tally {
    fn see(&mut self, time: Option<Micros>, verdict: Word) {
        if let Some(time) = time {
            self.first = Some(self.first.map_or(time, |first| first.min(time)));
            self.last = Some(self.last.map_or(time, |last| last.max(time)));
        }
        self.verdict = Some(self.verdict.map_or(verdict, |known| known.min(verdict)));
    }

    fn add(&mut self, other: &Tally) {
        for (kind, count) in &other.kinds {
            *self.kinds.entry(*kind).or_default() += count;
        }
        self.acts += other.acts;
        self.refused += other.refused;
        self.subject += other.subject;
        for time in [other.first, other.last] {
            if let Some(verdict) = other.verdict {
                self.see(time, verdict);
            }
        }
    }
}

/// The identities of the acts that `wanted` picks, by text.
pub fn identities<L: Log>(
    names: &mut Names<'_, L>,
    window: Window,
    wanted: &dyn Fn(&crate::Act) -> bool,
) -> Result<Vec<Identity>, L::Error> {
    names.read_all()?;
    let mut tallies: HashMap<Name, Tally> = HashMap::new();
    names.log.all(window, &mut |act| {
        if !wanted(act) {
            return ControlFlow::Continue(());
        }
        if let Some(actor) = act.name(Role::Actor) {
            let tally = tallies.entry(actor).or_default();
            tally.see(act.time, act.verdict);
            tally.acts += 1;
            tally.refused += u64::from(!act.done());
            if let Some(kind) = act.name(Role::ActorKind) {
                *tally.kinds.entry(kind).or_default() += 1;
            }
        }
        if let Some(subject) = act.name(Role::Subject) {
            let tally = tallies.entry(subject).or_default();
            tally.see(act.time, act.verdict);
            tally.subject += 1;
        }
        ControlFlow::Continue(())
    })?;
    let mut joined: HashMap<Name, Tally> = HashMap::new();
    for (name, tally) in tallies {
        let name = names.canonical(Sort::Identity, name)?;
        joined.entry(name).or_default().add(&tally);
    }
    let mut found = Vec::with_capacity(joined.len());
    for (name, tally) in joined {
        found.push(identity(names, name, &tally)?);
    }
    found.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(found)
}

fn identity<L: Log>(
    names: &mut Names<'_, L>,
    name: Name,
    tally: &Tally,
) -> Result<Identity, L::Error> {
    let class = names.class(Sort::Identity, name)?;
    let mut also = Vec::with_capacity(class.links.len());
    for &(name, with, learnt) in &class.links {
        also.push(Called {
            name: names.text(name)?,
            with: names.text(with)?,
            learnt,
        });
    }
    let mut contested = Vec::new();
    for Ambiguous { alias, claimed_by } in &class.ambiguous {
        let mut claimed = Vec::with_capacity(claimed_by.len());
        for (name, learnt) in claimed_by {
            claimed.push((names.text(*name)?, *learnt));
        }
        contested.push(Contested {
            name: names.text(*alias)?,
            claimed_by: claimed,
        });
    }
    let mut kinds = BTreeMap::new();
    for (kind, count) in &tally.kinds {
        *kinds.entry(names.text(*kind)?).or_default() += count;
    }
    Ok(Identity {
        id: names.text(class.canonical)?,
        also,
        contested,
        kinds,
        acts: tally.acts,
        refused: tally.refused,
        subject: tally.subject,
        first: tally.first,
        last: tally.last,
        verdict: tally.verdict.unwrap_or(Word::Unproven),
        is_cut: class.is_cut,
    })
}
