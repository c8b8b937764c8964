//! Makes evidence with a known truth.
