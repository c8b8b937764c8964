//! Events of made and of genuine records.

use super::*;
use crate::Micros;
use crate::json::samples;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

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

/// The fields that are asked for, the aliases, and what the record shows.
fn told(text: &str, fields: &[(Field, Option<&str>)]) -> (Vec<(Field, String)>, u16) {
    let (events, malformed) = one(text);
    assert_eq!(malformed, None);
    for &(field, expected) in fields {
        assert_eq!(events.get(0).get(field), expected, "{field:?}");
    }
    let aliases = events.aliases();
    let aliases = aliases.map(|(_, field, alias)| (field, alias.to_owned()));
    (aliases.collect(), events.get(0).shown())
}

fn owned<const N: usize>(aliases: [(Field, &str); N]) -> Vec<(Field, String)> {
    aliases.map(|(field, text)| (field, text.into())).to_vec()
}

#[test]
fn a_session_is_its_role_and_its_principal() {
    let text = r#"{"eventTime":"2026-06-01T00:00:04Z","eventName":"AssumeRole","eventSource":"sts.amazonaws.com",
        "readOnly":true,"sharedEventID":"s-1","userAgent":"aws-cli/2","userIdentity":{"type":"AssumedRole",
        "principalId":"AROAA:s","arn":"arn:aws:sts::1:assumed-role/a/s","accountId":"1","accessKeyId":"ASIAPARENT",
        "sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROAA","arn":"arn:aws:iam::1:role/path/a","userName":"a"}}},
        "requestParameters":{"roleArn":"arn:aws:iam::2:role/b","policyArns":[{"arn":"arn:aws:iam::aws:policy/Z"},{"arn":"arn:aws:iam::2:policy/A"}]},
        "responseElements":{"credentials":{"accessKeyId":"ASIACHILD","expiration":"Jun 1, 2026, 1:00:04 AM"},
        "assumedRoleUser":{"assumedRoleId":"AROAB:t","arn":"arn:aws:sts::2:assumed-role/b/t"}}}"#;
    let (aliases, shows) = told(
        text,
        &[
            (Field::Trace, Some("s-1")),
            (Field::Agent, Some("aws-cli/2")),
            (
                Field::Scope,
                Some("arn:aws:iam::2:policy/A arn:aws:iam::aws:policy/Z"),
            ),
            (Field::NativeId, None),
        ],
    );
    let expected = owned([
        (Field::Actor, "AROAA:s"),
        (Field::Actor, "arn:aws:iam::1:role/path/a"),
        (Field::Actor, "aws:role:1/a"),
        (Field::Subject, "AROAB:t"),
        (Field::Subject, "arn:aws:iam::2:role/b"),
        (Field::Subject, "aws:role:2/b"),
    ]);
    assert_eq!(aliases, expected);
    let bits =
        shown::WORKLOAD | shown::SHORT_LIVED | shown::REQUEST | shown::RESOURCE | shown::OUTCOME;
    assert_eq!(shows, bits);
    assert_eq!(
        one(text).0.get(0).expires(),
        time::rfc3339("2026-06-01T01:00:04Z")
    );
}

#[test]
fn sessions_of_one_role_for_people_are_not_one_identity() {
    let (aliases, shows) = told(
        r#"{"eventTime":"2026-06-01T00:00:04Z","eventName":"ListBuckets","eventSource":"s3.amazonaws.com","readOnly":true,
        "userIdentity":{"type":"AssumedRole","principalId":"AROAA:bob","arn":"arn:aws:sts::1:assumed-role/AWSReservedSSO_Admin_0/bob",
        "accessKeyId":"ASIAX","sessionContext":{"sessionIssuer":{"type":"Role","arn":"arn:aws:iam::1:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0"}}}}"#,
        &[(Field::ActorKind, Some("human"))],
    );
    assert_eq!(aliases, owned([(Field::Actor, "AROAA:bob")]));
    assert_eq!(shows, shown::SHORT_LIVED | shown::OUTCOME);
}

#[test]
fn a_federated_user_is_not_the_user_that_asked() {
    let (aliases, shows) = told(
        r#"{"eventTime":"2026-06-01T00:00:04Z","eventName":"ListBuckets","eventSource":"s3.amazonaws.com","readOnly":true,
        "userIdentity":{"type":"FederatedUser","principalId":"1:fed","arn":"arn:aws:sts::1:federated-user/fed","accessKeyId":"ASIAX",
        "sessionContext":{"sessionIssuer":{"type":"IAMUser","principalId":"AIDAX","arn":"arn:aws:iam::1:user/bob","userName":"bob"}}}}"#,
        &[],
    );
    assert_eq!(aliases, owned([(Field::Actor, "1:fed")]));
    assert_eq!(shows, shown::SHORT_LIVED | shown::OUTCOME);
}

#[test]
fn an_issuer_that_is_no_role_is_not_the_session() {
    let (aliases, _) = told(
        r#"{"eventTime":"2026-06-01T00:00:04Z","eventName":"X","userIdentity":{"type":"AssumedRole","principalId":"AROAA:s",
        "arn":"arn:aws:sts::1:assumed-role/a/s","sessionContext":{"sessionIssuer":{"type":"Root","arn":"arn:aws:iam::1:root"}}}}"#,
        &[],
    );
    assert_eq!(aliases, owned([(Field::Actor, "AROAA:s")]));
}

#[test]
fn a_bare_name_is_told_with_its_account() {
    let user = r#""userIdentity":{"type":"IAMUser","principalId":"AIDAX","arn":"arn:aws:iam::1:user/ops/bob","accountId":"1","accessKeyId":"AKIAX","userName":"bob"}"#;
    let act = |name: &str, rest: &str| {
        format!(
            r#"{{"eventTime":"2026-06-01T00:00:04Z","eventName":"{name}","eventSource":"iam.amazonaws.com","readOnly":false,{user},{rest}}}"#
        )
    };
    let bob = [(Field::Actor, "AIDAX"), (Field::Actor, "aws:user:1/bob")];
    let (aliases, shows) = told(
        &act(
            "CreateAccessKey",
            r#""requestParameters":{"userName":"eve"},"responseElements":{"accessKey":{"userName":"eve","accessKeyId":"AKIANEW","createDate":"Jul 10, 2023 12:24:29 PM"}}"#,
        ),
        &[
            (Field::Subject, Some("aws:user:1/eve")),
            (Field::Token, Some("AKIANEW")),
            (Field::TokenParent, Some("AKIAX")),
        ],
    );
    assert_eq!(aliases, owned(bob));
    assert_eq!(shows, shown::REQUEST | shown::RESOURCE | shown::OUTCOME);
    let own = r#""requestParameters":{"userName":"bob"},"responseElements":null"#;
    let fields = [(Field::Subject, Some("arn:aws:iam::1:user/ops/bob"))];
    told(&act("CreateAccessKey", own), &fields);
    told(
        &act(
            "UpdateAssumeRolePolicy",
            r#""requestParameters":{"roleName":"r"}"#,
        ),
        &[(Field::Subject, Some("aws:role:1/r"))],
    );
    let (aliases, _) = told(
        &act(
            "CreateUser",
            r#""requestParameters":{"userName":"eve"},"responseElements":{"user":{"userId":"AIDAE","userName":"eve","arn":"arn:aws:iam::1:user/eve"}}"#,
        ),
        &[(Field::Subject, Some("arn:aws:iam::1:user/eve"))],
    );
    let eve = owned([
        (Field::Subject, "AIDAE"),
        (Field::Subject, "aws:user:1/eve"),
    ]);
    assert_eq!(aliases, [owned(bob), eve].concat());
}

#[test]
fn a_web_identity_is_the_workload_that_its_subject_names() {
    for (subject, alias) in [
        ("system:serviceaccount:ns:sa", true),
        ("spiffe://example.com/a", true),
        ("repo:org/x:ref:refs/heads/main", false),
        ("bob", false),
    ] {
        let (aliases, shows) = told(
            &format!(
                r#"{{"eventTime":"2026-06-01T00:00:04Z","eventName":"AssumeRoleWithWebIdentity","eventSource":"sts.amazonaws.com","readOnly":true,
                "errorCode":"AccessDenied","userIdentity":{{"type":"WebIdentityUser","principalId":"idp:aud:{subject}","userName":"{subject}"}},
                "requestParameters":null}}"#
            ),
            &[(Field::Actor, Some(&format!("idp:aud:{subject}")))],
        );
        let expected: Vec<_> = alias
            .then(|| (Field::Actor, subject.to_owned()))
            .into_iter()
            .collect();
        assert_eq!(aliases, expected, "{subject}");
        assert_eq!(shows, shown::WORKLOAD | shown::DECISION | shown::OUTCOME);
    }
}

#[test]
fn root_and_a_users_key_show_no_workload() {
    for (identity, bits) in [
        (
            r#"{"type":"Root","arn":"arn:aws:iam::1:root","principalId":"1","accessKeyId":"ASIAX"}"#,
            shown::SHORT_LIVED,
        ),
        (
            r#"{"type":"IAMUser","arn":"arn:aws:iam::1:user/b","accessKeyId":"AKIAX"}"#,
            0,
        ),
        (r#"{"type":"AWSAccount","principalId":"AROA:x"}"#, 0),
        (
            r#"{"type":"AWSService","invokedBy":"ec2.amazonaws.com"}"#,
            shown::WORKLOAD,
        ),
        (r#"{"invokedBy":"ec2.amazonaws.com"}"#, shown::WORKLOAD),
        (r#"{"type":"AssumedRole"}"#, 0),
    ] {
        let (_, shows) = told(
            &format!(
                r#"{{"eventTime":"2026-06-01T00:00:04Z","eventName":"X","readOnly":true,"userIdentity":{identity},"requestParameters":{{}}}}"#
            ),
            &[],
        );
        assert_eq!(shows, bits | shown::OUTCOME, "{identity}");
    }
}

/// Expected values by GNU date: `date -u -d 'Jul 10 2023 12:31:14 PM' --iso-8601=seconds`.
#[test]
fn the_end_of_a_session_is_read_in_each_form_that_occurs() {
    let moment = time::rfc3339("2023-07-10T11:31:14Z");
    for (text, expected) in [
        ("Jul 10, 2023, 12:31:14 PM", Some("2023-07-10T12:31:14Z")),
        ("Jul 10, 2023 12:31:14 PM", Some("2023-07-10T12:31:14Z")),
        (
            "Jul 10, 2023, 12:31:14\u{202f}PM",
            Some("2023-07-10T12:31:14Z"),
        ),
        ("Jul 11, 2023, 12:05:09 AM", Some("2023-07-11T00:05:09Z")),
        ("Jul 10, 2023, 6:18:41 PM", Some("2023-07-10T18:18:41Z")),
        ("2023-07-10T14:31:14+02:00", Some("2023-07-10T12:31:14Z")),
        ("Jul 11, 2023, 11:31:14 PM", Some("2023-07-11T23:31:14Z")),
        // 36 hours and a second after the act, and a second before it.
        ("Jul 11, 2023, 11:31:15 PM", None),
        ("Jul 10, 2023, 11:31:13 AM", None),
        ("Jan 01, 2019 0:00:00 PM", None),
        ("Jul 10, 2023, 13:31:14 PM", None),
        ("Jul 10, 2023, 12:31:14", None),
        ("Jul 10, 2023, 12:31:60 PM", None),
        ("Jul 32, 2023, 12:31:14 PM", None),
        ("Juli 10, 2023, 12:31:14 PM", None),
        ("Jul 10, 23, 12:31:14 PM", None),
        ("Jul 10, 2023, 12:31:14 PM UTC", None),
        ("2023-07-10 12:31:14", None),
        ("1688992274", None),
        ("", None),
    ] {
        assert_eq!(
            expiration(text, moment),
            expected.and_then(time::rfc3339),
            "{text}"
        );
    }
    assert_eq!(expiration("Jul 10, 2023, 12:31:14 PM", None), None);
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
    // many events; and the seconds from eventTime to expiration, with how often each occurs.
    let by_python: [(&str, _, &[(i64, usize)]); 2] = [
        (
            "cloudtrail-invictus.tar.gz",
            (36, 8, 70),
            &[(900, 19), (3_600, 10), (7_200, 2), (21_600, 1), (23_700, 4)],
        ),
        (
            "cloudtrail-stratus.tar.gz",
            (9, 5, 48),
            &[(900, 8), (43_200, 1)],
        ),
    ];
    for (archive, expected, lives) in by_python {
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
        let mut found = BTreeMap::new();
        for event in events.iter().filter(by_sts) {
            if event.get(Field::Token).is_some() {
                let life = event.expires().unwrap().0 - event.time().unwrap().0;
                *found.entry(life / 1_000_000).or_insert(0) += 1;
            }
        }
        assert_eq!(
            found,
            BTreeMap::from_iter(lives.iter().copied()),
            "{archive}"
        );
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

    #[test]
    fn no_end_makes_it_panic(text in "\\PC{0,30}", near in "[A-Z][a-z]{2} [0-9]{1,2}, [0-9]{4},? [0-9]{1,2}:[0-9]{2}:[0-9]{2}[ \u{202f}][AP]M") {
        let _ = expiration(&text, None);
        let moment = Some(Micros(i64::MIN));
        prop_assert_eq!(expiration(&near, moment), None);
    }
}
