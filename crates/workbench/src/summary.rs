//! What came in and what stands.

use crate::api::{self, AxesView, FindingView, Ledger, RecordCounts, Source, Stream, Summary};
use crate::failure::Result;
use crate::raise;
use crate::session::Session;
use evidence::{Axes, FileId, Kind, Place, Word};
use std::collections::HashMap;
use store::{CaseFile, Counts, Reader, StoredFinding};

impl Session {
    /// What came in and what stands; while an import runs, what there is of it so far.
    pub fn summary(&self) -> Result<Summary> {
        let name = self.name();
        let notes = self.notes();
        self.reading(|reader| summarise(reader, name, notes))
    }
}

fn summarise(reader: &Reader, case: String, notes: Vec<String>) -> Result<Summary> {
    let files = reader.files()?;
    let streams = reader.streams()?;
    let stored = reader.findings()?;
    let counts_by_file = reader.counts_by_file()?;
    let about = by_file(&stored);
    let of_file = reader.stream_of_file()?;
    let mut findings: Vec<FindingView> = stored
        .iter()
        .map(|finding| finding_view(finding, &files))
        .collect();
    findings.sort_by_key(|finding| match finding.verdict {
        Some(verdict) => verdict as u8,
        None => u8::MAX,
    });
    let mut sources = Vec::with_capacity(files.len());
    for file in &files {
        let counts = counts_by_file.get(&file.id).copied().unwrap_or_default();
        let axes: Vec<&Axes> = of_file
            .get(&file.id)
            .into_iter()
            .flatten()
            .filter_map(|index| streams.get(*index))
            .map(|stream| &stream.axes)
            .collect();
        // A database's own bytes are the original; its receipts were taken out of it.
        let file = if file.kind == Kind::ReceiptsDatabase {
            &of_database(file, reader)?
        } else {
            file
        };
        sources.push(source(
            file,
            counts,
            &axes,
            about.get(&file.id).map_or(&[], Vec::as_slice),
        ));
    }
    let total = sources.iter().fold(
        Ledger {
            balanced: true,
            ..Ledger::default()
        },
        |sum, source| add(sum, &source.ledger),
    );
    let counts = reader.counts()?;
    let verdict = worst(&files, &streams, &stored, &counts);
    Ok(Summary {
        case,
        verdict,
        records: record_counts(counts),
        ledger: total,
        sources,
        streams: streams.iter().map(stream_view).collect(),
        findings,
        notes,
    })
}

/// A case's verdict is the worst of its records, streams, files with records, and findings.
fn worst(
    files: &[CaseFile],
    streams: &[store::Stream],
    findings: &[StoredFinding],
    counts: &Counts,
) -> api::Word {
    if counts.unchecked > 0 {
        return api::Word::Unchecked;
    }
    let with_records = files
        .iter()
        .filter(|file| file.kind.has_records())
        .map(|file| file.verdict);
    let all = with_records
        .chain(streams.iter().map(|stream| stream.verdict))
        .chain(findings.iter().filter_map(|finding| finding.verdict));
    let records = [
        Word::Contradicted,
        Word::Unproven,
        Word::Intact,
        Word::Verified,
    ]
    .into_iter()
    .filter(|&word| counts.of(word) > 0);
    // Without anything to judge nothing is proven.
    word(
        all.chain(records)
            .filter(|&word| word != Word::Unchecked)
            .min()
            .unwrap_or(Word::Unproven),
    )
}

fn source(file: &CaseFile, counts: Counts, axes: &[&Axes], about: &[&StoredFinding]) -> Source {
    let cut = file.ledger();
    let ledger = Ledger {
        bytes_in: file.bytes + file.trailing,
        bytes_records: cut.records,
        bytes_structure: cut.structure,
        bytes_rejected: cut.rejected + file.trailing,
        balanced: false,
    };
    let sums = ledger.bytes_records + ledger.bytes_structure + ledger.bytes_rejected;
    Source {
        id: file.id.0,
        import: file.import,
        container: (!file.container.is_empty()).then(|| file.container.clone()),
        path: file.path.clone(),
        format: file.kind.format().as_str().to_owned(),
        role: role(file).to_owned(),
        sha256: file
            .sha256
            .map(|digest| digest.to_string())
            .unwrap_or_default(),
        bytes: file.bytes,
        records: file.records,
        verdict: word(file.verdict),
        counts: record_counts(counts),
        ledger: Ledger {
            balanced: sums == ledger.bytes_in,
            ..ledger
        },
        earliest: file.earliest.map(|time| time.0),
        latest: file.latest.map(|time| time.0),
        axes: worst_axes(axes),
        raise: raise::words(file, about, axes),
    }
}

/// A database as it lay there: its bytes, of which the receipts are a part.
fn of_database(file: &CaseFile, reader: &Reader) -> Result<CaseFile> {
    let bytes = reader.wrapped_length(file.id)?;
    let cut = store::Ledger {
        structure: bytes.saturating_sub(file.cut.records + file.cut.rejected),
        ..file.cut
    };
    Ok(CaseFile {
        bytes,
        sha256: file.sha256_as_found,
        cut,
        ..file.clone()
    })
}

fn role(file: &CaseFile) -> &'static str {
    match file.kind {
        Kind::BundleStream => "stream",
        Kind::BundleManifest => "manifest",
        Kind::BundleCheckpoint => "checkpoint",
        Kind::CloudTrailLog | Kind::KubernetesAudit | Kind::VaultAudit => "log",
        Kind::CloudTrailDigest => "digest",
        Kind::CloudTrailSidecar => "digest metadata",
        Kind::CloudTrailKeys => "key list",
        Kind::Receipts => "receipts",
        Kind::ReceiptsDatabase => "receipts database",
        Kind::Unknown if file.wrapping.is_archive() => "archive",
        Kind::Unknown if file.placed => "listed file",
        Kind::Unknown => "not recognised",
    }
}

fn add(sum: Ledger, part: &Ledger) -> Ledger {
    Ledger {
        bytes_in: sum.bytes_in + part.bytes_in,
        bytes_records: sum.bytes_records + part.bytes_records,
        bytes_structure: sum.bytes_structure + part.bytes_structure,
        bytes_rejected: sum.bytes_rejected + part.bytes_rejected,
        balanced: sum.balanced && part.balanced,
    }
}

pub(crate) fn record_counts(counts: Counts) -> RecordCounts {
    RecordCounts {
        total: counts.total(),
        verified: counts.verified,
        intact: counts.intact,
        unproven: counts.unproven,
        contradicted: counts.contradicted,
        unchecked: counts.unchecked,
    }
}

fn stream_view(stream: &store::Stream) -> Stream {
    Stream {
        id: stream.id.clone(),
        format: stream.format.as_str().to_owned(),
        records: stream.records,
        first_seq: stream.seqs.map(|(first, _)| first),
        last_seq: stream.seqs.map(|(_, last)| last),
        verdict: word(stream.verdict),
        axes: axes_view(&stream.axes),
    }
}

fn axes_view(axes: &Axes) -> AxesView {
    AxesView {
        form: axes.form.as_str().into(),
        integrity: axes.integrity.as_str().into(),
        author: axes.author.as_str().into(),
        completeness: axes.completeness.as_str().into(),
        time: axes.time.as_str().into(),
    }
}

/// Of several streams in one file, the one with the most to say against it on each axis.
fn worst_axes(axes: &[&Axes]) -> Option<AxesView> {
    let rank = |order: &[&str], word: &str| {
        order
            .iter()
            .position(|known| *known == word)
            .unwrap_or(order.len())
    };
    let pick = |order: &[&str], of: fn(&Axes) -> &'static str| {
        axes.iter()
            .map(|axes| of(axes))
            .min_by_key(|word| rank(order, word))
            .map(str::to_owned)
    };
    Some(AxesView {
        form: pick(&["malformed", "ok"], |axes| axes.form.as_str())?,
        integrity: pick(&["broken", "unsealed", "since-collection", "ok"], |axes| {
            axes.integrity.as_str()
        })?,
        author: pick(
            &["refuted", "unchecked", "none", "unknown", "trusted"],
            |axes| axes.author.as_str(),
        )?,
        completeness: pick(
            &["forked", "gap", "truncated", "unknown", "open", "closed"],
            |axes| axes.completeness.as_str(),
        )?,
        time: pick(&["contradicted", "asserted", "anchored"], |axes| {
            axes.time.as_str()
        })?,
    })
}

pub(crate) fn finding_view(finding: &StoredFinding, files: &[CaseFile]) -> FindingView {
    let Place {
        file,
        path,
        stream,
        seq,
        ordinal,
        offset,
        length,
        range,
        period,
        members,
    } = finding.place.clone();
    let found = file
        .and_then(|id| files.binary_search_by_key(&id, |file| file.id).ok())
        .map(|index| &files[index]);
    FindingView {
        code: finding.code.as_str().to_owned(),
        class: "integrity".to_owned(),
        verdict: finding.verdict.map(word),
        stream,
        seq,
        ordinal,
        source_id: file.map(|id| id.0),
        // What is missing has a path of its own; the file is the one that names it.
        source: path.or_else(|| found.map(|file| file.path.clone())),
        import: found.map(|file| file.import),
        offset,
        length,
        first_seq: range.map(|(first, _, _)| first),
        last_seq: range.map(|(_, last, _)| last),
        count: range.map(|(_, _, count)| count),
        from: period.map(|(from, _)| from.to_string()),
        until: period.map(|(_, until)| until.to_string()),
        members,
        message: finding.message.clone(),
    }
}

pub(crate) fn word(word: Word) -> api::Word {
    match word {
        Word::Contradicted => api::Word::Contradicted,
        Word::Unproven => api::Word::Unproven,
        Word::Intact => api::Word::Intact,
        Word::Verified => api::Word::Verified,
        Word::Unchecked => api::Word::Unchecked,
    }
}

pub(crate) fn engine_word(word: api::Word) -> Word {
    match word {
        api::Word::Contradicted => Word::Contradicted,
        api::Word::Unproven => Word::Unproven,
        api::Word::Intact => Word::Intact,
        api::Word::Verified => Word::Verified,
        api::Word::Unchecked => Word::Unchecked,
    }
}

/// Findings by the file that they are in.
fn by_file(findings: &[StoredFinding]) -> HashMap<FileId, Vec<&StoredFinding>> {
    let mut out: HashMap<_, Vec<_>> = HashMap::new();
    for finding in findings {
        if let Some(file) = finding.place.file {
            out.entry(file).or_default().push(finding);
        }
    }
    out
}
