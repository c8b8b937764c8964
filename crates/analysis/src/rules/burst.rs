//! Many distinct secrets in a short time.

use super::limits::Limit;
use super::scene::Scene;
use super::{Assessed, Gathered, Rule, RuleText, Strength, SubjectKind, one};
use crate::act::{Act, ActKind, Name, Role};
use crate::mapping::{Mapping, agentic, attack, nhi};
use evidence::Micros;
use std::collections::{BTreeSet, HashMap, HashSet};

pub(super) static TEXT: RuleText = RuleText {
    code: "secret-burst",
    title: "many distinct secrets in a short time",
    about: "One credential, or one identity where no credential is named, asks for more distinct \
            secrets within the window than the limit allows; refused tries count, and are told apart. \
            A service that starts, or a backup, does the same.",
    strength: Strength::Indicator,
    mapping: Mapping {
        nhi: &[nhi::LEAKAGE],
        agentic: &[agentic::PRIVILEGE],
        attack: &[attack::SECRET_STORES],
    },
    limits: &[Limit::BurstSecrets, Limit::BurstWindow],
};

#[derive(Debug, Default)]
struct Holder {
    is_credential: bool,
    latest: HashMap<Name, Micros>,
    in_window: BTreeSet<(Micros, Name)>,
    most: usize,
    secrets: HashSet<Name>,
    refused: u64,
    gathered: Gathered,
}

#[derive(Debug, Default)]
pub(super) struct Burst {
    holders: HashMap<Name, Holder>,
    reads: u64,
}

impl Rule for Burst {
    fn see(&mut self, act: &Act, scene: &mut Scene<'_>) {
        if act.kind != ActKind::SecretRead {
            return;
        }
        let used = scene.used(act);
        let (Some(who), Some(secret), Some(now)) = (
            used.or(act.name(Role::Actor)),
            act.name(Role::Secret),
            act.time,
        ) else {
            return;
        };
        self.reads += 1;
        let window = scene.limit(Limit::BurstWindow);
        let holder = self.holders.entry(who).or_default();
        holder.is_credential = used.is_some();
        if let Some(before) = holder.latest.insert(secret, now) {
            holder.in_window.remove(&(before, secret));
        }
        holder.in_window.insert((now, secret));
        let begin = Micros(now.0.saturating_sub(window));
        while let Some(&(oldest, name)) = holder.in_window.first() {
            if oldest >= begin {
                break;
            }
            holder.in_window.pop_first();
            holder.latest.remove(&name);
        }
        if holder.in_window.len() as i64 >= scene.limit(Limit::BurstSecrets).max(1) {
            holder.most = holder.most.max(holder.in_window.len());
            holder
                .secrets
                .extend(holder.in_window.iter().map(|(_, name)| *name));
            holder.refused += u64::from(!act.done());
            holder.gathered.add(act, "read", true);
        }
    }

    fn end(&mut self, scene: &mut Scene<'_>) -> Vec<Assessed> {
        let window = scene.limits().show(Limit::BurstWindow);
        let mut findings = Vec::new();
        for (who, holder) in self.holders.drain() {
            if holder.gathered.count == 0 {
                continue;
            }
            let id = scene.text(who).to_string();
            let refused = match holder.refused {
                0 => String::new(),
                count => format!("; {count} of the reads past the limit did not succeed"),
            };
            let message = format!(
                "{id} asked for {} distinct secrets, {} of them within {window}{refused}.",
                holder.secrets.len(),
                holder.most
            );
            let kind = if holder.is_credential {
                SubjectKind::Credential
            } else {
                SubjectKind::Identity
            };
            findings.push(holder.gathered.finding(&TEXT, (kind, id), message, []));
        }
        let reason = (self.reads == 0).then(|| "no secret is read in evidence".to_owned());
        vec![one(&TEXT, findings, reason)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    const CODE: &str = "secret-burst";

    fn reads(count: i64, apart: i64) -> Vec<Told> {
        (0..count)
            .map(|index| {
                at(index * apart, "secret.read")
                    .using("t")
                    .secret(&format!("s{index}"))
            })
            .collect()
    }

    #[test]
    fn twenty_in_ten_minutes_are_found() {
        let told = found(CODE, reads(34, 10));
        assert_eq!(
            told[0].message,
            "t asked for 34 distinct secrets, 34 of them within 10m."
        );
        assert_eq!(told[0].count, 15);
        assert_eq!(found(CODE, reads(20, 31)).len(), 1);
    }

    #[test]
    fn fewer_slower_the_same_again_or_undated_are_not() {
        assert_eq!(found(CODE, reads(19, 1)), []);
        assert_eq!(found(CODE, reads(40, 40)), []);
        let same = (0..90).map(|second| at(second, "secret.read").using("t").secret("s"));
        assert_eq!(found(CODE, same), []);
        let two = reads(30, 1).into_iter().enumerate();
        let two = two.map(|(index, told)| Told {
            names: vec![
                told.names[1].clone(),
                (crate::Role::Credential, format!("t{}", index % 2)),
            ],
            ..told
        });
        assert_eq!(found(CODE, two), []);
        assert_eq!(found(CODE, reads(30, 1).into_iter().map(Told::undated)), []);
    }
}
