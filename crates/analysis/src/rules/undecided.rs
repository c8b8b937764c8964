//! A secret read without an allow decision, in a log that records decisions.

use super::limits::Limit;
use super::scene::Scene;
use super::{Assessed, Gathered, Rule, RuleText, Strength, SubjectKind, counted, one};
use crate::act::{Act, ActKind, Decision, Ended, Name, Role};
use crate::mapping::{Mapping, agentic, attack, nhi};
use std::collections::{HashMap, HashSet};

pub(super) static TEXT: RuleText = RuleText {
    code: "secret-undecided",
    title: "a secret read without an allow decision",
    about: "A secret was read, its record holds no decision, and no other record in evidence allows it \
            (none over the same secret, credential, identity or trace, at any time), while nearly all \
            other secret reads of the same log hold theirs.",
    strength: Strength::Proof,
    mapping: Mapping {
        nhi: &[nhi::OVERPRIVILEGED],
        agentic: &[agentic::PRIVILEGE],
        attack: &[attack::SECRET_STORES],
    },
    limits: &[Limit::DecidedShare],
};

#[derive(Debug, Default)]
struct Reads {
    allowed: u64,
    unsaid: u64,
}

#[derive(Debug, Default)]
pub(super) struct Undecided {
    logs: HashMap<u32, Reads>,
    /// What decisions elsewhere name.
    allowed: HashSet<Name>,
    reads: HashMap<Key, Gathered>,
}

/// Who read which secret, with what, for what, in which log.
type Key = (u32, Option<Name>, Name, Option<Name>, Option<Name>);

impl Rule for Undecided {
    fn see(&mut self, act: &Act, scene: &mut Scene<'_>) {
        let approves = act.kind == ActKind::ApprovalDecide && act.decision != Decision::Deny;
        if approves || (act.kind == ActKind::PolicyDecide && act.decision == Decision::Allow) {
            let named = [Role::Secret, Role::Resource, Role::Subject, Role::Trace];
            self.allowed
                .extend(named.iter().filter_map(|&role| act.name(role)));
            self.allowed.extend(scene.used(act));
        }
        // A record that does not say how it ended, as a request before its answer, shows no read.
        if act.kind != ActKind::SecretRead || act.ended != Ended::Success {
            return;
        }
        let log = self.logs.entry(act.log).or_default();
        match act.decision {
            Decision::Allow => log.allowed += 1,
            Decision::Unsaid => {
                log.unsaid += 1;
                if let Some(secret) = act.name(Role::Secret) {
                    let key = (
                        act.log,
                        act.name(Role::Actor),
                        secret,
                        scene.used(act),
                        act.name(Role::Trace),
                    );
                    self.reads.entry(key).or_default().add(act, "read", true);
                }
            }
            Decision::Deny | Decision::StepUp => {}
        }
    }

    fn end(&mut self, scene: &mut Scene<'_>) -> Vec<Assessed> {
        let share = scene.limit(Limit::DecidedShare).clamp(0, 100) as u64;
        let decides = |reads: &Reads| {
            let all = reads.allowed + reads.unsaid;
            reads.allowed > 0 && reads.allowed * 100 >= all * share
        };
        let mut findings: Vec<(Option<Name>, Name, Gathered)> = Vec::new();
        for ((log, actor, secret, used, trace), gathered) in self.reads.drain() {
            let decided_elsewhere = [actor, Some(secret), used, trace]
                .into_iter()
                .flatten()
                .any(|name| self.allowed.contains(&name));
            if self.logs.get(&log).is_some_and(decides) && !decided_elsewhere {
                findings.push((actor, secret, gathered));
            }
        }
        let findings = findings
            .into_iter()
            .map(|(actor, secret, gathered)| {
                let id = scene.text(secret).to_string();
                let who = actor.map_or("somebody".into(), |actor| scene.text(actor));
                let message = format!(
                    "{who} read {id} {} without a decision in evidence, in a log that records one with \
                     nearly every other read.",
                    counted(gathered.count, "time", "times")
                );
                gathered.finding(&TEXT, (SubjectKind::Secret, id), message, [])
            })
            .collect();
        let (silent, all) = (
            self.logs.values().filter(|reads| !decides(reads)).count(),
            self.logs.len(),
        );
        let reason = match (silent, all) {
            (_, 0) => Some("no secret is read in evidence".to_owned()),
            (0, _) => None,
            (silent, all) if silent == all => {
                Some("no log with secret reads records the decision with each of them".to_owned())
            }
            (silent, all) => Some(format!(
                "{silent} of {all} logs with secret reads do not record the decision with each of them"
            )),
        };
        vec![one(&TEXT, findings, reason)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use crate::act::Decision;

    const CODE: &str = "secret-undecided";

    fn read(second: i64, secret: &str) -> Told {
        at(second, "secret.read")
            .by("agent")
            .using("jti:1")
            .secret(secret)
    }

    fn decided() -> Vec<Told> {
        (0..20)
            .map(|second| read(second, &format!("s{second}")).decided(Decision::Allow))
            .collect()
    }

    fn with(more: Vec<Told>) -> usize {
        let mut told = decided();
        told.extend(more);
        found(CODE, told).len()
    }

    #[test]
    fn a_read_without_a_decision_among_decided_ones_is_found() {
        assert_eq!(with(vec![read(30, "kv/x")]), 1);
    }

    #[test]
    fn a_decision_anywhere_that_may_cover_it_clears_it() {
        let decide = || {
            at(40, "policy.decide")
                .by("policy")
                .decided(Decision::Allow)
        };
        for decision in [
            decide().secret("kv/x"),
            decide().to("agent"),
            decide().using("jti:1"),
            decide().secret("kv/x").undated(),
        ] {
            assert_eq!(
                with(vec![read(30, "kv/x"), decision.clone()]),
                0,
                "{decision:?}"
            );
        }
        let deny = at(40, "policy.decide")
            .secret("kv/x")
            .decided(Decision::Deny);
        assert_eq!(with(vec![read(30, "kv/x"), deny]), 1);
    }

    #[test]
    fn where_decisions_are_not_recorded_nothing_can_be_said() {
        assert_eq!(with(vec![read(30, "kv/x").denied()]), 0);
        assert_eq!(with(vec![read(30, "kv/x").unsaid()]), 0);
        assert_eq!(with(vec![read(30, "kv/x").file(2)]), 0);
        let most: Vec<Told> = (30..60).map(|second| read(second, "kv/x")).collect();
        assert_eq!(with(most), 0);
        let list = List::of([read(1, "kv/x")]);
        let all = assessed(&list, &Default::default(), &Default::default());
        assert!(of_code(CODE, all).unassessable.is_some());
    }
}
