//! From judged evidence to what happened. Pure: values in, values out.

mod act;
pub mod adequacy;
pub mod coverage;
pub mod credential;
pub mod draw;
pub mod gaps;
pub mod graph;
mod group;
mod held;
pub mod identity;
mod infer;
pub mod layout;
pub mod lineage;
mod log;
pub mod mapping;
pub mod memory;
pub mod names;
pub mod origin;
pub mod pairs;
pub mod provenance;
pub mod reach;
pub mod rules;
mod steps;

pub use act::{Act, ActKind, Decision, Ended, EventId, Name, Role};
pub use infer::WINDOW_SECONDS as INFERENCE_SECONDS;
pub use log::{Alias, Log, Window};
