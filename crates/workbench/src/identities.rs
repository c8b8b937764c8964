//! Who acted, and what the analyst says of names.

use crate::api::{AliasView, AmbiguousView, IdentityView, KindCount};
use crate::failure::{Failure, Result};
use crate::follow::{event_text, found, iso, picked};
use crate::session::Session;
use crate::summary::word;
use analysis::identity::{Called, Identity, identities};
use analysis::names::{Learnt, Sort};
use analysis::{Log as _, Window};
use serde_json::json;
use store::Merge;

impl Session {
    /// The identities of the events that a query picks, by id.
    pub fn identities(&self, query: &str) -> Result<Vec<IdentityView>> {
        let answer = self.answer(format!("identities {query}"), query, || {
            self.gather_identities(query)
        })?;
        Ok((*answer).clone())
    }

    fn gather_identities(&self, query: &str) -> Result<Vec<IdentityView>> {
        self.following(|names, reader| {
            let picked = picked(reader, query)?;
            let wanted = |act: &analysis::Act| {
                picked
                    .as_ref()
                    .is_none_or(|picked| picked.contains(&act.event))
            };
            let merges = reader.merges()?;
            let found = identities(names, Window::default(), &wanted)?;
            Ok(found
                .iter()
                .map(|identity| view(identity, &merges))
                .collect())
        })
    }

    /// Says that two names are one identity's. Names that are not in the case are refused.
    pub fn merge(&self, one: &str, other: &str, how: Option<&str>) -> Result<()> {
        let [one, other] = self.both(one, other)?;
        let about = json!({"one": one, "other": other, "how": how});
        self.writing(|case| {
            let entry = self.desk.entry("identity-merge", about);
            Ok(case.set_merge((&one, &other), Some(true), how, &entry)?)
        })
    }

    /// Takes a merge back; where a record joins the two names, says that they are not one all the
    /// same.
    pub fn split(&self, one: &str, other: &str, how: Option<&str>) -> Result<()> {
        let [one, other] = self.both(one, other)?;
        let (is_merged, is_told) = self.following(|names, reader| {
            let is_pair =
                |a: &str, b: &str| (a, b) == (&*one, &*other) || (a, b) == (&*other, &*one);
            let merges = reader.merges()?;
            let is_merged = merges
                .iter()
                .any(|merge| merge.same && is_pair(&merge.one, &merge.other));
            let (_, name) = found(names, reader, &one, &[Sort::Identity])?;
            let class = names.class(Sort::Identity, name)?;
            let mut is_told = false;
            let mut joined_by = Vec::new();
            for (a, b, learnt) in &class.links {
                let (a, b) = (names.text(*a)?, names.text(*b)?);
                is_told |= is_pair(&a, &b) && *learnt != Learnt::Analyst;
                if *a == *one || *a == *other {
                    joined_by.push(b);
                }
            }
            if !is_merged && !is_told {
                let (_, second) = found(names, reader, &other, &[Sort::Identity])?;
                let through: Vec<&str> = joined_by.iter().map(|text| &**text).collect();
                return Err(if second == name {
                    Failure::request(
                        "not-joined",
                        "Nothing joins these two names alone: they are joined through another.",
                        format!("Part one of them from: {}.", through.join(", ")),
                    )
                } else {
                    Failure::request(
                        "not-joined",
                        "These two names are not one identity's.",
                        "`exhibit identities CASE` shows which are.",
                    )
                });
            }
            Ok((is_merged, is_told))
        })?;
        let about =
            json!({"one": one, "other": other, "how": how, "undone": is_merged && !is_told});
        self.writing(|case| {
            let entry = self.desk.entry("identity-split", about);
            let same = is_told.then_some(false);
            Ok(case.set_merge((&one, &other), same, how, &entry)?)
        })
    }

    /// Two different names of identities in the case.
    fn both(&self, one: &str, other: &str) -> Result<[String; 2]> {
        self.following(|names, reader| {
            let mut texts = Vec::new();
            for text in [one, other] {
                // As it stands, where it is a name; else what it finds.
                let is_name = names.log().name(text)?.is_some();
                texts.push(if is_name {
                    text.to_owned()
                } else {
                    let (_, name) = found(names, reader, text, &[Sort::Identity])?;
                    names.text(name)?.to_string()
                });
            }
            if texts[0] == texts[1] {
                return Err(Failure::request(
                    "same-name",
                    "These are one name.",
                    "Give two names that `exhibit identities CASE` shows.",
                ));
            }
            Ok([texts.remove(0), texts.remove(0)])
        })
    }
}

fn view(identity: &Identity, merges: &[Merge]) -> IdentityView {
    IdentityView {
        id: identity.id.to_string(),
        kind: identity.kind().to_owned(),
        kinds: identity
            .kinds
            .iter()
            .map(|(kind, records)| KindCount {
                kind: kind.to_string(),
                records: *records,
            })
            .collect(),
        aliases: identity
            .also
            .iter()
            .map(|also| alias(also, merges))
            .collect(),
        ambiguous: identity
            .contested
            .iter()
            .map(|contested| AmbiguousView {
                name: contested.name.to_string(),
                claimed_by: contested
                    .claimed_by
                    .iter()
                    .map(|(name, learnt)| AliasView {
                        name: name.to_string(),
                        with: contested.name.to_string(),
                        learnt: Some(event_text(*learnt)),
                        how: None,
                    })
                    .collect(),
            })
            .collect(),
        acts: identity.acts,
        refused: identity.refused,
        subject: identity.subject,
        first: identity.first.map(iso),
        last: identity.last.map(iso),
        verdict: word(identity.verdict),
        names_left_out: identity.is_cut,
    }
}

fn alias(also: &Called, merges: &[Merge]) -> AliasView {
    let learnt = match also.learnt {
        Learnt::Record(event) => Some(event_text(event)),
        Learnt::Analyst => None,
    };
    let said = merges.iter().find(|merge| {
        let pair = [&*merge.one, &*merge.other];
        learnt.is_none() && pair.contains(&&*also.name) && pair.contains(&&*also.with)
    });
    AliasView {
        name: also.name.to_string(),
        with: also.with.to_string(),
        how: said.map(|said| {
            said.how
                .clone()
                .unwrap_or_else(|| "the analyst says so".into())
        }),
        learnt,
    }
}
