//! The scenario's truth.

use crate::read;
use analysis::Log as _;
use analysis::credential::Join;
use analysis::lineage::lineage;
use analysis::memory::Memory;
use analysis::names::{Found, Names, Sort, find};
use analysis::reach::{Certainty, From, Question, TOLERANCE_SECONDS, reach};
use evidence::{Micros, time};
use scenario::{Size, Truth, truth};
use std::collections::BTreeMap;

fn laid(size: Size) -> (Memory, Truth) {
    let dir = tempfile::tempdir().unwrap();
    let truth = scenario::site::lay_evidence(&dir.path().join("evidence"), 7, size).unwrap();
    (read::folder(&dir.path().join("evidence")), truth)
}

fn micros(text: &str) -> Micros {
    time::rfc3339(text).unwrap()
}

fn credential(names: &mut Names<'_, Memory>, id: &str) -> analysis::Name {
    match find(names, id, &[Sort::Credential]).unwrap() {
        Found::One(_, name) => name,
        other => panic!("{id}: {other:?}"),
    }
}

fn parents_are_those_of_the_truth(log: &Memory, truth: &Truth) {
    let mut names = Names::new(log, &[]).unwrap();
    for mint in &truth.mints {
        let name = credential(&mut names, &mint.credential);
        let tree = lineage(&mut names, name).unwrap();
        let node = &tree.nodes[0];
        let parent = node.parent.as_ref();
        let expected = mint.parent.as_deref().map(|parent| {
            let parent = credential(&mut names, parent);
            names.text(parent).unwrap()
        });
        assert_eq!(
            parent.map(|parent| parent.credential.clone()),
            expected,
            "{mint:?}"
        );
        let join = match mint.join {
            None => None,
            Some(truth::Join::Exact) => Some(Join::Exact),
            Some(truth::Join::Salted) => Some(Join::Salted),
            Some(truth::Join::Inferred) => Some(Join::Inferred),
        };
        assert_eq!(parent.map(|parent| parent.join), join, "{mint:?}");
        assert!(node.other_parents.is_empty(), "{mint:?}");
        assert_eq!(
            node.minted.unwrap().time,
            Some(micros(&mint.at)),
            "{mint:?}"
        );
        let mut holders = vec![node.holder.clone().unwrap()];
        holders.extend(node.holder_also.iter().cloned());
        assert!(
            holders.iter().any(|holder| **holder == *mint.holder),
            "{mint:?} {holders:?}"
        );
        // And downwards: the parent has it as a child, by the same join.
        if let Some(parent) = &mint.parent {
            let parent = credential(&mut names, parent);
            let above = lineage(&mut names, parent).unwrap();
            let children: Vec<_> = above.nodes[0]
                .children
                .iter()
                .map(|n| &above.nodes[*n])
                .collect();
            let child = children
                .iter()
                .find(|child| child.credential == node.credential);
            assert_eq!(child.and_then(|child| child.join), join, "{mint:?}");
        }
    }
    // The whole tree of the leaked token: all of the story's credentials, and no other.
    let leaked = credential(&mut names, &truth.leak.credential);
    let tree = lineage(&mut names, leaked).unwrap();
    assert_eq!(tree.nodes.len(), truth.mints.len());
    assert_eq!(tree.ancestors, []);
    assert_eq!(
        tree.nodes[0].revoked.unwrap().time,
        Some(micros(&truth.leak.revoked))
    );
}

fn reach_is_that_of_the_truth(log: &Memory, truth: &Truth) {
    let mut names = Names::new(log, &[]).unwrap();
    let leaked = credential(&mut names, &truth.leak.credential);
    let question = Question {
        from: From::Thing(Sort::Credential, leaked),
        after: Some(micros(&truth.leak.at)),
        tolerance: TOLERANCE_SECONDS * 1_000_000,
    };
    let found = reach(&mut names, &question).unwrap();
    let mut left: BTreeMap<String, (Sort, Certainty, Micros)> = BTreeMap::new();
    for reached in &found.reached {
        let times: Vec<Micros> = reached.path.steps.iter().map(|step| step.time).collect();
        assert!(times.is_sorted(), "{reached:?}");
        assert_eq!(times.last(), Some(&reached.path.at));
        let (sort, name) = reached.thing;
        let certainty = reached
            .must
            .as_ref()
            .map_or(reached.path.certainty, |_| Certainty::Must);
        let text = log.text(name).unwrap().to_string();
        left.insert(text, (sort, certainty, reached.path.at));
    }
    for expected in &truth.reached {
        let mut id = expected.id.clone();
        if expected.kind == "credential" {
            let name = credential(&mut names, &id);
            id = names.text(name).unwrap().to_string();
        }
        let key = left.keys().find(|known| known.ends_with(&id)).cloned();
        let Some(key) = key else {
            panic!("{expected:?} is not reached: {left:#?}")
        };
        let (sort, certainty, at) = left.remove(&key).unwrap();
        assert_eq!(sort.as_str(), expected.kind, "{expected:?}");
        assert_eq!(
            certainty.as_str() == "must",
            expected.certainty == truth::Certainty::Must,
            "{expected:?}"
        );
        assert_eq!(at, micros(&expected.at), "{expected:?}");
    }
    for decoy in &truth.decoys {
        assert!(
            !left.keys().any(|known| known.ends_with(&decoy.id)),
            "{decoy:?}"
        );
    }
    // Tools are not in the truth; nor is what the leak itself touched, and the list of secrets.
    left.retain(|id, (sort, ..)| {
        *sort != Sort::Tool && id != "build-log/4417" && id != "k8s:secret:payments/*"
    });
    assert!(left.is_empty(), "{left:#?}");
}

#[test]
fn the_small_story_is_found_again() {
    let (log, truth) = laid(Size::small());
    parents_are_those_of_the_truth(&log, &truth);
    reach_is_that_of_the_truth(&log, &truth);
}

#[test]
fn the_demonstration_s_story_is_found_again() {
    let (log, truth) = laid(Size::demo());
    parents_are_those_of_the_truth(&log, &truth);
    reach_is_that_of_the_truth(&log, &truth);
}

#[test]
fn the_story_is_found_again_among_ten_thousand_records() {
    let (log, truth) = laid(Size::of(10_000));
    parents_are_those_of_the_truth(&log, &truth);
    reach_is_that_of_the_truth(&log, &truth);
}

#[test]
#[ignore = "takes minutes and gigabytes: `cargo test -p analysis --release -- --ignored`"]
fn the_story_is_found_again_among_a_million_records() {
    let (log, truth) = laid(Size::of(1_000_000));
    let begin = std::time::Instant::now();
    parents_are_those_of_the_truth(&log, &truth);
    println!(
        "lineages of {} credentials: {:?}",
        truth.mints.len(),
        begin.elapsed()
    );
    let begin = std::time::Instant::now();
    reach_is_that_of_the_truth(&log, &truth);
    println!("reach: {:?}", begin.elapsed());
}
