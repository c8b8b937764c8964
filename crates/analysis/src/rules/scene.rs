//! What all rules share: texts, limits, clocks, which names are one credential, how far the
//! evidence reaches.

use super::Question;
use super::limits::{Limit, Limits};
use crate::act::{Act, ActKind, EventId, Name, Role};
use crate::coverage::Coverage;
use crate::log::Alias;
use evidence::{Format, Micros, Word};
use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

/// What an approval's record says besides the columns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ApprovalTerms {
    /// From when it holds.
    pub from: Option<Micros>,
    /// Until when (included).
    pub until: Option<Micros>,
    /// What it is for: words.
    pub scope: Vec<String>,
}

/// A moment of one log, for comparing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub time: Micros,
    pub log: u32,
    pub event: EventId,
    pub verdict: Word,
}

impl Moment {
    pub fn of(act: &Act) -> Option<Moment> {
        Some(Moment {
            time: act.time?,
            log: act.log,
            event: act.event,
            verdict: act.verdict,
        })
    }

    pub fn row(&self, part: &'static str) -> super::Row {
        super::Row {
            event: self.event,
            time: Some(self.time),
            part,
            verdict: self.verdict,
        }
    }

    /// The earlier of two; of one time the one that stands, then the one earlier in its file.
    pub fn earlier(self, other: Moment) -> Moment {
        let key = |it: &Moment| (it.time, !it.is_sound(), it.event.0 as u32, it.event.0 >> 32);
        if key(&other) < key(&self) {
            other
        } else {
            self
        }
    }

    pub fn is_sound(&self) -> bool {
        self.verdict != Word::Contradicted
    }
}

/// What rules may ask.
pub(super) struct Scene<'a> {
    pub(super) question: &'a Question,
    pub(super) coverage: &'a Coverage,
    text: &'a mut dyn FnMut(Name) -> Arc<str>,
    terms: &'a mut dyn FnMut(&Act) -> Option<ApprovalTerms>,
    texts: HashMap<Name, Arc<str>>,
    /// Another name of a credential, and the one that stands for both.
    one_credential: HashMap<Name, Name>,
    /// What else records call an identity.
    also: HashMap<Name, Vec<Name>>,
    /// The first and the last dated act.
    pub(super) first: Option<Micros>,
    pub(super) last: Option<Micros>,
    pub(super) acts: u64,
}

impl<'a> Scene<'a> {
    pub(super) fn new(
        question: &'a Question,
        coverage: &'a Coverage,
        aliases: &[Alias],
        text: &'a mut dyn FnMut(Name) -> Arc<str>,
        terms: &'a mut dyn FnMut(&Act) -> Option<ApprovalTerms>,
    ) -> Scene<'a> {
        // A name that two credentials go by joins nothing: it would make two of them one.
        let mut one_credential: HashMap<Name, Option<Name>> = HashMap::new();
        let mut also: HashMap<Name, Vec<Name>> = HashMap::new();
        for alias in aliases {
            match alias.role {
                Role::Credential | Role::Token | Role::TokenParent => {
                    one_credential
                        .entry(alias.alias)
                        .and_modify(|known| {
                            if *known != Some(alias.name) {
                                *known = None;
                            }
                        })
                        .or_insert(Some(alias.name));
                }
                _ => {
                    also.entry(alias.name).or_default().push(alias.alias);
                }
            }
        }
        Scene {
            question,
            coverage,
            text,
            terms,
            texts: HashMap::new(),
            one_credential: one_credential
                .into_iter()
                .filter_map(|(alias, name)| Some((alias, name?)))
                .filter(|(alias, name)| alias != name)
                .collect(),
            also,
            first: None,
            last: None,
            acts: 0,
        }
    }

    pub(super) fn see(&mut self, act: &Act) {
        self.acts += 1;
        if let Some(time) = act.time {
            self.first = Some(self.first.map_or(time, |first| first.min(time)));
            self.last = Some(self.last.map_or(time, |last| last.max(time)));
        }
    }

    /// The order in which acts of one moment are seen. What uses a credential comes before what
    /// makes or ends one, so that nothing is taken to follow from what is no earlier; else it is any
    /// order that import does not change.
    pub(super) fn order(&mut self, one: &Act, other: &Act) -> Ordering {
        let first = |act: &Act| {
            let late = act.kind.mints()
                || matches!(
                    act.kind,
                    ActKind::TokenRevoke | ActKind::PolicyDecide | ActKind::ApprovalDecide
                );
            (late, act.kind, act.format as u8, act.event.0 as u32)
        };
        let rest = |act: &Act| {
            (
                act.ended as u8,
                act.decision as u8,
                act.expires,
                act.verdict,
                act.shown,
            )
        };
        first(one)
            .cmp(&first(other))
            .then_with(|| {
                let names = one.names.iter().zip(&other.names);
                let differ = names.into_iter().find(|(one, other)| one != other);
                match differ {
                    Some((&Some(one), &Some(other))) => self.text(one).cmp(&self.text(other)),
                    Some((one, other)) => one.is_some().cmp(&other.is_some()),
                    None => Ordering::Equal,
                }
            })
            .then_with(|| rest(one).cmp(&rest(other)))
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.question.limits
    }

    pub(super) fn limit(&self, limit: Limit) -> i64 {
        self.question.limits.get(limit)
    }

    /// A name's text. Kept, so ask only for what is told or told apart by its text.
    pub(super) fn text(&mut self, name: Name) -> Arc<str> {
        if let Some(text) = self.texts.get(&name) {
            return Arc::clone(text);
        }
        let text = (self.text)(name);
        self.texts.insert(name, Arc::clone(&text));
        text
    }

    pub(super) fn terms(&mut self, act: &Act) -> Option<ApprovalTerms> {
        (self.terms)(act)
    }

    /// The one name of a credential.
    pub(super) fn credential(&self, name: Name) -> Name {
        self.one_credential.get(&name).copied().unwrap_or(name)
    }

    /// The credential that an act was done with, by its one name.
    pub(super) fn used(&self, act: &Act) -> Option<Name> {
        let used = act.name(Role::Credential);
        let used = used.or_else(|| {
            let token = act.name(Role::Token);
            token.filter(|_| act.kind == ActKind::TokenUse)
        });
        used.map(|name| self.credential(name))
    }

    /// The credential that an act made, changed or revoked, by its one name.
    pub(super) fn token(&self, act: &Act) -> Option<Name> {
        act.name(Role::Token).map(|name| self.credential(name))
    }

    /// What else records call an identity.
    pub(super) fn also(&self, name: Name) -> &[Name] {
        self.also.get(&name).map_or(&[], Vec::as_slice)
    }

    /// Whether records may mean one identity by two names: one is the other's, or they share one.
    pub(super) fn is_same_identity(&self, one: Name, other: Name) -> bool {
        let (of_one, of_other) = (self.also(one), self.also(other));
        one == other
            || of_one.contains(&other)
            || of_other.contains(&one)
            || of_one.iter().any(|name| of_other.contains(name))
    }

    /// Whether `later` is after `earlier` for certain: by its clock in one file, by more than the
    /// tolerance across two.
    pub(super) fn is_after(&self, earlier: (Micros, u32), later: (Micros, u32)) -> bool {
        let slack = if earlier.1 == later.1 {
            0
        } else {
            self.limit(Limit::ClockTolerance)
        };
        later.0.0.saturating_sub(earlier.0.0) > slack
    }
}

/// Whether an act is somebody's own doing with a credential: not a decision over it, nor the making
/// of another from it, whose actor is the one who decides or makes.
pub(super) fn is_own_doing(act: &Act) -> bool {
    matches!(
        act.kind,
        ActKind::TokenUse
            | ActKind::SecretRead
            | ActKind::SecretWrite
            | ActKind::Call
            | ActKind::ToolInvoke
            | ActKind::DataAccess
            | ActKind::ResourceChange
            | ActKind::IdentityCreate
            | ActKind::IdentityChange
            | ActKind::IdentityDisable
            | ActKind::IdentityDelete
            | ActKind::PolicyChange
            | ActKind::LoggingStart
            | ActKind::LoggingStop
    )
}

/// Whether an act was refused.
pub(super) fn is_refused(act: &Act) -> bool {
    act.ended == crate::act::Ended::Denied || act.decision == crate::act::Decision::Deny
}

/// Kubelet asks for tokens of 3607 seconds and gets tokens of a year (`service-account-extend-token-expiration`,
/// on by default): the record's time is when to warn, and not an end.
pub(crate) fn has_a_true_end(act: &Act) -> bool {
    match (act.format, act.time, act.expires) {
        (Format::KubernetesAudit, Some(made), Some(ends)) => {
            let life = ends.0.saturating_sub(made.0) / 1_000_000;
            !(3_590..=3_620).contains(&life)
        }
        _ => true,
    }
}
