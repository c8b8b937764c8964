//! Credentials and secrets as lists.

use super::Word;
use serde::Serialize;
use ts_rs::TS;

/// A list of things, and how many more there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ThingsView {
    /// Those with the most acts first.
    pub things: Vec<ThingView>,
    /// How many are not listed.
    pub left_out: u64,
}

/// A credential or a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ThingView {
    /// The name that it is shown by.
    pub id: String,
    /// `credential` or `secret`.
    pub kind: String,
    /// In how many acts it was used, made, read or changed.
    pub acts: u64,
    /// Of these, denied or failed.
    pub refused: u64,
    /// When first, RFC 3339.
    pub first: Option<String>,
    /// When last.
    pub last: Option<String>,
    /// The worst verdict of them.
    pub verdict: Word,
    /// Its acts by type.
    pub kinds: Vec<ActCount>,
    /// Who acted with it or on it, those with the most acts first.
    pub by: Vec<ActCount>,
    /// How many more did.
    pub by_left_out: u64,
    /// Of a secret: with which credentials.
    pub with: Vec<ActCount>,
    /// How many more there are.
    pub with_left_out: u64,
}

/// Something, and in how many acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ActCount {
    /// A type or an id.
    pub id: String,
    /// How many acts.
    pub acts: u64,
}
