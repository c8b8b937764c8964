//! The built program, command by command: what it prints, and how it ends.

mod custody;
mod demo;
mod exit;
mod findings;
mod graph;
mod identities;
mod import;
mod interrupted;
mod lineage;
mod program;
mod reach;
mod record;
mod seal;
mod timeline;
mod trust;
mod verify;
