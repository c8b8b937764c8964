//! Under which identity, credential, policy and approval an act was done: one card for one act,
//! each line with the record that shows it, or *not in evidence*.

mod details;

pub use details::{Details, details};

use crate::act::{Act, ActKind, Decision, Ended, EventId, Name, Role};
use crate::log::{Log, Window};
use crate::rules::{ApprovalTerms, Limit, Limits};
use evidence::event::shown;
use evidence::{Micros, Word};
use std::ops::ControlFlow;

/// What a line is about, in the card's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the words say it")]
pub enum About {
    Initiator,
    Identity,
    Runtime,
    Credential,
    Lineage,
    End,
    Way,
    Decision,
    Approval,
    Classification,
    Outcome,
}

impl About {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            About::Initiator => "initiator",
            About::Identity => "workload identity",
            About::Runtime => "runtime and model",
            About::Credential => "credential",
            About::Lineage => "made from",
            About::End => "end of credential",
            About::Way => "tools and calls",
            About::Decision => "policy decision",
            About::Approval => "approval",
            About::Classification => "classification",
            About::Outcome => "outcome",
        }
    }
}

/// A line of the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is about.
    pub about: About,
    /// What is shown; `None`: not in evidence.
    pub said: Option<String>,
    /// The event whose record shows it, its time, and what holds for it.
    pub cites: Option<(EventId, Option<Micros>, Word)>,
}

/// The card's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Each condition is shown.
    Shown,
    /// Something that it takes is not in evidence.
    NotShown,
    /// A record refutes a condition.
    Contradicted,
}

impl Answer {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Answer::Shown => "shown",
            Answer::NotShown => "not shown",
            Answer::Contradicted => "contradicted",
        }
    }
}

/// A card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The act.
    pub act: Act,
    /// The lines, in order; several may be about one thing.
    pub lines: Vec<Line>,
    /// Whether it was done under approved conditions.
    pub answer: Answer,
    /// What refutes it, or what is missing.
    pub reasons: Vec<String>,
    /// The weakest verdict of the records that the answer rests on.
    pub verdict: Word,
}

/// How far a credential's parents are followed, and how many acts on the way are told.
const DEEPEST: usize = 32;
const MOST_ON_THE_WAY: usize = 8;

/// The card of an act; `None` where there is no such event. `tell` gives what a record says besides
/// its columns.
pub fn card<L: Log>(
    log: &L,
    event: EventId,
    limits: &Limits,
    tell: &mut dyn FnMut(&Act) -> Result<Details, L::Error>,
) -> Result<Option<Card>, L::Error> {
    let Some(act) = log.act(event)? else {
        return Ok(None);
    };
    let own = tell(&act)?;
    let mut card = Writer {
        log,
        limits,
        lines: Vec::new(),
        missing: Vec::new(),
        refuted: Vec::new(),
        verdict: act.verdict,
        act: &act,
    };
    card.initiator(&own)?;
    card.identity()?;
    card.line(About::Runtime, own.runtime.clone(), Some(&act));
    card.credential()?;
    card.way(&own)?;
    card.decision(&own)?;
    card.approval(&own, tell)?;
    card.line(
        About::Classification,
        own.classification.clone(),
        Some(&act),
    );
    card.outcome();
    let Writer {
        lines,
        missing,
        refuted,
        verdict,
        ..
    } = card;
    let (answer, reasons) = if !refuted.is_empty() {
        (Answer::Contradicted, refuted)
    } else if !missing.is_empty() {
        (Answer::NotShown, missing)
    } else {
        (Answer::Shown, Vec::new())
    };
    Ok(Some(Card {
        act,
        lines,
        answer,
        reasons,
        verdict,
    }))
}

struct Writer<'a, L> {
    log: &'a L,
    limits: &'a Limits,
    act: &'a Act,
    lines: Vec<Line>,
    missing: Vec<String>,
    refuted: Vec<String>,
    verdict: Word,
}

impl<L: Log> Writer<'_, L> {
    fn line(&mut self, about: About, said: Option<String>, by: Option<&Act>) {
        let cites = by
            .filter(|_| said.is_some())
            .map(|act| (act.event, act.time, act.verdict));
        self.lines.push(Line { about, said, cites });
    }

    /// A record that the answer rests on.
    fn rest_on(&mut self, act: &Act) {
        self.verdict = self.verdict.min(act.verdict);
    }

    /// Takes a record's word against the act, unless the record itself is refuted.
    fn refute(&mut self, by: &Act, why: String) {
        if by.verdict == Word::Contradicted {
            self.missing
                .push(format!("{why}, but that record is itself contradicted"));
        } else {
            self.rest_on(by);
            self.refuted.push(why);
        }
    }

    fn text(&self, name: Name) -> Result<String, L::Error> {
        Ok(self.log.text(name)?.to_string())
    }

    fn text_of(&self, act: &Act, role: Role) -> Result<Option<String>, L::Error> {
        act.name(role).map(|name| self.text(name)).transpose()
    }

    /// The names that a credential goes by: its own, and one-to-one aliases.
    fn names_of(&self, name: Name) -> Result<Vec<Name>, L::Error> {
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
    fn is_after(&self, earlier: (Micros, u32), later: (Micros, u32)) -> bool {
        let slack = if earlier.1 == later.1 {
            0
        } else {
            self.limits.get(Limit::ClockTolerance)
        };
        later.0.0.saturating_sub(earlier.0.0) > slack
    }

    fn initiator(&mut self, own: &Details) -> Result<(), L::Error> {
        let act = self.act;
        let said = (!own.on_behalf_of.is_empty()).then(|| own.on_behalf_of.join(" → "));
        self.line(About::Initiator, said, Some(act));
        Ok(())
    }

    fn identity(&mut self) -> Result<(), L::Error> {
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

    fn credential(&mut self) -> Result<(), L::Error> {
        let act = self.act;
        let Some(used) = act.name(Role::Credential) else {
            self.missing
                .push("the record does not say which credential was used".into());
            self.line(About::Credential, None, None);
            self.line(About::Lineage, None, None);
            self.line(About::End, None, None);
            return Ok(());
        };
        let id = self.text(used)?;
        let history = self.history(used)?;
        let mint = history.iter().find(|it| it.kind.mints() && it.done());
        let Some(mint) = mint else {
            self.missing
                .push(format!("the making of {id} is not in evidence"));
            self.line(About::Credential, Some(id), Some(act));
            self.line(About::Lineage, None, None);
            self.end_of(&history)?;
            return Ok(());
        };
        let scope = self.text_of(mint, Role::Scope)?;
        let life = match (mint.time, mint.expires) {
            (Some(made), Some(ends)) => format!(", made {made}, ends {ends}"),
            (Some(made), None) => format!(", made {made}, no end recorded"),
            (None, Some(ends)) => format!(", ends {ends}"),
            (None, None) => String::new(),
        };
        let scope = scope.map_or(", no scope recorded".into(), |scope| {
            format!(", for {scope}")
        });
        self.rest_on(mint);
        let mint = mint.clone();
        self.line(
            About::Credential,
            Some(format!("{id}{scope}{life}")),
            Some(&mint),
        );
        self.parents(&mint)?;
        self.end_of(&history)
    }

    /// The chain of credentials that one was made from.
    fn parents(&mut self, mint: &Act) -> Result<(), L::Error> {
        let mut seen: Vec<Name> = mint.name(Role::Token).into_iter().collect();
        let mut mint = mint.clone();
        for _ in 0..DEEPEST {
            let by = self
                .text_of(&mint, Role::Actor)?
                .unwrap_or("nobody named".into());
            let parent = mint.name(Role::TokenParent).or(mint.name(Role::Credential));
            let Some(parent) = parent.filter(|parent| !seen.contains(parent)) else {
                self.line(
                    About::Lineage,
                    Some(format!(
                        "made by {by}, from no other credential in the record"
                    )),
                    Some(&mint),
                );
                return Ok(());
            };
            let id = self.text(parent)?;
            self.line(
                About::Lineage,
                Some(format!("made by {by} from {id}")),
                Some(&mint),
            );
            seen.extend(self.names_of(parent)?);
            let history = self.history(parent)?;
            match history.into_iter().find(|it| it.kind.mints() && it.done()) {
                Some(next) => mint = next,
                None => {
                    self.line(About::Lineage, None, None);
                    return Ok(());
                }
            }
        }
        self.line(
            About::Lineage,
            Some(format!("and further: {DEEPEST} credentials are told")),
            None,
        );
        Ok(())
    }

    /// The acts that made, changed or revoked a credential, in time's order.
    fn history(&self, credential: Name) -> Result<Vec<Act>, L::Error> {
        const MOST: usize = 1024;
        let mut history = Vec::new();
        for name in self.names_of(credential)? {
            self.log
                .acts(Role::Token, name, Window::default(), &mut |act| {
                    if act.kind != ActKind::TokenUse {
                        history.push(act.clone());
                    }
                    if history.len() < MOST {
                        ControlFlow::Continue(())
                    } else {
                        ControlFlow::Break(())
                    }
                })?;
        }
        history.sort_by_key(|act| (act.time.is_none(), act.time, act.event));
        Ok(history)
    }

    fn end_of(&mut self, history: &[Act]) -> Result<(), L::Error> {
        let act = self.act;
        let now = act.time.map(|time| (time, act.log));
        let revoked = history
            .iter()
            .find(|it| it.kind == ActKind::TokenRevoke && it.done());
        let renewed_after = |revoke: &Act| {
            history
                .iter()
                .any(|it| it.kind.mints() && it.done() && it.time >= revoke.time)
        };
        let ends = history
            .iter()
            .filter(|it| it.kind.mints() && it.done())
            .map(|it| (it, it.expires))
            .max_by_key(|(_, ends)| (ends.is_none(), *ends));
        if let Some(revoke) = revoked {
            let by = self
                .text_of(revoke, Role::Actor)?
                .unwrap_or("nobody named".into());
            let at = revoke
                .time
                .map_or("an unknown time".into(), |at| at.to_string());
            let before = revoke
                .time
                .zip(now)
                .is_some_and(|(at, now)| self.is_after((at, revoke.log), now));
            if before && !renewed_after(revoke) {
                self.refute(
                    revoke,
                    format!("its credential was revoked at {at}, before the act"),
                );
            }
            self.line(
                About::End,
                Some(format!("revoked at {at} by {by}")),
                Some(revoke),
            );
            return Ok(());
        }
        match ends {
            Some((mint, Some(ends))) => {
                let over = now.is_some_and(|now| self.is_after((ends, mint.log), now));
                if over && crate::rules::has_a_true_end(mint) {
                    self.refute(
                        mint,
                        format!("its credential ran out at {ends}, before the act"),
                    );
                }
                self.line(
                    About::End,
                    Some(format!("ends by itself at {ends}")),
                    Some(mint),
                );
            }
            _ => {
                self.missing
                    .push("no record says when its credential ends".into());
                self.line(About::End, None, None);
            }
        }
        Ok(())
    }

    fn way(&mut self, own: &Details) -> Result<(), L::Error> {
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

    fn decision(&mut self, own: &Details) -> Result<(), L::Error> {
        let act = self.act;
        if act.decision != Decision::Unsaid {
            let said = self.decided(act, own.rule.as_deref())?;
            match act.decision {
                Decision::Deny => self.refute(act, "the policy denied it".into()),
                Decision::StepUp => self.step_up(),
                Decision::Allow | Decision::Unsaid => {}
            }
            self.line(About::Decision, Some(said), Some(act));
            return Ok(());
        }
        // A decision of the same trace is about the same piece of work; one over the same credential
        // alone is told, and shows nothing of this act.
        let mut same_work: Option<Act> = None;
        if let Some(trace) = act.name(Role::Trace) {
            self.log
                .acts(Role::Trace, trace, Window::default(), &mut |other| {
                    if other.kind == ActKind::PolicyDecide && other.time <= act.time {
                        same_work = Some(other.clone());
                    }
                    ControlFlow::Continue(())
                })?;
        }
        if let Some(other) = same_work {
            let said = self.decided(&other, None)?;
            self.rest_on(&other);
            match other.decision {
                Decision::Deny => {
                    self.refute(&other, "the policy denied it, in the same trace".into())
                }
                Decision::StepUp => self.step_up(),
                Decision::Allow | Decision::Unsaid => {}
            }
            self.line(
                About::Decision,
                Some(format!("{said}, in the same trace")),
                Some(&other),
            );
            return Ok(());
        }
        self.missing
            .push("no policy decision over it is in evidence".into());
        let mut last: Option<Act> = None;
        if let (Some(used), Some(now)) = (act.name(Role::Credential), act.time) {
            let window = Window {
                from: None,
                until: Some(now),
            };
            self.log
                .acts(Role::Credential, used, window, &mut |other| {
                    if other.kind == ActKind::PolicyDecide {
                        last = Some(other.clone());
                    }
                    ControlFlow::Continue(())
                })?;
        }
        match last {
            Some(other) => {
                let said = self.decided(&other, None)?;
                let said = format!("none over this act; the last over its credential: {said}");
                self.line(About::Decision, Some(said), Some(&other));
            }
            None => self.line(About::Decision, None, None),
        }
        Ok(())
    }

    fn step_up(&mut self) {
        if self.act.name(Role::Approval).is_none() {
            self.missing
                .push("the policy asked for an approval (step_up), and none is named".into());
        }
    }

    fn decided(&self, act: &Act, rule: Option<&str>) -> Result<String, L::Error> {
        let word = match act.decision {
            Decision::Allow => "allow",
            Decision::Deny => "deny",
            Decision::StepUp => "step_up",
            Decision::Unsaid => "no answer recorded",
        };
        let policy = self.text_of(act, Role::Policy)?;
        let policy = policy.map_or(" by a policy that is not named".into(), |policy| {
            format!(" by {policy}")
        });
        let rule = rule.map_or(String::new(), |rule| format!(", rule {rule}"));
        Ok(format!("{word}{policy}{rule}"))
    }

    fn approval(
        &mut self,
        own: &Details,
        tell: &mut dyn FnMut(&Act) -> Result<Details, L::Error>,
    ) -> Result<(), L::Error> {
        let act = self.act;
        let Some(name) = act.name(Role::Approval) else {
            self.line(About::Approval, None, None);
            return Ok(());
        };
        let id = self.text(name)?;
        if act.kind == ActKind::ApprovalDecide {
            let said = own
                .approval
                .as_ref()
                .map_or(id.clone(), |terms| terms_text(&id, terms));
            self.line(About::Approval, Some(said), Some(act));
            return Ok(());
        }
        const MOST: usize = 64;
        let mut decisions: Vec<Act> = Vec::new();
        self.log
            .acts(Role::Approval, name, Window::default(), &mut |other| {
                if other.kind == ActKind::ApprovalDecide {
                    decisions.push(other.clone());
                }
                if decisions.len() < MOST {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            })?;
        if decisions.is_empty() {
            self.missing
                .push(format!("nobody gives the approval {id} in evidence"));
            self.line(
                About::Approval,
                Some(format!("{id} is named, and nobody gives it in evidence")),
                Some(act),
            );
            return Ok(());
        }
        let mut excuses: Vec<(Act, String)> = Vec::new();
        let mut holds: Option<Act> = None;
        for decision in &decisions {
            let terms = tell(decision)?.approval.unwrap_or_default();
            let by = self
                .text_of(decision, Role::Actor)?
                .unwrap_or("nobody named".into());
            let word = if decision.decision == Decision::Deny {
                "refused"
            } else {
                "given"
            };
            let at = decision
                .time
                .map_or("an unknown time".into(), |at| at.to_string());
            let said = format!("{}, {word} by {by} at {at}", terms_text(&id, &terms));
            self.line(About::Approval, Some(said), Some(decision));
            match self.lacks(decision, &terms)? {
                Some(why) => excuses.push((decision.clone(), why)),
                None => holds = Some(decision.clone()),
            }
        }
        match (holds, excuses.into_iter().next()) {
            (Some(decision), _) => self.rest_on(&decision),
            (None, Some((decision, why))) => self.refute(&decision, why),
            (None, None) => {}
        }
        Ok(())
    }

    /// Why an approval does not hold for the act.
    fn lacks(&self, decision: &Act, terms: &ApprovalTerms) -> Result<Option<String>, L::Error> {
        let act = self.act;
        if decision.decision == Decision::Deny || !decision.done() {
            return Ok(Some("its approval was refused".into()));
        }
        let Some(now) = act.time.map(|time| (time, act.log)) else {
            return Ok(None);
        };
        if let Some(at) = decision.time
            && self.is_after(now, (at, decision.log))
        {
            return Ok(Some(format!("it was approved only afterwards, at {at}")));
        }
        let early = terms
            .from
            .is_some_and(|from| self.is_after(now, (from, decision.log)));
        let late = terms
            .until
            .is_some_and(|until| self.is_after((until, decision.log), now));
        if early || late {
            return Ok(Some(
                "it is outside the time that the approval allows".into(),
            ));
        }
        let tool = self.text_of(act, Role::Tool)?;
        let outside = tool.is_some_and(|tool| {
            !terms.scope.is_empty()
                && !terms.scope.iter().any(|word| {
                    *word == tool
                        || word
                            .strip_suffix('*')
                            .is_some_and(|begin| tool.starts_with(begin))
                })
        });
        Ok(outside.then(|| "its tool is not in the approval's scope".into()))
    }

    fn outcome(&mut self) {
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

fn terms_text(id: &str, terms: &ApprovalTerms) -> String {
    let mut text = id.to_owned();
    if let Some(from) = terms.from {
        text.push_str(&format!(", from {from}"));
    }
    if let Some(until) = terms.until {
        text.push_str(&format!(", until {until}"));
    }
    if !terms.scope.is_empty() {
        text.push_str(&format!(", for {}", terms.scope.join(", ")));
    }
    text
}

#[cfg(test)]
mod tests;
