//! Writes a card, line by line.

use super::{About, Details, Line, MOST_ON_THE_WAY};
use crate::act::{Act, Decision, Ended, Name, Role};
use crate::log::{Log, Window};
use crate::rules::{Limit, Limits};
use evidence::event::shown;
use evidence::{Micros, Word};
use std::ops::ControlFlow;

pub(super) struct Writer<'a, L> {
    pub(super) log: &'a L,
    pub(super) limits: &'a Limits,
    pub(super) act: &'a Act,
    pub(super) lines: Vec<Line>,
    pub(super) missing: Vec<String>,
    pub(super) refuted: Vec<String>,
    pub(super) verdict: Word,
}

impl<L: Log> Writer<'_, L> {
    pub(super) fn line(&mut self, about: About, said: Option<String>, by: Option<&Act>) {
        let cites = by
            .filter(|_| said.is_some())
            .map(|act| (act.event, act.time, act.verdict));
        self.lines.push(Line { about, said, cites });
    }

    /// A record that the answer rests on.
    pub(super) fn rest_on(&mut self, act: &Act) {
        self.verdict = self.verdict.min(act.verdict);
    }

    /// Takes a record's word against the act, unless the record itself is refuted.
    pub(super) fn refute(&mut self, by: &Act, why: String) {
        if by.verdict == Word::Contradicted {
            self.missing
                .push(format!("{why}, but that record is itself contradicted"));
        } else {
            self.rest_on(by);
            self.refuted.push(why);
        }
    }

    pub(super) fn text(&self, name: Name) -> Result<String, L::Error> {
        Ok(self.log.text(name)?.to_string())
    }

    pub(super) fn text_of(&self, act: &Act, role: Role) -> Result<Option<String>, L::Error> {
        act.name(role).map(|name| self.text(name)).transpose()
    }

    /// The names that a credential goes by: its own, and one-to-one aliases.
    pub(super) fn names_of(&self, name: Name) -> Result<Vec<Name>, L::Error> {
        let of_credential =
            |role| matches!(role, Role::Credential | Role::Token | Role::TokenParent);
        let aliases = self.log.aliases()?;
        let mut names = vec![name];
        for alias in aliases.iter().filter(|alias| of_credential(alias.role)) {
            let other = match (alias.name == name, alias.alias == name) {
                (true, false) => alias.alias,
                (false, true) => alias.name,
                _ => continue,
            };
            let shared = aliases
                .iter()
                .any(|one| one.alias == alias.alias && one.name != alias.name);
            if !shared && !names.contains(&other) {
                names.push(other);
            }
        }
        Ok(names)
    }

    /// Whether one moment is after another for certain.
    pub(super) fn is_after(&self, earlier: (Micros, u32), later: (Micros, u32)) -> bool {
        let slack = if earlier.1 == later.1 {
            0
        } else {
            self.limits.get(Limit::ClockTolerance)
        };
        later.0.0.saturating_sub(earlier.0.0) > slack
    }

    pub(super) fn initiator(&mut self, own: &Details) -> Result<(), L::Error> {
        let act = self.act;
        let said = (!own.on_behalf_of.is_empty()).then(|| own.on_behalf_of.join(" → "));
        self.line(About::Initiator, said, Some(act));
        Ok(())
    }

    pub(super) fn identity(&mut self) -> Result<(), L::Error> {
        let act = self.act;
        let kind = self.text_of(act, Role::ActorKind)?;
        let said = self.text_of(act, Role::Actor)?.map(|actor| match kind {
            Some(kind) => format!("{actor} ({kind})"),
            None => actor,
        });
        if act.shown & shown::WORKLOAD == 0 {
            self.missing.push(match said {
                Some(_) => "the record names an account and not a workload of its own".into(),
                None => "the record does not say who acted".into(),
            });
        }
        self.line(About::Identity, said, Some(act));
        Ok(())
    }

    pub(super) fn way(&mut self, own: &Details) -> Result<(), L::Error> {
        let act = self.act;
        let tool = self.text_of(act, Role::Tool)?;
        let resource = match self.text_of(act, Role::Secret)? {
            Some(secret) => Some(secret),
            None => self.text_of(act, Role::Resource)?,
        };
        let native = self.text_of(act, Role::NativeType)?;
        let mut said = native.unwrap_or_else(|| act.kind.as_str().to_owned());
        for (word, text) in [
            (" with ", tool),
            (" on ", resource),
            (", task ", own.task.clone()),
        ] {
            if let Some(text) = text {
                said.push_str(word);
                said.push_str(&text);
            }
        }
        let mut others = Vec::new();
        let mut more = 0_u64;
        if let Some(trace) = act.name(Role::Trace) {
            self.log
                .acts(Role::Trace, trace, Window::default(), &mut |other| {
                    if other.event != act.event {
                        if others.len() < MOST_ON_THE_WAY {
                            others.push(other.clone());
                        } else {
                            more += 1;
                        }
                    }
                    ControlFlow::Continue(())
                })?;
        }
        for other in &others {
            let who = self
                .text_of(other, Role::Actor)?
                .unwrap_or("nobody named".into());
            let what = match self.text_of(other, Role::Tool)? {
                Some(tool) => format!("{} {tool}", other.kind.as_str()),
                None => other.kind.as_str().to_owned(),
            };
            let said = format!("{who}: {what} (same trace)");
            self.line(About::Way, Some(said), Some(other));
        }
        if more > 0 {
            self.line(
                About::Way,
                Some(format!("and {more} acts more of the same trace")),
                None,
            );
        }
        self.line(About::Way, Some(said), Some(act));
        Ok(())
    }

    pub(super) fn outcome(&mut self) {
        let act = self.act;
        let said = match act.ended {
            Ended::Success => Some("success"),
            Ended::Failure => Some("failure"),
            Ended::Denied => Some("denied"),
            Ended::Unsaid => None,
        };
        if act.ended == Ended::Denied && act.decision != Decision::Deny {
            self.refute(act, "it was denied".into());
        }
        if said.is_none() {
            self.missing
                .push("the record does not say how it ended".into());
        }
        self.line(About::Outcome, said.map(str::to_owned), Some(act));
    }
}
