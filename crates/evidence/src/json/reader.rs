//! The reader.

use super::Value;

/// What was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Document<'a> {
    /// The value.
    pub root: Value<'a>,
    /// The first thing in it that JSON allows and I-JSON does not.
    pub lapse: Option<Lapse>,
}

/// What JSON allows and I-JSON (RFC 7493) does not: two readers may understand it differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lapse {
    /// A member name stands twice in one object, at any depth.
    DuplicateMember {
        /// The name.
        name: String,
    },
    /// A `\uD800`…`\uDFFF` without its partner. Read as U+FFFD.
    LoneSurrogate,
    /// A number written without fraction or exponent outside ±(2^53 − 1).
    BigInteger {
        /// As written.
        text: String,
    },
}

/// Why bytes are not JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Not JSON at this byte.
    #[error("not JSON at byte {offset}: {expected} expected")]
    Syntax {
        /// Where.
        offset: usize,
        /// What should have been there.
        expected: &'static str,
    },
    /// Not UTF-8 at this byte.
    #[error("not UTF-8 at byte {offset}")]
    Utf8 {
        /// Where.
        offset: usize,
    },
    /// Nested deeper than the limit.
    #[error("nested deeper than {limit}")]
    Depth {
        /// The limit.
        limit: usize,
    },
}

/// Reads exactly one JSON text, with white space around it at most. It never recurses deeper than
/// `depth`.
pub fn read(bytes: &[u8], depth: usize) -> Result<Document<'_>, JsonError> {
    let _ = (bytes, depth);
    todo!()
}
