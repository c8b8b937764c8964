//! From judged evidence to what happened. Pure: values in, values out.

pub mod gaps;
