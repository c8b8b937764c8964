//! Other people's SQLite files, read only: the receipts daemon's.

use crate::error::StoreError;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::io;
use std::path::Path;

/// The daemon's file, opened.
pub struct Receipts {
    conn: Connection,
}

/// Opens the receipts daemon's SQLite file. `Err` says in words why it is none.
pub fn receipts(path: &Path) -> Result<Receipts, String> {
    // `immutable`: nothing is written beside it, and no journal of somebody else's is rolled back.
    let uri = format!("file:{}?immutable=1", escaped(path));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(uri, flags).map_err(words)?;
    let plain = || -> rusqlite::Result<bool> {
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        conn.pragma_update(None, "cell_size_check", true)?;
        // Nothing of the evidence's is to be run: no view, no virtual table, no computed column.
        let sql = "SELECT EXISTS(SELECT 1 FROM pragma_table_list WHERE schema = 'main' \
             AND name = 'receipts' AND type = 'table') \
             AND EXISTS(SELECT 1 FROM pragma_table_xinfo('receipts') \
             WHERE name = 'receipt_json' AND hidden = 0)";
        conn.query_row(sql, [], |row| row.get(0))
    };
    if !plain().map_err(words)? {
        return Err("it has no plain table receipts with a column receipt_json".to_owned());
    }
    Ok(Receipts { conn })
}

impl Receipts {
    /// Gives the text of each receipt, in the order of the rows, as the bytes that are there;
    /// after an `Err` none follows.
    pub fn each(
        &self,
        give: &mut dyn FnMut(Result<Vec<u8>, String>) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut query = |conn: &Connection| -> Result<(), Ended> {
            let mut statement =
                conn.prepare("SELECT CAST(receipt_json AS BLOB) FROM receipts ORDER BY rowid")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let text: Option<Vec<u8>> = row.get(0)?;
                give(Ok(text.unwrap_or_default())).map_err(Ended::Taker)?;
            }
            Ok(())
        };
        match query(&self.conn) {
            Ok(()) => Ok(()),
            Err(Ended::Taker(error)) => Err(error),
            Err(Ended::File(error)) => give(Err(words(error))),
        }
    }
}

enum Ended {
    Taker(io::Error),
    File(rusqlite::Error),
}

impl From<rusqlite::Error> for Ended {
    fn from(error: rusqlite::Error) -> Ended {
        Ended::File(error)
    }
}

fn words(error: rusqlite::Error) -> String {
    StoreError::from(error).to_string()
}

/// A path inside a URI.
fn escaped(path: &Path) -> String {
    let mut out = String::new();
    for &byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                out.push(byte.into())
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receipts_come_in_the_order_of_their_rows() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a b%.db");
        let conn = Connection::open(&path).unwrap();
        conn.execute_batch("CREATE TABLE receipts(id TEXT, receipt_json TEXT); INSERT INTO receipts VALUES ('b', '{\"n\":1}'), ('a', '{\"n\":2}')").unwrap();
        drop(conn);
        let mut given = Vec::new();
        receipts(&path)
            .unwrap()
            .each(&mut |text| {
                given.push(text.unwrap());
                Ok(())
            })
            .unwrap();
        assert_eq!(given, [b"{\"n\":1}".to_vec(), b"{\"n\":2}".to_vec()]);
    }

    #[test]
    fn nothing_of_a_file_that_is_not_the_daemons_is_run() {
        let no_table = "it has no plain table receipts with a column receipt_json";
        for sql in [
            "CREATE TABLE x(receipt_json)",
            "CREATE TABLE receipts(y)",
            "CREATE VIEW receipts AS WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n FROM t) \
             SELECT n AS receipt_json FROM t",
            "CREATE TABLE receipts(x, receipt_json AS (zeroblob(900000000)))",
            "CREATE VIRTUAL TABLE receipts USING fts5(receipt_json)",
        ] {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("other.db");
            Connection::open(&path).unwrap().execute_batch(sql).unwrap();
            assert_eq!(receipts(&path).err().as_deref(), Some(no_table), "{sql}");
        }
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("other.db");
        std::fs::write(
            &path,
            [b"SQLite format 3\0".as_slice(), &[0xff; 4096]].concat(),
        )
        .unwrap();
        assert!(receipts(&path).is_err());
    }
}
