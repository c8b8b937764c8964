//! A call between agents without a valid signature, where its peers' have one.

use super::scene::Scene;
use super::{Assessed, Gathered, Rule, RuleText, Strength, SubjectKind, counted, one};
use crate::act::{Act, ActKind, Name, Role};
use crate::mapping::{Mapping, agentic, nhi};
use evidence::{Format, Word};
use std::collections::HashMap;

pub(super) static TEXT: RuleText = RuleText {
    code: "agent-unsigned",
    title: "an agent's act without a valid signature, where its peers' have one",
    about: "In a format where each record has a signature of its own, an agent's call, tool use or \
            delegation has none or one that does not verify, while those of others in evidence do. It \
            proves that the proof is lacking, not who acted. A key that is merely not at hand is no \
            lack of proof.",
    strength: Strength::Proof,
    mapping: Mapping {
        nhi: &[nhi::AUTHENTICATION],
        agentic: &[agentic::COMMUNICATION],
        attack: &[],
    },
    limits: &[],
};

#[derive(Debug, Default)]
pub(super) struct Unsigned {
    signed: u64,
    found: HashMap<Option<Name>, Gathered>,
}

impl Rule for Unsigned {
    fn see(&mut self, act: &Act, scene: &mut Scene<'_>) {
        let acts = matches!(
            act.kind,
            ActKind::Call | ActKind::ToolInvoke | ActKind::TokenDelegate
        );
        if act.format != Format::AgentReceipts || !acts {
            return;
        }
        if scene.question.unsigned.contains(&act.event) {
            // The finding is the signature's failure itself, which no verdict of the record weakens.
            let gathered = self.found.entry(act.name(Role::Actor)).or_default();
            gathered.add(act, "unsigned", true);
            gathered.sound = true;
        } else if matches!(act.verdict, Word::Verified | Word::Intact) {
            self.signed += 1;
        }
    }

    fn end(&mut self, scene: &mut Scene<'_>) -> Vec<Assessed> {
        let mut findings = Vec::new();
        for (actor, gathered) in self.found.drain() {
            if self.signed == 0 {
                continue;
            }
            let id = actor.map_or("nobody named".to_owned(), |name| {
                scene.text(name).to_string()
            });
            let message = format!(
                "{} of {id} without a valid signature; {} of agents in evidence have one.",
                counted(gathered.count, "act is", "acts are"),
                counted(self.signed, "act", "acts")
            );
            findings.push(gathered.finding(&TEXT, (SubjectKind::Identity, id), message, []));
        }
        let reason = (self.signed == 0).then(|| {
            "no act of an agent in evidence has a signature of its own that verifies".to_owned()
        });
        vec![one(&TEXT, findings, reason)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::Question;
    use super::super::testing::*;
    use crate::act::EventId;
    use evidence::{Format, Word};
    use std::collections::HashSet;

    fn call(format: Format, verdict: Word) -> Told {
        at(1, "call").by("agent").format(format).verdict(verdict)
    }

    fn found(told: Vec<Told>) -> usize {
        let question = Question {
            unsigned: HashSet::from([EventId(1 << 32)]),
            ..Question::default()
        };
        found_in("agent-unsigned", &List::of(told), &question).len()
    }

    #[test]
    fn one_without_among_others_with_a_signature_is_found() {
        let receipts = Format::AgentReceipts;
        let bad = || call(receipts, Word::Contradicted);
        assert_eq!(found(vec![bad(), call(receipts, Word::Intact)]), 1);
        assert_eq!(found(vec![bad(), call(receipts, Word::Unproven)]), 0);
        let bundle = Format::NhiAuditBundle;
        assert_eq!(
            found(vec![
                call(bundle, Word::Contradicted),
                call(bundle, Word::Verified)
            ]),
            0
        );
        // Unproven for want of a key, which is no lack of proof.
        let unkeyed = || call(receipts, Word::Unproven);
        assert_eq!(
            found(vec![bad(), unkeyed(), call(receipts, Word::Intact)]),
            1
        );
    }
}
