use super::*;
use crate::act::Ended;
use crate::memory::{Memory, Told};
use evidence::Format;

/// What is reached, with its certainty and the second.
fn from(told: Vec<Told>, sort: Sort, start: &str) -> Vec<String> {
    let log = Memory::of(told);
    let mut names = Names::new(&log, &[]).unwrap();
    let question = Question {
        from: From::Thing(sort, log.name(start).unwrap().unwrap()),
        after: None,
        tolerance: 5_000_000,
    };
    let found = reach(&mut names, &question).unwrap();
    let told = found.reached.iter().map(|one| {
        let must = one
            .must
            .as_ref()
            .map(|must| format!(" must {}", must.at.0 / 1_000_000));
        format!(
            "{} {} {}{}",
            log.text(one.thing.1).unwrap(),
            one.path.certainty.as_str(),
            one.path.at.0 / 1_000_000,
            must.unwrap_or_default()
        )
    });
    told.collect()
}

fn act(kind: &str, at: i64, names: &[(Role, &str)]) -> Told {
    names
        .iter()
        .fold(Told::new(kind, at), |told, (role, text)| {
            told.with(*role, text)
        })
}

use Role::{Actor, Credential, Secret, Subject, Token, TokenParent, Trace};

#[test]
fn minting_is_not_calling() {
    let told = vec![
        act(
            "token.mint",
            1,
            &[
                (Actor, "sts"),
                (Subject, "a"),
                (Token, "t"),
                (TokenParent, "p"),
            ],
        ),
        act(
            "secret.read",
            2,
            &[(Actor, "sts"), (Secret, "of the minter")],
        ),
        act(
            "secret.read",
            3,
            &[(Actor, "a"), (Credential, "t"), (Secret, "s")],
        ),
    ];
    assert_eq!(
        from(told.clone(), Sort::Credential, "p"),
        ["t must 1", "s must 3"]
    );
    assert_eq!(from(told, Sort::Credential, "t"), ["s must 3"]);
}

#[test]
fn one_who_is_called_acts_for_certain_only_under_the_call_s_trace_or_credential() {
    let told = vec![
        act("secret.read", 1, &[(Actor, "b"), (Secret, "before")]),
        act(
            "call",
            2,
            &[
                (Actor, "a"),
                (Subject, "b"),
                (Credential, "k"),
                (Trace, "t1"),
            ],
        ),
        act(
            "secret.read",
            3,
            &[(Actor, "b"), (Secret, "other"), (Trace, "t2")],
        ),
        act(
            "secret.read",
            4,
            &[(Actor, "b"), (Secret, "traced"), (Trace, "t1")],
        ),
        act(
            "secret.read",
            5,
            &[(Actor, "c"), (Secret, "not b's"), (Trace, "t1")],
        ),
    ];
    assert_eq!(
        from(told, Sort::Credential, "k"),
        ["b must 2", "other may 3", "traced must 4"]
    );
}

#[test]
fn a_secret_leads_on_only_by_a_credential_that_it_is_known_to_hold() {
    let told = |stored: i64| {
        vec![
            act(
                "secret.rotate",
                stored,
                &[(Actor, "op"), (Secret, "s"), (Token, "held")],
            ),
            act(
                "secret.read",
                5,
                &[(Actor, "a"), (Credential, "k"), (Secret, "s")],
            ),
            act(
                "call",
                9,
                &[(Actor, "x"), (Subject, "pay"), (Credential, "held")],
            ),
        ]
    };
    assert_eq!(
        from(told(1), Sort::Credential, "k"),
        ["s must 5", "pay must 9", "held must 9"]
    );
    assert_eq!(from(told(7), Sort::Credential, "k"), ["s must 5"]);
}

#[test]
fn who_reads_a_secret_again_finds_what_it_holds_by_then() {
    let read = |at, by| act("secret.read", at, &[(Credential, by), (Secret, "s")]);
    let told = vec![
        act("secret.rotate", 1, &[(Secret, "s"), (Token, "old")]),
        read(2, "early"),
        read(2, "both"),
        act("secret.rotate", 3, &[(Secret, "s"), (Token, "new")]),
        read(4, "both"),
        act(
            "tool.invoke",
            5,
            &[(Credential, "old"), (Role::Tool, "old's")],
        ),
        act(
            "tool.invoke",
            6,
            &[(Credential, "new"), (Role::Tool, "new's")],
        ),
    ];
    assert_eq!(
        from(told.clone(), Sort::Credential, "early"),
        ["s must 2", "old must 5", "old's must 5"]
    );
    let both = [
        "s must 2",
        "old must 5",
        "old's must 5",
        "new must 6",
        "new's must 6",
    ];
    assert_eq!(from(told.clone(), Sort::Credential, "both"), both);
    assert_eq!(from(told, Sort::Secret, "s"), &both[1..]);
}

#[test]
fn which_version_was_read_is_unsure_where_two_logs_tell_of_it_at_nearly_one_time() {
    let told = |read: i64| {
        vec![
            act("secret.rotate", 1, &[(Secret, "s"), (Token, "old")]),
            act("secret.rotate", 20, &[(Secret, "s"), (Token, "new")]),
            act("secret.read", read, &[(Credential, "k"), (Secret, "s")]).of(2, Format::CloudTrail),
            act("call", 40, &[(Credential, "old"), (Subject, "old's")]),
            act("call", 41, &[(Credential, "new"), (Subject, "new's")]),
        ]
    };
    assert_eq!(
        from(told(22), Sort::Credential, "k"),
        [
            "s must 22",
            "old's may 40",
            "old may 40",
            "new's may 41",
            "new may 41"
        ]
    );
    assert_eq!(
        from(told(25), Sort::Credential, "k"),
        ["s must 25", "new's must 41", "new must 41"]
    );
}

#[test]
fn a_write_that_does_not_say_what_it_wrote_may_have_replaced_the_version_or_not() {
    let told = vec![
        act("secret.rotate", 1, &[(Secret, "s"), (Token, "old")]),
        act("secret.write", 2, &[(Secret, "s")]),
        act("secret.read", 3, &[(Credential, "k"), (Secret, "s")]),
        act("call", 4, &[(Credential, "old"), (Subject, "b")]),
    ];
    assert_eq!(
        from(told, Sort::Credential, "k"),
        ["s must 3", "b may 4", "old may 4"]
    );
}

#[test]
fn order_within_the_clocks_tolerance_is_may_and_a_later_must_is_told_too() {
    let other = |told: Told| told.of(2, Format::CloudTrail);
    let told = vec![
        act("token.exchange", 10, &[(Token, "t"), (TokenParent, "p")]),
        other(act(
            "data.access",
            12,
            &[(Credential, "t"), (Role::Resource, "near")],
        )),
        other(act(
            "data.access",
            15,
            &[(Credential, "t"), (Role::Resource, "far")],
        )),
        other(act(
            "data.access",
            16,
            &[(Credential, "t"), (Role::Resource, "near")],
        )),
        other(act(
            "data.access",
            9,
            &[(Credential, "t"), (Role::Resource, "earlier")],
        )),
    ];
    assert_eq!(
        from(told, Sort::Credential, "p"),
        ["t must 10", "near may 12 must 16", "far must 15"]
    );
}

#[test]
fn what_was_refused_reaches_nothing_and_what_is_unsaid_may() {
    let read = |at, secret, ended| {
        act("secret.read", at, &[(Credential, "k"), (Secret, secret)]).ended(ended)
    };
    let mut denied = read(4, "by policy", Ended::Success);
    denied.decision = crate::Decision::Deny;
    let told = vec![
        read(1, "denied", Ended::Denied),
        read(2, "failed", Ended::Failure),
        read(3, "unsaid", Ended::Unsaid),
        denied,
    ];
    assert_eq!(from(told, Sort::Credential, "k"), ["unsaid may 3"]);
}

#[test]
fn an_undated_act_has_no_place_in_a_path() {
    let mut told = act("secret.read", 1, &[(Credential, "k"), (Secret, "s")]);
    told.time = None;
    assert_eq!(from(vec![told], Sort::Credential, "k"), [""; 0]);
}
