//! AWS CloudTrail: logs, digests, the metadata that holds the digests' signatures, key lists.
//!
//! ```text
//! log ─ hash ─ digest ─ hash, bucket and key, time, the signature before ─ RSA ─ key ─ trust
//!                 └ names the digest before it by key, hash and signature
//! ```
//!
//! A digest is judged by each signature of it that there is: the one in its metadata and those that
//! the digests after it repeat. What they say of one another is compared too, which the reference
//! verifier does not do.

mod act;
mod digest;
mod event;
mod judge;
mod logs;
mod names;
mod proof;
mod seals;

pub use judge::judge;
pub use proof::proof;

use super::plain;
use crate::{Limits, Reading, event::Events};

/// Reads one record: begins its event, and says what is malformed.
///
/// No member is required: services write what they please, and old records lack much. A large
/// integer is legal, and kept as it is written.
pub fn read(bytes: &[u8], limits: &Limits, events: &mut Events) -> Reading {
    events.begin();
    let record = plain::Record::read(bytes, limits);
    if record.root.as_object().is_some() {
        event::normalise(&record.root, events);
    }
    record.reading()
}

#[cfg(test)]
mod tests;
