//! What a CloudTrail record says was done.

use super::event::{Record, first};
use crate::event::{Events, Field};
use crate::json::Value;

/// Sets the event's type, and the credential or secret that it is about.
pub(super) fn normalise(record: &Record<'_, '_>, outcome: &str, events: &mut Events) {
    let service = record
        .source
        .strip_suffix(".amazonaws.com")
        .unwrap_or(record.source);
    let kind = match service {
        "sts" => sts(record, events),
        "iam" => iam(record, events),
        "secretsmanager" => secrets_manager(record, events),
        "ssm" => parameters(record, events),
        "kms" => kms(record, events),
        "cloudtrail" => trail(record.name),
        "ec2" if record.name == "DeleteFlowLogs" => Some("logging.stop"),
        "signin" => Some("call"),
        _ => None,
    };
    let kind = kind.unwrap_or_else(|| other(service, record));
    // What was refused was not minted.
    events.set(Field::Type, kind);
    if outcome != "success" && kind == "token.mint" {
        events.set(Field::TokenParent, "");
    }
}

fn sts(record: &Record<'_, '_>, events: &mut Events) -> Option<&'static str> {
    match record.name {
        "AssumeRole"
        | "AssumeRoleWithSAML"
        | "AssumeRoleWithWebIdentity"
        | "AssumeRoot"
        | "GetSessionToken"
        | "GetFederationToken" => {
            events.set(
                Field::Token,
                record.answered(&["credentials", "accessKeyId"]),
            );
            events.set(Field::TokenParent, record.who(&["accessKeyId"]));
            let subject = first([
                record.answered(&["assumedRoleUser", "arn"]),
                record.answered(&["federatedUser", "arn"]),
            ]);
            events.set(Field::Subject, subject);
            Some("token.mint")
        }
        "GetWebIdentityToken" => {
            let token = first([
                record.answered(&["webIdentityTokenId"]),
                record.text(&["additionalEventData", "webIdentityTokenId"]),
            ]);
            events.set(Field::Token, token);
            events.set(Field::TokenParent, record.who(&["accessKeyId"]));
            // The token that is minted is not the credential that minted it.
            events.set(Field::Credential, record.who(&["accessKeyId"]));
            Some("token.mint")
        }
        _ => Some("call"),
    }
}

fn iam(record: &Record<'_, '_>, events: &mut Events) -> Option<&'static str> {
    let user = first([
        record.answered(&["user", "arn"]),
        record.answered(&["role", "arn"]),
        record.answered(&["accessKey", "userName"]),
        record.asked(&["userName"]),
        record.asked(&["roleName"]),
    ]);
    events.set(Field::Subject, user);
    match record.name {
        "CreateAccessKey" => {
            events.set(Field::Token, record.answered(&["accessKey", "accessKeyId"]));
            return Some("token.mint");
        }
        "DeleteAccessKey" => {
            events.set(Field::Token, record.asked(&["accessKeyId"]));
            return Some("token.revoke");
        }
        "UpdateAccessKey" => {
            events.set(Field::Token, record.asked(&["accessKeyId"]));
            let off = record.asked(&["status"]).eq_ignore_ascii_case("inactive");
            return Some(if off {
                "token.revoke"
            } else {
                "identity.change"
            });
        }
        _ => {}
    }
    let name = record.name;
    let identity = [
        "User",
        "Role",
        "Group",
        "ServiceLinkedRole",
        "InstanceProfile",
    ];
    let verb = |verb: &str| {
        name.strip_prefix(verb)
            .is_some_and(|rest| identity.contains(&rest))
    };
    if reads(name) {
        Some("call")
    } else if name.contains("Policy") || name.contains("Boundary") {
        Some("policy.change")
    } else if verb("Create") {
        Some("identity.create")
    } else if verb("Delete") {
        Some("identity.delete")
    } else {
        Some("identity.change")
    }
}

fn secrets_manager(record: &Record<'_, '_>, events: &mut Events) -> Option<&'static str> {
    let kind = match record.name {
        "GetSecretValue" | "BatchGetSecretValue" => "secret.read",
        "CreateSecret" | "PutSecretValue" | "UpdateSecret" | "RestoreSecret" => "secret.write",
        "RotateSecret" => "secret.rotate",
        "DeleteSecret" => "secret.revoke",
        "PutResourcePolicy" | "DeleteResourcePolicy" => "policy.change",
        _ => return None,
    };
    let id = first([
        record.asked(&["secretId"]),
        record.answered(&["arn"]),
        record.answered(&["aRN"]),
        one_of(record, "secretIdList"),
        record.asked(&["name"]),
    ]);
    if !id.is_empty() && kind != "policy.change" {
        events.set_parts(Field::Secret, &["aws:secret:", id]);
    }
    Some(kind)
}

fn parameters(record: &Record<'_, '_>, events: &mut Events) -> Option<&'static str> {
    let kind = match record.name {
        "GetParameter" | "GetParameters" | "GetParametersByPath" | "GetParameterHistory" => {
            let decrypted = record
                .request
                .and_then(|request| request.get("withDecryption"));
            let decrypted = decrypted.is_some_and(|value| {
                value.as_bool() == Some(true) || value.as_str() == Some("true")
            });
            if decrypted {
                "secret.read"
            } else {
                "data.access"
            }
        }
        "PutParameter" if record.asked(&["type"]) == "SecureString" => "secret.write",
        _ => return None,
    };
    let id = first([
        record.asked(&["name"]),
        one_of(record, "names"),
        record.asked(&["path"]),
    ]);
    if !id.is_empty() && kind != "data.access" {
        events.set_parts(Field::Secret, &["aws:parameter:", id]);
    }
    Some(kind)
}

/// A secret is read where a key decrypts it: the encryption context names which.
fn kms(record: &Record<'_, '_>, events: &mut Events) -> Option<&'static str> {
    match record.name {
        "Decrypt" => {
            let secret = record.asked(&["encryptionContext", "SecretARN"]);
            if secret.is_empty() {
                return Some("call");
            }
            events.set_parts(Field::Secret, &["aws:secret:", secret]);
            Some("secret.read")
        }
        "PutKeyPolicy" | "CreateGrant" | "RetireGrant" | "RevokeGrant" => Some("policy.change"),
        _ => None,
    }
}

fn trail(name: &str) -> Option<&'static str> {
    match name {
        "StopLogging"
        | "DeleteTrail"
        | "UpdateTrail"
        | "PutEventSelectors"
        | "StopEventDataStoreIngestion"
        | "DeleteEventDataStore" => Some("logging.stop"),
        "StartLogging"
        | "CreateTrail"
        | "StartEventDataStoreIngestion"
        | "CreateEventDataStore" => Some("logging.start"),
        _ => None,
    }
}

/// What is left: data events touch data, others call or change a resource.
fn other(service: &str, record: &Record<'_, '_>) -> &'static str {
    if record.name.is_empty() {
        return "";
    }
    let name = record.name;
    let reading = match record.get("readOnly") {
        Some(Value::Bool(reading)) => *reading,
        Some(Value::String(text)) => text == "true",
        _ => reads(name),
    };
    let data = record.text(&["eventCategory"]) == "Data";
    match (service, name) {
        ("lambda", "Invoke" | "InvokeFunction") => "call",
        ("bedrock" | "bedrock-runtime" | "bedrock-agent-runtime", _)
            if name.starts_with("Invoke") =>
        {
            "tool.invoke"
        }
        ("s3", "GetObject" | "HeadObject" | "SelectObjectContent") => "data.access",
        _ if name.contains("Policy") && !reading => "policy.change",
        _ if record.text(&["eventType"]) == "AwsServiceEvent" => "call",
        _ if reading && data => "data.access",
        _ if reading => "call",
        _ => "resource.change",
    }
}

fn reads(name: &str) -> bool {
    [
        "Get", "List", "Describe", "Head", "Lookup", "Generate", "Simulate", "Search", "BatchGet",
    ]
    .iter()
    .any(|verb| name.starts_with(verb))
}

/// The first of the texts that were asked for as a list: an event names one.
fn one_of<'r>(record: &Record<'r, '_>, name: &str) -> &'r str {
    let list = record
        .request
        .and_then(|request| request.get(name))
        .and_then(Value::as_array);
    list.and_then(<[_]>::first)
        .and_then(Value::as_str)
        .unwrap_or_default()
}
