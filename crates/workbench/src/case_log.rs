//! The case as reconstruction asks it.

use analysis::{Act, ActKind, Alias, Decision, Ended, EventId, Log, Name, Role, Window};
use evidence::{FileId, Format};
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use store::{Acts, Column, Reader, RecordId, StoreError};

/// The events of a case in one state of it, until this is dropped. What it gives to visitors may
/// ask it again.
pub struct CaseLog<'r> {
    reader: &'r Reader,
    acts: Acts<'r>,
    formats: HashMap<FileId, Format>,
    /// Names that stand for a word of ours; what is in none of them is outside the vocabulary.
    kinds: RefCell<HashMap<u32, ActKind>>,
    ended: HashMap<u32, Ended>,
    decisions: HashMap<u32, Decision>,
}

/// Which column answers for a role.
const COLUMNS: [(Role, Column); Role::COUNT] = [
    (Role::Actor, Column::Actor),
    (Role::Subject, Column::Subject),
    (Role::Credential, Column::Credential),
    (Role::Token, Column::Token),
    (Role::TokenParent, Column::TokenParent),
    (Role::Secret, Column::Secret),
    (Role::Resource, Column::Resource),
    (Role::Tool, Column::Tool),
    (Role::Trace, Column::Trace),
    (Role::Scope, Column::Scope),
    (Role::SourceIp, Column::SourceIp),
    (Role::Agent, Column::Agent),
    (Role::Environment, Column::Environment),
    (Role::Policy, Column::Policy),
    (Role::Approval, Column::Approval),
    (Role::NativeType, Column::NativeType),
    (Role::ActorKind, Column::ActorKind),
];

impl<'r> CaseLog<'r> {
    /// The case as it is now. One of a reader at a time.
    pub fn new(reader: &'r Reader) -> Result<CaseLog<'r>, StoreError> {
        let acts = reader.acts()?;
        let formats = reader
            .files()?
            .into_iter()
            .map(|file| (file.id, file.kind.format()))
            .collect();
        let words = |words: &[&str]| -> Result<Vec<Option<u32>>, StoreError> {
            words.iter().map(|word| reader.name_number(word)).collect()
        };
        let ended = words(&["success", "failure", "denied"])?.into_iter().zip([
            Ended::Success,
            Ended::Failure,
            Ended::Denied,
        ]);
        let decisions = words(&["allow", "deny", "step_up"])?.into_iter().zip([
            Decision::Allow,
            Decision::Deny,
            Decision::StepUp,
        ]);
        Ok(CaseLog {
            reader,
            acts,
            formats,
            kinds: RefCell::default(),
            ended: ended
                .filter_map(|(name, word)| Some((name?, word)))
                .collect(),
            decisions: decisions
                .filter_map(|(name, word)| Some((name?, word)))
                .collect(),
        })
    }

    fn act_of(&self, stored: &store::Act) -> Result<Act, StoreError> {
        let text = |column: Column| stored.names[column as usize];
        let kind = match text(Column::Type) {
            None => ActKind::Other,
            Some(name) => {
                let known = self.kinds.borrow().get(&name).copied();
                match known {
                    Some(kind) => kind,
                    None => {
                        let kind = ActKind::of(&self.reader.name_text(name)?);
                        self.kinds.borrow_mut().insert(name, kind);
                        kind
                    }
                }
            }
        };
        let word = |column| text(column).unwrap_or(0);
        let mut names = [None; Role::COUNT];
        for (role, column) in COLUMNS {
            names[role as usize] = text(column).map(Name);
        }
        let file = stored.record.file;
        Ok(Act {
            event: event_of(stored.record),
            log: file.0,
            format: self.formats.get(&file).copied().unwrap_or(Format::Unknown),
            time: stored.time,
            kind,
            names,
            ended: of_word(&self.ended, word(Column::Outcome), Ended::Unsaid),
            decision: of_word(&self.decisions, word(Column::Decision), Decision::Unsaid),
            expires: stored.expires,
            shown: stored.shown,
            verdict: stored.verdict,
        })
    }

    /// Visits with the acts made of what is stored; a failure to do so ends the visit.
    fn visiting(
        &self,
        visit: &mut dyn FnMut(&Act) -> ControlFlow<()>,
        run: impl FnOnce(&mut dyn FnMut(&store::Act) -> ControlFlow<()>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut failed = None;
        run(&mut |stored| match self.act_of(stored) {
            Ok(act) => visit(&act),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        })?;
        failed.map_or(Ok(()), Err)
    }
}

/// The event that a record leads, by its number.
pub(crate) fn event_of(record: RecordId) -> EventId {
    EventId(record.number() as u64)
}

/// The record that leads an event; none for a number that no file can have.
pub(crate) fn record_of(EventId(number): EventId) -> Option<RecordId> {
    i64::try_from(number).ok().map(RecordId::from_number)
}

/// Numbers of names begin with 1, so that 0 stands for none.
fn of_word<T: Copy>(words: &HashMap<u32, T>, name: u32, unsaid: T) -> T {
    words.get(&name).copied().unwrap_or(unsaid)
}

fn column_of(role: Role) -> Option<Column> {
    let found = COLUMNS.iter().find(|(other, _)| *other == role);
    found.map(|&(_, column)| column)
}

fn role_of(column: Column) -> Option<Role> {
    let found = COLUMNS.iter().find(|(_, other)| *other == column);
    found.map(|&(role, _)| role)
}

fn alias(told: &store::StoredAlias) -> Option<Alias> {
    Some(Alias {
        name: Name(told.name),
        alias: Name(told.alias),
        role: role_of(told.column)?,
        learnt: event_of(told.learnt),
    })
}

impl Log for CaseLog<'_> {
    type Error = StoreError;

    fn text(&self, Name(number): Name) -> Result<Arc<str>, StoreError> {
        self.reader.name_text(number)
    }

    fn name(&self, text: &str) -> Result<Option<Name>, StoreError> {
        Ok(self.reader.name_number(text)?.map(Name))
    }

    fn acts(
        &self,
        role: Role,
        Name(number): Name,
        window: Window,
        visit: &mut dyn FnMut(&Act) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let Some(column) = column_of(role) else {
            return Ok(());
        };
        self.visiting(visit, |each| {
            self.acts
                .naming(column, number, (window.from, window.until), each)
        })
    }

    fn all(
        &self,
        window: Window,
        visit: &mut dyn FnMut(&Act) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.visiting(visit, |each| {
            self.acts.all((window.from, window.until), each)
        })
    }

    fn act(&self, event: EventId) -> Result<Option<Act>, StoreError> {
        let Some(record) = record_of(event) else {
            return Ok(None);
        };
        let stored = self.acts.get(record)?;
        stored.map(|stored| self.act_of(&stored)).transpose()
    }

    fn aliases(&self) -> Result<Vec<Alias>, StoreError> {
        Ok(self.reader.aliases()?.iter().filter_map(alias).collect())
    }

    fn aliases_of(&self, Name(number): Name) -> Result<Vec<Alias>, StoreError> {
        let told = self.reader.aliases_of(number)?;
        Ok(told.iter().filter_map(alias).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_a_column_of_its_own() {
        for (at, (role, column)) in COLUMNS.into_iter().enumerate() {
            assert_eq!(column_of(role), Some(column));
            assert_eq!(role_of(column), Some(role));
            assert!(
                COLUMNS[at + 1..]
                    .iter()
                    .all(|other| other.0 != role && other.1 != column)
            );
        }
    }
}
