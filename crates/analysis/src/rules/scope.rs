//! A child credential that may do more than its parent.

use super::scene::{Moment, Scene};
use super::{Assessed, Gathered, Rule, RuleText, Strength, SubjectKind, one};
use crate::act::{Act, Name, Role};
use crate::mapping::{Mapping, agentic, attack, nhi};
use evidence::Format;
use std::collections::{BTreeSet, HashMap};

pub(super) static TEXT: RuleText = RuleText {
    code: "scope-widened",
    title: "a child credential with a wider scope than its parent's",
    about: "The scope of a credential holds a word that the scope of its parent, made earlier by a \
            record of the same format, neither holds nor covers. A parent's `*`, `root` or `admin` covers \
            all, `x:*` and `x` cover `x:y`. Only audit bundles and receipts are compared: what other \
            formats name are policies and audiences, whose names do not tell which allows more.",
    strength: Strength::Proof,
    mapping: Mapping {
        nhi: &[nhi::OVERPRIVILEGED],
        agentic: &[agentic::PRIVILEGE],
        attack: &[attack::ACCESS_TOKEN],
    },
    limits: &[],
};

#[derive(Debug)]
struct Made {
    format: Format,
    /// All scopes that records give it: a renewal may have widened it by right.
    scopes: BTreeSet<Name>,
    moment: Option<Moment>,
}

#[derive(Debug)]
struct Child {
    parent: Name,
    scope: Name,
    format: Format,
    gathered: Gathered,
}

#[derive(Debug, Default)]
pub(super) struct Scopes {
    made: HashMap<Name, Made>,
    children: HashMap<Name, Child>,
}

impl Rule for Scopes {
    fn see(&mut self, act: &Act, scene: &mut Scene<'_>) {
        // Vault's and AWS's scopes are names of policies, Kubernetes' are audiences: that a child has
        // one which its parent lacks does not prove that it may do more.
        let has_scopes = matches!(act.format, Format::NhiAuditBundle | Format::AgentReceipts);
        if !has_scopes || !act.kind.mints() || !act.done() {
            return;
        }
        let (Some(token), Some(scope)) = (scene.token(act), act.name(Role::Scope)) else {
            return;
        };
        let made = self.made.entry(token).or_insert_with(|| Made {
            format: act.format,
            scopes: BTreeSet::new(),
            moment: Moment::of(act),
        });
        made.scopes.insert(scope);
        // Only the parent that the record itself names: the credential of the request may be an
        // issuer's own.
        let parent = act
            .name(Role::TokenParent)
            .map(|name| scene.credential(name));
        if let Some(parent) = parent.filter(|parent| *parent != token) {
            let child = self.children.entry(token).or_insert_with(|| Child {
                parent,
                scope,
                format: act.format,
                gathered: Gathered::default(),
            });
            if child.parent == parent && child.scope == scope {
                child.gathered.add(act, "made", true);
            }
        }
    }

    fn end(&mut self, scene: &mut Scene<'_>) -> Vec<Assessed> {
        let (mut findings, mut compared) = (Vec::new(), 0_u64);
        for (name, child) in self.children.drain() {
            let Some(parent) = self.made.get(&child.parent) else {
                continue;
            };
            if parent.format != child.format {
                continue;
            }
            compared += 1;
            let scopes: Vec<_> = parent.scopes.iter().map(|&it| scene.text(it)).collect();
            let held: BTreeSet<&str> = scopes.iter().flat_map(|it| it.split(' ')).collect();
            let scope = scene.text(child.scope);
            let wider: Vec<&str> = scope
                .split(' ')
                .filter(|word| !word.is_empty() && !covers(&held, word))
                .collect();
            if wider.is_empty() {
                continue;
            }
            let (id, parent_id) = (scene.text(name).to_string(), scene.text(child.parent));
            let message = format!(
                "{id} was made from {parent_id} and may {}, which its parent may not ({}).",
                wider.join(", "),
                held.iter().copied().collect::<Vec<_>>().join(", ")
            );
            let cause = parent.moment.map(|moment| moment.row("parent made"));
            findings.push(child.gathered.finding(
                &TEXT,
                (SubjectKind::Credential, id),
                message,
                cause,
            ));
        }
        let reason = (compared == 0).then(|| {
            "for no credential does the evidence hold both its own scope and that of the parent it names, \
             in words that can be compared"
                .to_owned()
        });
        vec![one(&TEXT, findings, reason)]
    }
}

/// Whether a scope covers a word.
fn covers(held: &BTreeSet<&str>, word: &str) -> bool {
    held.iter().any(|&have| {
        matches!(have, "*" | "root" | "admin")
            || have == word
            || have
                .strip_suffix('*')
                .is_some_and(|begin| word.starts_with(begin))
            || word
                .strip_prefix(have)
                .is_some_and(|rest| rest.starts_with([':', '.', '/']))
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use crate::act::Role;
    use evidence::Format;

    const CODE: &str = "scope-widened";

    fn minted(id: &str, scope: &str) -> Told {
        at(1, "token.mint").token(id).named(Role::Scope, scope)
    }

    fn child(scope: &str) -> Told {
        minted("child", scope).named(Role::TokenParent, "parent")
    }

    #[test]
    fn a_word_that_the_parent_lacks_is_found() {
        let told = found(
            CODE,
            [
                minted("parent", "deploy vault:read"),
                child("deploy vault:write"),
            ],
        );
        assert_eq!(
            told[0].message,
            "child was made from parent and may vault:write, which its parent may not (deploy, vault:read)."
        );
    }

    #[test]
    fn what_the_parent_covers_is_no_widening() {
        for (parent, own) in [
            ("a b", "a"),
            ("a b", "a b"),
            ("vault:*", "vault:read"),
            ("vault", "vault:read"),
            ("*", "anything"),
            ("root", "anything"),
        ] {
            assert_eq!(
                found(CODE, [minted("parent", parent), child(own)]),
                [],
                "{parent}: {own}"
            );
        }
        let vault = |told: Told| told.format(Format::VaultAudit);
        // The narrower policy has another name.
        let told = [vault(minted("parent", "pay-rw")), vault(child("pay-read"))];
        assert_eq!(found(CODE, told), []);
    }

    #[test]
    fn what_cannot_be_compared_is_not() {
        for near in [
            vec![child("b")],
            vec![minted("parent", "a").format(Format::VaultAudit), child("b")],
            vec![minted("parent", "a"), child("b").denied()],
            vec![minted("parent", "a"), minted("child", "b").using("parent")],
            // The parent was given more by a renewal.
            vec![
                minted("parent", "a"),
                at(2, "token.refresh")
                    .token("parent")
                    .named(Role::Scope, "a b"),
                child("b"),
            ],
        ] {
            assert_eq!(found(CODE, near.clone()), [], "{near:?}");
        }
    }
}
