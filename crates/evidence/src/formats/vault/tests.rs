use super::*;
use crate::Digest;
use crate::event::Event;
use crate::json::samples::archive;
use crate::time::rfc3339;
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap};
use std::io::Read;

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

/// The fields of [`fields`] say nothing of these: what is new in a record, and its aliases.
fn more(text: &str) -> (Events, Vec<(Field, String)>) {
    let (events, _) = read_one(text);
    let aliases = events
        .aliases()
        .map(|(row, field, alias)| {
            assert_eq!(row, 0);
            (field, alias.to_owned())
        })
        .collect();
    (events, aliases)
}

fn owned<const N: usize>(fields: [(Field, &str); N]) -> Vec<(Field, String)> {
    fields
        .into_iter()
        .map(|(field, text)| (field, text.to_owned()))
        .collect()
}

/// A record in the shape of the server's, with made values.
fn record(kind: &str, auth: &str, request: &str, rest: &str) -> String {
    format!(
        r#"{{"time":"2026-11-21T07:43:52.965972469Z","type":"{kind}","auth":{{{auth}}},"request":{{"id":"r1","namespace":{{"id":"root"}},"remote_address":"127.0.0.1",{request}}}{rest}}}"#
    )
}

const BILLING: &str = r#""client_token":"hmac-sha256:aa","accessor":"hmac-sha256:ab","display_name":"approle","entity_id":"e1","policy_results":{"allowed":true}"#;
const CREATE: &str = r#""operation":"update","mount_point":"auth/token/","mount_type":"token","path":"auth/token/create","client_token":"hmac-sha256:aa""#;
const CHILD: &str = r#","response":{"auth":{"client_token":"hmac-sha256:bb","accessor":"hmac-sha256:bc","entity_id":"e1","display_name":"token-sub"}}"#;

#[test]
fn a_child_token_names_its_parent() {
    use Field::*;
    assert_eq!(
        fields(&record("response", BILLING, CREATE, CHILD)),
        owned([
            (Type, "token.mint"),
            (NativeType, "update auth/token/create"),
            (Actor, "vault:entity:e1"),
            (ActorKind, "unknown"),
            (Subject, "vault:entity:e1"),
            (Credential, "hmac-sha256:aa"),
            (Token, "hmac-sha256:bb"),
            (TokenParent, "hmac-sha256:aa"),
            (Decision, "allow"),
            (Outcome, "success"),
            (SourceIp, "127.0.0.1"),
        ])
    );
    let text = record("response", BILLING, CREATE, CHILD);
    let (events, reading) = read_one(&text);
    assert_eq!(events.get(0).get(NativeId), Some("r1"));
    assert_eq!(
        events.get(0).get(TimeText),
        Some("2026-11-21T07:43:52.965972469Z")
    );
    assert_eq!(events.get(0).time(), rfc3339("2026-11-21T07:43:52.965972Z"));
    assert_eq!(
        (reading.malformed, reading.digest),
        (None, Digest::of(text.as_bytes()))
    );
}

#[test]
fn the_request_of_a_mint_has_its_type_and_no_token() {
    use Field::*;
    assert_eq!(
        fields(&record("request", BILLING, CREATE, "")),
        owned([
            (Type, "token.mint"),
            (NativeType, "update auth/token/create"),
            (Actor, "vault:entity:e1"),
            (ActorKind, "unknown"),
            (Credential, "hmac-sha256:aa"),
            (Decision, "allow"),
            (SourceIp, "127.0.0.1"),
        ])
    );
}

#[test]
fn an_orphan_has_no_parent() {
    let parent = |request: &str| {
        let text = record("response", BILLING, request, CHILD);
        let (events, _) = read_one(&text);
        assert_eq!(events.get(0).get(Field::Token), Some("hmac-sha256:bb"));
        events.get(0).get(Field::TokenParent).map(str::to_owned)
    };
    assert!(parent(CREATE).is_some());
    assert!(parent(&CREATE.replace("create", "create/ci-role")).is_some());
    assert_eq!(parent(&CREATE.replace("create", "create-orphan")), None);
    assert_eq!(
        parent(&format!(r#"{CREATE},"data":{{"no_parent":true}}"#)),
        None
    );
}

#[test]
fn a_login_comes_without_a_credential() {
    use Field::*;
    let request = r#""operation":"update","mount_point":"auth/approle/","mount_type":"approle","path":"auth/approle/login""#;
    let auth = r#""client_token":"hmac-sha256:cc","display_name":"approle","entity_id":"e2""#;
    let rest = format!(r#","response":{{"auth":{{{auth}}}}}"#);
    assert_eq!(
        fields(&record("response", auth, request, &rest)),
        owned([
            (Type, "token.mint"),
            (NativeType, "update auth/approle/login"),
            (Actor, "vault:entity:e2"),
            (ActorKind, "unknown"),
            (Subject, "vault:entity:e2"),
            (Token, "hmac-sha256:cc"),
            (Outcome, "success"),
            (SourceIp, "127.0.0.1"),
        ])
    );
}

#[test]
fn a_denied_read_with_a_revoked_token_names_the_token() {
    use Field::*;
    let request = r#""operation":"read","mount_point":"secret/","mount_type":"kv","path":"secret/data/x","client_token":"hmac-sha256:dd""#;
    let error = r#","error":"1 error occurred:\n\t* permission denied\n\n""#;
    assert_eq!(
        fields(&record(
            "response",
            r#""token_type":"default""#,
            request,
            error
        )),
        owned([
            (Type, "secret.read"),
            (NativeType, "read secret/data/x"),
            (Credential, "hmac-sha256:dd"),
            (Secret, "vault:secret/data/x"),
            (Outcome, "denied"),
            (SourceIp, "127.0.0.1"),
        ])
    );
}

#[test]
fn revoking_and_renewing_name_the_token() {
    let token = |path: &str, data: &str| {
        let request = format!(
            r#""operation":"update","mount_type":"token","mount_point":"auth/token/","path":"auth/token/{path}","client_token":"hmac-sha256:aa","data":{{{data}}}"#
        );
        let (events, _) = read_one(&record("response", BILLING, &request, ""));
        let event = events.get(0);
        (
            event.get(Field::Type).unwrap().to_owned(),
            event.get(Field::Token).map(str::to_owned),
        )
    };
    let of = |kind: &str, token: &str| (kind.to_owned(), Some(token.to_owned()));
    assert_eq!(
        token("revoke-self", ""),
        of("token.revoke", "hmac-sha256:aa")
    );
    assert_eq!(
        token("revoke", r#""token":"hmac-sha256:ee""#),
        of("token.revoke", "hmac-sha256:ee")
    );
    assert_eq!(
        token("revoke-accessor", r#""accessor":"hmac-sha256:ef""#),
        of("token.revoke", "hmac-sha256:ef")
    );
    assert_eq!(
        token("renew-self", ""),
        of("token.refresh", "hmac-sha256:aa")
    );
    assert_eq!(token("lookup-self", ""), ("call".into(), None));
}

#[test]
fn a_namespace_stands_before_the_path() {
    let text = r#"{"time":"2026-11-21T07:43:52Z","type":"request","request":{"operation":"read","namespace":{"id":"n1","path":"team/"},"path":"secret/data/x"}}"#;
    let (events, _) = read_one(text);
    assert_eq!(
        events.get(0).get(Field::Secret),
        Some("vault:team/secret/data/x")
    );
}

#[test]
fn requests_have_the_types_of_the_bundles_vocabulary() {
    for (operation, engine, mount, path, expected) in [
        ("read", "kv", "secret/", "secret/data/a", "secret.read"),
        ("read", "kv", "deep/kv/", "deep/kv/data/a", "secret.read"),
        ("read", "kv", "secret/", "secret/metadata/a", "data.access"),
        ("list", "kv", "secret/", "secret/metadata/a", "data.access"),
        ("create", "kv", "secret/", "secret/data/a", "secret.write"),
        ("delete", "kv", "secret/", "secret/data/a", "secret.write"),
        ("read", "", "", "secret/data/a", "secret.read"),
        ("read", "database", "db/", "db/creds/app", "secret.read"),
        ("read", "database", "db/", "db/config/app", "data.access"),
        (
            "update",
            "database",
            "db/",
            "db/rotate-root/app",
            "secret.rotate",
        ),
        ("update", "aws", "aws/", "aws/sts/deploy", "secret.read"),
        ("update", "pki", "pki/", "pki/issue/workload", "secret.read"),
        ("read", "pki", "pki/", "pki/cert/ca", "data.access"),
        ("update", "transit", "transit/", "transit/sign/k", "call"),
        (
            "update",
            "transit",
            "transit/",
            "transit/decrypt/k",
            "secret.read",
        ),
        (
            "read",
            "transit",
            "transit/",
            "transit/export/signing-key/k",
            "secret.read",
        ),
        (
            "update",
            "transit",
            "transit/",
            "transit/keys/k/rotate",
            "secret.rotate",
        ),
        (
            "update",
            "token",
            "auth/token/",
            "auth/token/create",
            "token.mint",
        ),
        (
            "update",
            "token",
            "auth/token/",
            "auth/token/renew-self",
            "token.refresh",
        ),
        (
            "update",
            "token",
            "auth/token/",
            "auth/token/revoke-orphan",
            "token.revoke",
        ),
        (
            "read",
            "token",
            "auth/token/",
            "auth/token/lookup-self",
            "call",
        ),
        (
            "update",
            "userpass",
            "auth/people/",
            "auth/people/login/bob",
            "token.mint",
        ),
        ("update", "", "", "auth/kubernetes/login", "token.mint"),
        (
            "read",
            "oidc",
            "auth/oidc/",
            "auth/oidc/oidc/callback",
            "token.mint",
        ),
        (
            "create",
            "approle",
            "auth/approle/",
            "auth/approle/role/ci",
            "identity.create",
        ),
        (
            "delete",
            "approle",
            "auth/approle/",
            "auth/approle/role/ci",
            "identity.delete",
        ),
        (
            "update",
            "approle",
            "auth/approle/",
            "auth/approle/role/ci/secret-id",
            "secret.write",
        ),
        (
            "read",
            "approle",
            "auth/approle/",
            "auth/approle/role/ci/role-id",
            "data.access",
        ),
        ("delete", "system", "sys/", "sys/audit/file", "logging.stop"),
        (
            "update",
            "system",
            "sys/",
            "sys/audit/file",
            "logging.start",
        ),
        ("update", "system", "sys/", "sys/audit-hash/file", "call"),
        (
            "update",
            "system",
            "sys/",
            "sys/policies/acl/x",
            "policy.change",
        ),
        (
            "update",
            "system",
            "sys/",
            "sys/leases/revoke/database/creds/app/1",
            "secret.revoke",
        ),
        (
            "update",
            "system",
            "sys/",
            "sys/leases/revoke-prefix/auth/approle/",
            "token.revoke",
        ),
        (
            "update",
            "system",
            "sys/",
            "sys/mounts/secret",
            "resource.change",
        ),
        ("read", "system", "sys/", "sys/health", "call"),
        (
            "update",
            "identity",
            "identity/",
            "identity/entity",
            "identity.create",
        ),
        (
            "update",
            "identity",
            "identity/",
            "identity/entity/id/1",
            "identity.change",
        ),
        (
            "delete",
            "identity",
            "identity/",
            "identity/entity/id/1",
            "identity.delete",
        ),
        ("", "", "", "", "call"),
    ] {
        let request = format!(
            r#""operation":"{operation}","mount_type":"{engine}","mount_point":"{mount}","path":"{path}""#
        );
        let (events, _) = read_one(&record("request", "", &request, ""));
        assert_eq!(
            events.get(0).get(Field::Type),
            Some(expected),
            "{operation} {path}"
        );
    }
}

#[test]
fn what_the_format_does_not_allow_is_named() {
    let good = r#"{"time":"2026-11-21T07:42:10Z","type":"request","request":{}}"#;
    assert_eq!(malformed(good), None);
    for (from, to, why) in [
        (good, "[1]", "it is not a JSON object"),
        (r#""type":"request","#, "", "it has no `type`"),
        (r#""type":"request""#, r#""type":null"#, "it has no `type`"),
        (r#""type":"request""#, r#""type":1"#, "`type` is not text"),
        (r#""time":"2026-11-21T07:42:10Z","#, "", "it has no `time`"),
        ("10Z", "10", "`time` is not an RFC 3339 time with a zone"),
        (r#","request":{}"#, "", "it has no `request`"),
        (
            r#""request":{}"#,
            r#""request":[]"#,
            "`request` is not an object",
        ),
        (
            r#""request":{}"#,
            r#""request":{},"auth":"x""#,
            "`auth` is not an object",
        ),
        (
            r#""request":{}"#,
            r#""request":{"a":1,"a":2}"#,
            r#"the member "a" stands twice"#,
        ),
        (
            r#""request":{}"#,
            r#""request":{"a":"\udc00"}"#,
            "it holds a lone surrogate",
        ),
    ] {
        assert_eq!(
            malformed(&good.replace(from, to)).as_deref(),
            Some(why),
            "{to}"
        );
    }
    let big = good.replace("{}", r#"{"n":18446744073709551616}"#);
    assert_eq!(malformed(&big), None);
}

#[test]
fn a_malformed_record_still_gives_what_can_be_read() {
    let good = record("response", BILLING, CREATE, CHILD);
    let undated = good.replace("2026-11-21T07:43:52.965972469Z", "yesterday");
    assert!(malformed(&undated).is_some());
    assert_eq!(read_one(&undated).0.get(0).time(), None);
    assert_eq!(fields(&undated), fields(&good));
}

#[test]
fn a_token_and_its_accessor_are_one() {
    let request = CREATE.replace(
        r#""client_token":"hmac-sha256:aa""#,
        r#""client_token":"hmac-sha256:aa","client_token_accessor":"hmac-sha256:ab""#,
    );
    let expected = owned([
        (Field::Credential, "hmac-sha256:ab"),
        (Field::Token, "hmac-sha256:bc"),
    ]);
    assert_eq!(
        more(&record("response", BILLING, &request, CHILD)).1,
        expected
    );
    // Old versions have no `client_token_accessor`.
    assert_eq!(
        more(&record("response", BILLING, CREATE, CHILD)).1,
        expected
    );
    // An `auth` block about another token says nothing of the one that was used.
    let other = BILLING.replace("sha256:aa", "sha256:a0");
    assert_eq!(more(&record("request", &other, CREATE, "")).1, []);
    // Of a token that has ended only its own HMAC is known.
    assert_eq!(more(&record("request", "", CREATE, "")).1, []);
}

#[test]
fn a_child_has_its_policies_and_its_end() {
    let child = CHILD.replace(
        r#""entity_id":"e1""#,
        r#""entity_id":"e1","policies":["ops","default","ops"],"token_type":"service","token_ttl":1800"#,
    );
    let (events, _) = more(&record("response", BILLING, CREATE, &child));
    let event = events.get(0);
    assert_eq!(event.get(Field::Scope), Some("default ops"));
    // 07:43:52.965972 and 1,800 seconds.
    assert_eq!(event.expires(), rfc3339("2026-11-21T08:13:52.965972Z"));
    let expected =
        shown::WORKLOAD | shown::SHORT_LIVED | shown::DECISION | shown::REQUEST | shown::OUTCOME;
    assert_eq!(event.shown(), expected);
}

#[test]
fn a_time_to_live_that_is_none_gives_no_end() {
    for ttl in [
        "0",
        "-1",
        "1.5",
        "18446744073709551615",
        "9223372036854",
        "\"60\"",
    ] {
        let child = CHILD.replace(
            r#""entity_id":"e1""#,
            &format!(r#""entity_id":"e1","token_ttl":{ttl}"#),
        );
        let (events, _) = more(&record("response", BILLING, CREATE, &child));
        assert_eq!(events.get(0).expires(), None, "{ttl}");
    }
}

#[test]
fn what_let_a_read_through_is_named() {
    let auth = r#""client_token":"hmac-sha256:aa","display_name":"token","token_type":"batch","policy_results":{"allowed":true,"granting_policies":[{"name":"a"},{"type":"acl"},{"name":"b"},{"name":"c"}]}"#;
    let request = r#""operation":"read","path":"secret/data/x","client_token":"hmac-sha256:aa","headers":{"User-Agent":["agent/1"]}"#;
    let (events, _) = more(&record("request", auth, request, ""));
    let event = events.get(0);
    assert_eq!(event.get(Field::Policy), Some("a,b,c"));
    assert_eq!(event.get(Field::Agent), Some("agent/1"));
    assert_eq!(event.get(Field::Actor), Some("vault:name:token"));
    let expected = shown::SHORT_LIVED | shown::DECISION | shown::REQUEST | shown::RESOURCE;
    assert_eq!(event.shown(), expected, "no entity, no response");
}

#[test]
fn an_entity_is_the_account_that_logged_in_and_no_display_name() {
    let login = |mount: &str, metadata: &str| {
        let request = format!(
            r#""operation":"update","mount_point":"auth/{mount}/","mount_type":"{mount}","path":"auth/{mount}/login/x""#
        );
        let rest = format!(
            r#","response":{{"auth":{{"client_token":"hmac-sha256:cc","display_name":"{mount}-x","entity_id":"e2","metadata":{{{metadata}}}}}}}"#
        );
        more(&record("response", "", &request, &rest)).1
    };
    let accounts = r#""service_account_name":"sa","service_account_namespace":"ns","role_name":"ci","username":"bob""#;
    for (mount, alias) in [
        ("kubernetes", Some("system:serviceaccount:ns:sa")),
        ("approle", Some("vault:auth/approle/role/ci")),
        ("userpass", Some("vault:auth/userpass/users/bob")),
        ("jwt", None),
    ] {
        let expected: Vec<_> = alias
            .map(|alias| (Field::Subject, alias.to_owned()))
            .into_iter()
            .collect();
        assert_eq!(login(mount, accounts), expected, "{mount}");
        assert_eq!(login(mount, ""), [], "{mount}");
    }
}

#[test]
fn metadata_that_a_client_may_choose_name_nobody() {
    let child = CHILD.replace(
        r#""entity_id":"e1""#,
        r#""entity_id":"e1","metadata":{"service_account_name":"root","service_account_namespace":"kube-system","role_name":"admin"}"#,
    );
    for engine in ["token", "kubernetes", "approle"] {
        let request = CREATE.replace(
            r#""mount_type":"token""#,
            &format!(r#""mount_type":"{engine}""#),
        );
        let aliases = more(&record("response", BILLING, &request, &child)).1;
        assert!(aliases.iter().all(|(field, _)| *field != Field::Subject));
    }
}

#[test]
fn a_wrapped_token_is_named_by_its_accessor() {
    let token = |info: &str| {
        let rest = format!(r#","response":{{"wrap_info":{{{info}}}}}"#);
        let (events, aliases) = more(&record("response", "", CREATE, &rest));
        assert_eq!(aliases, []);
        events.get(0).get(Field::Token).map(str::to_owned)
    };
    let wrapping = r#""token":"hmac-sha256:w1","accessor":"hmac-sha256:w2""#;
    assert_eq!(token(wrapping).as_deref(), Some("hmac-sha256:w1"));
    assert_eq!(
        token(&format!(
            r#"{wrapping},"wrapped_accessor":"hmac-sha256:bc""#
        ))
        .as_deref(),
        Some("hmac-sha256:bc")
    );
}

/// The lines of the sample's log, and its truth.
fn openbao() -> Option<(Vec<u8>, serde_json::Value)> {
    let files: HashMap<_, _> = archive("openbao.tar.gz")?.into_iter().collect();
    let find = |name: &str| {
        files
            .iter()
            .find(|(path, _)| path.ends_with(name))
            .unwrap()
            .1
    };
    let mut log = Vec::new();
    flate2::read::GzDecoder::new(&find("audit.log.gz")[..])
        .read_to_end(&mut log)
        .unwrap();
    Some((log, serde_json::from_slice(find("truth.json")).unwrap()))
}

#[test]
fn a_real_servers_log_gives_what_is_known_of_it() {
    let Some((log, truth)) = openbao() else {
        return;
    };
    let mut events = Events::default();
    for line in log
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
    {
        assert_eq!(read(line, &Limits::default(), &mut events).malformed, None);
    }
    assert_eq!(events.len(), 15_047);
    let count =
        |keep: &dyn Fn(&Event<'_>) -> bool| events.iter().filter(|event| keep(event)).count();
    let length = |name: &str| truth[name].as_array().unwrap().len();

    let is_kv = |event: &Event<'_>| {
        event
            .get(Field::Secret)
            .is_some_and(|id| id.starts_with("vault:secret/data/"))
    };
    let kv = |kind: &str, outcome: &str| {
        count(&|event| {
            is_kv(event)
                && event.get(Field::Type) == Some(kind)
                && event.get(Field::Outcome) == Some(outcome)
        })
    };
    assert_eq!(kv("secret.read", "success"), 2609);
    assert_eq!(kv("secret.read", "success"), length("reads"));
    assert_eq!(kv("secret.read", "denied"), 747);
    assert_eq!(truth["denied"], 747);
    let revoked = count(&|event| {
        event.get(Field::Type) == Some("token.revoke")
            && event.get(Field::Outcome) == Some("success")
    });
    // Counted in Python, over `request.path` and the responses without `error`.
    assert_eq!(revoked, 156);

    // The first token is the one that the server makes for itself in its development mode, before
    // the traffic that the truth is about; it has no parent, for its record says so.
    let mints: Vec<_> = events
        .iter()
        .filter(|event| {
            event.get(Field::Token).is_some() && event.get(Field::Type) == Some("token.mint")
        })
        .filter(|event| event.get(Field::NativeId) != Some("dev-gen-root"))
        .collect();
    assert_eq!(mints.len(), 980);
    let parents: HashMap<_, _> = mints
        .iter()
        .map(|event| {
            (
                event.get(Field::Token).unwrap(),
                event.get(Field::TokenParent),
            )
        })
        .collect();
    assert_eq!(parents.values().flatten().count(), 620);

    // The truth names each token by its accessor.
    let accessors: HashMap<_, _> = events
        .aliases()
        .filter(|(_, field, _)| *field == Field::Token)
        .map(|(row, _, accessor)| (accessor, events.get(row).get(Field::Token).unwrap()))
        .collect();
    let hmac = |plain: &serde_json::Value| {
        let accessor = plain.as_str().unwrap();
        accessors[truth["accessor_hmac"][accessor].as_str().unwrap()]
    };
    for mint in truth["mints"].as_array().unwrap() {
        let parent = Some(&mint["parent"]).filter(|parent| !parent.is_null());
        assert_eq!(parents[hmac(&mint["accessor"])], parent.map(hmac), "{mint}");
    }

    // A login's token lives an hour and a child half of one; each is made once.
    let lives: BTreeMap<_, _> = mints.iter().fold(BTreeMap::new(), |mut lives, event| {
        let life = event.expires().unwrap().0 - event.time().unwrap().0;
        *lives.entry(life / 1_000_000).or_insert(0) += 1;
        lives
    });
    assert_eq!(lives, BTreeMap::from([(1_800, 620), (3_600, 360)]));

    // So it does each read, with the secret's path.
    let mut reads: Vec<(String, String)> = events
        .iter()
        .filter(|event| is_kv(event) && event.get(Field::Type) == Some("secret.read"))
        .filter(|event| event.get(Field::Outcome) == Some("success"))
        .map(|event| {
            let secret = event.get(Field::Secret).unwrap();
            (
                event.get(Field::Credential).unwrap().to_owned(),
                secret.strip_prefix("vault:").unwrap().to_owned(),
            )
        })
        .collect();
    let mut expected: Vec<_> = truth["reads"]
        .as_array()
        .unwrap()
        .iter()
        .map(|read| (hmac(&read[0]).to_owned(), read[1].as_str().unwrap().into()))
        .collect();
    reads.sort();
    expected.sort();
    assert_eq!(reads, expected);

    // By Python: 15 entities, each with the AppRole that it logs in by, and none with two.
    let accounts: std::collections::BTreeSet<_> = events
        .aliases()
        .filter(|(_, field, _)| *field == Field::Subject)
        .map(|(row, _, alias)| (events.get(row).get(Field::Subject).unwrap(), alias))
        .collect();
    assert_eq!(accounts.len(), 15);
    assert!(accounts.contains(&(
        "vault:entity:bdb8aa7e-bf74-ebfa-431b-4198746ac495",
        "vault:auth/approle/role/billing"
    )));

    // Depths of all tokens, followed from child to parent, are those of the truth.
    let mut depths = BTreeMap::new();
    for &token in parents.keys() {
        let line = std::iter::successors(Some(token), |token| *parents.get(token)?);
        *depths.entry(line.count() as u64 - 1).or_insert(0) += 1;
    }
    let mut expected = BTreeMap::new();
    for mint in truth["mints"].as_array().unwrap() {
        *expected.entry(mint["depth"].as_u64().unwrap()).or_insert(0) += 1;
    }
    assert_eq!(depths, expected);
    assert_eq!(depths.keys().max(), Some(&7));
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
    let name = "(time|type|request|response|auth|path|operation|client_token|data|error|sys/audit|auth/token/create|token_ttl|policies|policy_results|granting_policies|headers|user-agent|metadata|wrap_info)";
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
