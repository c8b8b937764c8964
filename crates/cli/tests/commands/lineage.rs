//! `exhibit lineage`

use crate::program::{exhibit, imported, story};
use insta::assert_snapshot;
use serde_json::Value;

#[test]
fn the_tree_goes_from_the_mint_to_the_last_use_and_the_end() {
    let site = story();
    let leaked = &site.truth.leak.credential;
    assert_snapshot!(exhibit(&site, &format!("lineage case.exhibit {leaked}")).ended(0).out, @"");
}

#[test]
fn what_is_above_is_told_with_how_it_is_known() {
    let site = story();
    let login = &site.truth.mints.iter().find(|mint| mint.source == "vault-audit").unwrap().credential;
    let said = exhibit(&site, &format!("lineage case.exhibit {login}")).ended(0).out;
    assert_snapshot!(said.lines().take(6).collect::<Vec<_>>().join("\n"), @"");
}

#[test]
fn json_has_the_members_of_the_contract() {
    let site = story();
    let leaked = &site.truth.leak.credential;
    let tree = exhibit(&site, &format!("lineage case.exhibit {leaked} --json")).ended(0).json();
    let mut wait: Vec<(&Value, bool)> = vec![(&tree, true)];
    let mut count = 0;
    while let Some((node, is_root)) = wait.pop() {
        count += 1;
        for member in [
            "credential", "kind", "minted", "minted_by", "holder", "parent", "uses", "revoked", "expires", "children",
        ] {
            assert!(node.get(member).is_some(), "{member} in {node}");
        }
        for member in ["count", "first", "last"] {
            assert!(node["uses"].get(member).is_some(), "{member} in {node}");
        }
        if !is_root {
            assert!(["exact", "salted", "inferred"].contains(&node["join"].as_str().unwrap()));
        }
        wait.extend(node["children"].as_array().unwrap().iter().map(|child| (child, false)));
    }
    assert_eq!(count, site.truth.mints.len());
    assert_eq!(tree["parent"], Value::Null);
}

#[test]
fn an_orphan_says_where_its_mint_would_be() {
    let site = story();
    let on_call = exhibit(&site, "timeline case.exhibit type:token.revoke actor:oncall/* --json").ended(0).json();
    let credential = on_call["rows"][0]["credential"].as_str().unwrap();
    assert_snapshot!(exhibit(&site, &format!("lineage case.exhibit {credential}")).ended(0).out, @"");
}

#[test]
fn an_unknown_id_is_a_mistake_in_the_request_with_near_names() {
    let site = imported();
    assert_snapshot!(exhibit(&site, "lineage case.exhibit jti:nobody-has-this").refused(2), @"");
    let leaked = &site.truth.leak.credential;
    let cut = &leaked[..leaked.len() - 2];
    let said = exhibit(&site, &format!("lineage case.exhibit {cut} --json")).refused(2);
    assert!(said.contains(leaked.as_str()), "{said}");
    assert_snapshot!(exhibit(&site, "lineage case.exhibit spiffe://example.com/agent/deployer").refused(2), @"");
}
