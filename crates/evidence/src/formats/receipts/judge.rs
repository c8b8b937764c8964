//! The judgement over all receipts of the case.

use super::chains::Chain;
use super::document::Uncovered;
use super::line::{Answer, Kept, Piece, Walk};
use super::marks::Marks;
use super::order::displaced;
use super::receipt::Standing;
use super::reread::Rereader;
use super::ring::KeyRing;
use crate::facts::Chains;
use crate::keys::Trust;
use crate::kind::Format;
use crate::verdict::{Axes, Form, Time};
use crate::verify::{self, FileOutcome, Outcome, StreamOutcome};
use crate::{Code, Digest, FileFacts, FileId, Finding, Kind, Lookup, LookupError, Verdict};
use std::collections::BTreeMap;
use std::sync::Arc;

/// All that the case has of one chain.
#[derive(Default)]
pub(super) struct Parts<'f> {
    pub id: Arc<str>,
    /// Its runs: those from its first beginning, and those from each other, by the receipt that
    /// begins anew.
    lines: BTreeMap<Option<Digest>, Vec<Piece<'f>>>,
    unread: BTreeMap<FileId, Vec<u64>>,
    uncovered: Uncovered,
}

impl<'f> Parts<'f> {
    /// Collects the chains of all files.
    pub fn of(files: &[&'f FileFacts]) -> BTreeMap<Arc<str>, Parts<'f>> {
        let mut all: BTreeMap<Arc<str>, Parts<'f>> = BTreeMap::new();
        for file in files {
            let Chains::Receipts(chains) = &file.chains else {
                continue;
            };
            for chain in &chains.chains {
                let parts = all.entry(Arc::clone(&chain.id)).or_default();
                parts.id = Arc::clone(&chain.id);
                parts.add(file.id, chain);
            }
        }
        all
    }

    fn add(&mut self, file: FileId, chain: &'f Chain) {
        for run in &chain.runs {
            self.lines
                .entry(run.beginning)
                .or_default()
                .push(Piece { file, run });
        }
        if !chain.unread.is_empty() {
            self.unread.insert(file, chain.unread.clone());
        }
        self.uncovered.join(&chain.uncovered);
    }

    /// Its runs.
    pub fn pieces(&self) -> impl Iterator<Item = &Piece<'f>> {
        self.lines.values().flatten()
    }

    fn records(&self) -> u64 {
        let placed: u64 = self
            .pieces()
            .map(|piece| piece.run.last - piece.run.first + 1)
            .sum();
        placed
            + self
                .unread
                .values()
                .map(|unread| unread.len() as u64)
                .sum::<u64>()
    }
}

/// Judges all chains of the case together.
pub fn judge(
    files: &[&FileFacts],
    trust: &Trust,
    lookup: &dyn Lookup,
) -> Result<Outcome, LookupError> {
    let ring = KeyRing::new(trust);
    let mut reread = Rereader::new(lookup);
    let mut marks = Marks::default();
    let mut outcome = Outcome::default();
    let mut of_streams: Vec<Option<Verdict>> = Vec::new();
    for (_, parts) in Parts::of(files) {
        let stream = outcome.streams.len();
        let mut case = Case {
            ring: &ring,
            reread: &mut reread,
            marks: &mut marks,
        };
        let judged = case.chain(&parts, stream, files, None, &mut outcome.findings)?;
        outcome.streams.push(judged.stream);
        of_streams.push(judged.worst);
    }
    let files: Vec<&FileFacts> = files
        .iter()
        .copied()
        .filter(|file| matches!(file.chains, Chains::Receipts(_)))
        .collect();
    for file in &files {
        if let Chains::Receipts(chains) = &file.chains
            && !chains.strays.is_empty()
        {
            let stream = outcome.streams.len();
            outcome
                .streams
                .push(strays(file, chains.strays.len() as u64));
            of_streams.push(None);
            for &ordinal in &chains.strays {
                marks.set(file.id, ordinal, ordinal, stream, Verdict::UNPROVEN);
            }
        }
        outcome.findings.extend(malformed(file));
    }
    outcome.spans = marks.into_spans();
    let mut worst: BTreeMap<FileId, Verdict> = BTreeMap::new();
    for span in &outcome.spans {
        let stream = &mut of_streams[span.stream];
        *stream = Some(stream.map_or(span.verdict, |known| known.worse(span.verdict)));
        let verdict = worst.entry(span.file).or_insert(span.verdict);
        *verdict = verdict.worse(span.verdict);
    }
    for (stream, worst) in outcome.streams.iter_mut().zip(of_streams) {
        stream.verdict = worst.unwrap_or(Verdict::UNPROVEN);
    }
    for file in files {
        let verdict = worst.get(&file.id).copied().unwrap_or(Verdict::UNPROVEN);
        let placed = file.records > 0 || file.kind == Kind::ReceiptsDatabase;
        outcome.files.push(FileOutcome {
            file: file.id,
            verdict,
            placed,
        });
    }
    Ok(outcome)
}

/// One chain, judged.
pub(super) struct Judged {
    pub stream: StreamOutcome,
    /// The worst that was found of the chain as a whole.
    pub worst: Option<Verdict>,
    pub answer: Option<Answer>,
}

/// What the judgement of each chain shares.
pub(super) struct Case<'x, 'l> {
    pub ring: &'x KeyRing,
    pub reread: &'x mut Rereader<'l>,
    pub marks: &'x mut Marks,
}

impl Case<'_, '_> {
    /// Judges one chain. The verdict of its stream does not yet count its records.
    pub fn chain(
        &mut self,
        parts: &Parts<'_>,
        stream: usize,
        files: &[&FileFacts],
        watched: Option<(FileId, u64)>,
        findings: &mut Vec<Finding>,
    ) -> Result<Judged, LookupError> {
        let pieces: Vec<Piece<'_>> = parts.pieces().copied().collect();
        let start = findings.len();
        let id = Arc::clone(&parts.id);
        let mut walk = Walk::new(
            id,
            stream,
            self.ring,
            self.reread,
            self.marks,
            findings,
            &parts.unread,
            &pieces,
        );
        walk.watched = watched;
        let mut lines: Vec<(&Option<Digest>, &Vec<Piece<'_>>)> = parts.lines.iter().collect();
        let begin = |piece: &Piece<'_>| (piece.file, piece.run.ordinal(piece.run.first));
        lines.sort_by_key(|(anew, line)| (anew.is_some(), line.iter().map(begin).min()));
        for (anew, line) in lines {
            walk.line(line, anew.is_some())?;
            let kept = walk.kept();
            reordered(&mut walk, &kept, files)?;
        }
        walk.finish()?;
        for (&file, unread) in &parts.unread {
            walk.seen.malformed = true;
            for &ordinal in unread {
                walk.marks
                    .set(file, ordinal, ordinal, stream, Verdict::UNPROVEN);
            }
        }
        about_keys(&mut walk, &pieces);
        about_cover(&mut walk, &parts.uncovered);
        if let [only] = &files_of(&pieces)[..] {
            // A finding about the chain is one about its file, where it lies in one.
            for finding in walk.findings[start..]
                .iter_mut()
                .filter(|f| f.place.file.is_none())
            {
                finding.place.file = Some(*only);
            }
        }
        let seen = &walk.seen;
        let axes = Axes {
            form: if seen.malformed {
                Form::Malformed
            } else {
                Form::Ok
            },
            integrity: walk.integrity(),
            author: walk.author(),
            completeness: walk.completeness(),
            time: if seen.backwards {
                Time::Contradicted
            } else {
                Time::Asserted
            },
        };
        // Its records say the rest.
        let worst = walk.verdict;
        let judged = StreamOutcome {
            id: parts.id.to_string(),
            format: Format::AgentReceipts,
            records: parts.records(),
            seqs: seen.numbers,
            verdict: worst.unwrap_or(Verdict::UNPROVEN),
            axes,
        };
        Ok(Judged {
            stream: judged,
            worst,
            answer: walk.answer.take(),
        })
    }
}

fn files_of(pieces: &[Piece<'_>]) -> Vec<FileId> {
    let mut files: Vec<FileId> = pieces.iter().map(|piece| piece.file).collect();
    files.sort_unstable();
    files.dedup();
    files
}

/// Receipts that stand elsewhere in their file than their numbers say. The rows of a database have
/// no order of their own.
fn reordered(
    walk: &mut Walk<'_, '_>,
    kept: &[Kept],
    files: &[&FileFacts],
) -> Result<(), LookupError> {
    let in_order = |file: FileId| {
        files
            .iter()
            .any(|facts| facts.id == file && facts.kind == Kind::Receipts)
    };
    for stretches in kept.chunk_by(|one, other| one.0 == other.0) {
        let (file, ..) = stretches[0];
        if stretches.len() < 2 || !in_order(file) {
            continue;
        }
        let order: Vec<_> = stretches
            .iter()
            .map(|&(_, _, number, count)| (number, count))
            .collect();
        for place in displaced(&order) {
            let (_, ordinal, number, count) = stretches[place];
            walk.verdict = Some(Verdict::CONTRADICTED);
            walk.seen.broken = true;
            let finding = Finding::new(
                Code::RecordReordered,
                Some(Verdict::CONTRADICTED),
                "it stands elsewhere in the file than its number says",
            );
            walk.report(finding, file, ordinal, (number, number + count - 1))?;
        }
    }
    Ok(())
}

/// What of a file is not what the format allows, each with its chain and number.
fn malformed(file: &FileFacts) -> Vec<Finding> {
    let Chains::Receipts(chains) = &file.chains else {
        return Vec::new();
    };
    let mut places: BTreeMap<u64, (&Chain, Option<u64>)> = BTreeMap::new();
    for chain in &chains.chains {
        places.extend(chain.unread.iter().map(|&ordinal| (ordinal, (chain, None))));
        let malformed = chain
            .runs
            .iter()
            .filter(|run| run.standing == Standing::Malformed);
        places.extend(malformed.map(|run| (run.ordinal(run.first), (chain, Some(run.first)))));
    }
    let place = |ordinal: u64| places.get(&ordinal);
    let mut findings = verify::malformed(file, |ordinal| {
        place(ordinal).and_then(|(_, number)| *number)
    });
    for finding in &mut findings {
        finding.place.stream = match finding.place.ordinal.map(place) {
            Some(Some((chain, _))) => Some(chain.id.to_string()),
            Some(None) => Some(file.path.clone()),
            None => None,
        };
    }
    findings
}

/// Which key is not known, or not trusted: once a chain.
fn about_keys(walk: &mut Walk<'_, '_>, pieces: &[Piece<'_>]) {
    let signed = pieces
        .iter()
        .any(|piece| piece.run.standing == Standing::Fails);
    if walk.lineage.is_empty() && signed {
        let mut message = "no key at hand verifies any receipt of this chain".to_owned();
        if let Some(first) = walk.seen.first_misfit {
            message.push_str(&format!(
                "; {} of its links do not fit, the first at receipt {first}: which of the two \
                 receipts was changed, no key can tell",
                walk.seen.misfits
            ));
        }
        if walk.seen.versions > 0 {
            message.push_str(&format!(
                "; of {} of its numbers there are different receipts, and no key tells which is \
                 the chain's",
                walk.seen.versions
            ));
        }
        let finding = Finding::new(Code::KeyUnknown, Some(Verdict::UNPROVEN), message);
        walk.findings.push(finding.in_stream(&*walk.id));
    }
    if walk.seen.own {
        let finding = Finding::new(
            Code::KeyUntrusted,
            Some(Verdict::INTACT),
            "its signatures hold under a key that the receipts name themselves: nobody vouches \
             for who signed them",
        );
        walk.findings.push(finding.in_stream(&*walk.id));
    }
}

/// What the signatures leave out, and whether the end is signed: once a chain.
fn about_cover(walk: &mut Walk<'_, '_>, uncovered: &Uncovered) {
    let names = uncovered.names();
    if !names.is_empty() {
        let finding = Finding::new(
            Code::FieldUncovered,
            None,
            format!(
                "the signature leaves {} out: whoever changes them is not found out",
                names.join(", ")
            ),
        );
        walk.findings
            .push(finding.in_stream(&*walk.id).about(names));
    }
    if !walk.seen.closed {
        let finding = Finding::new(
            Code::EndUnknown,
            None,
            "no receipt says that the chain ends with it: a cut tail could not be seen",
        );
        walk.findings.push(finding.in_stream(&*walk.id));
    }
}

/// The stream of a file's records that belong to no chain that can be read.
fn strays(file: &FileFacts, records: u64) -> StreamOutcome {
    use crate::verdict::{Author, Completeness, Integrity};
    StreamOutcome {
        id: file.path.clone(),
        format: Format::AgentReceipts,
        records,
        seqs: None,
        verdict: Verdict::UNPROVEN,
        axes: Axes {
            form: Form::Malformed,
            integrity: Integrity::Unsealed,
            author: Author::Unchecked,
            completeness: Completeness::Unknown,
            time: Time::Asserted,
        },
    }
}
