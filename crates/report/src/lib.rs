//! Plain data in, files for people out.

pub mod csv;
pub mod svg;
