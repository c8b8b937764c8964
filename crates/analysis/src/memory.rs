//! A log in memory: what tests of reconstruction ask instead of a case file.

use crate::act::{Act, ActKind, Decision, Ended, EventId, Name, Role};
use crate::log::{Alias, Log, Window};
use evidence::{Format, Micros, Word};
use std::collections::HashMap;
use std::convert::Infallible;
use std::ops::ControlFlow;
use std::sync::Arc;

/// An act as a test tells it: texts instead of numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its type in the audit bundle's vocabulary.
    pub kind: ActKind,
    /// When.
    pub time: Option<Micros>,
    /// The file.
    pub log: u32,
    /// The format of that file.
    pub format: Format,
    /// How it ended.
    pub ended: Ended,
    /// What the policy said.
    pub decision: Decision,
    /// When the credential that it made ends.
    pub expires: Option<Micros>,
    /// The worst verdict of its records.
    pub verdict: Word,
    /// What it names.
    pub names: Vec<(Role, String)>,
    /// Other names: in what capacity the act names it, and what it is called too.
    pub aliases: Vec<(Role, String)>,
}

impl Told {
    /// A successful act of file 1, an audit bundle's, `at` seconds after the epoch.
    pub fn new(kind: &str, at: i64) -> Told {
        Told {
            kind: ActKind::of(kind),
            time: Some(Micros(at.saturating_mul(1_000_000))),
            log: 1,
            format: Format::NhiAuditBundle,
            ended: Ended::Success,
            decision: Decision::Unsaid,
            expires: None,
            verdict: Word::Verified,
            names: Vec::new(),
            aliases: Vec::new(),
        }
    }

    /// Names something in a role.
    #[must_use]
    pub fn with(mut self, role: Role, text: &str) -> Told {
        self.names.push((role, text.to_owned()));
        self
    }

    /// In another file, of this format.
    #[must_use]
    pub fn of(mut self, log: u32, format: Format) -> Told {
        (self.log, self.format) = (log, format);
        self
    }

    /// Calls what it names in this role by another name too.
    #[must_use]
    pub fn alias(mut self, role: Role, text: &str) -> Told {
        self.aliases.push((role, text.to_owned()));
        self
    }

    /// Ends so.
    #[must_use]
    pub fn ended(mut self, ended: Ended) -> Told {
        self.ended = ended;
        self
    }
}

/// Acts in memory.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    texts: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, Name>,
    acts: Vec<Act>,
    aliases: Vec<Alias>,
    /// Where in `acts` something is named; in time's order.
    named: HashMap<(Role, Name), Vec<usize>>,
    events: HashMap<EventId, usize>,
    in_order: Vec<usize>,
}

impl Memory {
    /// Takes acts in the order of their records: an act's number is its file's and how many acts of
    /// that file came before it.
    pub fn of(told: impl IntoIterator<Item = Told>) -> Memory {
        let mut memory = Memory::default();
        let mut ordinals: HashMap<u32, u64> = HashMap::new();
        for told in told {
            let ordinal = ordinals.entry(told.log).or_default();
            let event = EventId(u64::from(told.log) << 32 | *ordinal);
            *ordinal += 1;
            memory.take(event, &told);
        }
        memory.index();
        memory
    }

    fn take(&mut self, event: EventId, told: &Told) {
        let mut names = [None; Role::COUNT];
        for (role, text) in &told.names {
            names[*role as usize] = Some(self.number(text));
        }
        for (role, text) in &told.aliases {
            let alias = self.number(text);
            let Some(name) = names[*role as usize].filter(|name| *name != alias) else {
                continue;
            };
            let known = self
                .aliases
                .iter()
                .any(|known| (known.name, known.alias, known.role) == (name, alias, *role));
            if !known {
                self.aliases.push(Alias {
                    name,
                    alias,
                    role: *role,
                    learnt: event,
                });
            }
        }
        self.acts.push(Act {
            event,
            log: told.log,
            format: told.format,
            time: told.time,
            kind: told.kind,
            names,
            ended: told.ended,
            decision: told.decision,
            expires: told.expires,
            shown: 0,
            verdict: told.verdict,
        });
    }

    fn number(&mut self, text: &str) -> Name {
        if let Some(name) = self.numbers.get(text) {
            return *name;
        }
        let name = Name(self.texts.len() as u32);
        let text: Arc<str> = text.into();
        self.texts.push(text.clone());
        self.numbers.insert(text, name);
        name
    }

    fn index(&mut self) {
        let mut order: Vec<usize> = (0..self.acts.len()).collect();
        order.sort_by_key(|&index| {
            let act = &self.acts[index];
            (act.time.is_none(), act.time, act.event)
        });
        for &index in &order {
            let act = &self.acts[index];
            self.events.insert(act.event, index);
            for role in Role::ALL {
                if let Some(name) = act.name(role) {
                    self.named.entry((role, name)).or_default().push(index);
                }
            }
        }
        self.in_order = order;
    }

    fn visit(
        &self,
        places: &[usize],
        window: Window,
        visit: &mut dyn FnMut(&Act) -> ControlFlow<()>,
    ) {
        let bounded = window.from.is_some() || window.until.is_some();
        for &place in places {
            let act = &self.acts[place];
            let wanted = match act.time {
                None => !bounded,
                Some(time) => {
                    window.from.is_none_or(|from| time >= from)
                        && window.until.is_none_or(|until| time < until)
                }
            };
            if wanted && visit(act).is_break() {
                return;
            }
        }
    }
}

impl Log for Memory {
    type Error = Infallible;

    fn text(&self, name: Name) -> Result<Arc<str>, Infallible> {
        Ok(self
            .texts
            .get(name.0 as usize)
            .cloned()
            .unwrap_or_else(|| "".into()))
    }

    fn name(&self, text: &str) -> Result<Option<Name>, Infallible> {
        Ok(self.numbers.get(text).copied())
    }

    fn acts(
        &self,
        role: Role,
        name: Name,
        window: Window,
        visit: &mut dyn FnMut(&Act) -> ControlFlow<()>,
    ) -> Result<(), Infallible> {
        if let Some(places) = self.named.get(&(role, name)) {
            self.visit(places, window, visit);
        }
        Ok(())
    }

    fn all(
        &self,
        window: Window,
        visit: &mut dyn FnMut(&Act) -> ControlFlow<()>,
    ) -> Result<(), Infallible> {
        self.visit(&self.in_order, window, visit);
        Ok(())
    }

    fn act(&self, event: EventId) -> Result<Option<Act>, Infallible> {
        Ok(self
            .events
            .get(&event)
            .map(|&place| self.acts[place].clone()))
    }

    fn aliases(&self) -> Result<Vec<Alias>, Infallible> {
        Ok(self.aliases.clone())
    }
}
