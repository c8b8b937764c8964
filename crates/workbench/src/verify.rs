//! Everything again, from the bytes in the case.

use crate::api::{Summary, TrustChange, VerdictChange};
use crate::failure::{Failure, Result};
use crate::intake::{End, Item};
use crate::pairing::Pairing;
use crate::pipeline::{self, Done, Work};
use crate::progress::{Phase, Progress};
use crate::reading::{Reading, numbers};
use crate::session::{Desk, Session};
use crate::summary::word;
use evidence::container::Trailing;
use evidence::digest::Hasher;
use evidence::formats::receipts::KeyRing;
use evidence::keys::{Trust, TrustedKey};
use evidence::{Code, Digest, FileFacts, FileId, Finding, Verdict, verify};
use serde_json::json;
use std::collections::HashMap;
use std::io::{self, Read as _};
use store::{Case, CaseFile, Reader, RecordId, Said, StoreError};

impl Session {
    /// Verifies everything again from the bytes in the case, with `keys` added to what is trusted,
    /// and the case's own custody log with it.
    pub fn verify(&self, keys: &[TrustedKey], progress: &Progress) -> Result<Summary> {
        self.reading(|reader| {
            reader.check_file()?;
            let custody = reader.check_custody()?;
            if custody.faults.is_empty() {
                Ok(())
            } else {
                Err(StoreError::Damaged(format!(
                    "its custody log does not hold: {:?}",
                    custody.faults[0]
                ))
                .into())
            }
        })?;
        self.writing(|case| {
            if !keys.is_empty() {
                let about =
                    json!({"keys": keys.iter().map(TrustedKey::fingerprint).collect::<Vec<_>>()});
                case.add_trust(keys, &self.desk.entry("trust-add", about))?;
            }
            self.judge_again(case, "verify", true, progress)
        })?;
        self.summary()
    }

    /// Adds keys to what is trusted, verifies again, and says which verdicts changed.
    pub fn trust_add(&self, keys: &[TrustedKey], progress: &Progress) -> Result<TrustChange> {
        let before = self.standing()?;
        let fingerprints: Vec<String> = keys.iter().map(TrustedKey::fingerprint).collect();
        self.writing(|case| {
            let about = json!({"keys": fingerprints, "how": keys.iter().map(|key| key.how.clone()).collect::<Vec<_>>()});
            case.add_trust(keys, &self.desk.entry("trust-add", about))?;
            self.judge_again(case, "verify", false, progress)
        })?;
        self.changes(fingerprints, Vec::new(), &before)
    }

    /// Takes keys out of what is trusted, verifies again, and says which verdicts changed.
    pub fn trust_remove(&self, fingerprint: &str, progress: &Progress) -> Result<TrustChange> {
        let before = self.standing()?;
        self.writing(|case| {
            let entry = self.desk.entry("trust-remove", json!({"key": fingerprint}));
            if case.remove_trust(fingerprint, &entry)? == 0 {
                return Err(Failure::request(
                    "no-such-key",
                    format!("No key with the fingerprint {fingerprint} is trusted in this case."),
                    "`exhibit trust CASE list` shows those that are.",
                ));
            }
            self.judge_again(case, "verify", false, progress)
        })?;
        self.changes(Vec::new(), vec![fingerprint.to_owned()], &before)
    }

    pub(crate) fn judge_again(
        &self,
        case: &mut Case,
        act: &str,
        with_rows: bool,
        progress: &Progress,
    ) -> Result<()> {
        let reader = case.reader()?;
        let trust = Trust {
            keys: reader
                .trust()?
                .into_iter()
                .map(|stored| stored.key)
                .collect(),
        };
        let facts = read_again(&reader, &trust, &self.desk, progress, |_| true, with_rows)?;
        progress.enter(Phase::Judging);
        let files: Vec<&FileFacts> = facts.iter().collect();
        let mut outcome = verify::judge(&files, &trust, &reader, &self.desk.limits)?;
        outcome.findings.extend(refusals(&reader)?);
        drop(reader);
        let about = json!({"files": files.len(), "trusted_keys": trust.keys.len()});
        Ok(case.replace_judgement(&outcome, &self.desk.entry(act, about))?)
    }

    /// The verdict of each stream, to tell what a change of trust changes.
    fn standing(&self) -> Result<Vec<(String, String, crate::api::Word)>> {
        self.reading(|reader| {
            let streams = reader.streams()?;
            Ok(streams
                .into_iter()
                .map(|stream| {
                    (
                        stream.id,
                        stream.format.as_str().to_owned(),
                        word(stream.verdict),
                    )
                })
                .collect())
        })
    }

    fn changes(
        &self,
        added: Vec<String>,
        removed: Vec<String>,
        before: &[(String, String, crate::api::Word)],
    ) -> Result<TrustChange> {
        let after = self.standing()?;
        let mut changed = Vec::new();
        // The judgement's order depends on the evidence alone, so the streams stand side by side.
        for (one, other) in before.iter().zip(&after) {
            if one.0 == other.0 && one.2 != other.2 {
                changed.push(VerdictChange {
                    stream: one.0.clone(),
                    format: one.1.clone(),
                    before: one.2,
                    after: other.2,
                });
            }
        }
        Ok(TrustChange {
            added,
            removed,
            changed,
            summary: self.summary()?,
        })
    }
}

/// What was not opened when it was imported is known from then alone: its bytes are not here.
pub(crate) fn refusals(reader: &Reader) -> Result<Vec<Finding>> {
    let of_archives = |finding: &store::StoredFinding| {
        finding.code == Code::EntryRefused
            || (finding.code == Code::TrailingData && finding.place.file.is_none())
    };
    let verdict = |code| (code == Code::TrailingData).then_some(Verdict::CONTRADICTED);
    Ok(reader
        .findings()?
        .into_iter()
        .filter(of_archives)
        .map(|stored| Finding {
            code: stored.code,
            verdict: verdict(stored.code),
            place: stored.place,
            message: stored.message,
        })
        .collect())
}

/// Reads files of the case again from their bytes.
pub(crate) fn read_case(
    reader: &Reader,
    trust: &Trust,
    desk: &Desk,
    progress: &Progress,
    needed: impl Fn(&CaseFile) -> bool,
) -> Result<Vec<FileFacts>> {
    read_again(reader, trust, desk, progress, needed, false)
}

/// The same; `with_rows` holds the rows of events against what their records say, too.
fn read_again(
    reader: &Reader,
    trust: &Trust,
    desk: &Desk,
    progress: &Progress,
    needed: impl Fn(&CaseFile) -> bool,
    with_rows: bool,
) -> Result<Vec<FileFacts>> {
    let mut names = HashMap::new();
    let files: Vec<CaseFile> = reader
        .files()?
        .into_iter()
        .filter(|file| file.ended && needed(file))
        .collect();
    progress.enter(Phase::Reading);
    progress.expect(files.iter().map(|file| file.bytes).sum());
    let keyring = KeyRing::new(trust);
    let work = Work {
        keyring: &keyring,
        limits: &desk.limits,
        natives: with_rows,
        pack: false,
        threads: desk.threads,
    };
    let by_position: HashMap<usize, &CaseFile> = files.iter().enumerate().collect();
    let second = reader.another()?;
    let listed = &files;
    let bring = move |send: &mut dyn FnMut(Item) -> io::Result<()>| {
        for file in listed {
            progress.at(&file.path);
            bring_again(&second, file, progress, send)?;
        }
        Ok(())
    };
    let (mut facts, mut reading, mut position): (Vec<FileFacts>, Option<Reading>, usize) =
        (Vec::new(), None, 0);
    let brought = pipeline::run::<Failure>(&work, bring, |done| {
        if progress.is_stopped() {
            return Err(Failure::stopped());
        }
        match done {
            Done::Item(Item::Start { path, kind, .. }) => {
                let file = by_position[&position];
                reading = Some(Reading::new(
                    file.id,
                    file.import,
                    file.container.clone(),
                    path,
                    kind,
                ));
            }
            Done::Batch {
                batch,
                read,
                natives,
                ..
            } => {
                if with_rows && !batch.records.is_empty() {
                    let file = by_position[&position];
                    let first = RecordId {
                        file: file.id,
                        ordinal: u32::try_from(batch.first_ordinal).unwrap_or(u32::MAX),
                    };
                    let seqs = numbers(file.kind, &read);
                    let said = Said {
                        events: &read.events,
                        seqs: (!seqs.is_empty()).then_some(&seqs[..]),
                        natives: &natives,
                    };
                    reader.check_rows(first, &said, &mut names)?;
                }
                if let Some(reading) = &mut reading {
                    reading.take(&batch, &read, &keyring);
                }
                progress.add_records(batch.records.len() as u64);
            }
            Done::Item(Item::End(end)) => {
                let file = by_position[&position];
                position += 1;
                if let Some(reading) = reading.take() {
                    let (ended, _) = reading.end(&end);
                    hold_against_custody(file, &ended)?;
                    facts.push(ended);
                }
            }
            Done::Item(_) => {}
        }
        Ok(())
    })?;
    brought.map_err(|error| Failure::from(StoreError::Damaged(error.to_string())))?;
    if with_rows {
        if reader.count_rows()? != facts.iter().map(|facts| facts.records).sum::<u64>() {
            let words = "it was altered outside Exhibit; it has more rows of events than its files have records";
            return Err(StoreError::Damaged(words.to_owned()).into());
        }
        let pairing = Pairing::new(reader)?;
        reader.check_ways(&mut |siblings| pairing.leaders(siblings))?;
    }
    Ok(facts)
}

/// The case says what it took in. Other bytes now are damage to the case, not to the evidence.
fn hold_against_custody(file: &CaseFile, now: &FileFacts) -> Result<()> {
    if file.sha256 == Some(now.sha256)
        && file.sha256_as_found == Some(now.sha256_as_found)
        && file.records == now.records
    {
        return Ok(());
    }
    Err(StoreError::Damaged(format!(
        "the bytes of {} (E{}) are not those that were imported",
        file.path, file.id.0
    ))
    .into())
}

fn bring_again(
    reader: &Reader,
    file: &CaseFile,
    progress: &Progress,
    send: &mut dyn FnMut(Item) -> io::Result<()>,
) -> io::Result<()> {
    send(Item::Start {
        container: file.container.clone(),
        path: file.path.clone(),
        kind: file.kind,
        wrapping: file.wrapping,
    })?;
    let mut hasher = Hasher::default();
    let mut bytes = 0;
    for batch in reader.batches(file.id).map_err(io::Error::other)? {
        let batch = batch.map_err(io::Error::other)?;
        hasher.update(&batch.bytes);
        bytes += batch.bytes.len() as u64;
        progress.add_bytes(batch.bytes.len() as u64);
        send(Item::Batch(batch))?;
    }
    let sha256 = hasher.finish();
    let as_found = wrapped_digest(reader, file.id)?;
    let sha256_as_found = as_found.or(file.sha256_as_found).unwrap_or(sha256);
    let plain = file.wrapping == evidence::container::Wrapping::Plain && as_found.is_none();
    let trailing = Trailing {
        len: file.trailing,
        kept: Vec::new(),
    };
    send(Item::End(End {
        sha256,
        sha256_as_found: if plain { sha256 } else { sha256_as_found },
        bytes,
        trailing,
    }))
}

/// The digest of a file as it lay there, recomputed where those bytes were kept.
fn wrapped_digest(reader: &Reader, file: FileId) -> io::Result<Option<Digest>> {
    let mut kept = reader.wrapped_bytes(file).map_err(io::Error::other)?;
    let (mut hasher, mut any) = (Hasher::default(), false);
    let mut buffer = vec![0; 64 << 10];
    loop {
        let count = kept.read(&mut buffer)?;
        if count == 0 {
            return Ok(any.then(|| hasher.finish()));
        }
        any = true;
        hasher.update(&buffer[..count]);
    }
}
