//! The judgement over a whole case.

mod proof;
mod unsealed;

pub(crate) use proof::opening;
pub use proof::{Proof, Step, StepOutcome, Subject, prove};

use crate::keys::Trust;
use crate::kind::{Format, Kind};
use crate::verdict::Integrity;
use crate::{
    Axes, Code, FileFacts, FileId, Finding, Limits, Lookup, LookupError, Verdict, formats,
};
use std::collections::{HashMap, HashSet};

/// Judges all files of a case together, from what reading them gave. `read` chains depend on
/// `trust` (which keys were tried on records that are signed one by one), so the files must have
/// been read under the same trust.
pub fn judge(
    files: &[&FileFacts],
    trust: &Trust,
    lookup: &dyn Lookup,
    limits: &Limits,
) -> Result<Outcome, LookupError> {
    let mut others = formats::cloudtrail::judge(files, trust, lookup)?;
    others.append(formats::receipts::judge(files, trust, lookup)?);
    for file in files
        .iter()
        .filter(|file| matches!(file.kind, Kind::KubernetesAudit | Kind::VaultAudit))
    {
        unsealed::judge(file, &mut others);
    }
    let bundles = formats::bundle::judge(files, trust, lookup, limits, &mut others)?;
    let mut out = bundles;
    out.append(others);
    trailing(files, &mut out);
    settle(files, &mut out);
    Ok(out)
}

/// Bytes after the end of a compressed stream: they were not read, and whoever reads on sees
/// something else.
fn trailing(files: &[&FileFacts], out: &mut Outcome) {
    for file in files.iter().filter(|file| file.trailing > 0) {
        let message = format!(
            "{} bytes stand after the end of the compressed stream; they are kept and were not read",
            file.trailing
        );
        out.findings.push(
            Finding::new(Code::TrailingData, Some(Verdict::CONTRADICTED), message).in_file(file.id),
        );
    }
}

/// Lets each file have the worst of its findings, and each stream the worst of its own.
/// A file of no format that no judgement speaks of is unproven, and has no place anywhere.
fn settle(files: &[&FileFacts], out: &mut Outcome) {
    let judged: HashSet<FileId> = out.files.iter().map(|outcome| outcome.file).collect();
    for file in files.iter().filter(|file| !judged.contains(&file.id)) {
        out.files.push(FileOutcome {
            file: file.id,
            verdict: Verdict::UNPROVEN,
            placed: false,
        });
    }
    let mut worst: HashMap<FileId, Verdict> = HashMap::new();
    let mut forked: HashSet<&str> = HashSet::new();
    for finding in &out.findings {
        if let (Some(file), Some(verdict)) = (finding.place.file, finding.verdict) {
            let known = worst.entry(file).or_insert(verdict);
            *known = known.worse(verdict);
        }
        if let (Code::StreamForked, Some(stream)) = (finding.code, &finding.place.stream) {
            forked.insert(stream);
        }
    }
    for outcome in &mut out.files {
        if let Some(&verdict) = worst.get(&outcome.file) {
            outcome.verdict = outcome.verdict.worse(verdict);
        }
    }
    for stream in out
        .streams
        .iter_mut()
        .filter(|stream| forked.contains(stream.id.as_str()))
    {
        stream.verdict = Verdict::CONTRADICTED;
    }
}

/// The findings about a file's records that are not what the format allows, and about stretches
/// that are no record at all. `seq` gives the format's own number of a record.
pub(crate) fn malformed(file: &FileFacts, seq: impl Fn(u64) -> Option<u64>) -> Vec<Finding> {
    let finding = |message: String| {
        Finding::new(Code::RecordMalformed, Some(Verdict::UNPROVEN), message).in_file(file.id)
    };
    let mut out = Vec::new();
    let mut unlisted = 0_u64;
    for malformed in &file.malformed {
        if malformed.words.is_empty() {
            unlisted += 1;
            continue;
        }
        let mut about = finding(malformed.words.clone()).at_record(
            malformed.ordinal,
            malformed.offset,
            malformed.length,
        );
        about.place.seq = seq(malformed.ordinal);
        out.push(about);
    }
    if unlisted > 0 {
        out.push(finding(format!(
            "{unlisted} more malformed records are counted and not listed"
        )));
    }
    let mut listed_bytes = 0;
    for rejected in &file.rejected {
        listed_bytes += rejected.length;
        let mut about = finding(format!("no record: {}", rejected.reason));
        about.place.offset = Some(rejected.offset);
        about.place.length = Some(rejected.length);
        out.push(about);
    }
    let rest = (file.rejected_bytes).saturating_sub(listed_bytes);
    if rest > 0 {
        out.push(finding(format!(
            "{rest} more bytes are no records either; their places are not listed"
        )));
    }
    out
}

/// What a judgement gives.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The verdict of every record, in stretches of one file.
    pub spans: Vec<Span>,
    /// The verdict of each file.
    pub files: Vec<FileOutcome>,
    /// Each stream.
    pub streams: Vec<StreamOutcome>,
    /// What was found.
    pub findings: Vec<Finding>,
}

impl Outcome {
    /// Adds another judgement's results.
    pub fn append(&mut self, mut other: Outcome) {
        let shift = self.streams.len();
        for span in &mut other.spans {
            span.stream += shift;
        }
        self.spans.append(&mut other.spans);
        self.files.append(&mut other.files);
        self.streams.append(&mut other.streams);
        self.findings.append(&mut other.findings);
    }

    /// A file's bytes are refuted: so are its records that nothing else proves.
    pub(crate) fn contradict_unproven(&mut self, file: FileId, integrity: Integrity) {
        for span in self
            .spans
            .iter_mut()
            .filter(|span| span.file == file && span.verdict == Verdict::UNPROVEN)
        {
            span.verdict = Verdict::CONTRADICTED;
            let stream = &mut self.streams[span.stream];
            stream.verdict = Verdict::CONTRADICTED;
            stream.axes.integrity = integrity;
        }
        for outcome in self.files.iter_mut().filter(|outcome| outcome.file == file) {
            outcome.verdict = Verdict::CONTRADICTED;
        }
    }
}

/// The records `first..=last` (ordinals) of a file share a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first ordinal.
    pub first: u64,
    /// The last ordinal, included.
    pub last: u64,
    /// What holds for each of them.
    pub verdict: Verdict,
    /// Which stream they belong to: an index into [`Outcome::streams`].
    pub stream: usize,
}

/// A file as a whole: the worst of its records and of the findings about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileOutcome {
    /// The file.
    pub file: FileId,
    /// What holds for it.
    pub verdict: Verdict,
    /// Whether a file without records has a place in its format (a seal, a sidecar, listed in a
    /// manifest): its bytes are structure. Otherwise they are rejected.
    pub placed: bool,
}

/// A stream: a bundle's, a chain of receipts, the logs of one account and region, one file of an
/// unsealed format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamOutcome {
    /// Its id.
    pub id: String,
    /// Its format.
    pub format: Format,
    /// How many records.
    pub records: u64,
    /// The lowest and highest number, where the format numbers its records.
    pub seqs: Option<(u64, u64)>,
    /// The worst of its records and of the findings about itself.
    pub verdict: Verdict,
    /// The answers behind it.
    pub axes: Axes,
}
