//! What goes out to other programs.

mod events;
mod rebuilt;
mod tables;

pub use events::{ExportAs, Exported};
pub use rebuilt::{Export, Form};
pub use tables::Tables;
