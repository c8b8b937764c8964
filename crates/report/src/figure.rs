//! The graph as GraphML, and the cited records along time, drawn from `report.json` and the extract
//! alone. The graph as a picture is [`crate::drawing`].

use crate::extract::Cited;
use crate::model::{Graph, Verdict};
use crate::text::{plain, xml};
use std::fmt::Write as _;

const WIDTH: i32 = 1000;

/// The inks of verdicts. The shape says the same, so that nothing hangs on the colour.
fn ink(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Verified => "#1b6a44",
        Verdict::Intact => "#0d6376",
        Verdict::Unproven => "#74581b",
        Verdict::Contradicted => "#ae261c",
    }
}

/// A verdict's mark around a point: a seal filled and ticked, closed, not closed, or crossed.
pub fn mark(verdict: Verdict, x: i32, y: i32) -> String {
    let ink = ink(verdict);
    let shape = match verdict {
        Verdict::Verified => format!(
            "<circle r=\"5\" fill=\"{ink}\"/><path d=\"M-2.4.2l1.6 1.7L2.2-1.9\" fill=\"none\" stroke=\"#fff\" stroke-width=\"1.3\"/>"
        ),
        Verdict::Intact => {
            format!("<circle r=\"4.3\" fill=\"#fff\" stroke=\"{ink}\" stroke-width=\"1.5\"/>")
        }
        Verdict::Unproven => format!(
            "<circle r=\"4.3\" fill=\"#fff\" stroke=\"{ink}\" stroke-width=\"1.5\" stroke-dasharray=\"3.8 2.95\"/>"
        ),
        Verdict::Contradicted => format!(
            "<path d=\"M0-6l6 6-6 6-6-6z\" fill=\"{ink}\"/><path d=\"M-2-2l4 4M2-2l-4 4\" stroke=\"#fff\" stroke-width=\"1.3\"/>"
        ),
    };
    format!("<g transform=\"translate({x} {y})\">{shape}</g>")
}

/// `graph.graphml`, with every id whole.
pub fn graphml(graph: &Graph) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n",
    );
    for (on, name, kind) in [
        ("node", "id", "string"),
        ("node", "kind", "string"),
        ("node", "members", "long"),
        ("node", "verdict", "string"),
        ("node", "x", "int"),
        ("node", "y", "int"),
        ("edge", "act", "string"),
        ("edge", "count", "long"),
        ("edge", "first", "string"),
        ("edge", "last", "string"),
        ("edge", "join", "string"),
        ("edge", "verdict", "string"),
        ("edge", "events", "string"),
    ] {
        let _ = writeln!(
            out,
            "<key id=\"{on}-{name}\" for=\"{on}\" attr.name=\"{name}\" attr.type=\"{kind}\"/>"
        );
    }
    out.push_str("<graph edgedefault=\"directed\">\n");
    for (index, node) in graph.nodes.iter().enumerate() {
        let _ = writeln!(out, "<node id=\"n{index}\">");
        data(&mut out, "node-id", node.id.as_str());
        data(&mut out, "node-kind", &node.kind);
        data(&mut out, "node-members", &node.members.to_string());
        data(&mut out, "node-verdict", node.verdict.as_str());
        data(&mut out, "node-x", &node.x.to_string());
        data(&mut out, "node-y", &node.y.to_string());
        out.push_str("</node>\n");
    }
    for edge in &graph.edges {
        let _ = writeln!(
            out,
            "<edge source=\"n{}\" target=\"n{}\">",
            edge.source, edge.target
        );
        data(&mut out, "edge-act", &edge.kind);
        data(&mut out, "edge-count", &edge.count.to_string());
        for (key, value) in [("edge-first", &edge.first), ("edge-last", &edge.last)] {
            if let Some(value) = value {
                data(&mut out, key, value);
            }
        }
        data(&mut out, "edge-join", &edge.join);
        data(&mut out, "edge-verdict", edge.verdict.as_str());
        data(&mut out, "edge-events", &edge.events.join(" "));
        out.push_str("</edge>\n");
    }
    out.push_str("</graph>\n</graphml>\n");
    out
}

fn data(out: &mut String, key: &str, value: &str) {
    let _ = writeln!(out, "<data key=\"{key}\">{}</data>", xml(value));
}

/// A moment of RFC 3339 in microseconds.
fn micros(text: &str) -> Option<i64> {
    let time = chrono::DateTime::parse_from_rfc3339(text).ok()?;
    Some(time.timestamp_micros())
}

/// The cited records along time, a lane for each source; empty where fewer than two have a time.
pub fn strip(cited: &[Cited]) -> String {
    /// More lanes than these would be a picture of nothing.
    const MOST_LANES: usize = 24;
    const LEFT: i32 = 280;
    let timed: Vec<(i64, &Cited)> = cited
        .iter()
        .filter_map(|one| Some((micros(one.time.as_deref()?)?, one)))
        .collect();
    let (Some(first), Some(last)) = (
        timed.iter().map(|it| it.0).min(),
        timed.iter().map(|it| it.0).max(),
    ) else {
        return String::new();
    };
    let mut lanes: Vec<(u32, String)> = timed
        .iter()
        .map(|(_, one)| (one.source, plain(one.path.as_str())))
        .collect();
    lanes.sort();
    lanes.dedup();
    if first == last || lanes.len() > MOST_LANES {
        return String::new();
    }
    let height = lanes.len() as i32 * 24 + 34;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" font-size=\"13\"><title>The cited records along time, a lane for each source</title>\n"
    );
    let at = |time: i64| -> i32 {
        let span = i128::from(last) - i128::from(first);
        let along = (i128::from(time) - i128::from(first)) * i128::from(WIDTH - LEFT - 30) / span;
        LEFT + 10 + i32::try_from(along).unwrap_or(0)
    };
    for (index, (source, path)) in lanes.iter().enumerate() {
        let y = index as i32 * 24 + 14;
        let tail: Vec<char> = path.chars().rev().take(34).collect();
        let tail: String = tail.into_iter().rev().collect();
        let cut = if path.chars().count() > 34 { "…" } else { "" };
        let _ = writeln!(
            out,
            "<text x=\"0\" y=\"{}\" fill=\"#4f4c46\">E{source} {}</text><path d=\"M{LEFT} {y}H{WIDTH}\" stroke=\"#cfcabf\"/>",
            y + 4,
            xml(&format!("{cut}{tail}"))
        );
    }
    // The worst are drawn last, on top.
    let mut marks = timed;
    marks.sort_by_key(|(time, one)| (std::cmp::Reverse(one.verdict), *time));
    for (time, one) in marks {
        let lane = lanes
            .iter()
            .position(|lane| lane.0 == one.source)
            .unwrap_or(0);
        out.push_str(&mark(one.verdict, at(time), lane as i32 * 24 + 14));
        out.push('\n');
    }
    let y = height - 8;
    let text = |time: i64| {
        chrono::DateTime::from_timestamp_micros(time)
            .map(|time| time.format("%Y-%m-%d %H:%M:%S UTC").to_string())
            .unwrap_or_default()
    };
    let _ = writeln!(
        out,
        "<text x=\"{LEFT}\" y=\"{y}\" fill=\"#1d1c1a\">{}</text><text x=\"{WIDTH}\" y=\"{y}\" text-anchor=\"end\" fill=\"#1d1c1a\">{}</text>\n</svg>",
        text(first),
        text(last)
    );
    out
}
