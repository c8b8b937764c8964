//! `exhibit verify`

use crate::program::{exhibit, imported, tampered};
use insta::assert_snapshot;

#[test]
fn verifying_again_says_the_same_as_the_import() {
    let site = tampered();
    let imported = exhibit(
        &site,
        "import again.exhibit evidence --keys keys/trusted.keys --json",
    )
    .ended(1)
    .json();
    let mut verified = exhibit(&site, "verify case.exhibit --json").ended(1).json();
    verified["case"] = "again.exhibit".into();
    assert_eq!(verified, imported);
    let text = exhibit(&site, "verify case.exhibit").ended(1).out;
    assert_snapshot!(text.lines().take(4).collect::<Vec<_>>().join("\n"), @r"
    ✖ case.exhibit contradicted

    790 records: 749 verified, 0 intact, 40 unproven, 1 contradicted
    395,625 bytes in = 366,144 in records + 29,481 of structure + 0 rejected; balances
    ");
}

#[test]
fn keys_given_to_verify_are_trusted_from_then_on() {
    let site = crate::program::bundle();
    let before = exhibit(&site, "import case.exhibit evidence --json")
        .ended(0)
        .json();
    assert_eq!(before["records"]["verified"], 0);
    let with = exhibit(&site, "verify case.exhibit --keys keys/trusted.keys --json")
        .ended(0)
        .json();
    assert_eq!(with["records"]["verified"], 750);
    assert_eq!(
        exhibit(&site, "verify case.exhibit --json").ended(0).json(),
        with
    );
}

#[test]
fn verifying_needs_neither_the_evidence_nor_more_than_one_thread() {
    let site = imported();
    let before = exhibit(&site, "verify case.exhibit --json --threads 4")
        .ended(0)
        .out;
    std::fs::remove_dir_all(site.evidence()).unwrap();
    assert_eq!(
        exhibit(&site, "verify case.exhibit --json --threads 1")
            .ended(0)
            .out,
        before
    );
}

#[test]
fn what_was_asked_wrongly_is_status_2() {
    let site = imported();
    assert_snapshot!(exhibit(&site, "verify other.exhibit").refused(2), @r"
    exhibit: There is no case at other.exhibit. [no-such-case]
             Check the path; `exhibit import CASE PATH` makes a new one.
    ");
    assert!(!site.at("other.exhibit").exists());
    std::fs::write(site.at("bad.keys"), "\n\ned25519:AAAA\n").unwrap();
    assert!(
        exhibit(&site, "verify case.exhibit --keys bad.keys --json")
            .refused(2)
            .contains("line 3")
    );
}

#[test]
fn a_damaged_case_is_status_3_and_never_a_verdict() {
    let site = imported();
    let mut bytes = std::fs::read(site.at("case.exhibit")).unwrap();
    // The evidence lies in zstd frames: spoil each a little.
    let frames: Vec<usize> = bytes
        .windows(4)
        .enumerate()
        .filter(|(_, window)| *window == [0x28, 0xb5, 0x2f, 0xfd])
        .map(|(at, _)| at)
        .collect();
    assert!(frames.len() > 10);
    for at in frames {
        bytes[at + 12] ^= 0x10;
    }
    std::fs::write(site.at("case.exhibit"), bytes).unwrap();
    assert!(
        exhibit(&site, "verify case.exhibit --json")
            .refused(3)
            .contains("[case-damaged]")
    );
}
