//! Fewer nodes: things of one sort that stand to all others alike, or whose names begin alike,
//! become one.

use crate::graph::{Edge, EdgeKind, MOST_CITED, MOST_NAMED, Node, touch};
use crate::names::Sort;
use evidence::Word;
use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef as _;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// What the members of a group share.
type Shared = (Sort, String);

/// A group of more members than these is not opened: a picture of so many shows nothing.
pub const MOST_OPENED: usize = 200;

/// The same graph with at most `most` nodes, at least one for each sort. The groups whose ids are in
/// `open` stand by their members, which come on top of the others; all else stays as it is.
pub(crate) fn grouped(
    mut graph: DiGraph<Node, Edge>,
    mut most: usize,
    open: &[String],
) -> DiGraph<Node, Edge> {
    let mut apart = HashSet::new();
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
        graph = merged(&graph, &shared, &mut most, level == 0, open, &mut apart);
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
    most: &mut usize,
    by_neighbours: bool,
    open: &[String],
    apart: &mut HashSet<(Sort, Arc<str>)>,
) -> DiGraph<Node, Edge> {
    let mut groups: BTreeMap<&Shared, Vec<NodeIndex>> = BTreeMap::new();
    for (place, share) in graph.node_indices().zip(shared) {
        let node = &graph[place];
        if !apart.contains(&(node.sort, node.id.clone())) {
            groups.entry(share).or_default().push(place);
        }
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
        if left <= *most {
            break;
        }
        let label = if by_neighbours {
            let first = &graph[members[0]].id;
            format!("{first} and {} alike", members.len() - 1)
        } else {
            share.clone()
        };
        let id = format!("group:{label}");
        if members.len() <= MOST_OPENED && open.contains(&id) {
            *most = most.saturating_add(members.len() - 1);
            let nodes = members.iter().map(|member| &graph[*member]);
            apart.extend(nodes.map(|node| (node.sort, node.id.clone())));
            continue;
        }
        left -= members.len() - 1;
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
            id: id.into(),
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

#[cfg(test)]
mod tests {
    use crate::Role;
    use crate::graph::{Question, graph};
    use crate::memory::{Memory, Told};
    use crate::names::Names;

    /// Two agents, each with files of its own kind, and the ids of what is drawn.
    fn drawn(count: usize, open: &[&str]) -> Vec<String> {
        let read = |agent: &str, file: String, at: usize| {
            Told::new("data.access", at as i64)
                .with(Role::Actor, agent)
                .with(Role::Resource, &file)
        };
        let one = (0..count).map(|at| read("a", format!("logs/{at:03}"), at));
        let other = (0..20).map(|at| read("b", format!("books/{at:03}"), at));
        let log = Memory::of(one.chain(other));
        let mut names = Names::new(&log, &[]).unwrap();
        let question = Question {
            most: 6,
            open: open.iter().map(|id| (*id).to_owned()).collect(),
            ..Question::default()
        };
        let made = graph(&mut names, &question, &|_| true).unwrap();
        made.graph
            .node_weights()
            .map(|node| node.id.to_string())
            .collect()
    }

    #[test]
    fn an_open_group_stands_by_its_members_and_all_else_as_before() {
        let closed = drawn(30, &[]);
        assert_eq!(
            closed,
            [
                "a",
                "b",
                "group:books/000 and 19 alike",
                "group:logs/000 and 29 alike"
            ]
        );
        let open = drawn(30, &["group:logs/000 and 29 alike"]);
        assert_eq!(open[..3], closed[..3]);
        let members: Vec<String> = (0..30).map(|at| format!("logs/{at:03}")).collect();
        assert_eq!(open[3..], members);
    }

    #[test]
    fn a_group_of_too_many_stays_closed() {
        let id = "group:logs/000 and 299 alike";
        assert_eq!(drawn(300, &[id]), drawn(300, &[]));
    }
}
