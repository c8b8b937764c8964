//! The proof of one record, step by step.

use super::logs::Logs;
use super::seals::{By, From, Held, Seals};
use crate::keys::Trust;
use crate::kind::Format;
use crate::verify::{Proof, Step, StepOutcome, Subject, opening};
use crate::{Code, FileFacts, Kind, Lookup, LookupError};

/// Proves one record anew: its log's hash, the digest that lists it, that digest's signature, the
/// key, and who trusts that.
pub fn proof(
    subject: &Subject<'_>,
    files: &[&FileFacts],
    trust: &Trust,
    lookup: &dyn Lookup,
) -> Result<Proof, LookupError> {
    let mut steps = opening(subject);
    let files: Vec<&FileFacts> = files
        .iter()
        .copied()
        .filter(|file| file.kind.format() == Format::CloudTrail)
        .collect();
    let seals = Seals::read(&files, trust, lookup)?;
    let logs = files
        .iter()
        .copied()
        .filter(|file| file.kind == Kind::CloudTrailLog)
        .collect();
    let logs = Logs::hold(logs, &seals);
    let known = logs
        .files
        .iter()
        .zip(&logs.known)
        .find(|(file, _)| file.id == subject.file);
    if let Some((file, known)) = known {
        let text = "SHA-256 of the whole log, decompressed: what a digest lists";
        let step = Step::new("log", StepOutcome::Info, text).value(file.sha256);
        steps.push(step.covering(file.id, 0, file.bytes));
        match known.listed_by {
            None => {
                let text = "no digest in evidence lists this log";
                steps.push(Step::new("listed", StepOutcome::Missing, text));
            }
            Some(digest) => {
                let held = &seals.held[digest];
                listed(&mut steps, held, file);
                signed(&mut steps, held, trust);
            }
        }
    }
    Ok(Proof {
        steps,
        uncovered: Vec::new(),
    })
}

/// That the digest lists this log by this hash.
fn listed(steps: &mut Vec<Step>, held: &Held<'_>, file: &FileFacts) {
    let lists = held
        .seal
        .logs
        .iter()
        .any(|log| log.hash == Some(file.sha256));
    let (outcome, text) = if lists {
        (
            StepOutcome::Holds,
            format!("the digest {} lists this hash", held.seal.object),
        )
    } else {
        (
            StepOutcome::Fails,
            format!("the digest {} lists another hash for it", held.seal.object),
        )
    };
    let digest = held.files[0];
    steps.push(Step::new("listed", outcome, text).covering(digest.id, 0, digest.bytes));
    let text = "SHA-256 of the digest, decompressed: part of what is signed";
    steps.push(Step::new("seal", StepOutcome::Info, text).value(held.seal.hash));
}

/// The digest's signature, the key, and who trusts it.
fn signed(steps: &mut Vec<Step>, held: &Held<'_>, trust: &Trust) {
    for (code, _, message) in &held.worth.faults {
        let outcome = match code {
            Code::KeyUnknown | Code::SignatureMissing | Code::AlgorithmRefused => {
                StepOutcome::Missing
            }
            _ => StepOutcome::Fails,
        };
        let message = if message.is_empty() {
            code.as_str()
        } else {
            message
        };
        steps.push(Step::new("signature", outcome, message));
    }
    let Some(proven) = &held.worth.proof else {
        return;
    };
    let text = match proven.from {
        From::Sidecar => "the RSA signature in the digest's metadata holds",
        From::Successor => "the RSA signature that the next digest repeats holds",
        From::SuccessorsHash => "the next digest, whose signature holds, names this one's hash",
    };
    steps.push(Step::new("signature", StepOutcome::Holds, text));
    let text = "the key that the digest names, by the MD5 of its DER";
    steps.push(Step::new("key", StepOutcome::Info, text).value(&proven.fingerprint));
    let step = match &proven.by {
        By::Examiner(vouched) => {
            let key = trust
                .keys
                .iter()
                .find(|key| key.fingerprint() == vouched.fingerprint());
            let how = key.and_then(|key| key.how.as_deref());
            let how = how.map_or(String::new(), |how| format!(": {how}"));
            let text = format!("the examiner trusts it{how}");
            Step::new("trust", StepOutcome::Holds, text).value(vouched.fingerprint())
        }
        By::Objection(Code::KeyRevoked) => Step::new(
            "trust",
            StepOutcome::Missing,
            "the key was revoked when it signed",
        ),
        By::Objection(_) => Step::new(
            "trust",
            StepOutcome::Missing,
            "the key was not valid when it signed",
        ),
        By::Evidence => {
            let text = "the key list came with the evidence: nobody vouches for the key";
            Step::new("trust", StepOutcome::Missing, text)
        }
    };
    steps.push(step);
}
