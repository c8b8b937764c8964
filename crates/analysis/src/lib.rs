//! From verified records to what happened.
