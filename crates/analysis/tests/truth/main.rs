//! Reconstruction held against what is known to have happened: the scenario's truth, and that of
//! evidence that was made elsewhere.

mod read;
mod samples;
mod story;
