//! Keeps a case in one SQLite file, `*.exhibit`: the evidence's bytes, what was read from them, what
//! was judged of them, what is trusted, and what was done.
//!
//! - [`Case`] is the session: one writer at a time, held by a lock on the file.
//! - [`ImportWriter`] writes what an import reads. An import is in the case whole or not at all,
//!   killed at whatever moment.
//! - [`Reader`] reads: files byte for byte, batches for verifying again, the timeline by rank or by
//!   key. There may be several, each on its own thread, also while an import runs.
//!
//! Verdicts are kept as plain words. Only the judgement over the bytes can say *verified*; what is
//! read here is what it said last, and it is replaced whole, so none outlives what it rests on.
#![doc(test(attr(deny(warnings))))]

mod acts;
mod aliases;
mod assessments;
mod bytes;
mod cache;
mod case;
mod check;
mod column;
mod columns;
mod custody;
mod error;
mod file;
mod filter;
pub mod foreign;
mod histogram;
mod import;
mod judgement;
mod kept;
mod kinds;
mod lock;
mod mentions;
mod merges;
mod names;
pub mod notes;
mod pack;
mod pairs;
mod plan;
mod reader;
mod record;
mod schema;
mod spans;
mod state;
mod timeline;
mod trust;
mod unfinished;
mod varint;
mod words;
mod zones;

pub use acts::{Act, Acts};
pub use aliases::StoredAlias;
pub use assessments::Assessment;
pub use bytes::{Batches, FileBytes};
pub use case::{Case, Mode, Recovered};
pub use check::Said;
pub use column::Column;
pub use custody::{By, CustodyCheck, CustodyEntry, CustodyFault, CustodyLine};
pub use error::{Result, StoreError};
pub use file::{CaseFile, Import, ImportState};
pub use filter::{Filter, How, On, Term, check_pattern};
pub use histogram::Bucket;
pub use import::{ImportWriter, Ledger};
pub use judgement::{Counts, StoredFinding, Stream};
pub use merges::Merge;
pub use notes::Note;
pub use pack::{Native, Packed, pack};
pub use pairs::{Pairing, Sibling};
pub use reader::Reader;
pub use record::RecordId;
pub use schema::APPLICATION_ID;
pub use timeline::{Key, Position, TimelineRow};
pub use trust::StoredKey;

#[cfg(test)]
mod tests;
