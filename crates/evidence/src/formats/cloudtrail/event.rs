//! A record as an event.
//!
//! Ids stand as CloudTrail writes them: an access key id, an ARN, a principal id. A secret is
//! `aws:secret:` or `aws:ssm:` and the name or ARN by which it was asked for.

use super::deed;
use crate::batch::SealPart;
use crate::event::{Events, Field};
use crate::json::{self, Lapse, Value};
use crate::{Digest, Limits, Reading, time};

/// Reads one record: begins exactly one event, and says what is malformed (JSON that is broken, a
/// member that stands twice, half of a surrogate pair, an `eventTime` that is no time with a zone,
/// an `eventName` that is no text). A malformed record still gives the fields that can be read. The
/// format seals nothing in its records.
pub fn read(bytes: &[u8], limits: &Limits, events: &mut Events) -> Reading {
    events.begin();
    Reading {
        digest: Digest::of(bytes),
        malformed: normalise(bytes, limits, events),
        seal: SealPart::None,
    }
}

/// Fills the event begun last; gives what is malformed.
fn normalise(bytes: &[u8], limits: &Limits, events: &mut Events) -> Option<String> {
    let document = match json::read(bytes, limits.json_depth) {
        Ok(document) => document,
        Err(error) => return Some(error.to_string()),
    };
    if document.root.as_object().is_none() {
        return Some("not a JSON object".into());
    }
    let record = Record {
        root: &document.root,
        sound: !matches!(document.lapse, Some(Lapse::DuplicateMember { .. })),
    };
    record.fill(events);
    match &document.lapse {
        Some(Lapse::DuplicateMember { name }) => {
            let name: String = name.chars().take(80).collect();
            return Some(format!("the member {name:?} stands twice"));
        }
        Some(Lapse::LoneSurrogate) => return Some("half of a surrogate pair in a text".into()),
        Some(Lapse::BigInteger { .. }) | None => {}
    }
    match document.root.get("eventTime") {
        None => return Some("the member \"eventTime\" is missing".into()),
        Some(value) if value.as_str().and_then(time::rfc3339).is_none() => {
            return Some("the member \"eventTime\" is not an RFC 3339 time with a zone".into());
        }
        Some(_) => {}
    }
    match document.root.get("eventName") {
        None => Some("the member \"eventName\" is missing".into()),
        Some(value) if value.as_str().is_none() => {
            Some("the member \"eventName\" is not a text".into())
        }
        Some(_) => None,
    }
}

/// The members that hold the bulk of a record.
struct Record<'a, 'b> {
    root: &'b Value<'a>,
    /// No member stands twice.
    sound: bool,
}

impl<'a, 'b> Record<'a, 'b> {
    /// A text below; a member that stands twice in its object gives nothing.
    fn text(&self, path: &[&str]) -> Option<&'b str> {
        let mut value = self.root;
        for name in path {
            let members = value.as_object()?;
            let found = members.get(name)?;
            if !self.sound && members.0.iter().filter(|(key, _)| key == name).count() > 1 {
                return None;
            }
            value = found;
        }
        value.as_str().filter(|text| !text.is_empty())
    }

    /// The first that is there.
    fn first(&self, paths: &[&[&str]]) -> Option<&'b str> {
        paths.iter().find_map(|path| self.text(path))
    }

    fn fill(&self, events: &mut Events) {
        let name = self.text(&["eventName"]).unwrap_or_default();
        let source = self.text(&["eventSource"]).unwrap_or_default();
        let service = source.split('.').next().unwrap_or_default();
        let request = self.root.get("requestParameters").unwrap_or(&Value::Null);
        let time = self.text(&["eventTime"]);
        events.set_time(time.and_then(time::rfc3339));
        let kind =
            (!name.is_empty()).then(|| deed::of(service, name, self.read_only(name), request));
        let fields = [
            (Field::TimeText, time),
            (Field::Type, kind),
            (Field::NativeType, Some(name)),
            (Field::Actor, self.actor()),
            (Field::ActorKind, self.actor_kind()),
            (Field::Subject, self.subject(service, name)),
            (
                Field::Credential,
                self.text(&["userIdentity", "accessKeyId"]),
            ),
            (Field::Resource, self.resource(service)),
            (Field::Tool, self.tool(kind, service)),
            (Field::Outcome, Some(self.outcome())),
            (Field::SourceIp, self.text(&["sourceIPAddress"])),
            (Field::NativeId, self.text(&["eventID"])),
        ];
        for (field, text) in fields {
            if let Some(text) = text {
                events.set(field, text);
            }
        }
        self.token(kind, service, events);
        self.secret(kind, service, request, events);
    }

    /// `readOnly`, or where it is absent (it is in old and in synthetic records) what the name says.
    fn read_only(&self, name: &str) -> bool {
        let stated = self.root.get("readOnly").and_then(Value::as_bool);
        stated.unwrap_or_else(|| {
            ["Get", "List", "Describe", "Head", "Lookup"]
                .iter()
                .any(|verb| name.starts_with(verb))
        })
    }

    fn actor(&self) -> Option<&'b str> {
        self.first(&[
            &["userIdentity", "arn"],
            &["userIdentity", "principalId"],
            &["userIdentity", "invokedBy"],
            &["userIdentity", "userName"],
        ])
    }

    /// A role's session is a workload's unless IAM Identity Center made it for a person. An IAM
    /// user may be either: CloudTrail does not tell.
    fn actor_kind(&self) -> Option<&'static str> {
        let kind = self.text(&["userIdentity", "type"]);
        let arn = self.text(&["userIdentity", "arn"]).unwrap_or_default();
        Some(match kind {
            Some("AssumedRole" | "Role") if arn.contains("AWSReservedSSO_") => "human",
            Some("AssumedRole" | "Role") => "workload",
            Some("AWSService") => "service",
            Some("Root" | "SAMLUser" | "IdentityCenterUser") => "human",
            None if self.text(&["userIdentity", "invokedBy"]).is_some() => "service",
            _ => "unknown",
        })
    }

    /// Who holds what was minted, or whom it was done to.
    fn subject(&self, service: &str, name: &str) -> Option<&'b str> {
        match service {
            "sts" => {
                let holder = self.first(&[
                    &["responseElements", "assumedRoleUser", "arn"],
                    &["responseElements", "federatedUser", "arn"],
                    &["requestParameters", "roleArn"],
                ]);
                let own = matches!(name, "GetSessionToken" | "GetWebIdentityToken");
                holder.or_else(|| if own { self.actor() } else { None })
            }
            "iam" => {
                let named = self.first(&[
                    &["responseElements", "user", "arn"],
                    &["responseElements", "role", "arn"],
                    &["requestParameters", "userName"],
                    &["responseElements", "accessKey", "userName"],
                    &["requestParameters", "roleName"],
                    &["requestParameters", "groupName"],
                    &["requestParameters", "instanceProfileName"],
                ]);
                let own_name = self.text(&["userIdentity", "userName"]);
                match named {
                    Some(user) if Some(user) == own_name => self.actor(),
                    None if name.ends_with("AccessKey") => self.actor(),
                    named => named,
                }
            }
            _ => None,
        }
    }

    /// The credential made or revoked, and its parent.
    fn token(&self, kind: Option<&str>, service: &str, events: &mut Events) {
        match kind {
            Some("token.mint") => {
                let token = self.first(&[
                    &["responseElements", "credentials", "accessKeyId"],
                    &["responseElements", "accessKey", "accessKeyId"],
                    &["responseElements", "webIdentityTokenId"],
                ]);
                events.set(Field::Token, token.unwrap_or_default());
                if service == "sts" {
                    let parent = self.first(&[
                        &["userIdentity", "accessKeyId"],
                        &["requestParameters", "webIdentityTokenId"],
                    ]);
                    events.set(Field::TokenParent, parent.unwrap_or_default());
                }
            }
            Some("token.revoke") => {
                let token = self.text(&["requestParameters", "accessKeyId"]);
                events.set(Field::Token, token.unwrap_or_default());
            }
            _ => {}
        }
    }

    /// The secret touched. Of a call for several at once only a list of one names its secret;
    /// Secrets Manager records each of the others as a `GetSecretValue` of its own.
    fn secret(&self, kind: Option<&str>, service: &str, request: &Value<'_>, events: &mut Events) {
        if !kind.is_some_and(|kind| kind.starts_with("secret.")) {
            return;
        }
        let only = |name: &str| match request.get(name).and_then(Value::as_array) {
            Some([Value::String(one)]) => Some(one.to_string()),
            _ => None,
        };
        let text = |path: &[&str]| self.text(path).map(str::to_owned);
        let (prefix, secret) = match service {
            "ssm" => {
                let named = text(&["requestParameters", "name"]);
                ("aws:ssm:", named.or_else(|| only("names")))
            }
            "kms" => {
                let path = ["requestParameters", "encryptionContext", "SecretARN"];
                ("aws:secret:", text(&path))
            }
            _ => {
                let named = self.first(&[
                    &["requestParameters", "secretId"],
                    &["responseElements", "aRN"],
                    &["responseElements", "arn"],
                    &["additionalEventData", "SecretId"],
                    &["requestParameters", "name"],
                ]);
                (
                    "aws:secret:",
                    named.map(str::to_owned).or_else(|| only("secretIdList")),
                )
            }
        };
        if let Some(secret) = secret {
            events.set_parts(Field::Secret, &[prefix, &secret]);
        }
    }

    /// What was touched, as well as the record says.
    fn resource(&self, service: &str) -> Option<&'b str> {
        if service == "s3"
            && let Some(bucket) = self.text(&["requestParameters", "bucketName"])
        {
            return self.named_resource().or(Some(bucket));
        }
        self.named_resource().or_else(|| {
            self.first(&[
                &["requestParameters", "resourceArn"],
                &["requestParameters", "functionName"],
                &["requestParameters", "modelId"],
                &["requestParameters", "policyArn"],
                &["requestParameters", "roleArn"],
                &["requestParameters", "keyId"],
                &["requestParameters", "instanceId"],
                &["requestParameters", "tableName"],
                &["requestParameters", "dBInstanceIdentifier"],
                &["requestParameters", "roleName"],
                &["requestParameters", "userName"],
                &["requestParameters", "resourceId"],
                &["requestParameters", "name"],
            ])
        })
    }

    /// The first entry of `resources`.
    fn named_resource(&self) -> Option<&'b str> {
        let first = self.root.get("resources")?.as_array()?.first()?;
        let arn = first.get("ARN").or_else(|| first.get("arn"))?;
        arn.as_str()
    }

    fn tool(&self, kind: Option<&str>, service: &str) -> Option<&'b str> {
        if kind != Some("tool.invoke") {
            return None;
        }
        let path = match service {
            "lambda" => "functionName",
            "ssm" => "documentName",
            _ => "modelId",
        };
        self.first(&[
            &["requestParameters", path],
            &["requestParameters", "agentId"],
            &["requestParameters", "target"],
        ])
    }

    fn outcome(&self) -> &'static str {
        match self.text(&["errorCode"]) {
            Some(code) if denies(code) => "denied",
            Some(_) => "failure",
            // A failed sign-in has no errorCode.
            None if self.text(&["responseElements", "ConsoleLogin"]) == Some("Failure") => {
                "failure"
            }
            None => "success",
        }
    }
}

/// Whether an error says that the caller was not allowed.
fn denies(code: &str) -> bool {
    code.starts_with("AccessDenied")
        || code.ends_with("AccessDenied")
        || code.ends_with("UnauthorizedOperation")
}

#[cfg(test)]
mod tests;
