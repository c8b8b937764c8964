//! What the files of a report show of its records without the case. Used when it is written, and
//! again when it is checked.

use crate::small::Small;
use evidence::formats::bundle::{Packet, TlogProof, judge_alone, place_alone};
use evidence::keys::Trust;
use evidence::verify::{Step, StepOutcome};
use evidence::{Digest, Limits, LookupError, Verdict};
use report::extract::{self, Cited, Material};
use report::render::Files;
use std::collections::BTreeSet;

/// What is shown of one record.
pub(crate) struct Shown {
    pub verdict: Verdict,
    pub steps: Vec<Step>,
    pub uncovered: Vec<String>,
}

impl Shown {
    fn nothing(name: &'static str, outcome: StepOutcome, why: impl Into<String>) -> Shown {
        Shown {
            verdict: Verdict::UNPROVEN,
            steps: vec![Step::new(name, outcome, why)],
            uncovered: Vec::new(),
        }
    }
}

/// What the files show of each record, whose bytes are given beside it.
pub(crate) fn shown(
    files: &Files,
    cited: &[(&Cited, &[u8])],
    trust: &Trust,
    limits: &Limits,
) -> Result<Vec<Shown>, LookupError> {
    let judged: BTreeSet<&str> = cited
        .iter()
        .filter(|(one, _)| matches!(one.material, Material::Files { .. }))
        .flat_map(|(one, _)| one.material.files())
        .collect();
    let named = judged
        .into_iter()
        .filter_map(|path| Some((path, files.get(path)?.as_slice())));
    let small = Small::judge(named, trust, limits)?;
    let mut out = Vec::with_capacity(cited.len());
    for (one, raw) in cited {
        out.push(match &one.material {
            Material::None { why } => Shown::nothing("seal", StepOutcome::Missing, why.as_str()),
            Material::Tlog {
                proof,
                sealed,
                marks,
                last,
            } => tlog(
                files,
                (one, raw),
                (proof, sealed.as_deref(), marks, last.as_ref()),
                trust,
                limits,
            ),
            Material::Files { .. } if one.withheld.is_some() => Shown::nothing(
                "bytes",
                StepOutcome::Fails,
                "what is held back of it would lie in the file of its proof",
            ),
            Material::Files {
                holder, ordinal, ..
            } => match small.record(holder, *ordinal)? {
                Some(judged) if judged.bytes == *raw => Shown {
                    verdict: judged.verdict,
                    steps: judged.proof.steps,
                    uncovered: judged.proof.uncovered,
                },
                Some(_) => Shown::nothing(
                    "bytes",
                    StepOutcome::Fails,
                    "the record in the file of the proof has other bytes",
                ),
                None => Shown::nothing(
                    "bytes",
                    StepOutcome::Fails,
                    "the file of the proof has no such record",
                ),
            },
        });
    }
    Ok(out)
}

type Tlog<'a> = (
    &'a str,
    Option<&'a str>,
    &'a str,
    Option<&'a (String, String)>,
);

fn tlog(
    files: &Files,
    (one, raw): (&Cited, &[u8]),
    at: Tlog<'_>,
    trust: &Trust,
    limits: &Limits,
) -> Shown {
    let (proof, sealed, marks, last) = at;
    let bytes = |path: &str| files.get(path).map_or(&[][..], Vec::as_slice);
    let parsed = match TlogProof::parse(bytes(proof)) {
        Ok(parsed) => parsed,
        Err(why) => {
            return Shown::nothing(
                "path",
                StepOutcome::Fails,
                format!("{proof} is no tlog-proof: {why}"),
            );
        }
    };
    let sealed = match sealed.map(Digest::from_hex) {
        Some(None) => {
            return Shown::nothing(
                "digest",
                StepOutcome::Fails,
                "the sealed digest cannot be read",
            );
        }
        Some(Some(sealed)) => Some(sealed),
        None => None,
    };
    let marks: Vec<&[u8]> = bytes(marks)
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .collect();
    let last =
        last.and_then(|(line, proof)| Some((bytes(line), TlogProof::parse(bytes(proof)).ok()?)));
    let packet = Packet {
        line: raw,
        proof: &parsed,
        sealed,
        marks: &marks,
        last: last.as_ref().map(|(line, proof)| (*line, proof)),
    };
    let (verdict, steps) = match (&one.withheld, Digest::from_hex(&one.sha256)) {
        (None, _) => judge_alone(&packet, trust, limits),
        (Some(_), Some(digest)) => place_alone(digest, one.seq, &packet, trust, limits),
        (Some(_), None) => {
            let why = "the SHA-256 of the record cannot be read";
            return Shown::nothing("digest", StepOutcome::Fails, why);
        }
    };
    Shown {
        verdict,
        steps,
        uncovered: Vec::new(),
    }
}

/// A verdict as the report has it.
pub(crate) fn verdict(verdict: Verdict) -> report::model::Verdict {
    match verdict.word() {
        evidence::Word::Contradicted => report::model::Verdict::Contradicted,
        evidence::Word::Intact => report::model::Verdict::Intact,
        evidence::Word::Verified => report::model::Verdict::Verified,
        evidence::Word::Unproven | evidence::Word::Unchecked => report::model::Verdict::Unproven,
    }
}

/// A step as the report has it. Where it covers bytes, these are of a file of `proofs/`.
pub(crate) fn step(step: &Step) -> extract::Step {
    extract::Step {
        name: step.name.to_owned(),
        outcome: step.outcome.as_str().to_owned(),
        text: step.text.as_str().into(),
        value: step.value.as_deref().map(Into::into),
    }
}
