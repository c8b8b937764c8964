//! Brings the records of one event together while an import ends.

use analysis::Name;
use analysis::pairs::{Member, leaders, needs_digests, stage};
use evidence::batch::ReadBatch;
use evidence::event::Field;
use evidence::{Batch, Digest, FileId, Format, Kind};
use std::collections::HashMap;
use store::{CaseFile, Native, Reader, Sibling, StoreError};

/// What tells the records of one event, for each record of a batch; empty where none has any. A
/// line of an audit bundle has no id but its digest.
pub(crate) fn natives(kind: Kind, batch: &Batch, read: &ReadBatch) -> Vec<Option<Native>> {
    let format = kind.format();
    if !kind.has_records() {
        return Vec::new();
    }
    if format == Format::NhiAuditBundle {
        let of = |digest| Native {
            id: Native::of_digest(digest),
            stage: 0,
        };
        let readings = read.readings.iter();
        return readings.map(|reading| Some(of(&reading.digest))).collect();
    }
    let records = batch.iter().zip(read.events.iter());
    records
        .map(|((_, _, bytes), event)| {
            Some(Native {
                id: Native::hash(format, event.get(Field::NativeId)?),
                stage: stage(format, bytes),
            })
        })
        .collect()
}

/// The rule, over the records of a case.
pub(crate) struct Pairing<'r> {
    reader: &'r Reader,
    files: HashMap<FileId, (Format, u32)>,
}

impl<'r> Pairing<'r> {
    /// `reader` sees all that was imported.
    pub(crate) fn new(reader: &'r Reader) -> Result<Pairing<'r>, StoreError> {
        let mut files = reader.files()?;
        // Not by their numbers: these tell the order of import.
        let order = |file: &CaseFile| {
            let digests = (file.sha256_as_found, file.sha256);
            (
                file.container.clone(),
                file.path.clone(),
                digests.0.map(|d| d.0),
                digests.1.map(|d| d.0),
            )
        };
        files.sort_by_cached_key(|file| (order(file), file.id));
        let ranked = files.into_iter().zip(0..);
        Ok(Pairing {
            reader,
            files: ranked
                .map(|(file, rank)| (file.id, (file.kind.format(), rank)))
                .collect(),
        })
    }

    /// Which of the records that share an id leads the event of each.
    pub(crate) fn leaders(&self, siblings: &[Sibling]) -> Result<Vec<usize>, StoreError> {
        let mut format = Format::Unknown;
        let mut members = Vec::with_capacity(siblings.len());
        for (at, sibling) in siblings.iter().enumerate() {
            let file = sibling.record.file;
            let Some(&(of, source)) = self.files.get(&file) else {
                return Err(StoreError::Missing(format!("file {}", file.0)));
            };
            if at > 0 && of != format {
                // The id is hashed with the format: equal hashes were sought.
                return Ok((0..siblings.len()).collect());
            }
            format = of;
            members.push(Member {
                source,
                ordinal: sibling.record.ordinal,
                stage: sibling.stage,
                says: [sibling.actor, sibling.credential, sibling.native_type]
                    .map(|name| name.map(Name)),
                digest: None,
            });
        }
        if needs_digests(&members) {
            for (member, sibling) in members.iter_mut().zip(siblings) {
                let bytes = self.reader.record(sibling.record)?;
                member.digest = Some(Digest::of(&bytes));
            }
        }
        Ok(leaders(format, &members))
    }
}

#[cfg(test)]
mod tests {
    use crate::api::TimelineFilter;
    use crate::{Desk, Limits, Micros, Progress, Session};
    use std::fs;
    use std::path::Path;

    fn desk() -> Desk {
        Desk {
            who: "ada".into(),
            tool: "test".into(),
            now: || Micros(0),
            threads: 2,
            limits: Limits::default(),
        }
    }

    fn vault(id: &str, stage: &str, token: &str, second: u32) -> String {
        format!(
            "{{\"time\":\"2026-06-01T00:00:{second:02}Z\",\"type\":\"{stage}\",\"auth\":{{\"client_token\":\"hmac-sha256:{token}\",\"display_name\":\"ci\"}},\"request\":{{\"id\":\"{id}\",\"operation\":\"read\",\"client_token\":\"hmac-sha256:{token}\",\"path\":\"kv/a\"}}}}\n"
        )
    }

    /// Each event: its time in microseconds, its records, and the path of the one that leads it.
    fn events(files: &[(&str, String)]) -> Vec<(Option<i64>, u64, String)> {
        let folder = tempfile::tempdir().unwrap();
        let session = Session::create(&folder.path().join("a.exhibit"), desk()).unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            import(&session, &path);
        }
        // Verified wholly, each is where the rule has it.
        session.verify(&[], &Progress::default()).unwrap();
        let all = TimelineFilter::default();
        let page = session.timeline(&all, 0, 100).unwrap();
        assert_eq!(page.total, page.rows.len() as u64);
        let total: u64 = page.rows.iter().map(|row| row.records.unwrap_or(1)).sum();
        assert_eq!(
            session.summary().unwrap().records.total,
            total,
            "each record is cited"
        );
        for row in &page.rows {
            let shown = session.record(row.id).unwrap();
            let cited = shown.event.map_or(1, |event| event.len() as u64);
            assert_eq!(cited, row.records.unwrap_or(1));
        }
        let view =
            |row: &crate::api::TimelineRow| (row.time, row.records.unwrap_or(1), row.path.clone());
        page.rows.iter().map(view).collect()
    }

    fn import(session: &Session, path: &Path) {
        session
            .import(&[path.to_owned()], &[], &Progress::default())
            .unwrap();
    }

    #[test]
    fn a_request_and_its_response_are_one_event_in_whatever_order_they_come() {
        let requests: String = (0..5)
            .map(|i| vault(&format!("r{i}"), "request", "a", i))
            .collect();
        // The last was answered to another token: it is no answer to that request.
        let responses: String = (0..5)
            .map(|i| {
                vault(
                    &format!("r{i}"),
                    "response",
                    if i < 4 { "a" } else { "b" },
                    i + 10,
                )
            })
            .collect();
        let (one, other) = (("a.log", requests), ("b.log", responses));
        let found = events(&[one.clone(), other.clone()]);
        assert_eq!(
            found.iter().map(|event| event.1).collect::<Vec<_>>(),
            [1, 2, 2, 2, 2, 1]
        );
        assert_eq!(found, events(&[other, one]));
    }

    #[test]
    fn a_log_imported_twice_shows_each_event_once_and_cites_both() {
        let log: String = (0..3)
            .map(|i| vault(&format!("r{i}"), "response", "a", i))
            .collect();
        let more = format!("{log}{}", vault("r9", "response", "a", 30));
        let (one, other) = (("a.log", log), ("b.log", more));
        let found = events(&[one.clone(), other.clone()]);
        assert_eq!(
            found.iter().map(|event| event.1).collect::<Vec<_>>(),
            [2, 2, 2, 1]
        );
        assert_eq!(found, events(&[other, one]));
    }
}
