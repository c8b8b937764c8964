//! `exhibit export`

use crate::program::exhibit;
use scenario::Size;
use serde_json::Value;
use std::collections::BTreeSet;
use tests::Site;

fn case() -> Site {
    let site = Site::lay(Size {
        kubernetes: 240,
        ..Size::none()
    });
    site.import("case.exhibit");
    site
}

#[test]
fn timesketch_gets_every_event_with_what_it_asks_for() {
    let site = case();
    let said = exhibit(&site, "export case.exhibit --to timesketch");
    assert_eq!(said.status, Some(0));
    assert!(
        said.err.ends_with("takes no event without a time.\n"),
        "{}",
        said.err
    );
    let timeline = exhibit(&site, "timeline case.exhibit --format jsonl")
        .ended(0)
        .out;
    assert_eq!(said.out.lines().count(), timeline.lines().count());
    for (line, event) in said.out.lines().zip(timeline.lines()) {
        let (line, event): (Value, Value) = (
            serde_json::from_str(line).unwrap(),
            serde_json::from_str(event).unwrap(),
        );
        assert_eq!(
            (&line["datetime"], &line["event"]),
            (&event["time"], &event["event"])
        );
        assert!(line["message"].is_string() && line["timestamp_desc"].is_string());
    }
}

#[test]
fn stix_gets_one_indicator_for_each_source_address() {
    let site = case();
    let said = exhibit(&site, "export case.exhibit --to stix");
    assert_eq!(said.status, Some(0));
    let bundle: Value = serde_json::from_str(&said.out).unwrap();
    let timeline = exhibit(&site, "timeline case.exhibit --format jsonl")
        .ended(0)
        .out;
    let addresses: BTreeSet<String> = timeline
        .lines()
        .filter_map(|line| {
            let event: Value = serde_json::from_str(line).unwrap();
            Some(event["source_ip"].as_str()?.to_owned())
        })
        .collect();
    assert_eq!(
        bundle["objects"].as_array().unwrap().len(),
        addresses.len() + 1
    );
}

#[test]
fn case_gets_every_event_in_one_document() {
    let site = case();
    let said = exhibit(&site, "export case.exhibit --to case");
    assert_eq!(said.status, Some(0));
    let document: Value = serde_json::from_str(&said.out).unwrap();
    let timeline = exhibit(&site, "timeline case.exhibit --format jsonl")
        .ended(0)
        .out;
    assert_eq!(
        document["@graph"].as_array().unwrap().len(),
        timeline.lines().count()
    );
}

#[test]
fn parquet_goes_into_a_new_folder_and_says_what_it_leaves_out() {
    let site = case();
    let said = exhibit(&site, "export case.exhibit --to parquet --out tables");
    assert_eq!(said.status, Some(0));
    assert!(said.err.contains("are left out"), "{}", said.err);
    for name in ["tables/events.parquet", "tables/edges.parquet"] {
        let file = std::fs::read(site.at(name)).unwrap();
        assert_eq!(
            (&file[..4], &file[file.len() - 4..]),
            (&b"PAR1"[..], &b"PAR1"[..])
        );
    }
    let again = exhibit(&site, "export case.exhibit --to parquet --out tables").refused(2);
    assert!(again.contains("[path-in-use]"), "{again}");
    for wrong in ["--to parquet", "--to stix --out tables"] {
        let said = exhibit(&site, &format!("export case.exhibit {wrong}")).refused(2);
        assert!(said.contains("[usage]"), "{said}");
    }
}
