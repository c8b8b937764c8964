//! Keys that came with the evidence. They vouch for nobody; a fingerprint that the examiner brings
//! from elsewhere is held against them.

use crate::failure::Result;
use crate::session::Session;
use evidence::Digest;
use evidence::keys::{KeyMaterial, TrustedKey, did_key, file};
use evidence::{FileId, Kind};
use std::collections::HashSet;
use std::io::Read as _;
use store::Reader;

/// How a `did:key` begins where it stands in a record.
const DID: &[u8] = b"did:key:z";
/// No Ed25519 `did:key` is longer, its fragment left out.
const DID_LENGTH: usize = 80;
/// No key file of evidence is looked at beyond this length.
const MOST_BYTES: u64 = 1 << 20;
/// Beyond this many keys no more are gathered: no honest export has as many.
const MOST_KEYS: usize = 10_000;
/// With so many groups wrong a fingerprint is another's, not a slip.
const SLIPS: usize = 2;

/// What a typed fingerprint is, among the keys that came with the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// The whole fingerprint of this one.
    Is(Box<TrustedKey>),
    /// That of one of them but for these groups of two bytes, from 1.
    Near(Vec<u32>),
    /// That of none of so many.
    Nothing(u64),
}

impl Session {
    /// Holds a whole fingerprint, as the examiner typed it, against the keys that came with the
    /// evidence. Nothing of theirs is told unless it is the fingerprint of one of them.
    pub fn typed_fingerprint(&self, typed: &[u8; 32]) -> Result<Typed> {
        self.reading(|reader| Ok(held_against(typed, &all(reader)?)))
    }
}

fn held_against(typed: &[u8; 32], keys: &[TrustedKey]) -> Typed {
    let mut near = None;
    for key in keys {
        let own = fingerprint(key);
        let wrong: Vec<u32> = (1..)
            .zip(typed.chunks(2).zip(own.chunks(2)))
            .filter(|(_, (one, other))| one != other)
            .map(|(group, _)| group)
            .collect();
        if wrong.is_empty() {
            return Typed::Is(Box::new(key.clone()));
        }
        if wrong.len() <= SLIPS {
            near = Some(wrong);
        }
    }
    match near {
        Some(groups) => Typed::Near(groups),
        None => Typed::Nothing(keys.len() as u64),
    }
}

/// SHA-256 of the raw key, or of an RSA key's DER.
fn fingerprint(key: &TrustedKey) -> [u8; 32] {
    match &key.key {
        KeyMaterial::Ed25519(raw) => Digest::of(raw).0,
        KeyMaterial::Rsa { key, .. } => Digest::of(key.der()).0,
    }
}

/// All keys that came with the evidence: those that receipts name themselves by, and those of key
/// files among the evidence. In the order in which they are met, each once.
pub(crate) fn all(reader: &Reader) -> Result<Vec<TrustedKey>> {
    let mut keys = Vec::new();
    let mut seen = HashSet::new();
    for of in reader.files()?.into_iter().filter(|file| file.ended) {
        let found = match of.kind {
            Kind::Receipts | Kind::ReceiptsDatabase => named(reader, of.id, &mut seen)?,
            Kind::CloudTrailKeys | Kind::Unknown if of.bytes <= MOST_BYTES => {
                let mut bytes = Vec::new();
                reader
                    .file_bytes(of.id)?
                    .take(MOST_BYTES)
                    .read_to_end(&mut bytes)
                    .map_err(|error| store::StoreError::Damaged(error.to_string()))?;
                file::read(&bytes).unwrap_or_default()
            }
            _ => Vec::new(),
        };
        for key in found {
            if keys.len() < MOST_KEYS && !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    Ok(keys)
}

/// The `did:key`s in a file's bytes that were not seen before.
fn named(reader: &Reader, id: FileId, seen: &mut HashSet<[u8; 32]>) -> Result<Vec<TrustedKey>> {
    let mut out = Vec::new();
    for batch in reader.batches(id)? {
        for key in dids(&batch?.bytes) {
            if seen.len() < MOST_KEYS && seen.insert(key) {
                out.push(TrustedKey::bare(KeyMaterial::Ed25519(key)));
            }
        }
    }
    Ok(out)
}

fn dids(bytes: &[u8]) -> Vec<[u8; 32]> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while let Some(at) = rest.windows(DID.len()).position(|part| part == DID) {
        let from = &rest[at..];
        let end = from
            .iter()
            .enumerate()
            .skip(DID.len())
            .take(DID_LENGTH)
            .find(|(_, byte)| !byte.is_ascii_alphanumeric())
            .map_or(from.len().min(DID_LENGTH), |(end, _)| end);
        if let Some(key) = std::str::from_utf8(&from[..end]).ok().and_then(did_key)
            && out.last() != Some(&key)
        {
            out.push(key);
        }
        rest = &from[end.max(1)..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> TrustedKey {
        TrustedKey::bare(KeyMaterial::Ed25519([byte; 32]))
    }

    #[test]
    fn a_whole_fingerprint_finds_its_key() {
        // printf '\x01%.0s' {1..32} | sha256sum
        let hex = "72cd6e8422c407fb6d098690f1130b7ded7ec2f7f5e1d30bd9d521f015363793";
        let mut typed = [0; 32];
        for (at, byte) in typed.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&hex[at * 2..at * 2 + 2], 16).unwrap();
        }
        let keys = [key(2), key(1)];
        assert_eq!(held_against(&typed, &keys), Typed::Is(Box::new(key(1))));
        typed[19] ^= 1;
        assert_eq!(held_against(&typed, &keys), Typed::Near(vec![10]));
        typed[0] ^= 1;
        typed[31] ^= 1;
        assert_eq!(held_against(&typed, &keys), Typed::Nothing(2));
    }

    #[test]
    fn keys_are_found_where_receipts_name_them() {
        // The first vector of the did:key method's Ed25519 section.
        let did = "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp";
        let line = format!(
            "{{\"issuer\":\"{did}\",\"proof\":{{\"verificationMethod\":\"{did}#x\"}}}}did:key:z6"
        );
        let found = dids(line.as_bytes());
        assert_eq!(found.len(), 1);
        assert_eq!(Some(found[0]), did_key(did));
        assert_eq!(dids(b"did:key:z"), Vec::<[u8; 32]>::new());
    }
}
