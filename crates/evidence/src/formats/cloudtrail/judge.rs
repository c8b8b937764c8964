//! The judgement over all CloudTrail files of the case.

use super::chain::{Chains, Source, Version};
use super::logs::{self, Log};
use super::remarks::Remarks;
use super::signature::{Check, Keys};
use crate::keys::Trust;
use crate::kind::{Format, Kind};
use crate::verdict::{Author, Axes, Completeness, Form, Integrity, Time};
use crate::verify::{FileOutcome, Outcome, Span, StreamOutcome, malformed};
use crate::{Code, FileFacts, FileId, Finding, Lookup, LookupError, Verdict};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Judges all CloudTrail files of the case together: digests, sidecars, key lists, logs. Other files
/// are left alone.
///
/// A stream is one account and region, `cloudtrail/<account>/<region>`, whatever the number of its
/// trails; a log whose name and whose seals tell neither is a stream of its own.
pub fn judge(
    files: &[&FileFacts],
    trust: &Trust,
    lookup: &dyn Lookup,
) -> Result<Outcome, LookupError> {
    let (files, strangers): (Vec<&FileFacts>, Vec<&FileFacts>) = files
        .iter()
        .copied()
        .partition(|file| file.kind.format() == Format::CloudTrail);
    let mut remarks = Remarks::default();
    let keys = Keys::gather(&files, trust, lookup, &mut remarks.findings)?;
    let mut chains = Chains::gather(&files, &keys, lookup, &mut remarks)?;
    chains.weigh(&mut remarks);
    for version in &chains.versions {
        for copy in version
            .copies
            .iter()
            .filter(|copy| super::names::moved(&copy.path, &version.seal.object))
        {
            remarks.moved(&version.stream(), copy.id, &copy.path, &version.seal.object);
        }
    }
    let logs = logs::judge(&files, &strangers, &chains, &mut remarks);
    let mut streams = Streams::default();
    for version in &chains.versions {
        streams
            .by_id(version.stream())
            .digests
            .push(version.verdict());
    }
    let places: Vec<usize> = logs.iter().map(|log| streams.of(log)).collect();
    remarks.conclude();
    let mut out = Outcome::default();
    for (log, &stream) in logs.iter().zip(&places) {
        conclude_log(log, stream, &mut streams, &mut remarks, &mut out);
    }
    place_others(&files, &chains, &mut out);
    streams.conclude(&chains, &mut remarks, &mut out);
    out.findings = remarks.findings;
    Ok(out)
}

/// The streams, in the order in which they are met.
#[derive(Default)]
struct Streams {
    list: Vec<Stream>,
    by_id: HashMap<String, usize>,
}

struct Stream {
    id: String,
    records: u64,
    /// The worst of its records.
    worst: Option<Verdict>,
    digests: Vec<Verdict>,
    malformed: bool,
    first_file: Option<FileId>,
}

impl Stream {
    fn new(id: String) -> Stream {
        Stream {
            id,
            records: 0,
            worst: None,
            digests: Vec::new(),
            malformed: false,
            first_file: None,
        }
    }
}

impl Streams {
    fn by_id(&mut self, id: String) -> &mut Stream {
        let index = *self.by_id.entry(id.clone()).or_insert_with(|| {
            self.list.push(Stream::new(id));
            self.list.len() - 1
        });
        &mut self.list[index]
    }

    /// The stream of a log. Two files of one path in two imports are two streams.
    fn of(&mut self, log: &Log<'_>) -> usize {
        if log.stream == log.file.path {
            self.list.push(Stream::new(log.stream.clone()));
            return self.list.len() - 1;
        }
        self.by_id(log.stream.clone());
        self.by_id[&log.stream]
    }

    fn conclude(self, chains: &Chains<'_>, remarks: &mut Remarks, out: &mut Outcome) {
        let authors = authors(chains);
        let broken: HashSet<String> = contradicted(&remarks.findings);
        let missing: HashSet<&str> = with_code(&remarks.findings, Code::FileMissing);
        let forked: HashSet<&str> = with_code(&remarks.findings, Code::StreamForked);
        let mut ends = Vec::new();
        for stream in self.list {
            let sealed = !stream.digests.is_empty();
            let baseline = stream
                .worst
                .or_else(|| stream.digests.iter().copied().min())
                .unwrap_or(Verdict::UNPROVEN);
            let verdict = remarks
                .worst(&stream.id)
                .map_or(baseline, |worst| worst.worse(baseline));
            let integrity = match (broken.contains(&stream.id), sealed) {
                (true, _) => Integrity::Broken,
                (false, true) => Integrity::Ok,
                (false, false) => Integrity::Unsealed,
            };
            let completeness = if forked.contains(stream.id.as_str()) {
                Completeness::Forked
            } else if chains.gaps.contains(&stream.id) || missing.contains(stream.id.as_str()) {
                Completeness::Gap
            } else if sealed {
                Completeness::Open
            } else {
                Completeness::Unknown
            };
            let message = if sealed {
                "no digest says that it is the last: what came after the newest one here could be missing without a trace"
            } else {
                "no digest seals these logs: a missing one could not be seen"
            };
            let mut end = Finding::new(Code::EndUnknown, None, message).in_stream(&stream.id);
            if let Some(file) = stream.first_file.filter(|_| !sealed) {
                end = end.in_file(file);
            }
            ends.push(end);
            out.streams.push(StreamOutcome {
                format: Format::CloudTrail,
                records: stream.records,
                seqs: None,
                verdict,
                axes: Axes {
                    form: if stream.malformed {
                        Form::Malformed
                    } else {
                        Form::Ok
                    },
                    integrity,
                    author: authors.get(&stream.id).copied().unwrap_or(Author::None),
                    completeness,
                    time: Time::Asserted,
                },
                id: stream.id,
            });
        }
        remarks.findings.append(&mut ends);
    }
}

fn contradicted(findings: &[Finding]) -> HashSet<String> {
    let against = findings
        .iter()
        .filter(|finding| finding.verdict == Some(Verdict::CONTRADICTED));
    against
        .filter_map(|finding| finding.place.stream.clone())
        .collect()
}

fn with_code(findings: &[Finding], code: Code) -> HashSet<&str> {
    findings
        .iter()
        .filter(|finding| finding.code == code)
        .filter_map(|finding| finding.place.stream.as_deref())
        .collect()
}

/// Who vouches for the digests of each stream: the weakest answer among them.
fn authors(chains: &Chains<'_>) -> HashMap<String, Author> {
    let weakness = |author: &Author| match author {
        Author::Trusted => 0,
        Author::Unknown => 1,
        Author::Unchecked => 2,
        _ => 3,
    };
    let mut authors: HashMap<String, Author> = HashMap::new();
    for version in &chains.versions {
        let own = author(version);
        let known = authors.entry(version.stream()).or_insert(own);
        if weakness(&own) > weakness(known) {
            *known = own;
        }
    }
    authors
}

fn author(version: &Version<'_>) -> Author {
    match version.signatures.first().map(|signature| &signature.check) {
        Some(Check::Vouched(_)) => Author::Trusted,
        Some(Check::Known) => Author::Unknown,
        Some(Check::Invalid) => Author::Refuted,
        Some(Check::Objection(_) | Check::NoKey) | None => Author::Unchecked,
    }
}

/// The records of a log share its verdict, but a malformed one is proven by nothing.
fn conclude_log(
    log: &Log<'_>,
    index: usize,
    streams: &mut Streams,
    remarks: &mut Remarks,
    out: &mut Outcome,
) {
    let stream = &mut streams.list[index];
    let file = log.file;
    let findings = malformed(file, |_| None);
    stream.malformed |= !findings.is_empty();
    stream.first_file.get_or_insert(file.id);
    stream.records = stream.records.saturating_add(file.records);
    remarks.findings.extend(
        findings
            .into_iter()
            .map(|finding| finding.in_stream(&log.stream)),
    );
    let lowered = log.verdict.worse(Verdict::UNPROVEN);
    let mut span = |first: u64, end: u64, verdict: Verdict| {
        if first < end {
            out.spans.push(Span {
                file: file.id,
                first,
                last: end - 1,
                verdict,
                stream: index,
            });
        }
    };
    let mut from = 0;
    let mut run: Option<(u64, u64)> = None;
    let apart = file
        .malformed
        .iter()
        .filter(|_| lowered != log.verdict)
        .map(|malformed| malformed.ordinal);
    for ordinal in apart.filter(|&ordinal| ordinal < file.records) {
        match &mut run {
            Some((_, end)) if *end == ordinal => *end += 1,
            _ => {
                if let Some((first, end)) = run.replace((ordinal, ordinal + 1)) {
                    span(from, first, log.verdict);
                    span(first, end, lowered);
                    from = end;
                }
            }
        }
    }
    if let Some((first, end)) = run {
        span(from, first, log.verdict);
        span(first, end, lowered);
        from = end;
    }
    span(from, file.records, log.verdict);
    let verdict = if file.malformed.is_empty() {
        log.verdict
    } else {
        lowered
    };
    if file.records > 0 {
        stream.worst = Some(stream.worst.map_or(verdict, |worst| worst.worse(verdict)));
    }
    out.files.push(FileOutcome {
        file: file.id,
        verdict,
        placed: true,
    });
}

/// The files without records: digests, sidecars, key lists.
fn place_others(files: &[&FileFacts], chains: &Chains<'_>, out: &mut Outcome) {
    let mut verdicts: BTreeMap<FileId, Verdict> = BTreeMap::new();
    for version in &chains.versions {
        for copy in &version.copies {
            verdicts.insert(copy.id, version.verdict());
        }
        for signature in &version.signatures {
            if let Source::Sidecar(file) = signature.source {
                verdicts.insert(file, signature.check.verdict());
            }
        }
    }
    for file in &chains.unreadable {
        verdicts.insert(file.id, Verdict::CONTRADICTED);
    }
    for file in files.iter().filter(|file| file.kind != Kind::CloudTrailLog) {
        let verdict = verdicts.get(&file.id).copied().unwrap_or(Verdict::UNPROVEN);
        out.files.push(FileOutcome {
            file: file.id,
            verdict,
            placed: true,
        });
    }
}
