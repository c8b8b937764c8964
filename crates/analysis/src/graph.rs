//! Who called whom, what was made from what, what was touched: the acts of a case as a graph, many
//! acts an edge.

use crate::act::{Act, ActKind, EventId, Name, Role};
use crate::credential::{self, Join, makes};
use crate::log::{Log, Window};
use crate::names::{Names, Sort};
use crate::steps::{called, stores, wielded};
use evidence::{Format, Micros, Word};
use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef as _;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::ops::ControlFlow;
use std::sync::Arc;

/// How many nodes are shown before they are grouped, unless something else is asked for.
pub const MOST_NODES: usize = 500;
/// The most events that an edge cites: its earliest.
pub const MOST_CITED: usize = 8;
/// The most members that a group names.
pub const MOST_NAMED: usize = 20;

/// What an edge says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the words say it")]
pub enum EdgeKind {
    Called,
    Minted,
    Exchanged,
    Delegated,
    Used,
    Read,
    Wrote,
    Accessed,
    Decided,
    Revoked,
    /// A secret holds a credential: it was put there.
    Holds,
}

impl EdgeKind {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            EdgeKind::Called => "called",
            EdgeKind::Minted => "minted",
            EdgeKind::Exchanged => "exchanged",
            EdgeKind::Delegated => "delegated",
            EdgeKind::Used => "used",
            EdgeKind::Read => "read",
            EdgeKind::Wrote => "wrote",
            EdgeKind::Accessed => "accessed",
            EdgeKind::Decided => "decided",
            EdgeKind::Revoked => "revoked",
            EdgeKind::Holds => "holds",
        }
    }
}

/// A thing, or a group of things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The name it is shown by; of a group, `group:` and what its members share.
    pub id: Arc<str>,
    /// What sort of thing.
    pub sort: Sort,
    /// How many things it stands for: 1 unless it is a group.
    pub members: u64,
    /// Of a group, the first members by text.
    pub named: Vec<Arc<str>>,
    /// The worst verdict of its edges.
    pub verdict: Word,
    /// Its first act.
    pub first: Option<Micros>,
    /// Its last.
    pub last: Option<Micros>,
}

/// A claim between two things, and what shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// What it says.
    pub kind: EdgeKind,
    /// How many acts.
    pub count: u64,
    /// The first.
    pub first: Option<Micros>,
    /// The last.
    pub last: Option<Micros>,
    /// The weakest join among them.
    pub join: Join,
    /// The worst verdict among them.
    pub verdict: Word,
    /// The earliest of them, in time's order.
    pub events: Vec<EventId>,
}

impl Edge {
    fn add(&mut self, other: &Edge) {
        self.count = self.count.saturating_add(other.count);
        self.first = [self.first, other.first].into_iter().flatten().min();
        self.last = self.last.max(other.last);
        self.join = self.join.max(other.join);
        self.verdict = self.verdict.min(other.verdict);
    }
}

/// What is asked of the graph.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Question {
    /// Only acts of this stretch.
    pub window: Window,
    /// Only what lies this near to a thing.
    pub near: Option<(Sort, Name, usize)>,
    /// Group where there are more nodes than these; 0 means [`MOST_NODES`].
    pub most: usize,
    /// The ids of groups that stand by their members.
    pub open: Vec<String>,
}

/// The graph, and what was left out of it.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    /// Nodes by sort and text; edges by their ends and kind.
    pub graph: DiGraph<Node, Edge>,
    /// How many acts it was made of.
    pub acts: u64,
    /// Acts that were refused or failed: they claim nothing.
    pub refused: u64,
    /// How many nodes there were before they were grouped.
    pub nodes: usize,
    /// How many edges there were before.
    pub edges: usize,
}

impl Graph {
    /// The edges, each with the places of its ends among the nodes.
    pub fn ends(&self) -> impl Iterator<Item = (usize, usize, &Edge)> {
        self.graph
            .edge_references()
            .map(|edge| (edge.source().index(), edge.target().index(), edge.weight()))
    }
}

type Key = (Sort, Name);
/// The sorts and texts of an edge's ends, and what it says.
type Ends = (Sort, Arc<str>, Sort, Arc<str>, EdgeKind);

/// Makes the graph of the acts that `wanted` picks.
pub fn graph<L: Log>(
    names: &mut Names<'_, L>,
    question: &Question,
    wanted: &dyn Fn(&Act) -> bool,
) -> Result<Graph, L::Error> {
    names.read_all()?;
    let mut edges: HashMap<(Key, Key, EdgeKind), Edge> = HashMap::new();
    let (mut acts, mut refused) = (0, 0);
    names.log.all(question.window, &mut |act| {
        if !wanted(act) {
            return ControlFlow::Continue(());
        }
        acts += 1;
        if claims_nothing(act) {
            refused += 1;
            return ControlFlow::Continue(());
        }
        claims(act, &mut |from, to, kind| {
            add(&mut edges, from, to, kind, act)
        });
        ControlFlow::Continue(())
    })?;
    let mut texts: HashMap<Key, (Arc<str>, Key)> = HashMap::new();
    let mut joined: BTreeMap<Ends, (Edge, Key, Key)> = BTreeMap::new();
    for ((from, to, kind), edge) in edges {
        let (from_text, from) = shown(names, &mut texts, from)?;
        let (to_text, to) = shown(names, &mut texts, to)?;
        if from == to {
            continue;
        }
        let place = (from.0, from_text, to.0, to_text, kind);
        match joined.get_mut(&place) {
            None => {
                joined.insert(place, (edge, from, to));
            }
            Some((known, ..)) => {
                known.add(&edge);
                known.events.extend_from_slice(&edge.events);
            }
        }
    }
    let mut built = DiGraph::new();
    let mut places: BTreeMap<(Sort, Arc<str>), (NodeIndex, Key)> = BTreeMap::new();
    for ((from_sort, from_text, to_sort, to_text, _), (_, from, to)) in &joined {
        for (sort, text, key) in [(from_sort, from_text, from), (to_sort, to_text, to)] {
            places
                .entry((*sort, text.clone()))
                .or_insert((NodeIndex::end(), *key));
        }
    }
    for ((sort, text), (place, _)) in &mut places {
        *place = built.add_node(Node {
            id: text.clone(),
            sort: *sort,
            members: 1,
            named: Vec::new(),
            verdict: Word::Verified,
            first: None,
            last: None,
        });
    }
    for ((from_sort, from_text, to_sort, to_text, _), (mut edge, ..)) in joined {
        let from = places[&(from_sort, from_text)].0;
        let to = places[&(to_sort, to_text)].0;
        in_order(names, &mut edge)?;
        for end in [from, to] {
            touch(&mut built[end], &edge);
        }
        built.add_edge(from, to, edge);
    }
    if let Some((sort, name, hops)) = question.near {
        let name = names.canonical(sort, name)?;
        let middle = places.values().find(|(_, key)| *key == (sort, name));
        built = near(&built, middle.map(|(place, _)| *place), hops);
    }
    let (nodes, count) = (built.node_count(), built.edge_count());
    let most = if question.most == 0 {
        MOST_NODES
    } else {
        question.most
    };
    Ok(Graph {
        graph: crate::group::grouped(built, most, &question.open),
        acts,
        refused,
        nodes,
        edges: count,
    })
}

/// What one act says of two things: an edge of the graph before acts are put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The act.
    pub event: EventId,
    /// When it was done.
    pub time: Option<Micros>,
    /// What it says.
    pub kind: EdgeKind,
    /// Its beginning, by the name that it is shown by.
    pub from: (Sort, Arc<str>),
    /// Its end.
    pub to: (Sort, Arc<str>),
    /// How it is joined.
    pub join: Join,
    /// What holds for the act.
    pub verdict: Word,
}

/// Gives each claim of the acts that `wanted` picks, in time's order, undated ones last: the edges of
/// [`graph`], one act at a time, so that nothing grows with their number. How many acts were refused
/// and claim nothing.
pub fn each_claim<L: Log>(
    names: &mut Names<'_, L>,
    wanted: &dyn Fn(&Act) -> bool,
    give: &mut dyn FnMut(Claim) -> ControlFlow<()>,
) -> Result<u64, L::Error> {
    names.read_all()?;
    let mut texts: HashMap<Key, (Arc<str>, Key)> = HashMap::new();
    let (mut refused, mut failed) = (0, None);
    let log = names.log;
    log.all(Window::default(), &mut |act| {
        if !wanted(act) {
            return ControlFlow::Continue(());
        }
        if claims_nothing(act) {
            refused += 1;
            return ControlFlow::Continue(());
        }
        let mut next = ControlFlow::Continue(());
        claims(act, &mut |from, to, kind| {
            if next.is_break() {
                return;
            }
            let ends = shown(names, &mut texts, from)
                .and_then(|from| Ok((from, shown(names, &mut texts, to)?)));
            next = match ends {
                Ok(((_, from), (_, to))) if from == to => ControlFlow::Continue(()),
                Ok(((from_text, from), (to_text, to))) => give(Claim {
                    event: act.event,
                    time: act.time,
                    kind,
                    join: join(act, from, to),
                    from: (from.0, from_text),
                    to: (to.0, to_text),
                    verdict: act.verdict,
                }),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            };
        });
        next
    })?;
    failed.map_or(Ok(refused), Err)
}

/// Whether an act was refused or failed, and so claims nothing.
fn claims_nothing(act: &Act) -> bool {
    !act.done() && makes(act).is_none() && act.kind != ActKind::PolicyDecide
}

/// Vault's log names credentials by keyed hashes.
fn join(act: &Act, from: Key, to: Key) -> Join {
    let by_credential = from.0 == Sort::Credential || to.0 == Sort::Credential;
    match act.format {
        Format::VaultAudit if by_credential => Join::Salted,
        _ => Join::Exact,
    }
}

pub(crate) fn touch(node: &mut Node, edge: &Edge) {
    node.verdict = node.verdict.min(edge.verdict);
    node.first = [node.first, edge.first].into_iter().flatten().min();
    node.last = node.last.max(edge.last);
}

fn shown<L: Log>(
    names: &mut Names<'_, L>,
    texts: &mut HashMap<Key, (Arc<str>, Key)>,
    key: Key,
) -> Result<(Arc<str>, Key), L::Error> {
    if let Some(known) = texts.get(&key) {
        return Ok(known.clone());
    }
    let name = names.canonical(key.0, key.1)?;
    let found = (names.text(name)?, (key.0, name));
    texts.insert(key, found.clone());
    Ok(found)
}

/// The earliest events, in time's order.
fn in_order<L: Log>(names: &mut Names<'_, L>, edge: &mut Edge) -> Result<(), L::Error> {
    if edge.events.len() > 1 {
        let mut timed = Vec::with_capacity(edge.events.len());
        for event in &edge.events {
            let time = names.log.act(*event)?.and_then(|act| act.time);
            timed.push((time.is_none(), time, *event));
        }
        timed.sort();
        timed.dedup();
        edge.events = timed.into_iter().map(|(.., event)| event).collect();
    }
    edge.events.truncate(MOST_CITED);
    Ok(())
}

/// What an act claims: from what, to what, and how.
fn claims(act: &Act, claim: &mut dyn FnMut(Key, Key, EdgeKind)) {
    let actor = act.name(Role::Actor).map(|name| (Sort::Identity, name));
    let subject = act.name(Role::Subject).map(|name| (Sort::Identity, name));
    let token = act.name(Role::Token).map(|name| (Sort::Credential, name));
    if act.kind == ActKind::PolicyDecide {
        if let (Some(actor), Some(subject)) = (actor, subject) {
            claim(actor, subject, EdgeKind::Decided);
        }
        return;
    }
    let wielded = wielded(act).map(|name| (Sort::Credential, name));
    if let (Some(actor), Some(credential)) = (actor, wielded) {
        claim(actor, credential, EdgeKind::Used);
    }
    let with = wielded.or(actor);
    if let Some(token) = makes(act).map(|name| (Sort::Credential, name)) {
        let kind = match act.kind {
            ActKind::TokenExchange => EdgeKind::Exchanged,
            ActKind::TokenDelegate => EdgeKind::Delegated,
            _ => EdgeKind::Minted,
        };
        if let Some(actor) = actor {
            claim(actor, token, EdgeKind::Minted);
        }
        if let Some(parent) = credential::parent(act) {
            claim((Sort::Credential, parent), token, kind);
        }
        if let (Some(actor), Some(subject)) = (actor, subject)
            && act.kind == ActKind::TokenDelegate
        {
            claim(actor, subject, EdgeKind::Delegated);
        }
        return;
    }
    if let (Some(actor), Some(token)) = (actor, token) {
        match act.kind {
            ActKind::TokenRevoke => claim(actor, token, EdgeKind::Revoked),
            ActKind::TokenUse | ActKind::TokenRefresh => claim(actor, token, EdgeKind::Used),
            _ => {}
        }
    }
    let secret = act.name(Role::Secret).map(|name| (Sort::Secret, name));
    if let (Some(with), Some(secret)) = (with, secret) {
        claim(
            with,
            secret,
            match act.kind {
                ActKind::SecretWrite | ActKind::SecretRotate => EdgeKind::Wrote,
                ActKind::SecretRevoke => EdgeKind::Revoked,
                _ => EdgeKind::Read,
            },
        );
    }
    if let (Some(secret), Some(token)) = (secret, token)
        && stores(act)
    {
        claim(secret, token, EdgeKind::Holds);
    }
    if let (Some(actor), Some(name)) = (actor, called(act)) {
        claim(actor, (Sort::Identity, name), EdgeKind::Called);
    }
    if let (Some(with), Some(tool)) = (with, act.name(Role::Tool)) {
        claim(with, (Sort::Tool, tool), EdgeKind::Called);
    }
    if let (Some(with), Some(resource)) = (with, act.name(Role::Resource)) {
        let changes = matches!(
            act.kind,
            ActKind::ResourceChange
                | ActKind::PolicyChange
                | ActKind::IdentityCreate
                | ActKind::IdentityChange
                | ActKind::IdentityDisable
                | ActKind::IdentityDelete
                | ActKind::LoggingStart
                | ActKind::LoggingStop
        );
        let kind = if changes {
            EdgeKind::Wrote
        } else {
            EdgeKind::Accessed
        };
        claim(with, (Sort::Resource, resource), kind);
    }
}

fn add(
    edges: &mut HashMap<(Key, Key, EdgeKind), Edge>,
    from: Key,
    to: Key,
    kind: EdgeKind,
    act: &Act,
) {
    let join = join(act, from, to);
    let edge = edges.entry((from, to, kind)).or_insert(Edge {
        kind,
        count: 0,
        first: None,
        last: None,
        join,
        verdict: Word::Verified,
        events: Vec::new(),
    });
    edge.count += 1;
    if let Some(time) = act.time {
        edge.first = Some(edge.first.map_or(time, |first| first.min(time)));
        edge.last = Some(edge.last.map_or(time, |last| last.max(time)));
    }
    edge.join = edge.join.max(join);
    edge.verdict = edge.verdict.min(act.verdict);
    if edge.events.len() < MOST_CITED {
        edge.events.push(act.event);
    }
}

/// What lies within so many edges of a node, whichever way they point.
fn near(
    whole: &DiGraph<Node, Edge>,
    middle: Option<NodeIndex>,
    hops: usize,
) -> DiGraph<Node, Edge> {
    let mut kept: HashSet<NodeIndex> = middle.into_iter().collect();
    let mut wait: VecDeque<(NodeIndex, usize)> =
        middle.map(|place| (place, 0)).into_iter().collect();
    while let Some((place, far)) = wait.pop_front() {
        if far >= hops {
            continue;
        }
        for direction in [Direction::Outgoing, Direction::Incoming] {
            for next in whole.neighbors_directed(place, direction) {
                if kept.insert(next) {
                    wait.push_back((next, far + 1));
                }
            }
        }
    }
    whole.filter_map(
        |place, node| kept.contains(&place).then(|| node.clone()),
        |_, edge| Some(edge.clone()),
    )
}
