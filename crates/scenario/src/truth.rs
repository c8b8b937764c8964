//! What really happened, and what an honest verifier must say of the sound evidence.

use crate::clock::{self, Micros};
use serde::{Deserialize, Serialize};

/// How many records of each verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Counts {
    pub total: u64,
    pub verified: u64,
    pub intact: u64,
    pub unproven: u64,
    pub contradicted: u64,
}

/// A verdict's word. Ordered from worst to best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Word {
    Contradicted,
    Unproven,
    Intact,
    Verified,
}

impl Counts {
    /// `n` records, all of this verdict.
    pub fn all(word: Word, n: u64) -> Counts {
        let mut counts = Counts::default();
        counts.add(word, n);
        counts
    }

    fn place(&mut self, word: Word) -> &mut u64 {
        match word {
            Word::Contradicted => &mut self.contradicted,
            Word::Unproven => &mut self.unproven,
            Word::Intact => &mut self.intact,
            Word::Verified => &mut self.verified,
        }
    }

    /// Adds `n` records of this verdict.
    pub fn add(&mut self, word: Word, n: u64) {
        self.total += n;
        *self.place(word) += n;
    }

    /// Takes `n` records of this verdict away.
    pub fn take(&mut self, word: Word, n: u64) {
        self.total -= n;
        *self.place(word) -= n;
    }

    /// Changes the verdict of `n` records.
    pub fn turn(&mut self, from: Word, to: Word, n: u64) {
        self.take(from, n);
        self.add(to, n);
    }

    /// Adds another count.
    pub fn join(&mut self, other: &Counts) {
        self.total += other.total;
        self.verified += other.verified;
        self.intact += other.intact;
        self.unproven += other.unproven;
        self.contradicted += other.contradicted;
    }

    /// Takes another count away.
    pub fn part(&mut self, other: &Counts) {
        self.total -= other.total;
        self.verified -= other.verified;
        self.intact -= other.intact;
        self.unproven -= other.unproven;
        self.contradicted -= other.contradicted;
    }

    /// The worst verdict of any record, if there is one.
    pub fn worst(&self) -> Option<Word> {
        if self.contradicted > 0 {
            Some(Word::Contradicted)
        } else if self.unproven > 0 {
            Some(Word::Unproven)
        } else if self.intact > 0 {
            Some(Word::Intact)
        } else {
            (self.verified > 0).then_some(Word::Verified)
        }
    }
}

/// How many records each source has. 0 leaves a source out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// Records of `example.com/agents-prod`.
    pub agents: u64,
    /// Records of `example.com/payments`.
    pub payments: u64,
    /// CloudTrail events.
    pub cloudtrail: u64,
    /// Receipts, over three chains.
    pub receipts: u64,
    /// Lines of the Kubernetes audit log.
    pub kubernetes: u64,
    /// Lines of the OpenBao audit log.
    pub vault: u64,
}

impl Size {
    /// The demonstration: about 5,000 records.
    pub fn demo() -> Size {
        Size {
            agents: 1_742,
            payments: 618,
            cloudtrail: 1_200,
            receipts: 480,
            kubernetes: 440,
            vault: 520,
        }
    }

    /// As small as the story allows: about 2,000 records.
    pub fn small() -> Size {
        Size {
            agents: 440,
            payments: 310,
            cloudtrail: 400,
            receipts: 150,
            kubernetes: 240,
            vault: 460,
        }
    }

    /// About so many records in all, in the demonstration's proportions; at least [`Size::small`].
    pub fn of(total: u64) -> Size {
        let (demo, small) = (Size::demo(), Size::small());
        let scale = |part: u64, least: u64| {
            (u128::from(total) * u128::from(part) / 5_000).max(u128::from(least)) as u64
        };
        Size {
            agents: scale(demo.agents, small.agents),
            payments: scale(demo.payments, small.payments),
            cloudtrail: scale(demo.cloudtrail, small.cloudtrail),
            receipts: scale(demo.receipts, small.receipts),
            kubernetes: scale(demo.kubernetes, small.kubernetes),
            vault: scale(demo.vault, small.vault),
        }
    }

    /// Nothing; set what you want.
    pub fn none() -> Size {
        Size {
            agents: 0,
            payments: 0,
            cloudtrail: 0,
            receipts: 0,
            kubernetes: 0,
            vault: 0,
        }
    }
}

/// A file, or a folder of files of one kind, and what must be said of its records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Below the folder of evidence.
    pub path: String,
    /// The name of the contract.
    pub format: String,
    /// The stream's id, where the format gives it one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub stream: Option<String>,
    /// Files with records.
    pub files: u64,
    /// Its records with the keys that the scenario hands out.
    pub records: Counts,
    /// Acts that made a credential. An act that is logged as request and response counts once.
    pub mints: u64,
    /// Acts that read a secret, those that were denied left out.
    pub secrets_read: u64,
    /// Secret reads that were denied.
    pub secrets_denied: u64,
}

/// How surely something was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Certainty {
    Must,
    May,
}

/// How two records are known to speak of one credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Join {
    Exact,
    Salted,
    Inferred,
}

/// A credential of the story and its making.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mint {
    /// As its records name it.
    pub credential: String,
    /// `jwt`, `aws-session`, `vault-token`, `api-key`.
    pub kind: String,
    /// What it was made from.
    pub parent: Option<String>,
    /// How that is known.
    pub join: Option<Join>,
    /// Whose it is.
    pub holder: String,
    /// The format in which the mint stands.
    pub source: String,
    /// When, RFC 3339.
    pub at: String,
}

/// A secret that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// As its record names it.
    pub secret: String,
    /// With what.
    pub credential: String,
    /// The format in which that stands.
    pub source: String,
    /// When first, RFC 3339.
    pub at: String,
    /// How often.
    pub times: u64,
}

/// Something that the leaked credential reached after it leaked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// As its record names it.
    pub id: String,
    /// `credential`, `secret`, `identity`, `resource`.
    pub kind: String,
    /// Whether it must have been, or only may.
    pub certainty: Certainty,
    /// When at the earliest, RFC 3339.
    pub at: String,
}

/// Something that looks near and was not reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decoy {
    /// As its record names it.
    pub id: String,
    /// Why it was not reached.
    pub why: String,
}

/// The leak.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leak {
    /// The credential that leaked.
    pub credential: String,
    /// Whose it was.
    pub holder: String,
    /// When, RFC 3339.
    pub at: String,
    /// How.
    pub how: String,
    /// When it was revoked, RFC 3339.
    pub revoked: String,
}

/// What really happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Truth {
    /// The seed of all of it, the keys too.
    pub seed: u64,
    /// What was asked for.
    pub size: Size,
    /// All records by verdict, with the keys that the scenario hands out.
    pub records: Counts,
    /// Where they are.
    pub sources: Vec<Source>,
    /// The leak.
    pub leak: Leak,
    /// The credentials of the story.
    pub mints: Vec<Mint>,
    /// The secrets that were read in the story.
    pub read: Vec<Asked>,
    /// The secrets that were refused in the story.
    pub denied: Vec<Asked>,
    /// What the leaked credential reached after it leaked, in order of time. Tools are left out.
    pub reached: Vec<Reached>,
    /// What it did not reach.
    pub decoys: Vec<Decoy>,
}

impl Truth {
    /// The source with this stream id or path.
    pub fn source(&self, name: &str) -> Option<&Source> {
        self.sources
            .iter()
            .find(|source| source.stream.as_deref() == Some(name) || source.path == name)
    }
}

pub(crate) fn when(at: Micros) -> String {
    clock::text(at, 6)
}
