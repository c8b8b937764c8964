//! The judgement over all bundles of the case: which files make a bundle, its streams, its
//! manifest, and versions of one stream that do not agree.

mod gathered;
mod listed;

use super::checkpoint;
use super::forks;
use super::manifest::{self, Manifest, Signed};
use super::runs::Runs;
use super::spans::Spans;
use super::stream::{self, Exhibits, Judged, Sealed};
use super::tiles::Tiles;
use crate::facts::Chains;
use crate::keys::Trust;
use crate::kind::{Format, Kind};
use crate::verdict::{Completeness, Integrity};
use crate::verify::{FileOutcome, Outcome, StreamOutcome};
use crate::{
    Code, Digest, FileFacts, FileId, Finding, Limits, Lookup, LookupError, Micros, Verdict,
};
use gathered::{Gathered, find, read_manifest};
use listed::{hold_against_list, uncovered};
use std::collections::{BTreeMap, HashMap};

/// A bundle: the files of one import, and of one archive in it, below one root.
struct Bundle<'a> {
    import: u32,
    container: &'a str,
    /// With a final `/`, or empty.
    root: String,
    /// By their path below the root.
    files: BTreeMap<&'a str, &'a FileFacts>,
    manifest: Option<Manifest>,
    /// The manifest's own verdict.
    manifest_verdict: Verdict,
}

impl Bundle<'_> {
    fn holds(&self, file: &FileFacts) -> bool {
        file.import == self.import
            && file.container == self.container
            && file.path.starts_with(&self.root)
    }
}

/// A stream file that has been judged.
struct Version<'a> {
    file: &'a FileFacts,
    id: String,
    judged: Judged,
}

/// Judges all bundles. `files` are all files of the case: a bundle may hold any. `others` is what
/// the other formats' judgements gave; files that a manifest covers are judged on in it.
pub fn judge(
    files: &[&FileFacts],
    trust: &Trust,
    lookup: &dyn Lookup,
    limits: &Limits,
    others: &mut Outcome,
) -> Result<Outcome, LookupError> {
    let mut out = Outcome::default();
    let mut bundles = find(files);
    for bundle in &mut bundles {
        read_manifest(bundle, trust, lookup, limits, &mut out)?;
    }
    let all = Gathered {
        files,
        bundles: &bundles,
        trust,
        lookup,
    };
    let mut versions = Vec::new();
    for file in files.iter().filter(|file| file.kind == Kind::BundleStream) {
        let Chains::Bundle(runs) = &file.chains else {
            continue;
        };
        let bundle = bundles.iter().find(|bundle| bundle.holds(file));
        let exhibits = all.stream(file, runs, bundle)?;
        let id = exhibits.id.clone();
        let judged = stream::judge(&exhibits)?;
        versions.push(Version { file, id, judged });
    }
    fork(&mut versions, lookup, &mut out)?;
    for bundle in &bundles {
        hold_against_list(bundle, &mut versions, others, &mut out);
        if let Some(manifest) = &bundle.manifest {
            uncovered(bundle, manifest, &mut out);
        }
    }
    let stream_files: Vec<FileId> = versions.iter().map(|version| version.file.id).collect();
    for version in versions {
        conclude(version, &mut out);
    }
    place(files, &bundles, &stream_files, &mut out);
    Ok(out)
}

/// What the stream of one file is held against, for a proof of one of its records.
pub(super) fn exhibits_of<'a>(
    file: FileId,
    files: &[&'a FileFacts],
    trust: &'a Trust,
    lookup: &'a dyn Lookup,
    limits: &Limits,
) -> Result<Option<Exhibits<'a>>, LookupError> {
    let mut unused = Outcome::default();
    let mut bundles = find(files);
    for bundle in &mut bundles {
        read_manifest(bundle, trust, lookup, limits, &mut unused)?;
    }
    let Some(file) = files.iter().find(|known| known.id == file) else {
        return Ok(None);
    };
    let Chains::Bundle(runs) = &file.chains else {
        return Ok(None);
    };
    let bundle = bundles.iter().find(|bundle| bundle.holds(file));
    let all = Gathered {
        files,
        bundles: &bundles,
        trust,
        lookup,
    };
    all.stream(file, runs, bundle).map(Some)
}

/// Versions of one stream in several files.
fn fork(
    versions: &mut [Version<'_>],
    lookup: &dyn Lookup,
    out: &mut Outcome,
) -> Result<(), LookupError> {
    let mut by_id: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, version) in versions.iter().enumerate() {
        by_id.entry(version.id.clone()).or_default().push(index);
    }
    let mut groups: Vec<Vec<usize>> = by_id
        .into_values()
        .filter(|group| group.len() > 1)
        .collect();
    groups.sort();
    for group in groups {
        for (position, &one) in group.iter().enumerate() {
            for &other in &group[position + 1..] {
                let (first, second) = (&versions[one], &versions[other]);
                if !forks::equal_standing(&first.judged.sealed, &second.judged.sealed) {
                    continue;
                }
                let lines_of = |file: FileId| {
                    move |ordinal| lookup.record(file, ordinal).map(|bytes| Digest::of(&bytes))
                };
                let (first_lines, second_lines) =
                    (lines_of(first.file.id), lines_of(second.file.id));
                let Some(seq) = forks::parting(
                    (&first.judged.sealed, &first_lines),
                    (&second.judged.sealed, &second_lines),
                )?
                else {
                    continue;
                };
                let message = format!(
                    "two sealed versions of this stream part at record {seq}: one in {} (import {}), one in {} (import {}). Whoever holds the key sealed two histories.",
                    first.file.path, first.file.import, second.file.path, second.file.import
                );
                let mut finding =
                    Finding::new(Code::StreamForked, Some(Verdict::CONTRADICTED), message)
                        .in_file(second.file.id)
                        .in_stream(&second.id)
                        .at_seq(seq);
                if let Some(ordinal) = second.judged.sealed.ordinal(seq) {
                    let (offset, length) = lookup.extent(second.file.id, ordinal)?;
                    finding = finding.at_record(ordinal, offset, length);
                }
                out.findings.push(finding);
                for index in [one, other] {
                    let judged = &mut versions[index].judged;
                    contradict_from(&judged.sealed, seq, &mut judged.spans);
                    judged.axes.completeness = Completeness::Forked;
                    judged.axes.integrity = Integrity::Broken;
                }
            }
        }
    }
    Ok(())
}

fn contradict_from(sealed: &Sealed, seq: u64, spans: &mut Spans) {
    for &(first, ordinal, len, _) in &sealed.stretches {
        if first + len > seq {
            let skip = seq.saturating_sub(first);
            spans.lower(ordinal + skip, ordinal + len, Verdict::CONTRADICTED);
        }
    }
}

/// A stretch at the ends of the asked period that is shorter than this is not worth a line.
const HOUR: Micros = Micros(3_600_000_000);

fn conclude(version: Version<'_>, out: &mut Outcome) {
    let Version { file, id, judged } = version;
    let worst = judged.spans.worst().unwrap_or(Verdict::UNPROVEN);
    let verdict = judged
        .findings
        .iter()
        .filter_map(|finding| finding.verdict)
        .fold(worst, Verdict::worse);
    let forked = judged.axes.completeness == Completeness::Forked;
    let verdict = if forked {
        Verdict::CONTRADICTED
    } else {
        verdict
    };
    let index = out.streams.len();
    out.streams.push(StreamOutcome {
        id,
        format: Format::NhiAuditBundle,
        records: file.records,
        seqs: judged.seqs,
        verdict,
        axes: judged.axes,
    });
    out.files.push(FileOutcome {
        file: file.id,
        verdict,
        placed: true,
    });
    out.spans.extend(judged.spans.into_spans(file.id, index));
    out.findings.extend(judged.findings);
}

/// The verdicts of a bundle's other files: its manifest, its seals, and whatever else it lists.
fn place(files: &[&FileFacts], bundles: &[Bundle<'_>], stream_files: &[FileId], out: &mut Outcome) {
    for bundle in bundles {
        for (path, file) in &bundle.files {
            if stream_files.contains(&file.id) || file.kind.has_records() {
                continue;
            }
            let own = out
                .findings
                .iter()
                .filter(|finding| finding.place.file == Some(file.id))
                .filter_map(|finding| finding.verdict)
                .min();
            let listed = bundle
                .manifest
                .as_ref()
                .is_some_and(|manifest| manifest.files.contains_key(*path));
            let part = *path == manifest::NAME
                || path.starts_with("checkpoints/")
                || path.starts_with("tiles/");
            let verdict = match own {
                Some(verdict) => verdict,
                None if *path == manifest::NAME => bundle.manifest_verdict,
                None if listed => bundle.manifest_verdict,
                None => Verdict::UNPROVEN,
            };
            if listed || part {
                out.files.push(FileOutcome {
                    file: file.id,
                    verdict,
                    placed: true,
                });
            }
        }
    }
    for file in files
        .iter()
        .filter(|file| file.kind == Kind::BundleCheckpoint)
    {
        if !out.files.iter().any(|outcome| outcome.file == file.id) {
            out.files.push(FileOutcome {
                file: file.id,
                verdict: Verdict::UNPROVEN,
                placed: true,
            });
        }
    }
}
