//! The whole evidence of a breach in a folder: `evidence/`, `keys/` apart from it, `truth.json`.

use crate::bundle::{self, ATTACHED, Shape, Tally};
use crate::keys::Keys;
use crate::story::{self, Cast};
use crate::truth::{Counts, Size, Source, Truth, Word};
use crate::{cloudtrail, kubernetes, receipts, vault};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// The bundle's folder below the evidence.
pub const BUNDLE: &str = "nhi-bundle";
/// CloudTrail's.
pub const CLOUDTRAIL: &str = "cloudtrail";
/// The receipts'.
pub const RECEIPTS: &str = "receipts";
/// The Kubernetes audit log.
pub const KUBERNETES: &str = "k8s/prod-eu-1/audit-2026-06-12.jsonl";
/// The OpenBao audit log.
pub const VAULT: &str = "openbao/audit.log";
/// The bundle's key file, below the keys.
pub const TRUSTED: &str = "trusted.keys";
/// CloudTrail's key list.
pub const CLOUDTRAIL_KEYS: &str = "cloudtrail-keys.json";

/// Writes sound evidence into `dir/evidence`, its keys into `dir/keys` and what is true of it into
/// `dir/truth.json`.
pub fn lay(dir: &Path, seed: u64, size: Size) -> io::Result<Truth> {
    let truth = lay_evidence(&dir.join("evidence"), seed, size)?;
    lay_keys(
        &dir.join("keys"),
        &Keys::from_seed(seed),
        size.cloudtrail > 0,
    )?;
    fs::write(dir.join("truth.json"), serde_json::to_vec_pretty(&truth)?)?;
    Ok(truth)
}

/// Writes the keys.
pub fn lay_keys(dir: &Path, keys: &Keys, cloudtrail: bool) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    fs::write(dir.join(TRUSTED), keys.trusted())?;
    if cloudtrail {
        let list = keys.cloudtrail_list("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
        fs::write(dir.join(CLOUDTRAIL_KEYS), list)?;
    }
    Ok(())
}

/// Writes sound evidence into the folder `evidence`.
pub fn lay_evidence(evidence: &Path, seed: u64, size: Size) -> io::Result<Truth> {
    fs::create_dir_all(evidence)?;
    let (keys, cast) = (Keys::from_seed(seed), Cast::new(seed));
    let mut sources = Vec::new();
    let mut push =
        |path: &str, format: &str, stream: Option<&str>, files, records: Counts, tally: Tally| {
            sources.push(Source {
                path: path.to_owned(),
                format: format.to_owned(),
                stream: stream.map(str::to_owned),
                files,
                records,
                mints: tally.mints,
                secrets_read: tally.read,
                secrets_denied: tally.denied,
            });
        };
    if size.agents + size.payments > 0 {
        let shape = Shape {
            agents: size.agents,
            payments: size.payments,
            tiles: true,
            attachments: true,
        };
        for (id, records, tally) in bundle::write(&evidence.join(BUNDLE), seed, &keys, shape)? {
            let name = id.rsplit('/').next().unwrap_or(&id);
            let path = format!("{BUNDLE}/streams/{name}.jsonl");
            push(
                &path,
                story::BUNDLE,
                Some(&id),
                1,
                Counts::all(Word::Verified, records),
                tally,
            );
        }
        let mut attached = Vec::new();
        let tally = kubernetes::write_log(&mut attached, seed, ATTACHED, None)?;
        let path = format!("{BUNDLE}/{}", bundle::ATTACHED_LOG);
        push(
            &path,
            story::KUBERNETES,
            None,
            1,
            Counts::all(Word::Unproven, ATTACHED),
            tally,
        );
    }
    if size.cloudtrail > 0 {
        let made = cloudtrail::write(&evidence.join(CLOUDTRAIL), seed, &keys, size.cloudtrail)?;
        let mut records = Counts::all(Word::Verified, made.sealed);
        records.add(Word::Unproven, made.tail);
        let logs = |account, region| format!("{CLOUDTRAIL}/AWSLogs/{account}/CloudTrail/{region}");
        push(
            &logs(story::ACCOUNT, story::REGION),
            story::CLOUDTRAIL,
            None,
            made.logs,
            records,
            made.tally,
        );
        push(
            &logs(story::OTHER_ACCOUNT, story::OTHER_REGION),
            story::CLOUDTRAIL,
            None,
            1,
            Counts::all(Word::Unproven, made.other),
            made.other_tally,
        );
    }
    if size.receipts > 0 {
        receipts::write(&evidence.join(RECEIPTS), seed, &keys, size.receipts)?;
        let chains = [
            (receipts::DEPLOYER, Word::Intact),
            (receipts::PAYING, Word::Verified),
            (receipts::RESEARCH, Word::Verified),
        ];
        for ((chain, word), records) in chains.into_iter().zip(receipts::shares(size.receipts)) {
            let path = format!("{RECEIPTS}/{}", receipts::file(chain));
            push(
                &path,
                story::RECEIPTS,
                Some(chain),
                1,
                Counts::all(word, records),
                Tally::default(),
            );
        }
    }
    if size.kubernetes > 0 {
        let lines = size.kubernetes.max(kubernetes::LEAST);
        let mut out = create(&evidence.join(KUBERNETES))?;
        let tally = kubernetes::write_log(&mut out, seed, lines, Some(&cast))?;
        out.flush()?;
        push(
            KUBERNETES,
            story::KUBERNETES,
            None,
            1,
            Counts::all(Word::Unproven, lines),
            tally,
        );
    }
    if size.vault > 0 {
        let lines = size.vault.max(vault::LEAST);
        let mut out = create(&evidence.join(VAULT))?;
        let tally = vault::write_log(&mut out, seed, lines, &cast)?;
        out.flush()?;
        push(
            VAULT,
            story::VAULT,
            None,
            1,
            Counts::all(Word::Unproven, lines),
            tally,
        );
    }
    let mut records = Counts::default();
    for source in &sources {
        records.join(&source.records);
    }
    Ok(Truth {
        seed,
        size,
        records,
        sources,
        leak: cast.leak(),
        mints: cast.mints(&size),
        read: cast.read(&size),
        denied: cast.denied(&size),
        reached: cast.reached(&size),
        decoys: cast.decoys(),
    })
}

fn create(path: &Path) -> io::Result<BufWriter<File>> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    Ok(BufWriter::with_capacity(1 << 18, File::create(path)?))
}

/// The seed of the generators for benchmarks.
pub const BENCH_SEED: u64 = 1;

/// An audit bundle of about so many records in `dir`, without tiles or attachments, and its key
/// file beside it as `dir.keys`.
pub fn bundle(dir: &Path, records: u64) -> io::Result<()> {
    let keys = Keys::from_seed(BENCH_SEED);
    let agents = records * 3 / 4;
    let shape = Shape {
        agents,
        payments: records - agents,
        tiles: false,
        attachments: false,
    };
    bundle::write(dir, BENCH_SEED, &keys, shape)?;
    fs::write(beside(dir), keys.trusted())
}

/// So many receipts in `dir`, and the key file beside it.
pub fn receipts(dir: &Path, receipts: u64) -> io::Result<()> {
    let keys = Keys::from_seed(BENCH_SEED);
    receipts::write(dir, BENCH_SEED, &keys, receipts)?;
    fs::write(beside(dir), keys.trusted())
}

/// So many CloudTrail events in `dir`, laid out as in the bucket, and the key list beside it.
pub fn cloudtrail(dir: &Path, events: u64) -> io::Result<()> {
    let keys = Keys::from_seed(BENCH_SEED);
    cloudtrail::write(dir, BENCH_SEED, &keys, events)?;
    fs::write(
        beside(dir),
        keys.cloudtrail_list("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"),
    )
}

/// A Kubernetes audit log of so many lines.
pub fn kubernetes(path: &Path, lines: u64) -> io::Result<()> {
    let mut out = create(path)?;
    kubernetes::write_log(&mut out, BENCH_SEED, lines, Some(&Cast::new(BENCH_SEED)))?;
    out.flush()
}

/// An OpenBao audit log of so many lines.
pub fn vault(path: &Path, lines: u64) -> io::Result<()> {
    let mut out = create(path)?;
    vault::write_log(&mut out, BENCH_SEED, lines, &Cast::new(BENCH_SEED))?;
    out.flush()
}

/// Where a generator for benchmarks puts the keys of `dir`: its name and `.keys`.
pub fn beside(dir: &Path) -> std::path::PathBuf {
    let mut name = dir.file_name().unwrap_or_default().to_owned();
    name.push(".keys");
    dir.with_file_name(name)
}
