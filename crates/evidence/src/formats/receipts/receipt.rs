//! What one receipt says of its chain, and how its signature stands.

use super::document::{Document, Proof, Uncovered};
use super::rotation::Rotation;
use crate::keys::Vouched;
use crate::{Code, Digest, Micros};
use std::sync::Arc;

/// What one receipt says of its chain, with its signature tried under the keys at hand.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// The chain; empty where it cannot be read.
    pub(super) chain: Arc<str>,
    /// Its number in the chain, from 1.
    pub(super) sequence: Option<u64>,
    /// What it names as its predecessor.
    pub(super) previous: Option<Digest>,
    /// SHA-256 of its canonical form.
    pub(super) hash: Option<Digest>,
    /// Who issued it.
    pub(super) issuer: Arc<str>,
    /// When it happened.
    pub(super) time: Option<Micros>,
    /// Whether it says that its chain ends with it.
    pub(super) terminal: bool,
    /// The change of key, where it is one.
    pub(super) rotation: Option<Box<Rotation>>,
    /// How its signature stands.
    pub(super) standing: Standing,
    /// Its canonical form and signature, where no key at hand verifies it: a key that the chain
    /// changed to may.
    pub(super) retry: Option<Box<Retry>>,
    /// Members that its signature leaves out.
    pub(super) uncovered: Uncovered,
}

impl Receipt {
    /// Its number in its chain, from 1, where it can be read.
    pub fn sequence(&self) -> Option<u64> {
        self.sequence
    }
}

/// A signature that no key at hand verifies.
#[derive(Debug, Clone)]
pub(super) struct Retry {
    /// The canonical form.
    pub form: Vec<u8>,
    /// The signature.
    pub signature: [u8; 64],
    /// When it was made, as the receipt says.
    pub at: Option<Micros>,
}

/// How a receipt's signature stands under the keys at hand, wherever in its chain it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// It holds under this key.
    Holds(Under),
    /// It holds under none that was tried.
    Fails,
    /// Only a lenient verifier would pass it.
    Weak {
        /// Under a key that the receipt itself names, not a trusted one.
        own: bool,
    },
    /// There is none, and what is missing.
    Missing(&'static str),
    /// Its version or the type of its proof is not one that the format allows.
    Refused(Arc<str>),
    /// What stands in its place can be no signature.
    Undecodable(&'static str),
    /// The receipt is malformed; the signature was not tried.
    Malformed,
}

/// The key under which a signature holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Under {
    /// The key.
    pub key: [u8; 32],
    /// What speaks for the key.
    pub by: By,
    /// Whether it is the chain's only through a rotation.
    pub succeeded: bool,
}

/// What speaks for a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum By {
    /// The examiner.
    Examiner(Vouched),
    /// The examiner, but not for that time: `KeyExpired` or `KeyRevoked`.
    Objection(Code),
    /// Nobody: it came with the evidence.
    Nobody,
}

impl Standing {
    /// What is known before any key is tried; `None` for a signature that is to be tried.
    pub fn before_keys(document: &Document<'_>) -> Option<Standing> {
        if document.malformed.is_some() {
            return Some(Standing::Malformed);
        }
        if let Some(why) = &document.refused {
            return Some(Standing::Refused(why.as_str().into()));
        }
        match &document.proof {
            Proof::Signature(_) => None,
            Proof::Missing(what) => Some(Standing::Missing(what)),
            Proof::Refused(why) => Some(Standing::Refused(why.as_str().into())),
            Proof::Undecodable(why) => Some(Standing::Undecodable(why)),
        }
    }
}
