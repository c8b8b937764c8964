//! A checkpoint: read, and its signatures checked (*Seals*, 7 and 9).

use super::rotation::{Era, key_of};
use crate::keys::file::key_id;
use crate::keys::{Standing, Trust, Vouched, ed25519};
use crate::note::{Note, NoteSignature};
use crate::{Code, Digest, FileId, Micros};

/// A checkpoint file.
#[derive(Debug, Clone)]
pub(super) struct Checkpoint {
    pub file: FileId,
    pub path: String,
    pub origin: String,
    pub size: u64,
    pub root: Digest,
    note: Note,
}

/// What its signatures are worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Seal {
    /// Signed by a key that the examiner trusts for this stream.
    Vouched(Vouched, [u8; 32]),
    /// Signed by a key at hand that nobody vouches for.
    Known([u8; 32]),
    /// Nothing that counts, and why.
    Unproven(Code),
    /// A known key's signature does not hold: the checkpoint is void.
    Void,
}

impl Seal {
    /// Higher is worth more.
    pub fn rank(&self) -> u8 {
        match self {
            Seal::Vouched(..) => 3,
            Seal::Known(_) => 2,
            Seal::Unproven(_) => 1,
            Seal::Void => 0,
        }
    }
}

/// Why a file at a checkpoint's place is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Defect {
    pub code: Code,
    pub why: String,
}

/// Reads the checkpoint at `checkpoints/<name>/<size>`; `size` is `None` for one that lies anywhere
/// else.
pub(super) fn read(
    file: FileId,
    path: &str,
    named_size: Option<u64>,
    bytes: &[u8],
) -> Result<Checkpoint, Defect> {
    let invalid = |why: String| Defect {
        code: Code::SealInvalid,
        why,
    };
    let note = match Note::parse(bytes) {
        Ok(note) => note,
        Err(error) => {
            let code = if is_unsigned(bytes) {
                Code::SignatureMissing
            } else {
                Code::SealInvalid
            };
            return Err(Defect {
                code,
                why: error.to_string(),
            });
        }
    };
    let checkpoint = note
        .checkpoint()
        .map_err(|error| invalid(error.to_string()))?;
    if let Some(named) = named_size.filter(|named| *named != checkpoint.size) {
        return Err(invalid(format!(
            "its name says {named} records, its text {}",
            checkpoint.size
        )));
    }
    Ok(Checkpoint {
        file,
        path: path.to_owned(),
        origin: checkpoint.origin,
        size: checkpoint.size,
        root: checkpoint.root,
        note,
    })
}

/// Whether it is a checkpoint's text with no signature under it.
fn is_unsigned(bytes: &[u8]) -> bool {
    let text = bytes
        .strip_suffix(b"\n\n")
        .map_or(bytes, |text| &bytes[..text.len() + 1]);
    let signed = [text, "\n\u{2014} any AAAAAAA=\n".as_bytes()].concat();
    Note::parse(&signed).is_ok_and(|note| note.checkpoint().is_ok())
}

impl Checkpoint {
    /// Checks its signatures. `at`: the time of the last record that it covers.
    pub fn seal(&self, era: &Era, trust: &Trust, at: Option<Micros>) -> Seal {
        let text = self.note.text.as_bytes();
        let mut best = Seal::Unproven(Code::KeyUnknown);
        for line in &self.note.signatures {
            let found = match self.worth(line, text, era, trust, at) {
                Some(Seal::Void) => return Seal::Void,
                Some(found) => found,
                None => continue,
            };
            // Among reasons why nothing counts, a known key's is worth more than "unknown".
            if found.rank() > best.rank() || best == Seal::Unproven(Code::KeyUnknown) {
                best = found;
            }
        }
        best
    }

    /// What one signature line is worth; `None` for a key that is not known.
    fn worth(
        &self,
        line: &NoteSignature,
        text: &[u8],
        era: &Era,
        trust: &Trust,
        at: Option<Micros>,
    ) -> Option<Seal> {
        let by = |key: &[u8; 32]| key_id(&line.name, key) == line.key_id;
        let signature = line.ed25519();
        if let Some(trusted) = era
            .trusted
            .iter()
            .find(|trusted| key_of(trusted).is_some_and(|key| by(&key)))
        {
            let key = key_of(trusted)?;
            let Some(signature) = signature else {
                return Some(Seal::Void);
            };
            return Some(match trusted.check_ed25519(text, &signature, at) {
                Standing::Vouched(vouched) => Seal::Vouched(vouched, key),
                Standing::Objection(code) => Seal::Unproven(code),
                Standing::Failed(ed25519::Check::Weak) => Seal::Unproven(Code::SignatureWeak),
                Standing::Failed(_) => Seal::Void,
            });
        }
        if era.retired.iter().any(by) {
            return Some(Seal::Unproven(Code::SignatureMissing));
        }
        if era.refused.as_ref().is_some_and(|refused| by(&refused.key)) {
            return Some(Seal::Unproven(Code::EndorsementInvalid));
        }
        // A key that the evidence names, and one that is trusted for another stream: for this
        // stream nobody vouches for either.
        let named = era.named.as_ref().map(|named| named.key).filter(by);
        let key = named.or_else(|| trust.ed25519().map(|(_, key)| *key).find(by))?;
        let Some(signature) = signature else {
            return Some(Seal::Void);
        };
        Some(match ed25519::verify(&key, text, &signature) {
            ed25519::Check::Valid => Seal::Known(key),
            ed25519::Check::Weak => Seal::Unproven(Code::SignatureWeak),
            ed25519::Check::Invalid => Seal::Void,
        })
    }
}
