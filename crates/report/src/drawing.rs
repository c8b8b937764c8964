//! The graph as a picture, from the places that the engine gave its nodes: what the window, its
//! export and the report show is one picture.

use crate::model::{Edge, Graph, Node};
use crate::svg::{
    Anchor, FAINT, INK, PAPER, PEN, Pen, Svg, Voice, clock, colour, cut, dash, legend,
};
use std::collections::HashMap;

/// Above so many edges their words would lie on one another.
const MOST_WORDS: usize = 60;
/// Above so many, their marks would.
const MOST_MARKS: usize = 180;
/// Pixels that a node needs about it.
const ROOM: f64 = 13_000.0;
/// The nodes' side of the plane: `analysis::layout::SIDE`.
const SIDE: f64 = 10_000.0;

/// The graph, drawn; `of` says whose it is, before what it holds.
pub fn graph(graph: &Graph, of: &str) -> String {
    let area = (graph.nodes.len() as f64 * ROOM).max(480_000.0);
    let (wide, high) = ((area * 1.5).sqrt().ceil(), (area / 1.5).sqrt().ceil());
    let said = format!(
        "{of}{} nodes, {} edges, of {} acts",
        graph.nodes.len(),
        graph.edges.len(),
        graph.acts
    );
    let mut svg = Svg::new(wide as u32, high as u32 + 60, &said);
    let places: Vec<(f64, f64)> = graph
        .nodes
        .iter()
        .map(|node| {
            (
                100.0 + f64::from(node.x) / SIDE * (wide - 200.0),
                40.0 + f64::from(node.y) / SIDE * (high - 110.0),
            )
        })
        .collect();
    let mut plan = Plan {
        sheet: (wide, high),
        taken: Vec::new(),
    };
    for (x, y) in &places {
        plan.take((*x, *y), (28.0, 26.0));
    }
    let names: Vec<Option<((f64, f64), String)>> = graph
        .nodes
        .iter()
        .zip(&places)
        .map(|(node, place)| {
            let name = name_of(node);
            let wide = name.chars().count() as f64 * 6.8 + 4.0;
            let (x, y) = *place;
            let spots = [
                (x, y + 22.0),
                (x, y - 20.0),
                (x + 18.0 + wide / 2.0, y),
                (x - 18.0 - wide / 2.0, y),
            ];
            Some((plan.place(&spots, (wide, 13.0))?, name))
        })
        .collect();
    let end = |at: u64| Some((graph.nodes.get(at as usize)?, *places.get(at as usize)?));
    for (edge, bow) in graph.edges.iter().zip(bows(&graph.edges)) {
        if let (Some(from), Some(to)) = (end(edge.source), end(edge.target)) {
            draw_edge(&mut svg, edge, from, to, bow, graph.edges.len(), &mut plan);
        }
    }
    for ((node, place), name) in graph.nodes.iter().zip(&places).zip(&names) {
        draw_node(&mut svg, node, *place, name.as_ref());
    }
    svg.line(
        (16.0, high),
        (wide - 16.0, high),
        Pen {
            stroke: crate::svg::LINE,
            ..PEN
        },
    );
    legend(&mut svg, (16.0, high + 18.0));
    let mut foot = said;
    if graph.all_nodes > graph.nodes.len() as u64 {
        foot.push_str(&format!("; {} things, the like as one", graph.all_nodes));
    }
    if graph.refused > 0 {
        foot.push_str(&format!("; {} refused claim nothing", graph.refused));
    }
    svg.text(
        (16.0, high + 44.0),
        Anchor::Start,
        Voice::Ours,
        FAINT,
        &foot,
    );
    svg.done()
}

/// How far each edge is bowed, so that those between one pair of nodes lie apart.
fn bows(edges: &[Edge]) -> Vec<f64> {
    let pair = |edge: &Edge| (edge.source.min(edge.target), edge.source.max(edge.target));
    let mut total: HashMap<(u64, u64), usize> = HashMap::new();
    for edge in edges {
        *total.entry(pair(edge)).or_default() += 1;
    }
    let mut seen: HashMap<(u64, u64), usize> = HashMap::new();
    edges
        .iter()
        .map(|edge| {
            let nth = seen.entry(pair(edge)).or_default();
            let all = total.get(&pair(edge)).copied().unwrap_or(1);
            let bow = (*nth as f64 - (all as f64 - 1.0) / 2.0) * 30.0;
            *nth += 1;
            // Seen from the other end, the same side is the other.
            if edge.source <= edge.target {
                bow
            } else {
                -bow
            }
        })
        .collect()
}

fn draw_edge(
    svg: &mut Svg,
    edge: &Edge,
    (first, from): (&Node, (f64, f64)),
    (second, to): (&Node, (f64, f64)),
    bow: f64,
    all: usize,
    plan: &mut Plan,
) {
    /// The marks of the nodes are kept clear.
    const CLEAR: f64 = 17.0;
    let verdict = edge.verdict.as_str();
    let stroke = if verdict == "contradicted" {
        colour(verdict)
    } else {
        "#4f4c46"
    };
    svg.begin(&format!(
        "{} {} {}: {} times, {}, {verdict}, {} to {}",
        first.id.as_str(),
        edge.kind,
        second.id.as_str(),
        edge.count,
        edge.join,
        edge.first.as_deref().unwrap_or("undated"),
        edge.last.as_deref().unwrap_or("undated"),
    ));
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let far = (dx * dx + dy * dy).sqrt();
    let (d, middle, tip, way) = if far < 1.0 {
        let top = from.1 - 44.0 - bow.abs();
        let tip = (from.0 + 9.0, from.1 - CLEAR);
        let d = format!(
            "M{:.1} {:.1}C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
            from.0 - 9.0,
            tip.1,
            from.0 - 30.0,
            top - 12.0,
            from.0 + 30.0,
            top - 12.0,
            tip.0,
            tip.1
        );
        (d, (from.0, top), tip, (-0.4, 0.9))
    } else {
        let bend = (
            (from.0 + to.0) / 2.0 - dy / far * bow,
            (from.1 + to.1) / 2.0 + dx / far * bow,
        );
        let cleared = |end: (f64, f64)| {
            let (x, y) = (bend.0 - end.0, bend.1 - end.1);
            let away = (x * x + y * y).sqrt().max(1.0);
            let by = CLEAR.min(away * 0.8) / away;
            (end.0 + x * by, end.1 + y * by)
        };
        let (start, tip) = (cleared(from), cleared(to));
        let middle = (
            (start.0 + 2.0 * bend.0 + tip.0) / 4.0,
            (start.1 + 2.0 * bend.1 + tip.1) / 4.0,
        );
        let (x, y) = (tip.0 - bend.0, tip.1 - bend.1);
        let long = (x * x + y * y).sqrt().max(1.0);
        let d = format!(
            "M{:.1} {:.1}Q{:.1} {:.1} {:.1} {:.1}",
            start.0, start.1, bend.0, bend.1, tip.0, tip.1
        );
        (d, middle, tip, (x / long, y / long))
    };
    svg.path(
        &d,
        Pen {
            stroke,
            dash: dash(&edge.join),
            ..PEN
        },
    );
    let head = format!(
        "M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}z",
        tip.0,
        tip.1,
        tip.0 - way.0 * 7.0 - way.1 * 3.0,
        tip.1 - way.1 * 7.0 + way.0 * 3.0,
        tip.0 - way.0 * 7.0 + way.1 * 3.0,
        tip.1 - way.1 * 7.0 - way.0 * 3.0
    );
    svg.path(
        &head,
        Pen {
            stroke: "none",
            fill: stroke,
            ..PEN
        },
    );
    if all <= MOST_MARKS {
        svg.mark(middle, verdict);
    }
    if all <= MOST_WORDS {
        let times = if edge.count > 1 {
            format!("{} {}×", edge.kind, edge.count)
        } else {
            edge.kind.clone()
        };
        let wide = times.chars().count().max(8) as f64 * 6.0 + 4.0;
        let (x, y) = middle;
        let above = [(x, y - 19.0), (x, y + 19.0)];
        let beside = [(x + 9.0 + wide / 2.0, y), (x - 9.0 - wide / 2.0, y)];
        let flat = dx.abs() > dy.abs() * 1.5;
        let spots = if flat {
            [above[0], above[1], beside[0], beside[1]]
        } else {
            [beside[0], beside[1], above[0], above[1]]
        };
        if let Some((x, y)) = plan.place(&spots, (wide, 23.0)) {
            svg.text_over((x, y - 2.0), Anchor::Middle, Voice::Ours, FAINT, &times);
            if let Some(first) = &edge.first {
                let shown = clock(first);
                let hour = shown.split(' ').nth(1).unwrap_or(&shown);
                let whole = hour.split('.').next().unwrap_or(hour);
                svg.text_over((x, y + 9.0), Anchor::Middle, Voice::Ours, FAINT, whole);
            }
        }
    }
    svg.end();
}

fn name_of(node: &Node) -> String {
    if node.members > 1 {
        format!(
            "{} × {}",
            node.members,
            cut(node.id.as_str().trim_start_matches("group:"), 20)
        )
    } else {
        cut(node.id.as_str(), 20)
    }
}

/// Where words stand so that none lies on another.
struct Plan {
    /// Nothing is written beyond it.
    sheet: (f64, f64),
    /// Left, top, right, bottom.
    taken: Vec<[f64; 4]>,
}

impl Plan {
    fn take(&mut self, (x, y): (f64, f64), (wide, high): (f64, f64)) {
        let (w, h) = (wide / 2.0, high / 2.0);
        self.taken.push([x - w, y - h, x + w, y + h]);
    }

    /// The first of the spots that is free, which is then taken.
    fn place(&mut self, spots: &[(f64, f64)], size: (f64, f64)) -> Option<(f64, f64)> {
        let (w, h) = (size.0 / 2.0, size.1 / 2.0);
        let spot = spots.iter().copied().find(|(x, y)| {
            let is_on = *x >= w && *y >= h && *x + w <= self.sheet.0 && *y + h <= self.sheet.1;
            is_on
                && self.taken.iter().all(|[left, top, right, bottom]| {
                    x + w <= *left || *right <= x - w || y + h <= *top || *bottom <= y - h
                })
        })?;
        self.take(spot, size);
        Some(spot)
    }
}

fn draw_node(svg: &mut Svg, node: &Node, (x, y): (f64, f64), name: Option<&((f64, f64), String)>) {
    let pen = Pen { fill: PAPER, ..PEN };
    svg.begin(&format!("{} {}", node.kind, node.id.as_str()));
    let at = |dx: f64, dy: f64| (x + dx, y + dy);
    match (node.members, node.kind.as_str()) {
        (2.., _) => {
            svg.rect(at(-9.0, -13.0), (22.0, 22.0), pen);
            svg.rect(at(-13.0, -9.0), (22.0, 22.0), pen);
            let count = if node.members > 999 {
                "…".to_owned()
            } else {
                node.members.to_string()
            };
            svg.text_over(at(-2.0, 6.0), Anchor::Middle, Voice::Strong, INK, &count);
        }
        (_, "credential") => svg.path(
            &format!(
                "M{:.1} {:.1}h28v5.2a2.8 2.8 0 0 0 0 5.6v5.2h-28v-5.2a2.8 2.8 0 0 0 0 -5.6z",
                x - 14.0,
                y - 8.0
            ),
            pen,
        ),
        (_, "secret") => {
            svg.path(
                &format!(
                    "M{:.1} {:.1}h13l5 5v17h-18zM{:.1} {:.1}v5h5M{:.1} {:.1}h10M{:.1} {:.1}h10",
                    x - 9.0,
                    y - 11.0,
                    x + 4.0,
                    y - 11.0,
                    x - 5.0,
                    y,
                    x - 5.0,
                    y + 4.5
                ),
                pen,
            );
        }
        (_, "identity") => {
            svg.rect(at(-11.0, -11.0), (22.0, 22.0), pen);
            svg.path(
                &format!(
                    "M{:.1} {:.1}a3 3 0 1 0 6 0a3 3 0 1 0 -6 0M{:.1} {:.1}a5.5 5.5 0 0 1 11 0",
                    x - 3.0,
                    y - 3.0,
                    x - 5.5,
                    y + 7.0
                ),
                Pen { width: 1.0, ..PEN },
            );
        }
        (_, "tool") => svg.path(
            &format!(
                "M{:.1} {y:.1}a10 10 0 1 0 20 0a10 10 0 1 0 -20 0M{:.1} {y:.1}h8M{x:.1} {:.1}v8",
                x - 10.0,
                x - 4.0,
                y - 4.0
            ),
            pen,
        ),
        _ => {
            svg.rect(at(-9.0, -9.0), (18.0, 18.0), pen);
            svg.line(at(-9.0, -3.5), at(9.0, -3.5), PEN);
        }
    }
    if let Some(((x, y), name)) = name {
        svg.text_over((*x, y + 4.0), Anchor::Middle, Voice::Evidence, INK, name);
    }
    svg.end();
}
