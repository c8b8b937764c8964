//! An identity that was silent for long, and then acts.

use super::limits::Limit;
use super::scene::{Moment, Scene};
use super::{Assessed, Gathered, Rule, RuleText, Strength, SubjectKind, one, span};
use crate::act::{Act, Name, Role};
use crate::log::Window;
use crate::mapping::{Mapping, agentic, attack, nhi};
use std::collections::HashMap;

pub(super) static TEXT: RuleText = RuleText {
    code: "dormant-woken",
    title: "an identity that was silent for long, and then acts",
    about: "Between two acts of an identity lies more time than the limit. The silence is as good as \
            the coverage of that time, which is cited: an identity that was active in what is not in \
            evidence was not dormant. An act of unknown time may lie in the silence.",
    strength: Strength::Indicator,
    mapping: Mapping {
        nhi: &[nhi::OFFBOARDING],
        agentic: &[agentic::PRIVILEGE],
        attack: &[attack::CLOUD_ACCOUNTS],
    },
    limits: &[Limit::Dormant],
};

#[derive(Debug, Default)]
pub(super) struct Dormant {
    last: HashMap<Name, Moment>,
    /// The longest silence of each, and what ended it.
    woken: HashMap<Name, (Moment, Gathered)>,
}

impl Rule for Dormant {
    fn see(&mut self, act: &Act, scene: &mut Scene<'_>) {
        let (Some(actor), Some(now)) = (act.name(Role::Actor), Moment::of(act)) else {
            return;
        };
        let limit = scene.limit(Limit::Dormant);
        if let Some(before) = self.last.insert(actor, now) {
            let silent = |from: &Moment, until: i64| until.saturating_sub(from.time.0);
            let longest = self.woken.get(&actor).map_or(limit, |(from, gathered)| {
                silent(from, gathered.first.map_or(0, |first| first.0))
            });
            if silent(&before, now.time.0) > longest {
                let mut gathered = Gathered::default();
                gathered.add(act, "woken", before.is_sound());
                self.woken.insert(actor, (before, gathered));
            }
        }
    }

    fn end(&mut self, scene: &mut Scene<'_>) -> Vec<Assessed> {
        let mut findings = Vec::new();
        for (actor, (before, gathered)) in self.woken.drain() {
            let id = scene.text(actor).to_string();
            let until = gathered.first;
            let silent = until.map_or(0, |until| until.0 - before.time.0);
            let window = Window {
                from: Some(before.time),
                until,
            };
            let covered = scene.coverage.over(window, |_| true);
            let message = format!(
                "{id} did nothing in evidence for {} from {} on, and then acts.",
                span(silent),
                before.time
            );
            let mut finding = gathered.finding(
                &TEXT,
                (SubjectKind::Identity, id),
                message,
                [before.row("last before")],
            );
            finding.coverage = covered.lines;
            findings.push(finding);
        }
        let limit = scene.limit(Limit::Dormant);
        let span_of_all = scene
            .first
            .zip(scene.last)
            .map_or(0, |(first, last)| last.0.saturating_sub(first.0));
        let reason = (span_of_all <= limit).then(|| {
            format!(
                "the evidence is of {}, which is no longer than the limit",
                span(span_of_all)
            )
        });
        vec![one(&TEXT, findings, reason)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    const CODE: &str = "dormant-woken";
    const DAY: i64 = 86_400;

    fn by(second: i64) -> Told {
        at(second, "call").by("svc")
    }

    #[test]
    fn the_longest_silence_is_found_once() {
        let told = found(CODE, [by(0), by(31 * DAY), by(71 * DAY), by(71 * DAY + 1)]);
        assert_eq!(told.len(), 1);
        assert!(
            told[0]
                .message
                .starts_with("svc did nothing in evidence for 40d from 1970-02-01")
        );
        assert_eq!(told[0].coverage, ["no source in evidence would hold it"]);
    }

    #[test]
    fn a_shorter_silence_is_none_and_short_evidence_says_so() {
        assert_eq!(found(CODE, [by(0), by(30 * DAY)]), []);
        assert_eq!(found(CODE, [by(0), at(31 * DAY, "call").by("other")]), []);
        assert_eq!(found(CODE, [by(0), by(31 * DAY).undated()]), []);
        let list = List::of([by(0), by(DAY)]);
        let told = of_code(
            CODE,
            assessed(&list, &Default::default(), &Default::default()),
        );
        assert_eq!(
            told.unassessable.unwrap(),
            "the evidence is of 1d, which is no longer than the limit"
        );
    }
}
