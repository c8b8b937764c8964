//! A credential used after its end: after it was revoked, after it ran out.
//!
//! A refused try counts, and is told apart: whoever made it still holds the credential, and the
//! control held.

use super::limits::Limit;
use super::scene::{Moment, Scene, has_a_true_end, is_refused};
use super::{Assessed, Gathered, Rule, RuleText, Strength, SubjectKind, counted, one, span};
use crate::act::{Act, ActKind, Ended as Outcome, Name};
use crate::mapping::{Mapping, agentic, attack, nhi};
use evidence::Micros;
use std::collections::HashMap;

const MAPPING: Mapping = Mapping {
    nhi: &[nhi::OFFBOARDING, nhi::LONG_LIVED],
    agentic: &[agentic::PRIVILEGE],
    attack: &[attack::CLOUD_ACCOUNTS],
};

pub(super) static AFTER_REVOKE: RuleText = RuleText {
    code: "token-after-revoke",
    title: "a credential used after it was revoked",
    about: "An act names a credential at a time after a record of its revocation, and no record in \
            between renews it or makes it valid again. Accepted and refused uses are told apart: an \
            accepted one says that revoking did not work, a refused one that somebody still holds the \
            credential and that the control held. Across two files the clocks must differ by more than \
            the tolerance. A revocation that failed or was refused ends nothing.",
    strength: Strength::Proof,
    mapping: MAPPING,
    limits: &[Limit::ClockTolerance],
};

pub(super) static AFTER_EXPIRY: RuleText = RuleText {
    code: "token-after-expiry",
    title: "a credential used after it ran out",
    about: "An act names a credential at a time after the latest end that any record of its making or \
            renewal gives. A renewal that does not say the new end leaves the end open. Kubernetes \
            tokens of about 3607 seconds are left out: the API server extends them.",
    strength: Strength::Proof,
    mapping: MAPPING,
    limits: &[Limit::ClockTolerance],
};

/// When a credential ends by itself, as far as records said so far.
#[derive(Debug, Clone, Copy)]
enum End {
    At(Micros, Moment),
    Open,
}

#[derive(Debug, Default)]
pub(super) struct Ended {
    revoked: HashMap<Name, Moment>,
    ends: HashMap<Name, End>,
    /// By credential, and whether the use was refused.
    after_revoke: HashMap<(Name, bool), (Moment, Gathered)>,
    after_expiry: HashMap<(Name, bool), (Moment, Micros, Gathered)>,
    revokes: u64,
}

impl Rule for Ended {
    fn see(&mut self, act: &Act, scene: &mut Scene<'_>) {
        let Some(now) = Moment::of(act) else {
            // In no order: it cannot be after anything, but it may have renewed what seems ended.
            if let Some(token) = scene.token(act)
                && act.done()
                && renews(act)
            {
                self.revoked.remove(&token);
                self.ends.insert(token, End::Open);
                for refused in [false, true] {
                    self.after_revoke.remove(&(token, refused));
                    self.after_expiry.remove(&(token, refused));
                }
            }
            return;
        };
        if let Some(used) = scene.used(act) {
            self.check(used, act, now, scene);
        }
        let renewed_itself = act.kind == ActKind::TokenRefresh;
        if renewed_itself
            && act.done()
            && act.expires.is_none()
            && let Some(used) = scene.used(act)
            && scene.token(act).is_none()
        {
            self.ends.insert(used, End::Open);
        }
        if let Some(token) = scene.token(act).filter(|_| act.done()) {
            self.learn(token, act, now);
        }
    }

    fn end(&mut self, scene: &mut Scene<'_>) -> Vec<Assessed> {
        let mut revoked = Vec::new();
        for ((name, refused), (moment, gathered)) in self.after_revoke.drain() {
            let id = scene.text(name).to_string();
            let since = gathered.first.map_or(0, |first| first.0 - moment.time.0);
            let message = said(&id, "revoked", moment.time, since, gathered.count, refused);
            revoked.push(gathered.finding(
                &AFTER_REVOKE,
                (SubjectKind::Credential, id),
                message,
                [moment.row("revoked")],
            ));
        }
        let mut expired = Vec::new();
        for ((name, refused), (moment, end, gathered)) in self.after_expiry.drain() {
            let id = scene.text(name).to_string();
            let since = gathered.first.map_or(0, |first| first.0 - end.0);
            let message = said(&id, "at its end", end, since, gathered.count, refused);
            expired.push(gathered.finding(
                &AFTER_EXPIRY,
                (SubjectKind::Credential, id),
                message,
                [moment.row("made")],
            ));
        }
        let no_revokes =
            (self.revokes == 0).then(|| "no record in evidence revokes a credential".to_owned());
        let no_ends = self
            .ends
            .values()
            .all(|end| matches!(end, End::Open))
            .then(|| "no record in evidence says when a credential ends".to_owned());
        vec![
            one(&AFTER_REVOKE, revoked, no_revokes),
            one(&AFTER_EXPIRY, expired, no_ends),
        ]
    }
}

impl Ended {
    fn check(&mut self, used: Name, act: &Act, now: Moment, scene: &Scene<'_>) {
        // To revoke or renew a credential with itself is no use past its end.
        if scene.token(act) == Some(used) && act.kind != ActKind::TokenUse {
            return;
        }
        let refused = is_refused(act);
        if !refused && act.ended != Outcome::Success {
            // A failure, or silence, says neither that it was accepted nor that it was refused.
            return;
        }
        let later = (now.time, now.log);
        if let Some(&revoked) = self.revoked.get(&used)
            && scene.is_after((revoked.time, revoked.log), later)
        {
            let (_, gathered) = self
                .after_revoke
                .entry((used, refused))
                .or_insert_with(|| (revoked, Gathered::default()));
            gathered.add(act, "used", revoked.is_sound());
        }
        if let Some(&End::At(end, made)) = self.ends.get(&used)
            && scene.is_after((end, made.log), later)
        {
            let (_, _, gathered) = self
                .after_expiry
                .entry((used, refused))
                .or_insert_with(|| (made, end, Gathered::default()));
            gathered.add(act, "used", made.is_sound());
        }
    }

    fn learn(&mut self, token: Name, act: &Act, now: Moment) {
        if act.kind == ActKind::TokenRevoke {
            self.revokes += 1;
            self.revoked
                .entry(token)
                .and_modify(|known| *known = known.earlier(now))
                .or_insert(now);
        } else if renews(act) {
            // Of one moment's acts the order is not known: the credential may have been renewed last.
            self.revoked.remove(&token);
            let end = act.expires.filter(|_| has_a_true_end(act));
            let known = self.ends.get(&token).copied();
            let next = match (known, end) {
                (Some(End::Open), _) | (_, None) if known.is_some() || end.is_none() => End::Open,
                (Some(End::At(before, made)), Some(end)) if before > end => End::At(before, made),
                (_, Some(end)) => End::At(end, now),
                (_, None) => End::Open,
            };
            self.ends.insert(token, next);
        }
    }
}

/// Whether an act makes a credential valid, again or for longer.
fn renews(act: &Act) -> bool {
    act.kind.mints()
        || matches!(
            act.kind,
            ActKind::IdentityChange | ActKind::SecretRotate | ActKind::ResourceChange
        )
}

fn said(id: &str, ended: &str, at: Micros, since: i64, count: u64, refused: bool) -> String {
    let ended = match ended {
        "revoked" => format!("was revoked at {at}"),
        _ => format!("ran out at {at}"),
    };
    let times = counted(count, "time", "times");
    let first = span(since);
    if refused {
        format!(
            "{id} {ended} and was presented {times} after that, first {first} later. Each try was \
             refused: the control held, and somebody still holds the credential."
        )
    } else {
        format!("{id} {ended} and was used {times} after that, first {first} later.")
    }
}

#[cfg(test)]
mod tests {
    use super::super::Strength;
    use super::super::testing::*;
    use evidence::{Format, Word};

    const REVOKE: &str = "token-after-revoke";
    const EXPIRY: &str = "token-after-expiry";

    fn revoked() -> Told {
        at(10, "token.revoke").by("oncall").token("jti:1")
    }

    fn used(second: i64) -> Told {
        at(second, "call").by("agent").using("jti:1")
    }

    #[test]
    fn a_use_after_the_revocation_is_found_and_a_refused_one_told_apart() {
        let told = found(REVOKE, [revoked(), used(11), used(12).denied(), used(13)]);
        assert_eq!(
            told.iter()
                .map(|it| (it.count, it.strength))
                .collect::<Vec<_>>(),
            [(2, Strength::Proof), (1, Strength::Proof)]
        );
        assert_eq!(
            told[0].message,
            "jti:1 was revoked at 1970-01-01T00:00:10Z and was used 2 times after that, first 1s later."
        );
        assert!(told[1].message.contains("the control held"));
        assert_eq!(told[0].rows[0].part, "revoked");
    }

    #[test]
    fn no_use_before_at_or_beside_the_revocation_counts() {
        let near = [
            vec![revoked(), used(9)],
            vec![revoked(), used(10)],
            vec![revoked(), used(11).undated()],
            vec![revoked().undated(), used(11)],
            vec![revoked().denied(), used(11)],
            vec![revoked().failed(), used(11)],
            vec![revoked(), used(11).failed()],
            vec![revoked(), used(11).unsaid()],
            vec![revoked(), at(11, "call").using("jti:2")],
            // Revoking it again with itself.
            vec![
                revoked(),
                at(12, "token.revoke").token("jti:1").using("jti:1"),
            ],
            // Made valid again.
            vec![
                revoked(),
                at(11, "identity.change").token("jti:1"),
                used(12),
            ],
            vec![revoked(), at(11, "token.refresh").token("jti:1"), used(12)],
            vec![
                revoked(),
                used(12),
                at(11, "token.refresh").token("jti:1").undated(),
            ],
        ];
        for (index, told) in near.into_iter().enumerate() {
            assert_eq!(found(REVOKE, told), [], "near miss {index}");
        }
    }

    #[test]
    fn across_two_files_the_clocks_may_differ() {
        let other = |second| used(second).file(2);
        assert_eq!(found(REVOKE, [revoked(), other(130)]), []);
        assert_eq!(found(REVOKE, [revoked(), other(131)]).len(), 1);
    }

    #[test]
    fn two_names_of_one_credential_are_one() {
        let told = [
            at(1, "token.revoke").token("hmac:accessor"),
            at(2, "call").by("agent").using("hmac:token"),
        ];
        let role = crate::Role::Token;
        let list = List::of(told.clone()).alias(role, "hmac:accessor", "hmac:token");
        assert_eq!(found_in(REVOKE, &list, &Default::default()).len(), 1);
        // A name that two credentials go by makes them no one.
        let list = List::of(told)
            .alias(role, "hmac:accessor", "hmac:token")
            .alias(role, "hmac:other", "hmac:token");
        assert_eq!(found_in(REVOKE, &list, &Default::default()), []);
    }

    #[test]
    fn what_rests_on_a_contradicted_record_alone_is_no_proof() {
        let told = found(REVOKE, [revoked().verdict(Word::Contradicted), used(11)]);
        assert_eq!(told[0].strength, Strength::Indicator);
        let told = found(
            REVOKE,
            [revoked(), used(11).verdict(Word::Contradicted), used(12)],
        );
        assert_eq!(told[0].strength, Strength::Proof);
    }

    fn minted() -> Told {
        at(1, "token.mint").by("sts").token("jti:1").until(10)
    }

    #[test]
    fn a_use_after_the_end_is_found() {
        let told = found(EXPIRY, [minted(), used(10), used(11)]);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].count, 1);
    }

    #[test]
    fn a_renewed_credential_has_not_ended() {
        let near = [
            vec![minted(), used(10)],
            vec![
                minted(),
                at(9, "token.refresh").token("jti:1").until(20),
                used(15),
            ],
            vec![minted(), at(9, "token.refresh").token("jti:1"), used(15)],
            // Renewed with itself, by a record that names no token.
            vec![minted(), at(9, "token.refresh").using("jti:1"), used(15)],
            vec![minted().denied(), used(15)],
            vec![minted(), used(15).undated()],
        ];
        for (index, told) in near.into_iter().enumerate() {
            assert_eq!(found(EXPIRY, told), [], "near miss {index}");
        }
        let renewed = vec![
            minted(),
            at(9, "token.refresh").token("jti:1").until(20),
            used(21),
        ];
        assert_eq!(found(EXPIRY, renewed).len(), 1);
    }

    #[test]
    fn a_kubernetes_token_that_is_extended_has_no_end() {
        let kube = |life| {
            let minted = at(0, "token.mint").token("jti:1").until(life);
            [
                minted.format(Format::KubernetesAudit),
                used(10_000).format(Format::KubernetesAudit),
            ]
        };
        assert_eq!(found(EXPIRY, kube(3607)), []);
        assert_eq!(found(EXPIRY, kube(600)).len(), 1);
    }
}
