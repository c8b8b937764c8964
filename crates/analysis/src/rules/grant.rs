//! A tool outside what the credential's scope lists.

use super::scene::Scene;
use super::{Assessed, Gathered, Rule, RuleText, Strength, SubjectKind, counted, one};
use crate::act::{Act, Name, Role};
use crate::mapping::{Mapping, agentic, nhi};
use std::collections::{BTreeSet, HashMap, HashSet};

pub(super) static TEXT: RuleText = RuleText {
    code: "act-outside-grant",
    title: "a tool or resource outside the declared scope",
    about: "A credential whose scope lists tools or resources by name is used for another. Only scopes \
            that can be understood are held against an act: each of their words is `tool:NAME`, \
            `resource:NAME`, or the very name of a tool or resource in evidence. A scope with any other \
            word may allow anything, and is said not to be assessable.",
    strength: Strength::Proof,
    mapping: Mapping {
        nhi: &[nhi::OVERPRIVILEGED],
        agentic: &[agentic::TOOL_MISUSE],
        attack: &[],
    },
    limits: &[],
};

#[derive(Debug, Default)]
pub(super) struct Grants {
    scopes: HashMap<Name, HashSet<Name>>,
    tools: HashSet<Name>,
    resources: HashSet<Name>,
    /// What was done with which tool or resource.
    tool_uses: HashMap<(Name, Name), Gathered>,
    resource_uses: HashMap<(Name, Name), Gathered>,
}

impl Rule for Grants {
    fn see(&mut self, act: &Act, scene: &mut Scene<'_>) {
        if let (Some(token), Some(scope)) = (scene.token(act), act.name(Role::Scope))
            && act.kind.mints()
        {
            self.scopes.entry(token).or_default().insert(scope);
        }
        let used = scene.used(act);
        if let Some(tool) = act.name(Role::Tool) {
            self.tools.insert(tool);
            if let Some(used) = used.filter(|_| act.done()) {
                let gathered = self.tool_uses.entry((used, tool)).or_default();
                gathered.add(act, "invoked", true);
            }
        }
        if let Some(resource) = act.name(Role::Resource) {
            self.resources.insert(resource);
            if let Some(used) = used.filter(|_| act.done()) {
                let gathered = self.resource_uses.entry((used, resource)).or_default();
                gathered.add(act, "touched", true);
            }
        }
    }

    fn end(&mut self, scene: &mut Scene<'_>) -> Vec<Assessed> {
        let (mut opaque, mut clear, mut findings) = (0_u64, 0_u64, Vec::new());
        let tools: HashSet<_> = self.tools.iter().map(|&name| scene.text(name)).collect();
        let resources: HashSet<_> = self
            .resources
            .iter()
            .map(|&name| scene.text(name))
            .collect();
        let mut grants: HashMap<Name, (BTreeSet<String>, BTreeSet<String>)> = HashMap::new();
        for (&token, scopes) in &self.scopes {
            let (mut of_tools, mut of_resources) = (BTreeSet::new(), BTreeSet::new());
            let mut understood = true;
            for &scope in scopes {
                for word in scene.text(scope).split(' ').filter(|word| !word.is_empty()) {
                    if let Some(name) = word.strip_prefix("tool:") {
                        of_tools.insert(name.to_owned());
                    } else if let Some(name) = word.strip_prefix("resource:") {
                        of_resources.insert(name.to_owned());
                    } else if tools.contains(word) {
                        of_tools.insert(word.to_owned());
                    } else if resources.contains(word) {
                        of_resources.insert(word.to_owned());
                    } else {
                        understood = false;
                    }
                }
            }
            if understood && (!of_tools.is_empty() || !of_resources.is_empty()) {
                clear += 1;
                grants.insert(token, (of_tools, of_resources));
            } else {
                opaque += 1;
            }
        }
        let tool_uses = self.tool_uses.drain().map(|use_of| (true, use_of));
        let resource_uses = self.resource_uses.drain().map(|use_of| (false, use_of));
        for (is_tool, ((used, what), gathered)) in tool_uses.chain(resource_uses) {
            let Some((of_tools, of_resources)) = grants.get(&used) else {
                continue;
            };
            let list = if is_tool { of_tools } else { of_resources };
            let name = scene.text(what);
            // A scope that lists tools alone says nothing of resources.
            if list.is_empty() || list.iter().any(|granted| granted_by(granted, &name)) {
                continue;
            }
            let id = scene.text(used).to_string();
            let message = format!(
                "{id} is for {} and was used for {name}, {}.",
                list.iter()
                    .map(String::as_str)
                    .collect::<Vec<_>>()
                    .join(", "),
                counted(gathered.count, "time", "times")
            );
            findings.push(gathered.finding(&TEXT, (SubjectKind::Credential, id), message, []));
        }
        let reason = match (clear, opaque) {
            (0, 0) => Some("no record in evidence says what a credential is for".to_owned()),
            (_, 0) => None,
            (clear, opaque) => Some(format!(
                "{opaque} of {} scopes hold words that name no tool or resource in evidence, so that what \
                 they allow cannot be told",
                clear + opaque
            )),
        };
        vec![one(&TEXT, findings, reason)]
    }
}

fn granted_by(granted: &str, name: &str) -> bool {
    granted == name
        || granted
            .strip_suffix('*')
            .is_some_and(|begin| name.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use crate::act::Role;

    const CODE: &str = "act-outside-grant";

    fn granted(scope: &str) -> Told {
        at(1, "token.mint").token("t").named(Role::Scope, scope)
    }

    fn invoke(tool: &str) -> Told {
        at(2, "tool.invoke").by("agent").using("t").tool(tool)
    }

    #[test]
    fn a_tool_that_the_scope_does_not_list_is_found() {
        let told = found(
            CODE,
            [
                granted("tool:repo.read"),
                invoke("repo.read"),
                invoke("pay"),
            ],
        );
        assert_eq!(told.len(), 1);
        assert_eq!(
            told[0].message,
            "t is for repo.read and was used for pay, 1 time."
        );
        // The word is the very name of a tool in evidence.
        assert_eq!(
            found(
                CODE,
                [granted("repo.read"), invoke("repo.read"), invoke("pay")]
            )
            .len(),
            1
        );
    }

    #[test]
    fn a_scope_that_cannot_be_understood_allows_anything() {
        for near in [
            vec![granted("tools vault:read"), invoke("pay")],
            vec![granted("tool:repo.read openid"), invoke("pay")],
            vec![granted("tool:*"), invoke("pay")],
            vec![granted("tool:p*"), invoke("pay")],
            vec![granted("tool:repo.read"), invoke("pay").denied()],
            vec![granted("resource:x"), invoke("pay")],
            vec![invoke("pay")],
        ] {
            assert_eq!(found(CODE, near.clone()), [], "{near:?}");
        }
    }
}
