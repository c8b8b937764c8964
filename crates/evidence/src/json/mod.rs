//! A strict JSON reader (RFC 8259), what I-JSON forbids beyond it (RFC 7493), and the canonical
//! form (RFC 8785).

mod canonical;
mod reader;
mod value;

pub use canonical::{CanonicalError, canonical};
pub use reader::{Document, JsonError, Lapse, read};
pub use value::{Number, Object, Value};
