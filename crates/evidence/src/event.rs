//! Events: what records say happened, in one vocabulary (that of the audit bundle).
//!
//! The texts of a batch's events lie in one string, so that reading a million records costs a few
//! thousand allocations.

use crate::Micros;
use std::ops::Range;

/// What an event can name. Identities, credentials and secrets are given by their canonical id,
/// which holds the native one verbatim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// Type in the audit bundle's vocabulary; where a record fits none, its raw type.
    Type,
    /// What the record's own format calls it: `AssumeRole`, `create serviceaccounts/token` …
    NativeType,
    /// Who did it.
    Actor,
    /// `agent`, `workload`, `service`, `human`, `device`, `unknown`.
    ActorKind,
    /// For whom or to whom it was done.
    Subject,
    /// The credential that authorised it.
    Credential,
    /// The credential made, changed, used or revoked.
    Token,
    /// The parent that the record itself names for that credential.
    TokenParent,
    /// The secret touched.
    Secret,
    /// The data or system touched.
    Resource,
    /// The tool invoked.
    Tool,
    /// `allow`, `deny`, `step_up`.
    Decision,
    /// `success`, `failure`, `denied`.
    Outcome,
    /// Where the request came from.
    SourceIp,
    /// The format's own id of the event: `eventID`, `auditID`, `request.id`, receipt id.
    NativeId,
    /// The time as the record writes it.
    TimeText,
    /// What the records of one piece of work share: a trace, a `sharedEventID`, a parent receipt.
    Trace,
    /// The scope of the credential made: its words, each once, sorted, with one space between two.
    Scope,
    /// The program that asked: a user agent.
    Agent,
    /// The environment that the record itself is labelled with.
    Environment,
    /// The policy that decided: `id`, or `id@version`.
    Policy,
    /// The approval that is asked for, given or referred to.
    Approval,
}

/// What a record shows of an act, as bits: what adequacy counts. A bit says that the record names
/// it, not that it is so.
pub mod shown {
    /// The workload identity itself, not an account that several share.
    pub const WORKLOAD: u16 = 1;
    /// A credential that has an end, or whose kind always has one.
    pub const SHORT_LIVED: u16 = 1 << 1;
    /// What a policy decided.
    pub const DECISION: u16 = 1 << 2;
    /// The tool, or the request as it was made.
    pub const REQUEST: u16 = 1 << 3;
    /// The data or system touched.
    pub const RESOURCE: u16 = 1 << 4;
    /// How that is classified.
    pub const CLASSIFICATION: u16 = 1 << 5;
    /// An approval, or that none was needed.
    pub const APPROVAL: u16 = 1 << 6;
    /// How it ended.
    pub const OUTCOME: u16 = 1 << 7;
}

impl Field {
    /// How many there are.
    pub const COUNT: usize = 22;
}

/// The events of a batch, one for each record, in order.
#[derive(Debug, Clone, Default)]
pub struct Events {
    text: String,
    rows: Vec<Row>,
    aliases: Vec<(u32, Field, (u32, u32))>,
}

#[derive(Debug, Clone, Default)]
struct Row {
    time: Option<Micros>,
    expires: Option<Micros>,
    shown: u16,
    fields: [(u32, u32); Field::COUNT],
}

impl Events {
    /// Begins the next event. Its fields follow with [`Events::set`].
    pub fn begin(&mut self) {
        self.rows.push(Row::default());
    }

    /// Sets a field of the event begun last. Empty text leaves it absent.
    pub fn set(&mut self, field: Field, text: &str) {
        self.set_parts(field, &[text]);
    }

    /// Sets a field to several texts joined, without an allocation of its own.
    pub fn set_parts(&mut self, field: Field, parts: &[&str]) {
        let start = self.text.len() as u32;
        for part in parts {
            self.text.push_str(part);
        }
        let len = self.text.len() as u32 - start;
        self.rows.last_mut().expect("begun").fields[field as usize] = (start, len);
    }

    /// Sets a field to words: each once, sorted, with one space between two. Where there is none it
    /// stays absent. A word is not empty and holds no white space.
    pub fn set_words<'w>(&mut self, field: Field, words: impl Iterator<Item = &'w str>) {
        let mut words: Vec<&str> = words.collect();
        words.sort_unstable();
        words.dedup();
        self.set(field, &words.join(" "));
    }

    /// Sets the time of the event begun last. A record without a readable time stays undated.
    pub fn set_time(&mut self, time: Option<Micros>) {
        self.rows.last_mut().expect("begun").time = time;
    }

    /// Sets when the credential that the event begun last made ends by itself.
    pub fn set_expires(&mut self, expires: Option<Micros>) {
        self.rows.last_mut().expect("begun").expires = expires;
    }

    /// Adds to what the record of the event begun last shows: bits of [`shown`].
    pub fn show(&mut self, bits: u16) {
        self.rows.last_mut().expect("begun").shown |= bits;
    }

    /// Adds each of these bits of [`shown`] whose condition holds.
    pub fn show_where(&mut self, bits: &[(u16, bool)]) {
        let holds = bits.iter().filter(|(_, holds)| *holds);
        self.show(holds.fold(0, |all, (bit, _)| all | bit));
    }

    /// Says that the record of the event begun last calls what it names in `field` by another name
    /// too. Empty text, and the name itself, say nothing.
    pub fn alias(&mut self, field: Field, alias: &str) {
        self.alias_parts(field, &[alias]);
    }

    /// As [`Events::alias`], of several texts joined, without an allocation of its own.
    pub fn alias_parts(&mut self, field: Field, parts: &[&str]) {
        let row = self.rows.len() - 1;
        let start = self.text.len();
        parts.iter().for_each(|part| self.text.push_str(part));
        let alias = &self.text[start..];
        if alias.is_empty() || self.get(row).get(field) == Some(alias) {
            self.text.truncate(start);
            return;
        }
        let place = (start as u32, alias.len() as u32);
        self.aliases.push((row as u32, field, place));
    }

    /// The aliases told, each with the index of its event and the field that names the same.
    pub fn aliases(&self) -> impl Iterator<Item = (usize, Field, &str)> {
        self.aliases.iter().map(|&(row, field, (start, len))| {
            let text = &self.text[start as usize..(start + len) as usize];
            (row as usize, field, text)
        })
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The event of one record of the batch.
    pub fn get(&self, index: usize) -> Event<'_> {
        Event {
            text: &self.text,
            row: &self.rows[index],
        }
    }

    /// All events in order.
    pub fn iter(&self) -> impl Iterator<Item = Event<'_>> {
        self.rows.iter().map(|row| Event {
            text: &self.text,
            row,
        })
    }
}

/// One event of a batch.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    text: &'a str,
    row: &'a Row,
}

impl<'a> Event<'a> {
    /// When it happened, as far as its record says.
    pub fn time(&self) -> Option<Micros> {
        self.row.time
    }

    /// When the credential that it made ends by itself.
    pub fn expires(&self) -> Option<Micros> {
        self.row.expires
    }

    /// What its record shows: bits of [`shown`].
    pub fn shown(&self) -> u16 {
        self.row.shown
    }

    /// A field, where the record has it.
    pub fn get(&self, field: Field) -> Option<&'a str> {
        let (start, len) = self.row.fields[field as usize];
        let range: Range<usize> = start as usize..(start + len) as usize;
        (len > 0).then(|| &self.text[range])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_stand_once_and_sorted() {
        let mut events = Events::default();
        events.begin();
        events.set_words(Field::Scope, ["b", "a", "b", "ab"].into_iter());
        assert_eq!(events.get(0).get(Field::Scope), Some("a ab b"));
        events.begin();
        events.set_words(Field::Scope, std::iter::empty());
        assert_eq!(events.get(1).get(Field::Scope), None);
        assert_eq!(events.get(0).get(Field::Scope), Some("a ab b"));
    }

    #[test]
    fn only_what_holds_is_shown() {
        let mut events = Events::default();
        events.begin();
        events.show(shown::WORKLOAD);
        events.show_where(&[(shown::DECISION, true), (shown::OUTCOME, false)]);
        assert_eq!(events.get(0).shown(), shown::WORKLOAD | shown::DECISION);
    }

    #[test]
    fn an_alias_is_another_name() {
        let mut events = Events::default();
        events.begin();
        events.begin();
        events.set(Field::Actor, "a");
        for alias in ["", "a", "b"] {
            events.alias(Field::Actor, alias);
        }
        events.alias_parts(Field::Actor, &["", "a"]);
        events.alias_parts(Field::Actor, &["c", ":", "d"]);
        let told: Vec<_> = events.aliases().collect();
        assert_eq!(told, [(1, Field::Actor, "b"), (1, Field::Actor, "c:d")]);
    }

    proptest! {
        #[test]
        fn words_in_any_order_are_one_scope(mut words in proptest::collection::vec("[a-z:]{1,3}", 0..9)) {
            let mut events = Events::default();
            events.begin();
            events.set_words(Field::Scope, words.iter().map(String::as_str));
            words.reverse();
            events.begin();
            events.set_words(Field::Scope, words.iter().chain(&words).map(String::as_str));
            let scope = |index| events.get(index).get(Field::Scope);
            prop_assert_eq!(scope(0), scope(1));
            let told: Vec<&str> = scope(0).unwrap_or_default().split_terminator(' ').collect();
            prop_assert!(told.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(told.iter().all(|word| words.iter().any(|known| known == word)));
        }
    }
}
