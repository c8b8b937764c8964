//! A strict JSON reader (RFC 8259), what I-JSON forbids beyond it (RFC 7493), and the canonical
//! form (RFC 8785).

mod canonical;
mod duplicate;
mod reader;
pub(crate) mod scan;
mod value;

pub use canonical::{CanonicalError, canonical};
pub use reader::{DEEPEST, Document, JsonError, Lapse, read};
pub use value::{Number, Object, Value};

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
