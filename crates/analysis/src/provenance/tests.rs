use super::*;
use crate::rules::testing::*;

fn card_of(told: Vec<Told>, at: usize, approval: Option<ApprovalTerms>) -> Card {
    let list = List::of(told);
    let mut tell = |_: &Act| {
        Ok(Details {
            approval: approval.clone(),
            ..Details::default()
        })
    };
    let event = EventId((1 << 32) + at as u64);
    match card(&list, event, &Limits::default(), &mut tell) {
        Ok(card) => card.expect("an event of the list"),
        Err(never) => match never {},
    }
}

fn mint() -> Told {
    at(1, "token.mint")
        .by("sts")
        .to("agent")
        .token("jti:1")
        .named(Role::Scope, "deploy")
        .until(100)
}

fn act() -> Told {
    at(50, "tool.invoke")
        .by("agent")
        .named(Role::ActorKind, "agent")
        .using("jti:1")
        .tool("publish")
        .named(Role::Policy, "tools@3")
        .decided(Decision::Allow)
        .shown(shown::WORKLOAD)
}

#[test]
fn what_is_all_in_evidence_is_shown_and_each_line_cites_its_record() {
    let card = card_of(vec![mint(), act()], 1, None);
    assert_eq!((card.answer, card.reasons.len()), (Answer::Shown, 0));
    let said: Vec<_> = card
        .lines
        .iter()
        .map(|line| {
            let cites = line.cites.map(|(event, _, _)| event.0 & 0xffff_ffff);
            (
                line.about.as_str(),
                line.said.as_deref().unwrap_or("-"),
                cites,
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            ("initiator", "-", None),
            ("workload identity", "agent (agent)", Some(1)),
            ("runtime and model", "-", None),
            (
                "credential",
                "jti:1, for deploy, made 1970-01-01T00:00:01Z, ends 1970-01-01T00:01:40Z",
                Some(0)
            ),
            (
                "made from",
                "made by sts, from no other credential in the record",
                Some(0)
            ),
            (
                "end of credential",
                "ends by itself at 1970-01-01T00:01:40Z",
                Some(0)
            ),
            ("tools and calls", "tool.invoke with publish", Some(1)),
            ("policy decision", "allow by tools@3", Some(1)),
            ("approval", "-", None),
            ("classification", "-", None),
            ("outcome", "success", Some(1)),
        ]
    );
}

#[test]
fn what_is_missing_is_said_and_never_a_contradiction() {
    let alone = at(50, "call").by("agent").using("jti:1");
    let card = card_of(vec![alone], 0, None);
    assert_eq!(card.answer, Answer::NotShown);
    assert_eq!(
        card.reasons,
        [
            "the record names an account and not a workload of its own",
            "the making of jti:1 is not in evidence",
            "no record says when its credential ends",
            "no policy decision over it is in evidence",
        ]
    );
}

#[test]
fn denied_revoked_and_expired_contradict() {
    let why = |told: Vec<Told>| {
        let card = card_of(told, 1, None);
        (card.answer, card.reasons.join("; "))
    };
    let contradicted = |text: &str| (Answer::Contradicted, text.to_owned());
    assert_eq!(
        why(vec![mint(), act().decided(Decision::Deny)]),
        contradicted("the policy denied it")
    );
    let revoke = |second| at(second, "token.revoke").by("oncall").token("jti:1");
    assert_eq!(
        why(vec![mint(), act(), revoke(49)]),
        contradicted("its credential was revoked at 1970-01-01T00:00:49Z, before the act")
    );
    assert_eq!(why(vec![mint(), act(), revoke(50)]).0, Answer::Shown);
    assert_eq!(why(vec![mint(), act(), revoke(51)]).0, Answer::Shown);
    assert_eq!(
        why(vec![mint().until(49), act()]),
        contradicted("its credential ran out at 1970-01-01T00:00:49Z, before the act")
    );
    // A refuted record refutes nothing.
    let refuted = revoke(49).verdict(Word::Contradicted);
    assert_eq!(why(vec![mint(), act(), refuted]).0, Answer::NotShown);
}

#[test]
fn an_approval_must_be_given_before_in_its_time_and_for_the_tool() {
    let approve = |second| {
        at(second, "approval.decide")
            .by("boss")
            .named(Role::Approval, "a/1")
            .decided(Decision::Allow)
    };
    let terms = |from, until, scope: &[&str]| {
        Some(ApprovalTerms {
            from: Some(Micros(from * S)),
            until: Some(Micros(until * S)),
            scope: scope.iter().map(|word| (*word).into()).collect(),
        })
    };
    let answer = |second, terms| {
        let told = vec![mint(), act().named(Role::Approval, "a/1"), approve(second)];
        let card = card_of(told, 1, terms);
        (card.answer, card.reasons.join("; "))
    };
    assert_eq!(answer(40, terms(40, 60, &["publish"])).0, Answer::Shown);
    for (second, terms, why) in [
        (
            60,
            None,
            "it was approved only afterwards, at 1970-01-01T00:01:00Z",
        ),
        (
            40,
            terms(51, 60, &[]),
            "it is outside the time that the approval allows",
        ),
        (
            40,
            terms(40, 49, &[]),
            "it is outside the time that the approval allows",
        ),
        (
            40,
            terms(40, 60, &["pay"]),
            "its tool is not in the approval's scope",
        ),
    ] {
        assert_eq!(
            answer(second, terms),
            (Answer::Contradicted, why.to_owned())
        );
    }
    let nobody = card_of(vec![mint(), act().named(Role::Approval, "a/1")], 1, None);
    assert_eq!(nobody.answer, Answer::NotShown);
}

#[test]
fn parents_that_go_in_a_circle_end() {
    let loops = |id: &str, parent: &str| {
        at(1, "token.mint")
            .token(id)
            .named(Role::TokenParent, parent)
    };
    let card = card_of(
        vec![loops("a", "b"), at(2, "call").using("a"), loops("b", "a")],
        1,
        None,
    );
    let made = card
        .lines
        .iter()
        .filter(|line| line.about == About::Lineage)
        .count();
    assert_eq!(made, 2);
}
