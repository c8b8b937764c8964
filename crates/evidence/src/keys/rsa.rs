//! RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017), for CloudTrail's digests.

/// An RSA public key, PKCS#1 or SPKI DER.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    der: Vec<u8>,
}

impl PublicKey {
    /// Reads PKCS#1 `RSAPublicKey` or `SubjectPublicKeyInfo` DER. `None` where it is neither, or
    /// under 2048 or over 8192 bits.
    pub fn from_der(der: &[u8]) -> Option<PublicKey> {
        let _ = der;
        todo!()
    }
    /// The DER it was read from.
    pub fn der(&self) -> &[u8] {
        &self.der
    }
    /// Whether the signature over `message` holds.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let _ = (message, signature);
        todo!()
    }
}

/// The fingerprint by which CloudTrail names a key: lower-case hex MD5 of the `Value` bytes.
pub fn cloudtrail_fingerprint(value: &[u8]) -> String {
    let _ = value;
    todo!()
}
