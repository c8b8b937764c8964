//! One identity in two environments.

use super::scene::Scene;
use super::{Assessed, Gathered, Rule, RuleText, Strength, SubjectKind, one};
use crate::act::{Act, Name, Role};
use crate::mapping::{Mapping, nhi};
use std::collections::{BTreeMap, HashMap};

pub(super) static TEXT: RuleText = RuleText {
    code: "environment-crossed",
    title: "one identity in two environments",
    about: "Records label one identity's acts with two environments. Only labels that the records hold \
            count: none is read out of a name, an account or a namespace. Humans, and acts that were \
            refused, are left out.",
    strength: Strength::Proof,
    mapping: Mapping {
        nhi: &[nhi::ISOLATION],
        agentic: &[],
        attack: &[],
    },
    limits: &[],
};

#[derive(Debug, Default)]
pub(super) struct Environments {
    seen: HashMap<Name, BTreeMap<Name, Gathered>>,
    kinds: HashMap<Name, bool>,
    labelled: u64,
}

impl Rule for Environments {
    fn see(&mut self, act: &Act, scene: &mut Scene<'_>) {
        let Some(environment) = act.name(Role::Environment) else {
            return;
        };
        self.labelled += 1;
        let human = act.name(Role::ActorKind).is_some_and(|kind| {
            *self
                .kinds
                .entry(kind)
                .or_insert_with(|| &*scene.text(kind) == "human")
        });
        if let Some(actor) = act.name(Role::Actor).filter(|_| !human && act.done()) {
            let seen = self.seen.entry(actor).or_default();
            seen.entry(environment).or_default().add(act, "acted", true);
        }
    }

    fn end(&mut self, scene: &mut Scene<'_>) -> Vec<Assessed> {
        let mut findings = Vec::new();
        for (actor, seen) in self.seen.drain() {
            if seen.len() < 2 {
                continue;
            }
            let id = scene.text(actor).to_string();
            let mut told: Vec<(String, Gathered)> = seen
                .into_iter()
                .map(|(name, gathered)| (scene.text(name).to_string(), gathered))
                .collect();
            told.sort_by(|one, other| one.0.cmp(&other.0));
            let message = format!(
                "{id} acts in {}.",
                told.iter()
                    .map(|(name, gathered)| format!("{name} ({})", gathered.count))
                    .collect::<Vec<_>>()
                    .join(" and ")
            );
            // A proof needs a record that stands in each of two environments.
            let standing = told.iter().filter(|(_, gathered)| gathered.sound).count();
            let mut all = Gathered {
                sound: standing >= 2,
                ..Gathered::default()
            };
            for (_, gathered) in told {
                all.count += gathered.count;
                all.first = [all.first, gathered.first].into_iter().flatten().min();
                all.last = [all.last, gathered.last].into_iter().flatten().max();
                all.rows.extend(gathered.rows.into_iter().take(2));
            }
            all.rows.sort_by_key(super::Row::order);
            findings.push(all.finding(&TEXT, (SubjectKind::Identity, id), message, []));
        }
        let reason = (self.labelled == 0)
            .then(|| "no record in evidence is labelled with an environment".to_owned());
        vec![one(&TEXT, findings, reason)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::Strength;
    use super::super::testing::*;
    use crate::act::Role;
    use evidence::Word;

    const CODE: &str = "environment-crossed";

    fn on(environment: &str) -> Told {
        at(1, "call")
            .by("agent")
            .named(Role::Environment, environment)
    }

    #[test]
    fn two_labels_of_one_identity_are_found() {
        let told = found(CODE, [on("prod"), on("staging"), on("prod")]);
        assert_eq!(told[0].message, "agent acts in prod (2) and staging (1).");
        let refuted = found(
            CODE,
            [on("prod"), on("staging").verdict(Word::Contradicted)],
        );
        assert_eq!(refuted[0].strength, Strength::Indicator);
    }

    #[test]
    fn a_human_a_refused_act_and_another_identity_are_not() {
        for near in [
            vec![on("prod"), on("prod")],
            vec![on("prod"), on("staging").denied()],
            vec![
                on("prod"),
                at(1, "call")
                    .by("other")
                    .named(Role::Environment, "staging"),
            ],
            vec![
                on("prod").named(Role::ActorKind, "human"),
                on("staging").named(Role::ActorKind, "human"),
            ],
        ] {
            assert_eq!(found(CODE, near.clone()), [], "{near:?}");
        }
    }
}
