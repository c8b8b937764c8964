//! What holds for all rules together.

use super::testing::*;
use super::*;
use crate::act::{Decision, Role};
use crate::coverage::Coverage;
use proptest::prelude::*;
use std::collections::HashMap;

#[test]
fn every_rule_of_the_table_answers_once_and_in_one_order() {
    let list = List::of([at(1, "call").by("a")]);
    let told = assessed(&list, &Question::default(), &Coverage::default());
    let codes: Vec<_> = told.iter().map(|it| it.text.code).collect();
    assert_eq!(
        codes,
        TEXTS.iter().map(|text| text.code).collect::<Vec<_>>()
    );
    // design/domain.md, *Behaviour findings*, in its order, less the one that was added.
    for code in [
        "token-after-revoke",
        "token-after-expiry",
        "token-unminted",
        "token-replayed",
        "credential-reused",
        "credential-long-lived",
        "scope-widened",
        "secret-undecided",
        "secret-after-deny",
        "secret-burst",
        "act-outside-grant",
        "key-added-then-used",
        "environment-crossed",
        "human-use",
        "dormant-woken",
        "first-contact",
        "logging-stopped",
        "act-unapproved",
        "approved-afterwards",
        "outside-window",
        "agent-unsigned",
    ] {
        assert_eq!(codes.iter().filter(|it| **it == code).count(), 1, "{code}");
    }
}

#[test]
fn without_evidence_nothing_is_found_and_most_rules_say_why() {
    let told = assessed(&List::default(), &Question::default(), &Coverage::default());
    assert!(told.iter().all(|it| it.findings.is_empty()));
    let silent: Vec<_> = told
        .iter()
        .filter(|it| it.unassessable.is_none())
        .map(|it| it.text.code)
        .collect();
    assert_eq!(silent, ["logging-stopped", "identity-lookalike"]);
}

fn any_act() -> impl Strategy<Value = Told> {
    let kinds = prop::sample::select(vec![
        "token.mint",
        "token.refresh",
        "token.use",
        "token.revoke",
        "secret.read",
        "call",
        "tool.invoke",
        "policy.decide",
        "approval.decide",
        "approval.request",
        "logging.stop",
        "identity.create",
        "policy.change",
        "stream.close",
    ]);
    let name = |prefix: &'static str| {
        prop::option::of((0..3_u8).prop_map(move |number| format!("{prefix}{number}")))
    };
    let names = (
        name("who"),
        name("cred"),
        name("cred"),
        name("cred"),
        name("s"),
        name("tool"),
        name("appr"),
        name("who"),
    );
    let time = prop::option::weighted(0.9, 0..40_i64);
    let decision = prop::sample::select(vec![
        Decision::Unsaid,
        Decision::Unsaid,
        Decision::Allow,
        Decision::Deny,
        Decision::StepUp,
    ]);
    (
        kinds,
        time,
        names,
        1..4_u32,
        decision,
        prop::option::of(0..40_i64),
        any::<bool>(),
    )
        .prop_map(|(kind, time, names, file, decision, expires, refuted)| {
            let mut told = at(0, kind).file(file).decided(decision);
            told.time = time.map(|tens| tens * 30 * S);
            told.expires = expires.map(|tens| tens * 30 * S);
            if refuted && file == 3 {
                told.verdict = Word::Contradicted;
            }
            let (who, used, token, parent, secret, tool, approval, subject) = names;
            for (role, text) in [
                (Role::Actor, who),
                (Role::Credential, used),
                (Role::Token, token),
                (Role::TokenParent, parent),
                (Role::Secret, secret),
                (Role::Tool, tool),
                (Role::Approval, approval),
                (Role::Subject, subject),
            ] {
                if let Some(text) = text {
                    told.names.push((role, text));
                }
            }
            told
        })
}

/// What is told, apart from the numbers that the order of import gives.
fn plainly(told: Vec<Assessed>) -> Vec<String> {
    let mut out = Vec::new();
    for assessed in told {
        out.push(format!(
            "{} {:?}",
            assessed.text.code, assessed.unassessable
        ));
        for it in assessed.findings {
            let rows: Vec<_> = it.rows.iter().map(|row| (row.time, row.part)).collect();
            let subject = if it.subject.1.starts_with("file ") {
                "file"
            } else {
                &it.subject.1
            };
            out.push(format!(
                "{} {:?} {subject} {} {} {:?} {:?} {rows:?}",
                it.code, it.strength, it.message, it.count, it.first, it.last
            ));
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Files in any order of import, names met in any order.
    #[test]
    fn the_same_events_in_any_order_of_import_give_the_same_findings(
        told in prop::collection::vec(any_act(), 0..40),
        order in Just([1_u32, 2, 3]).prop_shuffle(),
    ) {
        let as_it_is = assessed(&List::of(told.clone()), &Question::default(), &Coverage::default());
        let numbers: HashMap<u32, u32> = (1..4).zip(order).collect();
        let mut moved: Vec<Told> = told;
        for act in &mut moved {
            act.file = numbers[&act.file];
        }
        // A stable sort: each file keeps its own order.
        moved.sort_by_key(|act| act.file);
        let again = assessed(&List::of(moved), &Question::default(), &Coverage::default());
        prop_assert_eq!(plainly(as_it_is), plainly(again));
    }

    #[test]
    fn undated_acts_prove_no_order(told in prop::collection::vec(any_act(), 0..40)) {
        let undated = told.into_iter().map(Told::undated);
        let all = assessed(&List::of(undated), &Question::default(), &Coverage::default());
        for assessed in all {
            let code = assessed.text.code;
            let of_order = matches!(
                code,
                "token-after-revoke" | "token-after-expiry" | "token-replayed" | "secret-after-deny"
                    | "secret-burst" | "key-added-then-used" | "dormant-woken" | "first-contact"
                    | "approved-afterwards" | "outside-window" | "credential-long-lived"
            );
            prop_assert!(!of_order || assessed.findings.is_empty(), "{}", code);
        }
    }
}
