//! A report that others can check: what a case shows of chosen records, with what proves it.

pub(crate) mod alone;
mod asked;
mod assessed;
mod choose;
mod cite;
pub(crate) mod convert;
pub(crate) mod folder;
mod gather;
mod outline;
pub(crate) mod paper;
mod proofs;
pub(crate) mod sign;
mod untold;
mod withhold;
mod words;

pub use sign::{Passphrase, needs_passphrase};
pub use withhold::Withholding;
pub use words::{Words, paragraphs};

use crate::api::{Word, Wrote};
use crate::failure::{Failure, Result};
use crate::progress::{Phase, Progress};
use crate::session::Session;
use evidence::Micros;
use report::packet::{sha256, sums};
use report::render::{Files, data, render};
use serde_json::json;
use std::path::{Path, PathBuf};

/// What is to be reported.
#[derive(Debug, Clone, Default)]
pub struct Reporting {
    /// The title.
    pub title: Option<String>,
    /// Who examined; who sits at the desk unless it is said.
    pub examiner: Option<String>,
    /// Who reviewed.
    pub reviewer: Option<String>,
    /// By whose order, on which ground.
    pub authority: Option<String>,
    /// The id of the report that this one takes the place of.
    pub supersedes: Option<String>,
    /// When it is made; the clock's time unless it is said.
    pub at: Option<Micros>,
    /// Events to cite, by query as typed.
    pub queries: Vec<String>,
    /// Only these verdicts of what the queries match; empty means all.
    pub verdicts: Vec<Word>,
    /// Records to cite, one by one: `E1:907`, `E1:907:5c5f01aa`, `STREAM:907`.
    pub cites: Vec<String>,
    /// What the examiner says.
    pub words: Words,
    /// Credentials whose lineage is told.
    pub lineage: Vec<String>,
    /// Ids whose reach is told, each from a moment on if one is given.
    pub reach: Vec<(String, Option<String>)>,
    /// What is held back of cited records.
    pub withhold: Vec<Withholding>,
    /// Whether the graph is left out.
    pub no_graph: bool,
    /// What the graph is drawn of: these events; those of the one query, or all, unless it is said.
    pub graph_query: Option<String>,
    /// … and of them what lies within so many edges of this id.
    pub graph_near: Option<(String, usize)>,
    /// An OpenSSH Ed25519 private key that signs it.
    pub sign_with: Option<PathBuf>,
}

/// The paths of the sums and of the signature over them.
pub(crate) const SUMS: &str = "SHA256SUMS";
pub(crate) const SIGNATURE: &str = "SHA256SUMS.sig";

impl Session {
    /// Writes a report into `out`, a new folder or a new `.zip`, and notes it in the custody log. It
    /// has a `report.pdf` where this build makes one.
    pub fn report(
        &self,
        out: &Path,
        asked: &Reporting,
        passphrase: Passphrase<'_>,
        progress: &Progress,
    ) -> Result<Wrote> {
        if out.exists() {
            return Err(Failure::request(
                "path-in-use",
                format!(
                    "{} is there already, and nothing is written over.",
                    out.display()
                ),
                "Give a new folder, or a new name that ends with .zip.",
            ));
        }
        if !self.is_writable() {
            // An act that is not in the custody log is not possible.
            return Err(store::StoreError::ReadOnly.into());
        }
        let key = match &asked.sign_with {
            Some(path) => Some(sign::signing_key(path, passphrase)?),
            None => None,
        };
        let (report, cited, mut files) = self.gather_report(asked, progress)?;
        progress.begin(Phase::Writing)?;
        files.extend(data(&report, &cited).map_err(unwritten)?);
        files.extend(render(&report, &cited));
        progress.go_on()?;
        files.extend(paper::paper(&report, &cited)?);
        progress.go_on()?;
        let sums = sums(&files);
        let signed_by = key
            .as_ref()
            .map(|key| sign::fingerprint(key.verifying_key().to_bytes()));
        if let Some(key) = &key {
            files.insert(SIGNATURE.to_owned(), sign::sign(key, &sums)?);
        }
        let sums_sha256 = sha256(&sums);
        files.insert(SUMS.to_owned(), sums);
        folder::write(out, &files)?;
        let wrote = wrote(out, &report, &files, sums_sha256, signed_by);
        let about = json!({"report": wrote.id, "records": wrote.records, "sha256sums": wrote.sha256sums, "signed_by": wrote.signed_by});
        let entry = self.desk.entry("report", about);
        let noted = self.writing(|case| Ok(case.append_custody(&entry)?));
        if noted.is_err() {
            folder::remove(out);
        }
        noted.map(|()| wrote)
    }
}

fn wrote(
    out: &Path,
    report: &report::model::Report,
    files: &Files,
    sha256sums: String,
    signed_by: Option<String>,
) -> Wrote {
    Wrote {
        out: out.display().to_string(),
        id: report.id.clone(),
        at: report.identification.at.clone(),
        records: report.extract.records,
        proofs: report.tool.proofs_checked,
        files: files.len() as u64,
        bytes: files.values().map(|bytes| bytes.len() as u64).sum(),
        volumes: files.keys().filter(|path| pdf::is_path(path)).count() as u64,
        sha256sums,
        signed_by,
    }
}

fn unwritten(error: report::packet::PacketError) -> Failure {
    Failure::program(
        "bug",
        format!("The report could not be written: {error}."),
        "Please report it.",
    )
}
