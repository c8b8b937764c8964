//! What has gone wrong in tools like this one: each here in its own words, through the use cases.
//! Those that one function settles are tested beside it; those of the whole process (a crash, a full
//! disk, Ctrl-C) beside the command line.

mod archives;
mod case;
mod chains;
mod parsing;
mod text;
mod time;
mod trust;
