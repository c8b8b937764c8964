//! The keys that the examiner trusts, as they are kept.

use crate::error::{Result, StoreError};
use crate::words::get_time;
use evidence::Micros;
use evidence::keys::{KeyMaterial, TrustedKey, rsa};
use rusqlite::{Connection, Row, params};

/// A trusted key as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredKey {
    /// The key and what the examiner knows of it.
    pub key: TrustedKey,
    /// Its fingerprint, as it was reckoned when it was added.
    pub fingerprint: String,
    /// When it was added.
    pub added: Micros,
}

/// Adds a key, in the place of one with the same fingerprint, name and streams.
pub(crate) fn add(
    conn: &Connection,
    key: &TrustedKey,
    fingerprint: &str,
    at: Micros,
) -> Result<()> {
    let (algorithm, material, cloudtrail): (_, &[u8], _) = match &key.key {
        KeyMaterial::Ed25519(raw) => ("ed25519", raw, None),
        KeyMaterial::Rsa {
            key,
            cloudtrail_fingerprint,
        } => ("rsa", key.der(), Some(cloudtrail_fingerprint)),
    };
    let streams =
        serde_json::to_string(&key.streams).map_err(|error| StoreError::bug(error.to_string()))?;
    conn.execute(
        "DELETE FROM trust WHERE fingerprint = ?1 AND name IS ?2 AND streams = ?3",
        params![fingerprint, key.name, streams],
    )?;
    conn.execute(
        "INSERT INTO trust(fingerprint, algorithm, material, cloudtrail_fingerprint, name, streams, \
         valid_from, valid_until, revoked, how, added) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        params![
            fingerprint,
            algorithm,
            material,
            cloudtrail,
            key.name,
            streams,
            key.from.map(|time| time.0),
            key.until.map(|time| time.0),
            key.revoked.map(|time| time.0),
            key.how,
            at.0,
        ],
    )?;
    Ok(())
}

pub(crate) fn remove(conn: &Connection, fingerprint: &str) -> Result<usize> {
    Ok(conn.execute("DELETE FROM trust WHERE fingerprint = ?1", [fingerprint])?)
}

/// All keys in the order they were added.
pub(crate) fn list(conn: &Connection) -> Result<Vec<StoredKey>> {
    let mut statement = conn.prepare(
        "SELECT fingerprint, algorithm, material, cloudtrail_fingerprint, name, streams, valid_from, \
         valid_until, revoked, how, added FROM trust ORDER BY id",
    )?;
    let mut rows = statement.query([])?;
    let mut keys = Vec::new();
    while let Some(row) = rows.next()? {
        keys.push(stored(row)?);
    }
    Ok(keys)
}

fn stored(row: &Row<'_>) -> Result<StoredKey> {
    let material: Vec<u8> = row.get(2)?;
    let cloudtrail: Option<String> = row.get(3)?;
    let key = match (row.get::<_, String>(1)?.as_str(), cloudtrail) {
        ("ed25519", None) => material.try_into().ok().map(KeyMaterial::Ed25519),
        ("rsa", Some(cloudtrail_fingerprint)) => {
            rsa::PublicKey::from_der(&material).map(|key| KeyMaterial::Rsa {
                key,
                cloudtrail_fingerprint,
            })
        }
        _ => None,
    };
    let streams: String = row.get(5)?;
    Ok(StoredKey {
        key: TrustedKey {
            key: key.ok_or_else(|| StoreError::damaged("a trusted key"))?,
            name: row.get(4)?,
            streams: serde_json::from_str(&streams)
                .map_err(|_| StoreError::damaged("the streams of a trusted key"))?,
            from: get_time(row, 6)?,
            until: get_time(row, 7)?,
            revoked: get_time(row, 8)?,
            how: row.get(9)?,
        },
        fingerprint: row.get(0)?,
        added: Micros(row.get(10)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema;

    fn key(byte: u8) -> TrustedKey {
        TrustedKey {
            key: KeyMaterial::Ed25519([byte; 32]),
            name: Some("example.com/agents'; DROP TABLE trust; --".into()),
            streams: vec!["example.com/agents".into(), "\u{202e}live".into()],
            from: Some(Micros(-5)),
            until: None,
            revoked: None,
            how: Some("read out over the telephone".into()),
        }
    }

    #[test]
    fn a_key_added_again_with_a_revocation_takes_the_place_of_the_first() {
        let mut conn = Connection::open_in_memory().unwrap();
        schema::create(&mut conn, schema::STEPS).unwrap();
        let mut nameless = key(1);
        nameless.name = None;
        for key in [&key(1), &key(2), &nameless, &nameless] {
            let KeyMaterial::Ed25519(raw) = &key.key else {
                unreachable!()
            };
            add(&conn, key, &format!("SHA256:{}", raw[0]), Micros(7)).unwrap();
        }
        let mut revoked = key(1);
        revoked.revoked = Some(Micros(9));
        add(&conn, &revoked, "SHA256:1", Micros(8)).unwrap();
        let stored: Vec<_> = list(&conn).unwrap();
        let keys: Vec<_> = stored.iter().map(|stored| stored.key.clone()).collect();
        assert_eq!(keys, [key(2), nameless, revoked]);
        assert_eq!(
            (stored[2].fingerprint.as_str(), stored[2].added),
            ("SHA256:1", Micros(8))
        );
        assert_eq!(remove(&conn, "SHA256:1"), Ok(2));
        assert_eq!(remove(&conn, "SHA256:1"), Ok(0));
        assert_eq!(list(&conn).unwrap().len(), 1);
    }
}
