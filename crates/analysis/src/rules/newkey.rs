//! A new key, role or trust, and its first use.

use super::limits::Limit;
use super::scene::{Moment, Scene};
use super::{Assessed, Gathered, Rule, RuleText, Strength, SubjectKind, one, span};
use crate::act::{Act, ActKind, Name, Role};
use crate::mapping::{Mapping, agentic, attack, nhi};
use std::collections::HashMap;

pub(super) static TEXT: RuleText = RuleText {
    code: "key-added-then-used",
    title: "a new key, role or trust, and its first use",
    about: "A long-lived key is made, an identity is created, or who may take on a role is changed, and \
            the key, identity or role is used within the window after that. It proves the order of the \
            two, not that either was wrong: setting up a service looks the same. Sessions that end by \
            themselves are left out, and so is a key that only replaces another.",
    strength: Strength::Proof,
    mapping: Mapping {
        nhi: &[nhi::OVERPRIVILEGED, nhi::DEPLOYMENT],
        agentic: &[agentic::PRIVILEGE],
        attack: &[attack::ADDED_CREDENTIALS],
    },
    limits: &[Limit::KeyUse, Limit::ClockTolerance],
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum What {
    Key,
    Identity,
    Trust,
}

#[derive(Debug)]
struct Added {
    moment: Moment,
    by: Option<Name>,
    used: bool,
    gathered: Gathered,
    user: Option<Name>,
}

#[derive(Debug, Default)]
pub(super) struct NewKeys {
    added: HashMap<(What, Name), Added>,
    natives: HashMap<Name, Native>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Native {
    Key,
    Trust,
    Else,
}

impl NewKeys {
    fn native(&mut self, act: &Act, scene: &mut Scene<'_>) -> Native {
        let Some(name) = act.name(Role::NativeType) else {
            return Native::Else;
        };
        if let Some(&known) = self.natives.get(&name) {
            return known;
        }
        let native = match &*scene.text(name) {
            "CreateAccessKey"
            | "CreateServiceSpecificCredential"
            | "UploadSigningCertificate"
            | "UploadSSHPublicKey" => Native::Key,
            "UpdateAssumeRolePolicy" => Native::Trust,
            _ => Native::Else,
        };
        self.natives.insert(name, native);
        native
    }

    fn uses(&mut self, what: What, name: Option<Name>, act: &Act, now: Moment, scene: &Scene<'_>) {
        let Some(added) = name.and_then(|name| self.added.get_mut(&(what, name))) else {
            return;
        };
        let earlier = (added.moment.time, added.moment.log);
        if added.used || !scene.is_after(earlier, (now.time, now.log)) {
            return;
        }
        added.used = true;
        if now.time.0.saturating_sub(added.moment.time.0) <= scene.limit(Limit::KeyUse) {
            added
                .gathered
                .add(act, "first used", added.moment.is_sound());
            added.user = act.name(Role::Actor);
        }
    }
}

impl Rule for NewKeys {
    fn see(&mut self, act: &Act, scene: &mut Scene<'_>) {
        let Some(now) = Moment::of(act).filter(|_| act.done()) else {
            return;
        };
        let used = scene.used(act);
        self.uses(What::Key, used, act, now, scene);
        if let Some(actor) = act.name(Role::Actor) {
            for &name in [actor].iter().chain(scene.also(actor)) {
                self.uses(What::Identity, Some(name), act, now, scene);
            }
        }
        if let Some(taken) = act.name(Role::Subject).filter(|_| act.kind.mints()) {
            for &name in [taken].iter().chain(scene.also(taken)) {
                self.uses(What::Trust, Some(name), act, now, scene);
            }
        }
        let what = match act.kind {
            ActKind::TokenMint if act.expires.is_none() => {
                (self.native(act, scene) == Native::Key).then(|| (What::Key, scene.token(act)))
            }
            ActKind::IdentityCreate => {
                let made = act.name(Role::Subject).or(act.name(Role::Resource));
                Some((What::Identity, made))
            }
            ActKind::PolicyChange => (self.native(act, scene) == Native::Trust).then(|| {
                (
                    What::Trust,
                    act.name(Role::Subject).or(act.name(Role::Resource)),
                )
            }),
            _ => None,
        };
        if let Some((what, Some(name))) = what {
            self.added.entry((what, name)).or_insert_with(|| Added {
                moment: now,
                by: act.name(Role::Actor),
                used: false,
                gathered: Gathered::default(),
                user: None,
            });
        }
    }

    fn end(&mut self, scene: &mut Scene<'_>) -> Vec<Assessed> {
        let none = self.added.is_empty();
        let mut findings = Vec::new();
        for ((what, name), added) in self.added.drain() {
            if added.gathered.count == 0 {
                continue;
            }
            let id = scene.text(name).to_string();
            let by = added
                .by
                .map_or(String::new(), |by| format!(" by {}", scene.text(by)));
            let user = added
                .user
                .filter(|_| what != What::Identity)
                .map_or(String::new(), |user| format!(" by {}", scene.text(user)));
            let done = match what {
                What::Key => "was made",
                What::Identity => "was created",
                What::Trust => "had its trust changed",
            };
            let since = added
                .gathered
                .first
                .map_or(0, |first| first.0 - added.moment.time.0);
            let message = format!(
                "{id} {done}{by} at {} and was first used{user} {} later.",
                added.moment.time,
                span(since)
            );
            let kind = if what == What::Key {
                SubjectKind::Credential
            } else {
                SubjectKind::Identity
            };
            findings.push(added.gathered.finding(
                &TEXT,
                (kind, id),
                message,
                [added.moment.row("added")],
            ));
        }
        let reason = none.then(|| {
            "no record in evidence adds a long-lived key, an identity or a trust".to_owned()
        });
        vec![one(&TEXT, findings, reason)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use crate::act::Role;

    const CODE: &str = "key-added-then-used";

    fn key() -> Told {
        at(10, "token.mint")
            .by("admin")
            .to("svc")
            .token("AKIA1")
            .named(Role::NativeType, "CreateAccessKey")
    }

    fn used(second: i64) -> Told {
        at(second, "call").by("svc").using("AKIA1")
    }

    #[test]
    fn a_new_key_a_new_identity_and_a_new_trust_that_are_used_are_found() {
        let told = found(CODE, [key(), used(20), used(30)]);
        assert_eq!(
            told[0].message,
            "AKIA1 was made by admin at 1970-01-01T00:00:10Z and was first used by svc 10s later."
        );
        assert_eq!(told[0].count, 1);
        let made = at(1, "identity.create").by("admin").to("bob");
        assert_eq!(found(CODE, [made, at(2, "call").by("bob")]).len(), 1);
        let trust = at(1, "policy.change")
            .by("admin")
            .named(Role::Resource, "role/x")
            .named(Role::NativeType, "UpdateAssumeRolePolicy");
        assert_eq!(
            found(CODE, [trust, at(2, "token.mint").by("eve").to("role/x")]).len(),
            1
        );
    }

    #[test]
    fn sessions_refused_acts_and_late_first_uses_are_not() {
        let session = || {
            at(10, "token.mint")
                .token("AKIA1")
                .named(Role::NativeType, "AssumeRole")
        };
        for near in [
            vec![session().until(3600), used(20)],
            vec![session(), used(20)],
            vec![key().denied(), used(20)],
            vec![key(), used(20).denied()],
            vec![key(), used(10)],
            vec![key(), used(5)],
            vec![key(), used(20).undated()],
            vec![key(), used(10 + 86_401)],
            vec![key(), used(100).file(2)],
            vec![at(1, "secret.rotate").token("AKIA1"), used(20)],
        ] {
            assert_eq!(found(CODE, near.clone()), [], "{near:?}");
        }
    }
}
