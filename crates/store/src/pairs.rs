//! Records that share a native id, brought together so that a rule from outside tells which of them
//! are one event.

use crate::error::{Result, StoreError};
use crate::record::RecordId;
use evidence::FileId;
use rusqlite::{Connection, params};

/// So many may share an id; of more each is an event of its own, whatever the rule would say.
const MOST_SIBLINGS: usize = 1 << 16;

/// So many changes (64 MiB) are gathered before they are written by rising ids: the table of events
/// is then gone through from one end to the other, and not at random.
const MOST_CHANGES: usize = 4 << 20;

/// One of several records with one native id. Its texts are numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sibling {
    /// The record.
    pub record: RecordId,
    /// See [`crate::Native::stage`].
    pub stage: u8,
    /// Who did it.
    pub actor: Option<u32>,
    /// The credential that authorised it.
    pub credential: Option<u32>,
    /// What the record's own format calls it.
    pub native_type: Option<u32>,
}

/// Tells, of each of several records with one native id, the index of the one that leads its event;
/// its own where it leads.
pub type Pairing<'p> = dyn FnMut(&[Sibling]) -> Result<Vec<usize>> + 'p;

/// Has the rule pair all records that share an id with one of the files from `first` on, within the
/// caller's transaction. `records` is how many those files hold.
pub(crate) fn pair(
    conn: &Connection,
    first: FileId,
    records: u64,
    pairing: &mut Pairing<'_>,
) -> Result<()> {
    let first = RecordId {
        file: first,
        ordinal: 0,
    };
    let mut changes = Vec::new();
    each_shared(conn, first, records, &mut |native| {
        pair_siblings(conn, native, pairing, &mut changes)?;
        if changes.len() >= MOST_CHANGES {
            // What is read here is the index of native ids, which these changes leave alone.
            write(conn, &mut changes)?;
        }
        Ok(true)
    })?;
    write(conn, &mut changes)
}

/// The first record found that belongs to another event than the rule says.
pub(crate) fn first_wrong(conn: &Connection, pairing: &mut Pairing<'_>) -> Result<Option<i64>> {
    let mut changes = Vec::new();
    let first = RecordId::from_number(0);
    each_shared(conn, first, u64::MAX, &mut |native| {
        pair_siblings(conn, native, pairing, &mut changes)?;
        Ok(changes.is_empty())
    })?;
    Ok(changes.first().map(|&(id, _)| id))
}

/// Gives each id that records from `first` on, so many of them, share with another, until `each` says
/// that it is enough.
fn each_shared(
    conn: &Connection,
    first: RecordId,
    records: u64,
    each: &mut dyn FnMut(i64) -> Result<bool>,
) -> Result<()> {
    let sql = "SELECT coalesce(sum(last_id - first_id + 1), 0) FROM zone";
    let total: i64 = conn.query_row(sql, [], |row| row.get(0))?;
    // A few records are looked up one by one; for many the index is gone through. In both ways the
    // records then come about as they lie, so that a block is not read for each of them.
    let few = "SELECT native FROM event WHERE id >= ?1 AND native IS NOT NULL \
         GROUP BY native ORDER BY min(id)";
    let many = "SELECT native FROM event WHERE native IS NOT NULL GROUP BY native \
         HAVING count(*) > 1 AND max(id) >= ?1 ORDER BY min(id)";
    let is_few = i64::try_from(records).unwrap_or(i64::MAX) < total / 16;
    let mut shared = conn.prepare(if is_few { few } else { many })?;
    let mut shared = shared.query([first.number()])?;
    while let Some(row) = shared.next()? {
        if !each(row.get(0)?)? {
            break;
        }
    }
    Ok(())
}

fn pair_siblings(
    conn: &Connection,
    native: i64,
    pairing: &mut Pairing<'_>,
    changes: &mut Vec<(i64, Option<i64>)>,
) -> Result<()> {
    let sql = "SELECT id, part_of, stage, actor, credential, native_type FROM event \
         WHERE native = ?1 ORDER BY id LIMIT ?2";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(params![native, MOST_SIBLINGS as i64 + 1])?;
    let (mut siblings, mut before) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        before.push(row.get::<_, Option<i64>>(1)?);
        siblings.push(Sibling {
            record: RecordId::from_number(row.get(0)?),
            stage: row.get::<_, Option<u8>>(2)?.unwrap_or(0),
            actor: row.get(3)?,
            credential: row.get(4)?,
            native_type: row.get(5)?,
        });
    }
    if siblings.len() < 2 {
        return Ok(());
    }
    if siblings.len() > MOST_SIBLINGS {
        let sql = "SELECT id FROM event WHERE native = ?1 AND part_of IS NOT NULL";
        let mut parts = conn.prepare_cached(sql)?;
        let mut parts = parts.query([native])?;
        while let Some(row) = parts.next()? {
            changes.push((row.get(0)?, None));
        }
        return Ok(());
    }
    let leaders = pairing(&siblings)?;
    let sound = leaders.len() == siblings.len()
        && leaders
            .iter()
            .all(|&leader| leaders.get(leader) == Some(&leader));
    if !sound {
        return Err(StoreError::bug("a pairing in which no record leads"));
    }
    for (at, &leader) in leaders.iter().enumerate() {
        let part_of = (leader != at).then(|| siblings[leader].record.number());
        if part_of != before[at] {
            changes.push((siblings[at].record.number(), part_of));
        }
    }
    Ok(())
}

fn write(conn: &Connection, changes: &mut Vec<(i64, Option<i64>)>) -> Result<()> {
    changes.sort_unstable();
    let mut update = conn.prepare_cached("UPDATE event SET part_of = ?2 WHERE id = ?1")?;
    for (id, part_of) in changes.drain(..) {
        update.execute(params![id, part_of])?;
    }
    Ok(())
}
