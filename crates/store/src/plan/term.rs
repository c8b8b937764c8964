//! A filter's term, ready to be held against rows.

use crate::column::Column;
use crate::error::Result;
use crate::filter::{Compare, How, On, Term};
use crate::kinds::EventKind;
use crate::names;
use crate::pack::Native;
use evidence::{Digest, Format};
use rusqlite::Connection;
use std::collections::HashSet;

/// A set of numbers that are mostly dense.
#[derive(Debug, Default)]
pub(super) struct Numbers(Vec<u64>);

impl Numbers {
    pub fn add(&mut self, number: i64) {
        let Ok(number) = usize::try_from(number) else {
            return;
        };
        if self.0.len() <= number / 64 {
            self.0.resize(number / 64 + 1, 0);
        }
        self.0[number / 64] |= 1 << (number % 64);
    }

    pub fn has(&self, number: i64) -> bool {
        let Ok(number) = usize::try_from(number) else {
            return false;
        };
        self.0
            .get(number / 64)
            .is_some_and(|word| word >> (number % 64) & 1 == 1)
    }
}

/// A term with its text looked up.
#[derive(Debug)]
pub(super) struct Test {
    pub negated: bool,
    /// The columns it looks at, as bits.
    pub columns: u32,
    pub names: Numbers,
    pub files: HashSet<u32>,
    pub streams: HashSet<u32>,
    /// Native ids, hashed.
    pub natives: Vec<i64>,
    /// The format's own numbers, from the first to the last.
    pub seqs: Option<(u64, u64)>,
    /// Events that the analyst said this of.
    pub noted: Option<HashSet<i64>>,
    /// Looks at the record's bytes: as much work as the others together, so it comes last.
    pub raw: Option<Compare>,
}

/// What a row has, for the tests that look at no bytes.
pub(super) struct Seen<'a> {
    pub id: i64,
    pub numbers: &'a [Option<i64>; Column::COUNT],
    pub file: u32,
    pub stream: Option<u32>,
    pub native: Option<i64>,
    pub seq: Option<u64>,
}

impl Test {
    pub fn holds(&self, seen: &Seen<'_>) -> bool {
        self.named(seen.numbers)
            || (self.noted.as_ref()).is_some_and(|noted| noted.contains(&seen.id))
            || self.files.contains(&seen.file)
            || (seen.stream).is_some_and(|stream| self.streams.contains(&stream))
            || (seen.native).is_some_and(|native| self.natives.contains(&native))
            || (seen.seq.zip(self.seqs))
                .is_some_and(|(seq, (first, last))| (first..=last).contains(&seq))
    }

    /// Whether it holds for the names of a row alone.
    pub fn named(&self, numbers: &[Option<i64>; Column::COUNT]) -> bool {
        let mut columns = Column::ALL
            .into_iter()
            .filter(|column| self.columns & column.bit() != 0);
        columns.any(|column| numbers[column as usize].is_some_and(|number| self.names.has(number)))
    }

    /// Whether it looks at nothing but what makes a row's kind.
    pub fn is_of_kind(&self) -> bool {
        EventKind::says(self.columns)
            && self.files.is_empty()
            && self.streams.is_empty()
            && self.natives.is_empty()
            && self.seqs.is_none()
            && self.noted.is_none()
            && self.raw.is_none()
    }
}

/// Looks a term's text up. Gives the test, and the names it fits.
pub(super) fn test(conn: &Connection, term: &Term) -> Result<(Test, Vec<i64>)> {
    let mut test = Test {
        negated: term.negated,
        columns: match term.on {
            On::Any => Column::ALL
                .iter()
                .fold(0, |bits, column| bits | column.bit()),
            On::Column(column) => column.bit(),
            On::Path
            | On::Stream
            | On::NativeId
            | On::Seq(..)
            | On::Raw
            | On::Starred
            | On::Tag
            | On::Comment => 0,
        },
        names: Numbers::default(),
        files: HashSet::new(),
        streams: HashSet::new(),
        natives: Vec::new(),
        seqs: match term.on {
            On::Seq(first, last) => Some((first, last)),
            _ => None,
        },
        noted: None,
        raw: None,
    };
    let compare = Compare::new(term)?;
    if term.on == On::NativeId || term.on == On::Any && term.how != How::Fits {
        test.natives = natives(&term.text);
    }
    let mut numbers = Vec::new();
    if test.columns != 0 {
        match term.how {
            How::Is => numbers.extend(names::find(conn, &term.text)?),
            _ => fitting(conn, "SELECT id, text FROM name", &compare, |id| {
                numbers.push(id)
            })?,
        }
        numbers.iter().for_each(|&number| test.names.add(number));
    }
    if matches!(term.on, On::Any | On::Path) {
        fitting(conn, "SELECT id, path FROM file", &compare, |id| {
            test.files.extend(u32::try_from(id).ok());
        })?;
    }
    if matches!(term.on, On::Any | On::Stream) {
        fitting(conn, "SELECT id, name FROM stream", &compare, |id| {
            test.streams.extend(u32::try_from(id).ok());
        })?;
    }
    // Of a record that belongs to another's event, it is said of that event.
    let of_event = |what: &str, from: &str| {
        format!("SELECT coalesce(part_of, {from}.id), {what} FROM {from} JOIN event USING (id)")
    };
    let noted = match term.on {
        On::Starred => Some(of_event("'' ", "note") + " WHERE starred"),
        On::Tag => Some(of_event("tag", "tag")),
        On::Comment => Some(of_event("comment", "note") + " WHERE comment IS NOT NULL"),
        _ => None,
    };
    if let Some(sql) = noted {
        let mut ids = HashSet::new();
        fitting(conn, &sql, &compare, |id| {
            ids.insert(id);
        })?;
        test.noted = Some(ids);
    }
    if term.on == On::Raw {
        test.raw = Some(compare);
    }
    Ok((test, numbers))
}

/// What a native id hashes to in each format that has any; and a SHA-256 that stands for one.
fn natives(id: &str) -> Vec<i64> {
    let formats = [
        Format::CloudTrail,
        Format::AgentReceipts,
        Format::KubernetesAudit,
        Format::VaultAudit,
    ];
    let hashed = formats.into_iter().map(|format| Native::hash(format, id));
    let digest = Digest::from_hex(id).map(|digest| Native::of_digest(&digest));
    hashed.chain(digest).collect()
}

/// Compares here and not in SQL, whose pattern functions end a text at its first NUL.
fn fitting(
    conn: &Connection,
    sql: &str,
    compare: &Compare,
    mut each: impl FnMut(i64),
) -> Result<()> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let text = row.get_ref(1)?.as_bytes().unwrap_or_default();
        if compare.fits(text) {
            each(row.get(0)?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_numbers_holds_what_was_added() {
        let mut numbers = Numbers::default();
        [0, 1, 63, 64, 1000]
            .into_iter()
            .for_each(|number| numbers.add(number));
        let held: Vec<i64> = (-5..2000).filter(|&number| numbers.has(number)).collect();
        assert_eq!(held, [0, 1, 63, 64, 1000]);
    }
}
