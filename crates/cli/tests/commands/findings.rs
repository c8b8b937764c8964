//! `exhibit findings`, `exhibit provenance`, `exhibit adequacy`

use crate::program::{exhibit, imported, tampered};
use serde_json::Value;

fn codes(view: &Value, strength: &str) -> Vec<String> {
    let mut codes: Vec<String> = view["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["strength"] == strength)
        .map(|it| it["code"].as_str().unwrap().to_owned())
        .collect();
    codes.dedup();
    codes
}

#[test]
fn the_story_s_behaviour_is_found_and_its_background_is_not() {
    let site = imported();
    let view = exhibit(&site, "findings case.exhibit --class behaviour --json")
        .ended(0)
        .json();
    assert_eq!(
        codes(&view, "proof"),
        ["token-after-revoke", "credential-reused"]
    );
    assert_eq!(
        codes(&view, "indicator"),
        ["token-replayed", "identity-lookalike"]
    );
    let first = &view["findings"][0];
    assert_eq!(first["class"], "behaviour");
    assert!(
        first["message"]
            .as_str()
            .unwrap()
            .contains("the control held")
    );
    assert_eq!(first["events"][0]["part"], "revoked");
    assert_eq!(
        first["mapping"]["attack"][0],
        "T1078.004 Valid Accounts: Cloud Accounts"
    );
}

#[test]
fn behaviour_changes_no_verdict_and_a_contradiction_is_status_1() {
    let (sound, tampered) = (imported(), tampered());
    for command in ["findings case.exhibit", "findings case.exhibit --json"] {
        exhibit(&sound, command).ended(0);
        exhibit(&tampered, command).ended(1);
    }
}

#[test]
fn limits_and_filters_hold_and_mistakes_are_refused() {
    let site = imported();
    let view = exhibit(
        &site,
        "findings case.exhibit --code token-replayed --limit replay-window=1s --json",
    )
    .ended(0)
    .json();
    assert_eq!(view["findings"], Value::Array(Vec::new()));
    for (wrong, code) in [
        ("--limit replay-window=soon", "[limit]"),
        ("--limit nothing=1s", "[limit]"),
        ("--code nothing", "[findings-filter]"),
        ("--class nothing", "[findings-filter]"),
        ("time>=yesterday", "[query]"),
        ("--sigma nowhere", "[path-unreadable]"),
    ] {
        let said = exhibit(&site, &format!("findings case.exhibit {wrong}")).refused(2);
        assert!(said.contains(code), "{wrong}: {said}");
    }
    let rules = exhibit(&site, "findings --rules --json").ended(0).json();
    assert_eq!(rules["rules"].as_array().unwrap().len(), 22);
}

#[test]
fn provenance_cites_each_record_and_adequacy_says_what_never_can_be_told() {
    let site = imported();
    let view = exhibit(
        &site,
        "provenance case.exhibit example.com/payments:1 --json",
    )
    .ended(0)
    .json();
    assert_eq!(view["answer"], "not shown");
    let lines = view["lines"].as_array().unwrap();
    for line in lines {
        assert!(
            line["said"].is_string() || line["cites"].is_null(),
            "{line}"
        );
    }
    let view = exhibit(&site, "adequacy case.exhibit --json")
        .ended(0)
        .json();
    let questions = view["questions"].as_array().unwrap();
    assert_eq!(questions.len(), 10);
    assert!(
        questions
            .iter()
            .all(|it| { matches!(it["answerable"].as_str(), Some("yes" | "in part" | "never")) })
    );
    assert!(!view["coverage"].as_array().unwrap().is_empty());
}
