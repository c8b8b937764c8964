//! The graph as a picture and as GraphML, and the cited records along time. Vectors, drawn from
//! `report.json` and the extract alone.

use crate::extract::Cited;
use crate::model::{Graph, Node, Verdict};
use crate::text::{plain, xml};
use std::fmt::Write as _;

const WIDTH: i32 = 1000;
const HEIGHT: i32 = 680;
/// Room for labels at the edges.
const MARGIN: (i32, i32) = (110, 40);
/// Longer labels are cut in the picture; the whole text is its title and in the GraphML.
const LABEL: usize = 30;

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

/// `graph.svg`.
pub fn svg(graph: &Graph, id: &str) -> String {
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {}\" role=\"img\" font-family=\"Charter, 'Source Serif 4', Cambria, 'Noto Serif', Georgia, serif\" font-size=\"13\">\n",
        HEIGHT + 64
    );
    let _ = writeln!(
        out,
        "<title>Graph of report {}: {} nodes, {} edges</title>",
        xml(id),
        graph.nodes.len(),
        graph.edges.len()
    );
    out.push_str("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"15\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 1l7 3-7 3z\" fill=\"#67635b\"/></marker></defs>\n");
    for edge in &graph.edges {
        let (Some(from), Some(to)) = (node(graph, edge.source), node(graph, edge.target)) else {
            continue;
        };
        let ((x1, y1), (x2, y2)) = (place(from), place(to));
        let dash = match edge.join.as_str() {
            "exact" => "",
            "salted" => " stroke-dasharray=\"7 4\"",
            _ => " stroke-dasharray=\"1.5 4\"",
        };
        let colour = if edge.verdict == Verdict::Contradicted {
            ink(edge.verdict)
        } else {
            "#908b81"
        };
        let _ = writeln!(
            out,
            "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" stroke=\"{colour}\"{dash} marker-end=\"url(#tip)\"><title>{} {} {}, {} acts, {}</title></line>",
            xml(from.id.as_str()),
            xml(&edge.kind),
            xml(to.id.as_str()),
            edge.count,
            edge.verdict.as_str()
        );
    }
    for one in &graph.nodes {
        let (x, y) = place(one);
        let _ = writeln!(
            out,
            "<g transform=\"translate({x} {y})\"><title>{}: {}</title>{}<text y=\"22\" text-anchor=\"middle\" fill=\"#1d1c1a\">{}</text></g>",
            xml(&one.kind),
            xml(one.id.as_str()),
            shape(&one.kind, ink(one.verdict)),
            xml(&short(one))
        );
    }
    legend(&mut out);
    out.push_str("</svg>\n");
    out
}

fn node(graph: &Graph, index: u64) -> Option<&Node> {
    graph.nodes.get(usize::try_from(index).ok()?)
}

fn place(node: &Node) -> (i32, i32) {
    let along = |value: i32, length: i32, margin: i32| {
        margin + value.clamp(0, 10_000) * (length - 2 * margin) / 10_000
    };
    (
        along(node.x, WIDTH, MARGIN.0),
        along(node.y, HEIGHT, MARGIN.1),
    )
}

fn short(node: &Node) -> String {
    let text = plain(node.id.as_str());
    let mut label = if text.chars().count() > LABEL {
        let head: String = text.chars().take(LABEL - 12).collect();
        let tail: Vec<char> = text.chars().rev().take(11).collect();
        let tail: String = tail.into_iter().rev().collect();
        format!("{head}…{tail}")
    } else {
        text
    };
    if node.members > 1 {
        let _ = write!(label, " ({})", node.members);
    }
    label
}

fn shape(kind: &str, ink: &str) -> String {
    let style = format!("fill=\"#fff\" stroke=\"{ink}\" stroke-width=\"1.8\"");
    match kind {
        "identity" => format!("<circle r=\"8\" {style}/>"),
        "credential" => {
            format!("<rect x=\"-10\" y=\"-6\" width=\"20\" height=\"12\" rx=\"6\" {style}/>")
        }
        "secret" => format!("<path d=\"M0-9l9 9-9 9-9-9z\" {style}/>"),
        "tool" => format!("<path d=\"M-9 0l4.5-8h9L9 0 4.5 8h-9z\" {style}/>"),
        _ => format!("<rect x=\"-7\" y=\"-7\" width=\"14\" height=\"14\" {style}/>"),
    }
}

fn legend(out: &mut String) {
    let y = HEIGHT + 18;
    let mut x = 20;
    for kind in ["identity", "credential", "secret", "resource", "tool"] {
        let _ = writeln!(
            out,
            "<g transform=\"translate({x} {y})\">{}<text x=\"16\" y=\"4\" fill=\"#1d1c1a\">{kind}</text></g>",
            shape(kind, "#4f4c46")
        );
        x += 100;
    }
    for (name, dash) in [("exact join", ""), ("salted", "7 4"), ("inferred", "1.5 4")] {
        let _ = writeln!(
            out,
            "<g transform=\"translate({x} {y})\"><path d=\"M-8 0h30\" stroke=\"#67635b\" stroke-dasharray=\"{dash}\"/><text x=\"28\" y=\"4\" fill=\"#1d1c1a\">{name}</text></g>"
        );
        x += 120;
    }
    let mut x = 20;
    for verdict in [
        Verdict::Verified,
        Verdict::Intact,
        Verdict::Unproven,
        Verdict::Contradicted,
    ] {
        let _ = writeln!(
            out,
            "{}<text x=\"{}\" y=\"{}\" fill=\"#1d1c1a\">{}</text>",
            mark(verdict, x, y + 26),
            x + 12,
            y + 30,
            verdict.as_str()
        );
        x += 110;
    }
    let _ = writeln!(
        out,
        "<text x=\"{x}\" y=\"{}\" fill=\"#4f4c46\">outline: the worst verdict of its acts · red line: an act that is contradicted</text>",
        y + 30
    );
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
