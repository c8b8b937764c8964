//! From judged evidence to what happened. Pure: values in, values out.

mod act;
pub mod adequacy;
pub mod coverage;
pub mod gaps;
mod log;
pub mod mapping;
pub mod provenance;
pub mod rules;

pub use act::{Act, ActKind, Decision, Ended, EventId, Name, Role};
pub use log::{Alias, Log, Window};
