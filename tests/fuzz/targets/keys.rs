//! What an examiner or a bundle brings of keys and seals: refused or read, never a panic.
#![no_main]

use evidence::{dsse::Envelope, keys, note::Note};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = keys::file::read(bytes);
    if let Ok(note) = Note::parse(bytes) {
        let _ = note.checkpoint();
    }
    if let Ok(envelope) = Envelope::parse(bytes) {
        let _ = envelope.signed_bytes();
    }
});
