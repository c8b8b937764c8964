//! The verdict and stream of any record, from the spans of the judgement.

use crate::error::{Result, StoreError};
use crate::words;
use evidence::Word;
use rusqlite::{Connection, OptionalExtension as _, Row};

/// So many spans are held in memory (64 MiB); more are looked up one by one.
const MOST_LOADED: usize = 2 << 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) first: i64,
    pub(crate) last: i64,
    pub(crate) verdict: Word,
    pub(crate) stream: u32,
}

impl Stretch {
    fn holds(&self, id: i64) -> bool {
        self.first <= id && id <= self.last
    }
}

/// The spans of the judgement.
#[derive(Debug)]
pub(crate) struct Spans {
    /// All of them by rising ids, or `None` where they are too many.
    all: Option<Vec<Stretch>>,
    /// The events that have a worse verdict than the record that leads them, by rising ids, or
    /// `None` where they are too many.
    worse: Option<Vec<(i64, Word)>>,
}

/// Looks spans up for records that mostly stand near one another.
#[derive(Debug)]
pub(crate) struct SpanCursor<'a> {
    conn: &'a Connection,
    spans: &'a Spans,
    recent: Option<Stretch>,
}

const COLUMNS: &str = "SELECT first_id, last_id, verdict, stream FROM span";

impl Spans {
    pub(crate) fn load(conn: &Connection) -> Result<Spans> {
        let count: i64 = conn.query_row("SELECT count(*) FROM span", [], |row| row.get(0))?;
        Spans::load_up_to(
            conn,
            usize::try_from(count).unwrap_or(usize::MAX),
            MOST_LOADED,
        )
    }

    fn load_up_to(conn: &Connection, count: usize, most: usize) -> Result<Spans> {
        let mut all = None;
        if count <= most {
            let mut statement = conn.prepare_cached(&format!("{COLUMNS} ORDER BY first_id"))?;
            let mut rows = statement.query([])?;
            let mut stretches = Vec::with_capacity(count);
            while let Some(row) = rows.next()? {
                stretches.push(stretch(row)?);
            }
            all = Some(stretches);
        }
        let mut worse = Some(Vec::new());
        let mut statement = conn.prepare_cached("SELECT id, verdict FROM worse ORDER BY id")?;
        let mut rows = statement.query([])?;
        while let (Some(row), Some(list)) = (rows.next()?, &mut worse) {
            if list.len() >= most {
                worse = None;
                break;
            }
            list.push((row.get(0)?, words::verdict(row.get(1)?)?));
        }
        Ok(Spans { all, worse })
    }

    /// The events that have a worse verdict than the record that leads them, where they are few
    /// enough to be held.
    pub(crate) fn worse(&self) -> Option<&[(i64, Word)]> {
        self.worse.as_deref()
    }

    /// All spans by rising ids, where they are few enough to be held.
    pub(crate) fn all(&self) -> Option<&[Stretch]> {
        self.all.as_deref()
    }

    pub(crate) fn cursor<'a>(&'a self, conn: &'a Connection) -> SpanCursor<'a> {
        SpanCursor {
            conn,
            spans: self,
            recent: None,
        }
    }
}

impl SpanCursor<'_> {
    /// The span of a record; `None` where it is unchecked.
    pub(crate) fn of(&mut self, id: i64) -> Result<Option<Stretch>> {
        if self.recent.is_some_and(|recent| recent.holds(id)) {
            return Ok(self.recent);
        }
        let found = match &self.spans.all {
            Some(all) => {
                let after = all.partition_point(|stretch| stretch.first <= id);
                after.checked_sub(1).map(|at| all[at])
            }
            None => look_up(self.conn, id)?,
        };
        let found = found.filter(|stretch| stretch.holds(id));
        if found.is_some() {
            self.recent = found;
        }
        Ok(found)
    }

    /// The verdict of the event that a record leads: the worst of its records'.
    pub(crate) fn verdict(&mut self, id: i64) -> Result<Word> {
        let own = self
            .of(id)?
            .map_or(Word::Unchecked, |stretch| stretch.verdict);
        Ok(self.worse(id)?.unwrap_or(own))
    }

    fn worse(&self, id: i64) -> Result<Option<Word>> {
        let Some(worse) = &self.spans.worse else {
            let sql = "SELECT verdict FROM worse WHERE id = ?1";
            let mut statement = self.conn.prepare_cached(sql)?;
            let number: Option<i64> = statement.query_row([id], |row| row.get(0)).optional()?;
            return number.map(words::verdict).transpose();
        };
        if worse.is_empty() {
            return Ok(None);
        }
        let found = worse.binary_search_by_key(&id, |&(id, _)| id).ok();
        Ok(found.map(|at| worse[at].1))
    }
}

fn look_up(conn: &Connection, id: i64) -> Result<Option<Stretch>> {
    let sql = format!("{COLUMNS} WHERE first_id <= ?1 ORDER BY first_id DESC LIMIT 1");
    let mut statement = conn.prepare_cached(&sql)?;
    statement
        .query_row([id], |row| Ok(stretch(row)))
        .optional()?
        .transpose()
}

fn stretch(row: &Row<'_>) -> Result<Stretch> {
    let stream = u32::try_from(row.get::<_, i64>(3)?);
    Ok(Stretch {
        first: row.get(0)?,
        last: row.get(1)?,
        verdict: words::verdict(row.get(2)?)?,
        stream: stream.map_err(|_| StoreError::damaged("the stream of a span"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema;

    #[test]
    fn looked_up_and_loaded_spans_say_the_same() {
        let mut conn = Connection::open_in_memory().unwrap();
        schema::create(&mut conn, schema::STEPS).unwrap();
        conn.execute_batch(
            "INSERT INTO span VALUES (10, 12, 3, 0), (13, 13, 0, 1), (20, 29, 1, 0)",
        )
        .unwrap();
        let loaded = Spans::load_up_to(&conn, 3, 3).unwrap();
        let looked_up = Spans::load_up_to(&conn, 3, 2).unwrap();
        assert!(loaded.all().is_some() && looked_up.all().is_none());
        let expected = |id| match id {
            10..=12 => Word::Verified,
            13 => Word::Contradicted,
            20..=29 => Word::Unproven,
            _ => Word::Unchecked,
        };
        for id in 0..40 {
            assert_eq!(loaded.cursor(&conn).verdict(id), Ok(expected(id)), "{id}");
            assert_eq!(
                looked_up.cursor(&conn).verdict(id),
                Ok(expected(id)),
                "{id}"
            );
        }
    }
}
