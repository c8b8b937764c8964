//! The graph as text for other programs. Names come from evidence and are hostile: each format's
//! own escaping, and nothing of a name outside its quotes.

use crate::graph::Graph;
use evidence::Micros;
use petgraph::visit::{EdgeRef as _, IntoNodeReferences as _};
use std::fmt::Write as _;

/// As GraphML.
pub fn graphml(graph: &Graph, places: &[(i32, i32)]) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n",
    );
    for (owner, name, kind) in [
        ("node", "id", "string"),
        ("node", "kind", "string"),
        ("node", "members", "long"),
        ("node", "verdict", "string"),
        ("node", "x", "int"),
        ("node", "y", "int"),
        ("edge", "kind", "string"),
        ("edge", "count", "long"),
        ("edge", "first", "string"),
        ("edge", "last", "string"),
        ("edge", "join", "string"),
        ("edge", "verdict", "string"),
    ] {
        let _ = writeln!(
            out,
            "  <key id=\"{owner}.{name}\" for=\"{owner}\" attr.name=\"{name}\" attr.type=\"{kind}\"/>"
        );
    }
    out.push_str("  <graph edgedefault=\"directed\">\n");
    for (place, node) in graph.graph.node_references() {
        let _ = writeln!(out, "    <node id=\"n{}\">", place.index());
        datum(&mut out, "node.id", &node.id);
        datum(&mut out, "node.kind", node.sort.as_str());
        datum(&mut out, "node.members", &node.members.to_string());
        datum(&mut out, "node.verdict", node.verdict.as_str());
        if let Some((x, y)) = places.get(place.index()) {
            datum(&mut out, "node.x", &x.to_string());
            datum(&mut out, "node.y", &y.to_string());
        }
        out.push_str("    </node>\n");
    }
    for edge in graph.graph.edge_references() {
        let _ = writeln!(
            out,
            "    <edge source=\"n{}\" target=\"n{}\">",
            edge.source().index(),
            edge.target().index()
        );
        let edge = edge.weight();
        datum(&mut out, "edge.kind", edge.kind.as_str());
        datum(&mut out, "edge.count", &edge.count.to_string());
        for (name, time) in [("edge.first", edge.first), ("edge.last", edge.last)] {
            if let Some(time) = time {
                datum(&mut out, name, &time.to_string());
            }
        }
        datum(&mut out, "edge.join", edge.join.as_str());
        datum(&mut out, "edge.verdict", edge.verdict.as_str());
        out.push_str("    </edge>\n");
    }
    out.push_str("  </graph>\n</graphml>\n");
    out
}

fn datum(out: &mut String, key: &str, value: &str) {
    let _ = write!(out, "      <data key=\"{key}\">");
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            // XML 1.0 (section 2.2) has no way to write these, not even as a reference.
            c if is_not_xml(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push_str("</data>\n");
}

fn is_not_xml(c: char) -> bool {
    c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') || is_invisible(c)
}

/// What hides or turns the text around it.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}')
}

/// As Graphviz DOT.
pub fn dot(graph: &Graph, places: &[(i32, i32)]) -> String {
    let mut out = String::from("digraph exhibit {\n  node [shape=box];\n");
    for (place, node) in graph.graph.node_references() {
        let _ = write!(out, "  n{} [label=", place.index());
        quoted(&mut out, &node.id);
        let _ = write!(
            out,
            ", kind=\"{}\", verdict=\"{}\"",
            node.sort.as_str(),
            node.verdict.as_str()
        );
        if let Some((x, y)) = places.get(place.index()) {
            let _ = write!(out, ", pos=\"{x},{y}\"");
        }
        out.push_str("];\n");
    }
    for edge in graph.graph.edge_references() {
        let (from, to) = (edge.source().index(), edge.target().index());
        let edge = edge.weight();
        let time = |time: Option<Micros>| time.map_or_else(String::new, |time| time.to_string());
        let _ = writeln!(
            out,
            "  n{from} -> n{to} [label=\"{} {}\", first=\"{}\", last=\"{}\", join=\"{}\", verdict=\"{}\"];",
            edge.kind.as_str(),
            edge.count,
            time(edge.first),
            time(edge.last),
            edge.join.as_str(),
            edge.verdict.as_str()
        );
    }
    out.push_str("}\n");
    out
}

/// A quoted DOT string. A backslash is doubled, so that no escape of a label (`\N`, `\l`) comes out
/// of a name.
fn quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if is_not_xml(c) => {
                let _ = write!(out, "<U+{:04X}>", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
