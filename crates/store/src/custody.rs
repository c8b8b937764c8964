//! The custody log: what was done with the case, by whom, when and with what. Each line is hashed,
//! and names the hash of the line before it.
//!
//! The chain shows accidents and careless hands. Who can write the file can also write the whole
//! chain anew; against that, its newest hash is noted elsewhere, in a report for instance.

use crate::error::{Result, StoreError};
use evidence::{Digest, Micros};
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::{Deserialize, Serialize};

/// By whom, when, and with what something is done. The case file reads no clock and no
/// environment: the caller says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// Who sits there, as the system knows them.
    pub who: String,
    /// The program and its version.
    pub tool: String,
    /// When, by the clock of the machine.
    pub at: Micros,
}

/// An act on the case, for the custody log.
#[derive(Debug, Clone, PartialEq)]
pub struct CustodyEntry {
    /// By whom, when, with what.
    pub by: By,
    /// The act, one word: `create`, `import`, `verify` …
    pub act: String,
    /// What is to be said of it: paths, digests, counts. Any JSON.
    pub about: serde_json::Value,
}

/// A line of the custody log. Its JSON, in this order of members, is what is hashed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CustodyLine {
    /// From 0.
    pub seq: u64,
    /// Lower-case hex SHA-256 of the line before; `null` in the first.
    pub prev: Option<String>,
    /// Microseconds since 1970-01-01T00:00:00Z, by the clock of the machine.
    pub at_us: i64,
    /// Who.
    pub who: String,
    /// The program and its version.
    pub tool: String,
    /// The act.
    pub act: String,
    /// What is said of it.
    pub about: serde_json::Value,
    /// What the act left: the digest over the parts of the case, and the first 16 hex digits of each
    /// part's. Absent in lines of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

/// What checking the custody log gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustodyCheck {
    /// How many lines there are.
    pub lines: u64,
    /// The hash of the newest, computed.
    pub head: Option<Digest>,
    /// What does not hold; empty where all does.
    pub faults: Vec<CustodyFault>,
}

/// Something in the custody log that does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustodyFault {
    /// The line is not JSON of the form that is written here.
    Unreadable {
        /// Its place.
        seq: u64,
    },
    /// The line's bytes do not have the hash that was kept with it.
    Altered {
        /// Its place.
        seq: u64,
    },
    /// The line says another place of itself than the one where it stands.
    Misplaced {
        /// Where it stands.
        seq: u64,
    },
    /// The line does not name the hash of the one before it.
    Unlinked {
        /// Its place.
        seq: u64,
    },
    /// Lines are not there, both ends included.
    Missing {
        /// The first.
        first: u64,
        /// The last.
        last: u64,
    },
    /// The newest line is not the one that was written last.
    TailCut,
}

/// Adds a line, within the caller's transaction.
pub(crate) fn append(conn: &Connection, entry: &CustodyEntry) -> Result<()> {
    let sql = "SELECT seq, line FROM custody ORDER BY seq DESC LIMIT 1";
    let newest: Option<(i64, String)> = conn
        .query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let seq = newest.as_ref().map_or(0, |(seq, _)| seq + 1);
    let line = CustodyLine {
        seq: u64::try_from(seq).map_err(|_| StoreError::damaged("the custody log's numbers"))?,
        prev: newest.map(|(_, line)| Digest::of(line.as_bytes()).to_string()),
        at_us: entry.by.at.0,
        who: entry.by.who.clone(),
        tool: entry.by.tool.clone(),
        act: entry.act.clone(),
        about: entry.about.clone(),
        state: Some(crate::state::told(conn)?),
    };
    let line = serde_json::to_string(&line).map_err(|error| StoreError::bug(error.to_string()))?;
    let hash = Digest::of(line.as_bytes());
    conn.execute(
        "INSERT INTO custody VALUES (?1, ?2, ?3)",
        params![seq, line, hash.0],
    )?;
    conn.execute(
        "INSERT OR REPLACE INTO meta VALUES ('custody_head', ?1)",
        [hash.0],
    )?;
    Ok(())
}

/// The lines as they are kept, oldest first.
pub(crate) fn lines(conn: &Connection) -> Result<Vec<String>> {
    let mut statement = conn.prepare("SELECT line FROM custody ORDER BY seq")?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Checks the chain, from the bytes of its lines.
pub(crate) fn verify(conn: &Connection) -> Result<CustodyCheck> {
    let mut statement = conn.prepare("SELECT seq, line, hash FROM custody ORDER BY seq")?;
    let mut rows = statement.query([])?;
    let mut check = CustodyCheck {
        lines: 0,
        head: None,
        faults: Vec::new(),
    };
    let mut next = 0u64;
    // What the line before was when it was written: where its bytes were altered, the kept hash.
    let mut before: Option<String> = None;
    while let Some(row) = rows.next()? {
        let seq = crate::words::get_u64(row, 0)?;
        let line: String = row.get(1)?;
        let kept: Vec<u8> = row.get(2)?;
        let computed = Digest::of(line.as_bytes());
        let gap = seq > next;
        if gap {
            check.faults.push(CustodyFault::Missing {
                first: next,
                last: seq - 1,
            });
        }
        if kept != computed.0 {
            check.faults.push(CustodyFault::Altered { seq });
        }
        match serde_json::from_str::<CustodyLine>(&line) {
            Err(_) => check.faults.push(CustodyFault::Unreadable { seq }),
            Ok(read) => {
                if read.seq != seq {
                    check.faults.push(CustodyFault::Misplaced { seq });
                }
                if !gap && read.prev != before {
                    check.faults.push(CustodyFault::Unlinked { seq });
                }
            }
        }
        before = Some(match <[u8; 32]>::try_from(kept) {
            Ok(kept) => Digest(kept).to_string(),
            Err(_) => computed.to_string(),
        });
        check.lines += 1;
        check.head = Some(computed);
        next = seq.saturating_add(1);
    }
    let sql = "SELECT value FROM meta WHERE key = 'custody_head'";
    let head: Option<Vec<u8>> = conn.query_row(sql, [], |row| row.get(0)).optional()?;
    let head = crate::words::digest(head)?.map(|head| head.to_string());
    if head != before {
        check.faults.push(CustodyFault::TailCut);
    }
    Ok(check)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema;
    use serde_json::json;

    fn log(lines: usize) -> Connection {
        let mut conn = Connection::open_in_memory().unwrap();
        schema::create(&mut conn, schema::STEPS).unwrap();
        for i in 0..lines {
            let by = By {
                who: "ada".into(),
                tool: "exhibit 0.1.0".into(),
                at: Micros(i as i64),
            };
            let entry = CustodyEntry {
                by,
                act: "verify".into(),
                about: json!({ "n": i }),
            };
            append(&conn, &entry).unwrap();
        }
        conn
    }

    fn faults(conn: &Connection) -> Vec<CustodyFault> {
        verify(conn).unwrap().faults
    }

    #[test]
    fn each_line_names_the_hash_of_the_one_before() {
        let conn = log(2);
        let lines = lines(&conn).unwrap();
        // The state of an empty case, by Python's hashlib: each part's SHA-256, and that over all.
        assert_eq!(
            lines[0],
            concat!(
                r#"{"seq":0,"prev":null,"at_us":0,"who":"ada","tool":"exhibit 0.1.0","act":"verify","#,
                r#""about":{"n":0},"state":"ab7e450327122f86b59b2d253d46bce2ce24f50b06f319f5ccd4bc6b35861a89"#,
                " import:e3b0c44298fc1c14 file:e3b0c44298fc1c14 block:44bef42b23fc1a2b",
                " kept:e3b0c44298fc1c14 event:3e7077fd2f66d689 zone:e3b0c44298fc1c14",
                " mention:e3b0c44298fc1c14",
                " alias:e3b0c44298fc1c14 mark:e3b0c44298fc1c14 tally:e3b0c44298fc1c14",
                " stream:e3b0c44298fc1c14 span:e3b0c44298fc1c14",
                " finding:e3b0c44298fc1c14 worse:e3b0c44298fc1c14 uncounted:e3b0c44298fc1c14",
                " trust:e3b0c44298fc1c14 merge:e3b0c44298fc1c14 note:e3b0c44298fc1c14",
                r#" tag:e3b0c44298fc1c14 assessment:e3b0c44298fc1c14"}"#
            )
        );
        // printf '%s' '…the line above…' | sha256sum
        let hash = "319f4619aba37232f14dd92995606f7ae094f07a48ae9752038648795cc78298";
        assert!(lines[1].starts_with(&format!(r#"{{"seq":1,"prev":"{hash}","at_us":1,"#)));
        let check = verify(&conn).unwrap();
        assert_eq!((check.lines, check.faults), (2, vec![]));
        assert_eq!(check.head, Some(Digest::of(lines[1].as_bytes())));
    }

    #[test]
    fn an_empty_log_holds() {
        assert_eq!(
            verify(&log(0)).unwrap(),
            CustodyCheck {
                lines: 0,
                head: None,
                faults: vec![]
            }
        );
    }

    #[test]
    fn an_edited_line_is_the_one_that_is_named() {
        let conn = log(4);
        conn.execute(
            "UPDATE custody SET line = replace(line, 'ada', 'bob') WHERE seq = 1",
            [],
        )
        .unwrap();
        assert_eq!(faults(&conn), [CustodyFault::Altered { seq: 1 }]);
    }

    #[test]
    fn a_line_rewritten_with_its_hash_no_longer_links() {
        let conn = log(4);
        let line: String = lines(&conn).unwrap()[1].replace("ada", "bob");
        let hash = Digest::of(line.as_bytes());
        conn.execute(
            "UPDATE custody SET line = ?1, hash = ?2 WHERE seq = 1",
            params![line, hash.0],
        )
        .unwrap();
        assert_eq!(faults(&conn), [CustodyFault::Unlinked { seq: 2 }]);
    }

    #[test]
    fn a_deleted_line_and_a_cut_tail_are_told_apart() {
        let conn = log(4);
        conn.execute("DELETE FROM custody WHERE seq = 1", [])
            .unwrap();
        assert_eq!(faults(&conn), [CustodyFault::Missing { first: 1, last: 1 }]);
        let conn = log(4);
        conn.execute("DELETE FROM custody WHERE seq = 3", [])
            .unwrap();
        assert_eq!(faults(&conn), [CustodyFault::TailCut]);
        let conn = log(4);
        conn.execute("DELETE FROM custody", []).unwrap();
        assert_eq!(faults(&conn), [CustodyFault::TailCut]);
    }

    #[test]
    fn a_line_in_anothers_place_is_named() {
        let conn = log(3);
        let first = lines(&conn).unwrap()[0].clone();
        let hash = Digest::of(first.as_bytes());
        conn.execute(
            "UPDATE custody SET line = ?1, hash = ?2 WHERE seq = 2",
            params![first, hash.0],
        )
        .unwrap();
        assert_eq!(
            faults(&conn),
            [
                CustodyFault::Misplaced { seq: 2 },
                CustodyFault::Unlinked { seq: 2 },
                CustodyFault::TailCut
            ]
        );
    }
}
