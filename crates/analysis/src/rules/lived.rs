//! A credential that lives longer than it should.

use super::limits::Limit;
use super::scene::{Moment, Scene};
use super::{Assessed, Gathered, Rule, RuleText, Strength, SubjectKind, counted, one, span};
use crate::act::{Act, Name, Role};
use crate::mapping::{Mapping, nhi};
use evidence::Micros;
use std::collections::HashMap;

pub(super) static TEXT: RuleText = RuleText {
    code: "credential-long-lived",
    title: "a credential that lives longer than the limit",
    about: "The record of a credential's making says that it ends later than the limit allows, or the \
            credential is used so long after its making. Gathered by who receives it. A credential \
            whose end and making are not in evidence is not held against it.",
    strength: Strength::Proof,
    mapping: Mapping {
        nhi: &[nhi::LONG_LIVED],
        agentic: &[],
        attack: &[],
    },
    limits: &[Limit::CredentialLife],
};

#[derive(Debug, Default)]
struct Holder {
    declared: Gathered,
    longest: i64,
    example: Option<Name>,
}

#[derive(Debug, Clone, Copy)]
struct Made {
    moment: Moment,
    holder: Option<Name>,
    declared: bool,
}

#[derive(Debug, Default)]
pub(super) struct Lived {
    made: HashMap<Name, Made>,
    holders: HashMap<Option<Name>, Holder>,
    /// Observed: by credential.
    outlived: HashMap<Name, (Made, Micros, Gathered)>,
    with_end: u64,
}

impl Rule for Lived {
    fn see(&mut self, act: &Act, scene: &mut Scene<'_>) {
        let Some(now) = Moment::of(act) else { return };
        let limit = scene.limit(Limit::CredentialLife);
        if let Some(token) = scene.token(act)
            && act.kind.mints()
            && act.done()
        {
            let life = act.expires.map(|end| end.0.saturating_sub(now.time.0));
            let declared = life.is_some_and(|life| life > limit);
            self.with_end += u64::from(life.is_some());
            let receiver = act.name(Role::Subject).or(act.name(Role::Actor));
            if let Some(life) = life.filter(|_| declared) {
                let holder = self.holders.entry(receiver).or_default();
                holder.declared.add(act, "made", true);
                if life > holder.longest {
                    (holder.longest, holder.example) = (life, Some(token));
                }
            }
            self.made
                .entry(token)
                .and_modify(|made| made.declared |= declared)
                .or_insert(Made {
                    moment: now,
                    holder: receiver,
                    declared,
                });
        }
        if let Some(used) = scene.used(act)
            && let Some(&made) = self.made.get(&used)
            && !made.declared
            && act.done()
            && now.time.0.saturating_sub(made.moment.time.0) > limit
        {
            let (_, last, gathered) = self
                .outlived
                .entry(used)
                .or_insert_with(|| (made, now.time, Gathered::default()));
            *last = (*last).max(now.time);
            gathered.add(act, "still used", made.moment.is_sound());
        }
    }

    fn end(&mut self, scene: &mut Scene<'_>) -> Vec<Assessed> {
        let limit = scene.limits().show(Limit::CredentialLife);
        let mut findings = Vec::new();
        for (receiver, holder) in self.holders.drain() {
            let who = receiver.map_or("nobody named".into(), |name| scene.text(name));
            let count = counted(holder.declared.count, "credential is", "credentials are");
            let message = format!(
                "{count} made for {who} to live longer than {limit}; the longest for {}.",
                span(holder.longest)
            );
            findings.push(holder.declared.finding(
                &TEXT,
                (SubjectKind::Identity, who.to_string()),
                message,
                [],
            ));
        }
        for (name, (made, last, gathered)) in self.outlived.drain() {
            // A later renewal may have said a long life: then it is told of already.
            if self.made.get(&name).is_some_and(|made| made.declared) {
                continue;
            }
            let id = scene.text(name).to_string();
            let for_whom = made.holder.map_or(String::new(), |holder| {
                format!(" for {}", scene.text(holder))
            });
            let message = format!(
                "{id} was made{for_whom} at {} and still used {} later.",
                made.moment.time,
                span(last.0.saturating_sub(made.moment.time.0))
            );
            findings.push(gathered.finding(
                &TEXT,
                (SubjectKind::Credential, id),
                message,
                [made.moment.row("made")],
            ));
        }
        let reason = if self.made.is_empty() {
            Some("no record in evidence makes a credential".to_owned())
        } else if self.with_end == 0 {
            Some("no record says when a credential ends; only lives that were seen are held against the limit".to_owned())
        } else {
            None
        };
        vec![one(&TEXT, findings, reason)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    const CODE: &str = "credential-long-lived";
    const DAY: i64 = 86_400;

    fn minted(id: &str) -> Told {
        at(0, "token.mint").by("sts").to("agent").token(id)
    }

    #[test]
    fn declared_lives_are_gathered_by_who_receives_them() {
        let told = found(
            CODE,
            [
                minted("a").until(DAY + 1),
                minted("b").until(3 * DAY),
                minted("c").until(DAY),
            ],
        );
        assert_eq!(told.len(), 1);
        assert_eq!(
            (told[0].count, told[0].message.as_str()),
            (
                2,
                "2 credentials are made for agent to live longer than 1d; the longest for 3d."
            )
        );
    }

    #[test]
    fn a_life_that_was_seen_counts_too() {
        let used = |second| at(second, "call").by("agent").using("a");
        assert_eq!(found(CODE, [minted("a"), used(DAY + 1)]).len(), 1);
        for near in [
            vec![minted("a"), used(DAY)],
            vec![minted("a"), used(DAY + 1).denied()],
            vec![minted("a").undated(), used(DAY + 1)],
            vec![minted("a"), used(DAY + 1).undated()],
            vec![used(0), used(DAY + 1)],
        ] {
            assert_eq!(found(CODE, near.clone()), [], "{near:?}");
        }
    }
}
