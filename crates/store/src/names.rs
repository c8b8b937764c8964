//! The texts of events, each kept once and stood for by a number.

use crate::error::{Result, StoreError};
use crate::mentions::Mentions;
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
    id: u32,
    /// The block that mentioned it last.
    block: u32,
}

/// Gives texts their numbers while an import writes.
#[derive(Debug)]
pub(crate) struct Names {
    young: HashMap<Box<str>, Known>,
    old: HashMap<Box<str>, Known>,
    young_bytes: usize,
    next: u32,
    /// Hashes and numbers of new names, not yet written: the index is written by rising hashes.
    /// Those names are in the cache, so none is looked for in the index before it is there.
    new: Vec<(i64, u32)>,
    /// Whether the cache holds every name of the case, so that what is not in it is new.
    whole: bool,
}

impl Names {
    /// `next` is the number of the next new name; `none_yet` says that the case has no name.
    pub(crate) fn new(next: u32, none_yet: bool) -> Names {
        Names {
            young: HashMap::new(),
            old: HashMap::new(),
            young_bytes: 0,
            next,
            new: Vec::new(),
            whole: none_yet,
        }
    }

    pub(crate) fn next(&self) -> u32 {
        self.next
    }

    /// The number of a text, which is written if it is new. Where this is the first mention in
    /// `block`, it is added to `mentions`.
    pub(crate) fn number(
        &mut self,
        conn: &Connection,
        text: &str,
        block: u32,
        mentions: &mut Mentions,
    ) -> Result<u32> {
        if let Some(known) = self.young.get_mut(text) {
            if known.block != block {
                known.block = block;
                mentions.add(known.id, block);
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
            mentions.add(known.id, block);
        }
        self.remember(conn, text, Known { block, ..known })?;
        Ok(known.id)
    }

    fn look_up_or_add(&mut self, conn: &Connection, text: &str) -> Result<u32> {
        let hash = hash(text);
        if !self.whole
            && let Some(id) = find_hashed(conn, hash, text)?
        {
            return u32::try_from(id).map_err(|_| StoreError::damaged("the number of a name"));
        }
        let id = self.next;
        let mut insert = conn.prepare_cached("INSERT INTO name VALUES (?1, ?2)")?;
        insert.execute(params![id, text])?;
        self.new.push((hash, id));
        let next = id.checked_add(1).filter(|&next| next < u32::MAX);
        self.next = next.ok_or_else(|| StoreError::TooLarge("over 4,294,967,293 names".into()))?;
        Ok(id)
    }

    /// Writes what is not written yet. Due before each commit.
    pub(crate) fn write(&mut self, conn: &Connection) -> Result<()> {
        self.new.sort_unstable();
        let mut insert = conn.prepare_cached("INSERT INTO name_hash VALUES (?1, ?2)")?;
        for (hash, id) in self.new.drain(..) {
            insert.execute(params![hash, id])?;
        }
        Ok(())
    }

    fn remember(&mut self, conn: &Connection, text: &str, known: Known) -> Result<()> {
        if text.len() > LONGEST_CACHED {
            self.whole = false;
            return self.write(conn);
        }
        if self.young.len() >= HALF_ENTRIES || self.young_bytes >= HALF_BYTES {
            self.write(conn)?;
            self.whole &= self.old.is_empty();
            self.old = std::mem::take(&mut self.young);
            self.young_bytes = 0;
        }
        self.young_bytes += text.len();
        self.young.insert(text.into(), known);
        Ok(())
    }
}

/// The number of a text, if any event names it.
pub(crate) fn find(conn: &Connection, text: &str) -> Result<Option<i64>> {
    find_hashed(conn, hash(text), text)
}

fn find_hashed(conn: &Connection, hash: i64, text: &str) -> Result<Option<i64>> {
    let sql = "SELECT id FROM name_hash JOIN name ON id = name WHERE hash = ?1 AND text = ?2";
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
        let mut mentions = Mentions::default();
        let text = |i: usize| format!("arn:aws:iam::{i}:role/r");
        let count = HALF_ENTRIES * 2 + 1000;
        for i in 0..count {
            assert_eq!(
                names.number(&conn, &text(i), 1, &mut mentions),
                Ok(i as u32 + 1)
            );
        }
        assert!(names.young.len() + names.old.len() <= 2 * HALF_ENTRIES);
        for i in [0, 1, HALF_ENTRIES, count - 1] {
            assert_eq!(
                names.number(&conn, &text(i), 2, &mut mentions),
                Ok(i as u32 + 1)
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
        let mut mentions = Mentions::default();
        for (block, text) in [(1, "a"), (1, "b"), (1, "a"), (2, "a"), (2, "a"), (1, "\0")] {
            names.number(&conn, text, block, &mut mentions).unwrap();
        }
        assert_eq!(mentions.gathered(), [(1, 1), (2, 1), (1, 2), (3, 1)]);
    }

    #[test]
    fn long_texts_are_kept_once_though_never_cached() {
        let conn = conn();
        let mut names = Names::new(1, true);
        let long = "x".repeat(LONGEST_CACHED + 1);
        let mut mentions = Mentions::default();
        for _ in 0..3 {
            assert_eq!(names.number(&conn, &long, 1, &mut mentions), Ok(1));
        }
        // Told three times, and written once.
        assert_eq!(mentions.gathered(), [(1, 1), (1, 1), (1, 1)]);
        mentions.write(&conn).unwrap();
    }
}
