//! Which time the sources of a case cover.

use crate::api::{CoverageView, StretchView};
use crate::failure::Result;
use analysis::coverage::{Coverage, Piece, State, StreamFacts};
use analysis::gaps;
use evidence::{Code, Micros};
use store::{Reader, StoredFinding};

/// The coverage of a case, from its streams, spans and integrity findings. A file that holds
/// several streams counts for each of them as a whole: the worst of its records is each one's.
pub(crate) fn coverage(reader: &Reader) -> Result<Coverage> {
    let (files, streams, findings) = (reader.files()?, reader.streams()?, reader.findings()?);
    let (counts, of_file) = (reader.counts_by_file()?, reader.stream_of_file()?);
    let time_of = |stream: &str, seq: u64| -> Option<Micros> {
        let record = reader.numbered(stream, seq).ok().flatten()?;
        reader.event(record).ok()?.time
    };
    let mut facts: Vec<StreamFacts> = streams
        .iter()
        .map(|stream| StreamFacts {
            id: stream.id.clone(),
            format: stream.format,
            axes: stream.axes,
            pieces: Vec::new(),
            gaps: Vec::new(),
            silences: Vec::new(),
            sealed_until: None,
        })
        .collect();
    for file in files.iter().filter(|file| file.records > 0) {
        let counts = counts.get(&file.id).copied().unwrap_or_default();
        for &index in of_file.get(&file.id).map_or(&[][..], Vec::as_slice) {
            if let Some(stream) = facts.get_mut(index) {
                stream.pieces.push(Piece {
                    path: file.path.clone(),
                    from: file.earliest,
                    until: file.latest,
                    proven: counts.verified + counts.intact,
                    unproven: counts.unproven + counts.unchecked,
                    contradicted: counts.contradicted,
                });
            }
        }
    }
    let places = findings
        .iter()
        .map(|finding| (finding.code, &finding.place));
    for gap in gaps::gaps(places, time_of) {
        if let Some(stream) = facts.iter_mut().find(|stream| stream.id == gap.stream) {
            stream.gaps.push(gap);
        }
    }
    for finding in &findings {
        let Some(stream) = of_stream(&mut facts, finding) else {
            continue;
        };
        let place = &finding.place;
        match (finding.code, place.seq) {
            (Code::TailUnsealed, Some(first)) => {
                stream.sealed_until = first
                    .checked_sub(1)
                    .and_then(|last| time_of(&stream.id, last));
            }
            (Code::HeartbeatMissed, seq) => {
                let before = seq.and_then(|seq| time_of(&stream.id, seq.checked_sub(1)?));
                let until = seq.and_then(|seq| time_of(&stream.id, seq));
                stream.silences.extend(place.period.or(before.zip(until)));
            }
            _ => {}
        }
    }
    Ok(Coverage::of(facts))
}

fn of_stream<'f>(
    facts: &'f mut [StreamFacts],
    finding: &StoredFinding,
) -> Option<&'f mut StreamFacts> {
    let id = finding.place.stream.as_deref()?;
    facts.iter_mut().find(|stream| stream.id == id)
}

pub(crate) fn views(coverage: &Coverage) -> Vec<CoverageView> {
    let text = |time: Option<Micros>| time.map(|time| time.to_string());
    coverage
        .tracks
        .iter()
        .map(|track| CoverageView {
            stream: track.id.clone(),
            format: track.format.as_str().to_owned(),
            records: track.records,
            end_known: track.end_known,
            stretches: track
                .stretches
                .iter()
                .map(|stretch| StretchView {
                    state: State::as_str(stretch.state).to_owned(),
                    from: text(stretch.from),
                    until: text(stretch.until),
                    why: stretch.why.clone(),
                })
                .collect(),
        })
        .collect()
}
