//! Evidence made elsewhere, unpacked from the folder that `EXHIBIT_SAMPLES` names.

use crate::read;
use analysis::credential::{Join, makes};
use analysis::lineage::lineage;
use analysis::memory::Memory;
use analysis::names::{Found, Names, Sort, find};
use analysis::{ActKind, Log as _, Name, Role, Window};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::ops::ControlFlow;

fn unpacked(archive: &str) -> Option<Vec<(String, Vec<u8>)>> {
    let Some(dir) = std::env::var_os("EXHIBIT_SAMPLES") else {
        println!("SKIPPED: EXHIBIT_SAMPLES names no folder of samples");
        return None;
    };
    let file = std::fs::File::open(std::path::Path::new(&dir).join(archive)).unwrap();
    let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(file));
    let mut files = Vec::new();
    for entry in tar.entries().unwrap() {
        let mut entry = entry.unwrap();
        if entry.header().entry_type().is_file() {
            let path = entry.path().unwrap().to_string_lossy().into_owned();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            files.push((path, bytes));
        }
    }
    files.sort();
    Some(files)
}

fn one(names: &mut Names<'_, Memory>, id: &str) -> Name {
    match find(names, id, &[Sort::Credential]).unwrap() {
        Found::One(_, name) => name,
        other => panic!("{id}: {other:?}"),
    }
}

#[test]
fn openbao_s_tokens_have_the_parents_that_its_truth_gives_them() {
    let Some(files) = unpacked("openbao.tar.gz") else {
        return;
    };
    let truth = files
        .iter()
        .find(|(path, _)| path.ends_with("truth.json"))
        .unwrap();
    let truth: serde_json::Value = serde_json::from_slice(&truth.1).unwrap();
    let log = read::log(
        files
            .iter()
            .filter(|(path, _)| path.ends_with(".gz"))
            .cloned(),
    );
    let mut names = Names::new(&log, &[]).unwrap();
    let hmac = |accessor: &serde_json::Value| {
        truth["accessor_hmac"][accessor.as_str().unwrap()]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (mut links, mut deepest) = (0, 0);
    let mints = truth["mints"].as_array().unwrap();
    assert_eq!(mints.len(), 980);
    for mint in mints {
        let name = one(&mut names, &hmac(&mint["accessor"]));
        let tree = lineage(&mut names, name).unwrap();
        let node = &tree.nodes[0];
        assert!(node.minted.is_some(), "{mint}");
        let parent = (!mint["parent"].is_null()).then(|| {
            let parent = one(&mut names, &hmac(&mint["parent"]));
            names.text(parent).unwrap()
        });
        links += u32::from(parent.is_some());
        assert_eq!(
            node.parent.as_ref().map(|parent| parent.credential.clone()),
            parent,
            "{mint}"
        );
        assert!(
            node.parent
                .as_ref()
                .is_none_or(|parent| parent.join == Join::Salted)
        );
        assert_eq!(
            tree.ancestors.len() as u64,
            mint["depth"].as_u64().unwrap(),
            "{mint}"
        );
        deepest = deepest.max(tree.ancestors.len());
    }
    assert_eq!((links, deepest), (620, 7));
    let revoked = truth["revoked"].as_array().unwrap();
    for accessor in revoked {
        // A token that went with its parent refuses to be revoked once more.
        let name = one(&mut names, &hmac(accessor));
        let tree = lineage(&mut names, name).unwrap();
        let mut ended = tree.nodes[0].revoked.is_some();
        for parent in &tree.ancestors {
            let name = one(&mut names, &parent.credential);
            ended |= lineage(&mut names, name).unwrap().nodes[0]
                .revoked
                .is_some();
        }
        assert!(ended, "{accessor}");
    }
    let (mut read, mut denied) = (0, 0);
    log.all(Window::default(), &mut |act| {
        // What an issuer of certificates gives out is read too, and no secret of the truth's.
        let is_kv = act.kind == ActKind::SecretRead
            && act.name(Role::Secret).is_some_and(|secret| {
                log.text(secret)
                    .is_ok_and(|text| text.starts_with("vault:secret/data/"))
            });
        read += u32::from(is_kv && act.done());
        denied += u32::from(is_kv && act.ended == analysis::Ended::Denied);
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(denied, 747);
    assert_eq!(read, 2_609);
}

/// How many sessions were minted, how many of these were used, and by how many acts; and how many
/// access keys were made besides, none of which was used.
fn counts(log: &Memory) -> (usize, usize, u64, usize) {
    let mut minted: BTreeSet<Name> = BTreeSet::new();
    let mut used: BTreeMap<Name, u64> = BTreeMap::new();
    log.all(Window::default(), &mut |act| {
        minted.extend(makes(act));
        if let Some(name) = act.name(Role::Credential) {
            *used.entry(name).or_default() += 1;
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    let mut names = Names::new(log, &[]).unwrap();
    let (mut sessions, mut count, mut uses, mut keys) = (0, 0, 0, 0);
    for name in &minted {
        let tree = lineage(&mut names, *name).unwrap();
        let told = tree.nodes[0].uses.count;
        match tree.nodes[0].kind {
            "aws-session" => sessions += 1,
            "access-key" => keys += 1,
            other => panic!("{other}"),
        }
        assert_eq!(told, used.get(name).copied().unwrap_or(0));
        count += usize::from(told > 0);
        uses += told;
    }
    (sessions, count, uses, keys)
}

#[test]
fn invictus_has_36_credentials_of_which_8_were_used_by_70_events() {
    let Some(files) = unpacked("cloudtrail-invictus.tar.gz") else {
        return;
    };
    assert_eq!(counts(&read::log(files.into_iter())), (36, 8, 70, 2));
}

#[test]
fn stratus_has_9_credentials_of_which_5_were_used_by_48_events() {
    let Some(files) = unpacked("cloudtrail-stratus.tar.gz") else {
        return;
    };
    assert_eq!(counts(&read::log(files.into_iter())), (9, 5, 48, 2));
}
