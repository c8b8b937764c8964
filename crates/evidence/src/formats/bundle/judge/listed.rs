//! Files and streams held against the manifest that lists them.

use super::*;

/// Holds the files against the manifest's list: missing, unlisted, altered.
pub(super) fn hold_against_list(
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
pub(super) fn uncovered(bundle: &Bundle<'_>, manifest: &Manifest, out: &mut Outcome) {
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
pub(super) fn altered(
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
pub(super) fn covered(file: FileId, versions: &mut [Version<'_>], others: &mut Outcome) {
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
pub(super) fn claims(listed: &manifest::ListedStream, version: &mut Version<'_>) {
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
