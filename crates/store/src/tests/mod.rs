//! Tests over the whole case file, and what they share: small evidence with a known content, and
//! the plain way to what a reader should say of it.

mod acts;
mod case;
mod crash;
mod import;
mod judgement;
mod kinds;
mod notes;
mod pairs;
mod timeline;

use crate::{
    By, Case, Column, CustodyEntry, ImportWriter, Ledger, Native, RecordId, Result, Sibling, pack,
};
use evidence::batch::Rejected;
use evidence::container::Wrapping;
use evidence::event::Events;
use evidence::facts::Chains;
use evidence::verify::Outcome;
use evidence::{Batch, Digest, FileFacts, FileId, Kind, Micros};
use serde_json::json;
use std::path::PathBuf;
use tempfile::TempDir;

pub(super) fn by(at: i64) -> By {
    By {
        who: "ada".into(),
        tool: "exhibit 0.1.0".into(),
        at: Micros(at),
    }
}

pub(super) fn entry(act: &str, at: i64) -> CustodyEntry {
    CustodyEntry {
        by: by(at),
        act: act.into(),
        about: json!({}),
    }
}

/// A folder that vanishes, and a case in it.
pub(super) fn new_case() -> (TempDir, PathBuf, Case) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("breach.exhibit");
    let case = Case::create(&path, &entry("create", 1)).unwrap();
    (folder, path, case)
}

/// A record: its time and its texts.
#[derive(Debug, Clone, Default)]
pub(super) struct Made {
    pub(super) time: Option<i64>,
    pub(super) seq: Option<u64>,
    /// A number that stands for its native id.
    pub(super) native: Option<i64>,
    pub(super) texts: Vec<(Column, String)>,
}

pub(super) fn made(time: impl Into<Option<i64>>, texts: &[(Column, &str)]) -> Made {
    let texts = texts
        .iter()
        .map(|&(column, text)| (column, text.to_owned()))
        .collect();
    Made {
        time: time.into(),
        seq: None,
        native: None,
        texts,
    }
}

/// A file of some records, with structure around them and something rejected, cut into batches of
/// `each` records.
pub(super) fn batches(records: &[Made], each: usize) -> Vec<(Batch, Events)> {
    let mut out = Vec::new();
    let (mut offset, mut first_ordinal) = (0, 0);
    for chunk in records.chunks(each.max(1)) {
        let mut batch = Batch {
            offset,
            first_ordinal,
            ..Batch::default()
        };
        let mut events = Events::default();
        for record in chunk {
            batch.bytes.extend_from_slice(b"  ");
            let start = batch.bytes.len() as u32;
            batch
                .bytes
                .extend_from_slice(format!("{record:?}").as_bytes());
            batch
                .records
                .push((start, batch.bytes.len() as u32 - start));
            batch.bytes.push(b'\n');
            events.begin();
            events.set_time(record.time.map(Micros));
            record
                .texts
                .iter()
                .for_each(|(column, text)| events.set(column.field(), text));
        }
        batch.rejected.push(Rejected {
            start: 0,
            len: 1,
            reason: "a \"stray\" blank".into(),
        });
        offset += batch.bytes.len() as u64;
        first_ordinal += chunk.len() as u64;
        out.push((batch, events));
    }
    out
}

pub(super) fn bytes_of(batches: &[(Batch, Events)]) -> Vec<u8> {
    batches
        .iter()
        .flat_map(|(batch, _)| batch.bytes.clone())
        .collect()
}

pub(super) fn facts(id: FileId, bytes: &[u8], records: &[Made]) -> FileFacts {
    FileFacts {
        id,
        import: 1,
        container: String::new(),
        path: String::new(),
        kind: Kind::VaultAudit,
        sha256: Digest::of(bytes),
        sha256_as_found: Digest::of(bytes),
        bytes: bytes.len() as u64,
        trailing: 0,
        records: records.len() as u64,
        malformed: Vec::new(),
        rejected: Vec::new(),
        rejected_bytes: 0,
        earliest: records
            .iter()
            .filter_map(|record| record.time)
            .min()
            .map(Micros),
        latest: records
            .iter()
            .filter_map(|record| record.time)
            .max()
            .map(Micros),
        chains: Chains::None,
    }
}

/// Writes a file whole.
pub(super) fn write_file(
    writer: &mut ImportWriter<'_>,
    path: &str,
    records: &[Made],
    each: usize,
) -> Result<FileId> {
    let id = writer.add_file(path, Kind::VaultAudit, Wrapping::Plain)?;
    let batches = batches(records, each);
    let mut seqs = records.iter().map(|record| record.seq);
    let native = |id| Native { id, stage: 0 };
    let mut natives = records.iter().map(|record| record.native.map(native));
    for (batch, events) in &batches {
        let seqs: Vec<_> = seqs.by_ref().take(events.len()).collect();
        let natives = natives.by_ref().take(events.len()).collect();
        let packed = pack(batch)?.with_natives(natives);
        writer.write_batch(id, batch, &packed, events, Some(&seqs))?;
    }
    writer.end_file(&facts(id, &bytes_of(&batches), records), Ledger::default())?;
    Ok(id)
}

/// Imports files whole, unjudged.
pub(super) fn import(case: &mut Case, files: &[(&str, &[Made])], each: usize) -> Vec<FileId> {
    let mut writer = case.begin_import(&by(2)).unwrap();
    writer.begin_path("/evidence").unwrap();
    let ids = files
        .iter()
        .map(|(path, records)| write_file(&mut writer, path, records, each).unwrap())
        .collect();
    writer
        .finish_paired(&Outcome::default(), &entry("import", 3), &mut last_leads)
        .unwrap();
    ids
}

/// A rule for tests: what shares an id is one event, which its last record leads.
pub(super) fn last_leads(siblings: &[Sibling]) -> Result<Vec<usize>> {
    Ok(vec![siblings.len() - 1; siblings.len()])
}

pub(super) fn id(file: FileId, ordinal: u32) -> RecordId {
    RecordId { file, ordinal }
}

pub(super) fn acts(case: &Case) -> Vec<String> {
    let lines = case.reader().unwrap().custody().unwrap();
    let act = |line: &String| {
        serde_json::from_str::<crate::CustodyLine>(line)
            .unwrap()
            .act
    };
    lines.iter().map(act).collect()
}
