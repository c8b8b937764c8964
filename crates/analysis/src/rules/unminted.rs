//! A credential that is used, and whose mint is not in evidence though its time is covered.

use super::limits::Limit;
use super::scene::Scene;
use super::{Assessed, Gathered, Rule, RuleText, Strength, SubjectKind, one};
use crate::act::{Act, Name, Role};
use crate::log::Window;
use crate::mapping::{Mapping, agentic, attack, nhi};
use evidence::{Format, Micros};
use std::collections::{HashMap, HashSet};

pub(super) static TEXT: RuleText = RuleText {
    code: "token-unminted",
    title: "a short-lived credential used, and never made in the evidence",
    about: "A credential of a kind that the same source makes (other mints of it are in evidence) is \
            used, no record makes it, and the source is sealed without a gap for so long before its \
            first use as such a credential may live. It is a proof that the mint is absent from that \
            source, and as good as that limit. Long-lived keys, and formats whose logs are not sealed, \
            are never held against it; how many such credentials there are is said.",
    strength: Strength::Proof,
    mapping: Mapping {
        nhi: &[nhi::AUTHENTICATION],
        agentic: &[agentic::PRIVILEGE],
        attack: &[attack::ACCESS_TOKEN],
    },
    limits: &[Limit::MintLookback],
};

#[derive(Debug)]
struct Used {
    format: Format,
    gathered: Gathered,
}

#[derive(Debug, Default)]
pub(super) struct Unminted {
    made: HashSet<Name>,
    mints: HashMap<Format, u64>,
    used: HashMap<Name, Used>,
}

impl Rule for Unminted {
    fn see(&mut self, act: &Act, scene: &mut Scene<'_>) {
        if let Some(token) = scene.token(act) {
            // Also one that is only changed here was known before.
            if act.kind.mints() || act.kind != crate::act::ActKind::TokenUse {
                self.made.insert(token);
            }
            if act.kind.mints() {
                *self.mints.entry(act.format).or_default() += 1;
            }
        }
        for role in [Role::TokenParent, Role::Credential] {
            // A receipt's chain is made by its own first receipt.
            if act.format == Format::AgentReceipts {
                break;
            }
            if let Some(name) = act.name(role).map(|name| scene.credential(name)) {
                let used = self.used.entry(name).or_insert_with(|| Used {
                    format: act.format,
                    gathered: Gathered::default(),
                });
                used.gathered.add(act, "used", true);
            }
        }
    }

    fn end(&mut self, scene: &mut Scene<'_>) -> Vec<Assessed> {
        if self.used.is_empty() {
            let why = "no act in evidence names a credential whose making would be recorded";
            return vec![one(&TEXT, Vec::new(), Some(why.into()))];
        }
        let lookback = scene.limit(Limit::MintLookback);
        let (mut findings, mut uncovered, mut static_keys, mut unmade) = (Vec::new(), 0, 0, 0);
        for (name, used) in self.used.drain() {
            if self.made.contains(&name) {
                continue;
            }
            let id = scene.text(name).to_string();
            if is_static(&id, used.format) {
                static_keys += 1;
                continue;
            }
            if !self.mints.contains_key(&used.format) {
                unmade += 1;
                continue;
            }
            let Some(first) = used.gathered.first else {
                uncovered += 1;
                continue;
            };
            let window = Window {
                from: Some(Micros(first.0.saturating_sub(lookback))),
                until: Some(first),
            };
            let format = used.format;
            let covered = scene.coverage.over(window, |track| track.format == format);
            if !covered.whole {
                uncovered += 1;
                continue;
            }
            let message = format!(
                "{id} is first used at {first}. No record makes it, though {} is sealed without a gap for \
                 {} before that.",
                format.as_str(),
                scene.limits().show(Limit::MintLookback)
            );
            let mut finding =
                used.gathered
                    .finding(&TEXT, (SubjectKind::Credential, id), message, []);
            finding.coverage = covered.lines;
            findings.push(finding);
        }
        let mut reasons = Vec::new();
        let mut say = |count: u64, why: &str| {
            if count > 0 {
                reasons.push(format!("{count} {why}"));
            }
        };
        say(
            uncovered,
            "credentials are used whose mint is not in evidence, and the time in which they were made \
             is not covered by a sealed source without a gap",
        );
        say(unmade, "are of sources that record no mint at all");
        say(
            static_keys,
            "are long-lived keys, whose making lies any time back",
        );
        let reason = (!reasons.is_empty()).then(|| reasons.join("; "));
        vec![one(&TEXT, findings, reason)]
    }
}

/// AWS's long-lived access keys begin with AKIA; what is named `key:` in a bundle is a static key.
fn is_static(id: &str, format: Format) -> bool {
    match format {
        Format::CloudTrail => !id.contains("ASIA"),
        _ => id.starts_with("key:"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::super::{Assessed, Question};
    use crate::coverage::{Coverage, Piece, StreamFacts};
    use evidence::verdict::{Author, Axes, Completeness, Form, Integrity, Time};
    use evidence::{Format, Micros};

    const HOUR: i64 = 3_600;

    fn sealed(from: i64, until: i64) -> Coverage {
        Coverage::of([StreamFacts {
            id: "example.com/agents".into(),
            format: Format::NhiAuditBundle,
            axes: Axes {
                form: Form::Ok,
                integrity: Integrity::Ok,
                author: Author::Trusted,
                completeness: Completeness::Closed,
                time: Time::Asserted,
            },
            pieces: vec![Piece {
                path: "s".into(),
                from: Some(Micros(from * S)),
                until: Some(Micros(until * S)),
                proven: 9,
                unproven: 0,
                contradicted: 0,
            }],
            gaps: Vec::new(),
            silences: Vec::new(),
            sealed_until: None,
        }])
    }

    fn assess(told: Vec<Told>, coverage: &Coverage) -> Assessed {
        let list = List::of(told);
        of_code(
            "token-unminted",
            assessed(&list, &Question::default(), coverage),
        )
    }

    fn story() -> Vec<Told> {
        vec![
            at(HOUR, "token.mint").by("sts").token("jti:known"),
            at(40 * HOUR, "call").by("agent").using("jti:orphan"),
            at(41 * HOUR, "call").by("agent").using("jti:known"),
        ]
    }

    #[test]
    fn absence_is_proven_where_the_time_is_sealed_and_cites_it() {
        let told = assess(story(), &sealed(0, 50 * HOUR));
        assert_eq!(told.findings.len(), 1);
        assert_eq!(told.findings[0].subject.1, "jti:orphan");
        assert!(told.findings[0].coverage[0].starts_with("example.com/agents"));
        assert_eq!(told.unassessable, None);
    }

    #[test]
    fn without_coverage_nothing_is_said_and_the_reason_is() {
        for coverage in [sealed(5 * HOUR, 50 * HOUR), Coverage::default()] {
            let told = assess(story(), &coverage);
            assert_eq!(told.findings, []);
            assert!(told.unassessable.unwrap().starts_with("1 credentials"));
        }
    }

    #[test]
    fn static_keys_and_sources_without_mints_are_no_orphans() {
        let key = vec![
            at(HOUR, "token.mint").token("jti:known"),
            at(40 * HOUR, "call").using("key:payagent-07"),
        ];
        assert_eq!(assess(key, &sealed(0, 50 * HOUR)).findings, []);
        let no_mints = vec![at(40 * HOUR, "call").using("jti:orphan")];
        assert_eq!(assess(no_mints, &sealed(0, 50 * HOUR)).findings, []);
        // A mint whose time cannot be read is a mint.
        let undated = vec![
            at(0, "token.mint").token("jti:orphan").undated(),
            at(40 * HOUR, "call").using("jti:orphan"),
        ];
        assert_eq!(assess(undated, &sealed(0, 50 * HOUR)).findings, []);
    }
}
