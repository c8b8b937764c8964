//! The use cases of Exhibit, each one function.

pub mod api;
