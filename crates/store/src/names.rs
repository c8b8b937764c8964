//! The texts of events, each kept once and stood for by a number.

use crate::error::Result;
use evidence::Digest;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::collections::HashMap;

/// The cache is in two halves; when the younger is full the older is forgotten. So what is in use
/// stays, and memory is bounded whatever the evidence holds.
const HALF_ENTRIES: usize = 128 << 10;
const HALF_BYTES: usize = 12 << 20;

/// Texts longer than this are looked up in the file each time.
const LONGEST_CACHED: usize = 4 << 10;

#[derive(Debug, Clone, Copy)]
struct Known {
    id: i64,
    /// The block that mentioned it last.
    block: i64,
}

/// Gives texts their numbers while an import writes.
#[derive(Debug)]
pub(crate) struct Names {
    young: HashMap<Box<str>, Known>,
    old: HashMap<Box<str>, Known>,
    young_bytes: usize,
    next: i64,
    /// Whether the cache holds every name of the case, so that what is not in it is new.
    whole: bool,
}

impl Names {
    /// `next` is the number of the next new name; `none_yet` says that the case has no name.
    pub(crate) fn new(next: i64, none_yet: bool) -> Names {
        Names {
            young: HashMap::new(),
            old: HashMap::new(),
            young_bytes: 0,
            next,
            whole: none_yet,
        }
    }

    pub(crate) fn next(&self) -> i64 {
        self.next
    }

    /// The number of a text, which is written if it is new. Where this is the first mention in
    /// `block`, the number is added to `mentions`.
    pub(crate) fn number(
        &mut self,
        conn: &Connection,
        text: &str,
        block: i64,
        mentions: &mut Vec<i64>,
    ) -> Result<i64> {
        if let Some(known) = self.young.get_mut(text) {
            if known.block != block {
                known.block = block;
                mentions.push(known.id);
            }
            return Ok(known.id);
        }
        let known = match self.old.remove(text) {
            Some(known) => known,
            None => Known {
                id: self.look_up_or_add(conn, text)?,
                block: 0,
            },
        };
        if known.block != block {
            mentions.push(known.id);
        }
        self.remember(text, Known { block, ..known });
        Ok(known.id)
    }

    fn look_up_or_add(&mut self, conn: &Connection, text: &str) -> Result<i64> {
        let hash = hash(text);
        if !self.whole
            && let Some(id) = find_hashed(conn, hash, text)?
        {
            return Ok(id);
        }
        let id = self.next;
        let mut insert = conn.prepare_cached("INSERT INTO name VALUES (?1, ?2, ?3)")?;
        insert.execute(params![id, hash, text])?;
        self.next += 1;
        Ok(id)
    }

    fn remember(&mut self, text: &str, known: Known) {
        if text.len() > LONGEST_CACHED {
            self.whole = false;
            return;
        }
        if self.young.len() >= HALF_ENTRIES || self.young_bytes >= HALF_BYTES {
            self.whole &= self.old.is_empty();
            self.old = std::mem::take(&mut self.young);
            self.young_bytes = 0;
        }
        self.young_bytes += text.len();
        self.young.insert(text.into(), known);
    }
}

/// The number of a text, if any event names it.
pub(crate) fn find(conn: &Connection, text: &str) -> Result<Option<i64>> {
    find_hashed(conn, hash(text), text)
}

fn find_hashed(conn: &Connection, hash: i64, text: &str) -> Result<Option<i64>> {
    let sql = "SELECT id FROM name WHERE hash = ?1 AND text = ?2";
    Ok(conn
        .prepare_cached(sql)?
        .query_row(params![hash, text], |row| row.get(0))
        .optional()?)
}

/// The first 32 bits of the text's SHA-256: a small index, and texts that share a number cannot be
/// made by the thousand.
fn hash(text: &str) -> i64 {
    let Digest(bytes) = Digest::of(text.as_bytes());
    i64::from(i32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema;

    fn conn() -> Connection {
        let mut conn = Connection::open_in_memory().unwrap();
        schema::create(&mut conn, schema::STEPS).unwrap();
        conn
    }

    #[test]
    fn a_text_has_one_number_however_often_the_cache_forgets_it() {
        let conn = conn();
        let mut names = Names::new(1, true);
        let mut mentions = Vec::new();
        let text = |i: usize| format!("arn:aws:iam::{i}:role/r");
        let count = HALF_ENTRIES * 2 + 1000;
        for i in 0..count {
            assert_eq!(
                names.number(&conn, &text(i), 1, &mut mentions),
                Ok(i as i64 + 1)
            );
        }
        assert!(names.young.len() + names.old.len() <= 2 * HALF_ENTRIES);
        for i in [0, 1, HALF_ENTRIES, count - 1] {
            assert_eq!(
                names.number(&conn, &text(i), 2, &mut mentions),
                Ok(i as i64 + 1)
            );
        }
        let rows: i64 = conn
            .query_row("SELECT count(*) FROM name", [], |row| row.get(0))
            .unwrap();
        assert_eq!(rows, count as i64);
    }

    #[test]
    fn a_name_is_mentioned_once_a_block() {
        let conn = conn();
        let mut names = Names::new(1, true);
        let mut mentions = Vec::new();
        for (block, text) in [(1, "a"), (1, "b"), (1, "a"), (2, "a"), (2, "a"), (1, "\0")] {
            names.number(&conn, text, block, &mut mentions).unwrap();
        }
        assert_eq!(mentions, [1, 2, 1, 3]);
    }

    #[test]
    fn long_texts_are_kept_once_though_never_cached() {
        let conn = conn();
        let mut names = Names::new(1, true);
        let long = "x".repeat(LONGEST_CACHED + 1);
        let mut mentions = Vec::new();
        for _ in 0..3 {
            assert_eq!(names.number(&conn, &long, 1, &mut mentions), Ok(1));
        }
        // Told three times; the primary key of `mention` keeps one.
        assert_eq!(mentions, [1, 1, 1]);
    }
}
