//! `exhibit timeline`

use crate::program::{exhibit, imported, run, tampered};
use insta::assert_snapshot;
use serde_json::Value;
use tests::kubernetes_event;

#[test]
fn the_table_shows_what_happened_in_time_s_order() {
    let site = imported();
    assert_snapshot!(exhibit(&site, "timeline case.exhibit type:token.* --limit 4").ended(0).out, @r"
       verdict   time, UTC                    type        who                                           what                                                              outcome  record
    ◌  unproven  2026-06-10T08:02:00.888969Z  token.mint  system:node:ip-10-42-0…st-1.compute.internal  system:serviceaccount:argocd:rep…viceaccounts:argocd/repo-server  success  E2:1
    ◌  unproven  2026-06-10T08:04:42.687694Z  token.mint  system:node:ip-10-42-0…st-1.compute.internal  system:serviceaccount:shop:check…s:serviceaccounts:shop/checkout  success  E2:2
    ◌  unproven  2026-06-10T08:05:49.278701Z  token.mint  system:node:ip-10-42-0…st-1.compute.internal  system:serviceaccount:cert-manag…ounts:cert-manager/cert-manager  success  E2:3
    ◌  unproven  2026-06-10T08:08:23.041298Z  token.mint  system:node:ip-10-42-0…st-1.compute.internal  system:serviceaccount:shop:catal…8s:serviceaccounts:shop/catalog  success  E2:5
    … 4 of 122 rows; --limit shows more
    ");
    assert_snapshot!(exhibit(&site, "timeline case.exhibit actor:nobody").ended(0).out, @"No record matches.");
}

#[test]
fn the_contradicted_record_is_found_by_its_verdict() {
    let site = tampered();
    assert_snapshot!(exhibit(&site, "timeline case.exhibit verdict:contradicted").ended(0).out, @r"
       verdict       time, UTC                    type           who                                   what                                 outcome  record
    ✖  contradicted  2026-06-12T02:11:46.902113Z  policy.decide  spiffe://example.com/policy/exchange  spiffe://example.com/agent/deployer  success  E10:229
    ");
}

#[test]
fn jsonl_has_the_members_of_the_contract_one_event_a_line() {
    let site = imported();
    let said = exhibit(
        &site,
        "timeline case.exhibit type:token.mint --format jsonl --limit 1",
    )
    .ended(0);
    assert_snapshot!(said.out, @r#"{"actor":"system:node:ip-10-42-0-16.eu-west-1.compute.internal","decision":"allow","event":"E2:1","offset":676,"outcome":"success","records":2,"resource":"k8s:serviceaccounts:argocd/repo-server","source":"nhi-bundle/attachments/kubernetes/audit-2026-06-10.jsonl","source_ip":"10.42.9.19","stream":"nhi-bundle/attachments/kubernetes/audit-2026-06-10.jsonl","subject":"system:serviceaccount:argocd:repo-server","time":"2026-06-10T08:02:00.888969Z","token":"JTI=a6d96a0b-063d-42b4-be84-a2cf6e86d83d","type":"token.mint","verdict":"unproven"}"#);
    let all = exhibit(&site, "timeline case.exhibit --format jsonl").ended(0);
    let rows: Vec<Value> = all
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    // Ten of the 40 Kubernetes records are the first stage of a request whose last one is there.
    assert_eq!(rows.len(), 440 + 310 + 40 - 10);
    let times: Vec<_> = rows
        .iter()
        .map(|row| row["time"].as_str().unwrap())
        .collect();
    assert!(times.is_sorted());
    const MEMBERS: [&str; 18] = [
        "event",
        "time",
        "type",
        "actor",
        "subject",
        "credential",
        "token",
        "secret",
        "resource",
        "tool",
        "decision",
        "outcome",
        "source_ip",
        "verdict",
        "stream",
        "seq",
        "source",
        "offset",
    ];
    for row in &rows {
        assert!(
            row.as_object()
                .unwrap()
                .iter()
                .all(|(name, value)| MEMBERS.contains(&name.as_str()) && !value.is_null()),
            "{row}"
        );
    }
}

#[test]
fn json_is_one_document() {
    let site = imported();
    let document = exhibit(
        &site,
        "timeline case.exhibit type:token.mint --limit 2 --json",
    )
    .ended(0)
    .json();
    assert_eq!(
        (
            document["rows"].as_array().unwrap().len(),
            &document["total"]
        ),
        // 790 records, ten of which are the first stage of a request whose last one is there.
        (2, &780.into())
    );
    assert!(document["matching"].as_u64().unwrap() > 2);
}

#[test]
fn options_are_options_and_negated_terms_are_terms_wherever_they_stand() {
    let site = imported();
    let matching = |args: &[&str]| {
        run(&site.at(""), args).ended(0).json()["matching"]
            .as_u64()
            .unwrap()
    };
    let all = matching(&["timeline", "case.exhibit", "--json"]);
    let mints = matching(&["timeline", "case.exhibit", "type:token.mint", "--json"]);
    assert!(mints > 0);
    for args in [
        &["timeline", "--json", "case.exhibit", "-type:token.mint"][..],
        &[
            "--json",
            "timeline",
            "case.exhibit",
            "-type:token.mint",
            "--limit",
            "3",
        ],
        &[
            "timeline",
            "case.exhibit",
            "--limit",
            "1",
            "-type:token.mint -type:nothing",
            "--zone",
            "-03:30",
            "--json",
        ],
    ] {
        assert_eq!(matching(args), all - mints, "{args:?}");
    }
    assert_eq!(
        exhibit(
            &site,
            "timeline case.exhibit -type:token.mint --format jsonl --limit 3"
        )
        .ended(0)
        .out
        .lines()
        .count(),
        3
    );
    // Nor is a mistyped option a word that nothing has.
    for query in ["", "type:token.mint "] {
        assert!(
            exhibit(&site, &format!("timeline case.exhibit {query}--jsno"))
                .refused(2)
                .contains("--jsno")
        );
    }
}

#[test]
fn csv_has_a_head_and_a_row_an_event() {
    let site = imported();
    let said = exhibit(
        &site,
        "timeline case.exhibit type:token.mint --format csv --limit 1",
    )
    .ended(0);
    assert_snapshot!(said.out.replace("\r\n", "⏎\n"), @r"
    event,time,type,actor,subject,credential,token,secret,resource,tool,decision,outcome,source_ip,verdict,stream,seq,source,offset⏎
    E2:1,2026-06-10T08:02:00.888969Z,token.mint,system:node:ip-10-42-0-16.eu-west-1.compute.internal,system:serviceaccount:argocd:repo-server,,JTI=a6d96a0b-063d-42b4-be84-a2cf6e86d83d,,k8s:serviceaccounts:argocd/repo-server,,allow,success,10.42.9.19,unproven,nhi-bundle/attachments/kubernetes/audit-2026-06-10.jsonl,,nhi-bundle/attachments/kubernetes/audit-2026-06-10.jsonl,676⏎
    ");
}

#[test]
fn times_are_shown_in_the_zone_that_was_asked_for() {
    let site = imported();
    let first = |zone: &str| {
        let said = exhibit(
            &site,
            &format!("timeline case.exhibit type:token.mint --limit 1 --zone {zone}"),
        )
        .ended(0);
        said.out
            .lines()
            .nth(1)
            .unwrap()
            .split_whitespace()
            .nth(2)
            .unwrap()
            .to_owned()
    };
    assert_snapshot!(["UTC", "Europe/Berlin", "-03:30"].map(first).join("\n"), @r"
    2026-06-10T08:02:00.888969Z
    2026-06-10T10:02:00.888969+02:00
    2026-06-10T04:32:00.888969-03:30
    ");
    assert!(
        exhibit(&site, "timeline case.exhibit --zone Berlin")
            .refused(2)
            .contains("--zone")
    );
}

#[test]
fn a_malformed_query_is_status_2_and_points_at_its_place() {
    let site = imported();
    assert_snapshot!(exhibit(&site, "timeline case.exhibit time>=2026-06-12").refused(2), @r#"
    exhibit: The query cannot be understood at character 1: "2026-06-12" is not a time. [query]
             Write it as 2026-06-12T02:11:46Z, with its zone.
    "#);
    assert_snapshot!(run(&site.at(""), &["timeline", "case.exhibit", "actor:a verdict:bad", "--json"]).refused(2), @r#"
    exhibit: The query cannot be understood at character 17: "bad" is not a verdict. [query]
             Verdicts are verified, intact, unproven, contradicted.
    "#);
    exhibit(&site, "timeline other.exhibit").refused(2);
}

const HOSTILE: &str = "=cmd|' /C calc'!A0\u{1b}[31m\u{202e}gpj";

#[test]
fn formulas_escapes_and_overrides_in_the_evidence_do_not_run() {
    let dir = tempfile::tempdir().unwrap();
    let mut event: Value =
        serde_json::from_str(&kubernetes_event(0, "2026-06-12T02:00:00Z", "a")).unwrap();
    // A service account's name is its id as it stands, with nothing before it.
    event["user"]["extra"] =
        serde_json::json!({"authentication.kubernetes.io/credential-id": [HOSTILE]});
    event["user"]["username"] = format!("{HOSTILE}\n\"x\",y").into();
    std::fs::write(dir.path().join("audit.jsonl"), format!("{event}\n")).unwrap();
    run(dir.path(), &["import", "case.exhibit", "audit.jsonl"]).ended(0);
    for args in [
        &["timeline", "case.exhibit"][..],
        &["record", "case.exhibit", "E1:0"],
        &["verify", "case.exhibit"],
        &["custody", "case.exhibit"],
    ] {
        let said = run(dir.path(), args).ended(0);
        assert!(
            !said.out.contains(['\u{1b}', '\u{202e}']),
            "{args:?}: {:?}",
            said.out
        );
    }
    let csv = run(dir.path(), &["timeline", "case.exhibit", "--format", "csv"]).ended(0);
    assert_snapshot!(csv.out.replace("\r\n", "⏎\n"), @r#"
    event,time,type,actor,subject,credential,token,secret,resource,tool,decision,outcome,source_ip,verdict,stream,seq,source,offset⏎
    E1:0,2026-06-12T02:00:00Z,secret.read,"k8s:user:=cmd|' /C calc'!A0\u{1b}[31m\u{202e}gpj\u{a}""x"",y",,'=cmd|' /C calc'!A0\u{1b}[31m\u{202e}gpj,,k8s:secret:pay/stripe,,,,success,10.0.0.7,unproven,audit.jsonl,,audit.jsonl,0⏎
    "#);
    // A program gets the exact text.
    let json = run(dir.path(), &["timeline", "case.exhibit", "--json"])
        .ended(0)
        .json();
    assert_eq!(json["rows"][0]["credential"], HOSTILE);
    assert!(
        json["rows"][0]["actor"]
            .as_str()
            .unwrap()
            .ends_with("\n\"x\",y")
    );
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    use std::process::Stdio;
    let site = imported();
    let mut child = crate::program::program(&site.at(""))
        .args(["timeline", "case.exhibit", "--format", "jsonl"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), output.stderr.as_slice()),
        (Some(0), &b""[..])
    );
}
