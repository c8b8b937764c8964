//! The judgement over all CloudTrail files of the case.

use super::digest::ChainKey;
use super::logs::{Logs, apart, moved};
use super::names::{LogName, beside, is_moved, place};
use super::seals::{By, Held, Seals, chain_of_path};
use crate::keys::Trust;
use crate::kind::Format;
use crate::verdict::{Author, Axes, Completeness, Form, Integrity, Time};
use crate::verify::{self, FileOutcome, Outcome, Span, StreamOutcome};
use crate::{Code, FileFacts, FileId, Finding, Kind, Lookup, LookupError, Micros, Verdict};
use std::collections::{BTreeMap, BTreeSet};

/// Judges all CloudTrail files of the case together: digests, sidecars, key lists, logs.
pub fn judge(
    files: &[&FileFacts],
    trust: &Trust,
    lookup: &dyn Lookup,
) -> Result<Outcome, LookupError> {
    let files: Vec<&FileFacts> = files
        .iter()
        .copied()
        .filter(|file| file.kind.format() == Format::CloudTrail)
        .collect();
    let seals = Seals::read(&files, trust, lookup)?;
    let logs = files
        .iter()
        .copied()
        .filter(|file| file.kind == Kind::CloudTrailLog)
        .collect();
    let logs = Logs::hold(logs, &seals);
    let mut judgement = Judgement::new(&seals);
    judgement.chains();
    judgement.logs(&logs);
    judgement.files(&files, &logs);
    Ok(judgement.finish())
}

/// One chain of digests and the logs that belong to it, or the logs of one place without digests.
struct Stream<'f> {
    id: String,
    records: u64,
    /// The worst that was found of the stream and of its seals.
    worst: Option<Verdict>,
    sealed: bool,
    broken: bool,
    malformed: bool,
    gap: bool,
    vouched: bool,
    untrusted: bool,
    unkeyed: bool,
    refuted: bool,
    chain: Option<Chain<'f>>,
}

/// What is needed of a chain to place the logs that it does not list.
struct Chain<'f> {
    /// The stretches that its digests cover, in order: from, until, and whether the digest speaks.
    covered: Vec<(Micros, Micros, bool)>,
    /// Stretches whose digest is missing or damaged.
    lost: Vec<(Micros, Micros)>,
    /// Where its digests lie, up to CloudTrail's own folder.
    places: BTreeSet<&'f str>,
    /// The end of the first of two signed digests that do not agree.
    forked: Option<Micros>,
    /// Digests that lie elsewhere than signed: by what differs, the first and how many.
    moved: BTreeMap<(String, String), (FileId, u64)>,
    /// Logs past the newest digest: the first, how many, and the latest moment.
    tail: Option<(FileId, u64, Micros)>,
    /// Logs of times before the first digest, or in a hole: the same.
    outside: Option<(FileId, u64, Micros, Micros)>,
}

struct Judgement<'s, 'f> {
    seals: &'s Seals<'f>,
    streams: Vec<Stream<'f>>,
    by_id: BTreeMap<String, usize>,
    /// The stream of each chain, in the order of the chains.
    by_chain: BTreeMap<ChainKey, usize>,
    spans: Vec<Span>,
    of_files: BTreeMap<FileId, Verdict>,
    findings: Vec<Finding>,
}

impl<'s, 'f> Judgement<'s, 'f> {
    fn new(seals: &'s Seals<'f>) -> Self {
        Judgement {
            seals,
            streams: Vec::new(),
            by_id: BTreeMap::new(),
            by_chain: BTreeMap::new(),
            spans: Vec::new(),
            of_files: BTreeMap::new(),
            findings: Vec::new(),
        }
    }

    fn stream(&mut self, id: String) -> usize {
        if let Some(&place) = self.by_id.get(&id) {
            return place;
        }
        let place = self.streams.len();
        self.by_id.insert(id.clone(), place);
        self.streams.push(Stream {
            id,
            records: 0,
            worst: None,
            sealed: false,
            broken: false,
            malformed: false,
            gap: false,
            vouched: false,
            untrusted: false,
            unkeyed: false,
            refuted: false,
            chain: None,
        });
        place
    }

    /// Judges each chain of digests.
    fn chains(&mut self) {
        let seals = self.seals;
        let mut alike: BTreeMap<(&str, &str), u32> = BTreeMap::new();
        for key in seals.chains.keys().filter(|key| !key.backfill) {
            *alike.entry((&key.account, &key.region)).or_default() += 1;
        }
        for (key, digests) in &seals.chains {
            let mut id = format!("cloudtrail/{}/{}", key.account, key.region);
            if alike
                .get(&(&key.account, &key.region))
                .is_some_and(|&count| count > 1)
            {
                let name = if key.trail.is_empty() {
                    &key.bucket
                } else {
                    &key.trail
                };
                id = format!("{id}/{name}");
                if self.by_id.contains_key(&id) {
                    id = format!("{id}/{}", key.bucket);
                }
            }
            if key.backfill {
                id.push_str("/backfill");
            }
            let stream = self.stream(id);
            self.by_chain.insert(key.clone(), stream);
            self.chain(stream, digests);
        }
        for damaged in &seals.damaged {
            let message = format!(
                "the digest is malformed, and what it sealed is unproven: {}",
                damaged.why
            );
            let mut finding = Finding::new(Code::SealInvalid, Some(Verdict::CONTRADICTED), message)
                .in_file(damaged.file.id);
            if let Some(chain) = chain_of_path(seals.chains.keys(), &damaged.file.path) {
                let stream = &mut self.streams[self.by_chain[chain]];
                stream.worst = Some(Verdict::CONTRADICTED);
                stream.broken = true;
                finding = finding.in_stream(&*stream.id);
            }
            self.findings.push(finding);
            self.of_files.insert(damaged.file.id, Verdict::CONTRADICTED);
        }
    }

    /// Judges one chain of digests, from the oldest.
    fn chain(&mut self, stream: usize, digests: &[usize]) {
        let seals = self.seals;
        let mut chain = Chain {
            covered: Vec::new(),
            lost: Vec::new(),
            places: BTreeSet::new(),
            forked: None,
            moved: BTreeMap::new(),
            tail: None,
            outside: None,
        };
        // Keys that are not known, not trusted or not valid: the first digest, and how many.
        let mut keys: BTreeMap<(Code, &str), (FileId, u64)> = BTreeMap::new();
        let mut before: Option<&Held<'f>> = None;
        for &i in digests {
            let held = &seals.held[i];
            self.seal(stream, held, &mut chain, &mut keys);
            if let Some(before) = before {
                self.step(stream, before, held, &mut chain);
            }
            chain
                .covered
                .push((held.seal.start, held.seal.end, held.worth.speaks()));
            if before.is_none_or(|before| before.seal.end <= held.seal.end) {
                before = Some(held);
            }
        }
        for ((here, signed), (file, count)) in &chain.moved {
            let finding = moved(here, signed, *count).in_file(*file);
            self.findings
                .push(finding.in_stream(&*self.streams[stream].id));
        }
        for ((code, fingerprint), (file, count)) in keys {
            let digests = match count {
                1 => "one digest".to_owned(),
                n => format!("{n} digests"),
            };
            let what = match code {
                Code::KeyUnknown => "is not at hand",
                Code::KeyUntrusted => "is only in a key list that came with the evidence",
                Code::KeyRevoked => "was revoked when it signed",
                _ => "was not valid when it signed",
            };
            let message =
                format!("the key {fingerprint}, which signed {digests} of this chain, {what}");
            let verdict = if code == Code::KeyUntrusted {
                Verdict::INTACT
            } else {
                Verdict::UNPROVEN
            };
            let finding = Finding::new(code, Some(verdict), message);
            self.findings
                .push(finding.in_file(file).in_stream(&*self.streams[stream].id));
        }
        let span = digests.first().zip(digests.last()).map(|(&first, &last)| {
            format!(
                "no digest ever seals a chain's end: this one is sealed from {} to {}, and digests \
                 after that could have been cut off unseen",
                seals.held[first].seal.start, seals.held[last].seal.end
            )
        });
        let finding = Finding::new(Code::EndUnknown, None, span.unwrap_or_default());
        self.findings
            .push(finding.in_stream(&*self.streams[stream].id));
        self.streams[stream].chain = Some(chain);
    }

    /// Notes what one digest is worth.
    fn seal<'k>(
        &mut self,
        stream: usize,
        held: &'k Held<'f>,
        chain: &mut Chain<'f>,
        keys: &mut BTreeMap<(Code, &'k str), (FileId, u64)>,
    ) {
        let first = held.files[0].id;
        let verdict = held.worth.of_seal();
        let state = &mut self.streams[stream];
        state.sealed = true;
        state.worst = Some(state.worst.map_or(verdict, |worst| worst.worse(verdict)));
        let mut about_key = |code| {
            keys.entry((code, &held.seal.fingerprint))
                .or_insert((first, 0))
                .1 += 1
        };
        match held.worth.proof.as_ref().map(|proof| &proof.by) {
            Some(By::Examiner(_)) => state.vouched = true,
            Some(By::Evidence) => {
                state.untrusted = true;
                about_key(Code::KeyUntrusted);
            }
            Some(By::Objection(code)) => {
                state.unkeyed = true;
                about_key(*code);
            }
            None => {}
        }
        for (code, file, message) in &held.worth.faults {
            match code {
                Code::KeyUnknown => {
                    state.unkeyed = true;
                    about_key(Code::KeyUnknown);
                    continue;
                }
                Code::StreamForked => {
                    chain.forked = Some(
                        chain
                            .forked
                            .map_or(held.seal.end, |end| end.min(held.seal.end)),
                    );
                }
                _ => {}
            }
            let refuted = !matches!(code, Code::AlgorithmRefused | Code::SignatureMissing);
            state.broken |= refuted;
            state.refuted |= *code == Code::SignatureInvalid;
            if message.is_empty() {
                continue;
            }
            let verdict = if refuted {
                Verdict::CONTRADICTED
            } else {
                Verdict::UNPROVEN
            };
            let finding = Finding::new(*code, Some(verdict), message.as_str());
            let file = file.unwrap_or(first);
            self.findings
                .push(finding.in_file(file).in_stream(&*state.id));
        }
        for file in &held.files {
            let known = self.of_files.entry(file.id).or_insert(verdict);
            *known = known.worse(verdict);
            chain.places.extend(place(&file.path, "CloudTrail-Digest"));
            if is_moved(&file.path, &held.seal.object) {
                let differs = apart(&file.path, &held.seal.object);
                chain.moved.entry(differs).or_insert((file.id, 0)).1 += 1;
            }
        }
    }

    /// Goes from one digest to the next of its chain.
    fn step(&mut self, stream: usize, before: &Held<'f>, held: &Held<'f>, chain: &mut Chain<'f>) {
        let (from, until) = (before.seal.end, held.seal.start);
        let state = &mut self.streams[stream];
        let first = held.files[0];
        match &held.seal.previous {
            None if before.seal.end <= held.seal.start => {
                state.gap = true;
                let message =
                    "the chain of digests begins again here: this one names none before it";
                let finding = Finding::new(Code::ChainRestarted, None, message);
                self.findings
                    .push(finding.in_file(first.id).in_stream(&*state.id));
                if from < until {
                    let finding = Finding::new(
                        Code::PeriodUncovered,
                        None,
                        format!("no digest covers the time from {from} to {until}"),
                    );
                    let finding = finding.in_stream(&*state.id).during(from, until);
                    self.findings.push(finding.in_file(first.id));
                }
            }
            Some(previous) if held.worth.speaks() && self.seals.named(previous).is_empty() => {
                chain.lost.push((from, until));
                if self.seals.is_damaged(&previous.object) {
                    return;
                }
                state.gap = true;
                state.broken = true;
                state.worst = Some(Verdict::CONTRADICTED);
                let message = "the digest after it names this one, and it is not in evidence: what \
                               it sealed is unproven";
                let finding = Finding::new(Code::SealMissing, Some(Verdict::CONTRADICTED), message)
                    .in_stream(&*state.id)
                    .at_path(beside(&first.path, &held.seal.object, &previous.object));
                self.findings.push(if from < until {
                    finding.during(from, until)
                } else {
                    finding
                });
            }
            _ if from < until => chain.lost.push((from, until)),
            _ => {}
        }
    }

    /// Gives each log its stream and its records their verdict.
    fn logs(&mut self, logs: &Logs<'f>) {
        for (file, known) in logs.files.iter().zip(&logs.known) {
            let (stream, verdict) = match known.listed_by {
                Some(digest) => {
                    let seal = &self.seals.held[digest].seal;
                    let stream = self.by_chain[&seal.chain];
                    let forked = self.streams[stream]
                        .chain
                        .as_ref()
                        .and_then(|chain| chain.forked);
                    let verdict = known.verdict.unwrap_or(Verdict::UNPROVEN);
                    let after = forked.is_some_and(|from| seal.end >= from);
                    (
                        stream,
                        if after {
                            Verdict::CONTRADICTED
                        } else {
                            verdict
                        },
                    )
                }
                None => (self.unlisted(file), Verdict::UNPROVEN),
            };
            let state = &mut self.streams[stream];
            state.records += file.records;
            state.worst = match file.records {
                0 => state.worst,
                _ => Some(state.worst.map_or(verdict, |worst| worst.worse(verdict))),
            };
            let findings = verify::malformed(file, |_| None);
            state.malformed |= !findings.is_empty();
            if !file.malformed.is_empty() {
                state.worst = state.worst.map(|worst| worst.worse(Verdict::UNPROVEN));
            }
            let id = state.id.clone();
            self.findings
                .extend(findings.into_iter().map(|finding| finding.in_stream(&*id)));
            self.span(file, stream, verdict);
            self.of_files.insert(file.id, verdict);
        }
        for (digest, finding) in &logs.findings {
            let held = &self.seals.held[*digest];
            let state = &mut self.streams[self.by_chain[&held.seal.chain]];
            if finding.verdict == Some(Verdict::CONTRADICTED) {
                state.broken = true;
            }
            if finding.code == Code::FileMissing {
                state.worst = Some(Verdict::CONTRADICTED);
                state.gap = true;
                for file in &held.files {
                    self.of_files.insert(file.id, Verdict::CONTRADICTED);
                }
            }
            self.findings.push(finding.clone().in_stream(&*state.id));
        }
        for stream in &mut self.streams {
            let Some(chain) = &mut stream.chain else {
                continue;
            };
            let newest = chain.covered.iter().map(|&(_, until, _)| until).max();
            if let (Some((file, count, latest)), Some(newest)) = (chain.tail, newest) {
                let message = format!(
                    "{} newer than the newest digest: not sealed yet",
                    some(count)
                );
                let finding = Finding::new(Code::TailUnsealed, Some(Verdict::UNPROVEN), message);
                let finding = finding.in_file(file).in_stream(&*stream.id);
                self.findings
                    .push(finding.during(newest, latest.max(newest)));
            }
            if let Some((file, count, from, until)) = chain.outside {
                let message = format!(
                    "{} of a time that no digest of the chain covers",
                    some(count)
                );
                let finding = Finding::new(Code::PeriodUncovered, None, message);
                let finding = finding.in_file(file).in_stream(&*stream.id);
                self.findings.push(finding.during(from, until));
            }
        }
    }

    /// The records of a log share its verdict, but for those that are malformed.
    fn span(&mut self, file: &FileFacts, stream: usize, verdict: Verdict) {
        let mut push = |first: u64, last: u64, verdict: Verdict| {
            self.spans.push(Span {
                file: file.id,
                first,
                last,
                verdict,
                stream,
            });
        };
        let mut next = 0;
        for malformed in &file.malformed {
            let at = malformed.ordinal;
            if at < next || at >= file.records {
                continue;
            }
            if at > next {
                push(next, at - 1, verdict);
            }
            push(at, at, verdict.worse(Verdict::UNPROVEN));
            next = at + 1;
        }
        if next < file.records {
            push(next, file.records - 1, verdict);
        }
    }

    /// The stream of a log that no digest lists, and what that means.
    fn unlisted(&mut self, file: &FileFacts) -> usize {
        let Some(name) = LogName::of(&file.path) else {
            return self.unsealed(format!("cloudtrail/{}", file.path));
        };
        let here = place(&file.path, "CloudTrail");
        let chain = self.by_chain.iter().find(|(key, stream)| {
            let places = self.streams[**stream]
                .chain
                .as_ref()
                .map(|chain| &chain.places);
            let near = places.is_none_or(|places| {
                places.is_empty() || here.is_none_or(|here| places.contains(here))
            });
            !key.backfill
                && (key.account.as_str(), key.region.as_str()) == (name.account, name.region)
                && near
        });
        let Some(stream) = chain.map(|(_, stream)| *stream) else {
            let mut id = format!("cloudtrail/{}/{}", name.account, name.region);
            if self
                .by_id
                .get(&id)
                .is_some_and(|&known| self.streams[known].chain.is_some())
            {
                id.push_str("/unsealed");
            }
            return self.unsealed(id);
        };
        let at = name.delivered;
        let state = &mut self.streams[stream];
        let Some(chain) = &mut state.chain else {
            return stream;
        };
        let inside = |&&(from, until, _): &&(Micros, Micros, bool)| from <= at && at < until;
        let newest = chain.covered.iter().map(|&(_, until, _)| until).max();
        if let Some(&(_, _, speaks)) = chain.covered.iter().find(inside) {
            if speaks {
                state.worst = Some(Verdict::CONTRADICTED);
                state.broken = true;
                let message = "a digest of its account, region and hour is here, and does not list \
                               it: it was put there";
                let finding =
                    Finding::new(Code::FileUnlisted, Some(Verdict::CONTRADICTED), message);
                self.findings
                    .push(finding.in_file(file.id).in_stream(&*state.id));
            }
        } else if newest.is_some_and(|newest| at >= newest) {
            let latest = file.latest.unwrap_or(at).max(at);
            let tail = chain.tail.get_or_insert((file.id, 0, latest));
            *tail = (tail.0, tail.1 + 1, tail.2.max(latest));
        } else if !chain
            .lost
            .iter()
            .any(|&(from, until)| from <= at && at < until)
        {
            let outside = chain.outside.get_or_insert((file.id, 0, at, at));
            *outside = (
                outside.0,
                outside.1 + 1,
                outside.2.min(at),
                outside.3.max(at),
            );
        }
        stream
    }

    /// A stream without a seal, which says so once.
    fn unsealed(&mut self, id: String) -> usize {
        if let Some(&known) = self.by_id.get(&id) {
            return known;
        }
        let message = "no digest seals these logs: nothing proves them, and a cut tail could not \
                       be seen";
        self.findings
            .push(Finding::new(Code::EndUnknown, None, message).in_stream(&*id));
        self.stream(id)
    }

    /// Files with a place in the format, whatever they hold.
    fn files(&mut self, files: &[&FileFacts], logs: &Logs<'f>) {
        for (file, known) in logs.files.iter().zip(&logs.known) {
            if known.altered {
                self.of_files.insert(file.id, Verdict::CONTRADICTED);
            }
        }
        for file in files {
            self.of_files.entry(file.id).or_insert(Verdict::UNPROVEN);
        }
    }

    fn finish(self) -> Outcome {
        let files = self.of_files.into_iter();
        let streams = self.streams.into_iter().map(Stream::outcome).collect();
        Outcome {
            spans: self.spans,
            files: files
                .map(|(file, verdict)| FileOutcome {
                    file,
                    verdict,
                    placed: true,
                })
                .collect(),
            streams,
            findings: self.findings,
        }
    }
}

fn some(logs: u64) -> String {
    if logs == 1 {
        "a log is".to_owned()
    } else {
        format!("{logs} logs are")
    }
}

impl Stream<'_> {
    fn outcome(self) -> StreamOutcome {
        let author = match () {
            () if !self.sealed => Author::None,
            () if self.vouched => Author::Trusted,
            () if self.untrusted => Author::Unknown,
            () if self.refuted => Author::Refuted,
            () => Author::Unchecked,
        };
        let integrity = match () {
            () if !self.sealed => Integrity::Unsealed,
            () if self.broken => Integrity::Broken,
            () => Integrity::Ok,
        };
        let forked = self
            .chain
            .as_ref()
            .is_some_and(|chain| chain.forked.is_some());
        let completeness = match () {
            () if !self.sealed => Completeness::Unknown,
            () if forked => Completeness::Forked,
            () if self.gap => Completeness::Gap,
            () => Completeness::Open,
        };
        StreamOutcome {
            id: self.id,
            format: Format::CloudTrail,
            records: self.records,
            seqs: None,
            verdict: self.worst.unwrap_or(Verdict::UNPROVEN),
            axes: Axes {
                form: if self.malformed {
                    Form::Malformed
                } else {
                    Form::Ok
                },
                integrity,
                author,
                completeness,
                time: Time::Asserted,
            },
        }
    }
}
