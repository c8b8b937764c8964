//! Which names stand for one thing.
//!
//! Two names are one where a record calls the thing by both, or where the analyst says so. A name
//! that records give to two things joins nothing: it is told as ambiguous.

use crate::act::{EventId, Name};
use crate::log::{Alias, Log};
use crate::{Act, Role, Window};
use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::ControlFlow;
use std::rc::Rc;
use std::sync::Arc;

/// The most names that one thing is followed under. A role has a name for each of its sessions.
pub const MOST_NAMES: usize = 2_000;

/// What sort of thing a name is looked up as: an identity's other names are not a credential's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    /// An agent, workload, service, person …
    Identity,
    /// A key, a token, a session.
    Credential,
    /// A secret.
    Secret,
    /// Data or a system.
    Resource,
    /// A tool.
    Tool,
}

impl Sort {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Sort::Identity => "identity",
            Sort::Credential => "credential",
            Sort::Secret => "secret",
            Sort::Resource => "resource",
            Sort::Tool => "tool",
        }
    }

    /// In what capacities an act names such a thing.
    pub fn roles(self) -> &'static [Role] {
        match self {
            Sort::Identity => &[Role::Actor, Role::Subject],
            Sort::Credential => &[Role::Credential, Role::Token, Role::TokenParent],
            Sort::Secret => &[Role::Secret],
            Sort::Resource => &[Role::Resource],
            Sort::Tool => &[Role::Tool],
        }
    }

    /// All of them, in the order in which an id is looked for.
    pub const ALL: [Sort; 5] = [
        Sort::Credential,
        Sort::Identity,
        Sort::Secret,
        Sort::Tool,
        Sort::Resource,
    ];
}

/// What the analyst says of two names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The one.
    pub one: String,
    /// The other.
    pub other: String,
    /// They are one identity, or they are not, whatever a record says.
    pub same: bool,
}

/// How two names are known to be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Learnt {
    /// A record names both.
    Record(EventId),
    /// The analyst says so.
    Analyst,
}

/// A name that several things claim, and that joins none of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ambiguous {
    /// The name.
    pub alias: Name,
    /// Who is called so, by text's order, and the earliest record of each that says it.
    pub claimed_by: Vec<(Name, EventId)>,
}

/// The names of one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// The one that it is shown by.
    pub canonical: Name,
    /// All, the canonical one first, then by text's order.
    pub names: Vec<Name>,
    /// How each name but the canonical is joined: to which other name, and how that is known.
    pub links: Vec<(Name, Name, Learnt)>,
    /// Names that join nothing.
    pub ambiguous: Vec<Ambiguous>,
    /// There are more names than [`MOST_NAMES`]; the others are left out.
    pub is_cut: bool,
}

/// Looks names up in a log, and remembers.
pub struct Names<'l, L: Log> {
    pub(crate) log: &'l L,
    texts: HashMap<Name, Arc<str>>,
    classes: HashMap<(Sort, Name), Rc<Class>>,
    aliases: HashMap<Name, Rc<Vec<Alias>>>,
    /// All aliases are in `aliases`.
    is_whole: bool,
    same: HashMap<Name, Vec<Name>>,
    apart: HashSet<(Name, Name)>,
}

impl<'l, L: Log> Names<'l, L> {
    /// Names as records and the analyst tell them.
    pub fn new(log: &'l L, said: &[Said]) -> Result<Names<'l, L>, L::Error> {
        let (mut same, mut apart) = (HashMap::<Name, Vec<Name>>::new(), HashSet::new());
        for said in said {
            let (Some(one), Some(other)) = (log.name(&said.one)?, log.name(&said.other)?) else {
                continue;
            };
            if said.same {
                same.entry(one).or_default().push(other);
                same.entry(other).or_default().push(one);
            } else {
                apart.insert((one, other));
                apart.insert((other, one));
            }
        }
        Ok(Names {
            log,
            texts: HashMap::new(),
            classes: HashMap::new(),
            aliases: HashMap::new(),
            is_whole: false,
            same,
            apart,
        })
    }

    /// The log that is read.
    pub fn log(&self) -> &'l L {
        self.log
    }

    /// Reads all aliases at once, for those who pass over the whole log anyway.
    pub fn read_all(&mut self) -> Result<(), L::Error> {
        let mut all: HashMap<Name, Vec<Alias>> = HashMap::new();
        for alias in self.log.aliases()? {
            all.entry(alias.name).or_default().push(alias);
            if alias.alias != alias.name {
                all.entry(alias.alias).or_default().push(alias);
            }
        }
        self.aliases = all
            .into_iter()
            .map(|(name, aliases)| (name, Rc::new(aliases)))
            .collect();
        self.is_whole = true;
        Ok(())
    }

    /// The text of a name.
    pub fn text(&mut self, name: Name) -> Result<Arc<str>, L::Error> {
        if let Some(text) = self.texts.get(&name) {
            return Ok(text.clone());
        }
        let text = self.log.text(name)?;
        self.texts.insert(name, text.clone());
        Ok(text)
    }

    fn aliases_of(&mut self, name: Name) -> Result<Rc<Vec<Alias>>, L::Error> {
        if let Some(aliases) = self.aliases.get(&name) {
            return Ok(aliases.clone());
        }
        let aliases = Rc::new(if self.is_whole {
            Vec::new()
        } else {
            self.log.aliases_of(name)?
        });
        self.aliases.insert(name, aliases.clone());
        Ok(aliases)
    }

    /// Who is called `alias`, each once, and the earliest record that says so.
    fn claimants(&mut self, sort: Sort, alias: Name) -> Result<Vec<(Name, EventId)>, L::Error> {
        let mut claimed: Vec<(Name, EventId)> = Vec::new();
        for told in self.aliases_of(alias)?.iter() {
            if told.alias != alias || !sort.roles().contains(&told.role) {
                continue;
            }
            match claimed.iter_mut().find(|(name, _)| *name == told.name) {
                Some((_, event)) => *event = told.learnt.min(*event),
                None => claimed.push((told.name, told.learnt)),
            }
        }
        Ok(claimed)
    }

    /// All names of what this name stands for.
    pub fn class(&mut self, sort: Sort, name: Name) -> Result<Rc<Class>, L::Error> {
        if let Some(class) = self.classes.get(&(sort, name)) {
            return Ok(class.clone());
        }
        let mut seen = HashSet::from([name]);
        let mut wait = VecDeque::from([name]);
        let mut links = Vec::new();
        let mut ambiguous: Vec<Ambiguous> = Vec::new();
        let mut claims = HashSet::new();
        let mut is_cut = false;
        while let Some(name) = wait.pop_front() {
            let mut near: Vec<(Name, Learnt)> = Vec::new();
            for told in self.aliases_of(name)?.iter() {
                if !sort.roles().contains(&told.role) || told.name == told.alias {
                    continue;
                }
                claims.insert(told.name);
                let claimed = self.claimants(sort, told.alias)?;
                let Some((_, learnt)) = claimed.iter().find(|(by, _)| *by == told.name).copied()
                else {
                    continue;
                };
                if claimed.len() > 1 && !is_of_one(&self.text(told.alias)?) {
                    if !ambiguous.iter().any(|known| known.alias == told.alias) {
                        ambiguous.push(Ambiguous {
                            alias: told.alias,
                            claimed_by: claimed,
                        });
                    }
                    continue;
                }
                let other = if told.name == name {
                    told.alias
                } else {
                    told.name
                };
                near.push((other, Learnt::Record(learnt)));
            }
            if sort == Sort::Identity {
                near.extend(
                    self.same
                        .get(&name)
                        .into_iter()
                        .flatten()
                        .map(|other| (*other, Learnt::Analyst)),
                );
            }
            let mut ordered = Vec::with_capacity(near.len());
            for (other, learnt) in near {
                ordered.push((self.text(other)?, other, learnt));
            }
            ordered.sort_by(|one, other| one.0.cmp(&other.0));
            for (_, other, learnt) in ordered {
                if seen.contains(&other) || self.apart.contains(&(name, other)) {
                    continue;
                }
                if seen.len() >= MOST_NAMES {
                    is_cut = true;
                    continue;
                }
                seen.insert(other);
                links.push((other, name, learnt));
                wait.push_back(other);
            }
        }
        let mut named = Vec::with_capacity(seen.len());
        for name in seen {
            let text = self.text(name)?;
            // What events name a thing by goes before what it is called too.
            let is_called =
                sort == Sort::Credential && !claims.is_empty() && !claims.contains(&name);
            named.push((is_called, rank(&text), text, name));
        }
        named.sort();
        let names: Vec<Name> = named.iter().map(|(.., name)| *name).collect();
        if names[0] != name && !is_cut {
            // Told from the name that it is shown by, whichever was asked for first.
            return self.class(sort, names[0]);
        }
        let mut placed = Vec::with_capacity(links.len());
        for (other, name, learnt) in links {
            placed.push((self.text(other)?, other, name, learnt));
        }
        placed.sort_by(|one, other| one.0.cmp(&other.0));
        for known in &mut ambiguous {
            let mut claimed = Vec::with_capacity(known.claimed_by.len());
            for (name, learnt) in &known.claimed_by {
                claimed.push((self.text(*name)?, *name, *learnt));
            }
            claimed.sort();
            known.claimed_by = claimed
                .into_iter()
                .map(|(_, name, learnt)| (name, learnt))
                .collect();
        }
        let mut known = Vec::with_capacity(ambiguous.len());
        for one in ambiguous {
            known.push((self.text(one.alias)?, one));
        }
        known.sort_by(|one, other| one.0.cmp(&other.0));
        let class = Rc::new(Class {
            canonical: names[0],
            names,
            links: placed
                .into_iter()
                .map(|(_, other, name, learnt)| (other, name, learnt))
                .collect(),
            ambiguous: known.into_iter().map(|(_, one)| one).collect(),
            is_cut,
        });
        if !class.is_cut {
            for name in &class.names {
                self.classes.insert((sort, *name), class.clone());
            }
        }
        self.classes.insert((sort, name), class.clone());
        Ok(class)
    }

    /// The name that a thing is shown by. Only identities and credentials have several.
    pub fn canonical(&mut self, sort: Sort, name: Name) -> Result<Name, L::Error> {
        match sort {
            Sort::Identity | Sort::Credential => Ok(self.class(sort, name)?.canonical),
            _ => Ok(name),
        }
    }

    /// All names of a thing.
    pub fn all(&mut self, sort: Sort, name: Name) -> Result<Vec<Name>, L::Error> {
        match sort {
            Sort::Identity | Sort::Credential => Ok(self.class(sort, name)?.names.clone()),
            _ => Ok(vec![name]),
        }
    }

    /// Whether any act names this in one of these roles.
    pub fn is_named(&self, name: Name, roles: &[Role]) -> Result<bool, L::Error> {
        for role in roles {
            let mut found = false;
            self.log
                .acts(*role, name, Window::default(), &mut |_: &Act| {
                    found = true;
                    ControlFlow::Break(())
                })?;
            if found {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether a name means one identity wherever it stands: several names that are also this one are
/// names of that identity. An ARN is unique (a role's sessions each name their role), a name in its
/// AWS account is, and a SPIFFE id is within its trust domain, which it names. A service account's
/// name is not: another cluster may have the same.
fn is_of_one(alias: &str) -> bool {
    const BEGIN: [&str; 4] = ["arn:", "aws:role:", "aws:user:", "spiffe://"];
    BEGIN.iter().any(|begin| alias.starts_with(begin))
}

/// Names that say most of what they name go first, whatever the order of import.
fn rank(text: &str) -> u8 {
    const ORDER: [&str; 4] = ["spiffe://", "arn:aws:iam::", "system:", "arn:"];
    let found = ORDER.iter().position(|begin| text.starts_with(begin));
    match found {
        Some(place) => place as u8,
        None if text.starts_with("vault:entity:") => 5,
        None if text.starts_with("vault:name:") || text.starts_with("k8s:user:") => 6,
        None => 4,
    }
}

/// What an id that was asked for stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// One thing: its sort and the name that it is shown by.
    One(Sort, Name),
    /// Several things, each with its sort.
    Several(Vec<(Sort, Arc<str>)>),
    /// Nothing.
    Nothing,
}

/// What stands before a native id in a canonical one.
const BEFORE: [&str; 11] = [
    "JTI=",
    "jti:",
    "X509SHA256=",
    "vault:",
    "vault:entity:",
    "vault:name:",
    "aws:secret:",
    "aws:ssm:",
    "k8s:secret:",
    "k8s:user:",
    "hmac-sha256:",
];

/// Finds what an id stands for: a name as it is, else a native id within a canonical one, looked for
/// among `sorts` in their order. A name that records give to several things finds all of them.
pub fn find<L: Log>(
    names: &mut Names<'_, L>,
    text: &str,
    sorts: &[Sort],
) -> Result<Found, L::Error> {
    if let Some(name) = names.log.name(text)? {
        let found = sorts_of(names, name, sorts)?;
        if found != Found::Nothing {
            return Ok(found);
        }
    }
    let mut several = Vec::new();
    for before in BEFORE {
        let Some(name) = names.log.name(&format!("{before}{text}"))? else {
            continue;
        };
        if let Found::One(sort, name) = sorts_of(names, name, sorts)? {
            several.push((sort, name));
        }
    }
    several.dedup();
    match several.as_slice() {
        [] => Ok(Found::Nothing),
        [(sort, name)] => Ok(Found::One(*sort, *name)),
        _ => {
            let mut told = Vec::new();
            for (sort, name) in several {
                told.push((sort, names.text(name)?));
            }
            Ok(Found::Several(told))
        }
    }
}

fn sorts_of<L: Log>(
    names: &mut Names<'_, L>,
    name: Name,
    sorts: &[Sort],
) -> Result<Found, L::Error> {
    for &sort in sorts {
        let is_named = names.is_named(name, sort.roles())?;
        if !matches!(sort, Sort::Identity | Sort::Credential) {
            if is_named {
                return Ok(Found::One(sort, name));
            }
            continue;
        }
        let class = names.class(sort, name)?;
        let claimed = class.ambiguous.iter().find(|known| known.alias == name);
        if let (false, Some(claimed)) = (is_named, claimed) {
            let mut told = Vec::new();
            for (by, _) in &claimed.claimed_by {
                told.push((sort, names.text(*by)?));
            }
            return Ok(Found::Several(told));
        }
        let mut named = is_named;
        for other in &class.names {
            named = named || names.is_named(*other, sort.roles())?;
        }
        if named {
            return Ok(Found::One(sort, class.canonical));
        }
    }
    Ok(Found::Nothing)
}

#[cfg(test)]
mod tests;
