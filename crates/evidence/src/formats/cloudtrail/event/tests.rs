//! Events of made and of genuine records.

use super::*;
use crate::Micros;
use crate::json::samples;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn one(text: &str) -> (Events, Option<String>) {
    let mut events = Events::default();
    let reading = read(text.as_bytes(), &Limits::default(), &mut events);
    assert_eq!(events.len(), 1);
    assert_eq!(reading.digest, Digest::of(text.as_bytes()));
    (events, reading.malformed)
}

#[test]
fn a_chained_role_names_the_token_it_makes_and_the_one_it_used() {
    let (events, malformed) = one(
        r#"{"eventTime":"2026-06-01T00:00:04Z","eventName":"AssumeRole","eventSource":"sts.amazonaws.com",
        "readOnly":true,"eventID":"e-1","sourceIPAddress":"10.0.0.1","userIdentity":{"type":"AssumedRole",
        "arn":"arn:aws:sts::1:assumed-role/a/s","accessKeyId":"ASIAPARENT"},
        "requestParameters":{"roleArn":"arn:aws:iam::1:role/b"},"responseElements":{"credentials":
        {"accessKeyId":"ASIACHILD"},"assumedRoleUser":{"arn":"arn:aws:sts::1:assumed-role/b/t"}}}"#,
    );
    assert_eq!(malformed, None);
    let event = events.get(0);
    assert_eq!(event.time(), Some(Micros(1_780_272_004_000_000)));
    for (field, expected) in [
        (Field::Type, "token.mint"),
        (Field::NativeType, "AssumeRole"),
        (Field::Actor, "arn:aws:sts::1:assumed-role/a/s"),
        (Field::ActorKind, "workload"),
        (Field::Subject, "arn:aws:sts::1:assumed-role/b/t"),
        (Field::Credential, "ASIAPARENT"),
        (Field::Token, "ASIACHILD"),
        (Field::TokenParent, "ASIAPARENT"),
        (Field::Outcome, "success"),
        (Field::SourceIp, "10.0.0.1"),
        (Field::NativeId, "e-1"),
        (Field::TimeText, "2026-06-01T00:00:04Z"),
    ] {
        assert_eq!(event.get(field), Some(expected), "{field:?}");
    }
}

#[test]
fn a_web_identity_is_followed_by_its_token_id() {
    let event = |rest: &str| {
        let text = format!(
            r#"{{"eventTime":"2026-06-01T00:00:04Z","eventSource":"sts.amazonaws.com",{rest}}}"#
        );
        one(&text).0
    };
    let mint = event(
        r#""eventName":"GetWebIdentityToken","responseElements":{"webIdentityTokenId":"JTI=x"}"#,
    );
    assert_eq!(mint.get(0).get(Field::Token), Some("JTI=x"));
    let used = event(
        r#""eventName":"AssumeRoleWithWebIdentity","requestParameters":{"webIdentityTokenId":"JTI=x"}"#,
    );
    assert_eq!(used.get(0).get(Field::TokenParent), Some("JTI=x"));
}

#[test]
fn a_secret_read_names_its_secret_verbatim() {
    for (source, name, request, secret) in [
        (
            "secretsmanager",
            "GetSecretValue",
            r#"{"secretId":"Prod/DB"}"#,
            Some("aws:secret:Prod/DB"),
        ),
        (
            "secretsmanager",
            "BatchGetSecretValue",
            r#"{"secretIdList":["a"]}"#,
            Some("aws:secret:a"),
        ),
        (
            "secretsmanager",
            "BatchGetSecretValue",
            r#"{"secretIdList":["a","b"]}"#,
            None,
        ),
        (
            "ssm",
            "GetParameter",
            r#"{"name":"/a/B","withDecryption":true}"#,
            Some("aws:ssm:/a/B"),
        ),
        ("ssm", "GetParameter", r#"{"name":"/a/B"}"#, None),
        (
            "kms",
            "Decrypt",
            r#"{"encryptionContext":{"SecretARN":"arn:x"}}"#,
            Some("aws:secret:arn:x"),
        ),
    ] {
        let (events, _) = one(&format!(
            r#"{{"eventTime":"2026-06-01T00:00:04Z","eventSource":"{source}.amazonaws.com","eventName":"{name}","requestParameters":{request}}}"#
        ));
        assert_eq!(events.get(0).get(Field::Secret), secret, "{name} {request}");
    }
}

#[test]
fn an_error_is_denied_or_a_failure() {
    for (code, outcome) in [
        ("AccessDenied", "denied"),
        ("AccessDeniedException", "denied"),
        ("Client.UnauthorizedOperation", "denied"),
        ("ThrottlingException", "failure"),
        ("", "success"),
    ] {
        let (events, _) = one(&format!(
            r#"{{"eventTime":"2026-06-01T00:00:04Z","eventName":"X","errorCode":"{code}"}}"#
        ));
        assert_eq!(events.get(0).get(Field::Outcome), Some(outcome), "{code}");
    }
}

#[test]
fn what_two_readers_may_read_differently_is_malformed() {
    let ok = r#""eventTime":"2026-06-01T00:00:04Z","eventName":"X""#;
    for (text, words) in [
        (
            "{".into(),
            Some("not JSON at byte 1: a member name expected"),
        ),
        ("[]".into(), Some("not a JSON object")),
        (format!("{{{ok},\"big\":12345678901234567890}}"), None),
        (
            format!("{{{ok},\"a\":1,\"a\":2}}"),
            Some("the member \"a\" stands twice"),
        ),
        (
            format!(r#"{{{ok},"a":"\ud800"}}"#),
            Some("half of a surrogate pair in a text"),
        ),
        (
            r#"{"eventName":"X"}"#.into(),
            Some("the member \"eventTime\" is missing"),
        ),
        (
            r#"{"eventName":"X","eventTime":"2024-06-02 20:16:32"}"#.into(),
            Some("the member \"eventTime\" is not an RFC 3339 time with a zone"),
        ),
        (
            r#"{"eventName":"X","eventTime":5}"#.into(),
            Some("the member \"eventTime\" is not an RFC 3339 time with a zone"),
        ),
        (
            r#"{"eventTime":"2026-06-01T00:00:04Z"}"#.into(),
            Some("the member \"eventName\" is missing"),
        ),
        (
            r#"{"eventTime":"2026-06-01T00:00:04Z","eventName":null}"#.into(),
            Some("the member \"eventName\" is not a text"),
        ),
    ] as [(String, Option<&str>); 10]
    {
        assert_eq!(one(&text).1.as_deref(), words, "{text}");
    }
}

#[test]
fn a_member_that_stands_twice_gives_no_field() {
    let (events, _) = one(
        r#"{"eventTime":"2026-06-01T00:00:04Z","eventName":"X","userIdentity":{"arn":"a","arn":"b"}}"#,
    );
    assert_eq!(events.get(0).get(Field::Actor), None);
    assert_eq!(events.get(0).get(Field::NativeType), Some("X"));
}

/// The texts of the records of a sample archive.
fn samples(archive: &str, take: impl Fn(&str) -> bool) -> Option<Vec<String>> {
    let mut out = Vec::new();
    for (path, bytes) in samples::archive(archive)? {
        if !take(&path) {
            continue;
        }
        let documents: Vec<serde_json::Value> = serde_json::Deserializer::from_slice(&bytes)
            .into_iter()
            .map(Result::unwrap)
            .collect();
        for document in documents {
            let records = match document {
                serde_json::Value::Array(records) => records,
                serde_json::Value::Object(mut object) => match object.remove("Records") {
                    Some(records) => records.as_array().unwrap().clone(),
                    None => vec![object.into()],
                },
                other => panic!("{path}: {other}"),
            };
            out.extend(records.iter().map(ToString::to_string));
        }
    }
    Some(out)
}

/// Counts of records and of names by python over the same archives.
#[test]
fn genuine_events_are_what_the_format_allows() {
    for (archive, records, names) in [
        (
            "cloudtrail-invictus.tar.gz",
            2_900,
            [
                ("AssumeRole", 49),
                ("CreateAccessKey", 2),
                ("GetSecretValue", 60),
                ("GetParameter", 82),
            ],
        ),
        (
            "cloudtrail-stratus.tar.gz",
            310,
            [
                ("AssumeRole", 12),
                ("CreateAccessKey", 2),
                ("GetSecretValue", 20),
                ("BatchGetSecretValue", 5),
            ],
        ),
    ] {
        let Some(texts) = samples(archive, |path| path.ends_with(".json")) else {
            return;
        };
        assert_eq!(texts.len(), records, "{archive}");
        let mut events = Events::default();
        for text in &texts {
            let reading = read(text.as_bytes(), &Limits::default(), &mut events);
            assert_eq!(reading.malformed, None, "{text}");
        }
        let whole = |event: crate::event::Event<'_>| {
            event.time().is_some() && event.get(Field::Type).is_some()
        };
        assert!(events.iter().all(whole));
        for (name, expected) in names {
            let found = events
                .iter()
                .filter(|event| event.get(Field::NativeType) == Some(name));
            assert_eq!(found.count(), expected, "{name}");
        }
    }
}

#[test]
fn credentials_of_genuine_events_are_those_that_others_counted() {
    // Counted by python: key ids in the responses of STS, how many of them are used, by how
    // many events.
    for (archive, expected) in [
        ("cloudtrail-invictus.tar.gz", (36, 8, 70)),
        ("cloudtrail-stratus.tar.gz", (9, 5, 48)),
    ] {
        let Some(texts) = samples(archive, |path| path.ends_with(".json")) else {
            return;
        };
        let mut events = Events::default();
        for text in &texts {
            read(text.as_bytes(), &Limits::default(), &mut events);
        }
        let by_sts = |event: &crate::event::Event<'_>| {
            event.get(Field::Type) == Some("token.mint")
                && event.get(Field::NativeType) != Some("CreateAccessKey")
        };
        let minted: BTreeSet<&str> = events
            .iter()
            .filter(by_sts)
            .filter_map(|event| event.get(Field::Token))
            .collect();
        let used: Vec<&str> = events
            .iter()
            .filter_map(|event| event.get(Field::Credential))
            .filter(|id| minted.contains(id))
            .collect();
        let distinct: BTreeSet<&&str> = used.iter().collect();
        assert_eq!(
            (minted.len(), distinct.len(), used.len()),
            expected,
            "{archive}"
        );
    }
}

/// Panther's rows are examples for its rules: 155 of 475 have no eventTime with a zone or no
/// eventName (counted by a python script with a regular expression). The others are sound.
#[test]
fn rows_without_a_time_or_a_name_are_malformed_and_no_others() {
    let Some(texts) = samples("panther.tar.gz", |path| {
        path.ends_with("AWS.CloudTrail.jsonl")
    }) else {
        return;
    };
    assert_eq!(texts.len(), 475);
    let mut events = Events::default();
    let malformed = texts
        .iter()
        .filter(|text| {
            read(text.as_bytes(), &Limits::default(), &mut events)
                .malformed
                .is_some()
        })
        .count();
    assert_eq!((malformed, events.len()), (155, 475));
}

proptest! {
    #[test]
    fn any_bytes_begin_one_event(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut events = Events::default();
        read(&bytes, &Limits::default(), &mut events);
        prop_assert_eq!(events.len(), 1);
    }
}
