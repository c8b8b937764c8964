//! Evidence that is made to keep a program busy, or that contradicts itself.

use analysis::graph::{MOST_NODES, Question, graph};
use analysis::layout::{SIDE, layout};
use analysis::lineage::{MOST_DEPTH, lineage};
use analysis::memory::{Memory, Told};
use analysis::names::{Names, Sort};
use analysis::reach::{self, From, reach};
use analysis::{Log as _, Name, Role};
use evidence::Format;

fn mint(at: i64, token: &str, parent: &str) -> Told {
    Told::new("token.exchange", at)
        .with(Role::Token, token)
        .with(Role::TokenParent, parent)
        .with(Role::Credential, parent)
}

fn name(log: &Memory, text: &str) -> Name {
    log.name(text).unwrap().unwrap()
}

fn reached(log: &Memory, from: &str) -> Vec<String> {
    let mut names = Names::new(log, &[]).unwrap();
    let question = reach::Question {
        from: From::Thing(Sort::Credential, name(log, from)),
        after: None,
        tolerance: 0,
    };
    let found = reach(&mut names, &question).unwrap();
    found
        .reached
        .iter()
        .map(|one| log.text(one.thing.1).unwrap().to_string())
        .collect()
}

#[test]
fn credentials_that_are_their_own_ancestors_end_the_tree() {
    let log = Memory::of([
        mint(1, "a", "c"),
        mint(2, "b", "a"),
        mint(3, "c", "b"),
        mint(4, "d", "d"),
    ]);
    let mut names = Names::new(&log, &[]).unwrap();
    let tree = lineage(&mut names, name(&log, "a")).unwrap();
    let told: Vec<&str> = tree.nodes.iter().map(|node| &*node.credential).collect();
    assert_eq!(told, ["a", "b", "c"]);
    assert_eq!(
        (tree.nodes[2].left_out, tree.nodes[2].is_in_cycle),
        (1, true)
    );
    assert!(tree.ancestors_cut);
    let alone = lineage(&mut names, name(&log, "d")).unwrap();
    assert_eq!((alone.nodes.len(), &alone.nodes[0].parent), (1, &None));
    assert_eq!(reached(&log, "a"), ["b", "c"]);
}

#[test]
fn two_records_that_name_two_parents_are_both_told() {
    let log = Memory::of([
        mint(1, "a", "first"),
        mint(2, "a", "forged").of(2, evidence::Format::CloudTrail),
    ]);
    let mut names = Names::new(&log, &[]).unwrap();
    let node = &lineage(&mut names, name(&log, "a")).unwrap().nodes[0];
    assert_eq!(&*node.parent.as_ref().unwrap().credential, "first");
    assert_eq!(&*node.other_parents[0].credential, "forged");
    assert_eq!(node.mints.len(), 2);
}

#[test]
fn a_chain_of_ten_thousand_is_followed_without_recursion_and_cut_with_a_word() {
    let told = (0..10_000).map(|n| mint(n, &format!("t{}", n + 1), &format!("t{n}")));
    let log = Memory::of(told);
    let mut names = Names::new(&log, &[]).unwrap();
    let tree = lineage(&mut names, name(&log, "t0")).unwrap();
    assert_eq!(tree.nodes.len(), MOST_DEPTH);
    assert_eq!(tree.nodes.last().unwrap().left_out, 1);
    let end = lineage(&mut names, name(&log, "t10000")).unwrap();
    assert_eq!((end.ancestors.len(), end.ancestors_cut), (MOST_DEPTH, true));
    assert_eq!(reached(&log, "t0").len(), 10_000);
}

#[test]
fn a_blank_screen_above_a_few_thousand_nodes() {
    let told = (0..3_983).map(|n| {
        Told::new("secret.read", n)
            .with(Role::Actor, &format!("agent/{}", n % 97))
            .with(Role::Credential, &format!("key:{n}"))
            .with(Role::Secret, &format!("kv/{}/{n}", n % 13))
    });
    let log = Memory::of(told);
    let mut names = Names::new(&log, &[]).unwrap();
    for most in [5, 50, MOST_NODES] {
        let question = Question {
            most,
            ..Question::default()
        };
        let made = graph(&mut names, &question, &|_| true).unwrap();
        assert!(made.graph.node_count() <= most, "{most}");
        assert_eq!(made.nodes, 97 + 2 * 3_983);
        let members: u64 = made.graph.node_weights().map(|node| node.members).sum();
        assert_eq!(members, 97 + 2 * 3_983);
        // Every act is still in two edges: the agent's use of its key, and the key's read.
        let acts: u64 = made.ends().map(|(.., edge)| edge.count).sum();
        assert_eq!(acts, 2 * 3_983);
        let places = layout(&made.graph, 7);
        assert!(
            places
                .iter()
                .all(|(x, y)| (0..=SIDE).contains(x) && (0..=SIDE).contains(y))
        );
    }
}

#[test]
fn nodes_stand_where_they_stood_on_other_machines() {
    let log = Memory::of([
        Told::new("call", 1)
            .with(Role::Actor, "a")
            .with(Role::Subject, "b"),
        Told::new("call", 2)
            .with(Role::Actor, "b")
            .with(Role::Subject, "c"),
        Told::new("secret.read", 3)
            .with(Role::Actor, "c")
            .with(Role::Secret, "s"),
    ]);
    let mut names = Names::new(&log, &[]).unwrap();
    let made = graph(&mut names, &Question::default(), &|_| true).unwrap();
    insta::assert_compact_debug_snapshot!(layout(&made.graph, 1), @r"[(4758, 0), (4914, 3229), (5085, 6770), (5241, 10000)]");
    assert_ne!(layout(&made.graph, 1), layout(&made.graph, 2));
}

#[test]
fn of_a_secret_that_is_flooded_some_versions_are_followed_none_for_certain_and_it_is_said() {
    let versions: Vec<String> = (0..100).map(|nth| format!("t{nth}")).collect();
    let flood = |version: (usize, &String)| {
        // Each in a log of its own: nothing orders them.
        Told::new("secret.rotate", 10)
            .with(Role::Secret, "s")
            .with(Role::Token, version.1)
            .of(version.0 as u32 + 2, Format::CloudTrail)
    };
    let mut told: Vec<Told> = versions.iter().enumerate().map(flood).collect();
    let read = Told::new("secret.read", 11)
        .with(Role::Secret, "s")
        .with(Role::Credential, "k");
    told.push(read);
    told.extend(versions.iter().map(|version| {
        Told::new("secret.read", 60)
            .with(Role::Secret, &format!("of {version}"))
            .with(Role::Credential, version)
    }));
    let log = Memory::of(told);
    let mut names = Names::new(&log, &[]).unwrap();
    let question = reach::Question {
        from: From::Thing(Sort::Credential, name(&log, "k")),
        after: None,
        tolerance: 5_000_000,
    };
    let found = reach(&mut names, &question).unwrap();
    assert!(found.is_cut);
    let led_on = |one: &&reach::Reached| one.thing.1 != name(&log, "s");
    let further: Vec<_> = found.reached.iter().filter(led_on).collect();
    assert!(!further.is_empty());
    assert!(further.iter().all(|one| one.must.is_none()));
}
