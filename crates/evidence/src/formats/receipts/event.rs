//! A receipt as an event.

use super::document::Document;
use crate::event::{Events, Field};
use crate::json::Value;

/// Sets what the receipt says of the event begun last.
pub(super) fn normalise(document: &Document<'_>, events: &mut Events) {
    events.set_time(document.time);
    let Some(root) = &document.root else {
        return;
    };
    let text = |path: &[&str]| root.str_at(path).unwrap_or_default();
    let subject = root.get("credentialSubject");
    let in_subject = |path: &[&str]| {
        subject
            .and_then(|subject| subject.str_at(path))
            .unwrap_or_default()
    };
    let native = in_subject(&["action", "type"]);
    events.set(Field::Type, kind(native, document, subject));
    events.set(Field::NativeType, native);
    events.set(Field::Actor, text(&["issuer", "id"]));
    events.set(
        Field::ActorKind,
        if document.issuer().is_some() {
            "agent"
        } else {
            ""
        },
    );
    events.set(Field::Subject, in_subject(&["principal", "id"]));
    events.set(Field::Credential, in_subject(&["chain", "chain_id"]));
    events.set(
        Field::TokenParent,
        in_subject(&["delegation", "parent_chain_id"]),
    );
    if !in_subject(&["delegation", "parent_chain_id"]).is_empty() {
        // A delegated chain is the credential that the delegation made.
        events.set(Field::Token, in_subject(&["chain", "chain_id"]));
    }
    let resource = in_subject(&["action", "target", "resource"]);
    let system = in_subject(&["action", "target", "system"]);
    events.set(
        Field::Resource,
        if resource.is_empty() {
            system
        } else {
            resource
        },
    );
    events.set(Field::Tool, in_subject(&["action", "tool_name"]));
    events.set(Field::Outcome, outcome(in_subject(&["outcome", "status"])));
    events.set(Field::NativeId, text(&["id"]));
    let time = in_subject(&["action", "timestamp"]);
    events.set(
        Field::TimeText,
        if time.is_empty() {
            text(&["issuanceDate"])
        } else {
            time
        },
    );
}

/// The audit bundle's word for a receipt's action, by the protocol's own taxonomy; an action that
/// it does not know keeps its own name, unless it names a tool.
fn kind<'t>(native: &'t str, document: &Document<'_>, subject: Option<&Value<'_>>) -> &'t str {
    if document.rotation.is_some() || native == "agent.key.rotate" {
        return "key.rotate";
    }
    let names_tool = subject
        .and_then(|subject| subject.at(&["action", "tool_name"]))
        .is_some();
    let (group, rest) = native.split_once('.').unwrap_or((native, ""));
    let reads = matches!(
        rest.rsplit('.').next(),
        Some("read" | "list" | "query" | "search" | "export" | "download")
    );
    match group {
        "filesystem" | "data" | "document" | "communication" if reads => "data.access",
        "filesystem" | "data" | "document" => "resource.change",
        "communication" | "financial" | "http" => "call",
        "system" | "mcp" => "tool.invoke",
        _ if names_tool => "tool.invoke",
        _ => native,
    }
}

/// `pending` is no outcome yet.
fn outcome(status: &str) -> &str {
    match status {
        "success" | "failure" | "denied" => status,
        _ => "",
    }
}
