//! One folder a format: how to read its records, how they are sealed, how one becomes an event.

pub mod bundle;
pub mod cloudtrail;
pub mod kubernetes;
mod plain;
pub mod receipts;
pub mod vault;
