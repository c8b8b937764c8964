//! Credentials and secrets as lists: first and last use, how often, by whom.

use crate::api::{ActCount, ThingView, ThingsView};
use crate::failure::{Failure, Result};
use crate::follow::{iso, picked};
use crate::session::Session;
use crate::summary::word;
use analysis::names::Sort;
use analysis::{Log as _, Name, Role, Window};
use evidence::{Micros, Word};
use std::collections::HashMap;
use std::hash::Hash;
use std::ops::ControlFlow;

/// So many are listed.
const MOST: usize = 20_000;
/// So many of those who acted are named for each.
const MOST_BY: usize = 12;

#[derive(Default)]
struct Tally {
    acts: u64,
    refused: u64,
    first: Option<Micros>,
    last: Option<Micros>,
    verdict: Option<Word>,
    kinds: HashMap<&'static str, u64>,
    by: HashMap<Name, u64>,
    with: HashMap<Name, u64>,
}

impl Session {
    /// The credentials (`credential`) or secrets (`secret`) of the events that a query picks.
    pub fn things(&self, kind: &str, query: &str) -> Result<ThingsView> {
        let (sort, roles): (Sort, &[Role]) = match kind {
            "credential" => (Sort::Credential, &[Role::Credential, Role::Token]),
            "secret" => (Sort::Secret, &[Role::Secret]),
            other => {
                return Err(Failure::request(
                    "things",
                    format!("There is no list of {other:?}."),
                    "Lists are of credentials and of secrets.",
                ));
            }
        };
        let answer = self.answer(format!("things {kind} {query}"), query, || {
            self.gather(kind, sort, roles, query)
        })?;
        Ok((*answer).clone())
    }

    fn gather(&self, kind: &str, sort: Sort, roles: &[Role], query: &str) -> Result<ThingsView> {
        self.following(|names, reader| {
            let picked = picked(reader, query)?;
            names.read_all()?;
            let mut found: HashMap<Name, Tally> = HashMap::new();
            names.log().all(Window::default(), &mut |act| {
                if picked
                    .as_ref()
                    .is_some_and(|picked| !picked.contains(&act.event))
                {
                    return ControlFlow::Continue(());
                }
                let mut before = None;
                for name in roles.iter().filter_map(|role| act.name(*role)) {
                    // A token that is used to do something with itself is one act of it.
                    if before.replace(name) == Some(name) {
                        continue;
                    }
                    let tally = found.entry(name).or_default();
                    tally.acts += 1;
                    tally.refused += u64::from(!act.done());
                    if let Some(time) = act.time {
                        tally.first = Some(tally.first.map_or(time, |known| known.min(time)));
                        tally.last = Some(tally.last.map_or(time, |known| known.max(time)));
                    }
                    tally.verdict = Some(
                        tally
                            .verdict
                            .map_or(act.verdict, |known| known.min(act.verdict)),
                    );
                    *tally.kinds.entry(act.kind.as_str()).or_default() += 1;
                    if let Some(actor) = act.name(Role::Actor) {
                        *tally.by.entry(actor).or_default() += 1;
                    }
                    if sort == Sort::Secret
                        && let Some(credential) = act.name(Role::Credential)
                    {
                        *tally.with.entry(credential).or_default() += 1;
                    }
                }
                ControlFlow::Continue(())
            })?;
            let mut joined: HashMap<Name, Tally> = HashMap::new();
            for (name, tally) in found {
                add(
                    joined.entry(names.canonical(sort, name)?).or_default(),
                    tally,
                );
            }
            let mut rows = Vec::with_capacity(joined.len());
            for (name, tally) in joined {
                rows.push((names.text(name)?, tally));
            }
            // By text where counts are equal: numbers of names depend on the order of import.
            rows.sort_by(|one, other| {
                other
                    .1
                    .acts
                    .cmp(&one.1.acts)
                    .then_with(|| one.0.cmp(&other.0))
            });
            let left_out = rows.len().saturating_sub(MOST) as u64;
            rows.truncate(MOST);
            let mut things = Vec::with_capacity(rows.len());
            for (id, tally) in rows {
                let mut named =
                    |sort, counts: HashMap<Name, u64>| -> Result<(Vec<ActCount>, u64)> {
                        let mut by_text: HashMap<_, u64> = HashMap::new();
                        for (name, count) in counts {
                            let name = names.canonical(sort, name)?;
                            *by_text.entry(names.text(name)?.to_string()).or_default() += count;
                        }
                        Ok(most(by_text))
                    };
                let (by, by_left_out) = named(Sort::Identity, tally.by)?;
                let (with, with_left_out) = named(Sort::Credential, tally.with)?;
                let kinds = tally
                    .kinds
                    .into_iter()
                    .map(|(kind, count)| (kind.to_owned(), count));
                things.push(ThingView {
                    id: id.to_string(),
                    kind: kind.to_owned(),
                    acts: tally.acts,
                    refused: tally.refused,
                    first: tally.first.map(iso),
                    last: tally.last.map(iso),
                    verdict: tally.verdict.map_or(crate::api::Word::Unchecked, word),
                    kinds: most(kinds.collect()).0,
                    by,
                    by_left_out,
                    with,
                    with_left_out,
                });
            }
            Ok(ThingsView { things, left_out })
        })
    }
}

fn add(sum: &mut Tally, other: Tally) {
    fn counts<K: Eq + Hash>(sum: &mut HashMap<K, u64>, other: HashMap<K, u64>) {
        for (key, count) in other {
            *sum.entry(key).or_default() += count;
        }
    }
    sum.acts += other.acts;
    sum.refused += other.refused;
    sum.first = [sum.first, other.first].into_iter().flatten().min();
    sum.last = sum.last.max(other.last);
    sum.verdict = [sum.verdict, other.verdict].into_iter().flatten().min();
    counts(&mut sum.kinds, other.kinds);
    counts(&mut sum.by, other.by);
    counts(&mut sum.with, other.with);
}

/// Those with the most acts first, and how many more there are.
fn most(counts: HashMap<String, u64>) -> (Vec<ActCount>, u64) {
    let mut list: Vec<ActCount> = counts
        .into_iter()
        .map(|(id, acts)| ActCount { id, acts })
        .collect();
    list.sort_by(|one, other| {
        other
            .acts
            .cmp(&one.acts)
            .then_with(|| one.id.cmp(&other.id))
    });
    let left_out = list.len().saturating_sub(MOST_BY) as u64;
    list.truncate(MOST_BY);
    (list, left_out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_is_counted() {
        let counts = (0..20).map(|at| (format!("n{at:02}"), u64::from(at == 7) + 1));
        let (list, left_out) = most(counts.collect());
        assert_eq!((list.len(), left_out), (MOST_BY, 8));
        assert_eq!(
            list[0],
            ActCount {
                id: "n07".into(),
                acts: 2
            }
        );
        assert_eq!(list[1].id, "n00");
    }

    #[test]
    fn names_of_one_thing_are_added_up() {
        let mut sum = Tally {
            acts: 2,
            first: Some(Micros(5)),
            verdict: Some(Word::Verified),
            ..Tally::default()
        };
        add(
            &mut sum,
            Tally {
                acts: 1,
                refused: 1,
                first: Some(Micros(3)),
                last: Some(Micros(9)),
                verdict: Some(Word::Unproven),
                ..Tally::default()
            },
        );
        assert_eq!(
            (sum.acts, sum.refused, sum.first, sum.last, sum.verdict),
            (3, 1, Some(Micros(3)), Some(Micros(9)), Some(Word::Unproven))
        );
    }
}
