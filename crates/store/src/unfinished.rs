//! What an import that was cut off has left, and how it is taken back.

use crate::case::Recovered;
use crate::custody::{self, By, CustodyEntry};
use crate::error::Result;
use crate::schema;
use crate::words::get_u64;
use evidence::{FileId, Micros};
use rusqlite::{Connection, OptionalExtension as _};
use serde_json::json;

/// What an unfinished import has left in the file.
pub(crate) struct Unfinished {
    pub(crate) first_file: FileId,
    labels: Vec<String>,
    started: Micros,
}

pub(crate) fn find(conn: &Connection) -> Result<Option<Unfinished>> {
    let mut statement =
        conn.prepare("SELECT label, started FROM import WHERE complete = 0 ORDER BY id")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let found: Vec<(String, i64)> = rows.collect::<rusqlite::Result<_>>()?;
    let Some(&(_, started)) = found.first() else {
        return Ok(None);
    };
    let sql = "SELECT value FROM meta WHERE key = 'unfinished_file'";
    let first_file = FileId(conn.query_row(sql, [], |row| row.get(0))?);
    let labels = found.into_iter().map(|(label, _)| label).collect();
    Ok(Some(Unfinished {
        first_file,
        labels,
        started: Micros(started),
    }))
}

/// Removes what an unfinished import has left, and says so in the custody log. To be called only
/// where the case is held for writing: then whoever wrote it is gone.
pub(crate) fn recover(conn: &mut Connection, by: &By) -> Result<Vec<Recovered>> {
    let Some(dead) = find(conn)? else {
        return Ok(Vec::new());
    };
    let transaction = conn.transaction()?;
    let first = i64::from(dead.first_file.0);
    let count = |sql: &str, from: i64| -> Result<u64> {
        Ok(transaction.query_row(sql, [from], |row| get_u64(row, 0))?)
    };
    let recovered = Recovered {
        files: count("SELECT count(*) FROM file WHERE id >= ?1", first)?,
        records: count(
            "SELECT coalesce(sum(last_id - first_id + 1), 0) FROM zone WHERE first_id >= ?1",
            first << 32,
        )?,
        labels: dead.labels,
        started: dead.started,
    };
    remove(&transaction)?;
    let about = json!({
        "paths": recovered.labels,
        "started_us": recovered.started.0,
        "files": recovered.files,
        "records": recovered.records,
    });
    let entry = CustodyEntry {
        by: by.clone(),
        act: "import-interrupted".into(),
        about,
    };
    custody::append(&transaction, &entry)?;
    transaction.commit()?;
    Ok(vec![recovered])
}

/// Deletes the rows of the unfinished import. Its numbers are the highest of each table, so these
/// are stretches at the ends; where nothing else is in the case, whole tables, which is faster.
pub(crate) fn remove(conn: &Connection) -> Result<()> {
    let start = |key: &str| -> Result<Option<i64>> {
        let sql = "SELECT value FROM meta WHERE key = ?1";
        Ok(conn.query_row(sql, [key], |row| row.get(0)).optional()?)
    };
    let (Some(file), Some(block), Some(name)) = (
        start("unfinished_file")?,
        start("unfinished_block")?,
        start("unfinished_name")?,
    ) else {
        return Ok(());
    };
    let sql = "SELECT EXISTS(SELECT 1 FROM file WHERE id < ?1)";
    let alone: bool = !conn.query_row(sql, [file], |row| row.get(0))?;
    for (table, key, first) in [
        ("event", "id", file << 32),
        ("alias", "id", file << 32),
        ("zone", "first_id", file << 32),
        ("mention", "block", block),
        ("block", "id", block),
        ("kept", "file", file),
        ("name_hash", "name", name),
        ("name", "id", name),
        ("file", "id", file),
    ] {
        if alone {
            conn.execute(&format!("DELETE FROM {table}"), [])?;
        } else {
            conn.execute(&format!("DELETE FROM {table} WHERE {key} >= ?1"), [first])?;
        }
    }
    for &index in schema::NAME_INDEXES {
        schema::make_name_index(conn, index)?;
    }
    conn.execute("DELETE FROM import WHERE complete = 0", [])?;
    conn.execute("DELETE FROM meta WHERE key LIKE 'unfinished_%'", [])?;
    Ok(())
}
