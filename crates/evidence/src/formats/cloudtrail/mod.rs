//! AWS CloudTrail: logs, and the hourly digests that seal them.
//!
//! A log is `{"Records": […]}`. A digest lists the SHA-256 of each log that was delivered in its
//! hour, and of the digest before it; its RSA signature stands in the metadata of its S3 object
//! (kept by a collector in a *sidecar*) and again in the digest after it. So a record is proven by
//! way of its log's hash, the digest that lists it, that digest's signature, and the key.
//!
//! Source: *AWS CloudTrail User Guide*, "CloudTrail digest file structure", "Custom
//! implementations of CloudTrail log file integrity validation", "CloudTrail record contents".

mod chain;
mod deed;
mod digest;
mod event;
mod judge;
mod logs;
mod names;
mod proof;
mod recipe;
mod remarks;
mod signature;
mod weigh;

#[cfg(test)]
mod tests;

pub use event::read;
pub use judge::judge;
pub use proof::{Beside, alone, proof};
pub use recipe::{Lack, Recipe};
