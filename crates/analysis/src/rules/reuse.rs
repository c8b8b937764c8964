//! One credential, several workloads.

use super::scene::{Moment, Scene, is_own_doing, is_refused};
use super::{Assessed, Gathered, Rule, RuleText, Strength, SubjectKind, one};
use crate::act::{Act, Name, Role};
use crate::mapping::{Mapping, agentic, attack, nhi};
use std::collections::HashMap;

pub(super) static TEXT: RuleText = RuleText {
    code: "credential-reused",
    title: "one credential, several workloads",
    about: "Records of one format say of two different actors that they acted with one credential. \
            Decisions over a credential and exchanges of it are left out: their actor is who decides. \
            Two names that a record gives to one identity are one. The actor is who the record names: \
            a name that somebody took on counts as his own.",
    strength: Strength::Proof,
    mapping: Mapping {
        nhi: &[nhi::REUSE],
        agentic: &[agentic::PRIVILEGE],
        attack: &[attack::ACCESS_TOKEN],
    },
    limits: &[],
};

#[derive(Debug)]
struct Held {
    format: evidence::Format,
    first: (Name, Option<Moment>),
    /// The other holders; bounded, since one more changes nothing.
    others: Vec<Name>,
    more: bool,
    gathered: Gathered,
}

const OTHERS_KEPT: usize = 16;

#[derive(Debug, Default)]
pub(super) struct Reuse {
    held: HashMap<Name, Held>,
}

impl Rule for Reuse {
    fn see(&mut self, act: &Act, scene: &mut Scene<'_>) {
        let (Some(used), Some(actor)) = (scene.used(act), act.name(Role::Actor)) else {
            return;
        };
        if !is_own_doing(act) || is_refused(act) {
            return;
        }
        let held = self.held.entry(used).or_insert_with(|| Held {
            format: act.format,
            first: (actor, Moment::of(act)),
            others: Vec::new(),
            more: false,
            gathered: Gathered::default(),
        });
        if held.format != act.format || scene.is_same_identity(held.first.0, actor) {
            return;
        }
        held.gathered.add(
            act,
            "also used by",
            held.first.1.is_none_or(|first| first.is_sound()),
        );
        if !held.others.contains(&actor) {
            if held.others.len() < OTHERS_KEPT {
                held.others.push(actor);
            } else {
                held.more = true;
            }
        }
    }

    fn end(&mut self, scene: &mut Scene<'_>) -> Vec<Assessed> {
        let mut findings = Vec::new();
        let none = self.held.is_empty();
        for (name, held) in self.held.drain() {
            if held.others.is_empty() {
                continue;
            }
            let id = scene.text(name).to_string();
            let mut holders: Vec<String> = held
                .others
                .iter()
                .chain([&held.first.0])
                .map(|&holder| scene.text(holder).to_string())
                .collect();
            holders.sort_unstable();
            let more = if held.more { " and others" } else { "" };
            let message = format!(
                "{id} was used by {} identities: {}{more}.",
                holders.len(),
                holders.join(", ")
            );
            let first = held.first.1.map(|first| first.row("used"));
            findings.push(held.gathered.finding(
                &TEXT,
                (SubjectKind::Credential, id),
                message,
                first,
            ));
        }
        let reason = none.then(|| {
            "no act in evidence names both who did it and the credential it was done with"
                .to_owned()
        });
        vec![one(&TEXT, findings, reason)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use crate::act::Role;
    use evidence::Format;

    const CODE: &str = "credential-reused";

    fn by(who: &str) -> Told {
        at(1, "call").by(who).using("key:1")
    }

    #[test]
    fn two_workloads_with_one_key_are_found() {
        let told = found(CODE, [by("a"), by("b"), by("b"), by("a")]);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].message, "key:1 was used by 2 identities: a, b.");
    }

    #[test]
    fn who_decides_over_a_credential_does_not_hold_it() {
        for near in [
            vec![by("a"), at(2, "policy.decide").by("policy").using("key:1")],
            vec![by("a"), at(2, "token.exchange").by("sts").using("key:1")],
            vec![by("a"), at(2, "token.revoke").by("oncall").token("key:1")],
            vec![by("a"), by("b").denied()],
            vec![by("a"), by("b").format(Format::CloudTrail)],
            vec![by("a"), at(2, "call").by("b").using("key:2")],
        ] {
            assert_eq!(found(CODE, near.clone()), [], "{near:?}");
        }
    }

    #[test]
    fn two_names_of_one_identity_are_one() {
        let list = List::of([by("arn:role/x"), by("arn:session/x/1")]).alias(
            Role::Actor,
            "arn:role/x",
            "arn:session/x/1",
        );
        assert_eq!(found_in(CODE, &list, &Default::default()), []);
    }
}
