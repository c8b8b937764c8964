//! Kubernetes audit events (`audit.k8s.io/v1`, and its beta and alpha forms).
//!
//! They are unsealed. The canonical ids:
//!
//! | of | is |
//! |---|---|
//! | a service account, node or other system user | its user name verbatim: `system:serviceaccount:ns:name` |
//! | any other user | `k8s:user:` and the name, for a bare name may mean someone else elsewhere |
//! | a credential | its id verbatim: `JTI=…`, `X509SHA256=…`; on EKS the AWS access key id |
//! | a secret | `k8s:secret:ns/name`; of a list or watch `k8s:secret:ns/*`, over all namespaces `k8s:secret:*/*` |
//! | another object | `k8s:resource:ns/name`, without a namespace `k8s:resource:name`, and `*` alike |

mod act;

use super::plain::{Record, is_absent, text};
use crate::event::{Events, Field};
use crate::json::Value;
use crate::{Limits, Reading};
use act::Act;

const CREDENTIAL_ID: &str = "authentication.kubernetes.io/credential-id";
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
        user(events, Field::Actor, name);
        events.set(Field::ActorKind, kind_of_user(name));
    }
    if let Some(name) = text(root, &["impersonatedUser", "username"]) {
        user(events, Field::Subject, name);
    }
    let credential = [CREDENTIAL_ID, "accessKeyId"]
        .into_iter()
        .find_map(|name| first_text(root.at(&["user", "extra", name])?));
    if let Some(credential) = credential {
        events.set(Field::Credential, credential);
    }
    if let Some(address) = root.get("sourceIPs").and_then(first_text) {
        events.set(Field::SourceIp, address);
    }
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
        _ if name.starts_with("system:serviceaccount:") => "workload",
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
            let parts = ["system:serviceaccount:", namespace, ":", name];
            events.set_parts(Field::Subject, &parts);
        }
        if let Some(id) = text(root, &["annotations", ISSUED_CREDENTIAL_ID]) {
            events.set(Field::Token, id);
        }
    }
    let decision = match text(root, &["annotations", "authorization.k8s.io/decision"]) {
        Some("allow") => "allow",
        Some("forbid") => "deny",
        _ => "",
    };
    events.set(Field::Decision, decision);
    events.set(Field::Outcome, outcome(root));
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
