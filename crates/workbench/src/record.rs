//! One record: its bytes, what they say, and its proof.

use crate::api::{self, ProofStep, ProofView, RecordId, RecordView};
use crate::failure::{Failure, Result};
use crate::notes;
use crate::raise;
use crate::session::Session;
use crate::summary::{finding_view, word};
use crate::verify::read_case;
use evidence::batch::{self, ReadBatch};
use evidence::event::{Event, Field};
use evidence::formats::receipts::KeyRing;
use evidence::keys::Trust;
use evidence::verify::{self, Subject};
use evidence::{Batch, Code, Digest, FileFacts, FileId, Format, Kind, Limits};
use store::{CaseFile, Column, Reader, StoredFinding};

impl Session {
    /// The proof of a record, reckoned anew from the bytes in the case. That of one in a stream
    /// needs the whole stream, which is read once for all its records: [`Session::proving`] tells
    /// how far that is. Whoever asks for a record of another file meanwhile ends it, and it fails as
    /// stopped.
    pub fn proof(&self, id: RecordId) -> Result<ProofView> {
        let wanted = numbered(id)?;
        self.reading(|reader| {
            let row = reader.event(wanted)?;
            let file = reader.file(wanted.file)?;
            let bytes = reader.record(wanted)?;
            let trust = trusted(reader)?;
            let subject = Subject {
                file: wanted.file,
                kind: file.kind,
                ordinal: id.ordinal,
                offset: row.offset,
                stream: row.stream.as_deref(),
                bytes: &bytes,
            };
            let needed = |other: &CaseFile| {
                let receipts = file.kind.format() == Format::AgentReceipts
                    && other.kind.format() == Format::AgentReceipts;
                other.id == file.id || !other.kind.has_records() || receipts
            };
            // Before the reading: what changes meanwhile makes what was read worth nothing.
            let generation = reader.generation()?;
            let facts = self.facts_for(generation, file.id, |progress| {
                read_case(reader, &trust, &self.desk, progress, needed)
            })?;
            let facts: Vec<&FileFacts> = facts.iter().collect();
            let proof = verify::prove(&subject, &facts, &trust, reader, &self.desk.limits)?;
            Ok(ProofView {
                proof: proof.steps.into_iter().map(step).collect(),
                uncovered: proof.uncovered,
            })
        })
    }

    /// One record: its bytes, and what they say.
    pub fn record(&self, id: RecordId) -> Result<RecordView> {
        let wanted = numbered(id)?;
        self.reading(|reader| {
            let row = reader.event(wanted)?;
            let file = reader.file(wanted.file)?;
            let files = reader.files()?;
            let bytes = reader.record(wanted)?;
            let trust = trusted(reader)?;
            let stream = row.stream.as_deref().and_then(|id| {
                reader
                    .streams()
                    .ok()?
                    .into_iter()
                    .find(|stream| stream.id == id)
            });
            let own = reader.findings_of(wanted)?;
            let about = about_stream(&reader.findings()?, &row, wanted);
            let raw = String::from_utf8_lossy(&bytes);
            let read = reread(file.kind, &bytes, &trust, &self.desk.limits);
            Ok(RecordView {
                id,
                verdict: word(row.own),
                reason: reason(row.own, &own, &about),
                source: file.path.clone(),
                format: file.kind.format().as_str().to_owned(),
                import: file.import,
                stream: row.stream.as_deref().map(str::to_owned),
                seq: row.seq,
                offset: row.offset,
                length: row.length,
                sha256: Digest::of(&bytes).to_string(),
                utf8: std::str::from_utf8(&bytes).is_ok(),
                raw: raw.into_owned(),
                fields: fields(read.events.iter().next()),
                note: notes::view(reader.noted(reader.leader_of(wanted)?)?),
                event: event(reader, wanted)?,
                raise: raise::record_words(
                    row.own,
                    &all(&own, &about),
                    stream.as_ref().map(|stream| &stream.axes),
                    file.kind.format(),
                ),
                findings: own
                    .iter()
                    .chain(&about)
                    .map(|finding| finding_view(finding, &files))
                    .collect(),
            })
        })
    }

    fn record_sha256(&self, id: RecordId) -> Result<String> {
        let wanted = numbered(id)?;
        self.reading(|reader| {
            let bytes = reader.record(wanted)?;
            Ok(Digest::of(&bytes).to_string())
        })
    }

    /// The record that a text names: `E2:907` or `2:907` by file and ordinal, `E2:907:5c5f01aa` as
    /// reports cite it, `stream:seq` by the format's own number.
    pub fn find_record(&self, name: &str) -> Result<RecordId> {
        let unknown = || {
            Failure::request(
                "no-such-record",
                format!("No record is called {name}."),
                "Write E2:907 (source and ordinal), or STREAM:SEQ; `exhibit timeline` shows both.",
            )
        };
        if let Some((front, hash8)) = citation(name) {
            let id = self.find_record(front)?;
            return if self.record_sha256(id)?.starts_with(hash8) {
                Ok(id)
            } else {
                Err(Failure::request(
                    "other-record",
                    format!(
                        "{front} is there, but its SHA-256 does not begin with {hash8}: the citation is of other bytes."
                    ),
                    "Check that this is the case that the citation is from.",
                ))
            };
        }
        let (front, number) = name.rsplit_once(':').ok_or_else(unknown)?;
        let number: u64 = number.replace(',', "").parse().map_err(|_| unknown())?;
        self.reading(|reader| {
            let digits = front.strip_prefix(['E', 'e']).unwrap_or(front);
            if let Ok(file) = digits.parse::<u32>() {
                let id = RecordId {
                    file,
                    ordinal: number,
                };
                let ordinal = u32::try_from(number).map_err(|_| unknown())?;
                return match reader.event(store::RecordId {
                    file: FileId(file),
                    ordinal,
                }) {
                    Ok(_) => Ok(id),
                    Err(store::StoreError::Missing(_)) => Err(unknown()),
                    Err(other) => Err(other.into()),
                };
            }
            let found = reader.numbered(front, number)?.ok_or_else(unknown)?;
            Ok(RecordId {
                file: found.file.0,
                ordinal: found.ordinal.into(),
            })
        })
    }
}

/// A citation as reports have it, `E2:907:5c5f01aa`: what names the record, and the beginning of its
/// SHA-256.
fn citation(name: &str) -> Option<(&str, &str)> {
    let (front, hash8) = name.rsplit_once(':')?;
    let (source, ordinal) = front.split_once(':')?;
    let source = source.strip_prefix(['E', 'e'])?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    let is_hash = hash8.len() == 8
        && hash8
            .bytes()
            .all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'));
    (is_number(source) && is_number(ordinal) && is_hash).then_some((front, hash8))
}

/// All records of a record's event, the one that leads it first, where there are several.
fn event(reader: &Reader, record: store::RecordId) -> Result<Option<Vec<RecordId>>> {
    let leader = reader.leader_of(record)?;
    let parts = reader.parts_of(leader)?;
    let view = |record: store::RecordId| RecordId {
        file: record.file.0,
        ordinal: record.ordinal.into(),
    };
    let all = std::iter::once(leader).chain(parts.iter().copied());
    Ok((!parts.is_empty()).then(|| all.map(view).collect()))
}

pub(crate) fn no_such(id: RecordId) -> Failure {
    Failure::request(
        "no-such-record",
        format!("There is no record E{}:{}.", id.file, id.ordinal),
        "`exhibit timeline` shows those that there are.",
    )
}

/// Reads one record again, for its event.
pub(crate) fn reread(kind: Kind, bytes: &[u8], trust: &Trust, limits: &Limits) -> ReadBatch {
    let batch = Batch {
        bytes: bytes.to_vec(),
        records: vec![(0, bytes.len() as u32)],
        ..Batch::default()
    };
    batch::read(kind, &batch, &KeyRing::new(trust), limits)
}

/// Findings about the record's stream or file that are at no record of their own.
fn about_stream(
    all: &[StoredFinding],
    row: &store::TimelineRow,
    record: store::RecordId,
) -> Vec<StoredFinding> {
    let about = |finding: &StoredFinding| {
        let place = &finding.place;
        place.ordinal.is_none()
            && (place.file == Some(record.file)
                || (place.stream.is_some() && place.stream.as_deref() == row.stream.as_deref()))
    };
    all.iter()
        .filter(|finding| about(finding))
        .take(50)
        .cloned()
        .collect()
}

fn all(own: &[StoredFinding], about: &[StoredFinding]) -> Vec<StoredFinding> {
    own.iter().chain(about).cloned().collect()
}

/// Why the record has its verdict, in a sentence.
fn reason(verdict: evidence::Word, own: &[StoredFinding], about: &[StoredFinding]) -> String {
    if let Some(finding) = own.iter().find(|finding| finding.verdict == Some(verdict)) {
        return finding.message.clone();
    }
    let cause = about
        .iter()
        .find(|finding| finding.verdict == Some(verdict) && finding.code != Code::EndUnknown)
        .map(|finding| finding.message.clone());
    match verdict {
        evidence::Word::Verified => "A seal covers it, every check holds, and its key is one that you trust from outside the evidence.".into(),
        evidence::Word::Intact => "Every seal holds, and nobody outside the evidence vouches for the author. A rebuilt set with a key of its own would look the same.".into(),
        evidence::Word::Unproven => cause.unwrap_or_else(|| "Nothing shows it false, and nothing proves it: no seal covers it.".into()),
        evidence::Word::Contradicted => cause.unwrap_or_else(|| "A check refutes it.".into()),
        evidence::Word::Unchecked => "Not yet checked.".into(),
    }
}

/// Why a record has its verdict, in a sentence, and the codes of the findings at it. `all`: the
/// findings of the case.
pub(crate) fn why(
    reader: &Reader,
    row: &store::TimelineRow,
    record: store::RecordId,
    all: &[StoredFinding],
) -> Result<(String, Vec<String>)> {
    let own = reader.findings_of(record)?;
    let about = about_stream(all, row, record);
    let codes = own.iter().map(|finding| finding.code.as_str().to_owned());
    Ok((reason(row.own, &own, &about), codes.collect()))
}

const FIELDS: &[(Field, &str)] = &[
    (Field::TimeText, "time"),
    (Field::Type, "type"),
    (Field::NativeType, "native type"),
    (Field::Actor, "actor"),
    (Field::ActorKind, "actor kind"),
    (Field::Subject, "subject"),
    (Field::Credential, "credential"),
    (Field::Token, "token"),
    (Field::TokenParent, "token parent"),
    (Field::Secret, "secret"),
    (Field::Resource, "resource"),
    (Field::Tool, "tool"),
    (Field::Decision, "decision"),
    (Field::Outcome, "outcome"),
    (Field::SourceIp, "source ip"),
    (Field::Trace, "trace"),
    (Field::Scope, "scope"),
    (Field::Agent, "agent"),
    (Field::Environment, "environment"),
    (Field::Policy, "policy"),
    (Field::Approval, "approval"),
    (Field::NativeId, "native id"),
];

fn fields(event: Option<Event<'_>>) -> Vec<(String, String)> {
    let Some(event) = event else {
        return Vec::new();
    };
    FIELDS
        .iter()
        .filter_map(|(field, name)| Some(((*name).to_owned(), event.get(*field)?.to_owned())))
        .collect()
}

fn numbered(id: RecordId) -> Result<store::RecordId> {
    Ok(store::RecordId {
        file: FileId(id.file),
        ordinal: u32::try_from(id.ordinal).map_err(|_| no_such(id))?,
    })
}

fn trusted(reader: &Reader) -> Result<Trust> {
    let keys = reader.trust()?.into_iter().map(|stored| stored.key);
    Ok(Trust {
        keys: keys.collect(),
    })
}

fn step(step: verify::Step) -> ProofStep {
    ProofStep {
        name: step.name.into(),
        outcome: step.outcome.as_str().into(),
        text: step.text,
        value: step.value,
        extent: step.extent.map(|(file, offset, length)| api::Extent {
            file: file.0,
            offset,
            length,
        }),
    }
}

/// The texts of the contract's line for an event, by the name of the member.
pub(crate) const TEXTS: &[(&str, Column)] = &[
    ("type", Column::Type),
    ("actor", Column::Actor),
    ("subject", Column::Subject),
    ("credential", Column::Credential),
    ("token", Column::Token),
    ("secret", Column::Secret),
    ("resource", Column::Resource),
    ("tool", Column::Tool),
    ("decision", Column::Decision),
    ("outcome", Column::Outcome),
    ("source_ip", Column::SourceIp),
];

/// The members of the contract's line for an event: name and value, those that are there.
pub fn contract_members(row: &store::TimelineRow) -> Vec<(&'static str, serde_json::Value)> {
    let mut out: Vec<(&'static str, serde_json::Value)> = Vec::with_capacity(18);
    out.push((
        "event",
        format!("E{}:{}", row.record.file.0, row.record.ordinal).into(),
    ));
    if let Some(time) = row.time {
        out.push(("time", time.to_string().into()));
    }
    for (name, column) in TEXTS {
        if let Some(text) = row.get(*column) {
            out.push((name, text.into()));
        }
    }
    out.push(("verdict", row.verdict.as_str().into()));
    if let Some(stream) = &row.stream {
        out.push(("stream", stream.as_ref().into()));
    }
    if let Some(seq) = row.seq {
        out.push(("seq", seq.into()));
    }
    out.push(("source", row.path.as_ref().into()));
    out.push(("offset", row.offset.into()));
    if row.records > 1 {
        out.push(("records", row.records.into()));
    }
    out
}
