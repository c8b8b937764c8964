//! The demonstration: sound evidence, its twin that was tampered with, the keys apart from both.

use crate::keys::Keys;
use crate::site::{CLOUDTRAIL_KEYS, TRUSTED, lay_evidence, lay_keys};
use crate::tamper::{Expected, Site, Tamper};
use crate::truth::{Counts, Size, Truth};
use serde::Serialize;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The demonstration's seed.
pub const SEED: u64 = 20_260_612;

/// What is done to the twin. Each to another file, but for the last two.
const TAMPERS: [Tamper; 6] = [
    Tamper::LineEdited,
    Tamper::LinesDeleted,
    Tamper::LogEdited,
    Tamper::ReceiptEdited,
    Tamper::VaultDuplicateMember,
    Tamper::VaultTailCut,
];

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DemoReport {
    /// The sound evidence.
    pub evidence: PathBuf,
    /// Its twin.
    pub tampered: PathBuf,
    /// The key files, apart from both.
    pub keys: Vec<PathBuf>,
    /// What really happened.
    pub truth: Truth,
    /// What must be found in the twin, besides what the sound evidence has.
    pub expected: Vec<Expected>,
    /// The twin's records by verdict.
    pub tampered_records: Counts,
}

/// Writes the demonstration into `dir`, which may exist already; fails with `AlreadyExists` where
/// one of its folders does.
pub fn demo(dir: &Path) -> io::Result<DemoReport> {
    let (evidence, tampered, keys_dir) =
        (dir.join("evidence"), dir.join("tampered"), dir.join("keys"));
    for folder in [&evidence, &tampered, &keys_dir] {
        if folder.exists() {
            let message = format!("{} is there already", folder.display());
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
        }
    }
    let size = Size::demo();
    let truth = lay_evidence(&evidence, SEED, size)?;
    lay_evidence(&tampered, SEED, size)?;
    lay_keys(&keys_dir, &Keys::from_seed(SEED), true)?;

    let site = Site::new(tampered.clone(), keys_dir.clone(), truth.clone());
    let mut expected = Vec::new();
    let mut tampered_records = truth.records;
    for tamper in TAMPERS {
        let said = site.apply(tamper)?;
        if let Some(records) = said.records {
            tampered_records.join(&records);
            tampered_records.part(&truth.records);
        }
        expected.push(said);
    }
    fs::write(dir.join("truth.json"), serde_json::to_vec_pretty(&truth)?)?;
    fs::write(
        dir.join("README.txt"),
        readme(&truth, &tampered_records, &expected),
    )?;
    let keys = vec![keys_dir.join(TRUSTED), keys_dir.join(CLOUDTRAIL_KEYS)];
    Ok(DemoReport {
        evidence,
        tampered,
        keys,
        truth,
        expected,
        tampered_records,
    })
}

fn row(counts: &Counts) -> String {
    format!(
        "{} records: {} verified, {} intact, {} unproven, {} contradicted",
        counts.total, counts.verified, counts.intact, counts.unproven, counts.contradicted
    )
}

fn readme(truth: &Truth, tampered: &Counts, expected: &[Expected]) -> String {
    let mut done = String::new();
    for said in expected {
        let number = match (said.seq, said.range) {
            (Some(seq), _) => format!(", seq {seq}"),
            (None, Some((first, last))) => format!(", seq {first} to {last}"),
            (None, None) => String::new(),
        };
        done.push_str(&format!("  {:<17} {}{number}\n", said.code, said.path));
    }
    format!(
        "The demonstration evidence of Exhibit. All of it is made up.\n\
         \n\
         evidence/    what five systems recorded from 11 June 2026, 20:00 to 12 June, 06:00 UTC, as it was:\n\
         \x20            an NHI audit bundle of two streams, CloudTrail logs with digests, agent receipts,\n\
         \x20            a Kubernetes and an OpenBao audit log\n\
         tampered/    the same, after somebody had been at it\n\
         keys/        what the examiner got from the owners of the systems, apart from the evidence\n\
         truth.json   what really happened: for later, if you want to find it out yourself\n\
         \n\
         In this folder, look at the sound evidence first:\n\
         \n\
         \x20 exhibit import sound.exhibit evidence --keys keys/trusted.keys --keys keys/cloudtrail-keys.json\n\
         \n\
         {}.\n\
         \n\
         Then at its twin:\n\
         \n\
         \x20 exhibit import case.exhibit tampered --keys keys/trusted.keys --keys keys/cloudtrail-keys.json\n\
         \n\
         {}. What was done to it:\n\
         \n\
         {done}\
         \n\
         Then see what happened. A CI token of the deployer agent leaked at {}:\n\
         \n\
         \x20 exhibit timeline case.exhibit {}\n\
         \n\
         Without --keys nothing is verified: what is sealed by a key that came with it is intact, the\n\
         rest unproven, and nothing more is contradicted than with them.\n",
        row(&truth.records),
        row(tampered),
        truth.leak.at,
        truth.leak.credential,
    )
}
