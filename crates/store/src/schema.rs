//! The tables of a case file, and the way from each version of them to the next.

use crate::error::{Result, StoreError};
use rusqlite::Connection;

/// SQLite's `application_id` of a case file: the letters `EXHI`, big-endian at byte 68.
pub const APPLICATION_ID: i32 = i32::from_be_bytes(*b"EXHI");

/// The steps from nothing to today's tables. A file's `user_version` is how many of them it has
/// behind it. A step that was published is never edited: a change is a new step.
pub(crate) const STEPS: &[&str] = &[V1];

/// Version 1. Ids: a record is `file << 32 | ordinal`. Verdicts: 0 contradicted, 1 unproven,
/// 2 intact, 3 verified; a record in no span is unchecked. Times: microseconds since 1970. Numbers
/// that may pass 2^63 keep their bits and are read as unsigned.
const V1: &str = "
-- Counters that never run back (so that no number means two things), the custody head, and how the
-- analyst wants to see the columns.
CREATE TABLE meta(key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE import(
    id INTEGER PRIMARY KEY, label TEXT NOT NULL, complete INTEGER NOT NULL, tool TEXT NOT NULL,
    started INTEGER NOT NULL, finished INTEGER, fingerprint BLOB
) STRICT;

CREATE TABLE file(
    id INTEGER PRIMARY KEY, import INTEGER NOT NULL, container TEXT NOT NULL, path TEXT NOT NULL,
    kind TEXT NOT NULL,
    wrapping TEXT NOT NULL, ended INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0,
    sha256 BLOB, sha256_as_found BLOB, trailing INTEGER NOT NULL DEFAULT 0,
    ledger_records INTEGER NOT NULL DEFAULT 0, ledger_structure INTEGER NOT NULL DEFAULT 0,
    ledger_rejected INTEGER NOT NULL DEFAULT 0,
    records INTEGER NOT NULL DEFAULT 0, malformed INTEGER NOT NULL DEFAULT 0,
    earliest INTEGER, latest INTEGER, verdict INTEGER, placed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX file_import ON file(import);

-- The bytes of a file as they were read, batch by batch. `layout` says where its records and its
-- rejected stretches lie; both are zstd frames with a checksum.
CREATE TABLE block(
    id INTEGER PRIMARY KEY, file INTEGER NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL,
    first_ordinal INTEGER NOT NULL, layout BLOB NOT NULL, data BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX block_offset ON block(file, offset);

-- What else is kept of a file: `trailing` data, and the `wrapped` original of a compressed file
-- whose own bytes a manifest hashes.
CREATE TABLE kept(
    id INTEGER PRIMARY KEY, file INTEGER NOT NULL, what TEXT NOT NULL, offset INTEGER NOT NULL,
    length INTEGER NOT NULL, data BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX kept_offset ON kept(file, what, offset);

-- One row for each block that holds records: which, and between which places in time's order.
-- `kinds`: the combinations of type, decision and outcome that its records have, rising, each number
-- plus one and 0 for none (LEB128); NULL where there are too many.
CREATE TABLE zone(
    first_id INTEGER PRIMARY KEY, last_id INTEGER NOT NULL, block INTEGER NOT NULL,
    min_place INTEGER NOT NULL, max_place INTEGER NOT NULL, kinds BLOB
) STRICT;

-- Texts of events, each once; and the way to them by the first 32 bits of their SHA-256.
CREATE TABLE name(id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
CREATE TABLE name_hash(
    hash INTEGER NOT NULL, name INTEGER NOT NULL, PRIMARY KEY(hash, name)
) STRICT, WITHOUT ROWID;

-- One row a record. `place` is its time; of an undated one, that of the dated record before it in
-- its file: used for order alone, never shown. `seq` is the format's number less the ordinal.
-- `shown`: bits of `evidence::event::shown`, NULL for none. `native`: what the format's own id of
-- the event hashes to, and `stage`: which of the event's records this is. `part_of`: the record
-- that leads the event this one belongs to; NULL where it leads itself, so that the rows of the
-- timeline are those with NULL. It stands early because every search asks for it, and SQLite reads a
-- row only up to the last column that is asked for.
CREATE TABLE event(
    id INTEGER PRIMARY KEY, place INTEGER NOT NULL, undated INTEGER NOT NULL, part_of INTEGER,
    seq INTEGER, type INTEGER, native_type INTEGER, actor INTEGER, actor_kind INTEGER, subject INTEGER,
    credential INTEGER, token INTEGER, token_parent INTEGER, secret INTEGER, resource INTEGER,
    tool INTEGER, decision INTEGER, outcome INTEGER, source_ip INTEGER, trace INTEGER,
    scope INTEGER, agent INTEGER, environment INTEGER, policy INTEGER, approval INTEGER,
    expires INTEGER, shown INTEGER, native INTEGER, stage INTEGER
) STRICT;
CREATE INDEX event_place ON event(place) WHERE part_of IS NULL;
CREATE INDEX event_undated ON event(place) WHERE undated = 1 AND part_of IS NULL;
CREATE INDEX event_part ON event(part_of) WHERE part_of IS NOT NULL;

-- By name, in time's order. A large import takes these away and makes them anew at its end. Actors
-- and subjects are few and in most blocks: `mention` leads to them as fast, and costs nothing more.
CREATE INDEX event_credential ON event(credential, place) WHERE credential IS NOT NULL;
CREATE INDEX event_token ON event(token, place) WHERE token IS NOT NULL;
CREATE INDEX event_token_parent ON event(token_parent, place) WHERE token_parent IS NOT NULL;
CREATE INDEX event_secret ON event(secret, place) WHERE secret IS NOT NULL;
CREATE INDEX event_trace ON event(trace, place) WHERE trace IS NOT NULL;
CREATE INDEX event_native ON event(native) WHERE native IS NOT NULL;

-- What something is called besides, as records of an import (its first PATH) tell: the earliest of
-- them. `role` is the number of the column that names it.
CREATE TABLE alias(
    name INTEGER NOT NULL, role INTEGER NOT NULL, alias INTEGER NOT NULL, import INTEGER NOT NULL,
    place INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY(name, role, alias, import)
) STRICT, WITHOUT ROWID;
CREATE INDEX alias_alias ON alias(alias);

-- In which blocks a name is mentioned: a first one, and the steps (LEB128) to further ones.
CREATE TABLE mention(
    name INTEGER NOT NULL, block INTEGER NOT NULL, steps BLOB, PRIMARY KEY(name, block)
) STRICT, WITHOUT ROWID;

-- The judgement: replaced whole, so that no verdict outlives what it depends on.
CREATE TABLE stream(
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, format TEXT NOT NULL, records INTEGER NOT NULL,
    first_seq INTEGER, last_seq INTEGER, verdict INTEGER NOT NULL, axes TEXT NOT NULL
) STRICT;
CREATE TABLE span(
    first_id INTEGER PRIMARY KEY, last_id INTEGER NOT NULL, verdict INTEGER NOT NULL,
    stream INTEGER NOT NULL
) STRICT;
CREATE TABLE finding(
    id INTEGER PRIMARY KEY, class TEXT NOT NULL, code TEXT NOT NULL, verdict INTEGER,
    file INTEGER, path TEXT, stream TEXT, seq INTEGER, ordinal INTEGER, offset INTEGER,
    length INTEGER, first INTEGER, last INTEGER, count INTEGER, from_time INTEGER,
    until_time INTEGER, members TEXT NOT NULL, message TEXT NOT NULL
) STRICT;
CREATE INDEX finding_record ON finding(file, ordinal);

-- Events of several records that have a worse verdict than the record that leads them.
CREATE TABLE worse(id INTEGER PRIMARY KEY, verdict INTEGER NOT NULL) STRICT;

-- How many more records than events have a verdict (4: none yet).
CREATE TABLE uncounted(verdict INTEGER PRIMARY KEY, count INTEGER NOT NULL) STRICT;

-- Every 4096th row of the timeline, so that a row is reached by its rank.
CREATE TABLE mark(rank INTEGER PRIMARY KEY, place INTEGER NOT NULL, id INTEGER NOT NULL) STRICT;
-- Dated events in each stretch of 2^level microseconds, by verdict.
CREATE TABLE tally(
    level INTEGER NOT NULL, bucket INTEGER NOT NULL, contradicted INTEGER NOT NULL,
    unproven INTEGER NOT NULL, intact INTEGER NOT NULL, verified INTEGER NOT NULL,
    unchecked INTEGER NOT NULL, PRIMARY KEY(level, bucket)
) STRICT, WITHOUT ROWID;

CREATE TABLE trust(
    id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL, algorithm TEXT NOT NULL,
    material BLOB NOT NULL, cloudtrail_fingerprint TEXT, name TEXT, streams TEXT NOT NULL,
    valid_from INTEGER, valid_until INTEGER, revoked INTEGER, how TEXT, added INTEGER NOT NULL
) STRICT;

-- What the analyst says of two names: that they are one identity's, or that they are not. The lesser
-- text is `one`.
CREATE TABLE merge(
    one TEXT NOT NULL, other TEXT NOT NULL, same INTEGER NOT NULL, how TEXT, said INTEGER NOT NULL,
    PRIMARY KEY(one, other)
) STRICT, WITHOUT ROWID;

-- What the analyst says of a record: a star, tags, a comment.
CREATE TABLE note(
    id INTEGER PRIMARY KEY, starred INTEGER NOT NULL, comment TEXT, said INTEGER NOT NULL
) STRICT;
CREATE TABLE tag(id INTEGER NOT NULL, tag TEXT NOT NULL, PRIMARY KEY(id, tag)) STRICT, WITHOUT ROWID;

-- What the analyst makes of a finding, with its code and words at that time.
CREATE TABLE assessment(
    key TEXT PRIMARY KEY, code TEXT NOT NULL, message TEXT NOT NULL, state TEXT, comment TEXT,
    said INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE custody(seq INTEGER PRIMARY KEY, line TEXT NOT NULL, hash BLOB NOT NULL) STRICT;

INSERT INTO meta VALUES ('next_file', 1), ('next_block', 1), ('next_name', 1);
";

/// The indexes by name, which a large import takes away and makes anew at its end: its name, and what
/// makes it. As they stand in [`V1`].
pub(crate) const NAME_INDEXES: &[(&str, &str)] = &[
    (
        "event_credential",
        "CREATE INDEX event_credential ON event(credential, place) WHERE credential IS NOT NULL",
    ),
    (
        "event_token",
        "CREATE INDEX event_token ON event(token, place) WHERE token IS NOT NULL",
    ),
    (
        "event_token_parent",
        "CREATE INDEX event_token_parent ON event(token_parent, place) WHERE token_parent IS NOT NULL",
    ),
    (
        "event_secret",
        "CREATE INDEX event_secret ON event(secret, place) WHERE secret IS NOT NULL",
    ),
    (
        "event_trace",
        "CREATE INDEX event_trace ON event(trace, place) WHERE trace IS NOT NULL",
    ),
    (
        "event_native",
        "CREATE INDEX event_native ON event(native) WHERE native IS NOT NULL",
    ),
];

/// Takes the indexes by name away.
pub(crate) fn drop_name_indexes(conn: &Connection) -> Result<()> {
    for (name, _) in NAME_INDEXES {
        conn.execute_batch(&format!("DROP INDEX IF EXISTS {name}"))?;
    }
    Ok(())
}

/// Makes one of the indexes by name, where it is not there.
pub(crate) fn make_name_index(conn: &Connection, (name, sql): (&str, &str)) -> Result<()> {
    let there = "SELECT EXISTS(SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = ?1)";
    if !conn.query_row(there, [name], |row| row.get(0))? {
        conn.execute_batch(sql)?;
    }
    Ok(())
}

/// The file's version, after its being a case has been made sure of.
pub(crate) fn version(conn: &Connection) -> Result<u32> {
    let app: i32 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if app != APPLICATION_ID {
        return Err(StoreError::NotACase);
    }
    let version: i32 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    u32::try_from(version).map_err(|_| StoreError::damaged(format!("schema version {version}")))
}

/// Takes the steps that the file has not taken yet, all or none. Gives the version that it had.
pub(crate) fn migrate(conn: &mut Connection, steps: &[&str]) -> Result<u32> {
    let found = version(conn)?;
    let known = steps.len() as u32;
    if found > known {
        return Err(StoreError::NewerSchema { found, known });
    }
    if found < known {
        let transaction = conn.transaction()?;
        for step in &steps[found as usize..] {
            transaction.execute_batch(step)?;
        }
        transaction.pragma_update(None, "user_version", known)?;
        transaction.commit()?;
    }
    Ok(found)
}

/// Makes the tables in an empty database.
pub(crate) fn create(conn: &mut Connection, steps: &[&str]) -> Result<()> {
    conn.pragma_update(None, "application_id", APPLICATION_ID)?;
    migrate(conn, steps).map(drop)
}

/// Holds the file's tables, indexes, views and triggers against those of a fresh one. A case comes
/// from other people's hands too: one trigger in it would act whenever we write.
pub(crate) fn check(conn: &Connection, steps: &[&str]) -> Result<()> {
    let mut fresh = Connection::open_in_memory()?;
    create(&mut fresh, steps)?;
    let (theirs, ours) = (listing(conn)?, listing(&fresh)?);
    if theirs == ours {
        return Ok(());
    }
    let odd = theirs.iter().find(|entry| !ours.contains(entry));
    let taken_away = |(kind, name, _): &(String, String, String)| {
        kind == "index" && NAME_INDEXES.iter().any(|(index, _)| index == name)
    };
    let mut lacking = ours.iter().filter(|entry| !theirs.contains(entry));
    if odd.is_none() && lacking.clone().all(taken_away) {
        // An import that runs, or was cut off, may have taken these away; it, or whoever removes
        // what it left, makes them anew.
        let sql = "SELECT EXISTS(SELECT 1 FROM import WHERE complete = 0)";
        if conn.query_row(sql, [], |row| row.get(0))? {
            return Ok(());
        }
    }
    let odd = odd.or_else(|| lacking.next());
    let name = odd.map_or("", |entry| entry.1.as_str());
    Err(StoreError::damaged(format!(
        "its schema is not this program's, at {name:?}"
    )))
}

fn listing(conn: &Connection) -> Result<Vec<(String, String, String)>> {
    let sql = "SELECT type, name, coalesce(sql, '') FROM sqlite_schema ORDER BY type, name";
    let mut statement = conn.prepare(sql)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_indexes_by_name_are_made_anew_as_the_schema_has_them() {
        let mut conn = Connection::open_in_memory().unwrap();
        create(&mut conn, STEPS).unwrap();
        drop_name_indexes(&conn).unwrap();
        let lacking = check(&conn, STEPS);
        assert_eq!(
            lacking,
            Err(StoreError::Damaged(
                "its schema is not this program's, at \"event_credential\"".into()
            ))
        );
        conn.execute_batch("INSERT INTO import VALUES (1, '/x', 0, 't', 0, NULL, NULL)")
            .unwrap();
        assert_eq!(check(&conn, STEPS), Ok(()));
        conn.execute_batch("DELETE FROM import").unwrap();
        for &index in NAME_INDEXES {
            make_name_index(&conn, index).unwrap();
            make_name_index(&conn, index).unwrap();
        }
        assert_eq!(check(&conn, STEPS), Ok(()));
    }
}
