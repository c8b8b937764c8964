//! `exhibit identities`

use crate::program::{exhibit, run, story};
use insta::assert_snapshot;

#[test]
fn each_identity_has_its_names_and_where_they_were_learnt() {
    let site = story();
    assert_snapshot!(exhibit(&site, "identities case.exhibit secret:*prod/payments/db*").ended(0).out, @r"
    arn:aws:iam::444455556666:role/prod-ops  workload
       ● verified      1 acts · named by others in 0 · 2026-06-12T02:14:30Z to 2026-06-12T02:14:30Z
       also AROAOB46AQWRZK73UHGMD:a.haddad  by record E37:8
       also AROAOB46AQWRZK73UHGMD:deploy-4417  by record E40:11
       also arn:aws:sts::444455556666:assumed-role/prod-ops/a.haddad  by record E37:8
       also arn:aws:sts::444455556666:assumed-role/prod-ops/deploy-4417  by record E40:11
       also aws:role:444455556666/prod-ops  by record E37:8
    1 identity
    ");
    let all = exhibit(&site, "identities case.exhibit --json")
        .ended(0)
        .json();
    let ids: Vec<&str> = all["identities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    assert!(ids.contains(&"spiffe://example.com/agent/deployer"));
    assert!(ids.is_sorted());
}

#[test]
fn a_merge_is_kept_told_in_custody_and_undone() {
    let site = story();
    let of = |extra: &[&str]| {
        let mut args = vec!["identities", "case.exhibit"];
        args.extend_from_slice(extra);
        run(&site.at(""), &args).ended(0).json()["identities"]
            .as_array()
            .unwrap()
            .len()
    };
    let (a, b) = ("spiffe://example.com/sts", "oncall/a.haddad");
    let before = of(&["--json"]);
    assert_eq!(
        of(&["--json", "--merge", a, b, "--how", "asked her"]),
        before - 1
    );
    assert_eq!(of(&["--json"]), before - 1);
    assert!(
        exhibit(&site, "custody case.exhibit")
            .ended(0)
            .out
            .contains("identity-merge")
    );
    assert!(
        exhibit(&site, "identities case.exhibit actor:oncall/*")
            .ended(0)
            .out
            .contains("the analyst: asked her")
    );
    assert_eq!(of(&["--json", "--split", b, a]), before);
    assert!(
        exhibit(&site, "custody case.exhibit")
            .ended(0)
            .out
            .contains("identity-split")
    );
    assert_snapshot!(run(&site.at(""), &["identities", "case.exhibit", "--split", a, b]).refused(2), @r"
    exhibit: These two names are not one identity's. [not-joined]
             `exhibit identities CASE` shows which are.
    ");
    assert_snapshot!(run(&site.at(""), &["identities", "case.exhibit", "--merge", a, "nobody-at-all"]).refused(2), @r"
    exhibit: Nothing in this case is called nobody-at-all. [no-such-id]
             `exhibit timeline CASE WORD` looks for a word in all fields.
    ");
    run(&site.at(""), &["identities", "case.exhibit", "--how", "x"]).refused(2);
    exhibit(&site, "verify case.exhibit --json").ended(0);
}
