//! Keys, signatures, and what the examiner trusts.

pub mod ed25519;
pub mod file;
pub mod rsa;
#[cfg(test)]
pub(crate) mod samples;
mod trust;

pub use trust::{KeyMaterial, Trust, TrustedKey, Vouched};
