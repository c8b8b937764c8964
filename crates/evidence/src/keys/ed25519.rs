//! Ed25519 (RFC 8032), strict: canonical encodings only, no small-order key or R, S < L, and the
//! equation without the cofactor. One rule, however many signatures there are.

/// What became of one signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Check {
    /// It holds, strictly.
    Valid,
    /// It does not hold for any verifier; S ≥ L is here too.
    Invalid,
    /// Only a lenient verifier would pass it: a small-order or non-canonical point, or a sum that
    /// is right only up to a small-order point.
    Weak,
}

/// Why 32 bytes are no usable key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// Not a point of the curve.
    #[error("not a point of the curve")]
    NotAPoint,
    /// A point in an encoding that is not its canonical one.
    #[error("not in canonical encoding")]
    NotCanonical,
    /// Of small order: signatures under it prove nothing.
    #[error("of small order: signatures under it prove nothing")]
    SmallOrder,
}

/// Whether 32 bytes are a usable key.
pub fn check_key(key: &[u8; 32]) -> Result<(), KeyFault> {
    let _ = key;
    todo!()
}

/// Checks one signature.
pub fn verify(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> Check {
    let _ = (key, message, signature);
    todo!()
}

/// A key prepared for many signatures: the same answer as [`verify`] for each, several times
/// faster. Worth it from some hundred signatures on.
pub struct Prepared {
    key: [u8; 32],
}

impl Prepared {
    /// Prepares a key.
    pub fn new(key: &[u8; 32]) -> Prepared {
        Prepared { key: *key }
    }
    /// The key.
    pub fn key(&self) -> &[u8; 32] {
        &self.key
    }
    /// Checks many signatures, each on its own terms: `out[i]` is what [`verify`] says of
    /// `jobs[i]`.
    pub fn verify_many(&self, jobs: &[(&[u8], &[u8; 64])]) -> Vec<Check> {
        let _ = jobs;
        todo!()
    }
}
