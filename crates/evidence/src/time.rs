//! Times as evidence writes them.

use std::fmt;

/// Microseconds since 1970-01-01T00:00:00Z. Fits a JavaScript number until the year 2255.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Micros(pub i64);

/// Reads an RFC 3339 time with a zone (`Z` or an offset) and up to nine digits of a second; digits
/// past the sixth are cut. `None` for everything else: no zone, year or date is ever guessed.
/// A leap second (`:60`) is read as the last microsecond of its minute.
pub fn rfc3339(text: &str) -> Option<Micros> {
    let _ = text;
    todo!()
}

/// Reads an RFC 3339 time in UTC that is written with `Z`, as an audit bundle wants it.
pub fn rfc3339_utc(text: &str) -> Option<Micros> {
    let _ = text;
    todo!()
}

impl fmt::Display for Micros {
    /// RFC 3339 in UTC with `Z`: no fraction for whole seconds, else six digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _ = f;
        todo!()
    }
}
