//! A record as an event: the bundle's vocabulary is Exhibit's own, so this only looks members up.

use super::line::Members;
use crate::event::{Events, Field};
use crate::{json::Value, time};

/// Fills the event begun last.
pub(super) fn fill(members: &Members<'_, '_>, events: &mut Events) {
    let top = |name| members.text(name);
    let below = |name, inner: &str| {
        members
            .get(name)
            .and_then(|value| value.get(inner))
            .and_then(Value::as_str)
    };
    events.set_time(top("time").and_then(time::rfc3339_utc));
    let fields = [
        (Field::TimeText, top("time")),
        (Field::Type, top("type")),
        (Field::NativeType, top("type")),
        (Field::Actor, below("actor", "id")),
        (Field::ActorKind, below("actor", "kind")),
        (Field::Subject, below("subject", "id")),
        (Field::Credential, below("credential", "id")),
        (Field::Token, below("token", "id")),
        (Field::TokenParent, below("token", "parent")),
        (Field::Secret, below("secret", "id")),
        (Field::Resource, below("resource", "id")),
        (Field::Tool, below("tool", "name")),
        (
            Field::Decision,
            below("policy", "decision").or_else(|| below("approval", "decision")),
        ),
        (Field::Outcome, top("outcome")),
        (Field::SourceIp, below("source", "ip")),
        (Field::NativeId, below("trace", "id")),
    ];
    for (field, text) in fields {
        if let Some(text) = text {
            events.set(field, text);
        }
    }
}
