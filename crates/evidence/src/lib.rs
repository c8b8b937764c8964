//! Reads exported audit evidence and says what of it is proven.
//!
//! The crate is pure: it takes bytes and gives values. It opens no file, reads no clock, draws no
//! randomness and prints nothing. Bad evidence is a value with findings, never an `Err`; an `Err`
//! here is the caller's reader failing or a mistake of ours.
//!
//! The way of a file through it:
//!
//! ```text
//! bytes ─ container ─ kind ─ cut ─ batch ─ read ─ (events, readings) ─ chains ─ judge ─ outcome
//!         gz zip tar  what   records       in parallel                  in order   once, case-wide
//! ```
#![doc(test(attr(deny(warnings))))]

pub mod batch;
pub mod container;
pub mod cut;
pub mod digest;
pub mod dsse;
pub mod event;
pub mod facts;
pub mod finding;
pub mod formats;
pub mod json;
pub mod keys;
pub mod kind;
pub mod limits;
pub mod merkle;
pub mod note;
pub mod time;
pub mod verdict;
pub mod verify;

pub use batch::{Batch, ReadBatch, Reading};
pub use digest::Digest;
pub use facts::{FileFacts, FileId, Lookup, LookupError};
pub use finding::{Code, Finding, Place};
pub use kind::{Format, Kind};
pub use limits::Limits;
pub use time::Micros;
pub use verdict::{Axes, Verdict, Word};
