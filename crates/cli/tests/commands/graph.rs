//! `exhibit graph`

use crate::program::{exhibit, imported, run};
use insta::assert_snapshot;
use tests::kubernetes_event;

#[test]
fn the_table_has_an_edge_a_row() {
    let site = imported();
    let leaked = &site.truth.leak.credential;
    assert_snapshot!(exhibit(&site, &format!("graph case.exhibit --from {leaked} --hops 1")).ended(0).out, @r"
       verdict   from                                             to                                    times  first                        join
    ●  verified  oncall/a.haddad                       revoked    jti:7f0c76e2427f34127015b06c6ac36c21      1  2026-06-12T02:41:30.007715Z  exact
    ●  verified  spiffe://example.com/agent/deployer   used       jti:7f0c76e2427f34127015b06c6ac36c21      1  2026-06-12T02:06:31.447210Z  exact
    ●  verified  spiffe://example.com/sts              minted     ASIA2QEVSUBDFHJK9KLE                      1  2026-06-12T01:59:20.004120Z  exact
    ●  verified  spiffe://example.com/sts              minted     ASIA5FWBAOIXNVPMRB7N                      1  2026-06-12T02:11:46.920418Z  exact
    ●  verified  spiffe://example.com/sts              minted     jti:7f0c76e2427f34127015b06c6ac36c21      1  2026-06-12T01:58:02.120044Z  exact
    ●  verified  jti:7f0c76e2427f34127015b06c6ac36c21  exchanged  ASIA2QEVSUBDFHJK9KLE                      1  2026-06-12T01:59:20.004120Z  exact
    ●  verified  jti:7f0c76e2427f34127015b06c6ac36c21  exchanged  ASIA5FWBAOIXNVPMRB7N                      1  2026-06-12T02:11:46.920418Z  exact
    ●  verified  jti:7f0c76e2427f34127015b06c6ac36c21  accessed   build-log/4417                            1  2026-06-12T02:06:31.447210Z  exact
    ●  verified  jti:7f0c76e2427f34127015b06c6ac36c21  called     publish                                   1  2026-06-12T02:06:31.447210Z  exact
    8 nodes, 9 edges, of 780 acts; 32 were refused and claim nothing
    ");
    assert_snapshot!(exhibit(&site, "graph case.exhibit actor:nobody").ended(0).out, @r"
    No act names two things.
    0 nodes, 0 edges, of 0 acts
    ");
}

#[test]
fn formats_are_what_others_read_and_the_same_each_time() {
    let site = imported();
    let of = |format: &str| {
        exhibit(&site, &format!("graph case.exhibit --format {format}"))
            .ended(0)
            .out
    };
    let json: serde_json::Value = serde_json::from_str(&of("json")).unwrap();
    assert!(json["nodes"].as_array().unwrap().len() <= 500);
    assert!(of("graphml").starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml "));
    assert!(of("dot").starts_with("digraph exhibit {\n"));
    let svg = of("svg");
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" "));
    assert!(svg.ends_with("</svg>\n"));
    let groups = json["nodes"].as_array().unwrap().len() + json["edges"].as_array().unwrap().len();
    assert_eq!(svg.matches("<g>").count(), groups, "a part each");
    let rows = of("csv");
    assert_eq!(
        rows.matches("\r\n").count(),
        json["edges"].as_array().unwrap().len() + 1
    );
    for format in ["json", "graphml", "dot", "svg", "csv"] {
        assert_eq!(of(format), of(format));
    }
    let few = exhibit(&site, "graph case.exhibit --limit 20 --json")
        .ended(0)
        .json();
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
    let of = |format: &str| {
        run(dir.path(), &["graph", "case.exhibit", "--format", format])
            .ended(0)
            .out
    };
    let line = |text: String| {
        text.lines()
            .find(|line| line.contains("user:"))
            .unwrap()
            .trim()
            .to_owned()
    };
    assert_snapshot!(line(of("graphml")), @r#"<data key="node.id">k8s:user:&quot;];x[label=&quot;&lt;b&gt;&amp;\u{1b}\u{202e}\N</data>"#);
    assert_snapshot!(line(of("dot")), @r#"n0 [label="k8s:user:\"];x[label=\"<b>&<U+001B><U+202E>\\N", kind="identity", verdict="unproven", pos="10000,7743"];"#);
    let svg = of("svg");
    assert!(
        svg.contains(
            "k8s:user:&quot;];x[label=&quot;&lt;b&gt;&amp;&lt;U+001B&gt;&lt;U+202E&gt;\\N"
        ),
        "{svg}"
    );
    assert!(!svg.contains("<b>"));
}
