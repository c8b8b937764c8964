use super::*;
use crate::Digest;
use crate::event::Event;
use crate::json::samples::archive;
use crate::time::rfc3339;
use proptest::prelude::*;

fn read_one(text: &str) -> (Events, Reading) {
    let mut events = Events::default();
    let reading = read(text.as_bytes(), &Limits::default(), &mut events);
    assert_eq!(events.len(), 1, "exactly one event a record");
    (events, reading)
}

fn malformed(text: &str) -> Option<String> {
    read_one(text).1.malformed
}

/// All fields that an event has, but for its id and time.
fn fields(text: &str) -> Vec<(Field, String)> {
    use Field::*;
    let (events, _) = read_one(text);
    let event = events.get(0);
    [
        Type,
        NativeType,
        Actor,
        ActorKind,
        Subject,
        Credential,
        Token,
        TokenParent,
        Secret,
        Resource,
        Tool,
        Decision,
        Outcome,
        SourceIp,
    ]
    .into_iter()
    .filter_map(|field| Some((field, event.get(field)?.to_owned())))
    .collect()
}

fn kind(verb: &str, resource: &str, subresource: &str) -> String {
    let text = format!(
        r#"{{"auditID":"1","stage":"ResponseComplete","verb":"{verb}","objectRef":{{"resource":"{resource}","subresource":"{subresource}"}}}}"#
    );
    read_one(&text)
        .0
        .get(0)
        .get(Field::Type)
        .unwrap()
        .to_owned()
}

const MINT: &str = r#"{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"e5ca","stage":"ResponseComplete","requestURI":"/api/v1/namespaces/prod/serviceaccounts/deployer/token","verb":"create","user":{"username":"system:serviceaccount:ci:runner","extra":{"authentication.kubernetes.io/credential-id":["JTI=parent"]}},"sourceIPs":["10.0.0.1","10.0.0.2"],"objectRef":{"resource":"serviceaccounts","namespace":"prod","name":"deployer","subresource":"token"},"responseStatus":{"code":201},"requestReceivedTimestamp":"2026-06-01T00:00:04.120000Z","stageTimestamp":"2026-06-01T00:00:05.000000Z","annotations":{"authentication.kubernetes.io/issued-credential-id":"JTI=child","authorization.k8s.io/decision":"allow"}}"#;

#[test]
fn a_token_request_names_both_tokens_verbatim() {
    use Field::*;
    let expected = [
        (Type, "token.mint"),
        (NativeType, "create serviceaccounts/token"),
        (Actor, "system:serviceaccount:ci:runner"),
        (ActorKind, "workload"),
        (Subject, "system:serviceaccount:prod:deployer"),
        (Credential, "JTI=parent"),
        (Token, "JTI=child"),
        (TokenParent, "JTI=parent"),
        (Resource, "k8s:serviceaccounts:prod/deployer"),
        (Decision, "allow"),
        (Outcome, "success"),
        (SourceIp, "10.0.0.1"),
    ];
    assert_eq!(
        fields(MINT),
        expected.map(|(field, text)| (field, text.to_owned()))
    );
    let (events, reading) = read_one(MINT);
    assert_eq!(events.get(0).get(NativeId), Some("e5ca"));
    assert_eq!(
        events.get(0).get(TimeText),
        Some("2026-06-01T00:00:04.120000Z")
    );
    assert_eq!(events.get(0).time(), rfc3339("2026-06-01T00:00:04.12Z"));
    assert_eq!(reading.malformed, None);
    assert_eq!(reading.digest, Digest::of(MINT.as_bytes()));
}

/// What the record shows, and the aliases that it tells.
fn more(text: &str) -> (u16, Vec<(Field, String)>) {
    let (events, _) = read_one(text);
    let aliases = events.aliases();
    let aliases = aliases.map(|(_, field, alias)| (field, alias.to_owned()));
    (events.get(0).shown(), aliases.collect())
}

#[test]
fn a_token_request_shows_its_act_and_the_end_that_was_given() {
    let (shows, aliases) = more(MINT);
    let all = shown::WORKLOAD
        | shown::SHORT_LIVED
        | shown::DECISION
        | shown::REQUEST
        | shown::RESOURCE
        | shown::OUTCOME;
    assert_eq!(shows, all);
    assert_eq!(aliases, [(Field::Token, "child".to_owned())]);
    assert_eq!(read_one(MINT).0.get(0).expires(), None);
    let body = r#""requestObject":{"spec":{"expirationSeconds":3600}},"#;
    let asked = MINT.replacen(
        r#""responseStatus""#,
        &format!(r#"{body}"responseStatus""#),
        1,
    );
    assert_eq!(
        read_one(&asked).0.get(0).expires(),
        None,
        "asked is not given"
    );
    let body = r#""userAgent":"kubectl/v1","responseObject":{"status":{"expirationTimestamp":"2026-06-01T01:00:04Z"}},"#;
    let given = MINT.replacen(
        r#""responseStatus""#,
        &format!(r#"{body}"responseStatus""#),
        1,
    );
    let (events, _) = read_one(&given);
    assert_eq!(events.get(0).expires(), rfc3339("2026-06-01T01:00:04Z"));
    assert_eq!(events.get(0).get(Field::Agent), Some("kubectl/v1"));
}

#[test]
fn a_users_other_names_are_those_that_nobody_else_has() {
    let user = |user: &str| {
        let text = format!(
            r#"{{"auditID":"1","stage":"RequestReceived","verb":"get","user":{{{user}}}}}"#
        );
        let actor = read_one(&text)
            .0
            .get(0)
            .get(Field::Actor)
            .map(str::to_owned);
        let (shows, aliases) = more(&text);
        (actor.unwrap(), shows, aliases)
    };
    let arn = "arn:aws:sts::1:assumed-role/r/s";
    for (members, actor, shows, alias) in [
        (
            r#""username":"system:serviceaccount:a:b","uid":"u-1""#.to_owned(),
            "system:serviceaccount:a:b",
            shown::WORKLOAD,
            Some("u-1"),
        ),
        (
            r#""username":"system:node:n","uid":"u-1""#.to_owned(),
            "system:node:n",
            shown::WORKLOAD,
            None,
        ),
        (
            r#""username":"admin","uid":"aws-iam-authenticator:1:AROAX","extra":{"arn":["arn:aws:sts::1:assumed-role/r/s"],"accessKeyId":["ASIAX"]}"#.to_owned(),
            "k8s:user:admin",
            shown::SHORT_LIVED,
            None,
        ),
        (
            format!(r#""username":"{arn}","extra":{{"arn":["{arn}"],"accessKeyId":["AKIAX"]}}"#),
            arn,
            0,
            None,
        ),
        (
            r#""username":"bob","extra":{"arn":["bob"]}"#.to_owned(),
            "k8s:user:bob",
            0,
            None,
        ),
        (
            format!(r#""username":"{arn}""#),
            "k8s:user:arn:aws:sts::1:assumed-role/r/s",
            0,
            None,
        ),
        (
            r#""username":"kubernetes-admin","extra":{"authentication.kubernetes.io/credential-id":["X509SHA256=00"]}"#.to_owned(),
            "k8s:user:kubernetes-admin",
            0,
            None,
        ),
    ] {
        let aliases: Vec<_> = alias
            .map(|alias| (Field::Actor, alias.to_owned()))
            .into_iter()
            .collect();
        assert_eq!(user(&members), (actor.to_owned(), shows, aliases), "{members}");
    }
}

#[test]
fn the_binding_that_allowed_a_request_is_its_policy() {
    for (reason, expected) in [
        (
            r#"RBAC: allowed by ClusterRoleBinding \"a:b\" of ClusterRole \"c\" to Group \"d\""#,
            Some("ClusterRoleBinding/a:b"),
        ),
        (
            r#"RBAC: allowed by RoleBinding \"eks:addon-manager/kube-system\" of Role \"x\" to User \"y\""#,
            Some("RoleBinding/eks:addon-manager/kube-system"),
        ),
        ("RBAC: allowed by ClusterRoleBinding", None),
        (r#"RBAC: allowed by ClusterRoleBinding \""#, None),
        (r#"RBAC: allowed by Something \"x\""#, None),
        ("", None),
    ] {
        let text = format!(
            r#"{{"auditID":"1","stage":"ResponseComplete","verb":"get","annotations":{{"authorization.k8s.io/reason":"{reason}"}}}}"#
        );
        assert_eq!(
            read_one(&text).0.get(0).get(Field::Policy),
            expected,
            "{reason}"
        );
    }
}

#[test]
fn a_list_of_secrets_touches_all_of_the_namespace() {
    let secret = |reference: &str, verb: &str| {
        let text = format!(
            r#"{{"auditID":"1","stage":"ResponseComplete","verb":"{verb}","objectRef":{{"resource":"secrets"{reference}}}}}"#
        );
        read_one(&text)
            .0
            .get(0)
            .get(Field::Secret)
            .map(str::to_owned)
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        secret(r#","namespace":"a","name":"b""#, "get"),
        some("k8s:secret:a/b")
    );
    assert_eq!(
        secret(r#","namespace":"a""#, "list"),
        some("k8s:secret:a/*")
    );
    assert_eq!(secret("", "watch"), some("k8s:secret:*/*"));
    assert_eq!(
        secret(r#","namespace":"a""#, "create"),
        None,
        "its name is not in evidence"
    );
}

#[test]
fn an_impersonated_user_is_the_subject() {
    let text = r#"{"auditID":"1","stage":"ResponseComplete","verb":"list","requestURI":"/api/v1/namespaces/default/pods","user":{"username":"system:admin"},"impersonatedUser":{"username":"bob"},"objectRef":{"resource":"pods","namespace":"default"},"responseStatus":{"status":"Failure","code":403}}"#;
    use Field::*;
    let expected = [
        (Type, "data.access"),
        (NativeType, "list pods"),
        (Actor, "system:admin"),
        (ActorKind, "unknown"),
        (Subject, "k8s:user:bob"),
        (Resource, "k8s:pods:default/*"),
        (Outcome, "denied"),
    ];
    assert_eq!(
        fields(text),
        expected.map(|(field, text)| (field, text.to_owned()))
    );
}

#[test]
fn requests_have_the_types_of_the_bundles_vocabulary() {
    for (verb, resource, subresource, expected) in [
        ("create", "serviceaccounts", "token", "token.mint"),
        ("get", "serviceaccounts", "token", "call"),
        ("get", "secrets", "", "secret.read"),
        ("list", "secrets", "", "secret.read"),
        ("watch", "secrets", "", "secret.read"),
        ("patch", "secrets", "", "secret.write"),
        ("delete", "secrets", "", "secret.write"),
        ("create", "serviceaccounts", "", "identity.create"),
        ("patch", "serviceaccounts", "", "identity.change"),
        ("deletecollection", "serviceaccounts", "", "identity.delete"),
        ("update", "clusterrolebindings", "", "policy.change"),
        ("get", "clusterroles", "", "data.access"),
        ("create", "subjectaccessreviews", "", "policy.decide"),
        ("create", "tokenreviews", "", "call"),
        ("create", "pods", "exec", "tool.invoke"),
        ("get", "pods", "attach", "tool.invoke"),
        ("create", "pods", "portforward", "call"),
        ("get", "pods", "log", "data.access"),
        ("create", "pods", "", "resource.change"),
        ("delete", "auditsinks", "", "logging.stop"),
        ("get", "", "", "call"),
        ("propfind", "", "", "call"),
        ("", "pods", "", "call"),
    ] {
        assert_eq!(
            kind(verb, resource, subresource),
            expected,
            "{verb} {resource}/{subresource}"
        );
    }
}

#[test]
fn what_is_early_or_partial_has_no_outcome() {
    let outcome = |members: &str| {
        let text = format!(r#"{{"auditID":"1","verb":"get",{members}}}"#);
        read_one(&text)
            .0
            .get(0)
            .get(Field::Outcome)
            .map(str::to_owned)
    };
    assert_eq!(outcome(r#""stage":"RequestReceived""#), None);
    assert_eq!(outcome(r#""stage":"Panic""#).as_deref(), Some("failure"));
    assert_eq!(
        outcome(r#""responseStatus":{"code":101}"#).as_deref(),
        Some("success")
    );
    assert_eq!(
        outcome(r#""responseStatus":{"code":401}"#).as_deref(),
        Some("denied")
    );
    assert_eq!(
        outcome(r#""responseStatus":{"code":404}"#).as_deref(),
        Some("failure")
    );
    assert_eq!(outcome(r#""responseStatus":{"code":-1}"#), None);
}

#[test]
fn what_the_format_does_not_allow_is_named() {
    let good = r#""auditID":"1","stage":"ResponseComplete","verb":"get""#;
    for (text, why) in [
        ("{\"auditID\":", "not JSON at byte 11: a value expected"),
        ("[]", "it is not a JSON object"),
        (
            &format!(r#"{{{good},"verb":"list"}}"#),
            r#"the member "verb" stands twice"#,
        ),
        (
            &format!(r#"{{{good},"a":{{"b\u202e":1,"b\u202e":2}}}}"#),
            r#"the member "b\u{202e}" stands twice"#,
        ),
        (
            &format!(r#"{{{good},"n":9007199254740993,"x":{{"a":1,"a":1}}}}"#),
            r#"the member "a" stands twice"#,
        ),
        (
            &format!(r#"{{{good},"a":"\ud800"}}"#),
            "it holds a lone surrogate",
        ),
        (
            &good.replace(r#""auditID":"1","#, ""),
            "it has no `auditID`",
        ),
        (&good.replace(r#""1""#, "1"), "`auditID` is not text"),
        (&good.replace(r#""1""#, r#""""#), "it has no `auditID`"),
        (
            &good.replace(r#""stage":"ResponseComplete","#, ""),
            "it has no `stage`",
        ),
        (
            &good.replace(r#","verb":"get""#, ""),
            "it has neither `verb` nor `requestURI`",
        ),
        (
            &format!(r#"{{{good},"user":"root"}}"#),
            "`user` is not an object",
        ),
        (
            &format!(r#"{{{good},"sourceIPs":"::1"}}"#),
            "`sourceIPs` is not an array",
        ),
        (
            &format!(r#"{{{good},"kind":"EventList"}}"#),
            "its `kind` is not `Event`",
        ),
        (
            &format!(r#"{{{good},"stageTimestamp":"2022-11-29 00:09:04.38"}}"#),
            "`stageTimestamp` is not an RFC 3339 time with a zone",
        ),
    ] {
        let text = if text.starts_with('"') {
            format!("{{{text}}}")
        } else {
            text.to_owned()
        };
        let told = malformed(&text);
        if text.starts_with("{\"auditID\":") && text.len() < 12 {
            assert!(
                told.is_some_and(|told| told.starts_with("not JSON at byte 11")),
                "{text}"
            );
        } else {
            assert_eq!(told.as_deref(), Some(why), "{text}");
        }
    }
}

#[test]
fn integers_above_2_to_the_53_are_allowed() {
    let text = r#"{"auditID":"1","stage":"Panic","verb":"get","n":9007199254740993,"user":null}"#;
    assert_eq!(malformed(text), None);
}

#[test]
fn a_malformed_record_still_gives_what_can_be_read() {
    let twice = MINT.replacen(r#""level""#, r#""level":"x","level""#, 1);
    assert!(malformed(&twice).is_some());
    assert_eq!(fields(&twice), fields(MINT));
}

#[test]
fn a_time_without_a_zone_leaves_the_event_undated() {
    let text = MINT.replace("2026-06-01T00:00:04.120000Z", "2026-06-01 00:00:04");
    let (events, reading) = read_one(&text);
    assert_eq!(events.get(0).time(), None);
    assert_eq!(
        events.get(0).get(Field::TimeText),
        Some("2026-06-01 00:00:04")
    );
    assert!(reading.malformed.is_some());
    assert_eq!(fields(&text), fields(MINT));
}

#[test]
fn nesting_past_the_limit_is_malformed_and_one_event() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(malformed(&deep).as_deref(), Some("nested deeper than 128"));
}

/// The events of the lines of some sample files.
fn sample_events(files: &[(String, Vec<u8>)]) -> (Events, Vec<Reading>) {
    let mut events = Events::default();
    let mut readings = Vec::new();
    for (path, bytes) in files {
        for line in bytes
            .split(|&byte| byte == b'\n')
            .filter(|line| line.starts_with(b"{"))
        {
            // The file with `{"kind": 0}` tries a parser; it is no event.
            if !path.ends_with("fal_01_003.json") {
                readings.push(read(line, &Limits::default(), &mut events));
            }
        }
    }
    (events, readings)
}

fn count(events: &Events, keep: impl Fn(&Event<'_>) -> bool) -> usize {
    events.iter().filter(keep).count()
}

#[test]
fn genuine_events_of_every_version_are_well_formed() {
    let Some(mut files) = archive("kubernetes.tar.gz") else {
        return;
    };
    files.retain(|(path, _)| path.ends_with(".json") || path.ends_with(".log"));
    let (events, readings) = sample_events(&files);
    // `README.md` of the samples: 51 + 37.
    assert_eq!(events.len(), 88);
    for (event, reading) in events.iter().zip(&readings) {
        assert_eq!(reading.malformed, None, "{event:?}");
        assert!(event.time().is_some() && event.get(Field::Actor).is_some());
    }
    // Counted in Python: `.responseStatus.code == 403`, `.impersonatedUser`.
    assert_eq!(
        count(&events, |event| event.get(Field::Outcome) == Some("denied")),
        11
    );
    assert_eq!(
        count(&events, |event| event.get(Field::Subject).is_some()),
        37
    );
    // And reasons that name a binding in quotes, and user agents.
    assert_eq!(
        count(&events, |event| event.get(Field::Policy).is_some()),
        11
    );
    assert_eq!(count(&events, |event| event.get(Field::Agent).is_some()), 4);
}

#[test]
fn redacted_events_give_what_is_left_in_them() {
    let Some(mut files) = archive("panther.tar.gz") else {
        return;
    };
    files.retain(|(path, _)| path.ends_with("Amazon.EKS.Audit.jsonl"));
    let (events, readings) = sample_events(&files);
    assert_eq!(events.len(), 188);
    // Counted in Python: 167 lack `auditID`, `stage`, or both `verb` and `requestURI`; 17 of the
    // others have had their time rewritten without a zone.
    assert_eq!(
        readings
            .iter()
            .filter(|reading| reading.malformed.is_some())
            .count(),
        167 + 17
    );
    assert_eq!(
        count(&events, |event| event.get(Field::Type)
            == Some("token.mint")),
        10
    );
    assert_eq!(
        count(&events, |event| event.get(Field::Type)
            == Some("secret.read")),
        19
    );
    let issued: Vec<_> = events
        .iter()
        .filter_map(|event| event.get(Field::Token))
        .collect();
    assert_eq!(issued, ["JTI=2e6389af-b8bc-4c26-92d2-714fbe9cb4fa"]);
    // Counted in Python: reasons that name a binding in quotes, service accounts with a uid.
    assert_eq!(
        count(&events, |event| event.get(Field::Policy).is_some()),
        8
    );
    let uids = events
        .aliases()
        .filter(|(_, field, _)| *field == Field::Actor);
    assert_eq!(uids.count(), 6);
}

proptest! {
    #[test]
    fn any_bytes_are_one_event(bytes: Vec<u8>) {
        let mut events = Events::default();
        let reading = read(&bytes, &Limits::default(), &mut events);
        prop_assert_eq!(events.len(), 1);
        prop_assert_eq!(reading.digest, Digest::of(&bytes));
    }

    #[test]
    fn members_of_any_type_are_one_event(text in object()) {
        let mut events = Events::default();
        read(text.as_bytes(), &Limits::default(), &mut events);
        prop_assert_eq!(events.len(), 1);
    }
}

/// Objects of the format's names, with values that are mostly not what belongs there.
fn object() -> impl Strategy<Value = String> {
    let name = "(auditID|stage|verb|requestURI|user|username|extra|uid|arn|objectRef|resource|secrets|kind|code|responseStatus|annotations)";
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("7".to_owned()),
        name.prop_map(|text| format!("\"{text}\""))
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        let members = proptest::collection::vec((name, inner.clone()), 0..6);
        prop_oneof![
            proptest::collection::vec(inner, 0..3)
                .prop_map(|values| format!("[{}]", values.join(","))),
            members.prop_map(|members| {
                let members: Vec<_> = members
                    .into_iter()
                    .map(|(name, value)| format!("\"{name}\":{value}"))
                    .collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}
