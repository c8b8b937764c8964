//! What the parts can do by themselves on this machine, now: the ceilings of the work.

use crate::Result;
use crate::table::Row;
use ed25519_dalek::{Signer as _, SigningKey};
use evidence::keys::ed25519::{self, Check, Prepared};
use sha2::{Digest as _, Sha256};
use std::hint::black_box;
use std::time::Instant;

/// Figures a second on one core.
pub struct Ceilings {
    sha_bytes: f64,
    sha_records: f64,
    one_by_one: f64,
    prepared: f64,
    json_bytes: f64,
    serde_bytes: f64,
    zstd_bytes: f64,
    rows: f64,
    blob_rows: f64,
    /// The mean record of the evidence that the bounds are told for.
    pub record_bytes: f64,
}

/// How many of the measured thing are done in a second: the best of three, because whatever else
/// the machine does only ever makes it slower.
fn best(count: f64, mut act: impl FnMut()) -> f64 {
    let seconds = (0..3).map(|_| {
        let start = Instant::now();
        act();
        start.elapsed().as_secs_f64()
    });
    count / seconds.fold(f64::INFINITY, f64::min)
}

/// A record of an audit bundle, some 660 bytes.
fn record(number: usize) -> String {
    let hash = format!(
        "{:x}",
        Sha256::digest(number.to_le_bytes())
            .iter()
            .fold(0u128, |sum, &byte| sum.rotate_left(9) ^ u128::from(byte))
    );
    format!(
        "{{\"v\":1,\"stream\":\"example.com/agents-prod\",\"seq\":{number},\"prev\":\"{hash:0>32}{hash:0>32}\",\"time\":\"2026-06-12T08:{:02}:{:02}.{:06}Z\",\
         \"type\":\"token.mint\",\"actor\":{{\"id\":\"spiffe://example.com/agent/deployer-{}\",\"kind\":\"agent\"}},\"subject\":{{\"id\":\"spiffe://example.com/sts\",\"kind\":\"service\"}},\
         \"credential\":{{\"id\":\"jti:{hash:0>32}\",\"kind\":\"oauth_access_token\"}},\"token\":{{\"id\":\"jti:{hash:0>32}\",\"kind\":\"oauth_access_token\",\"expires\":\"2026-06-12T09:00:00Z\",\"scope\":[\"vault:read\",\"s3:get\"]}},\
         \"policy\":{{\"id\":\"mint-short-lived\",\"version\":\"12\",\"decision\":\"allow\"}},\"outcome\":\"success\",\"source\":{{\"ip\":\"10.0.{}.{}\"}}}}",
        number / 60 % 60,
        number % 60,
        number * 7919 % 1_000_000,
        number % 400,
        number % 16,
        number % 250,
    )
}

impl Ceilings {
    pub fn measure() -> Result<Ceilings> {
        const RECORDS: usize = 40_000;
        const BLOCK: usize = 256 << 10;
        let records: Vec<String> = (0..RECORDS).map(record).collect();
        let whole = records.join("\n").into_bytes();
        let bytes: usize = records.iter().map(String::len).sum();

        let long = vec![0x5a; 64 << 20];
        let sha_bytes = best(long.len() as f64, || {
            black_box(Sha256::digest(&long));
        });
        let sha_records = best(RECORDS as f64, || {
            for record in &records {
                black_box(Sha256::digest(&record.as_bytes()[..record.len().min(700)]));
            }
        });

        let key = SigningKey::from_bytes(&[7; 32]);
        let public = key.verifying_key().to_bytes();
        let signed: Vec<[u8; 64]> = records
            .iter()
            .take(4096)
            .map(|record| key.sign(record.as_bytes()).to_bytes())
            .collect();
        let jobs: Vec<(&[u8], &[u8; 64])> =
            records.iter().map(String::as_bytes).zip(&signed).collect();
        let one_by_one = best(1024.0, || {
            for (message, signature) in &jobs[..1024] {
                assert_eq!(ed25519::verify(&public, message, signature), Check::Valid);
            }
        });
        let prepared = Prepared::new(&public);
        // Made once for each key: not part of the rate.
        prepared.verify_many(&jobs[..1]);
        let prepared = best(jobs.len() as f64, || {
            assert!(
                prepared
                    .verify_many(&jobs)
                    .iter()
                    .all(|&check| check == Check::Valid)
            );
        });

        let json_bytes = best(bytes as f64, || {
            for record in &records {
                assert!(black_box(evidence::json::read(record.as_bytes(), 64)).is_ok());
            }
        });
        let serde_bytes = best(bytes as f64, || {
            for record in &records {
                assert!(black_box(serde_json::from_str::<serde_json::Value>(record)).is_ok());
            }
        });

        let mut compressor = zstd::bulk::Compressor::new(3)?;
        let zstd_bytes = best(whole.len() as f64, || {
            for block in whole.chunks(BLOCK) {
                black_box(
                    compressor
                        .compress(block)
                        .map(|packed| packed.len())
                        .unwrap_or(0),
                );
            }
        });
        Ok(Ceilings {
            sha_bytes,
            sha_records,
            one_by_one,
            prepared,
            json_bytes,
            serde_bytes,
            zstd_bytes,
            rows: rows(200_000, None)?,
            blob_rows: rows(60_000, Some(&whole[..700]))?,
            record_bytes: bytes as f64 / RECORDS as f64,
        })
    }

    pub fn rows(&self) -> Vec<Row> {
        vec![
            Row::rate("SHA-256, long input", self.sha_bytes / 1e6, "MB/s"),
            Row::rate(
                "SHA-256, records of 700 bytes",
                self.sha_records,
                "records/s",
            ),
            Row::rate(
                "Ed25519 strict, one by one",
                self.one_by_one,
                "signatures/s",
            ),
            Row::rate(
                "Ed25519 strict, prepared key",
                self.prepared,
                "signatures/s",
            ),
            Row::rate(
                "JSON, our strict reader, records of 660 bytes",
                self.json_bytes / 1e6,
                "MB/s",
            ),
            Row::rate("JSON, serde_json, the same", self.serde_bytes / 1e6, "MB/s"),
            Row::rate(
                "zstd level 3, blocks of 256 KiB",
                self.zstd_bytes / 1e6,
                "MB/s",
            ),
            Row::rate("SQLite rows of 17 integers", self.rows, "rows/s"),
            Row::rate(
                "SQLite rows with a blob of 700 bytes",
                self.blob_rows,
                "rows/s",
            ),
        ]
    }

    /// Seconds that a record's bytes take at so many bytes a second.
    fn record(&self, bytes_a_second: f64) -> f64 {
        self.record_bytes / bytes_a_second
    }

    /// The file's hash, each record's, and its JSON.
    fn reading(&self) -> f64 {
        self.record(self.sha_bytes)
            + 1.0 / self.sha_records
            + self.record(self.json_bytes.max(self.serde_bytes))
    }

    /// Records a second that cannot be passed where no record is signed: all that has to be done
    /// spread over the cores without a gap, or the one writer.
    pub fn unsigned(&self, threads: usize) -> f64 {
        let row = 1.0 / self.rows;
        let all = self.reading() + self.record(self.zstd_bytes) + row;
        (threads as f64 / all).min(self.rows)
    }

    /// The same for reading again what the case holds.
    pub fn again(&self, threads: usize) -> f64 {
        threads as f64 / self.reading()
    }

    /// The same where each record is signed.
    pub fn signed(&self, threads: usize) -> f64 {
        threads as f64 * self.prepared
    }
}

/// Rows a second into one table, in one transaction.
fn rows(count: u32, blob: Option<&[u8]>) -> Result<f64> {
    let dir = tempfile::tempdir()?;
    let conn = rusqlite::Connection::open(dir.path().join("rows"))?;
    conn.pragma_update(None, "journal_mode", "WAL")?;
    conn.pragma_update(None, "synchronous", "NORMAL")?;
    let columns: Vec<String> = (0..17).map(|at| format!("c{at}")).collect();
    conn.execute_batch(&format!(
        "CREATE TABLE row(id INTEGER PRIMARY KEY, {})",
        columns.join(", ")
    ))?;
    let marks = vec!["?"; 18].join(", ");
    let sql = format!("INSERT INTO row VALUES ({marks})");
    let start = Instant::now();
    conn.execute_batch("BEGIN")?;
    let mut insert = conn.prepare(&sql)?;
    for number in 0..count {
        insert.raw_bind_parameter(1, number)?;
        insert.raw_bind_parameter(2, blob)?;
        for column in 3..=18 {
            insert.raw_bind_parameter(column, number / column as u32)?;
        }
        insert.raw_execute()?;
    }
    conn.execute_batch("COMMIT")?;
    Ok(f64::from(count) / start.elapsed().as_secs_f64())
}
