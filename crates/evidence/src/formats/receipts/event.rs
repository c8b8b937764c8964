//! A receipt as an event.
//!
//! Ids stand as the receipt has them, and nothing is an alias of anything. A chain is the credential
//! of what its receipts tell: they name no other. Where the chain was delegated, it is also the
//! token made, its parent the delegator's chain, and `authorization` its scope and its end. A
//! rotation makes a key, named by its fingerprint, whose parent is the key that it replaces.
//!
//! | shown | where |
//! |---|---|
//! | workload | `issuer.id`: one instance of an agent |
//! | short-lived | `authorization.expires_at` is a time |
//! | decision | never: `denied` does not say who denied |
//! | request | `action.tool_name`, `parameters_hash` or `parameters_disclosure` |
//! | resource | `action.target` |
//! | classification | never: `risk_level` is the action's |
//! | approval | `authorization.granted_at` or `grant_ref` |
//! | outcome | `outcome.status`, but for `pending` |

use super::document::Document;
use crate::event::{Events, Field, shown};
use crate::json::Value;
use crate::time;

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
    let of = |path: &[&str]| subject.and_then(|subject| subject.at(path));
    let expires = of(&["authorization", "expires_at"])
        .and_then(Value::as_str)
        .and_then(time::rfc3339);
    let parent = in_subject(&["delegation", "parent_chain_id"]);
    if document.rotation.is_some() {
        let new = in_subject(&["keyRotation", "new_key_fingerprint"]);
        let old = in_subject(&["keyRotation", "old_key_fingerprint"]);
        events.set(Field::Token, new);
        events.set(Field::TokenParent, old);
    } else if !parent.is_empty() {
        // A delegated chain is the credential that the delegation made.
        events.set(Field::Token, in_subject(&["chain", "chain_id"]));
        events.set(Field::TokenParent, parent);
        events.set_expires(expires);
        let scopes = of(&["authorization", "scopes"]).and_then(Value::as_array);
        let words = scopes.into_iter().flatten().filter_map(Value::as_str);
        events.set_words(Field::Scope, words.flat_map(str::split_whitespace));
    }
    let trace = in_subject(&["delegation", "parent_receipt_id"]);
    events.set(
        Field::Trace,
        if trace.is_empty() {
            in_subject(&["correlation_id"])
        } else {
            trace
        },
    );
    let program = in_subject(&["action", "peer_credential", "exe_path"]);
    events.set(Field::Agent, program);
    let grant = in_subject(&["authorization", "grant_ref"]);
    events.set(Field::Approval, grant);
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
    let has = |path: &[&str]| of(path).is_some_and(|value| value.as_str() != Some(""));
    events.show_where(&[
        (shown::WORKLOAD, !text(&["issuer", "id"]).is_empty()),
        (shown::SHORT_LIVED, expires.is_some()),
        (
            shown::REQUEST,
            ["tool_name", "parameters_hash", "parameters_disclosure"]
                .iter()
                .any(|name| has(&["action", name])),
        ),
        (shown::RESOURCE, !resource.is_empty() || !system.is_empty()),
        (
            shown::APPROVAL,
            !grant.is_empty() || has(&["authorization", "granted_at"]),
        ),
        (
            shown::OUTCOME,
            !outcome(in_subject(&["outcome", "status"])).is_empty(),
        ),
    ]);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::samples;

    fn read(text: &str) -> Events {
        let mut events = Events::default();
        events.begin();
        let document = Document::read(text.as_bytes(), 64, &mut Vec::new());
        normalise(&document, &mut events);
        assert_eq!(events.len(), 1);
        events
    }

    #[test]
    fn a_delegated_chain_is_made_from_its_delegators() {
        let events = read(
            r#"{"id":"urn:receipt:2","issuer":{"id":"did:agent:sub"},"credentialSubject":{
            "principal":{"id":"did:user:alice"},"action":{"type":"data.api.read","target":
            {"system":"api.example.com"},"parameters_hash":"sha256:00"},"outcome":{"status":"pending"},
            "delegation":{"parent_chain_id":"chain_a","parent_receipt_id":"urn:receipt:1"},
            "authorization":{"scopes":["email:send","drive:read","email:send"],
            "granted_at":"2026-03-31T14:00:00Z","expires_at":"2026-03-31T15:00:00Z","grant_ref":"g-1"},
            "chain":{"chain_id":"chain_b","sequence":1,"previous_receipt_hash":null}}}"#,
        );
        let event = events.get(0);
        for (field, expected) in [
            (Field::Actor, Some("did:agent:sub")),
            (Field::Credential, Some("chain_b")),
            (Field::Token, Some("chain_b")),
            (Field::TokenParent, Some("chain_a")),
            (Field::Scope, Some("drive:read email:send")),
            (Field::Trace, Some("urn:receipt:1")),
            (Field::Approval, Some("g-1")),
            (Field::NativeId, Some("urn:receipt:2")),
            (Field::Resource, Some("api.example.com")),
            (Field::Outcome, None),
        ] {
            assert_eq!(event.get(field), expected, "{field:?}");
        }
        assert_eq!(event.expires(), time::rfc3339("2026-03-31T15:00:00Z"));
        let expected = shown::WORKLOAD
            | shown::SHORT_LIVED
            | shown::REQUEST
            | shown::RESOURCE
            | shown::APPROVAL;
        assert_eq!(event.shown(), expected);
        assert_eq!(events.aliases().count(), 0);
    }

    #[test]
    fn a_chain_of_its_own_is_used_and_not_made() {
        let events = read(
            r#"{"credentialSubject":{"action":{"type":"system.command.execute","tool_name":"bash",
            "peer_credential":{"exe_path":"/usr/bin/agent"}},"correlation_id":"c-9","outcome":
            {"status":"denied"},"authorization":{"scopes":["a"],"expires_at":"2026-03-31T15:00:00Z"},
            "chain":{"chain_id":"chain_a"}}}"#,
        );
        let event = events.get(0);
        for (field, expected) in [
            (Field::Credential, Some("chain_a")),
            (Field::Token, None),
            (Field::TokenParent, None),
            (Field::Scope, None),
            (Field::Trace, Some("c-9")),
            (Field::Agent, Some("/usr/bin/agent")),
        ] {
            assert_eq!(event.get(field), expected, "{field:?}");
        }
        assert_eq!(event.expires(), None);
        let expected = shown::SHORT_LIVED | shown::REQUEST | shown::OUTCOME;
        assert_eq!(event.shown(), expected);
    }

    #[test]
    fn genuine_receipts_give_what_stands_in_them() {
        let Some(files) = samples::archive("agent-receipts.tar.gz") else {
            return;
        };
        let event = |name: &str, field| {
            let (_, bytes) = files.iter().find(|(path, _)| path.ends_with(name)).unwrap();
            let events = read(std::str::from_utf8(bytes).unwrap());
            events.get(0).get(field).map(str::to_owned)
        };
        // Read off the files.
        for (name, field, expected) in [
            (
                "/rotation_event.json",
                Field::Token,
                Some("sha256:dac073e0123bdea59dd9b3bda9cf6037f63aca82627d7abcd5c4ac29dd74003e"),
            ),
            (
                "/rotation_event.json",
                Field::TokenParent,
                Some("sha256:39f713d0a644253f04529421b9f51b9b08979d08295959c4f3990ee617f5139f"),
            ),
            ("/rotation_event.json", Field::Type, Some("key.rotate")),
            (
                "/delegation-receipt.json",
                Field::Token,
                Some("chain_delegated_research_001"),
            ),
            (
                "/delegation-receipt.json",
                Field::TokenParent,
                Some("chain_session_xyz789"),
            ),
            (
                "/delegation-receipt.json",
                Field::Trace,
                Some("urn:receipt:550e8400-e29b-41d4-a716-446655440000"),
            ),
            ("/full-receipt.json", Field::Token, None),
            (
                "/full-receipt.json",
                Field::Credential,
                Some("chain_session_xyz789"),
            ),
        ] {
            assert_eq!(event(name, field).as_deref(), expected, "{name} {field:?}");
        }
    }
}
