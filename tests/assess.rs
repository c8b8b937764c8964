//! What the analyst makes of findings: kept, told, and not lost when a finding is.

use std::collections::BTreeSet;
use tests::{Site, desk, import_files, kubernetes_event};
use workbench::api::{CaseFinding, FindingEdit, FindingState, FindingsRequest};
use workbench::{Progress, Session};

fn findings(session: &Session) -> Vec<CaseFinding> {
    let asked = FindingsRequest::default();
    session.findings(&asked, None).unwrap().findings
}

fn edit(key: &str, state: FindingState, comment: &str) -> FindingEdit {
    FindingEdit {
        key: key.into(),
        state: Some(state),
        comment: Some(comment.into()),
    }
}

#[test]
fn each_finding_has_a_key_of_its_own_and_keeps_what_was_made_of_it() {
    let site = Site::lay(scenario::Size::small());
    site.import("case.exhibit");
    let session = Session::open(&site.at("case.exhibit"), desk()).unwrap();
    let all = findings(&session);
    assert!(all.len() > 5, "{}", all.len());
    let keys: BTreeSet<&str> = all.iter().map(|one| one.key.as_str()).collect();
    assert_eq!(keys.len(), all.len());

    let of = &all[all.len() - 1];
    let acts = session.custody().unwrap().lines.len();
    session
        .assess(&edit(
            &of.key,
            FindingState::Explained,
            " the nightly rotation\n",
        ))
        .unwrap();
    session
        .assess(&edit(
            &of.key,
            FindingState::Explained,
            "the nightly rotation",
        ))
        .unwrap();
    let lines = session.custody().unwrap().lines.len();
    assert_eq!(lines, acts + 1, "what changes nothing is no act");
    let again = findings(&session);
    for one in &again {
        let made = one
            .assessed
            .as_ref()
            .map(|made| (made.state, made.comment.as_deref()));
        let wanted =
            (one.key == of.key).then_some((FindingState::Explained, Some("the nightly rotation")));
        assert_eq!(made, wanted, "{}", one.code);
    }
    // Left out by a filter, it is still told.
    let other = all.iter().find(|one| one.code != of.code).unwrap();
    let asked = FindingsRequest {
        codes: vec![other.code.clone()],
        ..FindingsRequest::default()
    };
    let view = session.findings(&asked, None).unwrap();
    assert_eq!(view.assessed_apart.len(), 1);
    assert_eq!(view.assessed_apart[0].message, of.message);
    session
        .assess(&edit(&of.key, FindingState::Open, ""))
        .unwrap();
    assert_eq!(findings(&session), all);
}

#[test]
fn two_changes_at_once_take_nothing_back_of_each_other() {
    let site = Site::lay(scenario::Size::small());
    site.import("case.exhibit");
    let session = Session::open(&site.at("case.exhibit"), desk()).unwrap();
    let all = findings(&session);
    for finding in all.iter().take(8) {
        let change = |state: Option<FindingState>, comment: Option<&str>| FindingEdit {
            key: finding.key.clone(),
            state,
            comment: comment.map(str::to_owned),
        };
        let (state, comment) = (
            change(Some(FindingState::Confirmed), None),
            change(None, Some("seen twice")),
        );
        std::thread::scope(|at_once| {
            at_once.spawn(|| session.assess(&state).unwrap());
            at_once.spawn(|| session.assess(&comment).unwrap());
        });
        let now = findings(&session)
            .into_iter()
            .find(|one| one.key == finding.key);
        let made = now.unwrap().assessed.unwrap();
        assert_eq!(
            (made.state, made.comment.as_deref()),
            (FindingState::Confirmed, Some("seen twice"))
        );
    }
}

#[test]
fn a_key_that_no_finding_has_is_refused() {
    let event = kubernetes_event(1, "2026-06-12T02:00:00Z", "a");
    let (_dir, case, _) = import_files(&[("audit.log", event.as_bytes())], Default::default());
    let session = Session::open(&case, desk()).unwrap();
    let refused = session.assess(&edit("0123456789abcdef", FindingState::Confirmed, ""));
    assert_eq!(refused.unwrap_err().code, "no-such-finding");
}

#[test]
fn more_evidence_of_the_same_leaves_the_key_as_it_is() {
    let site = Site::lay(scenario::Size::small());
    site.import("case.exhibit");
    let session = Session::open(&site.at("case.exhibit"), desk()).unwrap();
    let before: BTreeSet<String> = findings(&session).into_iter().map(|one| one.key).collect();
    let other = site.at("later.log");
    std::fs::write(
        &other,
        kubernetes_event(1, "2027-01-01T00:00:00Z", "nobody"),
    )
    .unwrap();
    session.import(&[other], &[], &Progress::default()).unwrap();
    let after: BTreeSet<String> = findings(&session).into_iter().map(|one| one.key).collect();
    assert!(before.is_subset(&after), "{:?}", before.difference(&after));
}
