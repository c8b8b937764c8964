//! `exhibit custody`

use crate::program::{exhibit, imported, redact, without_times};
use insta::assert_snapshot;
use serde_json::Value;

#[test]
fn each_act_is_a_line_of_a_chain() {
    let site = imported();
    exhibit(&site, "verify case.exhibit").ended(0);
    exhibit(
        &site,
        "trust case.exhibit add keys/trusted.keys --how telephone",
    )
    .ended(0);
    let said = exhibit(&site, "custody case.exhibit").ended(0);
    let view = exhibit(&site, "custody case.exhibit --json")
        .ended(0)
        .json();
    let head = view["head"].as_str().unwrap();
    let table: Vec<String> = said
        .out
        .lines()
        .map(|line| {
            line.split("  ")
                .filter(|cell| !cell.is_empty())
                .take(5)
                .map(str::trim)
                .collect::<Vec<_>>()
                .join(" | ")
        })
        .collect();
    assert_snapshot!(without_times(&redact(&table.join("\n"), &[(head, "HEAD")])), @r"
    when, UTC | who | with | act | about
    0 | TIME | examiner | exhibit 0.1.0 | create
    1 | TIME | examiner | exhibit 0.1.0 | trust-add
    2 | TIME | examiner | exhibit 0.1.0 | import
    3 | TIME | examiner | exhibit 0.1.0 | verify
    4 | TIME | examiner | exhibit 0.1.0 | trust-add
    5 | TIME | examiner | exhibit 0.1.0 | verify

    The chain holds. Its newest line has SHA-256 HEAD
    ");
}

#[test]
fn the_chain_of_the_json_can_be_checked_by_anyone() {
    let site = imported();
    exhibit(&site, "verify case.exhibit").ended(0);
    let view = exhibit(&site, "custody case.exhibit --json")
        .ended(0)
        .json();
    assert_eq!(
        (&view["holds"], &view["faults"]),
        (&true.into(), &Value::Array(Vec::new()))
    );
    let lines = view["lines"].as_array().unwrap();
    let mut prev = Value::Null;
    for line in lines {
        let text = line["line"].as_str().unwrap();
        let inner: Value = serde_json::from_str(text).unwrap();
        assert_eq!(inner["prev"], prev, "{text}");
        prev = line["sha256"].clone();
        assert_eq!(prev.as_str().unwrap(), sha256(text));
    }
    assert_eq!(view["head"], prev);
    let acts: Vec<_> = lines
        .iter()
        .map(|line| line["act"].as_str().unwrap())
        .collect();
    assert_eq!(acts, ["create", "trust-add", "import", "verify"]);
}

/// Not by our own hash.
fn sha256(text: &str) -> String {
    scenario::merkle::sha256(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[test]
fn a_custody_log_that_was_changed_is_status_3() {
    let site = imported();
    let mut bytes = std::fs::read(site.at("case.exhibit")).unwrap();
    let word = b"\"who\":\"examiner\"";
    let at = bytes
        .windows(word.len())
        .position(|window| window == word)
        .unwrap();
    bytes[at + 7..at + 15].copy_from_slice(b"somebody");
    std::fs::write(site.at("case.exhibit"), bytes).unwrap();
    for command in [
        "custody case.exhibit",
        "custody case.exhibit --json",
        "verify case.exhibit",
    ] {
        let said = exhibit(&site, command).refused(3);
        assert!(said.contains("custody log"), "{said}");
    }
}
