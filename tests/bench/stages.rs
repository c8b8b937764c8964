//! The stages of an import by themselves, on one thread and the same evidence: where its time goes.

use crate::desk::desk;
use crate::options::files_below;
use crate::table::Stages;
use crate::{Result, table};
use evidence::container::{self, Unwrapped, Wrapping};
use evidence::cut::Cutter;
use evidence::facts::Chains;
use evidence::formats::receipts::KeyRing;
use evidence::keys::Trust;
use evidence::{Batch, Digest, FileFacts, Kind, Limits, batch, kind};
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::time::Instant;
use store::{By, Case, CustodyEntry, Ledger};

/// So much of the evidence is enough to tell.
const MOST_BYTES: u64 = 24 << 20;

/// Seconds of each stage, over so many records.
pub struct Measured {
    records: f64,
    /// The mean length of a record.
    pub record_bytes: f64,
    unwrap: f64,
    hash: f64,
    cut: f64,
    read: f64,
    pack: f64,
    write: f64,
}

impl Measured {
    pub fn row(&self, name: &'static str) -> table::Stages {
        let rate = |seconds: f64| self.records / seconds;
        let figures = vec![
            ("unwrap", rate(self.unwrap)),
            ("hash", rate(self.hash)),
            ("cut", rate(self.cut)),
            ("read", rate(self.read)),
            ("pack", rate(self.pack)),
            ("write", rate(self.write)),
            (
                "all",
                rate(self.unwrap + self.hash + self.cut + self.read + self.pack + self.write),
            ),
        ];
        Stages { name, figures }
    }
}

/// Measures them over the first records of the evidence.
pub fn measure(evidence: &Path, keys: &Path, dir: &Path) -> Result<Measured> {
    let limits = Limits::default();
    let trust = Trust {
        keys: workbench::read_keys(keys, None).map_err(|failure| failure.message)?,
    };
    let ring = KeyRing::new(&trust);
    let path = dir.join("stages.exhibit");
    let by = By {
        who: "bench".into(),
        tool: "bench".into(),
        at: (desk(1).now)(),
    };
    let entry = CustodyEntry {
        by: by.clone(),
        act: "create".into(),
        about: serde_json::Value::Null,
    };
    let mut case = Case::create(&path, &entry)?;
    let mut writer = case.begin_import(&by)?;
    writer.begin_path("evidence")?;
    let mut out = Measured {
        records: 0.0,
        record_bytes: 0.0,
        unwrap: 0.0,
        hash: 0.0,
        cut: 0.0,
        read: 0.0,
        pack: 0.0,
        write: 0.0,
    };
    let (mut bytes_read, mut in_records) = (0, 0);
    for (file, _) in files_below(evidence)? {
        if bytes_read >= MOST_BYTES {
            break;
        }
        let start = Instant::now();
        let mut lies = Vec::new();
        fs::File::open(&file)?
            .take(MOST_BYTES)
            .read_to_end(&mut lies)?;
        let wrapping = container::recognise(&lies);
        let mut bytes = Vec::new();
        if wrapping == Wrapping::Plain {
            bytes = lies.clone();
        } else {
            Unwrapped::new(wrapping, lies.as_slice(), &limits).read_to_end(&mut bytes)?;
        }
        let unwrap = start.elapsed().as_secs_f64();
        let kind = kind::recognise(&file.to_string_lossy(), &bytes);
        if !kind.has_records() || kind == Kind::ReceiptsDatabase {
            continue;
        }
        bytes_read += bytes.len() as u64;
        out.unwrap += unwrap;

        let start = Instant::now();
        let sha256 = Digest::of(&bytes);
        out.hash += start.elapsed().as_secs_f64();

        let start = Instant::now();
        let mut batches = Vec::new();
        let mut cutter = Cutter::new(kind, bytes.as_slice(), &limits);
        while let Some(batch) = cutter.next_batch()? {
            batches.push(batch);
        }
        out.cut += start.elapsed().as_secs_f64();

        let start = Instant::now();
        let read: Vec<_> = batches
            .iter()
            .map(|batch| batch::read(kind, batch, &ring, &limits))
            .collect();
        out.read += start.elapsed().as_secs_f64();

        let start = Instant::now();
        let packed = batches
            .iter()
            .map(store::pack)
            .collect::<store::Result<Vec<_>>>()?;
        out.pack += start.elapsed().as_secs_f64();

        let start = Instant::now();
        let id = writer.add_file(&file.to_string_lossy(), kind, wrapping)?;
        let mut records = 0;
        for ((batch, read), packed) in batches.iter().zip(&read).zip(&packed) {
            writer.write_batch(id, batch, packed, &read.events, None)?;
            records += batch.records.len() as u64;
        }
        let facts = FileFacts {
            id,
            import: 1,
            container: String::new(),
            path: String::new(),
            kind,
            sha256,
            sha256_as_found: sha256,
            bytes: bytes.len() as u64,
            trailing: 0,
            records,
            malformed: Vec::new(),
            rejected: Vec::new(),
            rejected_bytes: 0,
            earliest: None,
            latest: None,
            chains: Chains::None,
        };
        writer.end_file(&facts, Ledger::default())?;
        out.write += start.elapsed().as_secs_f64();
        out.records += records as f64;
        in_records += batches.iter().map(bytes_in_records).sum::<u64>();
    }
    let start = Instant::now();
    drop(writer.reader()?);
    out.write += start.elapsed().as_secs_f64();
    out.record_bytes = in_records as f64 / out.records;
    writer.abandon(&entry)?;
    case.close()?;
    fs::remove_file(&path)?;
    Ok(out)
}

fn bytes_in_records(batch: &Batch) -> u64 {
    batch.records.iter().map(|&(_, len)| u64::from(len)).sum()
}
