//! The cited records of a report, each with its bytes, its verdict and what proves it.

use super::alone::{self, shown};
use super::convert;
use super::proofs::Proofs;
use super::untold::{black_out, leave_out};
use super::withhold::{Held, blacked_out};
use crate::failure::Result;
use crate::progress::{Phase, Progress};
use crate::record::{contract_members, reread, why};
use crate::session::Session;
use crate::verify::read_case;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use evidence::keys::Trust;
use evidence::{Digest, FileFacts, FileId};
use report::extract::{self, Cited, Material};
use report::model;
use report::render::Files;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{CaseFile, Reader, RecordId};

/// What was gathered from the case.
pub(super) struct Gathered {
    /// The cited records.
    pub cited: Vec<Cited>,
    /// The files of `proofs/`.
    pub files: Files,
    /// The SHA-256 of each file of the case as it is now.
    pub received: HashMap<u32, String>,
    /// Texts that are blacked out.
    pub texts: Vec<String>,
    /// Records that are left out.
    pub left_out: Vec<Vec<u8>>,
}

impl Session {
    /// The extract, the files of `proofs/`, and the SHA-256 of each file as it is now.
    pub(super) fn cite(
        &self,
        reader: &Reader,
        records: &BTreeSet<RecordId>,
        held: &Held,
        progress: &Progress,
    ) -> Result<Gathered> {
        let stored = reader.trust()?;
        let trust = Trust {
            keys: stored.into_iter().map(|stored| stored.key).collect(),
        };
        let limits = &self.desk.limits;
        let listed = reader.files()?;
        let facts = read_case(reader, &trust, &self.desk, progress, |_| true)?;
        progress.begin(Phase::Proving)?;
        let now = |facts: &FileFacts| (facts.id.0, sha256_now(facts, &listed));
        let received = facts.iter().map(now).collect();
        let files: HashMap<FileId, CaseFile> =
            listed.iter().map(|file| (file.id, file.clone())).collect();
        let mut texts = Vec::new();
        for (record, withheld) in held {
            let bytes = reader.record(*record)?;
            texts.extend(blacked_out(&bytes, &withheld.members, limits.json_depth).1);
        }
        let facts = facts.iter().collect();
        let mut proofs = Proofs::new(reader, &files, facts, &trust, limits, (held, &texts));
        let mut material = proofs.gather(records)?;
        let packet = std::mem::take(&mut proofs.out);

        let all_findings = reader.findings()?;
        let mut cited = Vec::with_capacity(records.len());
        let mut raws = Vec::with_capacity(records.len());
        let mut left_out = Vec::new();
        for record in records {
            progress.go_on()?;
            progress.add_records(1);
            let row = reader.event(*record)?;
            let bytes = reader.record(*record)?;
            let (reason, codes) = why(reader, &row, *record, &all_findings)?;
            let sha256 = Digest::of(&bytes).to_string();
            let members: BTreeMap<&str, serde_json::Value> =
                contract_members(&row).into_iter().collect();
            let text = |value: &serde_json::Value| match value {
                serde_json::Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let fields = report::timeline::FIELDS
                .iter()
                .filter_map(|name| Some(((*name).to_owned(), text(members.get(name)?).into())));
            let mut one = Cited {
                cite: format!("E{}:{}:{}", record.file.0, record.ordinal, &sha256[..8]),
                source: record.file.0,
                ordinal: record.ordinal.into(),
                path: row.path.as_ref().into(),
                format: files[&record.file].kind.format().as_str().to_owned(),
                stream: row.stream.as_deref().map(Into::into),
                seq: row.seq,
                offset: row.offset,
                length: row.length,
                raw: STANDARD.encode(&bytes),
                sha256,
                time: row.time.map(|time| time.to_string()),
                fields: fields.collect(),
                verdict: convert::verdict(crate::summary::word(row.own)),
                reason: sentence(row.own, &reason).into(),
                findings: codes,
                proof: Vec::new(),
                uncovered: Vec::new(),
                alone: model::Verdict::Unproven,
                material: material.remove(record).unwrap_or(Material::None {
                    why: "nothing was gathered for it".into(),
                }),
                withheld: None,
            };
            if let Some(withheld) = held.get(record) {
                one.withheld = Some(withheld.clone());
                if withheld.members.is_empty() {
                    leave_out(&mut one);
                    left_out.push(bytes.clone());
                } else {
                    let (shown, hidden) = blacked_out(&bytes, &withheld.members, limits.json_depth);
                    let kind = files[&record.file].kind;
                    black_out(
                        &mut one,
                        &shown,
                        reread(kind, &shown, &trust, limits),
                        &hidden,
                    );
                }
            }
            cited.push(one);
            raws.push(bytes);
        }
        let subjects: Vec<(&Cited, &[u8])> =
            cited.iter().zip(raws.iter().map(Vec::as_slice)).collect();
        let shown = shown(&packet, &subjects, &trust, limits)?;
        for (one, shown) in cited.iter_mut().zip(shown) {
            if !held.is_empty() && refuted_for_want_of(one, shown.verdict) {
                // What is held back is declared: it refutes nothing that is shown beside it.
                one.material = Material::None {
                    why: "what is held back elsewhere belongs to its proof".into(),
                };
                one.proof = vec![extract::Step {
                    name: "seal".into(),
                    outcome: "missing".into(),
                    text: "what is held back elsewhere belongs to its proof".into(),
                    value: None,
                }];
                continue;
            }
            one.alone = alone::verdict(shown.verdict);
            one.proof = shown.steps.iter().map(alone::step).collect();
            one.uncovered = shown.uncovered.into_iter().map(Into::into).collect();
        }
        Ok(Gathered {
            cited,
            files: packet,
            received,
            texts,
            left_out,
        })
    }
}

/// Whether the files refute a record that the case does not.
fn refuted_for_want_of(one: &Cited, shown: evidence::Verdict) -> bool {
    let shown = alone::verdict(shown);
    shown == model::Verdict::Contradicted && one.verdict > model::Verdict::Contradicted
}

/// The SHA-256 of a file now, of the same bytes as the one that was noted at receipt.
fn sha256_now(facts: &FileFacts, listed: &[CaseFile]) -> String {
    let of_database = listed
        .iter()
        .any(|file| file.id == facts.id && file.kind == evidence::Kind::ReceiptsDatabase);
    let digest = if of_database {
        facts.sha256_as_found
    } else {
        facts.sha256
    };
    digest.to_string()
}

/// The reason as a report has it: for a reader who is not the examiner, and a whole sentence.
fn sentence(verdict: evidence::Word, reason: &str) -> String {
    if verdict == evidence::Word::Verified {
        return "A seal covers it, every check holds, and the examiner trusts its key from outside the evidence.".to_owned();
    }
    let mut chars = reason.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string());
    let end = if reason.ends_with('.') { "" } else { "." };
    format!("{}{}{end}", first.unwrap_or_default(), chars.as_str())
}
