//! Acts that need an approval: without one, with one that came afterwards, outside its time or
//! scope.
//!
//! An act needs an approval where its record names one, or where a policy asked for more before it
//! (`step_up`) and the act was done all the same.

use super::limits::Limit;
use super::scene::{ApprovalTerms, Moment, Scene, is_own_doing};
use super::{Assessed, Gathered, Rule, RuleText, Strength, SubjectKind, counted, one};
use crate::act::{Act, ActKind, Decision, Name, Role};
use crate::mapping::{Mapping, agentic, nhi};
use std::collections::{HashMap, HashSet};

const MAPPING: Mapping = Mapping {
    nhi: &[nhi::OVERPRIVILEGED],
    agentic: &[agentic::PRIVILEGE],
    attack: &[],
};

pub(super) static UNAPPROVED: RuleText = RuleText {
    code: "act-unapproved",
    title: "an act that needs an approval, without one",
    about: "An act names an approval that no record in evidence gives, though records of approvals are \
            in evidence; or its own record says that the policy asked for more (`step_up`), the act was \
            done, and it names no approval.",
    strength: Strength::Proof,
    mapping: MAPPING,
    limits: &[],
};

pub(super) static AFTERWARDS: RuleText = RuleText {
    code: "approved-afterwards",
    title: "an act whose approval came afterwards",
    about: "An act names an approval, and the earliest record that gives it is later than the act; \
            across two files, by more than the clocks may differ.",
    strength: Strength::Proof,
    mapping: MAPPING,
    limits: &[Limit::ClockTolerance],
};

pub(super) static OUTSIDE: RuleText = RuleText {
    code: "outside-window",
    title: "an act outside its approval's time or scope",
    about: "An act names an approval that was given, and is not within the time that the approval \
            states, or invokes a tool that its scope does not list. A scope whose words name no tool in \
            evidence cannot be held against an act.",
    strength: Strength::Proof,
    mapping: MAPPING,
    limits: &[Limit::ClockTolerance],
};

#[derive(Debug, Default)]
struct Approval {
    given: Option<Moment>,
    given_undated: bool,
    asked: bool,
    refused: bool,
    terms: Vec<ApprovalTerms>,
    /// Acts that name it, by the tool that they invoke: dated ones with their first and last time.
    acts: HashMap<Option<Name>, Vec<(Act, Moment)>>,
    all: Gathered,
    dropped: u64,
}

/// How many acts of one approval are kept to be compared; more are counted, and said.
const ACTS_KEPT: usize = 256;

#[derive(Debug, Default)]
pub(super) struct Approvals {
    approvals: HashMap<Name, Approval>,
    tools: HashSet<Name>,
    stepped_up: HashMap<Option<Name>, Gathered>,
    records: u64,
}

impl Rule for Approvals {
    fn see(&mut self, act: &Act, scene: &mut Scene<'_>) {
        if let Some(tool) = act.name(Role::Tool) {
            self.tools.insert(tool);
        }
        let named = act.name(Role::Approval);
        let decides = matches!(act.kind, ActKind::ApprovalDecide | ActKind::ApprovalRequest);
        self.records += u64::from(decides);
        if let Some(name) = named {
            let approval = self.approvals.entry(name).or_default();
            match act.kind {
                ActKind::ApprovalRequest => approval.asked = true,
                ActKind::ApprovalDecide => match act.decision {
                    Decision::Deny => approval.refused = true,
                    _ if !act.done() => {}
                    _ => {
                        match Moment::of(act) {
                            Some(now) => {
                                approval.given =
                                    Some(approval.given.map_or(now, |known| known.earlier(now)));
                            }
                            None => approval.given_undated = true,
                        }
                        approval.terms.extend(scene.terms(act));
                    }
                },
                _ if is_own_doing(act) && act.done() => {
                    approval.all.add(act, "done", true);
                    if let Some(now) = Moment::of(act) {
                        let kept = approval.acts.entry(act.name(Role::Tool)).or_default();
                        if kept.len() < ACTS_KEPT {
                            kept.push((act.clone(), now));
                        } else {
                            approval.dropped += 1;
                        }
                    }
                }
                _ => {}
            }
        } else if act.decision == Decision::StepUp && is_own_doing(act) && act.done() {
            let actor = act.name(Role::Actor);
            let gathered = self.stepped_up.entry(actor).or_default();
            gathered.add(act, "done", true);
        }
    }

    fn end(&mut self, scene: &mut Scene<'_>) -> Vec<Assessed> {
        let recorded = self.records > 0;
        let (mut unapproved, mut afterwards, mut outside) = (Vec::new(), Vec::new(), Vec::new());
        for (actor, gathered) in self.stepped_up.drain() {
            let id = actor.map_or("somebody".to_owned(), |name| scene.text(name).to_string());
            let message = format!(
                "{id} acted {} though the policy asked for more (step_up), and the record names no \
                 approval.",
                counted(gathered.count, "time", "times")
            );
            unapproved.push(gathered.finding(
                &UNAPPROVED,
                (SubjectKind::Identity, id),
                message,
                [],
            ));
        }
        let tools: HashSet<_> = self.tools.iter().map(|&tool| scene.text(tool)).collect();
        let mut dropped = 0;
        for (name, approval) in self.approvals.drain() {
            if approval.all.count == 0 {
                continue;
            }
            dropped += approval.dropped;
            let id = scene.text(name).to_string();
            let subject = (SubjectKind::Approval, id.clone());
            let given = approval.given;
            if given.is_none() && !approval.given_undated {
                if recorded {
                    let why = match (approval.refused, approval.asked) {
                        (true, _) => "was refused",
                        (_, true) => "was asked for and never given in evidence",
                        _ => "is nowhere given in evidence",
                    };
                    let acts = counted(approval.all.count, "act names", "acts name");
                    let message = format!("{acts} {id}, which {why}.");
                    unapproved.push(approval.all.finding(&UNAPPROVED, subject, message, []));
                }
                continue;
            }
            // Of an approval whose time is not known nothing can be said to be before it.
            let before = given.filter(|_| !approval.given_undated);
            let mut early = Gathered::default();
            let mut late = Gathered::default();
            for (tool, acts) in &approval.acts {
                for (act, now) in acts {
                    if let Some(given) = before
                        && scene.is_after((now.time, now.log), (given.time, given.log))
                    {
                        early.add(act, "done", given.is_sound());
                    } else if is_outside(&approval.terms, act, *now, *tool, given, &tools, scene) {
                        late.add(act, "done", given.is_none_or(|given| given.is_sound()));
                    }
                }
            }
            let cause = given.map(|given| given.row("approved"));
            if early.count > 0 {
                let message = format!(
                    "{} by {id}, which was given only at {}.",
                    counted(early.count, "act was done", "acts were done"),
                    given.map_or(String::new(), |given| given.time.to_string())
                );
                afterwards.push(early.finding(&AFTERWARDS, subject.clone(), message, cause));
            }
            if late.count > 0 {
                let message = format!(
                    "{} by {id}, outside what it allows ({}).",
                    counted(late.count, "act was done", "acts were done"),
                    approval
                        .terms
                        .iter()
                        .map(show)
                        .collect::<Vec<_>>()
                        .join("; or ")
                );
                outside.push(late.finding(&OUTSIDE, subject, message, cause));
            }
        }
        let none = (!recorded).then(|| "no approval is recorded in evidence".to_owned());
        let cut = (dropped > 0).then(|| {
            format!("{dropped} acts of approvals with more than {ACTS_KEPT} were not compared one by one")
        });
        vec![
            one(&UNAPPROVED, unapproved, none.clone()),
            one(&AFTERWARDS, afterwards, none.clone().or(cut.clone())),
            one(&OUTSIDE, outside, none.or(cut)),
        ]
    }
}

/// Whether an act is for certain outside each of an approval's terms.
fn is_outside(
    terms: &[ApprovalTerms],
    act: &Act,
    now: Moment,
    tool: Option<Name>,
    given: Option<Moment>,
    tools: &HashSet<std::sync::Arc<str>>,
    scene: &mut Scene<'_>,
) -> bool {
    let Some(given) = given else { return false };
    let tool = tool.map(|tool| scene.text(tool));
    !terms.is_empty()
        && terms.iter().all(|terms| {
            let at = (now.time, act.log);
            let early = terms
                .from
                .is_some_and(|from| scene.is_after(at, (from, given.log)));
            let late = terms
                .until
                .is_some_and(|until| scene.is_after((until, given.log), at));
            let lists_tools = terms.scope.iter().any(|word| tools.contains(word.as_str()));
            let other_tool = lists_tools
                && tool.as_ref().is_some_and(|tool| {
                    !terms.scope.iter().any(|word| {
                        **word == **tool
                            || word
                                .strip_suffix('*')
                                .is_some_and(|begin| tool.starts_with(begin))
                    })
                });
            early || late || other_tool
        })
}

fn show(terms: &ApprovalTerms) -> String {
    let time = match (terms.from, terms.until) {
        (Some(from), Some(until)) => format!("{from} to {until}"),
        (Some(from), None) => format!("from {from}"),
        (None, Some(until)) => format!("until {until}"),
        (None, None) => "any time".into(),
    };
    if terms.scope.is_empty() {
        time
    } else {
        format!("{time}, for {}", terms.scope.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::super::{ApprovalTerms, Finding};
    use crate::act::{Decision, Role};
    use evidence::Micros;

    fn approved(second: i64) -> Told {
        at(second, "approval.decide")
            .by("boss")
            .named(Role::Approval, "a/1")
            .decided(Decision::Allow)
    }

    fn done(second: i64) -> Told {
        at(second, "tool.invoke")
            .by("agent")
            .tool("pay")
            .named(Role::Approval, "a/1")
    }

    fn count(findings: &[Finding]) -> Vec<u64> {
        findings.iter().map(|finding| finding.count).collect()
    }

    #[test]
    fn an_act_that_names_an_approval_nobody_gave_is_unapproved() {
        let asked = || at(1, "approval.request").named(Role::Approval, "a/1");
        let told = found("act-unapproved", [asked(), done(2), done(3)]);
        assert_eq!(
            told[0].message,
            "2 acts name a/1, which was asked for and never given in evidence."
        );
        let refused = approved(1).decided(Decision::Deny);
        assert_eq!(found("act-unapproved", [refused, done(2)]).len(), 1);
        let stepped = at(1, "tool.invoke").by("agent").decided(Decision::StepUp);
        assert_eq!(found("act-unapproved", [stepped]).len(), 1);
    }

    #[test]
    fn an_approved_a_refused_or_an_unrecorded_act_is_not() {
        for near in [
            vec![approved(1), done(2)],
            vec![approved(1).undated(), done(2)],
            vec![approved(1), done(2).undated()],
            vec![done(2)],
            vec![
                at(1, "approval.request").named(Role::Approval, "a/1"),
                done(2).denied(),
            ],
            vec![at(1, "policy.decide").to("agent").decided(Decision::StepUp)],
        ] {
            for code in ["act-unapproved", "approved-afterwards", "outside-window"] {
                assert_eq!(found(code, near.clone()), [], "{code}: {near:?}");
            }
        }
    }

    #[test]
    fn an_approval_that_came_afterwards_is_told() {
        let told = found("approved-afterwards", [done(1), approved(2), done(3)]);
        assert_eq!(count(&told), [1]);
        assert_eq!(
            found("approved-afterwards", [done(1), approved(100).file(2)]),
            []
        );
        assert_eq!(
            count(&found(
                "approved-afterwards",
                [done(1), approved(200).file(2)]
            )),
            [1]
        );
        let twice = [approved(1), done(2), approved(3)];
        assert_eq!(found("approved-afterwards", twice), []);
    }

    fn terms(scope: &[&str]) -> ApprovalTerms {
        ApprovalTerms {
            from: Some(Micros(10 * S)),
            until: Some(Micros(20 * S)),
            scope: scope.iter().map(|word| (*word).to_owned()).collect(),
        }
    }

    #[test]
    fn an_act_outside_the_time_or_the_scope_is_told() {
        let outside = |told, scope: &[&str]| {
            let assessed = with_terms("outside-window", told, terms(scope));
            count(&assessed.findings)
        };
        assert_eq!(
            outside(
                vec![approved(1), done(9), done(10), done(20), done(21)],
                &[]
            ),
            [2]
        );
        let other = done(15).named(Role::Tool, "refund");
        let told = vec![approved(1), done(15), other];
        assert_eq!(outside(told.clone(), &["pay"]), [1]);
        assert_eq!(outside(told.clone(), &["pay", "ref*"]), [] as [u64; 0]);
        // Words that name no tool in evidence cannot be held against an act.
        assert_eq!(outside(told, &["everything-financial"]), [] as [u64; 0]);
    }
}
