//! The NHI audit bundle: two streams of the story, sealed as the specification of the bundle says.

pub mod manifest;
mod records;
pub mod stream;

use crate::clock::{HOUR, MINUTE};
use crate::keys::Keys;
use crate::rng::Rng;
use crate::story::{AGENTS, BEGIN, END, PAYMENTS};
use manifest::StreamEntry;
pub use records::Tally;
pub(crate) use records::rotation_text;
use std::io;
use std::path::Path;
use stream::{Listed, put};

/// What a bundle is to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Records of `example.com/agents-prod`; 0 leaves the stream out.
    pub agents: u64,
    /// Records of `example.com/payments`; 0 leaves the stream out.
    pub payments: u64,
    /// Leaf tiles, one file for 256 records.
    pub tiles: bool,
    /// Attachments: an older Kubernetes log as it was exported, and a note.
    pub attachments: bool,
}

/// The fewest records that hold a stream's part of the story.
pub const LEAST: u64 = 200;

/// How many lines the attached log has.
pub(crate) const ATTACHED: u64 = 40;
/// Where the attached log lies in the bundle.
pub(crate) const ATTACHED_LOG: &str = "attachments/kubernetes/audit-2026-06-10.jsonl";
/// Where the attached note lies.
pub(crate) const ATTACHED_NOTE: &str = "attachments/handover.txt";

/// How often a stream of this many records is sealed.
pub fn cadence(records: u64) -> u64 {
    match records {
        0..400 => 125,
        400..600 => 200,
        600..1_000 => 250,
        _ => records.div_ceil(20_000) * 1_000,
    }
}

/// Writes a bundle into the folder `dir`, which is its root.
pub fn write(
    dir: &Path,
    seed: u64,
    keys: &Keys,
    shape: Shape,
) -> io::Result<Vec<(String, u64, Tally)>> {
    let mut files: Vec<Listed> = Vec::new();
    let mut streams = Vec::new();
    let mut tallies = Vec::new();
    for (id, records) in [(AGENTS, shape.agents), (PAYMENTS, shape.payments)] {
        if records == 0 {
            continue;
        }
        let records = records.max(LEAST);
        let (listed, tally) = records::write(dir, id, seed, keys, records, shape.tiles)?;
        let name = id.rsplit('/').next().unwrap_or(id);
        files.extend(listed);
        streams.push(StreamEntry {
            stream: id.to_owned(),
            path: format!("streams/{name}.jsonl"),
            records,
            closed: true,
        });
        tallies.push((id.to_owned(), records, tally));
    }
    if shape.attachments {
        let mut log = Vec::new();
        crate::kubernetes::write_log(&mut log, seed, ATTACHED, None)?;
        files.push(put(dir, ATTACHED_LOG, &log)?);
        let note = "Collected on the gateway and on the payments platform, 12 June 2026.\n\
                    The log of 10 June was lying beside them and came along as it was.\n";
        files.push(put(dir, ATTACHED_NOTE, note.as_bytes())?);
    }
    let bundle = Rng::new(seed, "bundle").uuid();
    let statement = manifest::statement(
        &bundle,
        &mut files,
        &streams,
        END + HOUR + 7 * MINUTE,
        (BEGIN, END),
    );
    put(
        dir,
        "manifest.dsse.json",
        manifest::envelope(&statement, &keys.collector).as_bytes(),
    )?;
    Ok(tallies)
}
