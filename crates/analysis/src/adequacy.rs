//! What this evidence can prove at all: of each source, stream and identity the share of acts whose
//! records name what a question needs, held against what frameworks ask for.

use crate::act::{Act, ActKind, Name, Role};
use crate::log::{Log, Window};
use evidence::Word;
use evidence::event::shown;
use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

/// What is counted of acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Measure {
    /// The record names the workload itself.
    Workload,
    /// It was done with a credential that has an end.
    ShortLived,
    /// The record holds the policy's decision.
    Decision,
    /// It holds the tool, or the request.
    Request,
    /// It names what was touched.
    Resource,
    /// It says how that is classified.
    Classification,
    /// It names an approval, or says that none was needed.
    Approval,
    /// It says how it ended.
    Outcome,
    /// A seal covers it and holds.
    Sealed,
    /// It names a credential.
    Credential,
    /// Its credential's making is in evidence.
    Minted,
    /// Its credential's end is in evidence: when it runs out, or its revocation.
    Ended,
}

impl Measure {
    /// All of them.
    pub const ALL: [Measure; 12] = [
        Measure::Workload,
        Measure::ShortLived,
        Measure::Decision,
        Measure::Request,
        Measure::Resource,
        Measure::Classification,
        Measure::Approval,
        Measure::Outcome,
        Measure::Sealed,
        Measure::Credential,
        Measure::Minted,
        Measure::Ended,
    ];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Measure::Workload => "workload",
            Measure::ShortLived => "short-lived",
            Measure::Decision => "decision",
            Measure::Request => "request",
            Measure::Resource => "resource",
            Measure::Classification => "classification",
            Measure::Approval => "approval",
            Measure::Outcome => "outcome",
            Measure::Sealed => "sealed",
            Measure::Credential => "credential",
            Measure::Minted => "minted",
            Measure::Ended => "ended",
        }
    }

    /// What it says of an act, in words.
    pub fn about(self) -> &'static str {
        match self {
            Measure::Workload => "name the workload itself",
            Measure::ShortLived => "are done with a credential that ends",
            Measure::Decision => "hold the policy's decision",
            Measure::Request => "hold the tool or the request",
            Measure::Resource => "name what was touched",
            Measure::Classification => "say how it is classified",
            Measure::Approval => "name an approval",
            Measure::Outcome => "say how it ended",
            Measure::Sealed => "are under a seal that holds",
            Measure::Credential => "name the credential",
            Measure::Minted => "can be joined to the making of their credential",
            Measure::Ended => "can be joined to the end of their credential",
        }
    }
}

/// How many acts of a group there are, and how many have what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shares {
    /// All acts.
    pub acts: u64,
    counts: [u64; Measure::ALL.len()],
}

impl Shares {
    /// How many acts have it.
    pub fn count(&self, measure: Measure) -> u64 {
        self.counts[measure as usize]
    }

    /// The share in percent, rounded down, so that 100 means all.
    pub fn percent(&self, measure: Measure) -> u64 {
        self.count(measure)
            .saturating_mul(100)
            .checked_div(self.acts)
            .unwrap_or(0)
    }

    /// Adds the acts of another group.
    pub fn join(&mut self, other: &Shares) {
        self.acts += other.acts;
        for (count, more) in self.counts.iter_mut().zip(other.counts) {
            *count += more;
        }
    }

    fn add(&mut self, has: &[bool; Measure::ALL.len()]) {
        self.acts += 1;
        for (count, has) in self.counts.iter_mut().zip(has) {
            *count += u64::from(*has);
        }
    }
}

/// Whether a question can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answerable {
    /// For nearly every act (95 in 100).
    Yes,
    /// For some.
    Partly,
    /// For none: this evidence never could.
    Never,
}

impl Answerable {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Answerable::Yes => "yes",
            Answerable::Partly => "in part",
            Answerable::Never => "never",
        }
    }
}

/// A question that frameworks ask of a trail.
#[derive(Debug, PartialEq, Eq)]
pub struct Question {
    /// In plain words.
    pub text: &'static str,
    /// What it needs of each act; all of them.
    pub needs: &'static [Measure],
    /// Who asks it.
    pub asked_by: &'static [&'static str],
}

/// The questions, and who asks them.
pub const QUESTIONS: &[Question] = &[
    Question {
        text: "Which workload did it, and not only which account?",
        needs: &[Measure::Workload],
        asked_by: &[
            "OWASP NHI Top 10 2025 NHI4, NHI9",
            "NIST CSF 2.0 PR.AA-01, PR.AA-03",
            "NIST SP 800-207 tenet 6",
        ],
    },
    Question {
        text: "Was it done with a credential that ends by itself?",
        needs: &[Measure::Credential, Measure::ShortLived],
        asked_by: &[
            "OWASP NHI Top 10 2025 NHI7",
            "NIST CSF 2.0 PR.AA-01",
            "NIST SP 800-207 tenet 3",
        ],
    },
    Question {
        text: "Where did its credential come from?",
        needs: &[Measure::Credential, Measure::Minted],
        asked_by: &[
            "OWASP NHI Top 10 2025 NHI4",
            "OWASP Agentic Top 10 2026 ASI03",
            "NIST CSF 2.0 PR.AA-04",
        ],
    },
    Question {
        text: "Was its credential still valid?",
        needs: &[Measure::Credential, Measure::Ended],
        asked_by: &["OWASP NHI Top 10 2025 NHI1, NHI7", "NIST CSF 2.0 PR.AA-01"],
    },
    Question {
        text: "Which policy allowed it?",
        needs: &[Measure::Decision],
        asked_by: &[
            "OWASP NHI Top 10 2025 NHI5",
            "NIST CSF 2.0 PR.AA-05",
            "NIST SP 800-207 tenet 4",
        ],
    },
    Question {
        text: "What exactly was asked for?",
        needs: &[Measure::Request],
        asked_by: &[
            "OWASP Agentic Top 10 2026 ASI02",
            "NIST AI RMF MEASURE 2.8",
            "EU AI Act article 12(1)",
        ],
    },
    Question {
        text: "Which data was touched, and how sensitive is it?",
        needs: &[Measure::Resource, Measure::Classification],
        asked_by: &["NIST CSF 2.0 DE.CM-09", "NIST AI RMF MEASURE 2.8"],
    },
    Question {
        text: "Did somebody approve it?",
        needs: &[Measure::Approval],
        asked_by: &[
            "OWASP Agentic Top 10 2026 ASI03, ASI09",
            "NIST AI RMF MAP 3.5",
            "EU AI Act article 12(2)",
        ],
    },
    Question {
        text: "How did it end?",
        needs: &[Measure::Outcome],
        asked_by: &["NIST CSF 2.0 DE.CM-03, DE.CM-09", "EU AI Act article 12(2)"],
    },
    Question {
        text: "Could its record have been changed or taken away unseen?",
        needs: &[Measure::Sealed],
        asked_by: &["NIST CSF 2.0 DE.CM-09", "EU AI Act article 12(1)"],
    },
];

/// A question's answer for a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The question.
    pub question: &'static Question,
    /// Whether it can be answered.
    pub answerable: Answerable,
    /// For how many of the acts each need is met.
    pub numbers: Vec<(Measure, u64)>,
}

impl Shares {
    /// Which questions these acts' records can answer. Without acts: none.
    pub fn answers(&self) -> Vec<Answer> {
        QUESTIONS
            .iter()
            .map(|question| {
                let numbers: Vec<_> = question
                    .needs
                    .iter()
                    .map(|&need| (need, self.count(need)))
                    .collect();
                let least = numbers.iter().map(|(_, count)| *count).min().unwrap_or(0);
                let answerable = if least == 0 {
                    Answerable::Never
                } else if least.saturating_mul(100) >= self.acts.saturating_mul(95) {
                    Answerable::Yes
                } else {
                    Answerable::Partly
                };
                Answer {
                    question,
                    answerable,
                    numbers,
                }
            })
            .collect()
    }

    /// Why some questions can never be answered, in the words of the trade.
    pub fn reasons(&self) -> Vec<String> {
        let mut out = Vec::new();
        let mut say = |count: u64, why: &str| {
            if count > 0 {
                out.push(format!("{count} of {} acts: {why}", self.acts));
            }
        };
        say(
            self.acts.saturating_sub(self.count(Measure::Workload)),
            "a shared or human account, or nobody; which workload acted cannot be told",
        );
        say(
            self.count(Measure::Credential)
                .saturating_sub(self.count(Measure::ShortLived)),
            "a credential that is not known to end; when it leaked, and until when it worked, cannot be told",
        );
        say(
            self.acts.saturating_sub(self.count(Measure::Request)),
            "neither tool nor request; what was asked for cannot be told",
        );
        say(
            self.count(Measure::Outcome)
                .saturating_sub(self.count(Measure::Decision)),
            "the outcome without the decision; why it was allowed cannot be told",
        );
        out
    }
}

/// The shares of a case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Adequacy {
    /// Over all acts.
    pub all: Shares,
    /// By the file that the leading record lies in.
    pub sources: HashMap<u32, Shares>,
    /// By who acted; `None`: the record does not say.
    pub identities: HashMap<Option<Name>, Shares>,
}

/// Counts all acts. The records that hold a stream together (its opening, heartbeats, closing, its
/// keys) are no acts. Two passes: the first learns which credentials' making and end are in evidence.
pub fn measure<L: Log>(log: &L) -> Result<Adequacy, L::Error> {
    let (mut made, mut ended) = (HashSet::new(), HashSet::new());
    let aliases = log.aliases()?;
    let one: HashMap<Name, Name> = aliases
        .iter()
        .filter(|alias| {
            matches!(
                alias.role,
                Role::Credential | Role::Token | Role::TokenParent
            )
        })
        .map(|alias| (alias.alias, alias.name))
        .collect();
    let canonical = |name: Name| one.get(&name).copied().unwrap_or(name);
    log.all(Window::default(), &mut |act| {
        if let Some(token) = act.name(Role::Token).map(canonical).filter(|_| act.done()) {
            if act.kind.mints() {
                made.insert(token);
            }
            if act.expires.is_some() || act.kind == ActKind::TokenRevoke {
                ended.insert(token);
            }
        }
        ControlFlow::Continue(())
    })?;
    let mut adequacy = Adequacy::default();
    log.all(Window::default(), &mut |act| {
        if holds_a_stream_together(act) {
            return ControlFlow::Continue(());
        }
        let used = act.name(Role::Credential).map(canonical);
        let has = has(act, used, &made, &ended);
        adequacy.all.add(&has);
        adequacy.sources.entry(act.log).or_default().add(&has);
        let actor = act.name(Role::Actor);
        adequacy.identities.entry(actor).or_default().add(&has);
        ControlFlow::Continue(())
    })?;
    Ok(adequacy)
}

fn holds_a_stream_together(act: &Act) -> bool {
    matches!(
        act.kind,
        ActKind::StreamOpen | ActKind::StreamHeartbeat | ActKind::StreamClose | ActKind::KeyRotate
    )
}

fn has(
    act: &Act,
    used: Option<Name>,
    made: &HashSet<Name>,
    ended: &HashSet<Name>,
) -> [bool; Measure::ALL.len()] {
    let joins = |set: &HashSet<Name>| used.is_some_and(|used| set.contains(&used));
    Measure::ALL.map(|measure| match measure {
        Measure::Workload => act.shown & shown::WORKLOAD != 0,
        // What a record shows of the credential that it makes is no word about the one it used.
        Measure::ShortLived => {
            joins(ended) || (used.is_some() && act.shown & shown::SHORT_LIVED != 0)
        }
        Measure::Decision => act.shown & shown::DECISION != 0,
        Measure::Request => act.shown & shown::REQUEST != 0,
        Measure::Resource => act.shown & shown::RESOURCE != 0,
        Measure::Classification => act.shown & shown::CLASSIFICATION != 0,
        Measure::Approval => act.shown & shown::APPROVAL != 0,
        Measure::Outcome => act.shown & shown::OUTCOME != 0,
        Measure::Sealed => matches!(act.verdict, Word::Verified | Word::Intact),
        Measure::Credential => used.is_some(),
        Measure::Minted => joins(made),
        Measure::Ended => joins(ended),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::*;

    fn shares(told: Vec<Told>) -> Shares {
        match measure(&List::of(told)) {
            Ok(adequacy) => adequacy.all,
            Err(never) => match never {},
        }
    }

    #[test]
    fn acts_are_joined_to_the_making_and_the_end_of_their_credential() {
        let told = shares(vec![
            at(1, "token.mint").token("a").until(9),
            at(2, "token.mint").token("b"),
            at(3, "call").using("a"),
            at(4, "call").using("b"),
            at(5, "call").using("c"),
            at(6, "call"),
            at(7, "stream.heartbeat"),
        ]);
        let of = |measure| told.count(measure);
        assert_eq!(told.acts, 6);
        assert_eq!(
            (
                of(Measure::Credential),
                of(Measure::Minted),
                of(Measure::Ended),
                of(Measure::ShortLived)
            ),
            (3, 2, 1, 1)
        );
    }

    #[test]
    fn a_question_is_answered_for_all_some_or_none() {
        let with = |bits| at(1, "call").shown(bits);
        let mut told = vec![with(shown::OUTCOME | shown::DECISION); 19];
        told.push(with(shown::OUTCOME));
        let shares = shares(told);
        let answer = |need| {
            let all = shares.answers();
            all.iter()
                .find(|answer| answer.question.needs == [need])
                .map(|answer| answer.answerable)
        };
        assert_eq!(answer(Measure::Outcome), Some(Answerable::Yes));
        assert_eq!(
            answer(Measure::Decision),
            Some(Answerable::Yes),
            "19 of 20 are 95 in 100"
        );
        assert_eq!(answer(Measure::Workload), Some(Answerable::Never));
        assert_eq!(shares.percent(Measure::Decision), 95);
        let none = Shares::default();
        assert!(
            none.answers()
                .iter()
                .all(|it| it.answerable == Answerable::Never)
        );
    }

    #[test]
    fn what_is_unproven_or_contradicted_is_not_sealed() {
        let told = shares(
            [
                Word::Verified,
                Word::Intact,
                Word::Unproven,
                Word::Contradicted,
            ]
            .map(|word| at(1, "call").verdict(word))
            .to_vec(),
        );
        assert_eq!(told.count(Measure::Sealed), 2);
    }
}
