//! A record as an event.
//!
//! Ids stand as CloudTrail writes them: an access key id, an ARN, a principal id. A secret is
//! `aws:secret:` or `aws:ssm:` and the name or ARN by which it was asked for.
//!
//! | of | is |
//! |---|---|
//! | an actor | its ARN: a role's session `arn:aws:sts::…:assumed-role/…`, a user `arn:aws:iam::…:user/…`; where the record has none, its principal id, else the service that called |
//! | a user or role that an act of IAM names by its bare name | `aws:user:ACCOUNT/NAME`, `aws:role:ACCOUNT/NAME`: the path of its ARN is not known, and another account may have the same name |
//! | a credential | its access key id; of a web identity token `webIdentityTokenId` |
//!
//! The session's ARN and not its role's is the id, since it stands in each record and tells more.
//! What is another name of the same identity, always in records that name both:
//!
//! | of | also is |
//! |---|---|
//! | a session | its principal id `AROA…:session` (its id in the answer that made it); its role's ARN, and `aws:role:ACCOUNT/NAME` of that |
//! | a user | its unique id `AIDA…`, and `aws:user:ACCOUNT/NAME` |
//! | a federated user | its principal id `ACCOUNT:name`; never the user that asked for it, who is `sessionIssuer` there |
//! | a web identity | its subject, where that is a Kubernetes service account or a SPIFFE id |
//!
//! A role that IAM Identity Center made (`AWSReservedSSO_…`) is many people's: its sessions are not
//! one identity, and the role is no other name of theirs. A bare user name is never one.
//!
//! A credential's end is what the answer says of it. That is often written without a zone
//! (`Jul 10, 2023, 12:31:14 PM`); CloudTrail's times are UTC, and such a text counts only where it
//! lies within the 36 hours after the act for which AWS makes sessions at most.
//!
//! | shown | where |
//! |---|---|
//! | workload | a role's session (not of Identity Center), a web identity or an AWS service |
//! | short-lived | the access key used is a session's (`ASIA…`), or the one made has an end |
//! | decision | an error that says that it was not allowed |
//! | request | `requestParameters` |
//! | resource | what was touched, or the secret |
//! | classification, approval | never |
//! | outcome | `eventName` with or without `errorCode` |

use super::deed;
use crate::batch::SealPart;
use crate::event::{Events, Field, shown};
use crate::json::{self, Lapse, Value};
use crate::{Digest, Limits, Micros, Reading, time};
use std::borrow::Cow;

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
        let moment = time.and_then(time::rfc3339);
        events.set_time(moment);
        let kind =
            (!name.is_empty()).then(|| deed::of(service, name, self.read_only(name), request));
        let fields = [
            (Field::TimeText, time),
            (Field::Type, kind),
            (Field::NativeType, Some(name)),
            (Field::Actor, self.actor()),
            (Field::ActorKind, self.actor_kind()),
            (Field::Credential, self.credential()),
            (Field::Resource, self.resource(service)),
            (Field::Tool, self.tool(kind, service)),
            (Field::Outcome, Some(self.outcome())),
            (Field::SourceIp, self.text(&["sourceIPAddress"])),
            (Field::NativeId, self.text(&["eventID"])),
            (Field::Trace, self.text(&["sharedEventID"])),
            (Field::Agent, self.text(&["userAgent"])),
        ];
        for (field, text) in fields {
            if let Some(text) = text {
                events.set(field, text);
            }
        }
        if let Some(subject) = self.subject(service, name) {
            events.set(Field::Subject, &subject);
        }
        self.actor_aliases(events);
        self.subject_aliases(service, name, events);
        let ends = self.token(kind, service, moment, events);
        self.secret(kind, service, request, events);
        self.show(request, ends, events);
    }

    fn credential(&self) -> Option<&'b str> {
        self.first(&[
            &["userIdentity", "accessKeyId"],
            &["userIdentity", "credentialId"],
        ])
    }

    /// What the record shows of its act. `ends`: the credential made has an end.
    fn show(&self, request: &Value<'_>, ends: bool, events: &mut Events) {
        let event = events.get(events.len() - 1);
        let has = |field| event.get(field).is_some();
        let has_actor = has(Field::Actor);
        let touches = has(Field::Resource) || has(Field::Secret);
        let arn = self.text(&["userIdentity", "arn"]).unwrap_or_default();
        let is_workload = match self.text(&["userIdentity", "type"]) {
            Some("AssumedRole" | "Role") => !is_of_people(arn),
            Some("WebIdentityUser" | "AWSService") => true,
            Some(_) => false,
            None => self.text(&["userIdentity", "invokedBy"]).is_some(),
        };
        let is_session = self.credential().is_some_and(|id| id.starts_with("ASIA"));
        let outcome = self.outcome();
        let is_named = self.text(&["eventName"]).is_some();
        events.show_where(&[
            (shown::WORKLOAD, is_workload && has_actor),
            (shown::SHORT_LIVED, is_session || ends),
            (shown::DECISION, outcome == "denied"),
            (
                shown::REQUEST,
                request
                    .as_object()
                    .is_some_and(|members| !members.0.is_empty()),
            ),
            (shown::RESOURCE, touches),
            (shown::OUTCOME, is_named),
        ]);
    }

    /// Tells what else the record calls its actor.
    fn actor_aliases(&self, events: &mut Events) {
        let identity = |name: &str| self.text(&["userIdentity", name]);
        let Some(id) = identity("arn") else {
            if identity("type") == Some("WebIdentityUser")
                && let Some(subject) = identity("userName")
                && (subject.starts_with("system:serviceaccount:")
                    || subject.starts_with("spiffe://"))
            {
                events.alias(Field::Actor, subject);
            }
            return;
        };
        let principal = identity("principalId").unwrap_or_default();
        match identity("type") {
            Some("AssumedRole") => {
                events.alias(Field::Actor, principal);
                let issuer = |name: &str| {
                    self.text(&["userIdentity", "sessionContext", "sessionIssuer", name])
                };
                if issuer("type") == Some("Role")
                    && let Some(role) = issuer("arn")
                    && !is_of_people(id)
                {
                    told_as(role, Field::Actor, events);
                }
            }
            Some("IAMUser") => {
                events.alias(Field::Actor, principal);
                told_as(id, Field::Actor, events);
            }
            Some("FederatedUser") => events.alias(Field::Actor, principal),
            _ => {}
        }
    }

    /// Tells what else the record calls its subject, where the answer names it in full.
    fn subject_aliases(&self, service: &str, name: &str, events: &mut Events) {
        let answer = |path: [&str; 2]| self.text(&["responseElements", path[0], path[1]]);
        match service {
            "sts" if answer(["assumedRoleUser", "arn"]).is_some() => {
                let id = answer(["assumedRoleUser", "assumedRoleId"]);
                events.alias(Field::Subject, id.unwrap_or_default());
                let role = self.text(&["requestParameters", "roleArn"]);
                if let Some(role) = role.filter(|role| !is_of_people(role)) {
                    told_as(role, Field::Subject, events);
                }
            }
            "sts" if answer(["federatedUser", "arn"]).is_some() => {
                let id = answer(["federatedUser", "federatedUserId"]);
                events.alias(Field::Subject, id.unwrap_or_default());
            }
            // Other acts' answers may name more than one.
            "iam" if matches!(name, "CreateUser" | "CreateRole") => {
                let kind = if name == "CreateUser" { "user" } else { "role" };
                if let Some(arn) = answer([kind, "arn"]) {
                    let id = answer([kind, if kind == "user" { "userId" } else { "roleId" }]);
                    events.alias(Field::Subject, id.unwrap_or_default());
                    told_as(arn, Field::Subject, events);
                }
            }
            _ => {}
        }
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
            &["userIdentity", "onBehalfOf", "userId"],
        ])
    }

    /// A role's session is a workload's unless IAM Identity Center made it for a person. An IAM
    /// user may be either: CloudTrail does not tell.
    fn actor_kind(&self) -> Option<&'static str> {
        let kind = self.text(&["userIdentity", "type"]);
        let arn = self.text(&["userIdentity", "arn"]).unwrap_or_default();
        Some(match kind {
            Some("AssumedRole" | "Role") if is_of_people(arn) => "human",
            Some("AssumedRole" | "Role") => "workload",
            Some("AWSService") => "service",
            Some("Root" | "SAMLUser" | "IdentityCenterUser") => "human",
            None if self.text(&["userIdentity", "invokedBy"]).is_some() => "service",
            _ => "unknown",
        })
    }

    /// Who holds what was minted, or whom it was done to.
    fn subject(&self, service: &str, name: &str) -> Option<Cow<'b, str>> {
        match service {
            "sts" => {
                let holder = self.first(&[
                    &["responseElements", "assumedRoleUser", "arn"],
                    &["responseElements", "federatedUser", "arn"],
                    &["requestParameters", "roleArn"],
                ]);
                let own = matches!(name, "GetSessionToken" | "GetWebIdentityToken");
                let holder = holder.or_else(|| if own { self.actor() } else { None });
                holder.map(Cow::Borrowed)
            }
            "iam" => {
                let in_full = self.first(&[
                    &["responseElements", "user", "arn"],
                    &["responseElements", "role", "arn"],
                ]);
                if let Some(arn) = in_full {
                    return Some(Cow::Borrowed(arn));
                }
                let user = self.first(&[
                    &["requestParameters", "userName"],
                    &["responseElements", "accessKey", "userName"],
                ]);
                let is_own = user.is_some() && user == self.text(&["userIdentity", "userName"]);
                if is_own || user.is_none() && name.ends_with("AccessKey") {
                    return self.actor().map(Cow::Borrowed);
                }
                let role = self.text(&["requestParameters", "roleName"]);
                match (user, role) {
                    (Some(user), _) => Some(self.of_account("user", user)),
                    (None, Some(role)) => Some(self.of_account("role", role)),
                    (None, None) => self
                        .first(&[
                            &["requestParameters", "groupName"],
                            &["requestParameters", "instanceProfileName"],
                        ])
                        .map(Cow::Borrowed),
                }
            }
            _ => None,
        }
    }

    /// A user or role by its bare name: IAM changes only what is in the caller's own account.
    fn of_account(&self, kind: &str, name: &'b str) -> Cow<'b, str> {
        let account = self.first(&[&["userIdentity", "accountId"], &["recipientAccountId"]]);
        match account {
            Some(account) => Cow::Owned(format!("aws:{kind}:{account}/{name}")),
            None => Cow::Borrowed(name),
        }
    }

    /// The credential made or revoked, and its parent. Gives whether the one made has an end.
    fn token(
        &self,
        kind: Option<&str>,
        service: &str,
        moment: Option<Micros>,
        events: &mut Events,
    ) -> bool {
        match kind {
            Some("token.mint") => {
                let token = self.first(&[
                    &["responseElements", "credentials", "accessKeyId"],
                    &["responseElements", "accessKey", "accessKeyId"],
                    &["responseElements", "webIdentityTokenId"],
                ]);
                events.set(Field::Token, token.unwrap_or_default());
                let parent = self.credential().or_else(|| {
                    let path = ["requestParameters", "webIdentityTokenId"];
                    self.text(&path).filter(|_| service == "sts")
                });
                events.set(Field::TokenParent, parent.unwrap_or_default());
                self.scope(events);
                let expires = self
                    .first(&[
                        &["responseElements", "credentials", "expiration"],
                        &["responseElements", "expiration"],
                    ])
                    .and_then(|text| expiration(text, moment))
                    .filter(|_| token.is_some());
                events.set_expires(expires);
                expires.is_some()
            }
            Some("token.revoke") => {
                let token = self.text(&["requestParameters", "accessKeyId"]);
                events.set(Field::Token, token.unwrap_or_default());
                false
            }
            _ => false,
        }
    }

    /// The ARNs of the policies that a session is held to. What the role itself may do is not in
    /// the record, and a policy that is written out in it has no name.
    fn scope(&self, events: &mut Events) {
        let policies = self.root.at(&["requestParameters", "policyArns"]);
        let arns = policies.and_then(Value::as_array).into_iter().flatten();
        let arns = arns.filter_map(|policy| match policy {
            Value::String(arn) => Some(&**arn),
            _ => policy.str_at(&["arn"]),
        });
        events.set_words(Field::Scope, arns.flat_map(str::split_whitespace));
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

/// Whether an ARN is of a role that IAM Identity Center made for people, or of its session.
fn is_of_people(arn: &str) -> bool {
    arn.contains("/AWSReservedSSO_")
}

/// Tells the ARN of a user or role, and its name in its account, as other names of a field's.
fn told_as(arn: &str, field: Field, events: &mut Events) {
    events.alias(field, arn);
    // arn:PARTITION:iam::ACCOUNT:user/PATH/NAME
    let mut parts = arn.splitn(6, ':');
    let (Some("arn"), Some("iam")) = (parts.next(), parts.nth(1)) else {
        return;
    };
    let (Some(account), Some(rest)) = (parts.nth(1), parts.next()) else {
        return;
    };
    let Some((kind @ ("user" | "role"), path)) = rest.split_once('/') else {
        return;
    };
    let name = path.rsplit('/').next().unwrap_or_default();
    if !account.is_empty() && !name.is_empty() {
        events.alias_parts(field, &["aws:", kind, ":", account, "/", name]);
    }
}

/// When a credential ends, in one of the forms that occur: RFC 3339, or the American form without a
/// zone, `Jul 10, 2023, 12:31:14 PM`, with or without the second comma, and in newer records with a
/// narrow no-break space (U+202F) before AM and PM. That one is UTC as all times of CloudTrail; so
/// that none is guessed, it counts only within the 36 hours after the act.
fn expiration(text: &str, moment: Option<Micros>) -> Option<Micros> {
    const LONGEST: i64 = 36 * 3_600 * 1_000_000;
    if let Some(time) = time::rfc3339(text) {
        return Some(time);
    }
    let time = american(text)?;
    let life = time.0.checked_sub(moment?.0)?;
    (0..=LONGEST).contains(&life).then_some(time)
}

/// `Jul 10, 2023, 12:31:14 PM` in UTC.
fn american(text: &str) -> Option<Micros> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let number = |text: &str, digits: std::ops::RangeInclusive<usize>| -> Option<u32> {
        let fits = digits.contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit());
        fits.then(|| text.parse().ok()).flatten()
    };
    let mut words = text.split([' ', '\u{202f}']);
    let month = words.next()?;
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let day = number(words.next()?.strip_suffix(',')?, 1..=2)?;
    let year = words.next()?;
    let year = number(year.strip_suffix(',').unwrap_or(year), 4..=4)?;
    let mut clock = words.next()?.split(':');
    let hour = number(clock.next()?, 1..=2).filter(|hour| (1..=12).contains(hour))?;
    let (minute, second) = (number(clock.next()?, 2..=2)?, number(clock.next()?, 2..=2)?);
    let after_noon = match words.next()? {
        "AM" => 0,
        "PM" => 12,
        _ => return None,
    };
    if words.next().is_some() || clock.next().is_some() {
        return None;
    }
    let hour = hour % 12 + after_noon;
    time::rfc3339(&format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
    ))
}

/// Whether an error says that the caller was not allowed.
fn denies(code: &str) -> bool {
    code.starts_with("AccessDenied")
        || code.ends_with("AccessDenied")
        || code.ends_with("UnauthorizedOperation")
}

#[cfg(test)]
mod tests;
