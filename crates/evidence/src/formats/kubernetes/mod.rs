//! Kubernetes audit events (`audit.k8s.io/v1`, and its beta and alpha forms).
//!
//! They are unsealed. The canonical ids:
//!
//! | of | is |
//! |---|---|
//! | a service account, node or other system user | its user name verbatim: `system:serviceaccount:ns:name` |
//! | an AWS principal, on EKS | its ARN verbatim, where the user name is that ARN |
//! | any other user | `k8s:user:` and the name, for a bare name may mean someone else elsewhere |
//! | a credential | its id verbatim: `JTI=…`, `X509SHA256=…`; on EKS the AWS access key id |
//! | a secret | `k8s:secret:ns/name`; of a list or watch `k8s:secret:ns/*`, over all namespaces `k8s:secret:*/*` |
//! | another object | `k8s:resource:ns/name`, without a namespace `k8s:resource:name`, and `*` alike |
//!
//! What is another name of the same: of a service account its `uid`; of a token that was issued its
//! `jti` without `JTI=`. Another user's `uid` is none, since authenticators give one uid to all
//! sessions of a role. The parent of a token is the credential with which it was asked for. Its end
//! is told only where the answer's body was logged; seconds that were asked for are no end, since
//! the server may give others.
//!
//! | shown | where |
//! |---|---|
//! | workload | the user is a service account or a node, a service account of Google's, or a part of the cluster |
//! | short-lived | the credential used is a bound token (`JTI=…`) or an AWS session's (`ASIA…`), or a token was issued |
//! | decision | the annotation `authorization.k8s.io/decision` |
//! | request | `requestURI`, or the request's body |
//! | resource | `objectRef.resource` |
//! | classification, approval | never |
//! | outcome | the stage is late enough to tell |

mod act;

use super::plain::{Record, is_absent, text};
use crate::event::{Events, Field, shown};
use crate::json::Value;
use crate::{Limits, Reading, time};
use act::Act;

const CREDENTIAL_ID: &str = "authentication.kubernetes.io/credential-id";
const SERVICE_ACCOUNT: &str = "system:serviceaccount:";
const ISSUED_CREDENTIAL_ID: &str = "authentication.kubernetes.io/issued-credential-id";

/// Reads one record: begins its event, and says what is malformed.
///
/// Required are `auditID`, `stage` and one of `verb` and `requestURI`: what every API server has
/// written in every version of the format. `apiVersion` and `kind` are not, since the items of an
/// `EventList` come without.
pub fn read(bytes: &[u8], limits: &Limits, events: &mut Events) -> Reading {
    events.begin();
    let mut record = Record::read(bytes, limits);
    if record.root.as_object().is_some() {
        check(&mut record);
        when(&mut record, events);
        who(&record.root, events);
        what(&record.root, events);
    }
    record.reading()
}

/// Notes members that are missing or not of their type.
fn check(record: &mut Record<'_>) {
    const TEXTS: [&str; 5] = ["kind", "auditID", "stage", "verb", "requestURI"];
    const OBJECTS: [&str; 5] = [
        "user",
        "impersonatedUser",
        "objectRef",
        "responseStatus",
        "annotations",
    ];
    record.want(&TEXTS, "text", |value| value.as_str().is_some());
    record.want(&OBJECTS, "an object", |value| value.as_object().is_some());
    record.want(&["sourceIPs"], "an array", |value| {
        value.as_array().is_some()
    });
    record.require("auditID");
    record.require("stage");
    if is_absent(record.root.get("verb")) && is_absent(record.root.get("requestURI")) {
        record.note(|| "it has neither `verb` nor `requestURI`".into());
    }
    if text(&record.root, &["kind"]).is_some_and(|kind| kind != "Event") {
        record.note(|| "its `kind` is not `Event`".into());
    }
}

/// The moment at which the request came in: the same for all stages of one request. Old versions
/// have only the moment at which the event was made.
fn when(record: &mut Record<'_>, events: &mut Events) {
    for name in ["requestReceivedTimestamp", "stageTimestamp", "timestamp"] {
        if !is_absent(record.root.get(name)) {
            events.set_time(record.time(name));
            if let Some(text) = text(&record.root, &[name]) {
                events.set(Field::TimeText, text);
            }
            return;
        }
    }
}

fn who(root: &Value<'_>, events: &mut Events) {
    if let Some(name) = text(root, &["user", "username"]) {
        let is_arn = name.starts_with("arn:")
            && root.at(&["user", "extra", "arn"]).and_then(first_text) == Some(name);
        if is_arn {
            events.set(Field::Actor, name);
        } else {
            user(events, Field::Actor, name);
        }
        events.set(Field::ActorKind, kind_of_user(name));
        if name.starts_with(SERVICE_ACCOUNT)
            && let Some(uid) = text(root, &["user", "uid"])
        {
            events.alias(Field::Actor, uid);
        }
    }
    if let Some(name) = text(root, &["impersonatedUser", "username"]) {
        user(events, Field::Subject, name);
    }
    if let Some(credential) = credential(root) {
        events.set(Field::Credential, credential);
    }
    if let Some(agent) = text(root, &["userAgent"]) {
        events.set(Field::Agent, agent);
    }
    if let Some(address) = root.get("sourceIPs").and_then(first_text) {
        events.set(Field::SourceIp, address);
    }
}

/// The credential of the request, whoever was impersonated with it.
fn credential<'v>(root: &'v Value<'_>) -> Option<&'v str> {
    [CREDENTIAL_ID, "accessKeyId"]
        .into_iter()
        .find_map(|name| first_text(root.at(&["user", "extra", name])?))
}

fn user(events: &mut Events, field: Field, name: &str) {
    let prefix = if name.starts_with("system:") {
        ""
    } else {
        "k8s:user:"
    };
    events.set_parts(field, &[prefix, name]);
}

/// Whether a user name is a workload's or a part's of the cluster. A person's cannot be told from
/// a robot's.
fn kind_of_user(name: &str) -> &'static str {
    match name {
        "system:anonymous" | "system:unauthenticated" | "system:admin" => "unknown",
        _ if name.starts_with(SERVICE_ACCOUNT) => "workload",
        _ if name.ends_with(".gserviceaccount.com") => "workload",
        _ if name.starts_with("system:") => "service",
        _ => "unknown",
    }
}

/// The first text of an array, or a text that stands alone.
fn first_text<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    let first = match value.as_array() {
        Some(values) => values.first()?,
        None => value,
    };
    text(first, &[])
}

fn what(root: &Value<'_>, events: &mut Events) {
    let act = Act::of(root);
    events.set(Field::Type, act.kind());
    act.native(events);
    if let Some(id) = text(root, &["auditID"]) {
        events.set(Field::NativeId, id);
    }
    if let Some(tool) = act.tool() {
        events.set(Field::Tool, tool);
    }
    if act.resource == "secrets" {
        act.object(events, Field::Secret, "secret");
    } else if !act.resource.is_empty() {
        act.object(events, Field::Resource, act.resource);
    }
    if act.is_mint() {
        // The token is the service account's, whoever was impersonated to ask for it.
        if let (Some(namespace), Some(name)) = (act.namespace, act.name) {
            let parts = [SERVICE_ACCOUNT, namespace, ":", name];
            events.set_parts(Field::Subject, &parts);
        }
        if let Some(id) = text(root, &["annotations", ISSUED_CREDENTIAL_ID]) {
            issued(root, id, events);
        }
    }
    let decision = match text(root, &["annotations", "authorization.k8s.io/decision"]) {
        Some("allow") => "allow",
        Some("forbid") => "deny",
        _ => "",
    };
    events.set(Field::Decision, decision);
    let outcome = outcome(root);
    events.set(Field::Outcome, outcome);
    if let Some([kind, name]) =
        text(root, &["annotations", "authorization.k8s.io/reason"]).and_then(binding)
    {
        events.set_parts(Field::Policy, &[kind, "/", name]);
    }
    let has = |path: &[&str]| !is_absent(root.at(path));
    let user = text(root, &["user", "username"]);
    let is_short = |id: &str| id.starts_with("JTI=") || id.starts_with("ASIA");
    events.show_where(&[
        (
            shown::WORKLOAD,
            user.is_some_and(|name| kind_of_user(name) != "unknown"),
        ),
        (
            shown::SHORT_LIVED,
            credential(root).is_some_and(is_short)
                || act.is_mint() && has(&["annotations", ISSUED_CREDENTIAL_ID]),
        ),
        (shown::DECISION, !decision.is_empty()),
        (
            shown::REQUEST,
            has(&["requestURI"]) || has(&["requestObject"]),
        ),
        (shown::RESOURCE, !act.resource.is_empty()),
        (shown::OUTCOME, !outcome.is_empty()),
    ]);
}

/// The token that was issued.
fn issued(root: &Value<'_>, id: &str, events: &mut Events) {
    events.set(Field::Token, id);
    if let Some(jti) = id.strip_prefix("JTI=") {
        events.alias(Field::Token, jti);
    }
    if let Some(parent) = credential(root) {
        events.set(Field::TokenParent, parent);
    }
    let ends = text(root, &["responseObject", "status", "expirationTimestamp"]);
    events.set_expires(ends.and_then(time::rfc3339));
}

/// The kind and name of the binding by which RBAC allowed a request, out of its reason in words:
/// `RBAC: allowed by RoleBinding "name/namespace" of Role "x" to User "y"`.
fn binding(reason: &str) -> Option<[&str; 2]> {
    let rest = reason.strip_prefix("RBAC: allowed by ")?;
    let (kind, rest) = rest.split_once(" \"")?;
    let (name, _) = rest.split_once('"')?;
    let is_binding = matches!(kind, "RoleBinding" | "ClusterRoleBinding");
    (is_binding && !name.is_empty()).then_some([kind, name])
}

/// What became of the request; empty where the stage is too early to tell.
fn outcome(root: &Value<'_>) -> &'static str {
    let status = root.get("responseStatus");
    let code = status
        .and_then(|status| status.get("code"))
        .and_then(Value::as_u64);
    match code {
        // 101: an `exec` or `attach` that was let through.
        Some(101 | 200..=399) => "success",
        Some(401 | 403) => "denied",
        Some(code) if code > 0 => "failure",
        _ => match status.and_then(|status| text(status, &["status"])) {
            Some("Success") => "success",
            Some("Failure") => "failure",
            _ if text(root, &["stage"]) == Some("Panic") => "failure",
            _ => "",
        },
    }
}

#[cfg(test)]
mod tests;
