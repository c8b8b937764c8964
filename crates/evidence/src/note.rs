//! C2SP signed notes (v1.0.0) and tlog checkpoints (v1.0.0).

use crate::Digest;

/// A signed note, not yet verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The signed text, its last LF included.
    pub text: String,
    /// The signature lines in order.
    pub signatures: Vec<NoteSignature>,
}

/// A signature line of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// The key's name.
    pub name: String,
    /// The key's id.
    pub key_id: [u8; 4],
    /// What follows the key id: 64 bytes for an Ed25519 note signature.
    pub signature: Vec<u8>,
}

/// A checkpoint: what a note's text says of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's origin: a stream's id.
    pub origin: String,
    /// How many leaves.
    pub size: u64,
    /// The root over them.
    pub root: Digest,
    /// Extension lines.
    pub extensions: Vec<String>,
}

/// Why a file is no note or no checkpoint, in plain words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoteError(pub String);

impl Note {
    /// Reads a note.
    pub fn parse(bytes: &[u8]) -> Result<Note, NoteError> {
        let _ = bytes;
        todo!()
    }
    /// Reads the note's text as a checkpoint.
    pub fn checkpoint(&self) -> Result<Checkpoint, NoteError> {
        todo!()
    }
}
