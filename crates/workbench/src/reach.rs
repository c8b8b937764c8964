//! What could be touched.

use crate::api::{EndingView, MustView, ReachView, ReachedView, StepView};
use crate::case_log::CaseLog;
use crate::failure::Result;
use crate::follow::{asked_time, event_named, event_text, found, iso};
use crate::lineage::sources;
use crate::session::Session;
use crate::summary::word;
use analysis::Log as _;
use analysis::names::{Names, Sort};
use analysis::origin::origin;
use analysis::reach::{
    Certainty, Ending, From, Path, Question, Reached, TOLERANCE_SECONDS, ToDo, reach, to_do,
};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReachQuestion {
    /// An id, or an event as `E2:907`.
    pub from: String,
    /// From this moment on, RFC 3339.
    pub after: Option<String>,
    /// Only this id.
    pub to: Option<String>,
    /// Backwards: where it came from. `from` is the end then.
    pub origin: bool,
    /// How far two sources' clocks may be apart; 5 unless it is said.
    pub tolerance_seconds: Option<u32>,
}

impl Session {
    /// What could be touched, in time's order.
    pub fn reach(&self, asked: &ReachQuestion) -> Result<ReachView> {
        let after = asked.after.as_deref().map(asked_time).transpose()?;
        let seconds = asked.tolerance_seconds.map_or(TOLERANCE_SECONDS, i64::from);
        self.following(|names, reader| {
            let event = event_named(&asked.from);
            let event = match event {
                Some(event) => names.log().act(event)?.map(|act| act.event),
                None => None,
            };
            let (from, start) = match event {
                Some(event) => (From::Event(event), None),
                None => {
                    let (sort, name) = found(names, reader, &asked.from, &Sort::ALL)?;
                    (From::Thing(sort, name), Some((sort, name)))
                }
            };
            let only = match &asked.to {
                Some(to) => Some(found(names, reader, to, &Sort::ALL)?),
                None => None,
            };
            let question = Question {
                from,
                after,
                tolerance: seconds.saturating_mul(1_000_000),
            };
            let found = if asked.origin {
                origin(names, &question)?
            } else {
                reach(names, &question)?
            };
            let ends = sources(reader)?
                .iter()
                .filter_map(|source| source.until)
                .max();
            // What led to a thing is not what it could touch: there is nothing to end because of it.
            let todo = if asked.origin {
                ToDo::default()
            } else {
                to_do(names, &found, start.map(|thing| (thing, after)), ends)?
            };
            let mut reached = Vec::new();
            for one in &found.reached {
                if only.is_none_or(|only| only == one.thing) {
                    reached.push(view(names, one)?);
                }
            }
            Ok(ReachView {
                from: match (from, start) {
                    (From::Event(event), _) => event_text(event),
                    (_, Some((_, name))) => names.text(name)?.to_string(),
                    (_, None) => asked.from.clone(),
                },
                from_kind: start.map_or("event", |(sort, _)| sort.as_str()).to_owned(),
                after: after.map(iso),
                origin: asked.origin,
                tolerance_seconds: seconds,
                reached,
                left_out: found.is_cut,
                revoke: endings(names, &todo.revoke, start)?,
                revoked: todo.revoked,
                expired: todo.expired,
                rotate: endings(names, &todo.rotate, start)?,
                rotated: todo.rotated,
            })
        })
    }
}

type CaseNames<'l, 'r> = Names<'l, CaseLog<'r>>;

fn endings(
    names: &mut CaseNames<'_, '_>,
    endings: &[Ending],
    start: Option<(Sort, analysis::Name)>,
) -> Result<Vec<EndingView>> {
    endings
        .iter()
        .map(|ending| {
            Ok(EndingView {
                id: names.text(ending.thing.1)?.to_string(),
                at: (Some(ending.thing) != start).then(|| iso(ending.at)),
                certainty: ending.certainty.as_str().to_owned(),
                expires: ending.expires.map(iso),
            })
        })
        .collect()
}

fn view(names: &mut CaseNames<'_, '_>, reached: &Reached) -> Result<ReachedView> {
    let path = &reached.path;
    Ok(ReachedView {
        id: names.text(reached.thing.1)?.to_string(),
        kind: reached.thing.0.as_str().to_owned(),
        certainty: path.certainty.as_str().to_owned(),
        at: iso(path.at),
        verdict: word(path.verdict),
        path: steps(names, path)?,
        path_left_out: path.left_out,
        must: match &reached.must {
            Some(must) if path.certainty == Certainty::May => Some(MustView {
                at: iso(must.at),
                verdict: word(must.verdict),
                path: steps(names, must)?,
            }),
            _ => None,
        },
    })
}

fn steps(names: &mut CaseNames<'_, '_>, path: &Path) -> Result<Vec<StepView>> {
    let mut out = Vec::with_capacity(path.steps.len());
    let mut before = None;
    for step in &path.steps {
        let waited = before.map(|before: evidence::Micros| step.time.0.saturating_sub(before.0));
        before = Some(step.time);
        out.push(StepView {
            event: event_text(step.event),
            time: iso(step.time),
            from: names.text(step.from.1)?.to_string(),
            to: names.text(step.to.1)?.to_string(),
            kind: step.kind.as_str().to_owned(),
            join: step.join.as_str().to_owned(),
            verdict: word(step.verdict),
            waited,
            why_may: step.why.map(|why| why.as_str().to_owned()),
        });
    }
    Ok(out)
}
