//! Real evidence.
