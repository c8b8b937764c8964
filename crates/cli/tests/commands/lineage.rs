//! `exhibit lineage`

use crate::program::{exhibit, imported, story};
use insta::assert_snapshot;
use serde_json::Value;

#[test]
fn the_tree_goes_from_the_mint_to_the_last_use_and_the_end() {
    let site = story();
    let leaked = &site.truth.leak.credential;
    assert_snapshot!(exhibit(&site, &format!("lineage case.exhibit {leaked}")).ended(0).out, @r"
    jti:7f0c76e2427f34127015b06c6ac36c21  jwt
    │  minted   2026-06-12T01:58:02.120044Z  by spiffe://example.com/sts  verified E58:218
    │  holder   spiffe://example.com/agent/deployer
    │  uses     4, 1 refused  2026-06-12T01:59:20.004120Z to 2026-06-12T02:44:18.660201Z  verified
    │  revoked  2026-06-12T02:41:30.007715Z  E58:258
    │  expires  2026-06-12T02:58:02Z
    ├─ ASIA2QEVSUBDFHJK9KLE  aws-session  exact
    │     minted   2026-06-12T01:59:20.004120Z  by spiffe://example.com/sts  verified E58:220
    │     holder   spiffe://example.com/agent/deployer
    │     uses     none in the evidence
    │     revoked  not in the evidence
    │     expires  2026-06-12T02:59:21Z
    └─ ASIA5FWBAOIXNVPMRB7N  aws-session  exact
       │  minted   2026-06-12T02:11:46.920418Z  by spiffe://example.com/sts  verified E58:230
       │  holder   spiffe://example.com/agent/deployer
       │  uses     1  2026-06-12T02:13:05Z to 2026-06-12T02:13:05Z  verified
       │  revoked  not in the evidence
       │  expires  2026-06-12T03:11:47Z
       └─ ASIA4M2R376F3DCYT6YA  aws-session  exact
          │  minted   2026-06-12T02:13:05Z  by arn:aws:sts::444455556666:assumed-role/ci-deploy/build-4417  verified E40:11
          │  holder   arn:aws:sts::444455556666:assumed-role/prod-ops/deploy-4417
          │  uses     4, 1 refused  2026-06-12T02:14:30Z to 2026-06-12T02:29:12Z  unproven
          │  revoked  not in the evidence
          │  expires  2026-06-12T03:13:05Z
          └─ JTI=3c9bad64-04db-4ddd-9a01-46659a95a71e  jwt  exact
             │  also     3c9bad64-04db-4ddd-9a01-46659a95a71e
             │  minted   2026-06-12T02:16:40.218113Z  by arn:aws:sts::444455556666:assumed-role/prod-ops/deploy-4417  unproven E48:150
             │  holder   system:serviceaccount:payments:reconciler
             │  uses     2  2026-06-12T02:17:10.005204Z to 2026-06-12T02:17:25.771002Z  unproven
             │  revoked  not in the evidence
             └─ hmac-sha256:50e29490a6f118706d9c970076419c80466a2fb631cf36dd39cd797fa54fe485  vault-token  inferred: the same account within 3600 s
                │  also     hmac-sha256:8a41a1c568ec54304627718ad57222ea6cfc0f82924a94ff1cabcbabe95df09d
                │  minted   2026-06-12T02:18:22.530000Z  by an unnamed actor  unproven E64:159
                │  holder   vault:entity:2b7c4e1a-93d0-4f56-8a1e-6c5d70b2f9e4
                │  uses     2  2026-06-12T02:19:03.011000Z to 2026-06-12T02:23:30.774000Z  unproven
                │  revoked  not in the evidence
                │  expires  2026-06-12T03:18:22.530000Z
                ├─ hmac-sha256:aa84ad88e60964991e37f3fedb4e6aeb9d7d309bc17ed3f2e909ce30d3821d73  vault-token  salted
                │     also     hmac-sha256:c07ead3597ca8df13d5360fe1216b7e5d1fd66d5c6ae9fe8042c3394b05252b8
                │     minted   2026-06-12T02:19:03.011000Z  by vault:entity:2b7c4e1a-93d0-4f56-8a1e-6c5d70b2f9e4  unproven E64:161
                │     holder   vault:entity:2b7c4e1a-93d0-4f56-8a1e-6c5d70b2f9e4
                │     uses     4, 1 refused  2026-06-12T02:20:11.640000Z to 2026-06-12T02:22:48.310000Z  unproven
                │     revoked  2026-06-12T03:10:00.118000Z  E64:271
                │     expires  2026-06-13T02:19:03.011000Z
                └─ hmac-sha256:fd9e542986f8d57e31502ec43190bbd165fd960d49eaea7a18e4a0cb9b21403b  vault-token  salted
                      also     hmac-sha256:e91a6def464d1faedf19b7344ae9b9af5399aad0e65ec8540cac3273471f07cc
                      minted   2026-06-12T02:23:30.774000Z  by vault:entity:2b7c4e1a-93d0-4f56-8a1e-6c5d70b2f9e4  unproven E64:173
                      holder   vault:entity:2b7c4e1a-93d0-4f56-8a1e-6c5d70b2f9e4
                      uses     96  2026-06-12T02:58:51.207000Z to 2026-06-12T03:27:06.011000Z  unproven
                      revoked  not in the evidence
                      expires  2026-06-13T02:23:30.774000Z
    ");
}

#[test]
fn what_is_above_is_told_with_how_it_is_known() {
    let site = story();
    let login = &site
        .truth
        .mints
        .iter()
        .find(|mint| mint.source == "vault-audit")
        .unwrap()
        .credential;
    let said = exhibit(&site, &format!("lineage case.exhibit {login}"))
        .ended(0)
        .out;
    assert_snapshot!(said.lines().take(6).collect::<Vec<_>>().join("\n"), @r"
    made from
      ↑ JTI=3c9bad64-04db-4ddd-9a01-46659a95a71e  inferred: the same account within 3600 s, shown by E64:159
      ↑ ASIA4M2R376F3DCYT6YA  exact, shown by E48:150
      ↑ ASIA5FWBAOIXNVPMRB7N  exact, shown by E40:11
      ↑ jti:7f0c76e2427f34127015b06c6ac36c21  exact, shown by E58:230
    ");
}

#[test]
fn json_has_the_members_of_the_contract() {
    let site = story();
    let leaked = &site.truth.leak.credential;
    let tree = exhibit(&site, &format!("lineage case.exhibit {leaked} --json"))
        .ended(0)
        .json();
    let mut wait: Vec<(&Value, bool)> = vec![(&tree, true)];
    let mut count = 0;
    while let Some((node, is_root)) = wait.pop() {
        count += 1;
        for member in [
            "credential",
            "kind",
            "minted",
            "minted_by",
            "holder",
            "parent",
            "uses",
            "revoked",
            "expires",
            "children",
        ] {
            assert!(node.get(member).is_some(), "{member} in {node}");
        }
        for member in ["count", "first", "last"] {
            assert!(node["uses"].get(member).is_some(), "{member} in {node}");
        }
        if !is_root {
            assert!(["exact", "salted", "inferred"].contains(&node["join"].as_str().unwrap()));
        }
        wait.extend(
            node["children"]
                .as_array()
                .unwrap()
                .iter()
                .map(|child| (child, false)),
        );
    }
    assert_eq!(count, site.truth.mints.len());
    assert_eq!(tree["parent"], Value::Null);
}

#[test]
fn an_orphan_says_where_its_mint_would_be() {
    let site = story();
    let on_call = exhibit(&site, "timeline case.exhibit type:token.revoke --json")
        .ended(0)
        .json();
    let credential = on_call["rows"][0]["credential"].as_str().unwrap();
    assert_snapshot!(exhibit(&site, &format!("lineage case.exhibit {credential}")).ended(0).out, @r"
    oidc:51d097ba2fbab8fe78d0703685729e3c  unknown
       minted   not in the evidence
       holder   oncall/a.haddad
       uses     1  2026-06-12T02:41:30.007715Z to 2026-06-12T02:41:30.007715Z  verified
       revoked  not in the evidence

    Its mint is not in the evidence. Sources that would hold it, from first to last record:
      2026-06-10T08:02:00.888969Z to 2026-06-12T05:57:59.605254Z  kubernetes-audit, 2 files; --json has each
      2026-06-11T20:00:00Z to 2026-06-12T06:00:00Z  nhi-audit-bundle, 2 files; --json has each
      2026-06-11T20:01:51Z to 2026-06-12T05:44:49Z  cloudtrail, 27 files; --json has each
      2026-06-11T20:05:02.085623Z to 2026-06-12T05:57:33.750770Z  vault-audit, 1 file
      2026-06-11T22:36:54.502022Z to 2026-06-12T05:55:22.181727Z  agent-receipts, 3 files; --json has each
      missing: period-uncovered in cloudtrail/444455556666/eu-west-1
    ");
}

#[test]
fn an_unknown_id_is_a_mistake_in_the_request_with_near_names() {
    let site = imported();
    assert_snapshot!(exhibit(&site, "lineage case.exhibit jti:nobody-has-this").refused(2), @r"
    exhibit: Nothing in this case is called jti:nobody-has-this. [no-such-id]
             `exhibit timeline CASE WORD` looks for a word in all fields.
    ");
    let leaked = &site.truth.leak.credential;
    let cut = &leaked[..leaked.len() - 2];
    let said = exhibit(&site, &format!("lineage case.exhibit {cut} --json")).refused(2);
    assert!(said.contains(leaked.as_str()), "{said}");
    assert_snapshot!(exhibit(&site, "lineage case.exhibit spiffe://example.com/agent/deployer").refused(2), @r"
    exhibit: spiffe://example.com/agent/deployer is no credential in this case: it is an identity. [not-a-credential]
             `exhibit reach CASE --from 'spiffe://example.com/agent/deployer'` follows it.
    ");
}

#[test]
fn the_tree_is_a_picture_and_a_table_with_a_credential_a_row() {
    let site = story();
    let line = format!("lineage case.exhibit {}", site.truth.leak.credential);
    fn count(tree: &serde_json::Value) -> usize {
        1 + tree["children"]
            .as_array()
            .unwrap()
            .iter()
            .map(count)
            .sum::<usize>()
    }
    let all = count(&exhibit(&site, &format!("{line} --json")).ended(0).json());
    assert!(all > 5);
    let csv = exhibit(&site, &format!("{line} --format csv")).ended(0).out;
    assert_eq!(csv.matches("\r\n").count(), all + 1);
    let svg = exhibit(&site, &format!("{line} --format svg")).ended(0).out;
    assert_eq!(svg.matches("<g>").count(), all);
    assert!(svg.ends_with("</svg>\n"));
}
