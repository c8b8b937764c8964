//! Behaviour findings: what records say that was done which should not have been.
//!
//! One file a rule: its text, its mapping, what it looks for, its tests. All rules see all acts in
//! one pass, in time's order. A rule keeps what it needs by name, so that memory is bounded by how
//! many distinct names there are, and gathers equal findings. What a rule compares are times, never
//! places in the order: acts of one moment are in no order, and undated ones in none at all.
//!
//! Names' numbers and events' ids depend on the order of import; nothing is decided or sorted by
//! them, so the same evidence gives the same findings however it was imported.

mod approvals;
mod burst;
mod contact;
mod deny;
mod dormant;
mod ended;
mod environment;
mod grant;
mod human;
mod limits;
mod lived;
mod logging;
mod lookalike;
mod newkey;
mod replay;
mod reuse;
mod scene;
mod scope;
mod undecided;
mod unminted;
mod unsigned;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub use limits::{Limit, LimitError, Limits, Unit, span};
pub use scene::ApprovalTerms;
use scene::Scene;
pub(crate) use scene::has_a_true_end;

use crate::act::{Act, EventId};
use crate::coverage::Coverage;
use crate::log::{Log, Window};
use crate::mapping::Mapping;
use evidence::{Micros, Word};
use std::collections::HashSet;
use std::ops::ControlFlow;

/// What a finding is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// It follows from the records alone: as true as they are.
    Proof,
    /// Worth a look; whether anything is wrong, a human says.
    Indicator,
}

impl Strength {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Strength::Proof => "proof",
            Strength::Indicator => "indicator",
        }
    }
}

/// A rule in words.
#[derive(Debug, PartialEq, Eq)]
pub struct RuleText {
    /// The code of its findings.
    pub code: &'static str,
    /// What a finding shows, in a few words.
    pub title: &'static str,
    /// What it looks for and what it does not take for it, in plain words.
    pub about: &'static str,
    /// What a finding is worth at best.
    pub strength: Strength,
    /// What it is called elsewhere.
    pub mapping: Mapping,
    /// The limits that it uses.
    pub limits: &'static [Limit],
}

/// What kind of thing a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the words say it")]
pub enum SubjectKind {
    Credential,
    Identity,
    Secret,
    Log,
    Approval,
}

impl SubjectKind {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            SubjectKind::Credential => "credential",
            SubjectKind::Identity => "identity",
            SubjectKind::Secret => "secret",
            SubjectKind::Log => "log",
            SubjectKind::Approval => "approval",
        }
    }
}

/// An event that a finding rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Which.
    pub event: EventId,
    /// When, as far as its record says.
    pub time: Option<Micros>,
    /// What it is to the finding: `revoked`, `used` …
    pub part: &'static str,
    /// What holds for its records.
    pub verdict: Word,
}

impl Row {
    fn of(act: &Act, part: &'static str) -> Row {
        Row {
            event: act.event,
            time: act.time,
            part,
            verdict: act.verdict,
        }
    }

    /// By time, undated last; of equal times the one that stands earlier in its file.
    fn order(&self) -> (bool, Option<Micros>, u32, u32) {
        let (file, ordinal) = ((self.event.0 >> 32) as u32, self.event.0 as u32);
        (self.time.is_none(), self.time, ordinal, file)
    }
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its code.
    pub code: &'static str,
    /// What it is worth. A proof that rests on nothing but contradicted records is an indicator.
    pub strength: Strength,
    /// What it is about.
    pub subject: (SubjectKind, String),
    /// In plain words.
    pub message: String,
    /// Some of the events, the earliest first; what they are compared with leads.
    pub rows: Vec<Row>,
    /// How often it was seen.
    pub count: u64,
    /// The first time.
    pub first: Option<Micros>,
    /// The last.
    pub last: Option<Micros>,
    /// Which coverage it leans on, in words; empty where it leans on none.
    pub coverage: Vec<String>,
}

/// What became of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessed {
    /// The rule.
    pub text: &'static RuleText,
    /// What it found.
    pub findings: Vec<Finding>,
    /// Why it could not be answered, or only in part. `None`: the evidence can say, and what it
    /// says is all in the findings.
    pub unassessable: Option<String>,
}

/// What the rules are asked.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// The limits.
    pub limits: Limits,
    /// The moment under study: what was never seen before it is new.
    pub moment: Option<Micros>,
    /// Events whose own signature is missing or does not verify.
    pub unsigned: HashSet<EventId>,
}

/// What is seen of an act, one at a time.
trait Rule {
    /// Takes the next act.
    fn see(&mut self, act: &Act, scene: &mut Scene<'_>);
    /// Says what was found.
    fn end(&mut self, scene: &mut Scene<'_>) -> Vec<Assessed>;
}

fn all() -> Vec<Box<dyn Rule>> {
    vec![
        Box::<ended::Ended>::default(),
        Box::<unminted::Unminted>::default(),
        Box::<replay::Replay>::default(),
        Box::<reuse::Reuse>::default(),
        Box::<lived::Lived>::default(),
        Box::<scope::Scopes>::default(),
        Box::<undecided::Undecided>::default(),
        Box::<deny::AfterDeny>::default(),
        Box::<burst::Burst>::default(),
        Box::<grant::Grants>::default(),
        Box::<newkey::NewKeys>::default(),
        Box::<environment::Environments>::default(),
        Box::<human::Human>::default(),
        Box::<dormant::Dormant>::default(),
        Box::<contact::Contacts>::default(),
        Box::<logging::Logging>::default(),
        Box::<approvals::Approvals>::default(),
        Box::<unsigned::Unsigned>::default(),
        Box::<lookalike::Lookalike>::default(),
    ]
}

/// The texts of all rules, in the order in which they are told.
pub const TEXTS: &[&RuleText] = &[
    &ended::AFTER_REVOKE,
    &ended::AFTER_EXPIRY,
    &unminted::TEXT,
    &replay::TEXT,
    &reuse::TEXT,
    &lived::TEXT,
    &scope::TEXT,
    &undecided::TEXT,
    &deny::TEXT,
    &burst::TEXT,
    &grant::TEXT,
    &newkey::TEXT,
    &environment::TEXT,
    &human::TEXT,
    &dormant::TEXT,
    &contact::TEXT,
    &logging::TEXT,
    &approvals::UNAPPROVED,
    &approvals::AFTERWARDS,
    &approvals::OUTSIDE,
    &unsigned::TEXT,
    &lookalike::TEXT,
];

/// Asks what the record of an act says of an approval's window and scope.
pub type Terms<'t, E> = &'t mut dyn FnMut(&Act) -> Result<Option<ApprovalTerms>, E>;

/// Runs all rules over all acts, in one pass. `terms` tells what an approval's record says of its
/// window and scope; it is asked of records that decide an approval alone.
pub fn run<L: Log>(
    log: &L,
    coverage: &Coverage,
    question: &Question,
    terms: Terms<'_, L::Error>,
) -> Result<Vec<Assessed>, L::Error> {
    let aliases = log.aliases()?;
    let mut failed: Option<L::Error> = None;
    let mut late: Option<L::Error> = None;
    let mut text = |name| match log.text(name) {
        Ok(text) => text,
        Err(error) => {
            failed.get_or_insert(error);
            "".into()
        }
    };
    let mut ask = |act: &Act| match terms(act) {
        Ok(terms) => terms,
        Err(error) => {
            late.get_or_insert(error);
            None
        }
    };
    let mut scene = Scene::new(question, coverage, &aliases, &mut text, &mut ask);
    let mut rules = all();
    let mut moment: Vec<Act> = Vec::new();
    let mut pass = |moment: &mut Vec<Act>, scene: &mut Scene<'_>| {
        moment.sort_by(|one, other| scene.order(one, other));
        for act in moment.drain(..) {
            scene.see(&act);
            for rule in &mut rules {
                rule.see(&act, scene);
            }
        }
    };
    log.all(Window::default(), &mut |act| {
        let full = moment.len() >= MOMENT_KEPT;
        if full || moment.first().is_some_and(|first| first.time != act.time) {
            pass(&mut moment, &mut scene);
        }
        moment.push(act.clone());
        ControlFlow::Continue(())
    })?;
    pass(&mut moment, &mut scene);
    let mut told: Vec<Assessed> = rules
        .iter_mut()
        .flat_map(|rule| rule.end(&mut scene))
        .collect();
    drop(scene);
    if let Some(error) = failed.or(late) {
        return Err(error);
    }
    for assessed in &mut told {
        assessed.findings.sort_by(|one, other| {
            (
                one.strength,
                one.first.is_none(),
                one.first,
                &one.subject,
                &one.message,
            )
                .cmp(&(
                    other.strength,
                    other.first.is_none(),
                    other.first,
                    &other.subject,
                    &other.message,
                ))
        });
    }
    Ok(told)
}

/// How many acts of one moment are put in order before rules see them. Past that, as in a log whose
/// times are all equal, they come as they were imported.
const MOMENT_KEPT: usize = 1 << 16;

/// How many rows of one finding are kept.
pub const ROWS_KEPT: usize = 6;

/// Equal findings, gathered.
#[derive(Debug, Clone, Default)]
struct Gathered {
    count: u64,
    first: Option<Micros>,
    last: Option<Micros>,
    rows: Vec<Row>,
    /// Whether one at least rests on no contradicted record.
    sound: bool,
}

impl Gathered {
    fn add(&mut self, act: &Act, part: &'static str, sound: bool) {
        self.count += 1;
        self.sound |= sound && act.verdict != Word::Contradicted;
        if let Some(time) = act.time {
            self.first = Some(self.first.map_or(time, |first| first.min(time)));
            self.last = Some(self.last.map_or(time, |last| last.max(time)));
        }
        let row = Row::of(act, part);
        let full = self.rows.len() >= ROWS_KEPT;
        if full
            && self
                .rows
                .last()
                .is_some_and(|last| last.order() <= row.order())
        {
            return;
        }
        let at = self
            .rows
            .partition_point(|kept| kept.order() <= row.order());
        self.rows.insert(at, row);
        self.rows.truncate(ROWS_KEPT);
    }

    /// As a finding; `causes` lead its rows.
    fn finding(
        self,
        text: &'static RuleText,
        subject: (SubjectKind, String),
        message: String,
        causes: impl IntoIterator<Item = Row>,
    ) -> Finding {
        let refuted = "; every record of it is contradicted, so that it proves nothing";
        let downgraded = text.strength == Strength::Proof && !self.sound;
        let mut rows: Vec<Row> = causes.into_iter().collect();
        rows.extend(self.rows);
        Finding {
            code: text.code,
            strength: if downgraded {
                Strength::Indicator
            } else {
                text.strength
            },
            subject,
            message: if downgraded {
                format!("{}{refuted}.", message.trim_end_matches('.'))
            } else {
                message
            },
            rows,
            count: self.count,
            first: self.first,
            last: self.last,
            coverage: Vec::new(),
        }
    }
}

fn one(text: &'static RuleText, findings: Vec<Finding>, unassessable: Option<String>) -> Assessed {
    Assessed {
        text,
        findings,
        unassessable,
    }
}

/// `1 use`, `3 uses`.
fn counted(count: u64, one: &str, many: &str) -> String {
    if count == 1 {
        format!("1 {one}")
    } else {
        format!("{count} {many}")
    }
}
