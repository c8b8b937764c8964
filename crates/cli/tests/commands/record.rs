//! `exhibit record`

use crate::program::{exhibit, imported, tampered};
use insta::assert_snapshot;

#[test]
fn a_proven_record_is_shown_with_its_proof_step_by_step() {
    let site = imported();
    assert_snapshot!(exhibit(&site, "record case.exhibit example.com/payments:7").ended(0).out, @"FILL");
}

#[test]
fn an_edited_record_s_proof_says_where_it_fails() {
    let site = tampered();
    let json = exhibit(&site, "timeline case.exhibit verdict:contradicted --json").ended(0).json();
    let event = json["rows"][0]["event"].as_str().unwrap().to_owned();
    assert_snapshot!(exhibit(&site, &format!("record case.exhibit {event}")).ended(1).out, @"FILL");
}

#[test]
fn json_has_the_exact_bytes_and_each_step() {
    let site = imported();
    let record = exhibit(&site, "record case.exhibit example.com/payments:7 --json").ended(0).json();
    let stream = std::fs::read_to_string(site.evidence().join("nhi-bundle/streams/payments.jsonl")).unwrap();
    let line = stream.lines().nth(7).unwrap();
    assert_eq!(record["raw"], line);
    assert_eq!(record["length"], line.len());
    assert_eq!(record["offset"], stream.lines().take(7).map(|line| line.len() + 1).sum::<usize>());
    let names: Vec<_> = record["proof"].as_array().unwrap().iter().map(|step| step["name"].as_str().unwrap()).collect();
    assert_snapshot!(names.join(" "), @"FILL");
    assert_eq!(record, exhibit(&site, &format!("record case.exhibit E{}:7 --json", record["id"]["file"])).ended(0).json());
}

#[test]
fn what_is_no_record_is_status_2() {
    let site = imported();
    assert_snapshot!(exhibit(&site, "record case.exhibit example.com/payments:310").refused(2), @"FILL");
    for name in ["E1", "E1:x", "E99:0", "nobody:1", ":", "E1:99999999999", "E99999999999:1", "E-1:0"] {
        assert!(exhibit(&site, &format!("record case.exhibit {name} --json")).refused(2).contains("[no-such-record]"), "{name}");
    }
}
