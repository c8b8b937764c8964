//! The judgement over all bundles of the case: which files make a bundle, its streams, its
//! manifest, and versions of one stream that do not agree.

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
    let mut versions = Vec::new();
    for file in files.iter().filter(|file| file.kind == Kind::BundleStream) {
        let Chains::Bundle(runs) = &file.chains else {
            continue;
        };
        let bundle = bundles.iter().find(|bundle| bundle.holds(file));
        let exhibits = gather(file, runs, bundle, files, &bundles, trust, lookup)?;
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
    gather(file, runs, bundle, files, &bundles, trust, lookup).map(Some)
}

/// A bundle's root is where its manifest lies, or, without one, the folder that holds `streams/`.
fn find<'a>(files: &[&'a FileFacts]) -> Vec<Bundle<'a>> {
    let mut roots: Vec<(u32, &str, String)> = Vec::new();
    let mut note = |file: &'a FileFacts, root: &str| {
        let root = (file.import, file.container.as_str(), root.to_owned());
        if !roots.contains(&root) {
            roots.push(root);
        }
    };
    for file in files {
        if let Some(root) = file
            .path
            .strip_suffix(manifest::NAME)
            .filter(|root| root.is_empty() || root.ends_with('/'))
        {
            note(file, root);
        }
    }
    for file in files.iter().filter(|file| file.kind == Kind::BundleStream) {
        let Some(at) = file
            .path
            .rfind("streams/")
            .filter(|&at| at == 0 || file.path.as_bytes()[at - 1] == b'/')
        else {
            continue;
        };
        let root = &file.path[..at];
        if !file.path[at + "streams/".len()..].contains('/') {
            note(file, root);
        }
    }
    // The innermost root that a file lies below is its bundle's.
    roots.sort_by_key(|(import, container, root)| {
        (*import, *container, std::cmp::Reverse(root.len()))
    });
    let mut taken: Vec<bool> = vec![false; files.len()];
    let mut bundles: Vec<Bundle<'a>> = Vec::new();
    for (import, container, root) in roots {
        let mut bundle = Bundle {
            import,
            container,
            root,
            files: BTreeMap::new(),
            manifest: None,
            manifest_verdict: Verdict::UNPROVEN,
        };
        for (file, taken) in files.iter().zip(&mut taken) {
            if !*taken && bundle.holds(file) {
                *taken = true;
                bundle.files.insert(&file.path[bundle.root.len()..], file);
            }
        }
        bundles.push(bundle);
    }
    // A streams/ folder below another bundle's root is part of that bundle only through its
    // manifest; one without any manifest stays its own.
    bundles.retain(|bundle| !bundle.files.is_empty());
    bundles
}

fn read_manifest(
    bundle: &mut Bundle<'_>,
    trust: &Trust,
    lookup: &dyn Lookup,
    limits: &Limits,
    out: &mut Outcome,
) -> Result<(), LookupError> {
    let path = format!("{}{}", bundle.root, manifest::NAME);
    let Some(file) = bundle.files.get(manifest::NAME) else {
        let message = "the bundle has no manifest: nothing says which files belong to it, and a cut tail with its checkpoints could not be seen";
        out.findings
            .push(Finding::new(Code::SealMissing, Some(Verdict::UNPROVEN), message).at_path(path));
        return Ok(());
    };
    let finding = |code, verdict, message: String| {
        Finding::new(code, Some(verdict), message).in_file(file.id)
    };
    let (manifest, signed) = match manifest::read(&lookup.file(file.id)?, trust, limits) {
        Ok(read) => read,
        Err((code, why)) => {
            let verdict = if code == Code::SealInvalid {
                Verdict::CONTRADICTED
            } else {
                Verdict::UNPROVEN
            };
            bundle.manifest_verdict = verdict;
            out.findings.push(finding(code, verdict, format!("the manifest cannot be used: {why}. Without it no file is known to be missing or added.")));
            return Ok(());
        }
    };
    let (verdict, said) = match signed {
        Signed::Vouched(vouched) => (Verdict::verified_by(&vouched), None),
        Signed::Known => (
            Verdict::INTACT,
            Some((
                Code::KeyUntrusted,
                "the manifest is signed by a key that came with it: nobody outside the evidence vouches for the collector",
            )),
        ),
        Signed::Void => (
            Verdict::CONTRADICTED,
            Some((
                Code::SignatureInvalid,
                "the manifest names a trusted key, and its signature does not verify under it: its list of files counts for nothing",
            )),
        ),
        Signed::Unproven(code) => {
            let words = match code {
                Code::KeyExpired => {
                    "the manifest was signed outside the validity of the collector's key"
                }
                Code::KeyRevoked => "the manifest was signed after the collector's key was revoked",
                Code::SignatureWeak => {
                    "only a lenient verifier would pass the manifest's signature"
                }
                _ => "no key at hand for the manifest's signature",
            };
            (Verdict::UNPROVEN, Some((code, words)))
        }
    };
    bundle.manifest_verdict = verdict;
    if let Some((code, words)) = said {
        out.findings.push(finding(code, verdict, words.to_owned()));
    }
    if verdict != Verdict::CONTRADICTED {
        bundle.manifest = Some(manifest);
    }
    Ok(())
}

/// The checkpoints and tiles of a stream file. A checkpoint lies beside its stream in the bundle;
/// one that came some other way, from a witness perhaps, is known by its origin.
#[allow(clippy::too_many_arguments)] // Each is one thing that a stream is held against.
fn gather<'a>(
    file: &'a FileFacts,
    runs: &'a Runs,
    bundle: Option<&Bundle<'_>>,
    files: &[&FileFacts],
    bundles: &[Bundle<'_>],
    trust: &'a Trust,
    lookup: &'a dyn Lookup,
) -> Result<Exhibits<'a>, LookupError> {
    let own = bundle.map(|bundle| &file.path[bundle.root.len()..]);
    let listed = bundle.zip(own).and_then(|(bundle, own)| {
        bundle
            .manifest
            .as_ref()?
            .streams
            .iter()
            .find(|listed| listed.path == own)
    });
    let id = runs
        .stream_id()
        .or(listed.map(|listed| listed.stream.as_str()))
        .unwrap_or(&file.path)
        .to_owned();
    let mut exhibits = Exhibits {
        file,
        runs,
        id,
        checkpoints: Vec::new(),
        defects: Vec::new(),
        tiles: Tiles::default(),
        listed: listed.map(|listed| listed.records),
        trust,
        lookup,
    };
    let name = own
        .and_then(|own| own.strip_prefix("streams/"))
        .and_then(|name| name.strip_suffix(".jsonl"));
    if let Some((bundle, name)) = bundle.zip(name) {
        let (seals, tiles) = (
            format!("checkpoints/{name}/"),
            format!("tiles/{name}/tile/0/"),
        );
        for (path, seal) in bundle
            .files
            .range(seals.as_str()..)
            .take_while(|(path, _)| path.starts_with(&seals))
        {
            take_checkpoint(&mut exhibits, seal, &path[seals.len()..], lookup)?;
        }
        for (path, tile) in bundle
            .files
            .range(tiles.as_str()..)
            .take_while(|(path, _)| path.starts_with(&tiles))
        {
            exhibits.tiles.add(&path[tiles.len()..], tile.id);
        }
    }
    let in_place = |seal: &FileFacts| {
        bundles.iter().any(|bundle| {
            bundle.holds(seal) && seal.path[bundle.root.len()..].starts_with("checkpoints/")
        })
    };
    for seal in files
        .iter()
        .filter(|seal| seal.kind == Kind::BundleCheckpoint && !in_place(seal))
    {
        if let Ok(checkpoint) = checkpoint::read(seal.id, &seal.path, None, &lookup.file(seal.id)?)
            && checkpoint.origin == exhibits.id
        {
            exhibits.checkpoints.push(checkpoint);
        }
    }
    exhibits
        .checkpoints
        .sort_by_key(|checkpoint| checkpoint.size);
    Ok(exhibits)
}

fn take_checkpoint(
    exhibits: &mut Exhibits<'_>,
    seal: &FileFacts,
    name: &str,
    lookup: &dyn Lookup,
) -> Result<(), LookupError> {
    let size = (name.len() == 12 && name.bytes().all(|c| c.is_ascii_digit()))
        .then(|| name.parse().ok())
        .flatten();
    let stream = exhibits.id.clone();
    let finding = |code, verdict, message: String| {
        Finding::new(code, Some(verdict), message)
            .in_file(seal.id)
            .in_stream(&stream)
    };
    let Some(size) = size else {
        exhibits.defects.push(finding(
            Code::SealInvalid,
            Verdict::CONTRADICTED,
            "a checkpoint's name is its size in twelve digits; this is none".into(),
        ));
        return Ok(());
    };
    match checkpoint::read(seal.id, &seal.path, Some(size), &lookup.file(seal.id)?) {
        Ok(checkpoint) if checkpoint.origin != exhibits.id => {
            exhibits.defects.push(finding(
                Code::StreamCrossed,
                Verdict::CONTRADICTED,
                format!("this checkpoint is of the stream {}", checkpoint.origin),
            ));
        }
        Ok(checkpoint) => exhibits.checkpoints.push(checkpoint),
        Err(defect) => {
            let verdict = if defect.code == Code::SignatureMissing {
                Verdict::UNPROVEN
            } else {
                Verdict::CONTRADICTED
            };
            exhibits.defects.push(finding(
                defect.code,
                verdict,
                format!("this checkpoint cannot be used: {}", defect.why),
            ));
        }
    }
    Ok(())
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

/// Holds the files against the manifest's list: missing, unlisted, altered.
fn hold_against_list(
    bundle: &Bundle<'_>,
    versions: &mut [Version<'_>],
    others: &mut Outcome,
    out: &mut Outcome,
) {
    let Some(manifest) = &bundle.manifest else {
        return;
    };
    for (path, digest) in &manifest.files {
        let Some(file) = bundle.files.get(path.as_str()) else {
            let message = format!("the manifest lists {path}, and it is not here");
            out.findings.push(
                Finding::new(Code::FileMissing, Some(Verdict::CONTRADICTED), message)
                    .at_path(format!("{}{path}", bundle.root)),
            );
            continue;
        };
        if file.sha256_as_found == *digest {
            covered(file.id, versions, others);
        } else {
            altered(file, versions, others, out);
        }
    }
    for (path, file) in &bundle.files {
        if *path != manifest::NAME && !manifest.files.contains_key(*path) {
            let message = "the manifest does not list this file: it was added after the collection, or the list was made without it";
            out.findings.push(
                Finding::new(Code::FileUnlisted, Some(Verdict::CONTRADICTED), message)
                    .in_file(file.id),
            );
        }
    }
    for listed in &manifest.streams {
        let Some(version) = versions.iter_mut().find(|version| {
            bundle.holds(version.file) && version.file.path[bundle.root.len()..] == listed.path
        }) else {
            continue;
        };
        claims(listed, version);
    }
}

/// The ends of the asked period that no file of the bundle reaches.
fn uncovered(bundle: &Bundle<'_>, manifest: &Manifest, out: &mut Outcome) {
    let Some((from, to)) = manifest.period else {
        return;
    };
    let earliest = bundle.files.values().filter_map(|file| file.earliest).min();
    let latest = bundle.files.values().filter_map(|file| file.latest).max();
    let (Some(earliest), Some(latest)) = (earliest, latest) else {
        return;
    };
    for (begin, end) in [(from, earliest.min(to)), (latest.max(from), to)] {
        if end.0.saturating_sub(begin.0) > HOUR.0 {
            let message = format!(
                "the collection asked for records from {begin} to {end}, and no file of the bundle has one"
            );
            let finding = Finding::new(Code::PeriodUncovered, None, message).during(begin, end);
            out.findings
                .push(finding.at_path(format!("{}{}", bundle.root, manifest::NAME)));
        }
    }
}

/// A file whose bytes are not those that were collected. Where its records' own seals already say
/// what was changed, that is the one cause.
fn altered(
    file: &FileFacts,
    versions: &mut [Version<'_>],
    others: &mut Outcome,
    out: &mut Outcome,
) {
    let message = "its SHA-256 is not the one that the manifest lists: these are not the bytes that were collected";
    let finding =
        Finding::new(Code::FileAltered, Some(Verdict::CONTRADICTED), message).in_file(file.id);
    if let Some(version) = versions
        .iter_mut()
        .find(|version| version.file.id == file.id)
    {
        let explained = version
            .judged
            .findings
            .iter()
            .any(|finding| finding.verdict == Some(Verdict::CONTRADICTED))
            || out.findings.iter().any(|finding| {
                finding.code == Code::StreamForked
                    && finding.place.stream.as_deref() == Some(&version.id)
            });
        if !explained {
            let id = version.id.clone();
            version.judged.findings.push(finding.in_stream(id));
            version.judged.spans.contradict_unproven();
            version.judged.axes.integrity = Integrity::Broken;
        }
        return;
    }
    let named = |finding: &Finding| {
        finding.place.file == Some(file.id) && finding.verdict == Some(Verdict::CONTRADICTED)
    };
    if others.findings.iter().any(named) || out.findings.iter().any(named) {
        return;
    }
    others.contradict_unproven(file.id, Integrity::Broken);
    out.findings.push(finding);
}

/// A file that stands as it was collected: what nothing else seals is sealed since then.
fn covered(file: FileId, versions: &mut [Version<'_>], others: &mut Outcome) {
    for version in versions
        .iter_mut()
        .filter(|version| version.file.id == file)
    {
        if version.judged.axes.integrity == Integrity::Unsealed {
            version.judged.axes.integrity = Integrity::SinceCollection;
        }
    }
    for span in others.spans.iter().filter(|span| span.file == file) {
        let axes = &mut others.streams[span.stream].axes;
        if axes.integrity == Integrity::Unsealed {
            axes.integrity = Integrity::SinceCollection;
        }
    }
}

/// What the manifest says of a stream.
fn claims(listed: &manifest::ListedStream, version: &mut Version<'_>) {
    let judged = &mut version.judged;
    let here = version.file.records;
    let explained = judged
        .findings
        .iter()
        .any(|finding| finding.verdict == Some(Verdict::CONTRADICTED));
    let say = |code, verdict, message: String| {
        Finding::new(code, verdict, message)
            .in_file(version.file.id)
            .in_stream(&version.id)
    };
    if !explained && listed.stream != version.id {
        let message = format!(
            "the manifest says that this file is the stream {}",
            listed.stream
        );
        judged.findings.push(say(
            Code::StreamCrossed,
            Some(Verdict::CONTRADICTED),
            message,
        ));
    } else if !explained && listed.records < here {
        let message = format!(
            "the manifest says that there are {} records, and {here} are here",
            listed.records
        );
        judged
            .findings
            .push(say(Code::SealInvalid, Some(Verdict::CONTRADICTED), message));
    } else if !explained
        && listed.closed
        && judged
            .findings
            .iter()
            .any(|finding| finding.code == Code::EndUnknown)
    {
        judged
            .findings
            .retain(|finding| finding.code != Code::EndUnknown);
        let message = "the manifest says that this stream was closed, and no stream.close is here: the tail is cut".to_owned();
        judged.findings.push(say(
            Code::StreamTruncated,
            Some(Verdict::CONTRADICTED),
            message,
        ));
        judged.axes.completeness = Completeness::Truncated;
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
