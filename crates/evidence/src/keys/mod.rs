//! Keys, signatures, and what the examiner trusts.

pub mod ed25519;
pub mod file;
pub mod rsa;
mod trust;

pub use trust::{KeyMaterial, Trust, TrustedKey, Vouched};
