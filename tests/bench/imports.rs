//! Imports and verifications, each in a process of its own: its peak memory is that of the work,
//! and not of the benchmark or of the work before it.

use crate::Result;
use crate::desk::{desk, peak, processor};
use crate::options::Options;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;
use workbench::Session;

/// The first argument of such a process.
pub const CHILD: &str = "--work";

/// What was done.
pub struct Done {
    pub seconds: f64,
    /// Records that the case holds after it.
    pub records: u64,
    /// Bytes of the decompressed evidence in it.
    pub bytes: u64,
    pub peak: u64,
    /// Seconds of processor time, over all threads.
    pub processor: f64,
}

impl Done {
    /// How many cores it had and used. On a busy machine fewer than there are.
    pub fn cores(&self) -> f64 {
        self.processor / self.seconds
    }
}

/// Does it in a process of its own: `act` is `import` or `verify`.
pub fn run(act: &str, case: &Path, evidence: &Path, options: &Options) -> Result<Done> {
    let keys = scenario::site::beside(evidence);
    let child = Command::new(std::env::current_exe()?)
        .args([CHILD, act, &options.threads.to_string()])
        .args([case, evidence, &keys])
        .stderr(Stdio::inherit())
        .output()?;
    if !child.status.success() {
        return Err(format!("{act} of {} failed", evidence.display()).into());
    }
    let told: serde_json::Value = serde_json::from_slice(&child.stdout)?;
    let count = |name: &str| told[name].as_u64().unwrap_or(0);
    Ok(Done {
        seconds: told["seconds"].as_f64().ok_or("no time was told")?,
        records: count("records"),
        bytes: count("bytes"),
        peak: count("peak"),
        processor: told["processor"].as_f64().unwrap_or(0.0),
    })
}

/// The other side of [`run`].
pub fn child(args: &[String]) -> Result<()> {
    let [act, threads, case, evidence, keys] = args else {
        return Err("not what the benchmark calls".into());
    };
    let (case, keys, desk) = (Path::new(case), Path::new(keys), desk(threads.parse()?));
    let trusted = match keys.exists() {
        true => workbench::read_keys(keys, None).map_err(|failure| failure.message)?,
        false => Vec::new(),
    };
    let start = Instant::now();
    let done = (|| {
        let session = match case.exists() {
            true => Session::open_to_write(case, desk)?,
            false => Session::create(case, desk)?,
        };
        let progress = workbench::Progress::default();
        let summary = match act.as_str() {
            "verify" => session.verify(&[], &progress)?,
            _ => session.import(&[evidence.into()], &trusted, &progress)?,
        };
        session.close()?;
        Ok(summary)
    })();
    let summary = done.map_err(|failure: workbench::Failure| failure.message)?;
    let seconds = start.elapsed().as_secs_f64();
    if summary.records.contradicted > 0 || !summary.ledger.balanced {
        return Err(format!("sound evidence was judged {:?}", summary.records).into());
    }
    let told = serde_json::json!({
        "seconds": seconds, "records": summary.records.total, "bytes": summary.ledger.bytes_in, "peak": peak(),
        "processor": processor(),
    });
    println!("{told}");
    Ok(())
}
