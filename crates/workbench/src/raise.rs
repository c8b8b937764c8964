//! What would raise a verdict: the act that does it, in words. *Nothing can* is an answer too.

use evidence::Word;
use evidence::verdict::Integrity;
use evidence::{Axes, Code, Format};
use store::{CaseFile, StoredFinding};

/// What would raise a file's verdict; empty where nothing need.
pub(crate) fn words(file: &CaseFile, findings: &[&StoredFinding], axes: &[&Axes]) -> Vec<String> {
    if !file.kind.has_records() || matches!(file.verdict, Word::Verified | Word::Unchecked) {
        return Vec::new();
    }
    let mut out: Vec<String> = Vec::new();
    for finding in findings {
        if let Some(words) = for_code(finding.code)
            && !out.iter().any(|said| said == words)
        {
            out.push(words.to_owned());
        }
    }
    if out.is_empty()
        && axes.iter().all(|axes| {
            matches!(
                axes.integrity,
                Integrity::Unsealed | Integrity::SinceCollection
            )
        })
    {
        out.push(
            match file.kind.format() {
                Format::CloudTrail => "The digest files of the same hours with their .metadata.json, and the region's key list: then these records can be verified.",
                Format::NhiAuditBundle => "The stream's checkpoints.",
                _ => "Nothing in this format can: it has no seal. A signed manifest of its collection would show it unchanged since then.",
            }
            .to_owned(),
        );
    }
    out
}

fn for_code(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::KeyUntrusted => {
            "The key's fingerprint, from its owner and by another way than this evidence: add it under Trust."
        }
        Code::KeyUnknown => "The public key of whoever sealed it, from its owner.",
        Code::RecordAltered => {
            "Another copy of this stream that holds the record as it was sealed."
        }
        Code::RecordMissing | Code::StreamTruncated => {
            "Another copy of this stream that holds the missing records."
        }
        Code::SealMissing | Code::TailUnsealed => {
            "The seal that covers these records, from where they were collected."
        }
        Code::SignatureMissing => {
            "The signature's own file: for CloudTrail, each digest's .metadata.json."
        }
        Code::KeyExpired | Code::KeyRevoked => "A seal made while the key was valid.",
        Code::FileAltered => "The file as it was collected.",
        Code::FileMissing => "The missing file, from where the evidence was collected.",
        Code::RecordInserted
        | Code::RecordRepeated
        | Code::StreamForked
        | Code::StreamCrossed
        | Code::SignatureInvalid => "Nothing can: it is refuted.",
        _ => return None,
    })
}

/// What would raise one record's verdict.
pub(crate) fn record_words(
    verdict: Word,
    findings: &[StoredFinding],
    axes: Option<&Axes>,
    format: Format,
) -> Vec<String> {
    if matches!(verdict, Word::Verified | Word::Unchecked) {
        return Vec::new();
    }
    let mut out: Vec<String> = Vec::new();
    for finding in findings {
        if let Some(words) = for_code(finding.code)
            && !out.iter().any(|said| said == words)
        {
            out.push(words.to_owned());
        }
    }
    let unsealed = axes.is_none_or(|axes| {
        matches!(
            axes.integrity,
            Integrity::Unsealed | Integrity::SinceCollection
        )
    });
    if out.is_empty() && unsealed && format != Format::CloudTrail {
        out.push("Nothing in this format can: it has no seal. A signed manifest of its collection would show it unchanged since then.".into());
    }
    out
}
