//! Acts as tests of the rules write them down, and the rules run over them.

use super::{ApprovalTerms, Assessed, Finding, Question, run};
use crate::act::{Decision, Ended, Role};
use crate::coverage::Coverage;
pub use crate::memory::{Memory, Told};
use evidence::{Format, Micros, Word};

/// A second, in microseconds.
pub const S: i64 = 1_000_000;

/// An act of this type at this second, in file 1 of an audit bundle.
pub fn at(second: i64, kind: &str) -> Told {
    Told::new(kind, second)
}

impl Told {
    pub(crate) fn by(self, text: &str) -> Told {
        self.with(Role::Actor, text)
    }
    pub(crate) fn to(self, text: &str) -> Told {
        self.with(Role::Subject, text)
    }
    pub(crate) fn using(self, text: &str) -> Told {
        self.with(Role::Credential, text)
    }
    pub(crate) fn token(self, text: &str) -> Told {
        self.with(Role::Token, text)
    }
    pub(crate) fn named(self, role: Role, text: &str) -> Told {
        self.with(role, text)
    }
    pub(crate) fn secret(self, text: &str) -> Told {
        self.with(Role::Secret, text)
    }
    pub(crate) fn tool(self, text: &str) -> Told {
        self.with(Role::Tool, text)
    }
    pub(crate) fn file(self, file: u32) -> Told {
        Told { log: file, ..self }
    }
    pub(crate) fn format(self, format: Format) -> Told {
        Told { format, ..self }
    }
    pub(crate) fn undated(self) -> Told {
        Told { time: None, ..self }
    }
    pub(crate) fn denied(self) -> Told {
        Told {
            ended: Ended::Denied,
            ..self
        }
    }
    pub(crate) fn unsaid(self) -> Told {
        Told {
            ended: Ended::Unsaid,
            ..self
        }
    }
    pub(crate) fn failed(self) -> Told {
        Told {
            ended: Ended::Failure,
            ..self
        }
    }
    pub(crate) fn decided(self, decision: Decision) -> Told {
        Told { decision, ..self }
    }
    pub(crate) fn until(self, second: i64) -> Told {
        Told {
            expires: Some(Micros(second * S)),
            ..self
        }
    }
    pub(crate) fn verdict(self, verdict: Word) -> Told {
        Told { verdict, ..self }
    }
    pub(crate) fn shown(self, shown: u16) -> Told {
        Told { shown, ..self }
    }
}

/// Runs all rules.
pub fn assessed(log: &Memory, question: &Question, coverage: &Coverage) -> Vec<Assessed> {
    let done = run(log, coverage, question, &mut |_| Ok(None));
    match done {
        Ok(told) => told,
        Err(never) => match never {},
    }
}

/// The findings of one code, with the defaults.
pub fn found(code: &str, told: impl IntoIterator<Item = Told>) -> Vec<Finding> {
    found_in(code, &Memory::of(told), &Question::default())
}

pub fn found_in(code: &str, log: &Memory, question: &Question) -> Vec<Finding> {
    let all = assessed(log, question, &Coverage::default());
    of_code(code, all).findings
}

pub fn of_code(code: &str, all: Vec<Assessed>) -> Assessed {
    all.into_iter()
        .find(|assessed| assessed.text.code == code)
        .expect("a code of the table")
}

/// Runs all rules with what approvals' records say.
pub fn with_terms(code: &str, told: Vec<Told>, terms: ApprovalTerms) -> Assessed {
    let log = Memory::of(told);
    let all = run(
        &log,
        &Coverage::default(),
        &Question::default(),
        &mut |_| Ok(Some(terms.clone())),
    );
    match all {
        Ok(all) => of_code(code, all),
        Err(never) => match never {},
    }
}
