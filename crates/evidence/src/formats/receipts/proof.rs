//! The proof of one receipt, step by step.

use super::document::{Document, Proof as Signature};
use super::judge::{Case, Parts};
use super::line::Answer;
use super::marks::Marks;
use super::receipt::{By, Under};
use super::reread::Rereader;
use super::ring::KeyRing;
use crate::keys::{Trust, fingerprint};
use crate::verify::{Proof, Step, StepOutcome, Subject, opening};
use crate::{Code, Digest, FileFacts, FileId, Finding, Lookup, LookupError};

/// Proves one receipt anew: its canonical form, its hash, the link to the receipt before it, its
/// signature, the key, and who trusts that.
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
    let mut form = Vec::new();
    let document = Document::read(subject.bytes, super::reread::depth(), &mut form);
    proof.uncovered = document.uncovered.names();
    if let Some(why) = &document.malformed {
        let text = format!("the receipt is not what its format allows, and proves nothing: {why}");
        proof
            .steps
            .push(Step::new("form", StepOutcome::Fails, text));
        return Ok(proof);
    }
    let (Some(chain), Some(sequence), Some(hash)) =
        (document.chain(), document.sequence, document.hash)
    else {
        return Ok(proof);
    };
    let text = format!(
        "the receipt without proof in the canonical form of RFC 8785, {} bytes",
        form.len()
    );
    proof
        .steps
        .push(Step::new("canonical", StepOutcome::Info, text));
    let text = "SHA-256 of the canonical form: what its successor names";
    proof
        .steps
        .push(Step::new("hash", StepOutcome::Info, text).value(format!("sha256:{hash}")));

    let all = Parts::of(files);
    let Some(parts) = all.get(chain) else {
        return Ok(proof);
    };
    let ring = KeyRing::new(trust);
    let mut reread = Rereader::new(lookup);
    proof.steps.push(link(&document, sequence, parts, &reread)?);

    let mut marks = Marks::default();
    let watched = Some((subject.file, subject.ordinal));
    let mut case = Case {
        ring: &ring,
        reread: &mut reread,
        marks: &mut marks,
    };
    let mut findings = Vec::new();
    let judged = case.chain(parts, 0, files, watched, &mut findings)?;
    let refuted = findings.into_iter().find(|finding| {
        let place = &finding.place;
        (place.file, place.ordinal) == (Some(subject.file), Some(subject.ordinal))
            && finding.code != Code::ClockBackwards
    });
    match judged.answer {
        Some(Answer { under: Some(under) }) => signed(&mut proof.steps, &under, &ring),
        _ => {
            let invalid = |finding: &Finding| finding.code == Code::SignatureInvalid;
            unsigned(
                &mut proof.steps,
                &document,
                refuted.as_ref().is_some_and(invalid),
            );
        }
    }
    if let Some(finding) = refuted {
        let outcome = match finding.verdict {
            Some(crate::Verdict::CONTRADICTED) => StepOutcome::Fails,
            Some(_) => StepOutcome::Missing,
            None => StepOutcome::Info,
        };
        let text = format!("{}: {}", finding.code.as_str(), finding.message);
        proof.steps.push(Step::new("place", outcome, text));
    }
    Ok(proof)
}

/// Holds what the receipt names against the receipts of the number before.
fn link(
    document: &Document<'_>,
    sequence: u64,
    parts: &Parts<'_>,
    reread: &Rereader<'_>,
) -> Result<Step, LookupError> {
    let Some(named) = document.previous else {
        let text = "the receipt begins its chain: it names no predecessor";
        return Ok(Step::new("link", StepOutcome::Info, text));
    };
    let before = sequence - 1;
    let mut seen: Option<(Digest, FileId, u64)> = None;
    for piece in parts.pieces() {
        if !(piece.run.first..=piece.run.last).contains(&before) {
            continue;
        }
        if let Some(hash) = reread.hash(piece.file, piece.run, before)? {
            seen = Some((hash, piece.file, piece.run.ordinal(before)));
            if hash == named {
                break;
            }
        }
    }
    let value = format!("sha256:{named}");
    let step = match seen {
        None => {
            let text = format!("receipt {before}, which it names, is not in evidence");
            return Ok(Step::new("link", StepOutcome::Missing, text).value(value));
        }
        Some((hash, file, ordinal)) => {
            let (outcome, text) = if hash == named {
                (
                    StepOutcome::Holds,
                    format!("it names receipt {before} by its hash"),
                )
            } else {
                (
                    StepOutcome::Fails,
                    format!("the receipt {before} in evidence has another hash, sha256:{hash}"),
                )
            };
            let (offset, length) = reread.extent(file, ordinal)?;
            Step::new("link", outcome, text).covering(file, offset, length)
        }
    };
    Ok(step.value(value))
}

/// The steps of a signature that holds under the chain's key.
fn signed(steps: &mut Vec<Step>, under: &Under, ring: &KeyRing) {
    let text = "the Ed25519 signature over the canonical form holds, strictly (RFC 8032)";
    steps.push(Step::new("signature", StepOutcome::Holds, text));
    let whence = match (&under.by, under.succeeded) {
        (_, true) => {
            "the key that a rotation of this chain, signed by the key before, hands over to"
        }
        (By::Nobody, false) => "the key that the receipt itself names",
        (_, false) => "a key at hand; a receipt names none",
    };
    let step = Step::new("key", StepOutcome::Info, whence);
    steps.push(step.value(fingerprint(&under.key)));
    let step = match &under.by {
        By::Examiner(vouched) => {
            let how = ring
                .trusted(vouched.fingerprint())
                .and_then(|key| key.how.as_deref());
            let how = how.map_or(String::new(), |how| format!(": {how}"));
            let text = format!("the examiner trusts it{how}");
            Step::new("trust", StepOutcome::Holds, text).value(vouched.fingerprint())
        }
        By::Objection(Code::KeyRevoked) => {
            let text = "the examiner's key was revoked by the time of this receipt";
            Step::new("trust", StepOutcome::Missing, text)
        }
        By::Objection(_) => {
            let text = "the examiner's key is not valid for the time of this receipt";
            Step::new("trust", StepOutcome::Missing, text)
        }
        By::Nobody => {
            let text = "it came with the evidence: nobody vouches for who signed";
            Step::new("trust", StepOutcome::Missing, text)
        }
    };
    steps.push(step);
}

/// The steps of a receipt without a signature that holds. `invalid` says that its chain has a key,
/// under which it fails; else the right key may only not be at hand.
fn unsigned(steps: &mut Vec<Step>, document: &Document<'_>, invalid: bool) {
    let (outcome, text) = match (&document.refused, &document.proof) {
        (Some(why), _) => (StepOutcome::Missing, why.clone()),
        (_, Signature::Missing(what)) => (StepOutcome::Missing, (*what).to_owned()),
        (_, Signature::Refused(why)) => (StepOutcome::Missing, why.clone()),
        (_, Signature::Undecodable(why)) => (StepOutcome::Fails, (*why).to_owned()),
        (_, Signature::Signature(_)) if invalid => {
            let text = "it does not hold under the chain's key";
            (StepOutcome::Fails, text.to_owned())
        }
        (_, Signature::Signature(_)) => {
            let text = "it does not hold under any key that may speak for the chain here";
            (StepOutcome::Missing, text.to_owned())
        }
    };
    steps.push(Step::new("signature", outcome, text));
}
