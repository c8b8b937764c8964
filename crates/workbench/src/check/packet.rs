//! A report checked from its own bytes: sums, signature, data, rows, proofs, rendering.

use super::steps::Said;
use crate::api::{Ledger, RecordCounts, ReportCheck, Source, Word};
use crate::failure::Result;
use crate::report::alone::{self, shown};
use crate::report::folder::Found;
use crate::report::{SIGNATURE, SUMS, convert, sign};
use crate::session::Desk;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use evidence::keys::{KeyMaterial, Trust, TrustedKey};
use evidence::{Digest, Limits, Verdict};
use report::extract::{self, Cited};
use report::model::{self, Report};
use report::packet::{self, read_canonical, read_sums, sha256};
use report::render::{Files, render};
use std::collections::{BTreeMap, BTreeSet};

const DATA: [&str; 2] = ["report.json", "extract.jsonl"];

/// Checks the files of a report, by path, under the keys given here.
pub fn check_files(files: Files, keys: &[TrustedKey], desk: &Desk) -> Result<ReportCheck> {
    let found = Found {
        files,
        ..Found::default()
    };
    check_report(&found, keys, desk)
}

pub(super) fn check_report(found: &Found, keys: &[TrustedKey], desk: &Desk) -> Result<ReportCheck> {
    let mut said = Said::default();
    let listed = sums(found, &mut said);
    let report = read_report(&found.files, &mut said);
    let signed = signature(found, keys, report.as_ref(), &mut said);
    let cited = rows(&found.files, report.as_ref(), &mut said);
    let mut shown = model::Counts::default();
    if let (Some(report), Some(cited)) = (&report, &cited) {
        proofs(&found.files, report, cited, &desk.limits, &mut said)?;
        rendering(&found.files, report, cited, desk, &mut said);
        shown = under_keys(&found.files, cited, keys, &desk.limits, &mut said)?;
    } else {
        let text =
            "the data cannot be read: nothing is proven, and the page was not rendered again";
        said.step("render", "missing", text);
    }
    let verdict = if said.is_contradicted() {
        Word::Contradicted
    } else {
        signed.worth
    };
    let mut claims = model::Counts::default();
    for one in cited.iter().flatten() {
        claims.add(one.verdict);
    }
    let (sources, ledger) = sources(&found.files, &listed, &said, verdict, claims.total);
    Ok(ReportCheck {
        case: report
            .as_ref()
            .map(|it| it.identification.case.as_str().to_owned())
            .unwrap_or_default(),
        verdict,
        records: rows_as_parts(claims.total, said.rows.len() as u64, verdict),
        ledger,
        sources,
        streams: Vec::new(),
        findings: said.findings,
        notes: Vec::new(),
        report: report.map(|report| report.id),
        said: counts(&claims),
        shown: counts(&shown),
        signed_by: signed.by,
        steps: said.steps,
    })
}

/// Holds each file against its sum; the paths that are listed.
fn sums(found: &Found, said: &mut Said) -> BTreeSet<String> {
    let contradicted = Some(Word::Contradicted);
    for (path, why) in &found.refused {
        said.find(
            "file-unlisted",
            contradicted,
            path,
            format!("it is no plain file of the report: {why}"),
        );
    }
    let Some(bytes) = found.files.get(SUMS) else {
        said.find(
            "file-missing",
            contradicted,
            SUMS,
            "the report has no SHA256SUMS",
        );
        said.step(
            "sums",
            "missing",
            "SHA256SUMS is missing: nothing says which files belong together",
        );
        return BTreeSet::new();
    };
    let listed = match read_sums(bytes) {
        Ok(listed) => listed,
        Err(error) => {
            said.find("seal-invalid", contradicted, SUMS, error.to_string());
            said.step(
                "sums",
                "fails",
                format!("SHA256SUMS cannot be read: {}", error.why),
            );
            return BTreeSet::new();
        }
    };
    if is_only_sums_altered(found) {
        said.find(
            "file-altered",
            contradicted,
            SUMS,
            "it is not what was signed; the files are: with their own sums the signature holds",
        );
        said.step(
            "sums",
            "fails",
            "SHA256SUMS was altered; the files it lists were not",
        );
        return listed.into_keys().collect();
    }
    let own = |path: &str| path == SUMS || path == SIGNATURE;
    for (path, sum) in &listed {
        match found.files.get(path) {
            None => said.find(
                "file-missing",
                contradicted,
                path,
                "it is listed in SHA256SUMS and is not here",
            ),
            Some(bytes) if sha256(bytes) != *sum => {
                said.find(
                    "file-altered",
                    contradicted,
                    path,
                    "its SHA-256 is not the one in SHA256SUMS",
                );
            }
            Some(_) => {}
        }
    }
    for path in found
        .files
        .keys()
        .filter(|path| !own(path) && !listed.contains_key(*path))
    {
        said.find(
            "file-unlisted",
            contradicted,
            path,
            "it is here and not listed in SHA256SUMS: it is no part of the report",
        );
    }
    for path in DATA.iter().filter(|path| !listed.contains_key(**path)) {
        said.find(
            "file-missing",
            contradicted,
            path,
            "a report needs it, and SHA256SUMS does not list it",
        );
    }
    let order: String = listed
        .iter()
        .map(|(path, sum)| format!("{sum}  {path}\n"))
        .collect();
    if order.as_bytes() != bytes.as_slice() {
        said.find(
            "seal-invalid",
            contradicted,
            SUMS,
            "its lines do not stand in the order of their paths",
        );
    }
    if said.is_contradicted() {
        said.step(
            "sums",
            "fails",
            "some files are not those that SHA256SUMS lists",
        );
    } else {
        said.step(
            "sums",
            "holds",
            format!(
                "each of {} files has the SHA-256 that SHA256SUMS lists, and no other file is here",
                listed.len()
            ),
        );
    }
    listed.into_keys().collect()
}

/// Whether the signature holds over the sums of the files as they are, and not over SHA256SUMS.
fn is_only_sums_altered(found: &Found) -> bool {
    let (Some(bytes), Some(signature)) = (found.files.get(SUMS), found.files.get(SIGNATURE)) else {
        return false;
    };
    let mut rest = found.files.clone();
    rest.retain(|path, _| path != SUMS && path != SIGNATURE);
    let own = packet::sums(&rest);
    own != *bytes && sign::signer(signature, &own).is_ok()
}

struct Signed {
    worth: Word,
    by: Option<String>,
}

fn signature(
    found: &Found,
    keys: &[TrustedKey],
    report: Option<&Report>,
    said: &mut Said,
) -> Signed {
    let none = |worth| Signed { worth, by: None };
    let (Some(bytes), Some(sums)) = (found.files.get(SIGNATURE), found.files.get(SUMS)) else {
        let text = "nobody signed it: whoever has the report could have written all of it anew";
        said.step("signature", "missing", text);
        return none(Word::Unproven);
    };
    let key = match sign::signer(bytes, sums) {
        Ok(key) => key,
        Err(why) => {
            // Where the sums were altered, the signature fails because of that alone.
            if !said.is_against(SUMS) {
                let text = format!("the signature over SHA256SUMS does not hold: {why}");
                said.find(
                    "signature-invalid",
                    Some(Word::Contradicted),
                    SIGNATURE,
                    text,
                );
            }
            said.step(
                "signature",
                "fails",
                format!("the SSH signature does not hold over SHA256SUMS: {why}"),
            );
            return none(Word::Contradicted);
        }
    };
    let by = Some(sign::fingerprint(key));
    said.step("signature", "holds", "the SSH signature (namespace exhibit-report) holds over SHA256SUMS, and so over every file");
    if let Some(step) = said.steps.last_mut() {
        step.value = by.clone();
    }
    let known: Vec<&TrustedKey> = keys
        .iter()
        .filter(|trusted| trusted.key == KeyMaterial::Ed25519(key))
        .collect();
    let at = report.and_then(|report| evidence::time::rfc3339_utc(&report.identification.at));
    let objection = |trusted: &&TrustedKey| trusted.objection_at(at);
    let worth = if known.is_empty() {
        let text = "no key given here made it: nobody whom you named vouches for the report";
        said.find("key-untrusted", Some(Word::Intact), SIGNATURE, text);
        said.step("trust", "missing", text);
        Word::Intact
    } else if let Some(code) = known
        .iter()
        .map(objection)
        .min_by_key(Option::is_some)
        .flatten()
    {
        let text = format!(
            "the key given here did not hold at the report's time ({})",
            code.as_str()
        );
        said.find(code.as_str(), Some(Word::Unproven), SIGNATURE, text.clone());
        said.step("trust", "fails", text);
        Word::Unproven
    } else {
        said.step("trust", "holds", "a key given here made it");
        Word::Verified
    };
    Signed { worth, by }
}

fn read_report(files: &Files, said: &mut Said) -> Option<Report> {
    let bytes = files.get("report.json")?;
    let refused = |said: &mut Said, why: String| {
        said.find(
            "seal-invalid",
            Some(Word::Contradicted),
            "report.json",
            why.clone(),
        );
        said.step("data", "fails", format!("report.json: {why}"));
        None
    };
    let report: Report = match read_canonical("report.json", bytes) {
        Ok(report) => report,
        Err(error) => return refused(said, error.why),
    };
    if report.format != model::FORMAT {
        let why = format!(
            "it is of the format {:.40}, which this version does not know",
            report.format
        );
        return refused(said, why);
    }
    match packet::id(&report) {
        Ok(id) if id == report.id => {
            said.step(
                "data",
                "holds",
                format!("report.json is canonical, and its id {id} is that of what it says"),
            );
        }
        _ => {
            said.find(
                "seal-invalid",
                Some(Word::Contradicted),
                "report.json",
                "its id is not that of what it says",
            );
            said.step(
                "data",
                "fails",
                "the report's id is not that of what it says",
            );
        }
    }
    Some(report)
}

/// Reads the extract, and holds each row against itself.
fn rows(files: &Files, report: Option<&Report>, said: &mut Said) -> Option<Vec<Cited>> {
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
    if bad == 0 {
        said.step(
            "rows",
            "holds",
            format!(
                "each of {} cited records has the bytes and the SHA-256 that it is cited by",
                cited.len()
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
    let sum = Digest::of(&raw).to_string();
    if sum != one.sha256 {
        return Some("its bytes do not have its SHA-256");
    }
    if raw.len() as u64 != one.length {
        return Some("its bytes do not have its length");
    }
    let cite = format!("E{}:{}:{}", one.source, one.ordinal, &sum[..8]);
    (cite != one.cite).then_some("it is cited as another record")
}

/// Judges every record again from the files of `proofs/`, under the keys that the report's examiner
/// trusts, and holds the answer against the one that the report gives.
fn proofs(
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
fn under_keys(
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

/// Renders again and compares.
fn rendering(files: &Files, report: &Report, cited: &[Cited], desk: &Desk, said: &mut Said) {
    if DATA.iter().any(|path| said.is_against(path)) {
        said.step(
            "render",
            "missing",
            "the data were altered, so the page was not rendered again from them",
        );
        return;
    }
    let rendered = render(report, cited);
    let same_tool = report.tool.name.as_str() == desk.tool;
    let mut bad = 0;
    for (path, wanted) in &rendered {
        let Some(bytes) = files.get(path) else {
            if !said.is_against(path) {
                said.find(
                    "file-missing",
                    Some(Word::Contradicted),
                    path,
                    "the data give this file, and it is not here",
                );
            }
            bad += 1;
            continue;
        };
        if bytes == wanted {
            continue;
        }
        bad += 1;
        let place = first_difference(path, wanted, bytes);
        if said.is_against(path) || same_tool {
            said.find(
                "file-altered",
                Some(Word::Contradicted),
                path,
                format!("it is not what the data give: {place}"),
            );
        } else {
            let text = format!(
                "{} rendered it and {} renders it otherwise, so it cannot be compared: {place}",
                report.tool.name.as_str(),
                desk.tool
            );
            // Another version may draw otherwise: that refutes nothing.
            said.find("render-differs", None, path, text);
        }
    }
    let ours = |path: &str| {
        rendered.contains_key(path)
            || DATA.contains(&path)
            || path == SUMS
            || path == SIGNATURE
            || path.starts_with("proofs/")
    };
    for path in files.keys().filter(|path| !ours(path)) {
        bad += 1;
        said.find(
            "file-unlisted",
            Some(Word::Contradicted),
            path,
            "no report has such a file",
        );
    }
    match (bad, same_tool) {
        (0, _) => said.step(
            "render",
            "holds",
            format!(
                "rendered again from the data, {} files are the same byte for byte",
                rendered.len()
            ),
        ),
        (_, true) => said.step(
            "render",
            "fails",
            format!("{bad} files are not what the data give"),
        ),
        (_, false) => said.step(
            "render",
            "missing",
            format!("{bad} files could not be compared or differ"),
        ),
    }
}

/// Where two versions of a file part, in words that people can follow.
fn first_difference(path: &str, wanted: &[u8], found: &[u8]) -> String {
    let at = wanted
        .iter()
        .zip(found)
        .take_while(|(one, other)| one == other)
        .count();
    let before = &wanted[..at];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let text = String::from_utf8_lossy(before);
    let section = text.rfind("<section id=\"s").and_then(|from| {
        let title = &String::from_utf8_lossy(wanted)[from..];
        let (_, title) = title.split_once("</span>")?;
        title.split_once("</h2>").map(|(title, _)| title.to_owned())
    });
    let figure = text.rfind("<figure>") > text.rfind("</figure>");
    match (path, section) {
        ("timeline.csv", _) => format!("row {} differs (byte {at})", line.saturating_sub(1)),
        ("graph.svg" | "graph.graphml", _) => {
            format!("the figure differs from line {line} on (byte {at})")
        }
        ("report.html", Some(section)) if figure => {
            format!("the figure in the section \"{section}\" differs (byte {at})")
        }
        ("report.html", Some(section)) => format!("the section \"{section}\" differs (byte {at})"),
        ("report.html", None) => format!("its head differs (byte {at})"),
        _ => format!("line {line} differs (byte {at})"),
    }
}

fn sources(
    files: &Files,
    listed: &BTreeSet<String>,
    said: &Said,
    verdict: Word,
    records: u64,
) -> (Vec<Source>, Ledger) {
    let mut total = Ledger {
        balanced: true,
        ..Ledger::default()
    };
    let mut out = Vec::new();
    for (index, (path, bytes)) in files.iter().enumerate() {
        let length = bytes.len() as u64;
        let is_extract = path == "extract.jsonl";
        let is_part = listed.contains(path) || path == SUMS || path == SIGNATURE;
        let part = |is: bool| if is { length } else { 0 };
        let ledger = Ledger {
            bytes_in: length,
            bytes_records: part(is_part && is_extract),
            bytes_structure: part(is_part && !is_extract),
            bytes_rejected: part(!is_part),
            balanced: true,
        };
        total.bytes_in += ledger.bytes_in;
        total.bytes_records += ledger.bytes_records;
        total.bytes_structure += ledger.bytes_structure;
        total.bytes_rejected += ledger.bytes_rejected;
        let standing = match verdict {
            Word::Contradicted if said.is_against(path) => Word::Contradicted,
            // Something else is refuted: of this file nothing is.
            Word::Contradicted => Word::Unproven,
            other => other,
        };
        out.push(Source {
            id: index as u32 + 1,
            import: 1,
            container: None,
            path: path.clone(),
            format: "exhibit-report".to_owned(),
            role: role(path).to_owned(),
            sha256: sha256(bytes),
            bytes: length,
            records: if is_extract { records } else { 0 },
            verdict: standing,
            counts: RecordCounts::default(),
            ledger,
            earliest: None,
            latest: None,
            axes: None,
            raise: Vec::new(),
        });
    }
    (out, total)
}

fn role(path: &str) -> &'static str {
    let roles = BTreeMap::from([
        ("report.html", "page"),
        ("report.json", "data"),
        ("extract.jsonl", "extract"),
        ("timeline.csv", "table"),
        ("graph.svg", "figure"),
        ("graph.graphml", "figure"),
        (SUMS, "sums"),
        (SIGNATURE, "signature"),
        ("HOW-TO-CHECK.txt", "guide"),
    ]);
    let other = if path.starts_with("proofs/") {
        "proof"
    } else {
        "not of the report"
    };
    roles.get(path).copied().unwrap_or(other)
}

/// The rows as parts of the report: as good as it is, and where it is refuted only those that do not
/// fit are refuted with it.
fn rows_as_parts(total: u64, bad: u64, verdict: Word) -> RecordCounts {
    let mut out = RecordCounts {
        total,
        ..RecordCounts::default()
    };
    match verdict {
        Word::Verified => out.verified = total,
        Word::Intact => out.intact = total,
        Word::Unproven | Word::Unchecked => out.unproven = total,
        Word::Contradicted => {
            out.contradicted = bad;
            out.unproven = total - bad;
        }
    }
    out
}

fn counts(counts: &model::Counts) -> RecordCounts {
    RecordCounts {
        total: counts.total,
        verified: counts.verified,
        intact: counts.intact,
        unproven: counts.unproven,
        contradicted: counts.contradicted,
        unchecked: 0,
    }
}
