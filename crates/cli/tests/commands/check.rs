//! `exhibit check`

use crate::program::exhibit;
use insta::assert_snapshot;
use scenario::Size;
use tests::Site;

#[test]
fn a_report_is_checked_step_by_step() {
    let site = Site::lay(Size {
        kubernetes: 240,
        ..Size::none()
    });
    site.import("case.exhibit");
    exhibit(
        &site,
        "report case.exhibit out --cite E1:5 --at 2026-06-13T08:00:00Z --examiner X",
    )
    .ended(0);
    assert_snapshot!(
        exhibit(&site, "check out")
            .ended(0)
            .out
            .lines()
            .skip(1)
            .filter(|line| !line.starts_with("data"))
            .collect::<Vec<_>>()
            .join("\n")
    );
    std::fs::write(site.at("out/timeline.csv"), "cite\r\n").unwrap();
    let said = exhibit(&site, "check out --json").ended(1).json();
    assert_eq!(
        (&said["verdict"], &said["findings"][0]["source"]),
        (&"contradicted".into(), &"timeline.csv".into())
    );
}

#[test]
fn evidence_is_checked_as_an_import_would_and_nothing_is_left() {
    let site = Site::lay(Size {
        agents: 60,
        ..Size::none()
    });
    let checked = exhibit(&site, "check evidence --keys keys/trusted.keys --json")
        .ended(0)
        .json();
    let imported = exhibit(
        &site,
        "import case.exhibit evidence --keys keys/trusted.keys --json",
    )
    .ended(0)
    .json();
    for member in [
        "verdict", "records", "ledger", "streams", "sources", "findings",
    ] {
        assert_eq!(checked[member], imported[member], "{member}");
    }
    assert_eq!(checked["case"], "evidence");
    let case = exhibit(&site, "check case.exhibit --json").ended(0).json();
    assert_eq!(case["records"], imported["records"]);
    assert!(
        exhibit(&site, "check missing")
            .refused(2)
            .contains("[path-unreadable]")
    );
}
