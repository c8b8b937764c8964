//! A secret read after a deny for it.

use super::limits::Limit;
use super::scene::{Moment, Scene, is_refused};
use super::{Assessed, Gathered, Rule, RuleText, Strength, SubjectKind, counted, one, span};
use crate::act::{Act, ActKind, Decision, Ended, Name, Role};
use crate::mapping::{Mapping, agentic, attack, nhi};
use std::collections::HashMap;

pub(super) static TEXT: RuleText = RuleText {
    code: "secret-after-deny",
    title: "a secret read after a deny for it",
    about: "An identity was denied a secret, and later reads it, while no record in evidence allows it \
            in between or with the read itself. How it came to be let in is not in evidence. A read \
            whose own record holds an allow decision was decided anew and is no finding.",
    strength: Strength::Proof,
    mapping: Mapping {
        nhi: &[nhi::OVERPRIVILEGED],
        agentic: &[agentic::PRIVILEGE],
        attack: &[attack::SECRET_STORES],
    },
    limits: &[Limit::ClockTolerance],
};

#[derive(Debug, Default)]
pub(super) struct AfterDeny {
    denied: HashMap<(Name, Name), Moment>,
    /// When something that the identity or the secret is named by was allowed last. Undated counts
    /// as any time.
    allowed: HashMap<Name, Option<Moment>>,
    found: HashMap<(Name, Name), (Moment, Gathered)>,
    denies: u64,
    reads: u64,
}

impl Rule for AfterDeny {
    fn see(&mut self, act: &Act, scene: &mut Scene<'_>) {
        let now = Moment::of(act);
        let allows = matches!(act.kind, ActKind::PolicyDecide | ActKind::ApprovalDecide)
            && act.decision == Decision::Allow;
        if allows {
            for role in [Role::Secret, Role::Subject, Role::Credential] {
                if let Some(name) = act.name(role) {
                    self.allowed.insert(name, now);
                    if now.is_none() {
                        self.found
                            .retain(|(actor, secret), _| *actor != name && *secret != name);
                    }
                }
            }
            return;
        }
        let secret = act.name(Role::Secret);
        let decides = act.kind == ActKind::PolicyDecide;
        let who = act.name(if decides { Role::Subject } else { Role::Actor });
        let (Some(who), Some(secret)) = (who, secret) else {
            return;
        };
        if !decides && act.kind != ActKind::SecretRead {
            return;
        }
        let key = (who, secret);
        if is_refused(act) {
            self.denies += 1;
            if let Some(now) = now {
                self.denied
                    .entry(key)
                    .and_modify(|known| *known = known.earlier(now))
                    .or_insert(now);
            }
            return;
        }
        if decides || act.ended != Ended::Success {
            return;
        }
        self.reads += 1;
        let Some(now) = now else { return };
        let Some(&denied) = self.denied.get(&key) else {
            return;
        };
        if act.decision == Decision::Allow {
            // Decided anew: from here on it is allowed.
            self.denied.remove(&key);
            return;
        }
        let names = [Some(who), Some(secret), act.name(Role::Credential)];
        let allowed = names.into_iter().flatten().any(|name| {
            self.allowed
                .get(&name)
                .is_some_and(|when| when.is_none_or(|when| when.time >= denied.time))
        });
        if !allowed && scene.is_after((denied.time, denied.log), (now.time, now.log)) {
            let (_, gathered) = self
                .found
                .entry(key)
                .or_insert_with(|| (denied, Gathered::default()));
            gathered.add(act, "read", denied.is_sound());
        }
    }

    fn end(&mut self, scene: &mut Scene<'_>) -> Vec<Assessed> {
        let mut findings = Vec::new();
        for ((who, secret), (denied, gathered)) in self.found.drain() {
            let (who, id) = (scene.text(who), scene.text(secret).to_string());
            let since = gathered.first.map_or(0, |first| first.0 - denied.time.0);
            let message = format!(
                "{who} was denied {id} at {} and read it {} later, {} in all; nothing in evidence allows it \
                 in between.",
                denied.time,
                span(since),
                counted(gathered.count, "time", "times")
            );
            findings.push(gathered.finding(
                &TEXT,
                (SubjectKind::Secret, id),
                message,
                [denied.row("denied")],
            ));
        }
        let reason = if self.reads == 0 && self.denies == 0 {
            Some("no secret is read in evidence".to_owned())
        } else if self.denies == 0 {
            Some("no record in evidence denies a secret".to_owned())
        } else {
            None
        };
        vec![one(&TEXT, findings, reason)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use crate::act::Decision;

    const CODE: &str = "secret-after-deny";

    fn read(second: i64) -> Told {
        at(second, "secret.read").by("agent").secret("kv/x")
    }

    #[test]
    fn a_read_after_a_deny_is_found() {
        let told = found(CODE, [read(1).denied(), read(2), read(3)]);
        assert_eq!((told.len(), told[0].count), (1, 2));
        let policy = at(1, "policy.decide").to("agent").secret("kv/x");
        assert_eq!(
            found(CODE, [policy.decided(Decision::Deny), read(2)]).len(),
            1
        );
    }

    #[test]
    fn what_was_allowed_in_between_or_anew_is_not() {
        let allow = |second| {
            at(second, "policy.decide")
                .to("agent")
                .decided(Decision::Allow)
        };
        for near in [
            vec![read(2), read(3).denied()],
            vec![read(2).denied(), read(2)],
            vec![read(1).denied(), read(2).decided(Decision::Allow), read(3)],
            vec![read(1).denied(), allow(2), read(3)],
            vec![read(1).denied(), read(3), allow(2).undated()],
            vec![
                read(1).denied(),
                at(2, "secret.read").by("agent").secret("kv/y"),
            ],
            vec![
                read(1).denied(),
                at(2, "secret.read").by("other").secret("kv/x"),
            ],
            vec![read(1).denied().undated(), read(2)],
            vec![read(1).denied(), read(2).failed()],
            vec![read(1).denied(), read(2).unsaid()],
            vec![read(1).denied(), read(100).file(2)],
        ] {
            assert_eq!(found(CODE, near.clone()), [], "{near:?}");
        }
        assert_eq!(
            found(CODE, vec![allow(1), read(2).denied(), read(3)]).len(),
            1
        );
    }
}
