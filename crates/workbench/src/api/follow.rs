//! Who acted, what came from what, and what could be touched.

use super::Word;
use serde::Serialize;
use ts_rs::TS;

/// An identity and its names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct IdentityView {
    /// The name that it is shown by.
    pub id: String,
    /// `agent`, `workload`, `service`, `human`, `device`, `unknown`; `contradicting` where records
    /// say several.
    pub kind: String,
    /// What kinds records give it, and how many do.
    pub kinds: Vec<KindCount>,
    /// Its other names.
    pub aliases: Vec<AliasView>,
    /// Names that other identities have too: they join nothing.
    pub ambiguous: Vec<AmbiguousView>,
    /// How many acts it did.
    pub acts: u64,
    /// Of these, denied or failed.
    pub refused: u64,
    /// In how many acts it was the one that it was done for or to.
    pub subject: u64,
    /// When first, RFC 3339.
    pub first: Option<String>,
    /// When last.
    pub last: Option<String>,
    /// The worst verdict of its acts.
    pub verdict: Word,
    /// It has more names than are followed.
    pub names_left_out: bool,
}

/// A kind, and how many records give it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct KindCount {
    /// The kind.
    pub kind: String,
    /// How many records.
    pub records: u64,
}

/// Another name, and how it was learnt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct AliasView {
    /// The name.
    pub name: String,
    /// The name that it was learnt with.
    pub with: String,
    /// The event whose record names both; null where the analyst says it.
    pub learnt: Option<String>,
    /// How the analyst knows.
    pub how: Option<String>,
}

/// A name that several identities have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct AmbiguousView {
    /// The name.
    pub name: String,
    /// Who has it, and the record that says so.
    pub claimed_by: Vec<AliasView>,
}

/// The uses of a credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct UsesView {
    /// How often, refused attempts counted.
    pub count: u64,
    /// When first.
    pub first: Option<String>,
    /// When last.
    pub last: Option<String>,
    /// Of these, denied or failed.
    pub refused: u64,
    /// The worst verdict of them.
    pub verdict: Option<Word>,
}

/// What a credential was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ParentView {
    /// The credential.
    pub credential: String,
    /// `exact`, `salted`, `inferred`.
    pub join: String,
    /// The event that shows it.
    pub shown_by: String,
}

/// A source that would hold a credential's mint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CoveredView {
    /// Its path.
    pub source: String,
    /// Its format.
    pub format: String,
    /// Its first dated record.
    pub from: Option<String>,
    /// Its last.
    pub until: Option<String>,
}

/// A credential and what came from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct LineageView {
    /// The name it is shown by.
    pub credential: String,
    /// `aws-session`, `access-key`, `jwt`, `x509`, `vault-token`, `api-key`, `receipt-chain`, `unknown`.
    pub kind: String,
    /// The earliest event that made it.
    pub minted: Option<String>,
    /// Who made it.
    pub minted_by: Option<String>,
    /// Whose it is.
    pub holder: Option<String>,
    /// What it was made from.
    pub parent: Option<String>,
    /// Its uses.
    pub uses: UsesView,
    /// The earliest event that ends it.
    pub revoked: Option<String>,
    /// When it ends by itself.
    pub expires: Option<String>,
    /// How it is joined to the one above it in the tree.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub join: Option<String>,
    /// What was made from it.
    pub children: Vec<LineageView>,
    /// When it was made.
    pub minted_at: Option<String>,
    /// The verdict of the event that made it.
    pub minted_verdict: Option<Word>,
    /// All events that tell of its making.
    pub mints: Vec<String>,
    /// The credential with which it was made.
    pub minted_with: Option<String>,
    /// Its other names.
    pub aliases: Vec<String>,
    /// The holder's other names.
    pub holder_aliases: Vec<String>,
    /// How the parent is known.
    pub parent_join: Option<String>,
    /// The event that shows the parent.
    pub parent_shown_by: Option<String>,
    /// Other parents that records name.
    pub other_parents: Vec<ParentView>,
    /// Candidates for an inferred parent, none of which is chosen.
    pub candidates: Vec<String>,
    /// Its scope.
    pub scope: Option<String>,
    /// When it was revoked.
    pub revoked_at: Option<String>,
    /// Children that are not shown.
    pub children_left_out: u64,
    /// Records make it an ancestor of itself.
    pub in_cycle: bool,
}

/// A tree of credentials: that of the one asked for, and what is above it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct LineageTree {
    /// The asked credential.
    #[serde(flatten)]
    pub tree: LineageView,
    /// What it was made from, and that from, up to the root.
    pub ancestors: Vec<ParentView>,
    /// The ancestors go in a circle or on for too long.
    pub ancestors_cut: bool,
    /// Where no mint is in the evidence: the sources that would hold it, from first to last record.
    pub coverage: Vec<CoveredView>,
    /// Stretches of any source that are missing, by the stream's id.
    pub gaps: Vec<super::GapRow>,
    /// Within how many seconds an inferred parent is looked for.
    pub inferred_within_seconds: i64,
}

/// A node of the graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct NodeView {
    /// Its id; of a group, what its members share.
    pub id: String,
    /// `identity`, `credential`, `secret`, `resource`, `tool`.
    pub kind: String,
    /// How many things it stands for.
    pub members: u64,
    /// Of a group, some of them.
    pub named: Vec<String>,
    /// The worst verdict of its edges.
    pub verdict: Word,
    /// First and last act.
    pub first: Option<String>,
    /// The last.
    pub last: Option<String>,
    /// Where it stands, 0 to 10,000.
    pub x: i32,
    /// The same, downwards.
    pub y: i32,
}

/// An edge of the graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct EdgeView {
    /// The id of its beginning.
    pub from: String,
    /// The id of its end.
    pub to: String,
    /// The place of its beginning among the nodes.
    pub source: usize,
    /// The place of its end.
    pub target: usize,
    /// `called`, `minted`, `exchanged`, `delegated`, `used`, `read`, `wrote`, `accessed`, `decided`,
    /// `revoked`, `holds`.
    pub kind: String,
    /// How many acts.
    pub count: u64,
    /// The first.
    pub first: Option<String>,
    /// The last.
    pub last: Option<String>,
    /// `exact`, `salted`, `inferred`.
    pub join: String,
    /// The worst verdict of its acts.
    pub verdict: Word,
    /// The earliest events that show it.
    pub events: Vec<String>,
}

/// The graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct GraphView {
    /// By kind and id.
    pub nodes: Vec<NodeView>,
    /// By their ends and kind.
    pub edges: Vec<EdgeView>,
    /// Of how many acts it is made.
    pub acts: u64,
    /// Acts that were refused or failed, which claim nothing.
    pub refused: u64,
    /// How many nodes there were before they were grouped.
    pub all_nodes: usize,
    /// How many edges.
    pub all_edges: usize,
    /// Whether nodes were grouped.
    pub grouped: bool,
}

/// A step of a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct StepView {
    /// The event that it is.
    pub event: String,
    /// When.
    pub time: String,
    /// From what.
    pub from: String,
    /// To what.
    pub to: String,
    /// The event's type.
    #[serde(rename = "type")]
    pub kind: String,
    /// How the event is joined to what it goes from.
    pub join: String,
    /// The verdict of the event.
    pub verdict: Word,
    /// Microseconds since the step before it.
    pub waited: Option<i64>,
    /// Why the path is *may* from here on, or before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub why_may: Option<String>,
}

/// A path of certainty *must* to a thing that a path of *may* reaches earlier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct MustView {
    /// When it ends.
    pub at: String,
    /// The worst verdict of its steps.
    pub verdict: Word,
    /// Its steps.
    pub path: Vec<StepView>,
}

/// A thing that was reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ReachedView {
    /// Its id.
    pub id: String,
    /// `identity`, `credential`, `secret`, `resource`, `tool`.
    pub kind: String,
    /// Of the earliest path: `must` or `may`.
    pub certainty: String,
    /// When the earliest path ends.
    pub at: String,
    /// The worst verdict of its steps.
    pub verdict: Word,
    /// The earliest path.
    pub path: Vec<StepView>,
    /// Steps before these that are left out.
    pub path_left_out: usize,
    /// Where the earliest path is *may*: the earliest one that is *must*, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub must: Option<MustView>,
}

/// What is to be revoked or rotated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct EndingView {
    /// Its id.
    pub id: String,
    /// When it was reached; null where it is the start.
    pub at: Option<String>,
    /// Whether it must have been, or may.
    pub certainty: String,
    /// When it ends by itself.
    pub expires: Option<String>,
}

/// What could be touched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ReachView {
    /// From where.
    pub from: String,
    /// What that is.
    pub from_kind: String,
    /// From which moment on.
    pub after: Option<String>,
    /// Backwards: `reached` is where `from` came from, each with its latest path to it.
    pub origin: bool,
    /// How far two sources' clocks may be apart.
    pub tolerance_seconds: i64,
    /// What was reached, by time.
    pub reached: Vec<ReachedView>,
    /// The search ended before everything was found.
    pub left_out: bool,
    /// Credentials reached that nothing ended.
    pub revoke: Vec<EndingView>,
    /// How many of those reached were revoked.
    pub revoked: u64,
    /// How many ended by themselves before the evidence ends.
    pub expired: u64,
    /// Secrets reached that were not rotated since.
    pub rotate: Vec<EndingView>,
    /// How many were.
    pub rotated: u64,
}
