//! Signatures that only a lenient verifier passes.

use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::scalar::{Scalar, clamp_integer};
use ed25519_dalek::SigningKey;
use sha2::{Digest, Sha512};

/// The neutral element of the curve, of order one.
pub(super) const IDENTITY: [u8; 32] = {
    let mut bytes = [0; 32];
    bytes[0] = 1;
    bytes
};

/// A signature whose R is the neutral element: S = k·a, so that S·B = R + k·A holds.
pub(super) fn identity_commitment(key: &SigningKey, message: &[u8]) -> [u8; 64] {
    let expanded: [u8; 64] = Sha512::digest(key.as_bytes()).into();
    let mut half = [0; 32];
    half.copy_from_slice(&expanded[..32]);
    let secret = Scalar::from_bytes_mod_order(clamp_integer(half));
    let hash = Sha512::new()
        .chain_update(IDENTITY)
        .chain_update(key.verifying_key().as_bytes())
        .chain_update(message)
        .finalize();
    let challenge = Scalar::from_bytes_mod_order_wide(&hash.into());
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&IDENTITY);
    signature[32..].copy_from_slice((challenge * secret).as_bytes());
    signature
}

/// The signature that passes for any message under the key of order one: R the neutral element,
/// S zero.
pub(super) fn universal() -> [u8; 64] {
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(CompressedEdwardsY(IDENTITY).as_bytes());
    signature
}

/// The same signature with S + L for S.
pub(super) fn plus_order(signature: &[u8; 64]) -> [u8; 64] {
    /// L = 2^252 + 27742317777372353535851937790883648493, little-endian.
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut out = *signature;
    let mut carry = 0;
    for (place, limb) in out[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*place) + u16::from(limb) + carry;
        *place = sum as u8;
        carry = sum >> 8;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signature, Signer, Verifier, VerifyingKey};

    #[test]
    fn a_lenient_verifier_passes_them_and_a_strict_one_does_not() {
        let key = SigningKey::from_bytes(&[9; 32]);
        let weak = Signature::from_bytes(&identity_commitment(&key, b"m"));
        assert!(key.verifying_key().verify(b"m", &weak).is_ok());
        assert!(key.verifying_key().verify_strict(b"m", &weak).is_err());
        let nobody = VerifyingKey::from_bytes(&IDENTITY).unwrap();
        let universal = Signature::from_bytes(&universal());
        assert!(nobody.verify(b"m", &universal).is_ok());
        assert!(nobody.verify_strict(b"m", &universal).is_err());
    }

    #[test]
    fn adding_the_order_adds_the_order() {
        let good = SigningKey::from_bytes(&[9; 32]).sign(b"m").to_bytes();
        let half = |bytes: &[u8; 64]| -> [u8; 32] { std::array::from_fn(|i| bytes[32 + i]) };
        let malleated = plus_order(&good);
        assert_ne!(malleated, good);
        assert_eq!(
            Scalar::from_bytes_mod_order(half(&malleated)),
            Scalar::from_bytes_mod_order(half(&good))
        );
    }
}
