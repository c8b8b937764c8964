//! Fewer nodes: things of one sort that stand to all others alike, or whose names begin alike,
//! become one.

use crate::graph::{Edge, EdgeKind, MOST_CITED, MOST_NAMED, Node, touch};
use crate::names::Sort;
use evidence::Word;
use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef as _;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What the members of a group share.
type Shared = (Sort, String);

/// The same graph with at most `most` nodes, at least one for each sort.
pub(crate) fn grouped(mut graph: DiGraph<Node, Edge>, most: usize) -> DiGraph<Node, Edge> {
    for level in 0..4 {
        if graph.node_count() <= most {
            break;
        }
        let shared: Vec<Shared> = graph
            .node_indices()
            .map(|place| {
                let node = &graph[place];
                let share = match level {
                    0 => neighbours(&graph, place),
                    1 => family(node, true),
                    2 => family(node, false),
                    _ => format!("all {}", plural(node.sort)),
                };
                (node.sort, share)
            })
            .collect();
        graph = merged(&graph, &shared, most, level == 0);
    }
    graph
}

/// To what a node stands, and how.
fn neighbours(graph: &DiGraph<Node, Edge>, place: NodeIndex) -> String {
    let mut told: Vec<(&str, &str, &str)> = Vec::new();
    for edge in graph.edges_directed(place, Direction::Outgoing) {
        told.push((">", edge.weight().kind.as_str(), &graph[edge.target()].id));
    }
    for edge in graph.edges_directed(place, Direction::Incoming) {
        told.push(("<", edge.weight().kind.as_str(), &graph[edge.source()].id));
    }
    told.sort_unstable();
    told.dedup();
    let mut out = String::new();
    for (way, kind, other) in told {
        out.push_str(way);
        out.push_str(kind);
        out.push('\u{1}');
        out.push_str(other);
        out.push('\u{2}');
    }
    out
}

/// What a name begins with: up to its last separator, or up to its first.
fn family(node: &Node, is_long: bool) -> String {
    let id = node.id.strip_prefix("group:").unwrap_or(&node.id);
    let is_mark = |c: char| matches!(c, '/' | ':' | '=');
    let end = if is_long {
        id.rfind(is_mark)
    } else {
        id.find(is_mark)
    };
    match end {
        Some(end) => format!("{}…", &id[..=end]),
        None if is_long => id.to_owned(),
        None => format!("other {}", plural(node.sort)),
    }
}

fn plural(sort: Sort) -> &'static str {
    match sort {
        Sort::Identity => "identities",
        Sort::Credential => "credentials",
        Sort::Secret => "secrets",
        Sort::Resource => "resources",
        Sort::Tool => "tools",
    }
}

/// Joins those that share most, the largest groups first, until few enough nodes are left.
fn merged(
    graph: &DiGraph<Node, Edge>,
    shared: &[Shared],
    most: usize,
    by_neighbours: bool,
) -> DiGraph<Node, Edge> {
    let mut groups: BTreeMap<&Shared, Vec<NodeIndex>> = BTreeMap::new();
    for (place, share) in graph.node_indices().zip(shared) {
        groups.entry(share).or_default().push(place);
    }
    let mut large: Vec<(&Shared, Vec<NodeIndex>)> = groups
        .into_iter()
        .filter(|(_, members)| members.len() > 1)
        .collect();
    large.sort_by(|one, other| other.1.len().cmp(&one.1.len()).then(one.0.cmp(other.0)));
    let mut left = graph.node_count();
    let mut into: HashMap<NodeIndex, usize> = HashMap::new();
    let mut made: Vec<Node> = Vec::new();
    for ((sort, share), members) in large {
        if left <= most {
            break;
        }
        left -= members.len() - 1;
        let label = if by_neighbours {
            let first = &graph[members[0]].id;
            format!("{first} and {} alike", members.len() - 1)
        } else {
            share.clone()
        };
        let mut named: Vec<Arc<str>> = Vec::new();
        let mut count = 0_u64;
        for &member in &members {
            let node = &graph[member];
            count = count.saturating_add(node.members);
            match node.named.as_slice() {
                [] => named.push(node.id.clone()),
                known => named.extend_from_slice(known),
            }
            into.insert(member, made.len());
        }
        named.sort();
        named.truncate(MOST_NAMED);
        made.push(Node {
            id: format!("group:{label}").into(),
            sort: *sort,
            members: count,
            named,
            verdict: Word::Verified,
            first: None,
            last: None,
        });
    }
    rebuilt(graph, &into, made)
}

fn rebuilt(
    graph: &DiGraph<Node, Edge>,
    into: &HashMap<NodeIndex, usize>,
    made: Vec<Node>,
) -> DiGraph<Node, Edge> {
    // Each node's own place, or that of its group, among all that are left by sort and text.
    let mut left: Vec<(Sort, Arc<str>, Node, usize)> = Vec::new();
    for place in graph
        .node_indices()
        .filter(|place| !into.contains_key(place))
    {
        let node = graph[place].clone();
        left.push((node.sort, node.id.clone(), node, place.index()));
    }
    let whole = graph.node_count();
    for (number, node) in made.into_iter().enumerate() {
        left.push((node.sort, node.id.clone(), node, whole + number));
    }
    left.sort_by(|one, other| (one.0, &one.1, one.3).cmp(&(other.0, &other.1, other.3)));
    let mut out = DiGraph::new();
    let mut places: HashMap<usize, NodeIndex> = HashMap::new();
    for (.., node, place) in left {
        places.insert(place, out.add_node(node));
    }
    let end = |place: NodeIndex| places[&into.get(&place).map_or(place.index(), |n| whole + n)];
    let mut edges: BTreeMap<(NodeIndex, NodeIndex, EdgeKind), Edge> = BTreeMap::new();
    for edge in graph.edge_references() {
        let (from, to) = (end(edge.source()), end(edge.target()));
        match edges.get_mut(&(from, to, edge.weight().kind)) {
            None => {
                edges.insert((from, to, edge.weight().kind), edge.weight().clone());
            }
            Some(known) => {
                // The events of the edge that began first stand for all.
                if edge.weight().first < known.first {
                    known.events = edge.weight().events.clone();
                }
                known.count = known.count.saturating_add(edge.weight().count);
                known.first = [known.first, edge.weight().first]
                    .into_iter()
                    .flatten()
                    .min();
                known.last = known.last.max(edge.weight().last);
                known.join = known.join.max(edge.weight().join);
                known.verdict = known.verdict.min(edge.weight().verdict);
                known.events.truncate(MOST_CITED);
            }
        }
    }
    for ((from, to, _), edge) in edges {
        touch(&mut out[from], &edge);
        touch(&mut out[to], &edge);
        out.add_edge(from, to, edge);
    }
    out
}
