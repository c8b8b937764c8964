//! The built program, command by command: what it prints, and how it ends.

mod check;
mod custody;
mod demo;
mod exit;
mod export;
mod findings;
mod graph;
mod identities;
mod import;
mod interrupted;
mod lineage;
mod note;
mod program;
mod reach;
mod record;
mod report;
mod seal;
mod timeline;
mod trust;
mod verify;
