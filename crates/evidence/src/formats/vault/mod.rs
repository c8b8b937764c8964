//! Audit devices of Vault and OpenBao.
//!
//! The HMACs in them hide values and seal nothing. Within one device the same value has the same
//! HMAC, so the HMACs are ids, and are kept verbatim. The canonical ids:
//!
//! | of | is |
//! |---|---|
//! | an identity | `vault:entity:` and the entity's id; of a token without one `vault:name:` and its display name |
//! | a token | its HMAC verbatim: `hmac-sha256:…`; of one that is revoked or renewed by its accessor, the accessor's |
//! | a secret | `vault:` and the path, with the namespace's before it where there is one |
//! | another thing | the same |
//!
//! Each request leaves two records, with the same `request.id`: one as it comes in, one with its
//! response. Both have the same type, so that they can be paired; only the second has an outcome,
//! and only the second of a login or token creation that succeeded names the token minted.

mod act;

use super::plain::{Record, text};
use crate::event::{Events, Field};
use crate::json::Value;
use crate::{Limits, Reading};
use act::Act;

/// Reads one record: begins its event, and says what is malformed.
///
/// Required are `time`, `type` and `request`, which every record of every version has; a request
/// may lack even an id, as that by which a device is tested does.
pub fn read(bytes: &[u8], limits: &Limits, events: &mut Events) -> Reading {
    events.begin();
    let mut record = Record::read(bytes, limits);
    if record.root.as_object().is_some() {
        check(&mut record);
        events.set_time(record.time("time"));
        let root = &record.root;
        let act = Act::of(root);
        who(root, &act, events);
        what(root, &act, events);
    }
    record.reading()
}

/// Notes members that are missing or not of their type.
fn check(record: &mut Record<'_>) {
    record.want(&["time", "type", "error"], "text", |value| {
        value.as_str().is_some()
    });
    record.want(&["request", "auth", "response"], "an object", |value| {
        value.as_object().is_some()
    });
    for name in ["time", "type", "request"] {
        record.require(name);
    }
}

fn who(root: &Value<'_>, act: &Act<'_>, events: &mut Events) {
    if identity(root.get("auth"), Field::Actor, events) {
        // Nothing in a record tells a person's entity from a workload's for certain.
        events.set(Field::ActorKind, "unknown");
    }
    if let Some(credential) = credential(root, act) {
        events.set(Field::Credential, credential);
    }
    if let Some(address) = text(root, &["request", "remote_address"]) {
        events.set(Field::SourceIp, address);
    }
}

/// Sets a field to the identity that an `auth` block is about, where it says.
fn identity(auth: Option<&Value<'_>>, field: Field, events: &mut Events) -> bool {
    let Some(auth) = auth else { return false };
    let parts = match (text(auth, &["entity_id"]), text(auth, &["display_name"])) {
        (Some(id), _) => ["vault:entity:", id],
        (None, Some(name)) => ["vault:name:", name],
        (None, None) => return false,
    };
    events.set_parts(field, &parts);
    true
}

/// The token that the request came with. A login comes with none: the `auth` block of its response
/// is that of the token it gave. A request with a token that is revoked has an `auth` block without
/// it, and names it in `request` alone.
fn credential<'v>(root: &'v Value<'_>, act: &Act<'_>) -> Option<&'v str> {
    text(root, &["request", "client_token"])
        .or_else(|| text(root, &["auth", "client_token"]).filter(|_| !act.is_login()))
}

fn what(root: &Value<'_>, act: &Act<'_>, events: &mut Events) {
    let kind = act.kind();
    events.set(Field::Type, kind);
    act.native(events);
    for (field, path) in [
        (Field::TimeText, &["time"][..]),
        (Field::NativeId, &["request", "id"]),
    ] {
        if let Some(text) = text(root, path) {
            events.set(field, text);
        }
    }
    match kind.split('.').next() {
        Some("token") => token(root, act, kind, events),
        Some("secret") => act.object(Field::Secret, events),
        _ => act.object(Field::Resource, events),
    }
    let decision = match root
        .at(&["auth", "policy_results", "allowed"])
        .and_then(Value::as_bool)
    {
        Some(true) => "allow",
        Some(false) => "deny",
        None => "",
    };
    events.set(Field::Decision, decision);
    if text(root, &["type"]) == Some("response") {
        let outcome = match text(root, &["error"]) {
            None => "success",
            Some(error) if error.contains("permission denied") => "denied",
            Some(_) => "failure",
        };
        events.set(Field::Outcome, outcome);
    }
}

/// The token that was made, renewed or revoked, and what the record itself says of its making.
fn token(root: &Value<'_>, act: &Act<'_>, kind: &str, events: &mut Events) {
    let minted = text(root, &["response", "auth", "client_token"]);
    let named = || {
        ["token", "accessor"]
            .into_iter()
            .find_map(|name| text(root, &["request", "data", name]))
    };
    let token = match kind {
        // Of a wrapped response only the wrapping token is known.
        "token.mint" => minted
            .or_else(|| text(root, &["response", "wrap_info", "token"]))
            .or_else(|| text(root, &["response", "data", "token"])),
        _ if act.is_about_itself() => credential(root, act),
        _ => minted.or_else(named),
    };
    let Some(token) = token else { return };
    events.set(Field::Token, token);
    if kind == "token.mint" {
        identity(root.at(&["response", "auth"]), Field::Subject, events);
        let no_parent = root
            .at(&["request", "data", "no_parent"])
            .and_then(Value::as_bool);
        if act.makes_a_child()
            && no_parent != Some(true)
            && let Some(parent) = credential(root, act)
        {
            events.set(Field::TokenParent, parent);
        }
    }
}

#[cfg(test)]
mod tests;
