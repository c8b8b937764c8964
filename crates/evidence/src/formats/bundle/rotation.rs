//! Which keys may seal a stream, from which record on (*Seals*, 10; *Keys*).

use super::line::{Prev, Role};
use super::runs::Mark;
use crate::Code;
use crate::keys::file::Vkey;
use crate::keys::{KeyMaterial, Standing, Trust, TrustedKey, Vouched, ed25519};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The keys in force for checkpoints of some sizes.
#[derive(Debug, Clone, Default)]
pub(super) struct Era {
    /// Checkpoints over more records than this are signed by these keys.
    pub after: u64,
    /// Keys that the examiner trusts for this stream, themselves or by succession.
    pub trusted: Vec<TrustedKey>,
    /// The key that the evidence itself names.
    pub named: Option<Vkey>,
    /// Keys that were rotated out before.
    pub retired: Vec<[u8; 32]>,
    /// A next key that no valid endorsement speaks for.
    pub refused: Option<Vkey>,
}

/// The eras of a stream, and what is wrong with its rotations.
#[derive(Debug, Default)]
pub(super) struct Succession {
    pub eras: Vec<Era>,
    /// The rotation records whose endorsement does not hold, with why.
    pub invalid: Vec<(Mark, String)>,
}

impl Succession {
    /// The keys in force for a checkpoint of that size.
    pub fn era(&self, size: u64) -> &Era {
        let at = self.eras.partition_point(|era| era.after < size);
        &self.eras[at.saturating_sub(1)]
    }
}

/// Follows a stream's keys through its `stream.open` and `key.rotate` records, given in the order
/// of their numbers. The first era has `after` 0: a checkpoint over no record at all is signed by
/// the first key too.
pub(super) fn follow<'a>(
    stream: &str,
    marks: impl Iterator<Item = (u64, &'a Mark)>,
    trust: &Trust,
) -> Succession {
    let mut era = Era {
        trusted: trust
            .for_stream(stream)
            .map(|(trusted, _)| trusted.clone())
            .collect(),
        ..Era::default()
    };
    let mut out = Succession::default();
    for (seq, mark) in marks {
        match &mark.role {
            Role::Open {
                signer: Some(signer),
                ..
            } if seq == 0 => era.named = Vkey::parse(signer).ok(),
            Role::Rotate { next, endorsement } => match rotate(
                stream,
                seq,
                mark,
                next.as_deref(),
                endorsement.as_deref(),
                &era,
                trust,
            ) {
                Ok(next_era) => {
                    out.eras.push(std::mem::replace(&mut era, next_era));
                }
                Err((refused, why)) => {
                    out.invalid.push((mark.clone(), why));
                    let next_era = Era {
                        after: seq,
                        refused,
                        ..era.clone()
                    };
                    out.eras.push(std::mem::replace(&mut era, next_era));
                }
            },
            _ => {}
        }
    }
    out.eras.push(era);
    out
}

fn rotate(
    stream: &str,
    seq: u64,
    mark: &Mark,
    next: Option<&str>,
    endorsement: Option<&str>,
    era: &Era,
    trust: &Trust,
) -> Result<Era, (Option<Vkey>, String)> {
    let next_text = next.ok_or((None, "the rotation names no next key".to_owned()))?;
    let next = Vkey::parse(next_text)
        .map_err(|why| (None, format!("the next key cannot be read: {why}")))?;
    let fail = |why: &str| (Some(next.clone()), why.to_owned());
    let endorsement = endorsement.ok_or_else(|| fail("the rotation has no endorsement"))?;
    let signature: [u8; 64] = STANDARD
        .decode(endorsement)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| fail("the endorsement is not the base64 of 64 bytes"))?;
    let prev = match mark.prev {
        Prev::Digest(digest) => digest.to_string(),
        Prev::Null | Prev::Unreadable => return Err(fail("the rotation names no predecessor")),
    };
    let text = format!("nhi-audit-bundle/v1 rotate\n{stream}\n{seq}\n{prev}\n{next_text}\n");
    let text = text.as_bytes();

    let mut objection = None;
    for old in &era.trusted {
        match old.check_ed25519(text, &signature, mark.time) {
            Standing::Vouched(vouched) => {
                return Ok(succeed(
                    stream,
                    seq,
                    era,
                    key_of(old),
                    Some(&vouched),
                    next,
                    trust,
                ));
            }
            Standing::Objection(code) => objection = Some((key_of(old), code)),
            Standing::Failed(_) => {}
        }
    }
    let named = era.named.as_ref().map(|named| named.key);
    let endorsed_by_named =
        named.is_some_and(|key| ed25519::verify(&key, text, &signature) == ed25519::Check::Valid);
    if let Some(old) = named.filter(|_| endorsed_by_named) {
        return Ok(succeed(stream, seq, era, Some(old), None, next, trust));
    }
    match objection {
        // It holds, but was made when the old key no longer counted: it makes nothing trusted.
        Some((old, Code::KeyExpired | Code::KeyRevoked)) => {
            Ok(succeed(stream, seq, era, old, None, next, trust))
        }
        _ if named.is_none() && era.trusted.is_empty() => {
            // No old key at hand: nothing speaks for the next one, and nothing against it.
            Ok(succeed(stream, seq, era, None, None, next, trust))
        }
        _ => Err(fail(
            "the endorsement does not verify under the key in force",
        )),
    }
}

/// The era after a rotation. Without `vouched` the next key is one that came with the evidence,
/// unless the examiner trusts it for this stream anyway.
fn succeed(
    stream: &str,
    seq: u64,
    era: &Era,
    old: Option<[u8; 32]>,
    vouched: Option<&Vouched>,
    next: Vkey,
    trust: &Trust,
) -> Era {
    let mut retired = era.retired.clone();
    retired.extend(old);
    retired.retain(|key| *key != next.key);
    let mut trusted: Vec<TrustedKey> = trust
        .for_stream(stream)
        .filter(|(_, key)| !retired.contains(key))
        .map(|(trusted, _)| trusted.clone())
        .collect();
    if let Some(vouched) = vouched
        && !trusted
            .iter()
            .any(|trusted| key_of(trusted) == Some(next.key))
    {
        let old = era
            .trusted
            .iter()
            .find(|old| old.fingerprint() == vouched.fingerprint());
        trusted
            .extend(old.and_then(|old| old.successor(next.key, vouched, vec![stream.to_owned()])));
    }
    Era {
        after: seq,
        trusted,
        named: Some(next),
        retired,
        refused: None,
    }
}

pub(super) fn key_of(trusted: &TrustedKey) -> Option<[u8; 32]> {
    match &trusted.key {
        KeyMaterial::Ed25519(key) => Some(*key),
        KeyMaterial::Rsa { .. } => None,
    }
}
