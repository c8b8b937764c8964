//! What was seen of a chain, as axes.

use super::*;

impl Walk<'_, '_> {
    /// Whether someone vouches for the chain, and for how much of it.
    pub(in super::super) fn author(&self) -> Author {
        if self.seen.vouched {
            Author::Trusted
        } else if self.seen.own {
            Author::Unknown
        } else if self.seen.refuted {
            Author::Refuted
        } else {
            Author::Unchecked
        }
    }

    /// Whether it stands as it was signed.
    pub(in super::super) fn integrity(&self) -> Integrity {
        if self.seen.broken {
            Integrity::Broken
        } else {
            Integrity::Ok
        }
    }

    /// Whether something could be missing.
    pub(in super::super) fn completeness(&self) -> Completeness {
        if self.seen.forked {
            Completeness::Forked
        } else if self.seen.gap {
            Completeness::Gap
        } else if self.lineage.is_empty() {
            Completeness::Unknown
        } else if self.seen.closed {
            Completeness::Closed
        } else {
            Completeness::Open
        }
    }
}
