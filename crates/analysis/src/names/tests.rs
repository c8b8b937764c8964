use super::*;
use crate::memory::{Memory, Told};
use evidence::Format;

fn texts(names: &mut Names<'_, Memory>, list: &[Name]) -> Vec<String> {
    list.iter()
        .map(|name| names.text(*name).unwrap().to_string())
        .collect()
}

#[test]
fn names_are_one_where_a_record_says_both() {
    let log = Memory::of([
        Told::new("call", 1)
            .of(1, Format::CloudTrail)
            .with(Role::Actor, "arn:aws:iam::1:role/r")
            .alias(Role::Actor, "arn:aws:sts::1:assumed-role/r/s"),
        Told::new("call", 2)
            .with(Role::Actor, "arn:aws:sts::1:assumed-role/r/s")
            .alias(Role::Actor, "AROA:s"),
    ]);
    let mut names = Names::new(&log, &[]).unwrap();
    let session = log.name("AROA:s").unwrap().unwrap();
    let class = names.class(Sort::Identity, session).unwrap();
    assert_eq!(
        texts(&mut names, &class.names),
        [
            "arn:aws:iam::1:role/r",
            "arn:aws:sts::1:assumed-role/r/s",
            "AROA:s"
        ]
    );
    assert_eq!(class.links.len(), 2);
    // As a credential it has no other name.
    assert_eq!(
        names.class(Sort::Credential, session).unwrap().names,
        [session]
    );
}

#[test]
fn a_name_that_two_claim_joins_neither() {
    let log = Memory::of([
        Told::new("call", 1)
            .with(Role::Actor, "vault:entity:1")
            .alias(Role::Actor, "oidc-a"),
        Told::new("call", 2)
            .with(Role::Actor, "vault:entity:2")
            .alias(Role::Actor, "oidc-a"),
    ]);
    let mut names = Names::new(&log, &[]).unwrap();
    let one = log.name("vault:entity:1").unwrap().unwrap();
    let class = names.class(Sort::Identity, one).unwrap();
    assert_eq!(class.names, [one]);
    let claimed: Vec<Name> = class.ambiguous[0]
        .claimed_by
        .iter()
        .map(|claim| claim.0)
        .collect();
    assert_eq!(
        texts(&mut names, &claimed),
        ["vault:entity:1", "vault:entity:2"]
    );
    assert_eq!(
        find(&mut names, "oidc-a", &Sort::ALL),
        Ok(Found::Several(vec![
            (Sort::Identity, "vault:entity:1".into()),
            (Sort::Identity, "vault:entity:2".into())
        ]))
    );
}

#[test]
fn a_role_s_sessions_are_one_identity_and_two_clusters_accounts_are_not() {
    let also = |at, name: &str, alias: &str| {
        Told::new("call", at)
            .with(Role::Actor, name)
            .alias(Role::Actor, alias)
    };
    let log = Memory::of([
        also(
            1,
            "arn:aws:sts::1:assumed-role/r/s",
            "arn:aws:iam::1:role/r",
        ),
        also(
            2,
            "arn:aws:sts::1:assumed-role/r/t",
            "arn:aws:iam::1:role/r",
        ),
        also(3, "vault:entity:1", "system:serviceaccount:pay:rec"),
        also(4, "vault:entity:2", "system:serviceaccount:pay:rec"),
    ]);
    let mut names = Names::new(&log, &[]).unwrap();
    for (asked, count) in [
        ("arn:aws:sts::1:assumed-role/r/t", 3),
        ("vault:entity:1", 1),
    ] {
        let name = log.name(asked).unwrap().unwrap();
        let class = names.class(Sort::Identity, name).unwrap();
        assert_eq!(class.names.len(), count, "{asked}");
    }
}

#[test]
fn the_analyst_joins_and_parts() {
    let log = Memory::of([
        Told::new("call", 1)
            .with(Role::Actor, "a")
            .alias(Role::Actor, "b"),
        Told::new("call", 2).with(Role::Actor, "c"),
    ]);
    let said = |one: &str, other: &str, same| Said {
        one: one.into(),
        other: other.into(),
        same,
    };
    let a = log.name("a").unwrap().unwrap();
    for (said, expected) in [
        (vec![], vec!["a", "b"]),
        (vec![said("b", "c", true)], vec!["a", "b", "c"]),
        (vec![said("b", "a", false)], vec!["a"]),
        (
            vec![said("a", "b", false), said("a", "c", true)],
            vec!["a", "c"],
        ),
    ] {
        let mut names = Names::new(&log, &said).unwrap();
        let class = names.class(Sort::Identity, a).unwrap();
        assert_eq!(texts(&mut names, &class.names), expected);
    }
}

#[test]
fn an_id_is_found_as_it_is_native_or_by_an_alias() {
    let log = Memory::of([
        Told::new("token.mint", 1)
            .of(1, Format::KubernetesAudit)
            .with(Role::Token, "JTI=3c9b"),
        Told::new("token.mint", 2)
            .of(2, Format::VaultAudit)
            .with(Role::Token, "hmac-sha256:aa")
            .alias(Role::Token, "hmac-sha256:bb"),
        Told::new("secret.read", 3)
            .of(2, Format::VaultAudit)
            .with(Role::Secret, "vault:kv/x")
            .with(Role::Credential, "hmac-sha256:aa"),
    ]);
    let mut names = Names::new(&log, &[]).unwrap();
    for (asked, expected) in [
        ("JTI=3c9b", "JTI=3c9b"),
        ("3c9b", "JTI=3c9b"),
        ("hmac-sha256:bb", "hmac-sha256:aa"),
        ("kv/x", "vault:kv/x"),
    ] {
        let Found::One(_, name) = find(&mut names, asked, &Sort::ALL).unwrap() else {
            panic!("{asked}")
        };
        assert_eq!(&*names.text(name).unwrap(), expected);
    }
    assert_eq!(find(&mut names, "3c9", &Sort::ALL), Ok(Found::Nothing));
}
