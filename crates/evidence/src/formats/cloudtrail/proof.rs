//! The proof of one record: its bytes lie in a log, whose hash a digest lists, which is signed.

use super::chain::{Chains, Signature, Source, Standing, Version};
use super::logs::{Lists, Match};
use super::remarks::Remarks;
use super::signature::{Check, Keys};
use crate::keys::Trust;
use crate::verify::{Proof, Step, StepOutcome, Subject, opening};
use crate::{FileFacts, FileId, Kind, Lookup, LookupError};

/// Proves one record. `files` holds its log, and all digests, sidecars and key lists of the case.
///
/// Steps: `bytes`, `digest`, `file` (the log's SHA-256), `list` (the digest that lists it), `seal`
/// (that digest's SHA-256), `signature`, `key`, `trust`. The first that does not hold ends it. A log
/// is hashed whole, so no member of a record is left out.
pub fn proof(
    subject: &Subject<'_>,
    files: &[&FileFacts],
    trust: &Trust,
    lookup: &dyn Lookup,
) -> Result<Proof, LookupError> {
    let mut proof = Proof {
        steps: opening(subject),
        uncovered: Vec::new(),
    };
    let Some(log) = files.iter().copied().find(|file| file.id == subject.file) else {
        proof.steps.push(Step::new(
            "file",
            StepOutcome::Missing,
            "the record's log is not at hand",
        ));
        return Ok(proof);
    };
    let mut remarks = Remarks::default();
    let keys = Keys::gather(files, trust, lookup, &mut remarks.findings)?;
    let mut chains = Chains::gather(files, &keys, lookup, &mut remarks)?;
    chains.weigh(&mut remarks);
    if let Some(malformed) = log
        .malformed
        .iter()
        .find(|malformed| malformed.ordinal == subject.ordinal)
    {
        let text = format!(
            "the record is not what the format allows, so that two readers may read it differently, and no seal makes it proven: {}",
            malformed.words
        );
        proof
            .steps
            .push(Step::new("form", StepOutcome::Fails, text));
    }
    let whole = Step::new(
        "file",
        StepOutcome::Info,
        "SHA-256 of the log that holds it, decompressed",
    );
    proof
        .steps
        .push(whole.value(log.sha256).covering(log.id, 0, log.bytes));
    let lists = Lists::new(&chains);
    let (listing, step) = match lists.find(log) {
        Match::Listed(listing, _) => (
            Some(listing),
            (
                StepOutcome::Holds,
                "a digest lists this log, with this SHA-256",
            ),
        ),
        Match::Altered(listing) => (
            Some(listing),
            (
                StepOutcome::Fails,
                "a digest lists this log with another SHA-256: the log was changed after it was sealed",
            ),
        ),
        Match::Undecided(listing) => (
            Some(listing),
            (
                StepOutcome::Missing,
                "only a digest that counts for nothing, or a hash that cannot be compared, speaks of this log",
            ),
        ),
        Match::Unlisted => (
            None,
            (
                StepOutcome::Missing,
                "no digest here lists this log: nothing seals it",
            ),
        ),
    };
    let step = Step::new("list", step.0, step.1);
    let Some(listing) = listing else {
        proof.steps.push(step);
        return Ok(proof);
    };
    let version = &chains.versions[listing.version];
    proof.steps.push(step.value(&version.copies[0].path));
    seal(version, &chains, &keys, &mut proof.steps);
    Ok(proof)
}

/// A file that a log's proof needs besides the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beside {
    /// Which.
    pub file: FileId,
    /// It is the metadata of this digest, beside which it must lie.
    pub of: Option<FileId>,
}

/// The files that prove a log without the rest of its bucket: the digest that lists it, what holds
/// that digest's signature, and the key lists of the evidence. None where no digest speaks of it.
pub fn alone(
    log: FileId,
    files: &[&FileFacts],
    trust: &Trust,
    lookup: &dyn Lookup,
) -> Result<Vec<Beside>, LookupError> {
    let Some(log) = files.iter().copied().find(|file| file.id == log) else {
        return Ok(Vec::new());
    };
    let mut remarks = Remarks::default();
    let keys = Keys::gather(files, trust, lookup, &mut remarks.findings)?;
    let mut chains = Chains::gather(files, &keys, lookup, &mut remarks)?;
    chains.weigh(&mut remarks);
    let lists = Lists::new(&chains);
    let listing = match lists.find(log) {
        Match::Listed(listing, _) | Match::Altered(listing) | Match::Undecided(listing) => listing,
        Match::Unlisted => return Ok(Vec::new()),
    };
    let version = &chains.versions[listing.version];
    let digest = version.copies[0].id;
    let mut out = vec![Beside {
        file: digest,
        of: None,
    }];
    for signature in &version.signatures {
        out.push(match signature.source {
            Source::Sidecar(file) => Beside {
                file,
                of: Some(digest),
            },
            Source::Successor(after) => Beside {
                file: chains.versions[after].copies[0].id,
                of: None,
            },
        });
    }
    let lists_of_keys = files
        .iter()
        .filter(|file| file.kind == Kind::CloudTrailKeys);
    out.extend(lists_of_keys.map(|file| Beside {
        file: file.id,
        of: None,
    }));
    Ok(out)
}

/// From the digest to whoever vouches for its key.
fn seal(version: &Version<'_>, chains: &Chains<'_>, keys: &Keys<'_>, steps: &mut Vec<Step>) {
    let copy = version.copies[0];
    let (outcome, text) = if version.forked {
        (
            StepOutcome::Fails,
            "SHA-256 of the digest; two sealed versions of its chain are here, and from their parting on neither can be relied on",
        )
    } else if version.standing == Standing::Void {
        (
            StepOutcome::Fails,
            "SHA-256 of the digest, which is refuted: what it lists counts for nothing",
        )
    } else {
        (
            StepOutcome::Info,
            "SHA-256 of the digest, decompressed; it goes into the string that is signed, with the digest's end, its bucket and key, and the signature of the digest before",
        )
    };
    steps.push(
        Step::new("seal", outcome, text)
            .value(version.own)
            .covering(copy.id, 0, copy.bytes),
    );
    let Some(signature) = version.signatures.first() else {
        let text = "no signature of the digest is here: neither the metadata of its S3 object nor a later digest that records it";
        steps.push(Step::new("signature", StepOutcome::Missing, text));
        return;
    };
    let place = place(signature, chains);
    let (outcome, text) = match signature.check {
        Check::Vouched(_) | Check::Known | Check::Objection(_) => (
            StepOutcome::Holds,
            format!(
                "RSASSA-PKCS1-v1_5 with SHA-256 over that string holds; the signature stands in {place}"
            ),
        ),
        Check::Invalid => (
            StepOutcome::Fails,
            format!("the signature in {place} does not verify"),
        ),
        Check::NoKey => (
            StepOutcome::Missing,
            format!("the signature in {place} cannot be checked"),
        ),
    };
    steps.push(
        Step::new("signature", outcome, text)
            .value(signature.text.chars().take(64).collect::<String>()),
    );
    let key = |outcome, text: &str| {
        Step::new("key", outcome, text).value(
            version
                .seal
                .fingerprint
                .chars()
                .take(64)
                .collect::<String>(),
        )
    };
    match &signature.check {
        Check::Vouched(vouched) => {
            steps.push(key(
                StepOutcome::Holds,
                "the key with the fingerprint that the digest names, valid when it was signed",
            ));
            let how = keys.voucher(vouched).and_then(|key| key.how.as_deref());
            let text = match how {
                Some(how) => format!("the examiner trusts this key: {how}"),
                None => "the examiner trusts this key".to_owned(),
            };
            steps.push(Step::new("trust", StepOutcome::Holds, text).value(vouched.fingerprint()));
        }
        Check::Known => {
            steps.push(key(
                StepOutcome::Holds,
                "the key with the fingerprint that the digest names, from a list in the evidence",
            ));
            steps.push(Step::new(
                "trust",
                StepOutcome::Missing,
                "the key came with the evidence: nobody outside it vouches for the key",
            ));
        }
        Check::Objection(code) => {
            let text = format!(
                "the digest was signed at {}, and the key did not hold then ({})",
                version.seal.end,
                code.as_str()
            );
            steps.push(key(StepOutcome::Fails, &text));
        }
        Check::NoKey => steps.push(key(
            StepOutcome::Missing,
            "no public key at hand has this fingerprint",
        )),
        Check::Invalid => {}
    }
}

fn place(signature: &Signature, chains: &Chains<'_>) -> String {
    match signature.source {
        Source::Sidecar(_) => "the metadata beside the digest".to_owned(),
        Source::Successor(after) => format!(
            "the digest after it, {}",
            chains.versions[after].copies[0].path
        ),
    }
}
