//! The proof of one record as files that travel without their bundle: a C2SP tlog-proof
//! (<https://c2sp.org/tlog-proof>, v1) over the record's line, and the lines that say which keys
//! seal its stream. The log's entry is the 32-byte SHA-256 of the line (*Seals*, 6).

use super::checkpoint::{self, Seal};
use super::line::Role;
use super::proof::signature;
use super::rotation;
use super::runs::Mark;
use super::stream;
use super::tree::leaf;
use crate::batch::SealPart;
use crate::event::Events;
use crate::keys::Trust;
use crate::merkle::inclusion_holds;
use crate::verify::{Step, StepOutcome};
use crate::{Digest, FileFacts, FileId, Limits, Lookup, LookupError, Micros, Reading, Verdict};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const HEADER: &str = "c2sp.org/tlog-proof@v1\n";
/// No path is longer: a log has fewer than 2^63 entries.
const MOST_HASHES: usize = 63;

/// An inclusion proof and the checkpoint that it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof {
    /// The record's number in the log, from 0.
    pub index: u64,
    /// The siblings, from the leaf up.
    pub path: Vec<Digest>,
    /// The checkpoint, a signed note, as it lies in the bundle.
    pub checkpoint: Vec<u8>,
}

/// Why bytes are no tlog-proof, in plain words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TlogProofError(pub &'static str);

impl TlogProof {
    /// The file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut text = format!("{HEADER}index {}\n", self.index);
        for hash in &self.path {
            text.push_str(&STANDARD.encode(hash.0));
            text.push('\n');
        }
        text.push('\n');
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(&self.checkpoint);
        bytes
    }

    /// Reads a file. A line `extra` is allowed and, being unauthenticated, not looked at.
    pub fn parse(bytes: &[u8]) -> Result<TlogProof, TlogProofError> {
        let refused = TlogProofError;
        let rest = bytes
            .strip_prefix(HEADER.as_bytes())
            .ok_or(refused("it does not begin with c2sp.org/tlog-proof@v1"))?;
        let divide = rest
            .windows(2)
            .position(|pair| pair == b"\n\n")
            .ok_or(refused("no empty line stands before its checkpoint"))?;
        let head = std::str::from_utf8(&rest[..divide])
            .map_err(|_| refused("its first part is not text"))?;
        let mut lines = head.split('\n').peekable();
        lines.next_if(|line| line.starts_with("extra "));
        let index = lines
            .next()
            .and_then(|line| line.strip_prefix("index "))
            .filter(|text| text.bytes().all(|c| c.is_ascii_digit()))
            .filter(|text| *text == "0" || !text.starts_with('0'))
            .and_then(|text| text.parse().ok())
            .ok_or(refused("it has no index"))?;
        let mut path = Vec::new();
        for line in lines {
            let hash: [u8; 32] = STANDARD
                .decode(line)
                .ok()
                .and_then(|hash| hash.try_into().ok())
                .ok_or(refused("a hash of its path is not 32 bytes in base64"))?;
            path.push(Digest(hash));
            if path.len() > MOST_HASHES {
                return Err(refused("its path is longer than any log is high"));
            }
        }
        Ok(TlogProof {
            index,
            path,
            checkpoint: rest[divide + 2..].to_vec(),
        })
    }
}

/// What proves one record without its bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lone {
    /// Its proof.
    pub proof: TlogProof,
    /// The digest that the log holds in its place: another than its own where it was altered.
    pub sealed: Digest,
    /// The ordinal of the last record that the checkpoint covers, whose time is the checkpoint's,
    /// and its proof; absent where that line is not the sealed one.
    pub last: Option<(u64, TlogProof)>,
}

/// What proves some records of one stream file without their bundle.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Alone {
    /// For each ordinal asked for; `None` where no checkpoint that holds covers it.
    pub records: Vec<Option<Lone>>,
    /// The ordinals of the lines that say which keys seal the stream: its opening and its
    /// rotations.
    pub marks: Vec<u64>,
}

/// What proves the records with these ordinals of a stream file. `files` as for
/// [`crate::verify::prove`].
pub fn alone(
    file: FileId,
    ordinals: &[u64],
    files: &[&FileFacts],
    trust: &Trust,
    lookup: &dyn Lookup,
    limits: &Limits,
) -> Result<Alone, LookupError> {
    match super::judge::exhibits_of(file, files, trust, lookup, limits)? {
        Some(exhibits) => stream::alone(&exhibits, ordinals),
        None => Ok(Alone {
            records: vec![None; ordinals.len()],
            marks: Vec::new(),
        }),
    }
}

/// A record, and what proves it without its bundle.
#[derive(Debug, Clone, Copy)]
pub struct Packet<'a> {
    /// The record's line.
    pub line: &'a [u8],
    /// Its proof.
    pub proof: &'a TlogProof,
    /// The digest that is said to be sealed in its place, where that is not its own.
    pub sealed: Option<Digest>,
    /// The opening and the rotations of its stream.
    pub marks: &'a [&'a [u8]],
    /// The last record that the checkpoint covers, and its proof.
    pub last: Option<(&'a [u8], &'a TlogProof)>,
}

/// What a record is by its packet alone: nothing else of its stream is known here. A line whose
/// digest is not the sealed one is contradicted where the sealed one is proven.
pub fn judge_alone(packet: &Packet<'_>, trust: &Trust, limits: &Limits) -> (Verdict, Vec<Step>) {
    let own = Digest::of(packet.line);
    let mut steps = vec![Step::new("digest", StepOutcome::Info, "SHA-256 of the line").value(own)];
    let verdict = weigh(packet, own, trust, limits, &mut steps);
    (verdict, steps)
}

/// What stays provable of a record whose bytes are held back, given its SHA-256: its place. The leaf
/// is reckoned from the digest alone, so the path and the seal are checked as ever; what the record
/// says is shown by nobody, and it is never better than unproven.
pub fn place_alone(
    digest: Digest,
    seq: Option<u64>,
    packet: &Packet<'_>,
    trust: &Trust,
    limits: &Limits,
) -> (Verdict, Vec<Step>) {
    let text =
        "SHA-256 of the line, which is held back: that it is this one cannot be reckoned here";
    let mut steps = vec![Step::new("digest", StepOutcome::Info, text).value(digest)];
    if seq != Some(packet.proof.index) {
        let text = "the proof is of another place than the one that is named";
        steps.push(Step::new("place", StepOutcome::Fails, text));
        return (Verdict::UNPROVEN, steps);
    }
    let sealed = packet.sealed.unwrap_or(digest);
    let checkpoint = match read_checkpoint(packet, &mut steps) {
        Some(checkpoint) => checkpoint,
        None => return (Verdict::UNPROVEN, steps),
    };
    let Some(seal) = climb(packet, sealed, &checkpoint, trust, limits, &mut steps) else {
        return (Verdict::UNPROVEN, steps);
    };
    let place = format!("number {} of {}", packet.proof.index, checkpoint.origin);
    let (outcome, text) = match seal {
        _ if sealed != digest => (
            StepOutcome::Missing,
            format!("the log holds another digest at {place}, {sealed}"),
        ),
        Verdict::UNPROVEN => (
            StepOutcome::Missing,
            format!("no signature that counts says that it stands at {place}"),
        ),
        _ => (
            StepOutcome::Holds,
            format!("a record with this SHA-256 was sealed as {place}; what it says is not shown"),
        ),
    };
    steps.push(Step::new("place", outcome, text));
    (Verdict::UNPROVEN, steps)
}

fn read_checkpoint(packet: &Packet<'_>, steps: &mut Vec<Step>) -> Option<checkpoint::Checkpoint> {
    match checkpoint::read(FileId(0), "the checkpoint", None, &packet.proof.checkpoint) {
        Ok(checkpoint) => Some(checkpoint),
        Err(defect) => {
            let text = format!("the checkpoint cannot be read: {}", defect.why);
            steps.push(Step::new("root", StepOutcome::Fails, text));
            None
        }
    }
}

/// From a sealed digest up to the root, and to who signed it: what that proves of the digest. `None`
/// where the path does not lead there.
fn climb(
    packet: &Packet<'_>,
    sealed: Digest,
    sealed_by: &checkpoint::Checkpoint,
    trust: &Trust,
    limits: &Limits,
    steps: &mut Vec<Step>,
) -> Option<Verdict> {
    let (stream, size, root) = (&sealed_by.origin, sealed_by.size, sealed_by.root);
    let text = "SHA-256 of 0x00 and the sealed digest";
    steps.push(Step::new("leaf", StepOutcome::Info, text).value(leaf(&sealed)));
    let (index, path) = (packet.proof.index, &packet.proof.path);
    if !inclusion_holds(&leaf(&sealed), index, size, path, &root) {
        let text = format!(
            "the path does not lead to the root that the checkpoint over {size} records signs"
        );
        steps.push(Step::new("root", StepOutcome::Fails, text));
        return None;
    }
    let text = format!(
        "{} siblings lead to the root that the checkpoint over {size} records signs",
        path.len()
    );
    steps.push(Step::new("root", StepOutcome::Holds, text).value(root));

    let marks: Vec<Mark> = packet
        .marks
        .iter()
        .filter_map(|line| mark(line, stream, limits))
        .collect();
    let mut placed: Vec<(u64, &Mark)> = marks
        .iter()
        .filter_map(|mark| Some((mark.seq?, mark)))
        .collect();
    placed.sort_by_key(|(seq, _)| *seq);
    let succession = rotation::follow(stream, placed.into_iter(), trust);
    let at = packet
        .last
        .and_then(|(last, proof)| last_time(last, proof, sealed_by, limits));
    let seal = sealed_by.seal(succession.era(size), trust, at);
    signature(steps, trust, &sealed_by.path, &seal);
    Some(match &seal {
        Seal::Vouched(vouched, _) => Verdict::verified_by(vouched),
        Seal::Known(_) => Verdict::INTACT,
        Seal::Unproven(_) | Seal::Void => Verdict::UNPROVEN,
    })
}

fn weigh(
    packet: &Packet<'_>,
    own: Digest,
    trust: &Trust,
    limits: &Limits,
    steps: &mut Vec<Step>,
) -> Verdict {
    let fail = |steps: &mut Vec<Step>, name, text: String| {
        steps.push(Step::new(name, StepOutcome::Fails, text));
        Verdict::UNPROVEN
    };
    let Some(sealed_by) = read_checkpoint(packet, steps) else {
        return Verdict::UNPROVEN;
    };
    let (stream, index) = (&sealed_by.origin, packet.proof.index);
    let reading = read(packet.line, limits);
    let SealPart::Line(line) = &reading.seal else {
        return fail(
            steps,
            "place",
            "the record cannot be read as a line of a stream".into(),
        );
    };
    if line.stream.as_deref() != Some(stream) || line.seq != Some(index) {
        let text = "the line does not say that it stands at this place of this stream";
        return fail(steps, "place", text.into());
    }
    let sealed = packet.sealed.unwrap_or(own);
    let Some(proven) = climb(packet, sealed, &sealed_by, trust, limits, steps) else {
        return Verdict::UNPROVEN;
    };
    if sealed != own {
        let text =
            "these bytes are not the sealed ones: the log holds another digest in this place";
        steps.push(Step::new("digest", StepOutcome::Fails, text).value(sealed));
        return if proven == Verdict::UNPROVEN {
            proven
        } else {
            Verdict::CONTRADICTED
        };
    }
    if let Some(why) = &reading.malformed {
        let text = format!(
            "the record is not what its format allows, and two readers may read it differently: {why}"
        );
        return fail(steps, "form", text);
    }
    proven
}

fn read(line: &[u8], limits: &Limits) -> Reading {
    super::read(line, limits, &mut Events::default())
}

fn mark(bytes: &[u8], stream: &str, limits: &Limits) -> Option<Mark> {
    match read(bytes, limits) {
        Reading {
            malformed: None,
            seal: SealPart::Line(line),
            ..
        } if line.stream.as_deref() == Some(stream) => {
            let speaks = matches!(line.role, Role::Open { .. } | Role::Rotate { .. });
            speaks.then_some(Mark {
                ordinal: 0,
                offset: 0,
                length: bytes.len() as u64,
                seq: line.seq,
                prev: line.prev,
                time: line.time,
                role: line.role,
            })
        }
        _ => None,
    }
}

/// The time of the last record that a checkpoint covers, where that is shown.
fn last_time(
    line: &[u8],
    proof: &TlogProof,
    sealed_by: &checkpoint::Checkpoint,
    limits: &Limits,
) -> Option<Micros> {
    let leaf = leaf(&Digest::of(line));
    let is_last = proof.index.checked_add(1) == Some(sealed_by.size)
        && inclusion_holds(
            &leaf,
            proof.index,
            sealed_by.size,
            &proof.path,
            &sealed_by.root,
        );
    match read(line, limits).seal {
        SealPart::Line(line) if is_last => line.time,
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's text form, with hashes of its own.
    #[test]
    fn the_text_form_is_that_of_the_specification() {
        let proof = TlogProof {
            index: 5,
            path: vec![Digest([0; 32]), Digest([255; 32])],
            checkpoint: b"example.com/log\n6\n".to_vec(),
        };
        let text = "c2sp.org/tlog-proof@v1\nindex 5\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n//////////////////////////////////////////8=\n\nexample.com/log\n6\n";
        assert_eq!(String::from_utf8(proof.to_bytes()).unwrap(), text);
        assert_eq!(TlogProof::parse(text.as_bytes()), Ok(proof));
    }

    #[test]
    fn an_extra_line_is_passed_over_and_a_wrong_one_refused() {
        let parse = |text: &str| TlogProof::parse(text.as_bytes());
        let read = parse("c2sp.org/tlog-proof@v1\nextra AAAA\nindex 0\n\nx\n").unwrap();
        assert_eq!((read.index, read.path.len()), (0, 0));
        for (text, why) in [
            ("", "it does not begin with c2sp.org/tlog-proof@v1"),
            (
                "c2sp.org/tlog-proof@v1\nindex 0\n",
                "no empty line stands before its checkpoint",
            ),
            ("c2sp.org/tlog-proof@v1\nindex 01\n\nx", "it has no index"),
            ("c2sp.org/tlog-proof@v1\nindex +1\n\nx", "it has no index"),
            (
                "c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\nx",
                "a hash of its path is not 32 bytes in base64",
            ),
        ] {
            assert_eq!(parse(text), Err(TlogProofError(why)), "{text:?}");
        }
    }
}
