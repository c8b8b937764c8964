//! What reconstruction asks of a case. The store answers it for a case file, a list for tests.

use crate::act::{Act, EventId, Name, Role};
use evidence::Micros;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Another name of something, and the record that it was learnt from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Alias {
    /// What events name it by.
    pub name: Name,
    /// What it is called too: a session's ARN, a principal id, an entity id, a display name, the
    /// token's HMAC of an accessor.
    pub alias: Name,
    /// In what capacity the event names it: an actor, a subject, a credential or a token.
    pub role: Role,
    /// The earliest event that says so.
    pub learnt: EventId,
}

/// A stretch of time: from, and until (not included).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Window {
    /// Its beginning.
    pub from: Option<Micros>,
    /// Its end, not included.
    pub until: Option<Micros>,
}

/// The events of a case. Each visit goes in time's order, equal times in the order of event ids;
/// undated acts come after all dated ones, and only where the window has no bound. A visitor that
/// breaks ends the visit.
pub trait Log {
    /// How reading fails: ours, never the evidence's.
    type Error;

    /// The text of a name.
    fn text(&self, name: Name) -> Result<Arc<str>, Self::Error>;

    /// The number of a text, where an event or an alias has it.
    fn name(&self, text: &str) -> Result<Option<Name>, Self::Error>;

    /// The acts that name this in this role.
    fn acts(
        &self,
        role: Role,
        name: Name,
        window: Window,
        visit: &mut dyn FnMut(&Act) -> ControlFlow<()>,
    ) -> Result<(), Self::Error>;

    /// All acts.
    fn all(
        &self,
        window: Window,
        visit: &mut dyn FnMut(&Act) -> ControlFlow<()>,
    ) -> Result<(), Self::Error>;

    /// One act.
    fn act(&self, event: EventId) -> Result<Option<Act>, Self::Error>;

    /// The aliases that records tell, in no order.
    fn aliases(&self) -> Result<Vec<Alias>, Self::Error>;

    /// The aliases in which this stands on either side, in no order. A log with an index of them
    /// answers this without reading all.
    fn aliases_of(&self, name: Name) -> Result<Vec<Alias>, Self::Error> {
        let mut aliases = self.aliases()?;
        aliases.retain(|alias| alias.name == name || alias.alias == name);
        Ok(aliases)
    }
}
