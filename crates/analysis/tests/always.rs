//! What must hold for any evidence.

use analysis::graph::{self, graph};
use analysis::layout::layout;
use analysis::lineage::lineage;
use analysis::memory::{Memory, Told};
use analysis::names::{Names, Sort};
use analysis::origin::origin;
use analysis::reach::{Certainty, From, Question, Reached, reach};
use analysis::{Ended, Log as _, Name, Role};
use evidence::{Format, Micros, Word};
use proptest::prelude::*;
use std::collections::BTreeSet;

const FORMATS: [Format; 3] = [
    Format::NhiAuditBundle,
    Format::CloudTrail,
    Format::VaultAudit,
];
const KINDS: [&str; 11] = [
    "token.mint",
    "token.exchange",
    "token.delegate",
    "token.refresh",
    "token.revoke",
    "secret.read",
    "secret.rotate",
    "call",
    "tool.invoke",
    "data.access",
    "policy.decide",
];

fn told() -> impl Strategy<Value = Told> {
    let thing =
        |of: &'static str| proptest::option::of((0..5_u8).prop_map(move |n| format!("{of}{n}")));
    (
        (0..KINDS.len(), 0..40_i64, 0..3_u32, 0..8_u8),
        (
            thing("who"),
            thing("who"),
            thing("key"),
            thing("key"),
            thing("key"),
        ),
        (
            thing("secret"),
            thing("data"),
            thing("trace"),
            any::<bool>(),
        ),
    )
        .prop_map(
            |(
                (kind, at, log, end),
                (actor, subject, credential, token, parent),
                (secret, data, trace, named),
            )| {
                let mut told = Told::new(KINDS[kind], at).of(log + 1, FORMATS[log as usize]);
                told.ended = match end {
                    0 => Ended::Denied,
                    1 => Ended::Unsaid,
                    _ => Ended::Success,
                };
                told.verdict = if end == 2 {
                    Word::Contradicted
                } else {
                    Word::Verified
                };
                for (role, text) in [
                    (Role::Actor, actor),
                    (Role::Subject, subject),
                    (Role::Credential, credential),
                    (Role::Token, token.clone()),
                    (Role::TokenParent, parent),
                    (Role::Secret, secret),
                    (Role::Resource, data),
                    (Role::Trace, trace),
                ] {
                    if let Some(text) = text {
                        told = told.with(role, &text);
                    }
                }
                if let (Some(token), true, 2) = (token, named, log) {
                    told = told.alias(Role::Token, &format!("accessor of {token}"));
                }
                told
            },
        )
}

fn evidence() -> impl Strategy<Value = Vec<Told>> {
    proptest::collection::vec(told(), 0..40)
}

fn named(log: &Memory, text: &str) -> Option<Name> {
    log.name(text).unwrap()
}

fn question(sort: Sort, name: Name, after: Option<i64>) -> Question {
    Question {
        from: From::Thing(sort, name),
        after: after.map(|seconds| Micros(seconds * 1_000_000)),
        tolerance: 5_000_000,
    }
}

/// What a person is told of a reach, with no number in it.
fn shown(log: &Memory, sort: Sort, start: &str, after: Option<i64>) -> Vec<String> {
    let Some(name) = named(log, start) else {
        return Vec::new();
    };
    let mut names = Names::new(log, &[]).unwrap();
    let found = reach(&mut names, &question(sort, name, after)).unwrap();
    found
        .reached
        .iter()
        .map(|one| {
            format!(
                "{} {} {:?} {:?} {:?}",
                one.thing.0.as_str(),
                log.text(one.thing.1).unwrap(),
                one.path.certainty,
                one.path.at,
                one.must.as_ref().map(|must| must.at),
            )
        })
        .collect()
}

/// The same evidence, its files imported in another order.
fn other_order(told: &[Told]) -> Memory {
    let mut told = told.to_vec();
    for one in &mut told {
        one.log = 9 - one.log;
    }
    told.sort_by_key(|one| one.log);
    Memory::of(told)
}

/// Each credential's children, with how they are joined.
fn links(log: &Memory) -> BTreeSet<(String, String, &'static str)> {
    let mut names = Names::new(log, &[]).unwrap();
    let mut links = BTreeSet::new();
    for number in 0..5 {
        let Some(name) = named(log, &format!("key{number}")) else {
            continue;
        };
        let tree = lineage(&mut names, name).unwrap();
        for child in &tree.nodes[0].children {
            let child = &tree.nodes[*child];
            let ends = (
                tree.nodes[0].credential.to_string(),
                child.credential.to_string(),
            );
            links.insert((ends.0, ends.1, child.join.unwrap().as_str()));
        }
    }
    links
}

fn drawn(log: &Memory) -> (Vec<String>, Vec<(i32, i32)>) {
    let mut names = Names::new(log, &[]).unwrap();
    let made = graph(&mut names, &graph::Question::default(), &|_| true).unwrap();
    let mut told: Vec<String> = made
        .graph
        .node_weights()
        .map(|node| {
            format!(
                "{:?} {} {:?} {:?}",
                node.sort, node.id, node.first, node.verdict
            )
        })
        .collect();
    told.extend(made.ends().map(|(from, to, edge)| {
        let edge = (
            edge.kind,
            edge.count,
            edge.first,
            edge.last,
            edge.join,
            edge.verdict,
            edge.events.len(),
        );
        format!("{from} {to} {edge:?}")
    }));
    (told, layout(&made.graph, 1))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_step_is_taken_before_its_holder_was_reached(
        told in evidence(), start in 0..5_u8, after in proptest::option::of(0..40_i64), is_key: bool,
    ) {
        let log = Memory::of(told);
        let (sort, text) = match is_key {
            true => (Sort::Credential, format!("key{start}")),
            false => (Sort::Identity, format!("who{start}")),
        };
        let Some(name) = named(&log, &text) else { return Ok(()) };
        let mut names = Names::new(&log, &[]).unwrap();
        let begin = (sort, names.canonical(sort, name).unwrap());
        let found = reach(&mut names, &question(sort, name, after)).unwrap();
        for one in &found.reached {
            for path in std::iter::once(&one.path).chain(&one.must) {
                let mut holder = begin;
                let mut since = after.map(|seconds| Micros(seconds * 1_000_000));
                for step in &path.steps {
                    prop_assert_eq!(step.from, holder);
                    prop_assert!(since.is_none_or(|since| step.time >= since));
                    let act = log.act(step.event).unwrap().unwrap();
                    prop_assert!(act.done(), "what was refused reaches nothing");
                    prop_assert_eq!(act.time, Some(step.time));
                    prop_assert!(path.verdict <= step.verdict);
                    if path.certainty == Certainty::Must {
                        prop_assert_eq!(step.why, None);
                        prop_assert_eq!(act.ended, Ended::Success);
                    }
                    (holder, since) = (step.to, Some(step.time));
                }
                prop_assert_eq!(holder, one.thing);
                prop_assert_eq!(since, Some(path.at));
            }
            if let Some(must) = &one.must {
                prop_assert!(one.path.certainty == Certainty::May && must.at >= one.path.at);
            }
        }
        let times: Vec<Micros> = found.reached.iter().map(|one| one.path.at).collect();
        prop_assert!(times.is_sorted());
    }

    #[test]
    fn a_later_beginning_reaches_nothing_more(told in evidence(), start in 0..5_u8, after in 0..40_i64) {
        let log = Memory::of(told);
        let Some(name) = named(&log, &format!("key{start}")) else { return Ok(()) };
        let mut names = Names::new(&log, &[]).unwrap();
        // Each thing, and again where it is reached for certain.
        let mut things = |after| -> BTreeSet<_> {
            let found = reach(&mut names, &question(Sort::Credential, name, after)).unwrap();
            let sure = |one: &Reached| one.path.certainty == Certainty::Must || one.must.is_some();
            let told = found.reached.iter();
            told.flat_map(|one| [(one.thing, false), (one.thing, sure(one))]).collect()
        };
        let (early, late) = (things(Some(after)), things(Some(after + 3)));
        prop_assert!(late.is_subset(&early));
        prop_assert!(early.is_subset(&things(None)));
    }

    #[test]
    fn what_something_came_from_reaches_it(told in evidence(), end in 0..5_u8, sort in 0..3_usize) {
        let log = Memory::of(told);
        let (sort, text) = [
            (Sort::Credential, "key"), (Sort::Secret, "secret"), (Sort::Resource, "data"),
        ][sort];
        let Some(name) = named(&log, &format!("{text}{end}")) else { return Ok(()) };
        let mut names = Names::new(&log, &[]).unwrap();
        let end = (sort, names.canonical(sort, name).unwrap());
        for one in origin(&mut names, &question(sort, name, None)).unwrap().reached {
            let asked = question(one.thing.0, one.thing.1, None);
            let found = reach(&mut names, &asked).unwrap();
            let there = found.reached.iter().find(|reached| reached.thing == end);
            prop_assert!(there.is_some(), "{:?}", one);
            if one.path.certainty == Certainty::Must {
                let there = there.unwrap();
                prop_assert!(
                    there.path.certainty == Certainty::Must || there.must.is_some(),
                    "{:?} {:?}", one, there
                );
            }
        }
    }

    #[test]
    fn more_evidence_takes_no_exact_link_away(told in evidence(), more in evidence()) {
        let before = links(&Memory::of(told.clone()));
        let after = links(&Memory::of(told.into_iter().chain(more)));
        for (parent, child, join) in before {
            if join == "exact" {
                prop_assert!(after.contains(&(parent.clone(), child.clone(), "exact")), "{parent} {child}");
            }
        }
    }

    #[test]
    fn the_order_of_import_changes_nothing(told in evidence(), after in proptest::option::of(0..40_i64)) {
        let (one, other) = (Memory::of(told.clone()), other_order(&told));
        prop_assert_eq!(links(&one), links(&other));
        prop_assert_eq!(drawn(&one), drawn(&other));
        for number in 0..5 {
            for (sort, of) in [(Sort::Credential, "key"), (Sort::Identity, "who"), (Sort::Secret, "secret")] {
                let start = format!("{of}{number}");
                prop_assert_eq!(shown(&one, sort, &start, after), shown(&other, sort, &start, after));
            }
        }
    }
}
