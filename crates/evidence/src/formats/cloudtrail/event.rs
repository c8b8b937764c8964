//! A CloudTrail record as an event.
//!
//! The canonical ids:
//!
//! | of | is |
//! |---|---|
//! | an identity | its ARN verbatim; else its principal id, the service that acted, or its name |
//! | a credential | its access key id, or its web identity token id, verbatim |
//! | a secret | `aws:secret:` and the id that was asked for; `aws:parameter:` and a parameter's name |

use super::act;
use crate::event::{Events, Field};
use crate::json::Value;
use crate::time;

/// A record, with what is asked of it often.
pub(super) struct Record<'r, 'a> {
    root: &'r Value<'a>,
    pub identity: Option<&'r Value<'a>>,
    pub request: Option<&'r Value<'a>>,
    pub response: Option<&'r Value<'a>>,
    pub source: &'r str,
    pub name: &'r str,
}

impl<'r, 'a> Record<'r, 'a> {
    pub fn of(root: &'r Value<'a>) -> Record<'r, 'a> {
        Record {
            root,
            identity: root.get("userIdentity"),
            request: root.get("requestParameters"),
            response: root.get("responseElements"),
            source: root.str_at(&["eventSource"]).unwrap_or_default(),
            name: root.str_at(&["eventName"]).unwrap_or_default(),
        }
    }

    pub fn text(&self, path: &[&str]) -> &'r str {
        self.root.str_at(path).unwrap_or_default()
    }

    pub fn asked(&self, path: &[&str]) -> &'r str {
        self.request
            .and_then(|request| request.str_at(path))
            .unwrap_or_default()
    }

    pub fn answered(&self, path: &[&str]) -> &'r str {
        self.response
            .and_then(|response| response.str_at(path))
            .unwrap_or_default()
    }

    pub fn who(&self, path: &[&str]) -> &'r str {
        self.identity
            .and_then(|identity| identity.str_at(path))
            .unwrap_or_default()
    }

    pub fn get(&self, name: &str) -> Option<&'r Value<'a>> {
        self.root.get(name)
    }
}

/// The first text that is not empty.
pub(super) fn first<'t>(texts: impl IntoIterator<Item = &'t str>) -> &'t str {
    texts
        .into_iter()
        .find(|text| !text.is_empty())
        .unwrap_or_default()
}

/// Sets what the record says of the event begun last.
pub(super) fn normalise(root: &Value<'_>, events: &mut Events) {
    let record = Record::of(root);
    let time = record.text(&["eventTime"]);
    events.set_time(time::rfc3339(time));
    events.set(Field::TimeText, time);
    events.set(Field::NativeType, record.name);
    events.set(Field::NativeId, record.text(&["eventID"]));
    events.set(Field::SourceIp, record.text(&["sourceIPAddress"]));
    let actor = actor(&record);
    events.set(Field::Actor, actor);
    if !actor.is_empty() {
        events.set(Field::ActorKind, actor_kind(&record));
    }
    let token_id = record.text(&["additionalEventData", "webIdentityTokenId"]);
    events.set(
        Field::Credential,
        first([record.who(&["accessKeyId"]), token_id]),
    );
    events.set(Field::Resource, resource(&record));
    let (outcome, decision) = outcome(&record);
    events.set(Field::Outcome, outcome);
    events.set(Field::Decision, decision);
    act::normalise(&record, outcome, events);
}

fn actor<'r>(record: &Record<'r, '_>) -> &'r str {
    first([
        record.who(&["arn"]),
        record.who(&["principalId"]),
        record.who(&["invokedBy"]),
        record.who(&["userName"]),
        record.who(&["identityProvider"]),
        record.who(&["accountId"]),
    ])
}

fn actor_kind(record: &Record<'_, '_>) -> &'static str {
    let console = record.text(&["sessionCredentialFromConsole"]) == "true"
        || record.text(&["eventType"]) == "AwsConsoleSignIn";
    match record.who(&["type"]) {
        "AWSService" => "service",
        "Root" | "SAMLUser" | "IdentityCenterUser" | "Directory" => "human",
        "AssumedRole" | "Role" | "FederatedUser" | "IAMUser" | "WebIdentityUser" if console => {
            "human"
        }
        "AssumedRole"
            if record
                .who(&["arn"])
                .contains(":assumed-role/AWSReservedSSO_") =>
        {
            "human"
        }
        "AssumedRole" | "Role" | "WebIdentityUser" => "workload",
        "" if !record.who(&["invokedBy"]).is_empty() => "service",
        // An IAM user may be a person or a program: the record does not say.
        _ => "unknown",
    }
}

/// The data or system touched: what the record lists, else what was asked for.
fn resource<'r>(record: &Record<'r, '_>) -> &'r str {
    let listed = record
        .get("resources")
        .and_then(Value::as_array)
        .and_then(<[_]>::first);
    let arn = listed.and_then(|listed| listed.str_at(&["ARN"]).or(listed.str_at(&["arn"])));
    const ASKED: [&str; 12] = [
        "roleArn",
        "functionName",
        "bucketName",
        "modelId",
        "tableName",
        "keyId",
        "policyArn",
        "roleName",
        "instanceId",
        "queueUrl",
        "topicArn",
        "logGroupName",
    ];
    let asked = || first(ASKED.iter().map(|name| record.asked(&[name])));
    arn.filter(|arn| !arn.is_empty()).unwrap_or_else(asked)
}

/// The outcome, and the decision where one is shown.
fn outcome(record: &Record<'_, '_>) -> (&'static str, &'static str) {
    let code = record.text(&["errorCode"]);
    if code.contains("AccessDenied") || code.ends_with("UnauthorizedOperation") {
        return ("denied", "deny");
    }
    let failed = !code.is_empty()
        || !record.text(&["errorMessage"]).is_empty()
        || record.answered(&["ConsoleLogin"]) == "Failure";
    match (failed, record.name) {
        (true, _) => ("failure", ""),
        (false, "") => ("", ""),
        (false, _) => ("success", ""),
    }
}
