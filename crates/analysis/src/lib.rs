//! From judged evidence to what happened. Pure: values in, values out.

mod act;
pub mod gaps;
mod log;
pub mod pairs;

pub use act::{Act, ActKind, Decision, Ended, EventId, Name, Role};
pub use log::{Alias, Log, Window};
