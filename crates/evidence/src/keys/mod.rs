//! Keys, signatures, and what the examiner trusts.

mod did;
pub mod ed25519;
pub mod file;
pub mod rsa;
#[cfg(test)]
pub(crate) mod samples;
mod trust;
mod vkey;
mod vouch;

pub use did::{did_key, multibase_u};
pub use trust::{KeyMaterial, Trust, TrustedKey, fingerprint};
pub(crate) use vkey::is_key_name;
pub use vkey::{Vkey, key_id};
pub use vouch::{Job, PreparedTrust, Standing, Vouched};
