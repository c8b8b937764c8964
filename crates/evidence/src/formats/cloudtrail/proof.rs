//! The proof of one record.

use crate::keys::Trust;
use crate::verify::{Proof, Subject};
use crate::{FileFacts, Lookup, LookupError};

/// Proves one record.
pub fn proof(subject: &Subject<'_>, files: &[&FileFacts], trust: &Trust, lookup: &dyn Lookup) -> Result<Proof, LookupError> {
    let _ = (subject, files, trust, lookup);
    todo!()
}
