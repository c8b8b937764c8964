//! Evidence in: read, keep, verify.

use crate::api::Summary;
use crate::failure::{Failure, Result};
use crate::intake::{Intake, Item};
use crate::pairing::Pairing;
use crate::pipeline::{self, Done, Work};
use crate::progress::{Phase, Progress};
use crate::reading::{Reading, numbers};
use crate::session::{Session, stopped_or};
use crate::verify::{read_case, refusals};
use crate::walk::{self, Found, Skipped};
use evidence::formats::receipts::KeyRing;
use evidence::keys::{Trust, TrustedKey};
use evidence::{Code, FileFacts, Finding, Kind, Verdict, verify};
use serde_json::json;
use std::io;
use std::path::PathBuf;
use store::ImportWriter;

/// One PATH and what lies below it.
struct Asked {
    label: String,
    found: Vec<Found>,
    skipped: Vec<Skipped>,
}

impl Session {
    /// Imports each PATH, with `keys` added to what is trusted, and verifies the whole case. The
    /// import is in the case whole or not at all.
    pub fn import(
        &self,
        paths: &[PathBuf],
        keys: &[TrustedKey],
        progress: &Progress,
    ) -> Result<Summary> {
        progress.enter(Phase::Looking);
        let mut asked = Vec::new();
        for path in paths {
            let (found, skipped) = walk::walk(path)?;
            asked.push(Asked {
                label: path.display().to_string(),
                found,
                skipped,
            });
        }
        progress.expect(
            asked
                .iter()
                .flat_map(|asked| &asked.found)
                .map(|found| found.bytes)
                .sum(),
        );
        self.writing(|case| {
            if !keys.is_empty() {
                let about = json!({"keys": keys.iter().map(TrustedKey::fingerprint).collect::<Vec<_>>()});
                case.add_trust(keys, &self.desk.entry("trust-add", about))?;
            }
            let before = case.reader()?;
            let trust = Trust { keys: before.trust()?.into_iter().map(|stored| stored.key).collect() };
            let keyring = KeyRing::new(&trust);
            let earlier = before.files()?.into_iter().map(|file| file.id).max();
            let mut writer = case.begin_import(&self.desk.by())?;
            let done = self.read_in(&mut writer, &asked, &keyring, progress);
            let done = done.and_then(|new| {
                let repeated = writer.repeated()?;
                Ok((new, repeated))
            });
            let ((facts, refused), repeated) = match done {
                Ok(done) => done,
                Err(failure) => {
                    progress.enter(Phase::TakingBack);
                    let failure = stopped_or(progress, failure);
                    let about = json!({"paths": labels(&asked), "why": failure.message});
                    // A full disk may not even allow that; the next opening of the case does it.
                    let _ = writer.abandon(&self.desk.entry("import-abandoned", about));
                    return Err(failure);
                }
            };
            if repeated.len() == asked.len() {
                let numbers: Vec<String> = repeated.iter().map(|(_, there)| there.to_string()).collect();
                let about = json!({"paths": labels(&asked), "same_as": repeated.iter().map(|(_, there)| *there).collect::<Vec<_>>()});
                writer.abandon(&self.desk.entry("import-recognised", about))?;
                self.note(format!("This evidence is in the case already, as import {}: nothing was added.", numbers.join(", ")));
                if keys.is_empty() {
                    return Ok(());
                }
                return self.judge_again(case, "verify", false, progress);
            }
            progress.enter(Phase::Judging);
            let (mut all, mut earlier_refused) = (Vec::new(), Vec::new());
            if let Some(earlier) = earlier {
                all = read_case(&before, &trust, &self.desk, progress, |file| file.id <= earlier)?;
                earlier_refused = refusals(&before)?;
            }
            all.extend(facts);
            let reader = writer.reader()?;
            let files: Vec<&FileFacts> = all.iter().collect();
            let mut outcome = verify::judge(&files, &trust, &reader, &self.desk.limits)?;
            outcome.findings.extend(earlier_refused);
            outcome.findings.extend(refused);
            let pairing = Pairing::new(&reader)?;
            let about = json!({
                "paths": labels(&asked),
                "files": files.len(),
                "sha256": files.iter().map(|file| json!({"id": file.id.0, "path": file.path, "sha256": file.sha256_as_found.to_string()})).take(1000).collect::<Vec<_>>(),
            });
            let entry = self.desk.entry("import", about);
            writer.finish_paired(&outcome, &entry, &mut |siblings| pairing.leaders(siblings))?;
            Ok(())
        })?;
        self.summary()
    }

    /// Reads every file of the request into the case.
    fn read_in(
        &self,
        writer: &mut ImportWriter<'_>,
        asked: &[Asked],
        keyring: &KeyRing,
        progress: &Progress,
    ) -> Result<(Vec<FileFacts>, Vec<Finding>)> {
        progress.enter(Phase::Reading);
        let limits = &self.desk.limits;
        let work = Work {
            keyring,
            limits,
            natives: true,
            pack: true,
            threads: self.desk.threads,
        };
        let (mut facts, mut refused) = (Vec::new(), Vec::new());
        let (mut import, mut reading): (u32, Option<(Reading, Kind)>) = (0, None);
        let bring = |send: &mut dyn FnMut(Item) -> io::Result<()>| {
            for asked in asked {
                send(Item::Path(asked.label.clone()))?;
                for skipped in &asked.skipped {
                    send(Item::Refused {
                        path: skipped.path.clone(),
                        why: skipped.why.clone(),
                    })?;
                }
                // A bundle's manifest hashes compressed files as they lie, and an archive may hold
                // one: then these bytes are evidence too.
                let keep_wrapped = asked.found.len() == 1
                    || asked
                        .found
                        .iter()
                        .any(|found| found.path.ends_with("manifest.dsse.json"));
                let mut intake = Intake {
                    limits,
                    progress,
                    send: &mut *send,
                    container: String::new(),
                    keep_wrapped,
                    entries_left: limits.archive_entries,
                };
                for found in &asked.found {
                    intake.file(found)?;
                }
            }
            Ok(())
        };
        let brought = pipeline::run::<Failure>(&work, bring, |done| {
            if progress.is_stopped() {
                return Err(Failure::stopped());
            }
            match done {
                Done::Item(Item::Path(label)) => import = writer.begin_path(&label)?,
                Done::Item(Item::Start {
                    container,
                    path,
                    kind,
                    wrapping,
                }) => {
                    writer.in_container(&container);
                    let id = writer.add_file(&path, kind, wrapping)?;
                    reading = Some((Reading::new(id, import, container, path, kind), kind));
                }
                Done::Batch {
                    batch,
                    read,
                    packed,
                    ..
                } => {
                    let (reading, kind) = reading.as_mut().ok_or_else(out_of_order)?;
                    reading.take(&batch, &read, keyring);
                    let seqs = numbers(*kind, &read);
                    let packed = packed.ok_or_else(out_of_order)?;
                    writer.write_batch(
                        reading.id,
                        &batch,
                        &packed,
                        &read.events,
                        (!seqs.is_empty()).then_some(&seqs),
                    )?;
                    progress.add_records(batch.records.len() as u64);
                }
                Done::Item(Item::Wrapped(bytes)) => {
                    let (reading, _) = reading.as_ref().ok_or_else(out_of_order)?;
                    writer.write_wrapped(reading.id, &bytes)?;
                }
                Done::Item(Item::End(end)) => {
                    let (reading, _) = reading.take().ok_or_else(out_of_order)?;
                    if !end.trailing.kept.is_empty() {
                        writer.write_trailing(reading.id, &end.trailing.kept)?;
                    }
                    let (ended, ledger) = reading.end(&end);
                    writer.end_file(&ended, ledger)?;
                    facts.push(ended);
                }
                Done::Item(Item::Trailing { path, message }) => {
                    refused.push(
                        Finding::new(Code::TrailingData, Some(Verdict::CONTRADICTED), message)
                            .at_path(path),
                    );
                }
                Done::Item(Item::Refused { path, why }) => {
                    refused.push(
                        Finding::new(Code::EntryRefused, None, format!("not opened: {why}"))
                            .at_path(path),
                    );
                }
                Done::Item(Item::Batch(_)) => return Err(out_of_order()),
            }
            Ok(())
        })?;
        brought
            .map_err(|error| stopped_or(progress, unreadable(&progress.reached().path, &error)))?;
        Ok((facts, refused))
    }
}

fn labels(asked: &[Asked]) -> Vec<&str> {
    asked.iter().map(|asked| asked.label.as_str()).collect()
}

fn out_of_order() -> Failure {
    store::StoreError::Bug("a piece came out of order".into()).into()
}

/// Reading failed: the disk that the evidence lies on, or the one for temporary files.
fn unreadable(path: &str, error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::StorageFull {
        return store::StoreError::Full.into();
    }
    Failure::unreadable(path, error)
}
