//! The canonical extract: every record that the report cites, with its bytes, what holds for it, and
//! where its proof lies. One JSON object a line (`extract.jsonl`), canonical (RFC 8785).

use crate::model::Verdict;
use crate::packet::{PacketError, canonical, read_canonical};
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A line of the extract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cited {
    /// `E1:907:5c5f01aa`: source, place in it from 0, and the first 8 hex digits of the SHA-256.
    pub cite: String,
    /// The source's number.
    pub source: u32,
    /// The record's place in its source, from 0.
    pub ordinal: u64,
    /// The source's path.
    pub path: Text,
    /// The format.
    pub format: String,
    /// The stream.
    pub stream: Option<Text>,
    /// The format's own number.
    pub seq: Option<u64>,
    /// Byte offset in the decompressed original.
    pub offset: u64,
    /// Length in bytes.
    pub length: u64,
    /// The bytes, base64.
    pub raw: String,
    /// SHA-256 of them.
    pub sha256: String,
    /// When, as the record says, normalised.
    pub time: Option<String>,
    /// What it says: the members of the contract's line for an event, that are there.
    pub fields: BTreeMap<String, Text>,
    /// What holds for it in the case.
    pub verdict: Verdict,
    /// Why, in a sentence.
    pub reason: Text,
    /// The codes of findings at this record.
    pub findings: Vec<String>,
    /// Its proof in the case, step by step.
    pub proof: Vec<Step>,
    /// Members that the proof leaves out.
    pub uncovered: Vec<Text>,
    /// What the files of `proofs/` show of it without the case, under the keys that the examiner
    /// trusts. Never better than nothing: a seal that needs more of its stream does not travel.
    pub alone: Verdict,
    /// Where its proof lies.
    pub material: Material,
    /// What the examiner holds back of it; absent where it is shown whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld: Option<Withheld>,
}

/// What is held back of a record. `sha256` and `length` are those of the whole record, which stays in
/// the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withheld {
    /// The members that are blacked out, as JSON Pointers (RFC 6901); `raw` is then the record written
    /// anew without them. Empty where the whole record is left out, and `raw` with it.
    pub members: Vec<Text>,
    /// Why, in the examiner's words.
    pub why: Text,
}

/// A step of a proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// `digest`, `leaf`, `root`, `signature` …
    pub name: String,
    /// `holds`, `fails`, `missing`, `info`.
    pub outcome: String,
    /// In plain words.
    pub text: Text,
    /// A hash, a fingerprint, a path.
    pub value: Option<Text>,
}

/// Where the proof of a record lies, in the terms of its format. Paths are of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Material {
    /// None: the format has no seal, or no seal covers it.
    None {
        /// Why, in plain words.
        why: Text,
    },
    /// A C2SP tlog-proof over the record's line.
    Tlog {
        /// The proof.
        proof: String,
        /// The sealed digest, where it is not the record's own.
        sealed: Option<String>,
        /// The lines that say which keys seal the stream.
        marks: String,
        /// The last record under the checkpoint, and its proof.
        last: Option<(String, String)>,
    },
    /// The record stands in this file, which is judged together with the others of its folder.
    Files {
        /// The file that holds it.
        holder: String,
        /// Its place there, from 0.
        ordinal: u64,
        /// All files that are judged with it.
        with: Vec<String>,
    },
}

impl Material {
    /// Every file that it names.
    pub fn files(&self) -> Vec<&str> {
        match self {
            Material::None { .. } => Vec::new(),
            Material::Tlog {
                proof, marks, last, ..
            } => {
                let last = last.iter().flat_map(|(line, proof)| [line, proof]);
                [proof, marks]
                    .into_iter()
                    .chain(last)
                    .map(String::as_str)
                    .collect()
            }
            Material::Files { holder, with, .. } => std::iter::once(holder)
                .chain(with)
                .map(String::as_str)
                .collect(),
        }
    }
}

/// The file.
pub fn to_bytes(lines: &[Cited]) -> Result<Vec<u8>, PacketError> {
    let mut out = Vec::new();
    for line in lines {
        out.extend(canonical("extract.jsonl", line)?);
        out.push(b'\n');
    }
    Ok(out)
}

/// Reads the file; each line must stand in its canonical form.
pub fn read(bytes: &[u8]) -> Result<Vec<Cited>, PacketError> {
    let mut out = Vec::new();
    if bytes.is_empty() {
        return Ok(out);
    }
    let text = bytes
        .strip_suffix(b"\n")
        .ok_or_else(|| PacketError::new("extract.jsonl", "its last line does not end"))?;
    for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
        let file = format!("extract.jsonl, line {}", index + 1);
        out.push(read_canonical(&file, line)?);
    }
    Ok(out)
}
