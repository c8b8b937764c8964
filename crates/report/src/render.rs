//! From `report.json` and the extract to the files for people, byte for byte the same everywhere.

use crate::document::document;
use crate::extract::{self, Cited};
use crate::model::Report;
use crate::packet::{PacketError, canonical};
use crate::{drawing, figure, how_to_check, html, timeline};
use std::collections::BTreeMap;

/// The files that are rendered, by path.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Renders what is for people: `report.html`, `timeline.csv`, `HOW-TO-CHECK.txt`, and the graph
/// where there is one.
pub fn render(report: &Report, cited: &[Cited]) -> Files {
    let mut out = Files::new();
    let mut put = |path: &str, text: String| out.insert(path.to_owned(), text.into_bytes());
    put("report.html", html::page(&document(report, cited)));
    put("timeline.csv", timeline::timeline(cited));
    put(
        "HOW-TO-CHECK.txt",
        how_to_check::how_to_check(report, cited),
    );
    if let Some(graph) = &report.graph {
        put(
            "graph.svg",
            drawing::graph(graph, &format!("report {}: ", report.id)),
        );
        put("graph.graphml", figure::graphml(graph));
    }
    out
}

/// `report.json` and `extract.jsonl`.
pub fn data(report: &Report, cited: &[Cited]) -> Result<Files, PacketError> {
    Ok(Files::from([
        ("report.json".to_owned(), canonical("report.json", report)?),
        ("extract.jsonl".to_owned(), extract::to_bytes(cited)?),
    ]))
}
