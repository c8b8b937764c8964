//! Two that never met before the moment under study.

use super::scene::{Moment, Scene};
use super::{Assessed, Gathered, Rule, RuleText, Strength, SubjectKind, counted, one};
use crate::act::{Act, ActKind, Name, Role};
use crate::log::Window;
use crate::mapping::{Mapping, agentic};
use evidence::Micros;
use std::collections::{HashMap, HashSet};

pub(super) static TEXT: RuleText = RuleText {
    code: "first-contact",
    title: "a call between two that never met before",
    about: "From the moment under study on (`time>=` of the query), one identity calls another that it \
            is nowhere in evidence seen to call before. What was not in evidence before is not known: \
            the coverage of that time is cited. Without a moment under study everything is new, and \
            nothing is told.",
    strength: Strength::Indicator,
    mapping: Mapping {
        nhi: &[],
        agentic: &[agentic::COMMUNICATION],
        attack: &[],
    },
    limits: &[],
};

#[derive(Debug, Default)]
pub(super) struct Contacts {
    before: HashSet<(Name, Name)>,
    found: HashMap<(Name, Name), Gathered>,
    earlier: bool,
}

impl Rule for Contacts {
    fn see(&mut self, act: &Act, scene: &mut Scene<'_>) {
        let Some(moment) = scene.question.moment else {
            return;
        };
        let now = Moment::of(act);
        self.earlier |= now.is_some_and(|now| now.time < moment);
        if act.kind != ActKind::Call || !act.done() {
            return;
        }
        let (Some(from), Some(to)) = (act.name(Role::Actor), act.name(Role::Subject)) else {
            return;
        };
        match now {
            Some(now) if now.time >= moment => {
                if !self.before.contains(&(from, to)) {
                    let gathered = self.found.entry((from, to)).or_default();
                    gathered.add(act, "called", true);
                }
            }
            Some(_) => {
                self.before.insert((from, to));
            }
            // It may have been before.
            None => {
                self.found.remove(&(from, to));
            }
        }
    }

    fn end(&mut self, scene: &mut Scene<'_>) -> Vec<Assessed> {
        let Some(moment) = scene.question.moment else {
            let why = "no moment under study was given; add time>=TIME to the query";
            return vec![one(&TEXT, Vec::new(), Some(why.into()))];
        };
        if !self.earlier {
            let why = "there is no evidence of the time before the moment under study";
            return vec![one(&TEXT, Vec::new(), Some(why.into()))];
        }
        let window = Window {
            from: scene.first,
            until: Some(Micros(moment.0)),
        };
        let coverage = scene.coverage.over(window, |_| true).lines;
        let mut findings = Vec::new();
        for ((from, to), gathered) in self.found.drain() {
            let (from, to) = (scene.text(from).to_string(), scene.text(to));
            let message = format!(
                "{from} calls {to} {} and is not seen to before {moment}.",
                counted(gathered.count, "time", "times")
            );
            let mut finding = gathered.finding(&TEXT, (SubjectKind::Identity, from), message, []);
            finding.coverage.clone_from(&coverage);
            findings.push(finding);
        }
        vec![one(&TEXT, findings, None)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::Question;
    use super::super::testing::*;
    use evidence::Micros;

    const CODE: &str = "first-contact";

    fn call(second: i64, to: &str) -> Told {
        at(second, "call").by("a").to(to)
    }

    fn since(told: Vec<Told>) -> usize {
        let question = Question {
            moment: Some(Micros(10 * S)),
            ..Question::default()
        };
        found_in(CODE, &List::of(told), &question).len()
    }

    #[test]
    fn who_was_never_called_before_is_found() {
        assert_eq!(since(vec![call(1, "b"), call(10, "c"), call(11, "b")]), 1);
    }

    #[test]
    fn without_a_before_or_a_moment_nothing_is_new() {
        assert_eq!(since(vec![call(10, "c")]), 0);
        assert_eq!(since(vec![call(9, "c"), call(10, "c")]), 0);
        assert_eq!(
            since(vec![call(1, "b"), call(10, "c"), call(1, "c").undated()]),
            0
        );
        assert_eq!(since(vec![call(1, "b"), call(10, "c").denied()]), 0);
        assert_eq!(found(CODE, [call(1, "b"), call(10, "c")]), []);
    }
}
