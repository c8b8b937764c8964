//! The use cases of Exhibit, each one function: import, verify, trust, the timeline, a record and
//! its proof, custody, sealing, the demonstration.
//!
//! The front ends bring who works, the clock and the number of threads (a [`Desk`]); nothing here
//! touches a terminal or the environment.

mod adequacy;
mod answers;
pub mod api;
mod assess;
mod case_log;
mod check;
mod columns;
mod coverage;
pub mod csv_rows;
mod custody;
mod custody_text;
mod demo;
mod evidence_keys;
mod export;
mod failure;
mod findings;
mod follow;
mod graph;
mod identities;
mod import;
mod intake;
mod lineage;
mod notes;
mod pairing;
mod picture;
mod pipeline;
mod preview;
mod progress;
mod provenance;
mod query;
mod raise;
mod reach;
mod reading;
mod record;
mod report;
mod seal;
mod session;
mod sigma;
mod small;
mod summary;
mod things;
mod timeline;
mod verify;
mod version;
mod walk;

pub use case_log::CaseLog;
pub use check::{Checked, check, check_files, is_report};
pub use custody::read_keys;
pub use demo::{Demo, demo};
pub use evidence::keys::TrustedKey;
pub use evidence::{Limits, Micros};
pub use evidence_keys::Typed;
pub use export::{Export, ExportAs, Exported, Form, Tables};
pub use failure::{Failure, Fault, Result};
pub use findings::rules;
pub use follow::time_of;
pub use graph::GraphQuestion;
pub use preview::TrustEdit;
pub use progress::{Phase, Progress, Reached};
pub use reach::ReachQuestion;
pub use record::contract_members;
pub use report::{Passphrase, Reporting, Withholding, Words, needs_passphrase, paragraphs};
pub use seal::{Missing, Sealing, collection_lacks, seal};
pub use session::{Desk, Session};
pub use version::version;
