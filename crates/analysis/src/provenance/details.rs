//! What a record says of an act besides the columns that the case keeps, by its format.

use crate::rules::ApprovalTerms;
use evidence::json::{self, Value};
use evidence::{Format, time};

/// What a record says besides. Whatever it does not say is absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Details {
    /// Who it was done for, the initiator first.
    pub on_behalf_of: Vec<String>,
    /// The task that led to it.
    pub task: Option<String>,
    /// Where the actor ran, and with which model.
    pub runtime: Option<String>,
    /// The rule of the policy that decided.
    pub rule: Option<String>,
    /// How the data is classified.
    pub classification: Option<String>,
    /// An approval's window and scope, and who gave it.
    pub approval: Option<ApprovalTerms>,
}

/// How many texts of one list are taken: records may hold any number.
const MOST: usize = 32;

/// Reads a record. One that is not JSON, or that two readers may understand differently (a member
/// that stands twice), says nothing.
pub fn details(record: &[u8], format: Format, depth: usize) -> Details {
    let Ok(document) = json::read(record, depth) else {
        return Details::default();
    };
    if let Some(json::Lapse::DuplicateMember { .. }) = document.lapse {
        return Details::default();
    }
    let root = &document.root;
    match format {
        Format::NhiAuditBundle => bundle(root),
        Format::CloudTrail => cloudtrail(root),
        Format::KubernetesAudit => kubernetes(root),
        Format::VaultAudit => vault(root),
        Format::AgentReceipts => receipts(root),
        _ => Details::default(),
    }
}

fn text(root: &Value<'_>, path: &[&str]) -> Option<String> {
    root.str_at(path)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

/// The named texts that are there, as `name value`.
fn labelled(root: &Value<'_>, parts: &[(&str, &[&str])]) -> Option<String> {
    let said: Vec<String> = parts
        .iter()
        .filter_map(|(name, path)| Some(format!("{name} {}", text(root, path)?)))
        .collect();
    (!said.is_empty()).then(|| said.join(", "))
}

fn bundle(root: &Value<'_>) -> Details {
    let on_behalf_of = root.get("on_behalf_of").and_then(Value::as_array);
    let approval = root.get("approval").map(|approval| {
        let time = |name| approval.str_at(&[name]).and_then(time::rfc3339);
        let scope = approval.get("scope").and_then(Value::as_array);
        ApprovalTerms {
            from: time("from"),
            until: time("until"),
            scope: scope
                .unwrap_or_default()
                .iter()
                .filter_map(Value::as_str)
                .take(MOST)
                .map(str::to_owned)
                .collect(),
        }
    });
    let prompt = text(root, &["task", "prompt_sha256"]);
    Details {
        on_behalf_of: on_behalf_of
            .unwrap_or_default()
            .iter()
            .filter_map(|one| text(one, &["id"]))
            .take(MOST)
            .collect(),
        task: text(root, &["task", "id"]).map(|task| match prompt {
            Some(prompt) => format!("{task}, prompt SHA-256 {prompt}"),
            None => task,
        }),
        runtime: labelled(
            root,
            &[
                ("model", &["runtime", "model"]),
                ("version", &["runtime", "version"]),
                ("image", &["runtime", "image"]),
                ("attestation", &["runtime", "attestation"]),
                ("environment", &["runtime", "environment"]),
            ],
        ),
        rule: text(root, &["policy", "rule"]),
        classification: text(root, &["resource", "classification"]),
        approval,
    }
}

fn cloudtrail(root: &Value<'_>) -> Details {
    let session = ["userIdentity", "sessionContext"];
    let source = text(root, &[session[0], session[1], "sourceIdentity"]);
    Details {
        on_behalf_of: source.into_iter().collect(),
        runtime: labelled(
            root,
            &[
                (
                    "ec2 role delivery",
                    &["userIdentity", "sessionContext", "ec2RoleDelivery"],
                ),
                ("invoked by", &["userIdentity", "invokedBy"]),
            ],
        ),
        ..Details::default()
    }
}

fn kubernetes(root: &Value<'_>) -> Details {
    let extra = |name: &str| {
        let values = root.at(&["user", "extra", name])?.as_array()?;
        values.first()?.as_str().map(str::to_owned)
    };
    let pod = extra("authentication.kubernetes.io/pod-name").map(|pod| format!("pod {pod}"));
    let node = extra("authentication.kubernetes.io/node-name").map(|node| format!("node {node}"));
    let runtime: Vec<String> = pod.into_iter().chain(node).collect();
    // Who impersonates another is who began.
    let impersonates = text(root, &["impersonatedUser", "username"]).is_some();
    Details {
        on_behalf_of: text(root, &["user", "username"])
            .filter(|_| impersonates)
            .into_iter()
            .collect(),
        runtime: (!runtime.is_empty()).then(|| runtime.join(", ")),
        rule: text(root, &["annotations", "authorization.k8s.io/reason"]),
        ..Details::default()
    }
}

fn vault(root: &Value<'_>) -> Details {
    let granting = root.at(&["auth", "policy_results", "granting_policies"]);
    let granting: Vec<String> = granting
        .and_then(Value::as_array)
        .unwrap_or_default()
        .iter()
        .filter_map(|policy| text(policy, &["name"]))
        .take(MOST)
        .collect();
    Details {
        rule: (!granting.is_empty()).then(|| granting.join(", ")),
        ..Details::default()
    }
}

fn receipts(root: &Value<'_>) -> Details {
    let subject = |path: &[&str]| {
        let mut all = vec!["credentialSubject"];
        all.extend(path);
        text(root, &all)
    };
    Details {
        on_behalf_of: subject(&["principal", "id"]).into_iter().collect(),
        task: subject(&["intent", "conversation_hash"]).map(|hash| format!("conversation {hash}")),
        runtime: labelled(
            root,
            &[
                ("model", &["issuer", "model"]),
                ("operator", &["issuer", "operator", "id"]),
            ],
        ),
        classification: subject(&["action", "risk_level"]).map(|risk| format!("risk {risk}")),
        ..Details::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_s_record_tells_the_whole_card() {
        let record = br#"{"v":1,"on_behalf_of":[{"id":"ann","kind":"human"},{"id":"planner"}],
            "task":{"id":"t/1","prompt_sha256":"ab"},"runtime":{"model":"m","version":"2"},
            "policy":{"rule":"r"},"resource":{"id":"x","classification":"secret"},
            "approval":{"id":"a","from":"1970-01-01T00:00:01Z","scope":["pay",7]}}"#;
        let told = details(record, Format::NhiAuditBundle, 16);
        assert_eq!(told.on_behalf_of, ["ann", "planner"]);
        assert_eq!(told.task.as_deref(), Some("t/1, prompt SHA-256 ab"));
        assert_eq!(told.runtime.as_deref(), Some("model m, version 2"));
        assert_eq!(told.rule.as_deref(), Some("r"));
        assert_eq!(told.classification.as_deref(), Some("secret"));
        let approval = told.approval.unwrap();
        assert_eq!(approval.from, Some(evidence::Micros(1_000_000)));
        assert_eq!(
            (approval.until, approval.scope),
            (None, vec!["pay".to_owned()])
        );
    }

    #[test]
    fn a_record_that_two_readers_understand_differently_says_nothing() {
        let twice = br#"{"runtime":{"model":"m","model":"n"}}"#;
        for record in [&twice[..], b"{", b"\xff", b"[[[[[]]]]]", b"7"] {
            assert_eq!(
                details(record, Format::NhiAuditBundle, 4),
                Details::default()
            );
        }
    }

    #[test]
    fn who_impersonates_began() {
        let record = br#"{"user":{"username":"ops","extra":{"authentication.kubernetes.io/pod-name":["p"]}},
            "impersonatedUser":{"username":"root"},"annotations":{"authorization.k8s.io/reason":"why"}}"#;
        let told = details(record, Format::KubernetesAudit, 16);
        assert_eq!(told.on_behalf_of, ["ops"]);
        assert_eq!(
            (told.runtime.as_deref(), told.rule.as_deref()),
            (Some("pod p"), Some("why"))
        );
    }
}
