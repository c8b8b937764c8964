//! Genuine events, and what is made of them.

use super::super::read;
use crate::Limits;
use crate::event::{Events, Field};
use crate::keys::samples::unpack;
use serde_json::Value;

fn event(record: &str) -> (Events, Option<String>) {
    let mut events = Events::default();
    let reading = read(record.as_bytes(), &Limits::default(), &mut events);
    (events, reading.malformed)
}

#[track_caller]
fn expect(record: &str, fields: &[(Field, &str)]) {
    let (events, malformed) = event(record);
    assert_eq!(malformed, None);
    for (field, expected) in fields {
        assert_eq!(
            events.get(0).get(*field).unwrap_or_default(),
            *expected,
            "{field:?}"
        );
    }
}

#[test]
fn an_assumed_role_is_a_mint_of_its_key_by_the_callers() {
    expect(
        r#"{"eventTime":"2026-06-01T10:00:00Z","eventSource":"sts.amazonaws.com","eventName":"AssumeRole",
        "eventID":"e-1","sourceIPAddress":"10.0.0.1","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/ci",
        "principalId":"AIDA1","accessKeyId":"AKIA1"},"requestParameters":{"roleArn":"arn:aws:iam::1:role/deploy"},
        "responseElements":{"credentials":{"accessKeyId":"ASIA2","expiration":"x"},
        "assumedRoleUser":{"arn":"arn:aws:sts::1:assumed-role/deploy/s"}}}"#,
        &[
            (Field::Type, "token.mint"),
            (Field::NativeType, "AssumeRole"),
            (Field::Actor, "arn:aws:iam::1:user/ci"),
            (Field::ActorKind, "unknown"),
            (Field::Subject, "arn:aws:sts::1:assumed-role/deploy/s"),
            (Field::Credential, "AKIA1"),
            (Field::Token, "ASIA2"),
            (Field::TokenParent, "AKIA1"),
            (Field::Resource, "arn:aws:iam::1:role/deploy"),
            (Field::Outcome, "success"),
            (Field::SourceIp, "10.0.0.1"),
            (Field::NativeId, "e-1"),
        ],
    );
}

#[test]
fn a_refused_read_of_a_secret_is_denied() {
    expect(
        r#"{"eventSource":"secretsmanager.amazonaws.com","eventName":"GetSecretValue","errorCode":"AccessDenied",
        "userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/r/s","accessKeyId":"ASIA2"},
        "requestParameters":{"secretId":"prod/payments/db"}}"#,
        &[
            (Field::Type, "secret.read"),
            (Field::Secret, "aws:secret:prod/payments/db"),
            (Field::Outcome, "denied"),
            (Field::Decision, "deny"),
            (Field::ActorKind, "workload"),
        ],
    );
    for code in [
        "AccessDeniedException",
        "Client.UnauthorizedOperation",
        "UnauthorizedOperation",
    ] {
        let record = format!(r#"{{"eventName":"RunInstances","errorCode":"{code}"}}"#);
        expect(&record, &[(Field::Outcome, "denied")]);
    }
    expect(
        r#"{"eventName":"X","errorCode":"ThrottlingException"}"#,
        &[(Field::Outcome, "failure")],
    );
}

#[test]
fn secrets_are_read_in_each_way_that_the_design_names() {
    let secret = |source: &str, name: &str, request: &str, secret: &str| {
        let record = format!(
            r#"{{"eventSource":"{source}.amazonaws.com","eventName":"{name}","requestParameters":{request}}}"#
        );
        expect(
            &record,
            &[(Field::Type, "secret.read"), (Field::Secret, secret)],
        );
    };
    let arn = "arn:aws:secretsmanager:us-east-1:1:secret:A-b";
    let context = format!(r#"{{"encryptionContext":{{"SecretARN":"{arn}"}}}}"#);
    secret("kms", "Decrypt", &context, &format!("aws:secret:{arn}"));
    secret(
        "ssm",
        "GetParameter",
        r#"{"name":"/db","withDecryption":true}"#,
        "aws:parameter:/db",
    );
    secret(
        "ssm",
        "GetParameters",
        r#"{"names":["/db"],"withDecryption":true}"#,
        "aws:parameter:/db",
    );
    secret(
        "secretsmanager",
        "BatchGetSecretValue",
        r#"{"secretIdList":["x"]}"#,
        "aws:secret:x",
    );
    let plain = r#"{"eventSource":"ssm.amazonaws.com","eventName":"GetParameter","requestParameters":{"name":"/db"}}"#;
    expect(plain, &[(Field::Type, "data.access"), (Field::Secret, "")]);
}

#[test]
fn the_vocabulary_is_the_bundles() {
    let kind = |source: &str, name: &str, kind: &str| {
        let record = format!(r#"{{"eventSource":"{source}.amazonaws.com","eventName":"{name}"}}"#);
        expect(&record, &[(Field::Type, kind)]);
    };
    kind("iam", "CreateUser", "identity.create");
    kind("iam", "DeleteRole", "identity.delete");
    kind("iam", "UpdateLoginProfile", "identity.change");
    kind("iam", "AttachUserPolicy", "policy.change");
    kind("iam", "UpdateAssumeRolePolicy", "policy.change");
    kind("iam", "DeleteAccessKey", "token.revoke");
    kind("iam", "ListUsers", "call");
    kind("cloudtrail", "StopLogging", "logging.stop");
    kind("cloudtrail", "DeleteTrail", "logging.stop");
    kind("cloudtrail", "PutEventSelectors", "logging.stop");
    kind("cloudtrail", "StartLogging", "logging.start");
    kind("secretsmanager", "RotateSecret", "secret.rotate");
    kind("secretsmanager", "DeleteSecret", "secret.revoke");
    kind("sts", "GetCallerIdentity", "call");
    kind("s3", "GetObject", "data.access");
    kind("s3", "PutBucketPolicy", "policy.change");
    kind("ec2", "RunInstances", "resource.change");
    kind("ec2", "DescribeInstances", "call");
}

#[test]
fn integers_above_two_to_the_53_are_kept_and_what_is_doubled_behind_them_is_found() {
    assert_eq!(
        event(r#"{"eventName":"X","size":9007199254740993}"#).1,
        None
    );
    let doubled = r#"{"size":9007199254740993,"eventName":"X","eventName":"Y"}"#;
    assert!(event(doubled).1.is_some_and(|why| why.contains("twice")));
    assert!(
        event(r#"{"size":9007199254740993,"a":"\ud800"}"#)
            .1
            .is_some()
    );
    assert!(event("[]").1.is_some());
    assert!(event("{").1.is_some());
}

#[test]
fn an_undated_event_stays_undated() {
    let (events, malformed) = event(r#"{"eventName":"X","eventTime":"yesterday"}"#);
    assert_eq!((malformed, events.get(0).time()), (None, None));
}

/// All records of the genuine samples.
fn samples() -> Option<Vec<Value>> {
    let mut all = Vec::new();
    for archive in ["cloudtrail-invictus.tar.gz", "cloudtrail-stratus.tar.gz"] {
        for (path, bytes) in unpack(archive)? {
            if path.ends_with(".json") {
                match serde_json::from_slice(&bytes).expect("JSON") {
                    Value::Array(records) => all.extend(records),
                    value => all.extend(value["Records"].as_array().expect("records").clone()),
                }
            }
        }
    }
    for (path, bytes) in unpack("panther.tar.gz")? {
        if path.ends_with("AWS.CloudTrail.jsonl") {
            let text = String::from_utf8(bytes).expect("UTF-8");
            all.extend(
                text.lines()
                    .map(|line| serde_json::from_str(line).expect("JSON")),
            );
        }
    }
    Some(all)
}

#[test]
fn no_genuine_event_is_malformed_and_its_ids_are_found() {
    let Some(samples) = samples() else { return };
    assert_eq!(samples.len(), EVENTS);
    let (mut mints, mut credentials, mut denied) = (0, 0, 0);
    for record in &samples {
        let (events, malformed) = event(&record.to_string());
        assert_eq!(malformed, None, "{record}");
        let event = events.get(0);
        assert_eq!(event.get(Field::NativeType), record["eventName"].as_str());
        let key = record["userIdentity"]["accessKeyId"]
            .as_str()
            .filter(|key| !key.is_empty());
        if let Some(key) = key {
            assert_eq!(event.get(Field::Credential), Some(key));
            credentials += 1;
        }
        mints += usize::from(
            event.get(Field::Type) == Some("token.mint") && event.get(Field::Token).is_some(),
        );
        denied += usize::from(event.get(Field::Outcome) == Some("denied"));
    }
    assert_eq!((mints, credentials, denied), COUNTS);
}

/// Counted with python over the same files.
const EVENTS: usize = 3685;
/// Mints with a key, records with the caller's key, denied ones: counted likewise.
const COUNTS: (usize, usize, usize) = (61, 3479, 149);
