//! What goes out to other programs.

mod events;
mod rebuilt;

pub use events::{ExportAs, Exported};
pub use rebuilt::{Export, Form};
