//! The four verdicts and the five axes behind them (`docs/contract.md`, *Verdicts*).

use crate::keys::Vouched;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What is known of a record, a stream, a file or a case. Ordered from worst to best, so that
/// `min` gives the worse of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Verdict(Standing);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Standing {
    Contradicted,
    Unproven,
    Intact,
    Verified,
}

impl Verdict {
    /// A check refutes it.
    pub const CONTRADICTED: Verdict = Verdict(Standing::Contradicted);
    /// Nothing shows it false, and nothing proves it.
    pub const UNPROVEN: Verdict = Verdict(Standing::Unproven);
    /// A seal covers it and every check holds, but the key came with the evidence.
    pub const INTACT: Verdict = Verdict(Standing::Intact);

    /// The one way to *verified*: a signature that held under a key which the examiner trusts from
    /// outside the evidence. Search for `verified_by` to find every place that claims it.
    pub fn verified_by(_proof: &Vouched) -> Verdict {
        Verdict(Standing::Verified)
    }

    /// The worse of two.
    #[must_use]
    pub fn worse(self, other: Verdict) -> Verdict {
        self.min(other)
    }

    /// The verdict as plain data.
    pub fn word(self) -> Word {
        match self.0 {
            Standing::Contradicted => Word::Contradicted,
            Standing::Unproven => Word::Unproven,
            Standing::Intact => Word::Intact,
            Standing::Verified => Word::Verified,
        }
    }
}

/// A verdict as plain data, for storage and for display. It claims nothing by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Word {
    /// See [`Verdict::CONTRADICTED`].
    Contradicted,
    /// See [`Verdict::UNPROVEN`].
    Unproven,
    /// See [`Verdict::INTACT`].
    Intact,
    /// See [`Verdict::verified_by`].
    Verified,
    /// Not looked at yet. A state while work runs, never in finished output.
    Unchecked,
}

impl Word {
    /// The word of the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Word::Contradicted => "contradicted",
            Word::Unproven => "unproven",
            Word::Intact => "intact",
            Word::Verified => "verified",
            Word::Unchecked => "unchecked",
        }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The five answers behind a stream's verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Axes {
    /// Is it what its format allows?
    pub form: Form,
    /// Does it stand as it was sealed?
    pub integrity: Integrity,
    /// Who vouches for it?
    pub author: Author,
    /// Could something be missing?
    pub completeness: Completeness,
    /// What bounds its times?
    pub time: Time,
}

macro_rules! axis {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[$vdoc])* $variant),+ }
        impl $name {
            /// The word of the contract.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
    };
}

axis! {
    /// The axis `form`.
    Form {
        /// What its format allows.
        Ok = "ok",
        /// Not what its format allows.
        Malformed = "malformed",
    }
}
axis! {
    /// The axis `integrity`.
    Integrity {
        /// Every digest holds.
        Ok = "ok",
        /// A digest does not hold.
        Broken = "broken",
        /// No seal at all.
        Unsealed = "unsealed",
        /// Only the collector's seal: nothing about the time before collection.
        SinceCollection = "since-collection",
    }
}
axis! {
    /// The axis `author`.
    Author {
        /// A key that the examiner trusts.
        Trusted = "trusted",
        /// The key came with the evidence.
        Unknown = "unknown",
        /// No key at hand.
        Unchecked = "unchecked",
        /// The signature does not verify.
        Refuted = "refuted",
        /// The format has no signature.
        None = "none",
    }
}
axis! {
    /// The axis `completeness`.
    Completeness {
        /// An end is sealed.
        Closed = "closed",
        /// Sealed up to here, the end is not.
        Open = "open",
        /// Records are missing in the middle.
        Gap = "gap",
        /// The seal names records past the last one here.
        Truncated = "truncated",
        /// Two sealed versions disagree.
        Forked = "forked",
        /// No seal speaks of it.
        Unknown = "unknown",
    }
}
axis! {
    /// The axis `time`.
    Time {
        /// The writer says so.
        Asserted = "asserted",
        /// A timestamp or a witness bounds it.
        Anchored = "anchored",
        /// Time runs back.
        Contradicted = "contradicted",
    }
}
