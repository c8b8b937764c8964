//! Under which identity, credential, policy and approval an act was done: one card for one act,
//! each line with the record that shows it, or *not in evidence*.

mod credential;
mod decision;
mod details;
mod writer;

pub use details::{Details, details};

use crate::act::{Act, EventId};
use crate::log::Log;
use crate::rules::Limits;
use evidence::{Micros, Word};
use writer::Writer;

/// What a line is about, in the card's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the words say it")]
pub enum About {
    Initiator,
    Identity,
    Runtime,
    Credential,
    Lineage,
    End,
    Way,
    Decision,
    Approval,
    Classification,
    Outcome,
}

impl About {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            About::Initiator => "initiator",
            About::Identity => "workload identity",
            About::Runtime => "runtime and model",
            About::Credential => "credential",
            About::Lineage => "made from",
            About::End => "end of credential",
            About::Way => "tools and calls",
            About::Decision => "policy decision",
            About::Approval => "approval",
            About::Classification => "classification",
            About::Outcome => "outcome",
        }
    }
}

/// A line of the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is about.
    pub about: About,
    /// What is shown; `None`: not in evidence.
    pub said: Option<String>,
    /// The event whose record shows it, its time, and what holds for it.
    pub cites: Option<(EventId, Option<Micros>, Word)>,
}

/// The card's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Each condition is shown.
    Shown,
    /// Something that it takes is not in evidence.
    NotShown,
    /// A record refutes a condition.
    Contradicted,
}

impl Answer {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Answer::Shown => "shown",
            Answer::NotShown => "not shown",
            Answer::Contradicted => "contradicted",
        }
    }
}

/// A card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The act.
    pub act: Act,
    /// The lines, in order; several may be about one thing.
    pub lines: Vec<Line>,
    /// Whether it was done under approved conditions.
    pub answer: Answer,
    /// What refutes it, or what is missing.
    pub reasons: Vec<String>,
    /// The weakest verdict of the records that the answer rests on.
    pub verdict: Word,
}

/// How far a credential's parents are followed, and how many acts on the way are told.
const DEEPEST: usize = 32;
const MOST_ON_THE_WAY: usize = 8;

/// The card of an act; `None` where there is no such event. `tell` gives what a record says besides
/// its columns.
pub fn card<L: Log>(
    log: &L,
    event: EventId,
    limits: &Limits,
    tell: &mut dyn FnMut(&Act) -> Result<Details, L::Error>,
) -> Result<Option<Card>, L::Error> {
    let Some(act) = log.act(event)? else {
        return Ok(None);
    };
    let own = tell(&act)?;
    let mut card = Writer {
        log,
        limits,
        lines: Vec::new(),
        missing: Vec::new(),
        refuted: Vec::new(),
        verdict: act.verdict,
        act: &act,
    };
    card.initiator(&own)?;
    card.identity()?;
    card.line(About::Runtime, own.runtime.clone(), Some(&act));
    card.credential()?;
    card.way(&own)?;
    card.decision(&own)?;
    card.approval(&own, tell)?;
    card.line(
        About::Classification,
        own.classification.clone(),
        Some(&act),
    );
    card.outcome();
    let Writer {
        lines,
        missing,
        refuted,
        verdict,
        ..
    } = card;
    let (answer, reasons) = if !refuted.is_empty() {
        (Answer::Contradicted, refuted)
    } else if !missing.is_empty() {
        (Answer::NotShown, missing)
    } else {
        (Answer::Shown, Vec::new())
    };
    Ok(Some(Card {
        act,
        lines,
        answer,
        reasons,
        verdict,
    }))
}

#[cfg(test)]
mod tests;
