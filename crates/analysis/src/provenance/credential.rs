//! The lines about the credential: what it is, what it was made from, when it ended.

use super::writer::Writer;
use super::{About, DEEPEST};
use crate::act::{Act, ActKind, Name, Role};
use crate::log::{Log, Window};
use std::ops::ControlFlow;

impl<L: Log> Writer<'_, L> {
    pub(super) fn credential(&mut self) -> Result<(), L::Error> {
        let act = self.act;
        let Some(used) = act.name(Role::Credential) else {
            self.missing
                .push("the record does not say which credential was used".into());
            self.line(About::Credential, None, None);
            self.line(About::Lineage, None, None);
            self.line(About::End, None, None);
            return Ok(());
        };
        let id = self.text(used)?;
        let history = self.history(used)?;
        let mint = history.iter().find(|it| it.kind.mints() && it.done());
        let Some(mint) = mint else {
            self.missing
                .push(format!("the making of {id} is not in evidence"));
            self.line(About::Credential, Some(id), Some(act));
            self.line(About::Lineage, None, None);
            self.end_of(&history)?;
            return Ok(());
        };
        let scope = self.text_of(mint, Role::Scope)?;
        let life = match (mint.time, mint.expires) {
            (Some(made), Some(ends)) => format!(", made {made}, ends {ends}"),
            (Some(made), None) => format!(", made {made}, no end recorded"),
            (None, Some(ends)) => format!(", ends {ends}"),
            (None, None) => String::new(),
        };
        let scope = scope.map_or(", no scope recorded".into(), |scope| {
            format!(", for {scope}")
        });
        self.rest_on(mint);
        let mint = mint.clone();
        self.line(
            About::Credential,
            Some(format!("{id}{scope}{life}")),
            Some(&mint),
        );
        self.parents(&mint)?;
        self.end_of(&history)
    }

    /// The chain of credentials that one was made from.
    pub(super) fn parents(&mut self, mint: &Act) -> Result<(), L::Error> {
        let mut seen: Vec<Name> = mint.name(Role::Token).into_iter().collect();
        let mut mint = mint.clone();
        for _ in 0..DEEPEST {
            let by = self
                .text_of(&mint, Role::Actor)?
                .unwrap_or("nobody named".into());
            let parent = mint.name(Role::TokenParent).or(mint.name(Role::Credential));
            let Some(parent) = parent.filter(|parent| !seen.contains(parent)) else {
                self.line(
                    About::Lineage,
                    Some(format!(
                        "made by {by}, from no other credential in the record"
                    )),
                    Some(&mint),
                );
                return Ok(());
            };
            let id = self.text(parent)?;
            self.line(
                About::Lineage,
                Some(format!("made by {by} from {id}")),
                Some(&mint),
            );
            seen.extend(self.names_of(parent)?);
            let history = self.history(parent)?;
            match history.into_iter().find(|it| it.kind.mints() && it.done()) {
                Some(next) => mint = next,
                None => {
                    self.line(About::Lineage, None, None);
                    return Ok(());
                }
            }
        }
        self.line(
            About::Lineage,
            Some(format!("and further: {DEEPEST} credentials are told")),
            None,
        );
        Ok(())
    }

    /// The acts that made, changed or revoked a credential, in time's order.
    pub(super) fn history(&self, credential: Name) -> Result<Vec<Act>, L::Error> {
        const MOST: usize = 1024;
        let mut history = Vec::new();
        for name in self.names_of(credential)? {
            self.log
                .acts(Role::Token, name, Window::default(), &mut |act| {
                    if act.kind != ActKind::TokenUse {
                        history.push(act.clone());
                    }
                    if history.len() < MOST {
                        ControlFlow::Continue(())
                    } else {
                        ControlFlow::Break(())
                    }
                })?;
        }
        history.sort_by_key(|act| (act.time.is_none(), act.time, act.event));
        Ok(history)
    }

    pub(super) fn end_of(&mut self, history: &[Act]) -> Result<(), L::Error> {
        let act = self.act;
        let now = act.time.map(|time| (time, act.log));
        let revoked = history
            .iter()
            .find(|it| it.kind == ActKind::TokenRevoke && it.done());
        let renewed_after = |revoke: &Act| {
            history
                .iter()
                .any(|it| it.kind.mints() && it.done() && it.time >= revoke.time)
        };
        let ends = history
            .iter()
            .filter(|it| it.kind.mints() && it.done())
            .map(|it| (it, it.expires))
            .max_by_key(|(_, ends)| (ends.is_none(), *ends));
        if let Some(revoke) = revoked {
            let by = self
                .text_of(revoke, Role::Actor)?
                .unwrap_or("nobody named".into());
            let at = revoke
                .time
                .map_or("an unknown time".into(), |at| at.to_string());
            let before = revoke
                .time
                .zip(now)
                .is_some_and(|(at, now)| self.is_after((at, revoke.log), now));
            if before && !renewed_after(revoke) {
                self.refute(
                    revoke,
                    format!("its credential was revoked at {at}, before the act"),
                );
            }
            self.line(
                About::End,
                Some(format!("revoked at {at} by {by}")),
                Some(revoke),
            );
            return Ok(());
        }
        match ends {
            Some((mint, Some(ends))) => {
                let over = now.is_some_and(|now| self.is_after((ends, mint.log), now));
                if over && crate::rules::has_a_true_end(mint) {
                    self.refute(
                        mint,
                        format!("its credential ran out at {ends}, before the act"),
                    );
                }
                self.line(
                    About::End,
                    Some(format!("ends by itself at {ends}")),
                    Some(mint),
                );
            }
            _ => {
                self.missing
                    .push("no record says when its credential ends".into());
                self.line(About::End, None, None);
            }
        }
        Ok(())
    }
}
