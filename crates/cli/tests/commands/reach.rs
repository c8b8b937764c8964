//! `exhibit reach`

use crate::program::{exhibit, imported, story};
use insta::assert_snapshot;

#[test]
fn what_could_be_touched_is_told_in_time_s_order() {
    let site = story();
    let leak = &site.truth.leak;
    let line = format!(
        "reach case.exhibit --from {} --after {}",
        leak.credential, leak.at
    );
    let said = exhibit(&site, &line).ended(0).out;
    let brief: Vec<&str> = said
        .lines()
        .filter(|line| !line.contains("merchant-"))
        .collect();
    assert_snapshot!(brief.join("\n"), @r"
    From the credential jti:7f0c76e2427f34127015b06c6ac36c21 from 2026-06-12T02:06:31.447210Z on; clocks of two sources may be 5 s apart.
       verdict         at                           kind        what                                                      by              event
    ●  verified  must  2026-06-12T02:06:31.447210Z  resource    build-log/4417                                            tool.invoke     E58:225
    ●  verified  must  2026-06-12T02:06:31.447210Z  tool        publish                                                   tool.invoke     E58:225
    ●  verified  must  2026-06-12T02:11:46.920418Z  credential  ASIA5FWBAOIXNVPMRB7N                                      token.exchange  E58:230
    ●  verified  must  2026-06-12T02:13:05Z         credential  ASIA4M2R376F3DCYT6YA                                      token.mint      E40:11
    ●  verified  must  2026-06-12T02:14:30Z         secret      aws:secret:prod/payments/db                               secret.read     E40:14
    ◌  unproven  must  2026-06-12T02:16:40.218113Z  credential  JTI=3c9bad64-04db-4ddd-9a01-46659a95a71e                  token.mint      E48:150
    ◌  unproven  must  2026-06-12T02:17:10.005204Z  secret      k8s:secret:payments/*                                     secret.read     E48:151
    ◌  unproven  must  2026-06-12T02:17:25.771002Z  secret      k8s:secret:payments/db-conn                               secret.read     E48:152
    ◌  unproven  may   2026-06-12T02:18:22.530000Z  credential  hmac-sha256:50e29490a6f11870…fb631cf36dd39cd797fa54fe485  token.mint      E64:159
    ◌  unproven  may   2026-06-12T02:19:03.011000Z  credential  hmac-sha256:aa84ad88e6096499…09bc17ed3f2e909ce30d3821d73  token.mint      E64:161
    ◌  unproven  may   2026-06-12T02:20:11.640000Z  secret      vault:kv/data/payments/stripe-live                        secret.read     E64:165
    ◌  unproven  may   2026-06-12T02:20:58.102000Z  secret      vault:kv/data/payments/ledger-signing                     secret.read     E64:167
    ◌  unproven  may   2026-06-12T02:22:48.310000Z  secret      vault:kv/data/payments/payagent-07                        secret.read     E64:171
    ◌  unproven  may   2026-06-12T02:23:30.774000Z  credential  hmac-sha256:fd9e542986f8d57e…60d49eaea7a18e4a0cb9b21403b  token.mint      E64:173
    ◌  unproven  may   2026-06-12T02:24:09.350081Z  identity    spiffe://example.com/agent/payments                       call            E59:203
    ◌  unproven  may   2026-06-12T02:24:09.350081Z  credential  key:payagent-07                                           call            E59:203
    ◌  unproven  may   2026-06-12T02:24:39.006867Z  tool        payout.create                                             tool.invoke     E59:204
    ◌  unproven  may   2026-06-12T02:26:31.004912Z  identity    spiffe://example.com/agent/ledger                         call            E59:206
    ◌  unproven  may   2026-06-12T02:26:31.004912Z  tool        journal.post                                              call            E59:206
    ●  verified  must  2026-06-12T02:29:12Z         resource    arn:aws:cloudtrail:eu-west-1:444455556666:trail/org-main  logging.stop    E41:6
    ◌  unproven  may   2026-06-12T02:58:51.207000Z  secret      vault:kv/data/payments/refund-key                         secret.read     E64:191
    ◌  unproven  may   2026-06-12T02:59:10.322000Z  secret      vault:kv/data/payments/sepa-cert                          secret.read     E64:193
    ◌  unproven  may   2026-06-12T02:59:29.437000Z  secret      vault:kv/data/ledger/db-ro                                secret.read     E64:195
    ◌  unproven  may   2026-06-12T02:59:48.552000Z  secret      vault:kv/data/ledger/db-rw                                secret.read     E64:197
    ◌  unproven  may   2026-06-12T03:00:07.667000Z  secret      vault:kv/data/shared/smtp                                 secret.read     E64:199
    ◌  unproven  may   2026-06-12T03:00:26.782000Z  secret      vault:kv/data/shared/webhook                              secret.read     E64:201
    54 reached, 9 of them for certain; --to ID shows a path

    to revoke
      JTI=3c9bad64-04db-4ddd-9a01-46659a95a71e  must since 2026-06-12T02:16:40.218113Z
      hmac-sha256:fd9e542986f8d57e31502ec43190bbd165fd960d49eaea7a18e4a0cb9b21403b  may since 2026-06-12T02:23:30.774000Z, expires 2026-06-13T02:23:30.774000Z
      key:payagent-07  may since 2026-06-12T02:24:09.350081Z
      besides 2 that were revoked and 3 that ended by themselves

    to rotate
      aws:secret:prod/payments/db  must since 2026-06-12T02:14:30Z
      k8s:secret:payments/*  must since 2026-06-12T02:17:10.005204Z
      k8s:secret:payments/db-conn  must since 2026-06-12T02:17:25.771002Z
      vault:kv/data/payments/stripe-live  may since 2026-06-12T02:20:11.640000Z
      vault:kv/data/payments/ledger-signing  may since 2026-06-12T02:20:58.102000Z
      vault:kv/data/payments/payagent-07  may since 2026-06-12T02:22:48.310000Z
      vault:kv/data/payments/refund-key  may since 2026-06-12T02:58:51.207000Z
      vault:kv/data/payments/sepa-cert  may since 2026-06-12T02:59:10.322000Z
      vault:kv/data/ledger/db-ro  may since 2026-06-12T02:59:29.437000Z
      vault:kv/data/ledger/db-rw  may since 2026-06-12T02:59:48.552000Z
      vault:kv/data/shared/smtp  may since 2026-06-12T03:00:07.667000Z
      vault:kv/data/shared/webhook  may since 2026-06-12T03:00:26.782000Z
    ");
}

#[test]
fn a_path_is_told_step_by_step() {
    let site = story();
    let line = format!(
        "reach case.exhibit --from {} --to kv/data/payments/stripe-live",
        site.truth.leak.credential
    );
    assert_snapshot!(exhibit(&site, &line).ended(0).out, @r"
    From the credential jti:7f0c76e2427f34127015b06c6ac36c21; clocks of two sources may be 5 s apart.

    secret vault:kv/data/payments/stripe-live  may 2026-06-12T02:20:11.640000Z  unproven
      2026-06-12T02:11:46.920418Z  E58:230  token.exchange, exact, verified
        jti:7f0c76e2427f34127015b06c6ac36c21
        → ASIA5FWBAOIXNVPMRB7N
      2026-06-12T02:13:05Z  E40:11  token.mint, exact, verified  after 1 min 18 s
        ASIA5FWBAOIXNVPMRB7N
        → ASIA4M2R376F3DCYT6YA
      2026-06-12T02:16:40.218113Z  E48:150  token.mint, exact, unproven  after 3 min 35 s
        ASIA4M2R376F3DCYT6YA
        → JTI=3c9bad64-04db-4ddd-9a01-46659a95a71e
      2026-06-12T02:18:22.530000Z  E64:159  token.mint, inferred, unproven  after 1 min 42 s
        JTI=3c9bad64-04db-4ddd-9a01-46659a95a71e
        → hmac-sha256:50e29490a6f118706d9c970076419c80466a2fb631cf36dd39cd797fa54fe485
        may: the link is inferred
      2026-06-12T02:19:03.011000Z  E64:161  token.mint, salted, unproven  after 40 s
        hmac-sha256:50e29490a6f118706d9c970076419c80466a2fb631cf36dd39cd797fa54fe485
        → hmac-sha256:aa84ad88e60964991e37f3fedb4e6aeb9d7d309bc17ed3f2e909ce30d3821d73
        may: a step before it is
      2026-06-12T02:20:11.640000Z  E64:165  secret.read, salted, unproven  after 1 min 8 s
        hmac-sha256:aa84ad88e60964991e37f3fedb4e6aeb9d7d309bc17ed3f2e909ce30d3821d73
        → vault:kv/data/payments/stripe-live
        may: a step before it is
    ");
}

#[test]
fn json_is_that_of_the_contract_and_meets_the_truth() {
    let site = story();
    let leak = &site.truth.leak;
    let line = format!(
        "reach case.exhibit --from {} --after {} --json",
        leak.credential, leak.at
    );
    let document = exhibit(&site, &line).ended(0).json();
    let reached = document["reached"].as_array().unwrap();
    let mut times = Vec::new();
    for one in reached {
        let path = one["path"].as_array().unwrap();
        let steps: Vec<&str> = path
            .iter()
            .map(|step| step["time"].as_str().unwrap())
            .collect();
        assert!(steps.is_sorted(), "{one}");
        times.push(one["at"].as_str().unwrap());
        for step in path {
            for member in ["event", "time", "from", "to", "type", "join", "verdict"] {
                assert!(step.get(member).is_some(), "{member} in {step}");
            }
        }
    }
    assert!(times.is_sorted());
    let of = |id: &str| {
        reached
            .iter()
            .find(|one| one["id"].as_str().unwrap().ends_with(id))
    };
    for expected in &site.truth.reached {
        // A token of Vault is shown by its own HMAC, the truth has its accessor's.
        if expected.id.starts_with("hmac-") {
            continue;
        }
        let one = of(&expected.id).unwrap_or_else(|| panic!("{expected:?} is not reached"));
        let certainty = format!("{:?}", expected.certainty).to_lowercase();
        assert_eq!(
            (one["certainty"].as_str(), one["at"].as_str()),
            (Some(&*certainty), Some(&*expected.at))
        );
    }
    for decoy in &site.truth.decoys {
        assert!(of(&decoy.id).is_none(), "{decoy:?}");
    }
}

#[test]
fn what_is_asked_wrongly_is_refused() {
    let site = imported();
    let leaked = &site.truth.leak.credential;
    assert_snapshot!(exhibit(&site, &format!("reach case.exhibit --from {leaked} --after yesterdayish --json")).refused(2), @r#"
    exhibit: "yesterdayish" is not a time. [time]
             Write it as 2026-06-12T02:11:46Z, with its zone.
    "#);
    exhibit(&site, "reach case.exhibit --from nobody --json").refused(2);
    exhibit(&site, "reach case.exhibit").refused(2);
}

#[test]
fn an_event_is_a_beginning_too() {
    let site = imported();
    let rows = exhibit(&site, "timeline case.exhibit type:token.exchange --json")
        .ended(0)
        .json();
    let event = rows["rows"][1]["event"].as_str().unwrap();
    let said = exhibit(&site, &format!("reach case.exhibit --from {event} --json"))
        .ended(0)
        .json();
    assert_eq!(said["from_kind"], "event");
    assert_eq!(said["reached"][0]["id"], rows["rows"][1]["token"]);
}

#[test]
fn where_a_secret_s_reader_came_from_is_told_backwards() {
    let site = story();
    let said = exhibit(
        &site,
        "reach case.exhibit --from kv/data/payments/stripe-live --origin --json",
    )
    .ended(0)
    .json();
    let leaked = &site.truth.leak.credential;
    let root = said["reached"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["id"] == leaked.as_str())
        .unwrap();
    assert_eq!(root["certainty"], "may");
    assert_eq!(root["path"].as_array().unwrap().len(), 6);
    assert_eq!(root["path"][5]["to"], "vault:kv/data/payments/stripe-live");
}

#[test]
fn what_to_revoke_and_rotate_is_a_table_for_those_who_do_it() {
    let site = story();
    let line = format!("reach case.exhibit --from {}", site.truth.leak.credential);
    let json = exhibit(&site, &format!("{line} --json")).ended(0).json();
    for act in ["revoke", "rotate"] {
        let said = exhibit(&site, &format!("{line} --format {act}"))
            .ended(0)
            .out;
        let mut rows = said.split_terminator("\r\n");
        assert_eq!(rows.next(), Some("to_do,id,certainty,reached_at,expires"));
        let ids: Vec<&str> = rows.map(|row| row.split(',').nth(1).unwrap()).collect();
        let told: Vec<&str> = json[act]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["id"].as_str().unwrap())
            .collect();
        assert!(!told.is_empty());
        assert_eq!(ids, told, "{act}");
    }
    let all = exhibit(&site, &format!("{line} --format csv")).ended(0).out;
    let reached = json["reached"].as_array().unwrap().len();
    assert_eq!(all.matches("\r\n").count(), reached + 1);
    let svg = exhibit(&site, &format!("{line} --format svg")).ended(0).out;
    assert_eq!(svg.matches("<g>").count(), reached);
}
