//! A log in memory, for tests.

use crate::act::{Act, ActKind, Decision, Ended, EventId, Name, Role};
use crate::log::{Alias, Log, Window};
use evidence::{Format, Micros, Word};
use std::collections::HashMap;
use std::convert::Infallible;
use std::ops::ControlFlow;
use std::sync::Arc;

/// A second, in microseconds.
pub const S: i64 = 1_000_000;

/// An act as it is written down in a test.
#[derive(Debug, Clone)]
pub struct Told {
    pub file: u32,
    pub format: Format,
    pub time: Option<i64>,
    pub kind: ActKind,
    pub names: Vec<(Role, String)>,
    pub ended: Ended,
    pub decision: Decision,
    pub expires: Option<i64>,
    pub shown: u16,
    pub verdict: Word,
}

/// An act of this type at this second, in file 1 of an audit bundle.
pub fn at(second: i64, kind: &str) -> Told {
    Told {
        file: 1,
        format: Format::NhiAuditBundle,
        time: Some(second * S),
        kind: ActKind::of(kind),
        names: Vec::new(),
        ended: Ended::Success,
        decision: Decision::Unsaid,
        expires: None,
        shown: 0,
        verdict: Word::Verified,
    }
}

impl Told {
    fn with(mut self, role: Role, text: &str) -> Told {
        self.names.push((role, text.into()));
        self
    }
    pub fn by(self, text: &str) -> Told {
        self.with(Role::Actor, text)
    }
    pub fn to(self, text: &str) -> Told {
        self.with(Role::Subject, text)
    }
    pub fn using(self, text: &str) -> Told {
        self.with(Role::Credential, text)
    }
    pub fn token(self, text: &str) -> Told {
        self.with(Role::Token, text)
    }
    pub fn named(self, role: Role, text: &str) -> Told {
        self.with(role, text)
    }
    pub fn secret(self, text: &str) -> Told {
        self.with(Role::Secret, text)
    }
    pub fn tool(self, text: &str) -> Told {
        self.with(Role::Tool, text)
    }
    pub fn file(self, file: u32) -> Told {
        Told { file, ..self }
    }
    pub fn format(self, format: Format) -> Told {
        Told { format, ..self }
    }
    pub fn undated(self) -> Told {
        Told { time: None, ..self }
    }
    pub fn denied(self) -> Told {
        Told {
            ended: Ended::Denied,
            ..self
        }
    }
    pub fn unsaid(self) -> Told {
        Told {
            ended: Ended::Unsaid,
            ..self
        }
    }
    pub fn failed(self) -> Told {
        Told {
            ended: Ended::Failure,
            ..self
        }
    }
    pub fn decided(self, decision: Decision) -> Told {
        Told { decision, ..self }
    }
    pub fn until(self, second: i64) -> Told {
        Told {
            expires: Some(second * S),
            ..self
        }
    }
    pub fn verdict(self, verdict: Word) -> Told {
        Told { verdict, ..self }
    }
    pub fn shown(self, shown: u16) -> Told {
        Told { shown, ..self }
    }
}

/// A list of acts.
#[derive(Debug, Default)]
pub struct List {
    texts: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, Name>,
    acts: Vec<Act>,
    aliases: Vec<Alias>,
}

impl List {
    pub fn of(told: impl IntoIterator<Item = Told>) -> List {
        let mut list = List::default();
        let mut ordinals: HashMap<u32, u64> = HashMap::new();
        for act in told {
            let ordinal = ordinals.entry(act.file).or_default();
            let event = EventId((u64::from(act.file) << 32) + *ordinal);
            *ordinal += 1;
            let mut names = [None; Role::COUNT];
            for (role, text) in &act.names {
                names[*role as usize] = Some(list.number(text));
            }
            list.acts.push(Act {
                event,
                log: act.file,
                format: act.format,
                time: act.time.map(Micros),
                kind: act.kind,
                names,
                ended: act.ended,
                decision: act.decision,
                expires: act.expires.map(Micros),
                shown: act.shown,
                verdict: act.verdict,
            });
        }
        list.acts
            .sort_by_key(|act| (act.time.is_none(), act.time, act.event));
        list
    }

    pub fn alias(mut self, role: Role, name: &str, alias: &str) -> List {
        let (name, alias) = (self.number(name), self.number(alias));
        self.aliases.push(Alias {
            name,
            alias,
            role,
            learnt: EventId(0),
        });
        self
    }

    fn number(&mut self, text: &str) -> Name {
        if let Some(&name) = self.numbers.get(text) {
            return name;
        }
        let name = Name(self.texts.len() as u32);
        let text: Arc<str> = text.into();
        self.texts.push(Arc::clone(&text));
        self.numbers.insert(text, name);
        name
    }
}

impl Log for List {
    type Error = Infallible;

    fn text(&self, name: Name) -> Result<Arc<str>, Infallible> {
        Ok(Arc::clone(&self.texts[name.0 as usize]))
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
        self.all(window, &mut |act| {
            if act.name(role) == Some(name) {
                visit(act)
            } else {
                ControlFlow::Continue(())
            }
        })
    }

    fn all(
        &self,
        window: Window,
        visit: &mut dyn FnMut(&Act) -> ControlFlow<()>,
    ) -> Result<(), Infallible> {
        for act in &self.acts {
            let inside = match act.time {
                Some(time) => {
                    window.from.is_none_or(|from| time >= from)
                        && window.until.is_none_or(|until| time < until)
                }
                None => window == Window::default(),
            };
            if inside && visit(act).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn act(&self, event: EventId) -> Result<Option<Act>, Infallible> {
        Ok(self.acts.iter().find(|act| act.event == event).cloned())
    }

    fn aliases(&self) -> Result<Vec<Alias>, Infallible> {
        Ok(self.aliases.clone())
    }
}

use super::{ApprovalTerms, Assessed, Finding, Question, run};
use crate::coverage::Coverage;

/// Runs all rules.
pub fn assessed(list: &List, question: &Question, coverage: &Coverage) -> Vec<Assessed> {
    let done = run(list, coverage, question, &mut |_| Ok(None));
    match done {
        Ok(told) => told,
        Err(never) => match never {},
    }
}

/// The findings of one code, with the defaults.
pub fn found(code: &str, told: impl IntoIterator<Item = Told>) -> Vec<Finding> {
    found_in(code, &List::of(told), &Question::default())
}

pub fn found_in(code: &str, list: &List, question: &Question) -> Vec<Finding> {
    let all = assessed(list, question, &Coverage::default());
    of_code(code, all).findings
}

pub fn of_code(code: &str, all: Vec<Assessed>) -> Assessed {
    all.into_iter()
        .find(|assessed| assessed.text.code == code)
        .expect("a code of the table")
}

/// Runs all rules with what approvals' records say.
pub fn with_terms(code: &str, told: Vec<Told>, terms: ApprovalTerms) -> Assessed {
    let list = List::of(told);
    let all = run(
        &list,
        &Coverage::default(),
        &Question::default(),
        &mut |_| Ok(Some(terms.clone())),
    );
    match all {
        Ok(all) => of_code(code, all),
        Err(never) => match never {},
    }
}
