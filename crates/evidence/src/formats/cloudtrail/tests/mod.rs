//! Buckets made by hand, and what is said of them; genuine events.

mod bucket;
mod chains;
mod events;
mod logs;
mod proofs;
