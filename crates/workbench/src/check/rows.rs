//! The cited records of a report: their bytes, and their proofs again from their own bytes.

use super::steps::Said;
use crate::api::Word;
use crate::failure::Result;
use crate::report::alone::{self, shown};
use crate::report::convert;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use evidence::keys::{Trust, TrustedKey};
use evidence::{Digest, Limits, Verdict};
use report::extract::{self, Cited};
use report::model::{self, Report};
use report::packet::sha256;
use report::render::Files;

/// Reads the extract, and holds each row against itself.
pub(super) fn rows(files: &Files, report: Option<&Report>, said: &mut Said) -> Option<Vec<Cited>> {
    const FILE: &str = "extract.jsonl";
    let bytes = files.get(FILE)?;
    let contradicted = Some(Word::Contradicted);
    let cited = match extract::read(bytes) {
        Ok(cited) => cited,
        Err(error) => {
            said.find("seal-invalid", contradicted, FILE, error.to_string());
            said.step("rows", "fails", error.to_string());
            return None;
        }
    };
    if let Some(report) = report.filter(|report| report.extract.sha256 != sha256(bytes)) {
        let text = format!(
            "it is not the extract that report {} was made from",
            report.id
        );
        said.find("seal-invalid", contradicted, FILE, text);
    }
    let mut bad = 0;
    for (index, one) in cited.iter().enumerate() {
        if let Some(why) = row_fault(one) {
            bad += 1;
            said.rows.insert(index);
            said.find(
                "record-altered",
                contradicted,
                FILE,
                format!("row {}, {}: {why}", index + 1, one.cite),
            );
            if let Some(finding) = said.last() {
                finding.ordinal.get_or_insert(index as u64);
            }
        }
    }
    let held = cited.iter().filter(|one| one.withheld.is_some()).count();
    if bad == 0 {
        let whole = cited.len() - held;
        let held = match held {
            0 => String::new(),
            _ => format!(
                "; of {held} more the report holds something back and says so, and their bytes cannot be held against their SHA-256"
            ),
        };
        said.step(
            "rows",
            "holds",
            format!(
                "each of {whole} cited records has the bytes and the SHA-256 that it is cited by{held}"
            ),
        );
    } else {
        said.step(
            "rows",
            "fails",
            format!(
                "{bad} of {} cited records are not what they are cited as",
                cited.len()
            ),
        );
    }
    Some(cited)
}

fn row_fault(one: &Cited) -> Option<&'static str> {
    let Ok(raw) = STANDARD.decode(&one.raw) else {
        return Some("its bytes are no base64");
    };
    if let Some(withheld) = &one.withheld {
        if withheld.members.is_empty() && !raw.is_empty() {
            return Some("it is said to be left out, and bytes of it are here");
        }
        if Digest::from_hex(&one.sha256).is_none() {
            return Some("its SHA-256 cannot be read");
        }
        return (!is_cited_by(one, &one.sha256)).then_some("it is cited as another record");
    }
    let sum = Digest::of(&raw).to_string();
    if sum != one.sha256 {
        return Some("its bytes do not have its SHA-256");
    }
    if raw.len() as u64 != one.length {
        return Some("its bytes do not have its length");
    }
    (!is_cited_by(one, &sum)).then_some("it is cited as another record")
}

fn is_cited_by(one: &Cited, sum: &str) -> bool {
    let hash8 = sum.get(..8).unwrap_or_default();
    one.cite == format!("E{}:{}:{hash8}", one.source, one.ordinal)
}

/// Judges every record again from the files of `proofs/`, under the keys that the report's examiner
/// trusts, and holds the answer against the one that the report gives.
pub(super) fn proofs(
    files: &Files,
    report: &Report,
    cited: &[Cited],
    limits: &Limits,
    said: &mut Said,
) -> Result<()> {
    let trust = match convert::trust(&report.trust) {
        Ok(trust) => trust,
        Err(why) => {
            said.find(
                "seal-invalid",
                Some(Word::Contradicted),
                "report.json",
                why.clone(),
            );
            said.step("proofs", "missing", format!("not checked: {why}"));
            return Ok(());
        }
    };
    let raws = raws(cited);
    let subjects: Vec<(&Cited, &[u8])> = cited.iter().zip(raws.iter().map(Vec::as_slice)).collect();
    let (mut bad, mut proven) = (0, 0);
    for ((index, one), shown) in cited
        .iter()
        .enumerate()
        .zip(shown(files, &subjects, &trust, limits)?)
    {
        let verdict = alone::verdict(shown.verdict);
        proven += u64::from(verdict > model::Verdict::Unproven);
        let steps: Vec<extract::Step> = shown.steps.iter().map(alone::step).collect();
        let uncovered = one.uncovered.iter().map(|member| member.as_str());
        let same = verdict == one.alone
            && steps == one.proof
            && uncovered.eq(shown.uncovered.iter().map(String::as_str));
        let crossed =
            verdict == model::Verdict::Contradicted && one.verdict > model::Verdict::Contradicted;
        if same && !crossed {
            continue;
        }
        bad += 1;
        said.rows.insert(index);
        let altered: Vec<&str> = one
            .material
            .files()
            .into_iter()
            .filter(|path| said.is_against(path))
            .collect();
        let row = format!("row {}, {}", index + 1, one.cite);
        if altered.is_empty() {
            let text = format!(
                "{row}: its proof does not show what the report says: {} is said, {} is shown",
                one.alone.as_str(),
                verdict.as_str()
            );
            said.find(
                "seal-invalid",
                Some(Word::Contradicted),
                "extract.jsonl",
                text,
            );
        }
        for path in altered {
            said.find(
                "file-altered",
                Some(Word::Contradicted),
                path,
                format!("the proof of {row} needs it"),
            );
        }
    }
    if bad == 0 {
        said.step("proofs", "holds", format!("every proof was checked again from its bytes and shows what the report says; {proven} of {} records are proven without the case, by the keys that the examiner trusts", cited.len()));
    } else {
        said.step(
            "proofs",
            "fails",
            format!(
                "{bad} of {} proofs do not show what the report says",
                cited.len()
            ),
        );
    }
    Ok(())
}

fn raws(cited: &[Cited]) -> Vec<Vec<u8>> {
    cited
        .iter()
        .map(|one| STANDARD.decode(&one.raw).unwrap_or_default())
        .collect()
}

/// What is shown of each record under the keys given here.
pub(super) fn under_keys(
    files: &Files,
    cited: &[Cited],
    keys: &[TrustedKey],
    limits: &Limits,
    said: &mut Said,
) -> Result<model::Counts> {
    let trust = Trust {
        keys: keys.to_vec(),
    };
    let raws = raws(cited);
    let subjects: Vec<(&Cited, &[u8])> = cited.iter().zip(raws.iter().map(Vec::as_slice)).collect();
    let mut counts = model::Counts::default();
    for (shown, one) in shown(files, &subjects, &trust, limits)?
        .into_iter()
        .zip(cited)
    {
        // What the case contradicts for reasons that do not travel is not called proven here.
        let verdict = if one.verdict == model::Verdict::Contradicted
            && shown.verdict > Verdict::CONTRADICTED
        {
            model::Verdict::Unproven
        } else {
            alone::verdict(shown.verdict)
        };
        counts.add(verdict);
    }
    let text = if keys.is_empty() {
        "no keys were given: nothing here can be better than intact".to_owned()
    } else {
        format!(
            "under the keys given here {} of {} cited records are verified by their proofs alone",
            counts.verified, counts.total
        )
    };
    said.step("keys", "info", text);
    Ok(counts)
}
