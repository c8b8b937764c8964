//! Audit devices of Vault and OpenBao.
//!
//! The HMACs in them hide values and seal nothing. Within one device the same value has the same
//! HMAC, so the HMACs are ids, and are kept verbatim. The canonical ids:
//!
//! | of | is |
//! |---|---|
//! | an identity | `vault:entity:` and the entity's id; of a token without one `vault:name:` and its display name, which other tokens may have too |
//! | a token | its HMAC verbatim: `hmac-sha256:…`; of one that a record names by its accessor alone, the accessor's |
//! | a secret | `vault:` and the path, with the namespace's before it where there is one |
//! | another thing | the same |
//!
//! The token's HMAC and not the accessor's is the id, since a request with a token that has ended
//! shows only the former, and a batch token has no accessor. What is another name of it:
//!
//! | of | also is | learnt from |
//! |---|---|---|
//! | a token | its accessor's HMAC | any record that shows both |
//! | an entity | `system:serviceaccount:ns:name` | a login by a `kubernetes` mount |
//! | an entity | `vault:auth/MOUNT/role/NAME` | a login by an `approle` mount |
//! | an entity | `vault:auth/MOUNT/users/NAME` | a login by a `userpass` mount |
//!
//! A login's metadata are set by the way to log in; those of a token that was created are set by
//! whoever asked for it, and prove nothing. A display name is no entity's other name: all logins by
//! one AppRole mount share it, and `kubernetes-a-b-c` is two service accounts'.
//!
//! Each request leaves two records, with the same `request.id`: one as it comes in, one with its
//! response. Both have the same type, so that they can be paired; only the second has an outcome,
//! and only the second of a login or token creation that succeeded names the token minted.
//!
//! A token's end is its time to live after the moment of the response that tells it. The life began
//! a little before that response was written, so that no use is called too late that was in time.
//!
//! | shown | where |
//! |---|---|
//! | workload | `auth.entity_id`: a display name may be shared |
//! | short-lived | the token used or made has a `token_ttl` above 0, or is a batch token |
//! | decision | `auth.policy_results.allowed` |
//! | request | `request.operation` and `path` |
//! | resource | `request.path`, but of what is done to tokens |
//! | classification, approval | never |
//! | outcome | the record of a response |

mod act;

use super::plain::{Record, text};
use crate::event::{Events, Field, shown};
use crate::json::Value;
use crate::{Limits, Micros, Reading};
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
        let time = record.time("time");
        events.set_time(time);
        let root = &record.root;
        let act = Act::of(root);
        who(root, &act, events);
        what(root, &act, time, events);
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
    if let Some(credential) = Token::used(root, act) {
        credential.tell(Field::Credential, events);
    }
    if let Some(agent) = user_agent(root) {
        events.set(Field::Agent, agent);
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

/// The user agent, where the device is set to log that header.
fn user_agent<'v>(root: &'v Value<'_>) -> Option<&'v str> {
    let headers = root.at(&["request", "headers"])?.as_object()?;
    let is_agent = |name: &str| name.eq_ignore_ascii_case("user-agent");
    let (_, values) = headers.0.iter().find(|(name, _)| is_agent(name))?;
    text(values.as_array()?.first()?, &[])
}

/// What a record calls a token.
#[derive(Clone, Copy)]
struct Token<'v> {
    id: &'v str,
    /// Its accessor, where the record shows both.
    accessor: Option<&'v str>,
}

impl<'v> Token<'v> {
    /// The token that an object names by these members.
    fn of(value: &'v Value<'_>, id: &str, accessor: &str) -> Option<Token<'v>> {
        let accessor = text(value, &[accessor]);
        let id = text(value, &[id]).or(accessor)?;
        Some(Token { id, accessor })
    }

    /// The token that the request came with. A login comes with none: the `auth` block of its
    /// response is that of the token it gave. A request with a token that is revoked has an `auth`
    /// block without it, and names it in `request` alone.
    fn used(root: &'v Value<'_>, act: &Act<'_>) -> Option<Token<'v>> {
        let in_auth = root
            .get("auth")
            .filter(|_| !act.is_login())
            .and_then(|auth| Token::of(auth, "client_token", "accessor"));
        let request = root.get("request");
        match request.and_then(|it| Token::of(it, "client_token", "client_token_accessor")) {
            // Old versions name the accessor in `auth` alone.
            Some(token) if token.accessor.is_none() => Some(
                in_auth
                    .filter(|other| other.id == token.id)
                    .unwrap_or(token),
            ),
            token => token.or(in_auth),
        }
    }

    fn tell(self, field: Field, events: &mut Events) {
        events.set(field, self.id);
        if let Some(accessor) = self.accessor {
            events.alias(field, accessor);
        }
    }
}

fn what(root: &Value<'_>, act: &Act<'_>, time: Option<Micros>, events: &mut Events) {
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
        Some("token") => token(root, act, kind, time, events),
        Some("secret") => act.object(Field::Secret, events),
        _ => act.object(Field::Resource, events),
    }
    let allowed = root
        .at(&["auth", "policy_results", "allowed"])
        .and_then(Value::as_bool);
    let decision = match allowed {
        Some(true) => "allow",
        Some(false) => "deny",
        None => "",
    };
    events.set(Field::Decision, decision);
    policies(root, events);
    let is_response = text(root, &["type"]) == Some("response");
    if is_response {
        let outcome = match text(root, &["error"]) {
            None => "success",
            Some(error) if error.contains("permission denied") => "denied",
            Some(_) => "failure",
        };
        events.set(Field::Outcome, outcome);
    }
    let ends = |auth: &[&str]| root.at(auth).is_some_and(has_an_end);
    let has = |path: &[&str]| text(root, path).is_some();
    let of_tokens = kind.starts_with("token.");
    events.show_where(&[
        (shown::WORKLOAD, has(&["auth", "entity_id"])),
        (
            shown::SHORT_LIVED,
            ends(&["auth"]) || ends(&["response", "auth"]),
        ),
        (shown::DECISION, allowed.is_some()),
        (
            shown::REQUEST,
            has(&["request", "operation"]) && has(&["request", "path"]),
        ),
        (shown::RESOURCE, has(&["request", "path"]) && !of_tokens),
        (shown::OUTCOME, is_response),
    ]);
}

/// The policies that let a request through, with a comma between two: no name of one holds it.
fn policies(root: &Value<'_>, events: &mut Events) {
    let granting = root
        .at(&["auth", "policy_results", "granting_policies"])
        .and_then(Value::as_array);
    let names = granting.into_iter().flatten();
    let mut names = names.filter_map(|policy| text(policy, &["name"]));
    let Some(first) = names.next() else { return };
    match names.next() {
        None => events.set(Field::Policy, first),
        Some(second) => {
            let mut all = vec![first, ",", second];
            names.for_each(|name| all.extend([",", name]));
            events.set_parts(Field::Policy, &all);
        }
    }
}

/// Whether the token that an `auth` block is about ends by itself.
fn has_an_end(auth: &Value<'_>) -> bool {
    time_to_live(auth).is_some() || text(auth, &["token_type"]) == Some("batch")
}

/// Seconds; `None` for a token that never ends.
fn time_to_live(auth: &Value<'_>) -> Option<u64> {
    auth.get("token_ttl")?.as_u64().filter(|ttl| *ttl > 0)
}

/// The token that was made, renewed or revoked, and what the record itself says of its making.
fn token(root: &Value<'_>, act: &Act<'_>, kind: &str, time: Option<Micros>, events: &mut Events) {
    let auth = root.at(&["response", "auth"]);
    let minted = || {
        let auth = auth.filter(|auth| text(auth, &["client_token"]).is_some())?;
        Token::of(auth, "client_token", "accessor")
    };
    let named = |path: &[&str], names: &[&str]| {
        let place = root.at(path)?;
        let id = names.iter().find_map(|name| text(place, &[name]))?;
        Some(Token { id, accessor: None })
    };
    let token = match kind {
        // A wrapped response hides the token and names its accessor, or, in logs of old versions,
        // only the token that it is wrapped in.
        "token.mint" => minted()
            .or_else(|| named(&["response", "wrap_info"], &["wrapped_accessor", "token"]))
            .or_else(|| named(&["response", "data"], &["token"])),
        _ if act.is_about_itself() => Token::used(root, act),
        _ => minted().or_else(|| named(&["request", "data"], &["token", "accessor"])),
    };
    let Some(token) = token else { return };
    token.tell(Field::Token, events);
    if let Some(auth) = auth {
        let seconds = time_to_live(auth).and_then(|ttl| i64::try_from(ttl).ok());
        let micros = seconds.and_then(|ttl| ttl.checked_mul(1_000_000));
        events.set_expires(
            time.zip(micros)
                .and_then(|(time, micros)| time.0.checked_add(micros).map(Micros)),
        );
        let policies = auth.get("policies").and_then(Value::as_array);
        let words = policies.into_iter().flatten().filter_map(Value::as_str);
        events.set_words(Field::Scope, words.flat_map(str::split_whitespace));
    }
    if kind == "token.mint" {
        identity(auth, Field::Subject, events);
        if let Some(auth) = auth
            && act.is_login()
        {
            account(root, auth, events);
        }
        let no_parent = root
            .at(&["request", "data", "no_parent"])
            .and_then(Value::as_bool);
        if act.makes_a_child()
            && no_parent != Some(true)
            && let Some(parent) = Token::used(root, act)
        {
            events.set(Field::TokenParent, parent.id);
        }
    }
}

/// Tells what account of the mount the entity that logged in is.
fn account(root: &Value<'_>, auth: &Value<'_>, events: &mut Events) {
    let of = |name: &str| text(auth, &["metadata", name]);
    let mount = text(root, &["request", "mount_point"]).unwrap_or_default();
    if text(auth, &["entity_id"]).is_none() || mount.is_empty() {
        return;
    }
    let namespace = text(root, &["request", "namespace", "path"]).unwrap_or_default();
    let alias = match text(root, &["request", "mount_type"]) {
        Some("kubernetes") => {
            let (Some(space), Some(name)) =
                (of("service_account_namespace"), of("service_account_name"))
            else {
                return;
            };
            format!("system:serviceaccount:{space}:{name}")
        }
        Some("approle") => {
            let Some(name) = of("role_name") else { return };
            format!("vault:{namespace}{mount}role/{name}")
        }
        Some("userpass") => {
            let Some(name) = of("username") else { return };
            format!("vault:{namespace}{mount}users/{name}")
        }
        _ => return,
    };
    events.alias(Field::Subject, &alias);
}

#[cfg(test)]
mod tests;
