//! Evidence that the scenario made and then tampered with, against what an honest verifier must
//! say of it. The scenario shares no code with the engine.

use scenario::tamper::Part;
use scenario::truth::Counts;
use scenario::{Expected, Size, Tamper, Truth};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use tests::{copy_folder, import};
use workbench::api::{FindingView, Summary, Word};

const SEED: u64 = 7;

struct Sound {
    dir: tempfile::TempDir,
    summary: Summary,
    truth: Truth,
}

/// The sound evidence that a part's tampers need.
fn size(part: Part) -> Size {
    let (none, small) = (Size::none(), Size::small());
    match part {
        Part::Records | Part::Seals => Size {
            agents: small.agents,
            payments: small.payments,
            ..none
        },
        Part::CloudTrail => Size {
            cloudtrail: small.cloudtrail,
            ..none
        },
        Part::Receipts => Size {
            receipts: small.receipts,
            ..none
        },
        Part::Unsealed => Size {
            kubernetes: small.kubernetes,
            vault: small.vault,
            ..none
        },
        Part::Archive => small,
    }
}

fn sound(size: Size) -> Sound {
    let dir = tempfile::tempdir().unwrap();
    let site = dir.path().join("site");
    let truth = scenario::site::lay(&site, SEED, size).unwrap();
    let keys: Vec<_> = ["trusted.keys", "cloudtrail-keys.json"]
        .iter()
        .map(|name| site.join("keys").join(name))
        .filter(|file| file.exists())
        .collect();
    let summary = import(
        &dir.path().join("sound.exhibit"),
        &site.join("evidence"),
        &keys,
    );
    Sound {
        dir,
        summary,
        truth,
    }
}

#[test]
fn sound_evidence_gets_no_finding_that_contradicts_it() {
    let Sound { summary, truth, .. } = sound(Size::small());
    let against: Vec<_> = summary
        .findings
        .iter()
        .filter(|finding| finding.verdict == Some(Word::Contradicted))
        .collect();
    assert!(against.is_empty(), "{against:#?}");
    assert_eq!(counts(&summary), said(&truth.records));
    assert!(summary.ledger.balanced);
}

#[test]
fn tampered_streams_get_the_verdict_and_code_at_the_place() {
    check(Part::Records);
}

#[test]
fn tampered_seals_get_the_verdict_and_code_at_the_place() {
    check(Part::Seals);
}

#[test]
fn tampered_cloudtrail_gets_the_verdict_and_code_at_the_place() {
    check(Part::CloudTrail);
}

#[test]
fn tampered_receipts_get_the_verdict_and_code_at_the_place() {
    check(Part::Receipts);
}

#[test]
fn tampered_unsealed_logs_and_archives_get_the_verdict_and_code_at_the_place() {
    for part in [Part::Unsealed, Part::Archive] {
        check(part);
    }
}

fn check(part: Part) {
    let sound = sound(size(part));
    let only = std::env::var("TAMPER").ok();
    let mut wrong = String::new();
    let mut tried = 0;
    for &tamper in Tamper::ALL.iter().filter(|tamper| {
        tamper.part() == part && only.as_deref().is_none_or(|only| only == tamper.name())
    }) {
        tried += 1;
        let dir = sound.dir.path().join(tamper.name());
        copy_folder(&sound.dir.path().join("site"), &dir).unwrap();
        let expected = scenario::tamper::apply(&dir, tamper).unwrap();
        let summary = import(
            &dir.join("case.exhibit"),
            &dir.join("evidence"),
            &expected.keys,
        );
        for complaint in complaints(&expected, &summary, &sound.summary) {
            let _ = writeln!(wrong, "{}: {complaint}", tamper.name());
        }
        fs::remove_dir_all(&dir).unwrap();
    }
    assert!(only.is_some() || tried > 0);
    assert!(wrong.is_empty(), "of {tried} tampers:\n{wrong}");
}

/// What tells a finding from those that the sound evidence has as well.
fn known(finding: &FindingView) -> (String, Option<String>, Option<String>, Option<u64>) {
    (
        finding.code.clone(),
        finding.stream.clone(),
        finding.source.clone(),
        finding.seq,
    )
}

fn complaints(expected: &Expected, summary: &Summary, sound: &Summary) -> Vec<String> {
    let before: BTreeSet<_> = sound.findings.iter().map(known).collect();
    let new: Vec<&FindingView> = summary
        .findings
        .iter()
        .filter(|finding| !before.contains(&known(finding)))
        .collect();
    let list = || {
        new.iter()
            .map(|f| {
                format!(
                    "\n      {} {:?} stream {:?} seq {:?} {:?}-{:?} at {:?} {:?}+{:?}: {}",
                    f.code,
                    f.verdict,
                    f.stream,
                    f.seq,
                    f.first_seq,
                    f.last_seq,
                    f.source,
                    f.offset,
                    f.length,
                    f.message
                )
            })
            .collect::<String>()
    };
    let mut out = Vec::new();
    if !summary.ledger.balanced {
        out.push("the ledger does not balance".into());
    }
    if word(summary.verdict) != spelt(expected.case)
        && !(expected
            .or
            .iter()
            .any(|code| new.iter().any(|f| f.code == *code)))
    {
        out.push(format!(
            "the case is {:?}, not {}",
            summary.verdict,
            spelt(expected.case)
        ));
    }
    if expected.code.is_empty() {
        // Evidence that was only packed otherwise lies elsewhere, so the same is said elsewhere.
        if new.iter().any(|finding| finding.verdict.is_some()) {
            out.push(format!("nothing new may be said, and there is{}", list()));
        }
    } else {
        let codes: Vec<&str> = std::iter::once(expected.code)
            .chain(expected.or.iter().copied())
            .collect();
        let candidates: Vec<_> = new
            .iter()
            .filter(|finding| codes.contains(&finding.code.as_str()))
            .collect();
        if candidates.is_empty() {
            out.push(format!("no {codes:?} among{}", list()));
        } else if candidates
            .iter()
            .any(|finding| finding.code == expected.code)
            && !candidates.iter().any(|finding| fits(expected, finding))
        {
            out.push(format!(
                "wants {} {:?} at {:?} stream {:?} seq {:?} range {:?} extent {:?}, got{}",
                expected.code,
                expected.verdict,
                expected.path,
                expected.stream,
                expected.seq,
                expected.range,
                expected.extent,
                list()
            ));
        }
        let allowed = |finding: &&&FindingView| {
            codes.contains(&finding.code.as_str())
                || expected.may.contains(&finding.code.as_str())
                || expected.with.iter().any(|(code, _)| finding.code == *code)
        };
        let besides: Vec<_> = new
            .iter()
            .filter(|finding| finding.verdict == Some(Word::Contradicted) && !allowed(finding))
            .map(|finding| finding.code.clone())
            .collect();
        if !besides.is_empty() {
            out.push(format!("besides {}: {besides:?}{}", expected.code, list()));
        }
    }
    for (code, path) in &expected.with {
        if !summary.findings.iter().any(|finding| {
            finding.code == *code && (path.is_empty() || finding.source.as_deref() == Some(path))
        }) {
            out.push(format!("no {code} at {path:?} either, but{}", list()));
        }
    }
    let main = expected.code.is_empty() || new.iter().any(|finding| finding.code == expected.code);
    if let Some(records) = expected.records.as_ref().filter(|_| main)
        && counts(summary) != said(records)
    {
        out.push(format!(
            "verified, intact, unproven, contradicted: {:?}, not {:?}{}",
            counts(summary),
            said(records),
            list()
        ));
    }
    if let (Some(stream), Some(verdict)) = (&expected.stream, &expected.stream_verdict)
        && main
        && !summary
            .streams
            .iter()
            .any(|there| there.id == *stream && word(there.verdict) == spelt(*verdict))
    {
        let there: Vec<_> = summary
            .streams
            .iter()
            .filter(|there| there.id == *stream)
            .map(|there| there.verdict)
            .collect();
        out.push(format!(
            "the stream {stream} is {there:?}, not {}",
            spelt(*verdict)
        ));
    }
    out
}

fn fits(expected: &Expected, finding: &FindingView) -> bool {
    finding.code == expected.code
        && finding.verdict.map(word) == expected.verdict.map(spelt)
        && (expected.path.is_empty() || finding.source.as_deref() == Some(&expected.path))
        && (expected.stream.is_none() || finding.stream == expected.stream)
        && (expected.seq.is_none() || finding.seq == expected.seq)
        && (expected.range.is_none()
            || finding.first_seq.zip(finding.last_seq) == expected.range
            || (finding.seq.map(|seq| (seq, seq)) == expected.range))
        && (expected.extent.is_none() || finding.offset.zip(finding.length) == expected.extent)
}

fn word(word: Word) -> String {
    serde_json::to_value(word)
        .unwrap()
        .as_str()
        .unwrap()
        .to_owned()
}

/// The scenario's word.
fn spelt(word: scenario::truth::Word) -> String {
    serde_json::to_value(word)
        .unwrap()
        .as_str()
        .unwrap()
        .to_owned()
}

fn counts(summary: &Summary) -> [u64; 4] {
    let records = summary.records;
    [
        records.verified,
        records.intact,
        records.unproven,
        records.contradicted,
    ]
}

fn said(records: &Counts) -> [u64; 4] {
    [
        records.verified,
        records.intact,
        records.unproven,
        records.contradicted,
    ]
}
