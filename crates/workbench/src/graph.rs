//! The graph of a case.

use crate::api::{EdgeView, GraphView, NodeView};
use crate::failure::Result;
use crate::follow::{event_text, found, iso, picked};
use crate::session::Session;
use crate::summary::word;
use analysis::draw;
use analysis::graph::{Graph, Question, graph};
use analysis::layout::layout;
use analysis::names::Sort;
use analysis::{EventId, Window};
use std::collections::BTreeSet;

/// What of the graph is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GraphQuestion {
    /// Only events that this query picks.
    pub query: String,
    /// Only what lies within so many edges of this id.
    pub near: Option<(String, usize)>,
    /// Group where there are more nodes than these; 0 means 500.
    pub most: usize,
    /// The ids of groups that stand by their members.
    pub open: Vec<String>,
}

impl Session {
    /// The graph.
    pub fn graph(&self, question: &GraphQuestion) -> Result<GraphView> {
        let answer = self.answer(format!("graph {question:?}"), &question.query, || {
            self.graph_without(question, &BTreeSet::new())
        })?;
        Ok((*answer).clone())
    }

    /// The graph of all but these events.
    pub(crate) fn graph_without(
        &self,
        question: &GraphQuestion,
        without: &BTreeSet<EventId>,
    ) -> Result<GraphView> {
        let (graph, places) = self.drawn(question, without)?;
        Ok(view(&graph, &places))
    }

    /// The graph as GraphML.
    pub fn graphml(&self, question: &GraphQuestion) -> Result<String> {
        let (graph, places) = self.drawn(question, &BTreeSet::new())?;
        Ok(draw::graphml(&graph, &places))
    }

    /// The graph as Graphviz DOT.
    pub fn dot(&self, question: &GraphQuestion) -> Result<String> {
        let (graph, places) = self.drawn(question, &BTreeSet::new())?;
        Ok(draw::dot(&graph, &places))
    }

    fn drawn(
        &self,
        asked: &GraphQuestion,
        without: &BTreeSet<EventId>,
    ) -> Result<(Graph, Vec<(i32, i32)>)> {
        /// The same in every case and version: a picture is known again.
        const SEED: u64 = 0x4558_4849;
        self.following(|names, reader| {
            let picked = picked(reader, &asked.query)?;
            let near = match &asked.near {
                Some((id, hops)) => {
                    let (sort, name) = found(names, reader, id, &Sort::ALL)?;
                    Some((sort, name, *hops))
                }
                None => None,
            };
            let question = Question {
                window: Window::default(),
                near,
                most: asked.most,
                open: asked.open.clone(),
            };
            let made = graph(names, &question, &|act| {
                !without.contains(&act.event)
                    && picked
                        .as_ref()
                        .is_none_or(|picked| picked.contains(&act.event))
            })?;
            let places = layout(&made.graph, SEED);
            Ok((made, places))
        })
    }
}

fn view(graph: &Graph, places: &[(i32, i32)]) -> GraphView {
    let nodes: Vec<NodeView> = graph
        .graph
        .node_weights()
        .zip(places)
        .map(|(node, (x, y))| NodeView {
            id: node.id.to_string(),
            kind: node.sort.as_str().to_owned(),
            members: node.members,
            named: node.named.iter().map(|name| name.to_string()).collect(),
            verdict: word(node.verdict),
            first: node.first.map(iso),
            last: node.last.map(iso),
            x: *x,
            y: *y,
        })
        .collect();
    let edges = graph
        .ends()
        .map(|(source, target, edge)| EdgeView {
            from: nodes[source].id.clone(),
            to: nodes[target].id.clone(),
            source,
            target,
            kind: edge.kind.as_str().to_owned(),
            count: edge.count,
            first: edge.first.map(iso),
            last: edge.last.map(iso),
            join: edge.join.as_str().to_owned(),
            verdict: word(edge.verdict),
            events: edge.events.iter().map(|event| event_text(*event)).collect(),
        })
        .collect();
    GraphView {
        grouped: graph.nodes > nodes.len(),
        nodes,
        edges,
        acts: graph.acts,
        refused: graph.refused,
        all_nodes: graph.nodes,
        all_edges: graph.edges,
    }
}
