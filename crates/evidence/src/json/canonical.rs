//! RFC 8785, the canonical form.

use super::Value;

/// Why a value has no canonical form that two implementations are sure to share.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// An integer outside ±(2^53 − 1), or a number that no double holds.
    #[error("the number {0} is not exact as a double")]
    Number(String),
    /// A member name stands twice.
    #[error("the member {0:?} stands twice")]
    DuplicateMember(String),
}

/// Appends the canonical form. The caller has refused documents with a lapse.
pub fn canonical(value: &Value<'_>, out: &mut Vec<u8>) -> Result<(), CanonicalError> {
    let _ = (value, out);
    todo!()
}
