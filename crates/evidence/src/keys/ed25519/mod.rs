//! Ed25519 (RFC 8032), strict: canonical encodings only, no small-order key or R, S < L, and the
//! equation without the cofactor. One rule, however many signatures there are.
//!
//! RFC 8032 leaves room: it allows the equation with and without the cofactor, and common verifiers
//! differ over points of small order and over encodings that are not canonical ("Taming the many
//! EdDSAs", eprint 2020/1244). Whoever holds the key can make signatures that one verifier passes
//! and another refuses. This is the rule here, for a key A, a signature R ‖ S and a message M:
//!
//! ```text
//! valid    S < L; A and R in canonical encoding, neither of small order;
//!          R = sB − kA with k = SHA-512(R ‖ A ‖ M) mod L over the bytes as they stand
//! weak     not valid; S < L, A and R decode, and [8](sB − kA − R) is the identity (ZIP 215)
//! invalid  everything else
//! ```

mod prepared;
#[cfg(test)]
mod tests;

pub use prepared::Prepared;

use curve25519_dalek::{EdwardsPoint, Scalar, edwards::CompressedEdwardsY};
use sha2::{Digest as _, Sha512};

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
    usable_point(key).map(|_| ())
}

/// Checks one signature.
pub fn verify(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> Check {
    let (r, s) = halves(signature);
    let Some(s) = scalar(s) else {
        return Check::Invalid;
    };
    let Some(a) = CompressedEdwardsY(*key).decompress() else {
        return Check::Invalid;
    };
    let k = challenge(&r, key, message);
    // The point is negated and not the scalar: L − k is not −k for a point with a small-order part.
    let expected = EdwardsPoint::vartime_double_scalar_mul_basepoint(&k, &-a, &s);
    let usable = fault(key, &a).is_none();
    compare(&expected.compress().0, &expected, &r, usable)
}

/// What sB − kA and its encoding say of R, under a key that is usable or not.
fn compare(encoding: &[u8; 32], expected: &EdwardsPoint, r: &[u8; 32], usable: bool) -> Check {
    if encoding == r {
        // So R is canonical: it is what a point encodes to.
        let strict = usable && !expected.is_small_order();
        return if strict { Check::Valid } else { Check::Weak };
    }
    match CompressedEdwardsY(*r).decompress() {
        Some(r) if (expected - r).is_small_order() => Check::Weak,
        _ => Check::Invalid,
    }
}

/// The point of a usable key.
fn usable_point(key: &[u8; 32]) -> Result<EdwardsPoint, KeyFault> {
    let point = CompressedEdwardsY(*key)
        .decompress()
        .ok_or(KeyFault::NotAPoint)?;
    fault(key, &point).map_or(Ok(point), Err)
}

/// What is wrong with a key that decodes to this point.
fn fault(key: &[u8; 32], point: &EdwardsPoint) -> Option<KeyFault> {
    if point.compress().0 != *key {
        Some(KeyFault::NotCanonical)
    } else if point.is_small_order() {
        Some(KeyFault::SmallOrder)
    } else {
        None
    }
}

/// A signature's R and S.
fn halves(signature: &[u8; 64]) -> ([u8; 32], [u8; 32]) {
    let (mut r, mut s) = ([0; 32], [0; 32]);
    r.copy_from_slice(&signature[..32]);
    s.copy_from_slice(&signature[32..]);
    (r, s)
}

/// S as a number below L; `None` at and above.
fn scalar(s: [u8; 32]) -> Option<Scalar> {
    Scalar::from_canonical_bytes(s).into()
}

/// k, over the bytes of R and A as they stand.
fn challenge(r: &[u8; 32], key: &[u8; 32], message: &[u8]) -> Scalar {
    let hash = Sha512::new()
        .chain_update(r)
        .chain_update(key)
        .chain_update(message)
        .finalize();
    Scalar::from_bytes_mod_order_wide(&hash.into())
}
