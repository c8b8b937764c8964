//! What the benchmark is asked for.

use crate::Result;
use std::path::{Path, PathBuf};

/// The size of the run, and how it is told.
pub struct Options {
    /// Records of the audit bundle.
    pub records: u64,
    /// Agent receipts. Fewer by default: making them takes a signature each.
    pub receipts: u64,
    /// CloudTrail events.
    pub events: u64,
    /// Sizes of further audit bundles, whose cases are looked at only: what grows with the size.
    pub looks: Vec<u64>,
    /// Sizes of audit bundles that are read and looked at in the real window.
    pub windows: Vec<u64>,
    pub threads: usize,
    pub json: bool,
    /// Where the evidence and the cases are laid.
    pub dir: PathBuf,
}

const HELP: &str = "\
Usage: cargo bench -p tests -- [OPTION]...
  --records N   records of the audit bundle    [1000000; EXHIBIT_BENCH_RECORDS]
  --receipts N  agent receipts                 [a fifth of the records: each must be signed first]
  --events N    CloudTrail events              [as many as records]
  --look N      look at a case of N records too; may be repeated, as --look 100000 --look 10000000
  --window N    measure the built window over N records, on a virtual display (make bench builds it)
  --threads N   threads that may work          [all cores]
  --dir DIR     where evidence and cases lie   [the system's temporary folder]
  --json        JSON in place of the table
A number of 0 leaves that part out.";

impl Options {
    /// Reads them. `--bench`, which cargo adds, says nothing new.
    pub fn of(args: &[String]) -> Result<Options> {
        let from_env = std::env::var("EXHIBIT_BENCH_RECORDS").ok();
        let mut records = from_env.map_or(Ok(1_000_000), |text| number(&text))?;
        let (mut receipts, mut events, mut json) = (None, None, false);
        let (mut looks, mut windows) = (Vec::new(), Vec::new());
        let mut threads = std::thread::available_parallelism()?.get();
        let mut dir = std::env::temp_dir();
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or(format!("{arg} wants a value\n{HELP}"));
            match arg.as_str() {
                "--records" => records = number(value()?)?,
                "--receipts" => receipts = Some(number(value()?)?),
                "--events" => events = Some(number(value()?)?),
                "--look" => looks.push(number(value()?)?),
                "--window" => windows.push(number(value()?)?),
                "--threads" => threads = number(value()?)?.max(1) as usize,
                "--dir" => dir = value()?.into(),
                "--json" => json = true,
                "--bench" => {}
                "--help" => {
                    println!("{HELP}");
                    std::process::exit(0);
                }
                other => return Err(format!("{other} is not known\n{HELP}").into()),
            }
        }
        let receipts = receipts.unwrap_or(records / 5);
        let events = events.unwrap_or(records);
        Ok(Options {
            records,
            receipts,
            events,
            looks,
            windows,
            threads,
            json,
            dir,
        })
    }

    /// Says what is being done: the run takes minutes.
    pub fn say(&self, what: &str) {
        eprintln!("… {what}");
    }
}

fn number(text: &str) -> Result<u64> {
    let digits = text.replace(['_', ','], "");
    Ok(digits
        .parse()
        .map_err(|_| format!("{text} is not a number"))?)
}

/// How many bytes lie in the files of a folder.
pub fn bytes_below(dir: &Path) -> Result<u64> {
    Ok(files_below(dir)?.iter().map(|(_, bytes)| bytes).sum())
}

/// The files of a folder and those below it, with their sizes, by rising path.
pub fn files_below(dir: &Path) -> Result<Vec<(PathBuf, u64)>> {
    let (mut folders, mut files) = (vec![dir.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            match entry.metadata()? {
                meta if meta.is_dir() => folders.push(entry.path()),
                meta => files.push((entry.path(), meta.len())),
            }
        }
    }
    files.sort();
    Ok(files)
}
