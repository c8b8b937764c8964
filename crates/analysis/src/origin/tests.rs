use super::*;
use crate::memory::{Memory, Told};

fn act(kind: &str, at: i64, names: &[(Role, &str)]) -> Told {
    names
        .iter()
        .fold(Told::new(kind, at), |told, (role, text)| {
            told.with(*role, text)
        })
}

#[test]
fn a_secret_s_reader_is_followed_back_to_the_first_credential() {
    use Role::{Actor, Credential, Secret, Subject, Token, TokenParent, Trace};
    let log = Memory::of([
        act(
            "token.exchange",
            1,
            &[
                (Actor, "sts"),
                (Subject, "a"),
                (Token, "t"),
                (TokenParent, "p"),
            ],
        ),
        act(
            "call",
            2,
            &[
                (Actor, "a"),
                (Credential, "t"),
                (Subject, "b"),
                (Trace, "x"),
            ],
        ),
        act(
            "secret.read",
            3,
            &[(Actor, "b"), (Secret, "s"), (Trace, "x")],
        ),
        act("call", 4, &[(Actor, "late"), (Subject, "b")]),
        act("call", 2, &[(Actor, "other"), (Subject, "b"), (Trace, "y")]),
    ]);
    let mut names = Names::new(&log, &[]).unwrap();
    let question = Question {
        from: From::Thing(Sort::Secret, log.name("s").unwrap().unwrap()),
        after: None,
        tolerance: 0,
    };
    let found = origin(&mut names, &question).unwrap();
    let told: Vec<String> = found
        .reached
        .iter()
        .map(|one| {
            let times: Vec<Micros> = one.path.steps.iter().map(|step| step.time).collect();
            assert!(times.is_sorted());
            let text = log.text(one.thing.1).unwrap();
            format!(
                "{text} {} {}",
                one.path.certainty.as_str(),
                one.path.steps.len()
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "sts must 3",
            "p must 3",
            "a must 2",
            "other may 2",
            "t must 2",
            "b must 1"
        ]
    );
}

#[test]
fn who_read_a_secret_before_it_was_rotated_did_not_lead_to_what_it_holds_since() {
    use Role::{Actor, Credential, Secret, Subject, Token};
    let log = Memory::of([
        act(
            "secret.rotate",
            1,
            &[(Actor, "op"), (Secret, "s"), (Token, "old")],
        ),
        act("secret.read", 2, &[(Actor, "early"), (Secret, "s")]),
        act(
            "secret.rotate",
            3,
            &[(Actor, "op"), (Secret, "s"), (Token, "new")],
        ),
        act("secret.read", 4, &[(Actor, "late"), (Secret, "s")]),
        act(
            "call",
            5,
            &[(Actor, "x"), (Subject, "old's"), (Credential, "old")],
        ),
        act(
            "call",
            6,
            &[(Actor, "x"), (Subject, "new's"), (Credential, "new")],
        ),
    ]);
    let from = |text: &str| -> Vec<String> {
        let mut names = Names::new(&log, &[]).unwrap();
        let question = Question {
            from: From::Thing(Sort::Identity, log.name(text).unwrap().unwrap()),
            after: None,
            tolerance: 0,
        };
        let found = origin(&mut names, &question).unwrap();
        let told = found.reached.iter().map(|one| {
            let text = log.text(one.thing.1).unwrap();
            format!(
                "{text} {} {}",
                one.path.certainty.as_str(),
                one.path.at.0 / 1_000_000
            )
        });
        told.collect()
    };
    assert_eq!(
        from("old's"),
        [
            "op must 1",
            "early must 2",
            "x must 5",
            "old must 5",
            "s must 5"
        ]
    );
    assert_eq!(
        from("new's"),
        [
            "op must 3",
            "late must 4",
            "x must 6",
            "new must 6",
            "s must 6"
        ]
    );
}
