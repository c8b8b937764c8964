//! `exhibit report`

use crate::program::exhibit;
use scenario::Size;
use scenario::keys::Keys;
use tests::{Site, openssh_key};

fn case() -> Site {
    let site = Site::lay(Size {
        kubernetes: 240,
        ..Size::none()
    });
    site.import("case.exhibit");
    std::fs::write(
        site.at("examiner"),
        openssh_key(&Keys::from_seed(11).collector),
    )
    .unwrap();
    site
}

#[test]
fn a_report_says_what_it_holds_and_is_checked() {
    let site = case();
    let wrote = exhibit(&site, "report case.exhibit out --query type:secret.* --at 2026-06-13T08:00:00Z --question What? --answer This. --sign-with examiner --json")
        .ended(0)
        .json();
    assert_eq!(
        (&wrote["at"], &wrote["proofs"]),
        (&"2026-06-13T08:00:00Z".into(), &0.into())
    );
    let page = std::fs::read_to_string(site.at("out/report.html")).unwrap();
    assert!(
        page.contains(wrote["id"].as_str().unwrap()) && page.contains("<h3>What?</h3><p>This.</p>")
    );
    let said = exhibit(&site, "check out --json").ended(0).json();
    assert_eq!(
        (&said["verdict"], &said["report"], &said["signed_by"]),
        (&"intact".into(), &wrote["id"], &wrote["signed_by"])
    );
}

#[test]
fn what_cannot_be_done_is_refused_and_leaves_nothing_behind() {
    let site = case();
    std::fs::create_dir(site.at("there")).unwrap();
    for (line, code) in [
        ("report case.exhibit there", "[path-in-use]"),
        (
            "report case.exhibit out --sign-with missing",
            "[path-unreadable]",
        ),
        (
            "report case.exhibit out --sign-with case.exhibit",
            "[path-unreadable]",
        ),
        (
            "report case.exhibit out --cite E1:99999",
            "[no-such-record]",
        ),
        (
            "report case.exhibit out --cite E1:0:00000000",
            "[other-record]",
        ),
        ("report case.exhibit out --at yesterday", "[time]"),
        ("report case.exhibit out --answer This.", "[report-text]"),
        ("report missing.exhibit out", "[no-such-case]"),
    ] {
        let said = exhibit(&site, line).refused(2);
        assert!(
            said.contains(code) || code == "[path-unreadable]" && said.contains("[signing-key]"),
            "{line}: {said}"
        );
    }
    assert!(!site.at("out").exists());
}

#[test]
fn a_citation_of_a_report_finds_its_record_again() {
    let site = case();
    exhibit(&site, "report case.exhibit out --cite E1:5").ended(0);
    let row = std::fs::read_to_string(site.at("out/extract.jsonl")).unwrap();
    let row: serde_json::Value = serde_json::from_str(row.trim()).unwrap();
    let cite = row["cite"].as_str().unwrap();
    let record = exhibit(&site, &format!("record case.exhibit {cite} --json"))
        .ended(0)
        .json();
    assert_eq!(record["sha256"], row["sha256"]);
}
