//! The NHI audit bundle, version 1 (`docs/audit-bundle.md`).
//!
//! A stream's lines are read in any order of batches ([`read`]), then strung together in file
//! order ([`Runs`]): as long as each line follows from the one before, a million lines are one
//! *run*, a few kilobytes. Every defect breaks a run, so what is kept grows with the damage, not
//! with the file. The judgement ([`judge`]) puts the runs into their sealed order ([`sequence`]),
//! mends single damaged lines with their successor's `prev`, and holds the result against each
//! checkpoint.

mod assembly;
mod checkpoint;
mod event;
mod forks;
mod judge;
mod line;
mod manifest;
mod proof;

mod rotation;
mod runs;
mod sequence;
mod spans;
mod stream;
mod tiles;
mod tlog;
mod tree;

pub use judge::judge;
pub use line::{Line, Prev, Role, read};

pub use proof::proof;
pub use runs::{Run, Runs};
pub use tlog::{Alone, Lone, Packet, TlogProof, TlogProofError, alone, judge_alone, place_alone};
