//! DSSE v1 envelopes.

/// An envelope, not yet verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// `payloadType`.
    pub payload_type: String,
    /// The payload, decoded.
    pub payload: Vec<u8>,
    /// The signatures in order.
    pub signatures: Vec<DsseSignature>,
}

/// A signature of an envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DsseSignature {
    /// Only a hint.
    pub keyid: Option<String>,
    /// Decoded.
    pub sig: Vec<u8>,
}

/// Why a file is no envelope, in plain words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DsseError(pub String);

impl Envelope {
    /// Reads an envelope: I-JSON, standard or URL-safe base64 with or without padding.
    pub fn parse(bytes: &[u8]) -> Result<Envelope, DsseError> {
        let _ = bytes;
        todo!()
    }
    /// What is signed: the pre-authentication encoding
    /// `DSSEv1 SP len(type) SP type SP len(payload) SP payload`.
    pub fn signed_bytes(&self) -> Vec<u8> {
        todo!()
    }
}
