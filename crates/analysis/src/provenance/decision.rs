//! The lines about who allowed it: the policy's decision, and the approval.

use super::writer::Writer;
use super::{About, Details};
use crate::act::{Act, ActKind, Decision, Role};
use crate::log::{Log, Window};
use crate::rules::ApprovalTerms;
use std::ops::ControlFlow;

impl<L: Log> Writer<'_, L> {
    pub(super) fn decision(&mut self, own: &Details) -> Result<(), L::Error> {
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

    pub(super) fn step_up(&mut self) {
        if self.act.name(Role::Approval).is_none() {
            self.missing
                .push("the policy asked for an approval (step_up), and none is named".into());
        }
    }

    pub(super) fn decided(&self, act: &Act, rule: Option<&str>) -> Result<String, L::Error> {
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

    pub(super) fn approval(
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
    pub(super) fn lacks(
        &self,
        decision: &Act,
        terms: &ApprovalTerms,
    ) -> Result<Option<String>, L::Error> {
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
