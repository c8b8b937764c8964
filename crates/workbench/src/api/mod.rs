//! The types that the command line's `--json` and the window share, and the list of the window's
//! commands. Plain data: no type of the engine, of the store or of a front end.
//!
//! Times are microseconds since 1970 in UTC (below 2^53, so that JavaScript keeps them exactly);
//! where the contract prints a time it is RFC 3339 text.

mod adequacy;
mod custody;
mod findings;
mod follow;
mod note;
mod provenance;
mod record;
mod report;
mod summary;
mod things;
mod timeline;
mod trust;

pub use adequacy::*;
pub use custody::*;
pub use findings::*;
pub use follow::*;
pub use note::*;
pub use provenance::*;
pub use record::*;
pub use report::*;
pub use summary::*;
pub use things::*;
pub use timeline::*;
pub use trust::*;
