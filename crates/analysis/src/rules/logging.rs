//! Logging stopped, cut down, or a stream that ends early.

use super::limits::Limit;
use super::scene::{Moment, Scene};
use super::{Assessed, Gathered, Rule, RuleText, Strength, SubjectKind, counted, one, span};
use crate::act::{Act, ActKind, Name, Role};
use crate::mapping::{Mapping, attack};
use std::collections::{BTreeSet, HashMap};

pub(super) static TEXT: RuleText = RuleText {
    code: "logging-stopped",
    title: "logging stopped or cut down",
    about: "A record says that a trail was stopped, deleted or told to record less, or an audit device \
            was taken away, or a stream was closed long before the rest of the evidence ends. It proves \
            the act; whether it was maintenance, the records do not say. A try that was refused is not \
            counted.",
    strength: Strength::Proof,
    mapping: Mapping {
        nhi: &[],
        agentic: &[],
        attack: &[attack::CLOUD_LOGS],
    },
    limits: &[Limit::EndSlack],
};

/// Who, what the format calls it, of what.
type Key = (Option<Name>, Option<Name>, Option<Name>);

#[derive(Debug, Default)]
pub(super) struct Logging {
    stopped: HashMap<Key, Gathered>,
    closed: Vec<(Moment, Gathered)>,
    kinds: BTreeSet<ActKind>,
}

/// A hostile stream may close a million times; a few tell it.
const CLOSES_KEPT: usize = 64;

impl Rule for Logging {
    fn see(&mut self, act: &Act, _: &mut Scene<'_>) {
        self.kinds.insert(act.kind);
        match act.kind {
            ActKind::LoggingStop if act.done() => {
                let key = (
                    act.name(Role::Actor),
                    act.name(Role::NativeType),
                    act.name(Role::Resource),
                );
                let gathered = self.stopped.entry(key).or_default();
                gathered.add(act, "stopped", true);
            }
            ActKind::StreamClose if self.closed.len() < CLOSES_KEPT => {
                if let Some(now) = Moment::of(act) {
                    let mut gathered = Gathered::default();
                    gathered.add(act, "closed", true);
                    self.closed.push((now, gathered));
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, scene: &mut Scene<'_>) -> Vec<Assessed> {
        let mut findings = Vec::new();
        for ((actor, native, resource), gathered) in self.stopped.drain() {
            let who = actor.map_or("somebody".into(), |name| scene.text(name));
            let what = native.map_or("logging.stop".into(), |name| scene.text(name));
            let id = resource.map_or("a log".to_owned(), |name| scene.text(name).to_string());
            let message = format!(
                "{who} stopped or cut down logging with {what} on {id}, {}.",
                counted(gathered.count, "time", "times")
            );
            findings.push(gathered.finding(&TEXT, (SubjectKind::Log, id), message, []));
        }
        let slack = scene.limit(Limit::EndSlack);
        for (closed, gathered) in self.closed.drain(..) {
            let rest = scene
                .last
                .map_or(0, |last| last.0.saturating_sub(closed.time.0));
            if rest > slack {
                let message = format!(
                    "A stream was closed at {}, {} before the rest of the evidence ends.",
                    closed.time,
                    span(rest)
                );
                let subject = (SubjectKind::Log, format!("file {}", closed.log));
                findings.push(gathered.finding(&TEXT, subject, message, []));
            }
        }
        vec![one(&TEXT, findings, None)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use crate::act::Role;

    const CODE: &str = "logging-stopped";

    fn stop(second: i64) -> Told {
        at(second, "logging.stop")
            .by("prod-ops")
            .named(Role::NativeType, "StopLogging")
            .named(Role::Resource, "trail/org-main")
    }

    #[test]
    fn a_stopped_trail_is_found_once_for_each_who_and_what() {
        let told = found(CODE, [stop(1), stop(2)]);
        assert_eq!(
            told[0].message,
            "prod-ops stopped or cut down logging with StopLogging on trail/org-main, 2 times."
        );
        assert_eq!(found(CODE, [stop(1).undated()]).len(), 1);
    }

    #[test]
    fn a_refused_try_a_start_and_an_orderly_end_are_not() {
        let close = |second| at(second, "stream.close");
        for near in [
            vec![stop(1).denied()],
            vec![stop(1).failed()],
            vec![at(1, "logging.start").by("x")],
            vec![close(10), at(3_610, "call").by("x").file(2)],
            vec![close(10).undated(), at(9_999, "call").by("x").file(2)],
        ] {
            assert_eq!(found(CODE, near.clone()), [], "{near:?}");
        }
        let early = vec![close(10), at(3_611, "call").by("x").file(2)];
        assert_eq!(found(CODE, early).len(), 1);
    }
}
