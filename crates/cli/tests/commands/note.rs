//! `exhibit note`

use crate::program::{exhibit, imported};
use insta::assert_snapshot;
use serde_json::Value;

const NOTE: &str = "note case.exhibit example.com/agents-prod:230";

#[test]
fn what_is_said_of_an_event_is_kept_found_and_told_in_custody() {
    let site = imported();
    assert_snapshot!(exhibit(&site, NOTE).ended(0).out, @"not starred · no tags");
    exhibit(
        &site,
        &format!("{NOTE} --star --tag exfiltration --tag to/ask"),
    )
    .ended(0);
    let said = exhibit(&site, &format!("{NOTE} --untag to/ask --comment first")).ended(0);
    assert_snapshot!(said.out, @r"
    starred · tags: exfiltration
      first
    ");
    for query in [
        "star:yes",
        "tag:exfiltration",
        "comment:*irs*",
        "tag:/^exf/",
    ] {
        let found = exhibit(
            &site,
            &format!("timeline case.exhibit {query} --format jsonl"),
        );
        let found: Value = serde_json::from_str(found.ended(0).out.trim()).unwrap();
        assert_eq!(
            (&found["stream"], &found["seq"]),
            (&"example.com/agents-prod".into(), &230.into())
        );
    }
    for query in ["tag:to/ask", "star:no\u{a0}tag:exfiltration", "tag:exf"] {
        let found = exhibit(
            &site,
            &format!("timeline case.exhibit {query} --format jsonl"),
        );
        assert_eq!(found.ended(0).out, "");
    }
    let log = exhibit(&site, "custody case.exhibit --json")
        .ended(0)
        .json();
    let acts: Vec<&Value> = log["lines"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["act"] == "event-note")
        .collect();
    assert_eq!(acts.len(), 2);
    assert!(acts[1]["about"].as_str().unwrap().contains("first"));
    // The same again is no act.
    exhibit(&site, &format!("{NOTE} --comment first --star")).ended(0);
    let again = exhibit(&site, "custody case.exhibit --json")
        .ended(0)
        .json();
    assert_eq!(again["lines"], log["lines"]);
}

#[test]
fn what_cannot_be_a_note_is_refused() {
    let site = imported();
    for (words, code) in [
        ("--tag two,words", "tag"),
        ("--tag =cmd", "tag"),
        ("--star --unstar", "cannot be used with"),
    ] {
        let said = exhibit(&site, &format!("{NOTE} {words}")).refused(2);
        assert!(said.contains(code), "{said}");
    }
    let said = exhibit(&site, "note case.exhibit E1:99999999 --star").refused(2);
    assert!(said.contains("no-such-record"), "{said}");
    let said = exhibit(&site, "timeline case.exhibit star:maybe").refused(2);
    assert!(said.contains("neither yes nor no"), "{said}");
}
