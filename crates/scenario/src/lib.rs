//! Makes evidence with a known truth: a breach as it went, told by five formats, at any size, from
//! a seed; and each way to tamper with it, with what an honest verifier must say.
//!
//! The same seed and size give the same bytes on every machine. Nothing here uses the crate that
//! judges the evidence: a bug shared by both would hide.

pub mod bundle;
pub mod clock;
pub mod cloudtrail;
pub mod demo;
pub mod dsse;
pub mod json;
pub mod keys;
pub mod kubernetes;
pub mod merkle;
pub mod note;
pub mod pack;
pub mod receipts;
pub mod rng;
pub mod site;
pub mod story;
pub mod tamper;
pub mod truth;
pub mod vault;

pub use demo::{DemoReport, demo};
pub use tamper::{Expected, Tamper};
pub use truth::{Size, Truth};
