//! Trust as it would be: judged from the bytes of the case, and not written.

use crate::api::{ChosenKey, FileChange, TrustPreview, VerdictChange};
use crate::evidence_keys;
use crate::failure::{Failure, Result};
use crate::progress::{Phase, Progress};
use crate::session::Session;
use crate::summary::{record_counts, word};
use crate::verify::{read_case, refusals};
use evidence::Word;
use evidence::keys::{KeyMaterial, Trust, TrustedKey};
use evidence::{FileFacts, verify};
use std::collections::{HashMap, HashSet};
use store::Counts;

/// A change of what is trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrustEdit {
    /// These keys are trusted too.
    Add(Vec<TrustedKey>),
    /// Keys with this fingerprint are trusted no more.
    Remove(String),
}

impl Session {
    /// Which verdicts a change of trust would change. Nothing is written, in the case or its custody
    /// log; as long as a verification anew, and stopped like one.
    pub fn trust_preview(&self, edit: &TrustEdit, progress: &Progress) -> Result<TrustPreview> {
        self.reading(|reader| {
            let trusted: Vec<TrustedKey> =
                reader.trust()?.into_iter().map(|kept| kept.key).collect();
            let (keys, chosen, removes) = edited(&trusted, edit)?;
            let trust = Trust { keys };
            let own: HashSet<String> = evidence_keys::all(reader)?
                .iter()
                .map(TrustedKey::fingerprint)
                .collect();
            let facts = read_case(reader, &trust, &self.desk, progress, |_| true)?;
            progress.enter(Phase::Judging);
            let files: Vec<&FileFacts> = facts.iter().collect();
            let mut outcome = verify::judge(&files, &trust, reader, &self.desk.limits)?;
            outcome.findings.extend(refusals(reader)?);

            let mut after = Counts::default();
            for span in &outcome.spans {
                let count = span.last.saturating_sub(span.first).saturating_add(1);
                let verdict = span.verdict.word();
                match verdict {
                    Word::Contradicted => after.contradicted += count,
                    Word::Unproven => after.unproven += count,
                    Word::Intact => after.intact += count,
                    Word::Verified => after.verified += count,
                    Word::Unchecked => after.unchecked += count,
                }
            }
            let before = reader.counts()?;
            after.unchecked += before.total().saturating_sub(after.total());
            let standing: HashMap<_, _> = outcome
                .files
                .iter()
                .map(|file| (file.file, file.verdict.word()))
                .collect();
            let files = reader
                .files()?
                .into_iter()
                .filter_map(|file| {
                    let after = *standing.get(&file.id)?;
                    (after != file.verdict).then(|| FileChange {
                        id: file.id.0,
                        path: file.path,
                        before: word(file.verdict),
                        after: word(after),
                    })
                })
                .collect();
            // A judgement's order depends on the evidence alone, so the streams stand side by side.
            let changed = reader
                .streams()?
                .iter()
                .zip(&outcome.streams)
                .filter(|(one, other)| one.id == other.id)
                .filter_map(|(one, other)| {
                    let after = other.verdict.word();
                    (one.verdict != after).then(|| VerdictChange {
                        stream: one.id.clone(),
                        format: one.format.as_str().to_owned(),
                        before: word(one.verdict),
                        after: word(after),
                    })
                })
                .collect();
            let known: HashSet<String> = trusted.iter().map(TrustedKey::fingerprint).collect();
            Ok(TrustPreview {
                keys: chosen.iter().map(|key| shown(key, &known, &own)).collect(),
                removes,
                before: record_counts(before),
                after: record_counts(after),
                changed,
                files,
            })
        })
    }
}

/// All keys as they would be trusted, those that the change is about, and whether it takes them out.
fn edited(
    trusted: &[TrustedKey],
    edit: &TrustEdit,
) -> Result<(Vec<TrustedKey>, Vec<TrustedKey>, bool)> {
    match edit {
        TrustEdit::Add(keys) => {
            let mut all = trusted.to_vec();
            all.extend(keys.iter().cloned());
            Ok((all, keys.clone(), false))
        }
        TrustEdit::Remove(fingerprint) => {
            let (gone, kept): (Vec<_>, Vec<_>) = trusted
                .iter()
                .cloned()
                .partition(|key| key.fingerprint() == *fingerprint);
            if gone.is_empty() {
                return Err(Failure::request(
                    "no-such-key",
                    format!("No key with the fingerprint {fingerprint} is trusted in this case."),
                    "The list of keys shows those that are.",
                ));
            }
            Ok((kept, gone, true))
        }
    }
}

fn shown(key: &TrustedKey, known: &HashSet<String>, own: &HashSet<String>) -> ChosenKey {
    let text = |time: Option<evidence::Micros>| time.map(|time| time.to_string());
    let fingerprint = key.fingerprint();
    ChosenKey {
        algorithm: match &key.key {
            KeyMaterial::Ed25519(_) => "ed25519".into(),
            KeyMaterial::Rsa { .. } => "rsa".into(),
        },
        name: key.name.clone(),
        streams: key.streams.clone(),
        from: text(key.from),
        until: text(key.until),
        revoked: text(key.revoked),
        trusted: known.contains(&fingerprint),
        in_evidence: own.contains(&fingerprint),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> TrustedKey {
        TrustedKey::bare(KeyMaterial::Ed25519([byte; 32]))
    }

    #[test]
    fn a_key_is_taken_out_by_its_fingerprint_and_no_other() {
        let trusted = [key(1), key(2)];
        let edit = TrustEdit::Remove(key(1).fingerprint());
        assert_eq!(
            edited(&trusted, &edit),
            Ok((vec![key(2)], vec![key(1)], true))
        );
        let unknown = edited(&trusted, &TrustEdit::Remove(key(3).fingerprint()));
        assert_eq!(unknown.map_err(|failure| failure.code), Err("no-such-key"));
    }

    #[test]
    fn a_key_that_the_evidence_brought_is_said_to_be_one() {
        let own = HashSet::from([key(7).fingerprint()]);
        assert!(shown(&key(7), &HashSet::new(), &own).in_evidence);
        assert!(!shown(&key(8), &HashSet::new(), &own).in_evidence);
        assert!(shown(&key(7), &own, &HashSet::new()).trusted);
    }
}
