//! `exhibit trust`

use crate::program::{bundle, exhibit, imported, run, without_times};
use insta::assert_snapshot;

#[test]
fn a_change_of_trust_says_which_verdicts_it_changed() {
    let site = bundle();
    assert_snapshot!(exhibit(&site, "trust case.exhibit list").refused(2), @"FILL");
    exhibit(&site, "import case.exhibit evidence").ended(0);
    assert_snapshot!(exhibit(&site, "trust case.exhibit list").ended(0).out, @"FILL");
    let added = run(&site.at(""), &["trust", "case.exhibit", "add", "keys/trusted.keys", "--how", "by telephone"]).ended(0);
    assert_snapshot!(added.out, @"FILL");
    assert_snapshot!(exhibit(&site, "trust case.exhibit list").ended(0).out, @"FILL");
    let again = exhibit(&site, "trust case.exhibit add keys/trusted.keys").ended(0);
    assert!(again.out.contains("No verdict changed."), "{}", again.out);
}

#[test]
fn a_key_is_removed_by_its_fingerprint() {
    let site = imported();
    let keys = exhibit(&site, "trust case.exhibit list --json").ended(0).json();
    let payments = keys["keys"].as_array().unwrap().iter().find(|key| key["name"] == "example.com/payments").unwrap();
    let fingerprint = payments["fingerprint"].as_str().unwrap();
    let removed = exhibit(&site, &format!("trust case.exhibit remove {fingerprint}")).ended(0).out;
    assert_snapshot!(removed, @"FILL");
    assert!(exhibit(&site, &format!("trust case.exhibit remove {fingerprint}")).refused(2).contains("[no-such-key]"));
}

#[test]
fn json_of_a_change_holds_the_case_as_it_stands_now() {
    let site = bundle();
    exhibit(&site, "import case.exhibit evidence").ended(0);
    let mut change = exhibit(&site, "trust case.exhibit add keys/trusted.keys --json").ended(0).json();
    let summary = change.as_object_mut().unwrap().remove("summary").unwrap();
    assert_eq!(summary, exhibit(&site, "verify case.exhibit --json").ended(0).json());
    assert_snapshot!(serde_json::to_string_pretty(&change).unwrap(), @"FILL");
    let keys = exhibit(&site, "trust case.exhibit list --json").ended(0).json();
    assert_snapshot!(without_times(&serde_json::to_string_pretty(&keys["keys"][0]).unwrap()), @"FILL");
}

#[test]
fn a_line_that_cannot_be_read_refuses_the_whole_file_with_its_number() {
    let site = imported();
    let good = std::fs::read_to_string(site.at("keys/trusted.keys")).unwrap();
    std::fs::write(site.at("bad.keys"), format!("{good}# the next is of small order\ned25519:AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")).unwrap();
    let number = good.lines().count() + 2;
    let said = exhibit(&site, "trust case.exhibit add bad.keys").refused(2);
    assert!(said.contains(&format!("line {number}")), "{said}");
    assert_eq!(exhibit(&site, "trust case.exhibit list --json").ended(0).json()["keys"].as_array().unwrap().len(), 5);
}
