//! Whether the case is as Exhibit left it: what an act leaves is hashed into its line of the custody
//! log, and held against that line whenever the case is opened.
//!
//! Hashed is what is small: imports, files, judgement, trust, merges, notes, tags, what was made of
//! findings; and what leads to rows: zones, mentions, aliases, marks, tallies, without which a search
//! would be silent about what is there. Of what is large, how much of it there is. Rows of events are
//! held against the bytes by a whole verification ([`Reader::check_rows`]). Who can write the file can
//! also write the line anew; against that, the newest hash of the custody log is noted elsewhere.

use crate::custody::{self, CustodyLine};
use crate::error::{Result, StoreError};
use crate::reader::Reader;
use evidence::Digest;
use evidence::digest::Hasher;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension as _};

/// What an unfinished import has written is not of the state: it is removed, or it is finished with
/// an act of its own.
const WHOLE: &str = "(SELECT coalesce(min(file.id), 9223372036854775807) FROM file \
     JOIN import ON import.id = file.import WHERE import.complete = 0)";

/// So are its blocks.
const WHOLE_BLOCKS: &str =
    "coalesce((SELECT value FROM meta WHERE key = 'unfinished_block'), 9223372036854775807)";

/// Each part: its name, and its rows in an order of their own.
fn parts() -> [(&'static str, String); 20] {
    [
        (
            "import",
            "SELECT * FROM import WHERE complete = 1 ORDER BY id".into(),
        ),
        (
            "file",
            format!("SELECT * FROM file WHERE id < {WHOLE} ORDER BY id"),
        ),
        (
            "block",
            format!("SELECT count(*) FROM block WHERE file < {WHOLE}"),
        ),
        // Of a compressed original, whose digest a whole verification takes anew, that it is there.
        (
            "kept",
            format!(
                "SELECT id, file, what, offset, length, iif(what = 'trailing', data, NULL) \
                 FROM kept WHERE file < {WHOLE} ORDER BY id"
            ),
        ),
        (
            "event",
            format!("SELECT max(id) FROM event WHERE id < ({WHOLE} & 2147483647) << 32"),
        ),
        (
            "zone",
            format!("SELECT * FROM zone WHERE block < {WHOLE_BLOCKS} ORDER BY first_id"),
        ),
        (
            "mention",
            format!("SELECT * FROM mention WHERE block < {WHOLE_BLOCKS} ORDER BY name, block"),
        ),
        (
            "alias",
            format!(
                "SELECT * FROM alias WHERE id < ({WHOLE} & 2147483647) << 32 \
                 ORDER BY name, role, alias, import"
            ),
        ),
        ("mark", "SELECT * FROM mark ORDER BY rank".into()),
        ("tally", "SELECT * FROM tally ORDER BY level, bucket".into()),
        ("stream", "SELECT * FROM stream ORDER BY id".into()),
        ("span", "SELECT * FROM span ORDER BY first_id".into()),
        ("finding", "SELECT * FROM finding ORDER BY id".into()),
        ("worse", "SELECT * FROM worse ORDER BY id".into()),
        (
            "uncounted",
            "SELECT * FROM uncounted ORDER BY verdict".into(),
        ),
        ("trust", "SELECT * FROM trust ORDER BY id".into()),
        ("merge", "SELECT * FROM merge ORDER BY one, other".into()),
        ("note", "SELECT * FROM note ORDER BY id".into()),
        ("tag", "SELECT * FROM tag ORDER BY id, tag".into()),
        ("assessment", "SELECT * FROM assessment ORDER BY key".into()),
    ]
}

/// The digest of what the case holds now, part by part.
pub(crate) fn digests(conn: &Connection) -> Result<Vec<(&'static str, Digest)>> {
    let mut out = Vec::new();
    for (name, sql) in parts() {
        let mut hasher = Hasher::default();
        let mut statement = conn.prepare_cached(&sql)?;
        let columns = statement.column_count();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                take(&mut hasher, row.get_ref(column)?);
            }
        }
        out.push((name, hasher.finish()));
    }
    Ok(out)
}

/// A value cannot be taken for another, nor two for one.
fn take(hasher: &mut Hasher, value: ValueRef<'_>) {
    let mut put = |kind: u8, bytes: &[u8]| {
        hasher.update(&[kind]);
        hasher.update(&(bytes.len() as u64).to_be_bytes());
        hasher.update(bytes);
    };
    match value {
        ValueRef::Null => put(0, &[]),
        ValueRef::Integer(number) => put(1, &number.to_be_bytes()),
        ValueRef::Real(number) => put(2, &number.to_be_bytes()),
        ValueRef::Text(text) => put(3, text),
        ValueRef::Blob(bytes) => put(4, bytes),
    }
}

/// The state as a line of the custody log has it: the digest over those of the parts, with each
/// part's first bytes, so that the part that was altered can be named.
pub(crate) fn told(conn: &Connection) -> Result<String> {
    let mut all = Hasher::default();
    let mut parts = String::new();
    for (name, digest) in digests(conn)? {
        all.update(&digest.0);
        parts.push_str(&format!(" {name}:{}", &digest.to_string()[..16]));
    }
    Ok(format!("{}{parts}", all.finish()))
}

/// Holds the case against its custody log: the chain, and what its newest line says that it left.
pub(crate) fn check(conn: &Connection) -> Result<()> {
    let snapshot = conn.unchecked_transaction()?;
    let chain = custody::verify(&snapshot)?;
    if let Some(fault) = chain.faults.first() {
        return Err(altered(&format!(
            "its custody log does not hold: {fault:?}"
        )));
    }
    let sql = "SELECT line FROM custody ORDER BY seq DESC LIMIT 1";
    let newest: Option<String> = snapshot.query_row(sql, [], |row| row.get(0)).optional()?;
    let line = newest.and_then(|line| serde_json::from_str::<CustodyLine>(&line).ok());
    // Cases of before have lines that do not say it.
    let Some((line, left)) = line.and_then(|line| line.state.clone().map(|left| (line, left)))
    else {
        return Ok(());
    };
    let now = told(&snapshot)?;
    if now == left {
        return Ok(());
    }
    let now: Vec<&str> = now.split(' ').skip(1).collect();
    let parts: Vec<&str> = left
        .split(' ')
        .skip(1)
        .filter(|part| !now.contains(part))
        .filter_map(|part| part.split(':').next())
        .collect();
    Err(altered(&format!(
        "since its last act ({}, number {} of the custody log) these were changed: {}",
        line.act,
        line.seq,
        parts.join(", ")
    )))
}

pub(crate) fn altered(what: &str) -> StoreError {
    StoreError::damaged(format!("it was altered outside Exhibit; {what}"))
}

impl Reader {
    /// Changes whenever anything has but what the analyst says: notes, tags, what is made of
    /// findings. What is rebuilt from records is the same as long as this is.
    pub fn judged(&self) -> Result<String> {
        let _snapshot = self.snapshot()?;
        let sql = "SELECT line FROM custody ORDER BY seq DESC LIMIT 1";
        let newest: Option<String> = self.conn.query_row(sql, [], |row| row.get(0)).optional()?;
        let line = newest.and_then(|line| serde_json::from_str::<CustodyLine>(&line).ok());
        let Some(state) = line.and_then(|line| line.state) else {
            return Ok(self.generation()?.to_string());
        };
        let said = ["note:", "tag:", "assessment:"];
        // The first word is the digest over all of them.
        let parts = state.split(' ').skip(1);
        let judged: Vec<&str> = parts
            .filter(|part| !said.iter().any(|name| part.starts_with(name)))
            .collect();
        // While an import runs, its rows have no line of their own yet.
        let sql = "SELECT coalesce(max(id), 0) FROM block";
        let blocks: i64 = self.conn.query_row(sql, [], |row| row.get(0))?;
        Ok(format!("{} {blocks}", judged.join(" ")))
    }
}
