//! Agent Receipts 0.1 to 0.5 (`docs/contract.md`; the protocol's own specification, 7.1 to 7.3).
//!
//! ```text
//! bytes ─ document ─ canonical form ─ signature under ─ run ─ line of the chain ─ verdict
//!                    RFC 8785         each key tried    file  case
//! ```
//!
//! A receipt names no key. Under which key a signature holds is found out where it is read, on any
//! thread; whether that key may speak for the chain at that place is judged over the whole case, in
//! the order of `sequence`, whatever file a receipt lies in.

mod chains;
mod document;
mod event;
mod judge;
mod line;
mod lineage;
mod marks;
mod order;
mod own_keys;
mod proof;
mod read;
mod receipt;
mod reread;
mod ring;
mod rotation;

pub use chains::Chains;
pub use judge::judge;
pub use proof::proof;
pub use read::read_batch;
pub use receipt::Receipt;
pub use ring::KeyRing;

#[cfg(test)]
mod tests;
