//! `exhibit graph`

use crate::program::{exhibit, imported, run};
use insta::assert_snapshot;
use tests::kubernetes_event;

#[test]
fn the_table_has_an_edge_a_row() {
    let site = imported();
    let leaked = &site.truth.leak.credential;
    assert_snapshot!(exhibit(&site, &format!("graph case.exhibit --from {leaked} --hops 1")).ended(0).out, @"");
    assert_snapshot!(exhibit(&site, "graph case.exhibit actor:nobody").ended(0).out, @"");
}

#[test]
fn formats_are_what_others_read_and_the_same_each_time() {
    let site = imported();
    let of = |format: &str| exhibit(&site, &format!("graph case.exhibit --format {format}")).ended(0).out;
    let json: serde_json::Value = serde_json::from_str(&of("json")).unwrap();
    assert!(json["nodes"].as_array().unwrap().len() <= 500);
    assert!(of("graphml").starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml "));
    assert!(of("dot").starts_with("digraph exhibit {\n"));
    for format in ["json", "graphml", "dot"] {
        assert_eq!(of(format), of(format));
    }
    let few = exhibit(&site, "graph case.exhibit --limit 20 --json").ended(0).json();
    assert!(few["nodes"].as_array().unwrap().len() <= 20);
    assert_eq!(few["grouped"], true);
    assert_eq!(few["all_nodes"], json["all_nodes"]);
    exhibit(&site, "graph case.exhibit --limit 2").refused(2);
}

#[test]
fn markup_and_quotes_in_the_evidence_stay_text() {
    let dir = tempfile::tempdir().unwrap();
    let mut event: serde_json::Value =
        serde_json::from_str(&kubernetes_event(0, "2026-06-12T02:00:00Z", "a")).unwrap();
    event["user"]["username"] = "\"];x[label=\"<b>&\u{1b}\u{202e}\\N".into();
    std::fs::write(dir.path().join("audit.jsonl"), format!("{event}\n")).unwrap();
    run(dir.path(), &["import", "case.exhibit", "audit.jsonl"]).ended(0);
    let of = |format: &str| run(dir.path(), &["graph", "case.exhibit", "--format", format]).ended(0).out;
    let line = |text: String| text.lines().find(|line| line.contains("user:")).unwrap().trim().to_owned();
    assert_snapshot!(line(of("graphml")), @"");
    assert_snapshot!(line(of("dot")), @"");
}
