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
    let said = exhibit(&site, "check out").ended(0).out;
    // The id is reckoned from everything that the report says.
    let lines: Vec<&str> = said
        .lines()
        .skip(1)
        .filter(|line| !line.starts_with("data"))
        .collect();
    assert_snapshot!(lines.join("\n"), @r"
    Everything in it fits, and nothing proves who made it.

    sums       holds   each of 7 files has the SHA-256 that SHA256SUMS lists, and no other file is here
    signature  missing nobody signed it: whoever has the report could have written all of it anew
    rows       holds   each of 1 cited records has the bytes and the SHA-256 that it is cited by
    proofs     holds   every proof was checked again from its bytes and shows what the report says; 0 of 1 records are proven without the case, by the keys that the examiner trusts
    paper              there is no report.pdf: a build that makes none wrote the report, or it was left out; report.html says the same and more
    render     holds   rendered again from the data, 5 files are the same byte for byte
    keys               no keys were given: nothing here can be better than intact

    cited records  1
      verified            0 in the report's case,        0 by their proofs alone under your keys
      intact              0 in the report's case,        0 by their proofs alone under your keys
      unproven            1 in the report's case,        1 by their proofs alone under your keys
      contradicted        0 in the report's case,        0 by their proofs alone under your keys
    ");
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
