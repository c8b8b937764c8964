//! An interactive client on a machine's credential.

use super::scene::Scene;
use super::{Assessed, Gathered, Rule, RuleText, Strength, SubjectKind, counted, one};
use crate::act::{Act, Name, Role};
use crate::mapping::{Mapping, attack, nhi};
use std::collections::HashMap;

pub(super) static TEXT: RuleText = RuleText {
    code: "human-use",
    title: "an interactive client on a machine's credential",
    about: "The record says that an agent, a workload or a service acted, and its user agent is a \
            browser, a console, a shell or a tool that people type into. Scripts use such tools too, \
            and a user agent is whatever the client wrote.",
    strength: Strength::Indicator,
    mapping: Mapping {
        nhi: &[nhi::HUMAN_USE],
        agentic: &[],
        attack: &[attack::CLOUD_ACCOUNTS],
    },
    limits: &[],
};

/// What clients that people use write, at the beginning or anywhere, in lower case.
const CLIENTS: &[(&str, bool, &str)] = &[
    ("mozilla/", false, "a browser"),
    ("console.amazonaws.com", true, "the AWS console"),
    ("signin.amazonaws.com", true, "the AWS console"),
    ("cloudshell", true, "AWS CloudShell"),
    ("aws-cli/", false, "aws-cli"),
    ("kubectl", false, "kubectl"),
    ("k9s", false, "k9s"),
    ("curl/", false, "curl"),
    ("wget/", false, "wget"),
    ("postmanruntime/", false, "Postman"),
    ("powershell/", true, "PowerShell"),
];

fn client(agent: &str) -> Option<&'static str> {
    let agent = agent.trim_start_matches('[').to_ascii_lowercase();
    CLIENTS
        .iter()
        .find(|(word, anywhere, _)| {
            if *anywhere {
                agent.contains(word)
            } else {
                agent.starts_with(word)
            }
        })
        .map(|(_, _, name)| *name)
}

#[derive(Debug, Default)]
pub(super) struct Human {
    clients: HashMap<Name, Option<&'static str>>,
    machines: HashMap<Name, bool>,
    found: HashMap<(Name, &'static str), Gathered>,
    agents: u64,
}

impl Rule for Human {
    fn see(&mut self, act: &Act, scene: &mut Scene<'_>) {
        let Some(agent) = act.name(Role::Agent) else {
            return;
        };
        self.agents += 1;
        let (Some(kind), Some(actor)) = (act.name(Role::ActorKind), act.name(Role::Actor)) else {
            return;
        };
        let machine = *self.machines.entry(kind).or_insert_with(|| {
            matches!(
                &*scene.text(kind),
                "agent" | "workload" | "service" | "device"
            )
        });
        if !machine {
            return;
        }
        let client = *self
            .clients
            .entry(agent)
            .or_insert_with(|| client(&scene.text(agent)));
        if let Some(client) = client {
            let gathered = self.found.entry((actor, client)).or_default();
            gathered.add(act, "by hand", true);
        }
    }

    fn end(&mut self, scene: &mut Scene<'_>) -> Vec<Assessed> {
        let mut findings = Vec::new();
        for ((actor, client), gathered) in self.found.drain() {
            let id = scene.text(actor).to_string();
            let message = format!(
                "{id}, a machine by its records, was used with {client} {}.",
                counted(gathered.count, "time", "times")
            );
            findings.push(gathered.finding(&TEXT, (SubjectKind::Identity, id), message, []));
        }
        let reason =
            (self.agents == 0).then(|| "no record in evidence names the client program".to_owned());
        vec![one(&TEXT, findings, reason)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use crate::act::Role;

    const CODE: &str = "human-use";

    fn with(kind: &str, agent: &str) -> Told {
        at(1, "call")
            .by("role/x")
            .named(Role::ActorKind, kind)
            .named(Role::Agent, agent)
    }

    #[test]
    fn a_shell_on_a_workload_is_found() {
        for agent in [
            "aws-cli/2.1 Python/3",
            "[aws-cli/2.1]",
            "kubectl/v1.30 (linux)",
            "Mozilla/5.0",
        ] {
            assert_eq!(found(CODE, [with("workload", agent)]).len(), 1, "{agent}");
        }
    }

    #[test]
    fn a_human_and_a_library_are_not() {
        for near in [
            with("human", "aws-cli/2.1"),
            with("unknown", "aws-cli/2.1"),
            with("workload", "Boto3/1.2"),
            with("workload", "kube-controller-manager/v1.30"),
            with("workload", "cloudtrail.amazonaws.com"),
        ] {
            assert_eq!(found(CODE, [near.clone()]), [], "{near:?}");
        }
    }
}
