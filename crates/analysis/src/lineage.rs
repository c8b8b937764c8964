//! From a credential's mint to its last use, its end and its children (`design/domain.md`, *Lineage*).

use crate::act::{Act, ActKind, EventId, Name, Role};
use crate::credential::{self, Join, is_use, kind_of, makes, minting_formats};
use crate::infer::{self, Inferred};
use crate::log::{Log, Window};
use crate::names::{Names, Sort};
use evidence::{Format, Micros, Word};
use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::ControlFlow;
use std::sync::Arc;

/// The most credentials of one tree.
pub const MOST_NODES: usize = 5_000;
/// The most generations of one tree, and of ancestors.
pub const MOST_DEPTH: usize = 64;
/// The most mints of one credential that are told.
const MOST_MINTS: usize = 16;

/// How often a credential was used, refused attempts counted too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Uses {
    /// Acts that name it as what authorised them.
    pub count: u64,
    /// Of these, denied or failed.
    pub refused: u64,
    /// When first.
    pub first: Option<Micros>,
    /// When last.
    pub last: Option<Micros>,
    /// The worst verdict of them.
    pub verdict: Option<Word>,
}

/// A moment that a record tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The event.
    pub event: EventId,
    /// When.
    pub time: Option<Micros>,
    /// The worst verdict of its records.
    pub verdict: Word,
}

impl Moment {
    fn of(act: &Act) -> Moment {
        Moment {
            event: act.event,
            time: act.time,
            verdict: act.verdict,
        }
    }
}

/// What a credential was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    /// The credential.
    pub credential: Arc<str>,
    /// How that is known.
    pub join: Join,
    /// The event that shows it.
    pub shown_by: EventId,
}

/// One credential of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The name it is shown by.
    pub credential: Arc<str>,
    /// Its other names.
    pub also: Vec<Arc<str>>,
    /// `aws-session`, `access-key`, `jwt`, `x509`, `vault-token`, `api-key`, `receipt-chain`, `unknown`.
    pub kind: &'static str,
    /// The earliest record of its making.
    pub minted: Option<Moment>,
    /// All records of it, at most sixteen.
    pub mints: Vec<EventId>,
    /// Who made it.
    pub minted_by: Option<Arc<str>>,
    /// The credential with which it was made.
    pub minted_with: Option<Arc<str>>,
    /// Whose it is; where no mint says so, who used it first.
    pub holder: Option<Arc<str>>,
    /// The holder's other names.
    pub holder_also: Vec<Arc<str>>,
    /// What it was made from.
    pub parent: Option<Parent>,
    /// Other parents that other records name: they cannot all be right.
    pub other_parents: Vec<Parent>,
    /// Candidates for a parent, none of which is chosen, and the seconds within which they were looked for.
    pub candidates: Vec<Arc<str>>,
    /// Its uses.
    pub uses: Uses,
    /// The earliest record that ends it.
    pub revoked: Option<Moment>,
    /// When it ends by itself, as the last record that says so has it.
    pub expires: Option<Micros>,
    /// Its scope, as the mint has it.
    pub scope: Option<Arc<str>>,
    /// How it is joined to the node above it in the tree.
    pub join: Option<Join>,
    /// Its children in the tree, by the time of their mint.
    pub children: Vec<usize>,
    /// Children that are not shown: too many, too deep, or an ancestor again.
    pub left_out: u64,
    /// It is an ancestor of itself: the records contradict each other.
    pub is_in_cycle: bool,
}

/// A tree of credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lineage {
    /// The nodes; the asked credential is the first, and each comes after the one above it.
    pub nodes: Vec<Node>,
    /// What the asked credential was made from, and that from, up to the root.
    pub ancestors: Vec<Parent>,
    /// The ancestors go in a circle, or there are more than [`MOST_DEPTH`].
    pub ancestors_cut: bool,
}

/// A file of the case, for what a silence is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The file.
    pub log: u32,
    /// Its path.
    pub path: String,
    /// Its format.
    pub format: Format,
    /// Its first dated record.
    pub from: Option<Micros>,
    /// Its last.
    pub until: Option<Micros>,
}

/// The sources that would hold the mint of a credential of this kind, in time's order: an orphan's
/// mint is in none of them, or before and after what they cover.
pub fn would_hold<'s>(kind: &str, sources: &'s [Source]) -> Vec<&'s Source> {
    let formats = minting_formats(kind);
    let mut found: Vec<&Source> = sources
        .iter()
        .filter(|source| formats.contains(&source.format) && source.from.is_some())
        .collect();
    found.sort_by(|one, other| (one.from, &one.path).cmp(&(other.from, &other.path)));
    found
}

/// A child that was found, before it is looked at itself.
struct Child {
    name: Name,
    join: Join,
    time: Option<Micros>,
    text: Arc<str>,
}

/// The tree of a credential. `name` is any of its names.
pub fn lineage<L: Log>(names: &mut Names<'_, L>, name: Name) -> Result<Lineage, L::Error> {
    let root = names.canonical(Sort::Credential, name)?;
    let mut nodes: Vec<Node> = Vec::new();
    let mut placed: HashSet<Name> = HashSet::from([root]);
    // Name, join to the node above, that node, generation.
    let mut wait: VecDeque<(Name, Option<Join>, Option<usize>, usize)> =
        VecDeque::from([(root, None, None, 0)]);
    while let Some((name, join, above, depth)) = wait.pop_front() {
        let (mut node, children) = look_at(names, name)?;
        node.join = join;
        let place = nodes.len();
        for child in children {
            if child.name == name {
                continue;
            }
            let is_room = depth + 1 < MOST_DEPTH && placed.len() < MOST_NODES;
            if !is_room || !placed.insert(child.name) {
                node.is_in_cycle |= child.name == root;
                node.left_out += 1;
                continue;
            }
            wait.push_back((child.name, Some(child.join), Some(place), depth + 1));
        }
        nodes.push(node);
        if let Some(above) = above {
            nodes[above].children.push(place);
        }
    }
    let (ancestors, ancestors_cut) = ancestors(names, root, &nodes[0])?;
    Ok(Lineage {
        nodes,
        ancestors,
        ancestors_cut,
    })
}

fn ancestors<L: Log>(
    names: &mut Names<'_, L>,
    root: Name,
    node: &Node,
) -> Result<(Vec<Parent>, bool), L::Error> {
    let mut found: Vec<Parent> = Vec::new();
    let mut seen = HashSet::from([root]);
    let mut next = node.parent.clone();
    while let Some(parent) = next {
        let Some(name) = names.log.name(&parent.credential)? else {
            break;
        };
        found.push(parent);
        if !seen.insert(name) || found.len() >= MOST_DEPTH {
            return Ok((found, true));
        }
        next = parents_of(names, name)?.into_iter().next();
    }
    Ok((found, false))
}

/// The parents of a credential that records name, the earliest first; the inferred one where none
/// does.
fn parents_of<L: Log>(names: &mut Names<'_, L>, name: Name) -> Result<Vec<Parent>, L::Error> {
    let mints = mints_of(names, name)?;
    let mut found = named_parents(names, name, &mints)?;
    if found.is_empty()
        && let Some(Inferred::One(parent)) = infer::parent(names, &mints)?
    {
        found.push(Parent {
            credential: names.text(parent.name)?,
            join: Join::Inferred,
            shown_by: parent.shown_by,
        });
    }
    Ok(found)
}

fn named_parents<L: Log>(
    names: &mut Names<'_, L>,
    name: Name,
    mints: &[Act],
) -> Result<Vec<Parent>, L::Error> {
    let mut found: Vec<Parent> = Vec::new();
    let mut seen = HashSet::new();
    for mint in mints {
        let Some(parent) = credential::parent(mint) else {
            continue;
        };
        let parent = names.canonical(Sort::Credential, parent)?;
        if parent == name || !seen.insert(parent) {
            continue;
        }
        found.push(Parent {
            credential: names.text(parent)?,
            join: Join::by_id(mint.format),
            shown_by: mint.event,
        });
    }
    Ok(found)
}

/// The records of a credential's making, the earliest first; of equal times in the order of their
/// texts.
pub(crate) fn mints_of<L: Log>(names: &mut Names<'_, L>, name: Name) -> Result<Vec<Act>, L::Error> {
    let mut mints: Vec<Act> = Vec::new();
    for name in names.all(Sort::Credential, name)? {
        names
            .log
            .acts(Role::Token, name, Window::default(), &mut |act| {
                if makes(act) == Some(name) {
                    mints.push(act.clone());
                }
                if mints.len() < MOST_MINTS {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            })?;
    }
    let mut keyed = Vec::with_capacity(mints.len());
    for mint in mints {
        let mut key = Vec::new();
        for role in [
            Role::TokenParent,
            Role::Credential,
            Role::Actor,
            Role::Subject,
        ] {
            key.push(match mint.name(role) {
                Some(name) => Some(names.text(name)?),
                None => None,
            });
        }
        keyed.push(((mint.time.is_none(), mint.time, key, mint.event), mint));
    }
    keyed.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(keyed.into_iter().map(|(_, mint)| mint).collect())
}

/// Everything about one credential, and its children.
fn look_at<L: Log>(names: &mut Names<'_, L>, name: Name) -> Result<(Node, Vec<Child>), L::Error> {
    let class = names.class(Sort::Credential, name)?;
    let mints = mints_of(names, name)?;
    let mut uses = Uses::default();
    let mut made: HashMap<Name, (Join, Option<Micros>)> = HashMap::new();
    let mut first_user: Option<(Option<Micros>, Name)> = None;
    let (mut revoked, mut expires) = (None::<Moment>, None);
    let mut format = mints.first().map(|mint| mint.format);
    let log = names.log;
    for &known in &class.names {
        log.acts(Role::Credential, known, Window::default(), &mut |act| {
            format.get_or_insert(act.format);
            if is_use(act) {
                uses.count += 1;
                uses.refused += u64::from(!act.done());
                if let Some(time) = act.time {
                    uses.first = Some(uses.first.map_or(time, |first| first.min(time)));
                    uses.last = Some(uses.last.map_or(time, |last| last.max(time)));
                }
                uses.verdict = Some(uses.verdict.map_or(act.verdict, |v| v.min(act.verdict)));
                if let Some(actor) = act.name(Role::Actor)
                    && act.done()
                    && makes(act).is_none()
                    && first_user.is_none_or(|(at, _)| earlier(act.time, at))
                {
                    first_user = Some((act.time, actor));
                }
            }
            if let Some(token) = makes(act)
                && credential::parent(act) == Some(known)
            {
                child(&mut made, token, act);
            }
            ControlFlow::Continue(())
        })?;
        log.acts(Role::TokenParent, known, Window::default(), &mut |act| {
            format.get_or_insert(act.format);
            if let Some(token) = makes(act) {
                child(&mut made, token, act);
            }
            ControlFlow::Continue(())
        })?;
        log.acts(Role::Token, known, Window::default(), &mut |act| {
            format.get_or_insert(act.format);
            if act.kind == ActKind::TokenRevoke && act.done() {
                let moment = Moment::of(act);
                if revoked.is_none_or(|known: Moment| earlier(moment.time, known.time)) {
                    revoked = Some(moment);
                }
            }
            let prolongs = act.kind == ActKind::TokenRefresh && act.done();
            if act.expires.is_some() && (prolongs || makes(act) == Some(known)) {
                expires = expires.max(act.expires);
            }
            if act.kind == ActKind::TokenUse && act.name(Role::Credential) != Some(known) {
                uses.count += 1;
                uses.refused += u64::from(!act.done());
                if let Some(time) = act.time {
                    uses.first = Some(uses.first.map_or(time, |first| first.min(time)));
                    uses.last = Some(uses.last.map_or(time, |last| last.max(time)));
                }
            }
            ControlFlow::Continue(())
        })?;
    }
    let mut parents = named_parents(names, name, &mints)?;
    let mut candidates = Vec::new();
    if parents.is_empty() {
        match infer::parent(names, &mints)? {
            Some(Inferred::One(parent)) => parents.push(Parent {
                credential: names.text(parent.name)?,
                join: Join::Inferred,
                shown_by: parent.shown_by,
            }),
            Some(Inferred::Several(several)) => {
                for name in several {
                    candidates.push(names.text(name)?);
                }
                candidates.sort();
            }
            None => {}
        }
    }
    let mut parents = parents.into_iter();
    let first = mints.first();
    let holder = mints
        .iter()
        .find_map(|mint| mint.name(Role::Subject))
        .or(first_user.map(|(_, actor)| actor));
    let mut holder_also = Vec::new();
    if let Some(holder) = holder {
        for other in names.all(Sort::Identity, holder)? {
            if other != holder && holder_also.len() < MOST_MINTS {
                holder_also.push(names.text(other)?);
            }
        }
    }
    let credential = names.text(class.canonical)?;
    let mut also = Vec::new();
    for &other in class
        .names
        .iter()
        .filter(|other| **other != class.canonical)
    {
        also.push(names.text(other)?);
    }
    let text_of = |names: &mut Names<'_, L>, name: Option<Name>| {
        name.map(|name| names.text(name)).transpose()
    };
    let node = Node {
        kind: kind_of(&credential, format.unwrap_or(Format::Unknown)),
        also,
        minted: first.map(Moment::of),
        mints: mints.iter().map(|mint| mint.event).collect(),
        minted_by: text_of(names, mints.iter().find_map(|mint| mint.name(Role::Actor)))?,
        minted_with: text_of(
            names,
            mints.iter().find_map(|mint| mint.name(Role::Credential)),
        )?,
        holder: text_of(names, holder)?,
        holder_also,
        parent: parents.next(),
        other_parents: parents.collect(),
        candidates,
        uses,
        revoked,
        expires,
        scope: text_of(names, mints.iter().find_map(|mint| mint.name(Role::Scope)))?,
        join: None,
        children: Vec::new(),
        left_out: 0,
        is_in_cycle: false,
        credential,
    };
    let children = children(names, name, &mints, made)?;
    Ok((node, children))
}

fn child(made: &mut HashMap<Name, (Join, Option<Micros>)>, token: Name, act: &Act) {
    let found = (Join::by_id(act.format), act.time);
    made.entry(token)
        .and_modify(|known| {
            known.0 = known.0.min(found.0);
            if earlier(found.1, known.1) {
                known.1 = found.1;
            }
        })
        .or_insert(found);
}

/// Whether a time is before another; an unknown one is last.
fn earlier(one: Option<Micros>, other: Option<Micros>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one < other,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

/// The children, by the time of their mint and then by text.
fn children<L: Log>(
    names: &mut Names<'_, L>,
    name: Name,
    mints: &[Act],
    made: HashMap<Name, (Join, Option<Micros>)>,
) -> Result<Vec<Child>, L::Error> {
    let mut joined: HashMap<Name, (Join, Option<Micros>)> = HashMap::new();
    for (token, (join, time)) in made {
        let token = names.canonical(Sort::Credential, token)?;
        let known = joined.entry(token).or_insert((join, time));
        known.0 = known.0.min(join);
        if earlier(time, known.1) {
            known.1 = time;
        }
    }
    for (token, act) in infer::children(names, name, mints)? {
        joined.entry(token).or_insert((Join::Inferred, act.time));
    }
    let mut children = Vec::with_capacity(joined.len());
    for (name, (join, time)) in joined {
        children.push(Child {
            name,
            join,
            time,
            text: names.text(name)?,
        });
    }
    children.sort_by(|one, other| {
        (one.time.is_none(), one.time, &one.text).cmp(&(
            other.time.is_none(),
            other.time,
            &other.text,
        ))
    });
    Ok(children)
}
