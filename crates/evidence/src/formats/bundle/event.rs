//! A record as an event: the bundle's vocabulary is Exhibit's own, so this mostly looks members up.
//!
//! All ids stand as the record has them, and nothing is an alias of anything: an actor's `name` is
//! a label that another may have too. A bundle gives its events no id of their own: what pairs them
//! is `trace.id`.
//!
//! | shown | where |
//! |---|---|
//! | workload | `actor.kind` is agent, workload, service or device |
//! | short-lived | `token.expires` is a time |
//! | decision | `policy.decision` |
//! | request | `tool.name` or `task.id` |
//! | resource | `resource.id` or `secret.id` |
//! | classification | `resource.classification` |
//! | approval | `approval.id` or `approval.decision` |
//! | outcome | `outcome` |

use super::line::Members;
use crate::event::{Events, Field, shown};
use crate::json::Value;
use crate::time;

/// Fills the event begun last.
pub(super) fn fill(members: &Members<'_, '_>, events: &mut Events) {
    let top = |name| members.text(name);
    let inner = |name, inner| members.get(name).and_then(|value| only(value, inner));
    let below = |name, member| inner(name, member).and_then(Value::as_str);
    events.set_time(top("time").and_then(time::rfc3339_utc));
    let kind = top("type");
    let credential = below("credential", "id").or_else(|| {
        let token = below("token", "id")?;
        kind.is_some_and(is_by_token).then_some(token)
    });
    let decision = below("policy", "decision");
    let fields = [
        (Field::TimeText, top("time")),
        (Field::Type, kind),
        (Field::NativeType, kind),
        (Field::Actor, below("actor", "id")),
        (Field::ActorKind, below("actor", "kind")),
        (Field::Subject, below("subject", "id")),
        (Field::Credential, credential),
        (Field::Token, below("token", "id")),
        (Field::TokenParent, below("token", "parent")),
        (Field::Secret, below("secret", "id")),
        (Field::Resource, below("resource", "id")),
        (Field::Tool, below("tool", "name")),
        (
            Field::Decision,
            decision.or_else(|| below("approval", "decision")),
        ),
        (Field::Outcome, top("outcome")),
        (Field::SourceIp, below("source", "ip")),
        (Field::Trace, below("trace", "id")),
        (Field::Agent, below("source", "user_agent")),
        (Field::Environment, below("runtime", "environment")),
        (Field::Approval, below("approval", "id")),
    ];
    for (field, text) in fields {
        if let Some(text) = text {
            events.set(field, text);
        }
    }
    match (below("policy", "id"), below("policy", "version")) {
        (Some(id), Some(version)) if !version.is_empty() => {
            events.set_parts(Field::Policy, &[id, "@", version]);
        }
        (Some(id), _) => events.set(Field::Policy, id),
        (None, _) => {}
    }
    if let Some(scope) = inner("token", "scope") {
        let texts: Vec<&str> = match scope {
            Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
            one => one.as_str().into_iter().collect(),
        };
        events.set_words(
            Field::Scope,
            texts.iter().flat_map(|text| text.split_whitespace()),
        );
    }
    let expires = below("token", "expires").and_then(time::rfc3339);
    events.set_expires(expires);

    let named = |name, member| below(name, member).is_some_and(|text| !text.is_empty());
    let is_workload = matches!(
        below("actor", "kind"),
        Some("agent" | "workload" | "service" | "device")
    );
    events.show_where(&[
        (shown::WORKLOAD, is_workload && named("actor", "id")),
        (shown::SHORT_LIVED, expires.is_some()),
        (shown::DECISION, named("policy", "decision")),
        (shown::REQUEST, named("tool", "name") || named("task", "id")),
        (
            shown::RESOURCE,
            named("resource", "id") || named("secret", "id"),
        ),
        (shown::CLASSIFICATION, named("resource", "classification")),
        (
            shown::APPROVAL,
            named("approval", "id") || named("approval", "decision"),
        ),
        (
            shown::OUTCOME,
            top("outcome").is_some_and(|o| !o.is_empty()),
        ),
    ]);
}

/// A member of an object, unless its name stands twice in it: nobody knows which one counts.
fn only<'v, 'a>(value: &'v Value<'a>, name: &str) -> Option<&'v Value<'a>> {
    let mut found = value.as_object()?.0.iter().filter(|(key, _)| key == name);
    let (_, first) = found.next()?;
    found.next().is_none().then_some(first)
}

/// Whether a record of this type that names a `token` and no `credential` was authorised by that
/// token. Elsewhere the token may be what the record is about: the one that was made or revoked,
/// or that a secret holds.
fn is_by_token(kind: &str) -> bool {
    matches!(kind, "token.use" | "call" | "tool.invoke" | "data.access")
}

#[cfg(test)]
mod tests {
    use super::super::line;
    use crate::event::{Events, Field, shown};
    use crate::{Limits, time};

    fn read(members: &str) -> Events {
        let mut events = Events::default();
        let text = format!(
            r#"{{"v":1,"stream":"s","seq":1,"prev":null,"time":"2026-06-01T00:00:00Z",{members}}}"#
        );
        line::read(text.as_bytes(), &Limits::default(), &mut events);
        assert_eq!(events.len(), 1);
        events
    }

    #[test]
    fn a_mint_has_its_scope_end_policy_and_trace() {
        let events = read(
            r#""type":"token.mint","actor":{"id":"spiffe://x/sts","kind":"service","name":"STS"},
            "subject":{"id":"spiffe://x/agent/a","kind":"agent"},"token":{"id":"jti:2","parent":"jti:1",
            "scope":["vault:write","vault:read"," vault:read  deploy"],"expires":"2026-06-01T02:15:04+02:00"},
            "policy":{"id":"mint","version":"12","decision":"allow"},"trace":{"id":"4bf9","span":"1"},
            "runtime":{"environment":"prod"},"source":{"ip":"10.1.2.3","user_agent":"gw/2"},
            "approval":{"id":"ap-1","by":"x","decision":"allow"},"outcome":"success""#,
        );
        let event = events.get(0);
        for (field, expected) in [
            (Field::Scope, Some("deploy vault:read vault:write")),
            (Field::Policy, Some("mint@12")),
            (Field::Trace, Some("4bf9")),
            (Field::NativeId, None),
            (Field::Environment, Some("prod")),
            (Field::Agent, Some("gw/2")),
            (Field::Approval, Some("ap-1")),
            (Field::Token, Some("jti:2")),
            (Field::TokenParent, Some("jti:1")),
            (Field::Credential, None),
        ] {
            assert_eq!(event.get(field), expected, "{field:?}");
        }
        assert_eq!(event.expires(), time::rfc3339("2026-06-01T00:15:04Z"));
        let expected = shown::WORKLOAD
            | shown::SHORT_LIVED
            | shown::DECISION
            | shown::APPROVAL
            | shown::OUTCOME;
        assert_eq!(event.shown(), expected);
        assert_eq!(events.aliases().count(), 0, "a name is no alias");
    }

    #[test]
    fn what_is_shown_is_what_the_record_names() {
        let shows = |members: &str| read(members).get(0).shown();
        for (members, expected) in [
            (r#""type":"call""#, 0),
            (r#""type":"call","actor":{"id":"a","kind":"human"}"#, 0),
            (r#""type":"call","actor":{"id":"a","kind":"unknown"}"#, 0),
            (r#""type":"call","actor":{"kind":"agent"}"#, 0),
            (
                r#""type":"call","actor":{"id":"a","kind":"device"}"#,
                shown::WORKLOAD,
            ),
            (r#""type":"call","tool":{"name":"t"}"#, shown::REQUEST),
            (r#""type":"call","task":{"id":"t"}"#, shown::REQUEST),
            (
                r#""type":"secret.read","secret":{"id":"s"}"#,
                shown::RESOURCE,
            ),
            (
                r#""type":"call","resource":{"id":"r","classification":"secret"}"#,
                shown::RESOURCE | shown::CLASSIFICATION,
            ),
            (
                r#""type":"call","approval":{"decision":"deny"}"#,
                shown::APPROVAL,
            ),
            (r#""type":"call","token":{"id":"t","expires":"soon"}"#, 0),
            (r#""type":"call","outcome":"denied""#, shown::OUTCOME),
        ] {
            assert_eq!(shows(members), expected, "{members}");
        }
    }

    #[test]
    fn a_token_authorises_what_names_no_other_credential() {
        let credential = |members: &str| {
            let events = read(members);
            events.get(0).get(Field::Credential).map(str::to_owned)
        };
        for (members, expected) in [
            (r#""type":"token.use","token":{"id":"t"}"#, Some("t")),
            (r#""type":"tool.invoke","token":{"id":"t"}"#, Some("t")),
            (
                r#""type":"call","token":{"id":"t"},"credential":{"id":"c"}"#,
                Some("c"),
            ),
            (r#""type":"token.mint","token":{"id":"t"}"#, None),
            (r#""type":"token.revoke","token":{"id":"t"}"#, None),
            (
                r#""type":"secret.rotate","secret":{"id":"s"},"token":{"id":"t"}"#,
                None,
            ),
        ] {
            assert_eq!(credential(members).as_deref(), expected, "{members}");
        }
    }

    #[test]
    fn a_member_that_stands_twice_below_gives_nothing() {
        let events = read(r#""type":"call","actor":{"id":"a","id":"b"},"trace":{"id":"t"}"#);
        assert_eq!(events.get(0).get(Field::Actor), None);
        assert_eq!(events.get(0).get(Field::Trace), Some("t"));
    }

    #[test]
    fn a_policy_without_a_version_is_its_id() {
        for (policy, expected) in [
            (r#"{"id":"p"}"#, Some("p")),
            (r#"{"id":"p","version":""}"#, Some("p")),
            (r#"{"id":"p","version":7}"#, Some("p")),
            (r#"{"version":"7"}"#, None),
        ] {
            let events = read(&format!(r#""type":"call","policy":{policy}"#));
            assert_eq!(events.get(0).get(Field::Policy), expected, "{policy}");
        }
    }
}
