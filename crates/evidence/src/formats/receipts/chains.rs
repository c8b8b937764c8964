//! What the receipts of one file gave, chain by chain.
//!
//! A *run* is a stretch of one chain whose receipts follow each other in number, name each other's
//! hashes and stand alike. While all is well a chain is one run, however long it is.

use super::document::Uncovered;
use super::own_keys::check_all;
use super::receipt::{By, Receipt, Standing, Under};
use super::ring::KeyRing;
use super::rotation::Rotation;
use crate::batch::SealPart;
use crate::keys::ed25519::Check;
use crate::keys::{Job, PreparedTrust, Standing as KeyStanding, TrustedKey};
use crate::{Digest, Micros, Reading};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// What the receipts of one file gave, chain by chain: small while links and signatures hold.
#[derive(Debug, Clone, Default)]
pub struct Chains {
    pub(super) chains: Vec<Chain>,
    index: HashMap<Arc<str>, usize>,
    /// The chain of the receipt before.
    last: Option<usize>,
    /// Ordinals of records without a chain before any chain was seen.
    pub(super) strays: Vec<u64>,
    prepared: LastPrepared,
}

/// The receipts of one chain in one file.
#[derive(Debug, Clone, Default)]
pub(super) struct Chain {
    pub id: Arc<str>,
    pub runs: Vec<Run>,
    /// Ordinals of records without a number among the chain's.
    pub unread: Vec<u64>,
    pub uncovered: Uncovered,
    /// The receipts that begin the chain, and how many had begun it before each.
    beginnings: HashMap<Digest, u32>,
    /// How many times the chain has begun anew.
    epoch: u32,
    /// The receipt that begins the epoch, from the second on.
    beginning: Option<Digest>,
    /// Whether any signature held.
    holds: bool,
    successor: Option<Successor>,
}

/// A stretch of one chain in one file.
#[derive(Debug, Clone)]
pub(super) struct Run {
    /// The first and last number.
    pub first: u64,
    pub last: u64,
    /// The stretches of ordinals where the receipts lie, one after the other.
    pub ordinals: Vec<(u64, u64)>,
    /// What the first names as its predecessor.
    pub previous: Option<Digest>,
    /// The hash of the last.
    pub hash: Option<Digest>,
    pub issuer: Arc<str>,
    /// The first and last time, which do not run back in between.
    pub begin: Option<Micros>,
    pub end: Option<Micros>,
    /// Whether the last says that the chain ends.
    pub terminal: bool,
    /// The change of key; such a receipt is a run of its own.
    pub rotation: Option<Box<Rotation>>,
    pub standing: Standing,
    /// The receipt that begins the chain anew, where it does in this file before this run.
    pub beginning: Option<Digest>,
}

impl Run {
    /// The ordinal of one receipt of the run.
    pub fn ordinal(&self, sequence: u64) -> u64 {
        let mut ahead = sequence.saturating_sub(self.first);
        for &(first, last) in &self.ordinals {
            let count = last - first + 1;
            if ahead < count {
                return first + ahead;
            }
            ahead -= count;
        }
        self.ordinals.last().map_or(0, |&(_, last)| last)
    }

    /// The stretches of ordinals of some receipts of the run.
    pub fn stretches(&self, first: u64, last: u64) -> Vec<(u64, u64)> {
        let (mut at, mut out) = (self.first, Vec::new());
        for &(from, to) in &self.ordinals {
            let end = at + (to - from);
            if end >= first && at <= last {
                out.push((
                    from + first.saturating_sub(at),
                    to - end.saturating_sub(last),
                ));
            }
            at = end + 1;
        }
        out
    }

    /// Whether the receipt goes on with this run.
    fn goes_on(
        &self,
        receipt: &Receipt,
        standing: &Standing,
        sequence: u64,
        beginning: Option<Digest>,
    ) -> bool {
        self.last.checked_add(1) == Some(sequence)
            && self.beginning == beginning
            && self.hash.is_some()
            && receipt.hash.is_some()
            && receipt.previous == self.hash
            && receipt.issuer == self.issuer
            && receipt.time >= self.end
            && !self.terminal
            && self.rotation.is_none()
            && receipt.rotation.is_none()
            && *standing == self.standing
            && !matches!(standing, Standing::Malformed)
    }
}

/// The key that a rotation in this file makes the chain's next.
#[derive(Debug, Clone)]
pub(super) struct Successor {
    pub key: [u8; 32],
    /// The examiner's trust, handed on.
    trusted: Option<TrustedKey>,
    by: By,
}

/// The key prepared last, so that one key is not prepared for each batch.
#[derive(Clone, Default)]
pub(super) struct LastPrepared(Option<Arc<PreparedTrust>>);

impl fmt::Debug for LastPrepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LastPrepared")
    }
}

/// How many signatures under one successor make it worth preparing.
const WORTH_PREPARING: usize = 100;

impl Chains {
    /// Adds the next records of the file, in order; the first has this ordinal. It does not matter
    /// how they are put into batches.
    pub fn add(&mut self, first_ordinal: u64, readings: &[Reading], ring: &KeyRing) {
        let receipts: Vec<Option<&Receipt>> = readings
            .iter()
            .map(|reading| match &reading.seal {
                SealPart::Receipt(receipt) => Some(&**receipt),
                _ => None,
            })
            .collect();
        // Answers of a successor's key, found ahead for the rest of the batch.
        let mut ahead: HashMap<usize, ([u8; 32], Standing)> = HashMap::new();
        for (i, (ordinal, receipt)) in (first_ordinal..).zip(&receipts).enumerate() {
            let Some(receipt) = receipt else { continue };
            let Some(place) = self.chain_of(receipt) else {
                self.strays.push(ordinal);
                continue;
            };
            self.last = Some(place);
            let Some(sequence) = receipt.sequence else {
                self.chains[place].unread.push(ordinal);
                continue;
            };
            let standing = match (&self.chains[place].successor, &receipt.retry) {
                (Some(successor), Some(_)) => {
                    if ahead.get(&i).is_none_or(|(key, _)| *key != successor.key) {
                        let answers = successor.try_ahead(&receipts[i..], &mut self.prepared);
                        let answers = answers.into_iter();
                        ahead.extend(answers.map(|(k, key, standing)| (i + k, (key, standing))));
                    }
                    ahead.remove(&i).map(|(_, standing)| standing)
                }
                _ => None,
            };
            let standing = standing.unwrap_or_else(|| receipt.standing.clone());
            self.chains[place].add(ordinal, receipt, sequence, standing, ring);
        }
    }

    /// Where the receipt belongs: its own chain, or the one before it where it does not say.
    fn chain_of(&mut self, receipt: &Receipt) -> Option<usize> {
        if receipt.chain.is_empty() {
            return self.last;
        }
        if let Some(&place) = self.index.get(&receipt.chain) {
            return Some(place);
        }
        let place = self.chains.len();
        self.index.insert(Arc::clone(&receipt.chain), place);
        self.chains.push(Chain {
            id: Arc::clone(&receipt.chain),
            ..Chain::default()
        });
        Some(place)
    }
}

impl Chain {
    fn add(
        &mut self,
        ordinal: u64,
        receipt: &Receipt,
        sequence: u64,
        standing: Standing,
        ring: &KeyRing,
    ) {
        self.uncovered.join(&receipt.uncovered);
        let holds = matches!(standing, Standing::Holds(_));
        // A beginning after another: the same again is a copy, a different one a restart. What no
        // key verifies says nothing of a chain that a key verifies.
        if let (None, Some(hash)) = (receipt.previous, receipt.hash)
            && (holds || !self.holds)
            && !matches!(standing, Standing::Malformed)
        {
            let next = u32::try_from(self.beginnings.len()).unwrap_or(u32::MAX);
            self.epoch = *self.beginnings.entry(hash).or_insert(next);
            self.beginning = (self.epoch > 0).then_some(hash);
        }
        self.holds |= holds;
        if let (Standing::Holds(under), Some(rotation)) = (&standing, &receipt.rotation)
            && rotation.refused.is_none()
            && let Ok(next) = rotation.from(&under.key)
        {
            self.successor = Successor::after(under, next, &self.id, self.successor.take(), ring);
        }
        match self.runs.last_mut() {
            Some(run) if run.goes_on(receipt, &standing, sequence, self.beginning) => {
                run.last = sequence;
                run.hash = receipt.hash;
                run.end = receipt.time;
                run.terminal = receipt.terminal;
                match run.ordinals.last_mut() {
                    Some((_, last)) if *last + 1 == ordinal => *last = ordinal,
                    _ => run.ordinals.push((ordinal, ordinal)),
                }
            }
            _ => self.runs.push(Run {
                first: sequence,
                last: sequence,
                ordinals: vec![(ordinal, ordinal)],
                previous: receipt.previous,
                hash: receipt.hash,
                issuer: Arc::clone(&receipt.issuer),
                begin: receipt.time,
                end: receipt.time,
                terminal: receipt.terminal,
                rotation: receipt.rotation.clone(),
                standing,
                beginning: self.beginning,
            }),
        }
    }
}

impl Successor {
    /// The key that a rotation in order hands over to.
    pub fn after(
        under: &Under,
        next: [u8; 32],
        chain: &str,
        before: Option<Successor>,
        ring: &KeyRing,
    ) -> Option<Successor> {
        let trusted = match &under.by {
            By::Examiner(vouched) => {
                let before = before.and_then(|before| before.trusted);
                let old = before
                    .as_ref()
                    .filter(|old| old.fingerprint() == vouched.fingerprint())
                    .or_else(|| ring.trusted(vouched.fingerprint()))?;
                Some(old.successor(next, vouched, vec![chain.to_owned()])?)
            }
            By::Objection(_) | By::Nobody => None,
        };
        Some(Successor {
            key: next,
            trusted,
            by: under.by.clone(),
        })
    }

    /// How a signature stands under this key, which has been checked.
    fn standing(&self, check: Check, by: By) -> Standing {
        match check {
            Check::Valid => Standing::Holds(Under {
                key: self.key,
                by,
                succeeded: true,
            }),
            Check::Weak => Standing::Weak {
                own: self.trusted.is_none(),
            },
            Check::Invalid => Standing::Fails,
        }
    }

    /// Tries the key on signatures that no other key verifies.
    pub fn check(&self, jobs: &[Job<'_>], prepared: &mut LastPrepared) -> Vec<Standing> {
        let Some(trusted) = &self.trusted else {
            let signed: Vec<_> = jobs.iter().map(|&(form, sig, _)| (form, sig)).collect();
            let checks = check_all(&self.key, &signed);
            return checks
                .into_iter()
                .map(|c| self.standing(c, self.by.clone()))
                .collect();
        };
        let answers = if jobs.len() < WORTH_PREPARING && !prepared.is(trusted) {
            let single = |&(form, sig, at): &Job<'_>| trusted.check_ed25519(form, sig, at);
            jobs.iter().map(single).collect()
        } else {
            prepared
                .of(trusted)
                .map_or_else(Vec::new, |key| key.check_many(jobs))
        };
        answers
            .into_iter()
            .map(|answer| match answer {
                KeyStanding::Vouched(vouched) => self.standing(Check::Valid, By::Examiner(vouched)),
                KeyStanding::Objection(code) => self.standing(Check::Valid, By::Objection(code)),
                KeyStanding::Failed(check) => self.standing(check, By::Nobody),
            })
            .collect()
    }

    /// Tries the key on those of the next receipts that are of the first one's chain, up to its
    /// next rotation. Gives their places and answers.
    fn try_ahead(
        &self,
        receipts: &[Option<&Receipt>],
        prepared: &mut LastPrepared,
    ) -> Vec<(usize, [u8; 32], Standing)> {
        let chain = receipts
            .first()
            .copied()
            .flatten()
            .map(|receipt| &receipt.chain);
        let (mut places, mut jobs) = (Vec::new(), Vec::new());
        for (i, receipt) in receipts.iter().enumerate() {
            let Some(receipt) = receipt.filter(|receipt| Some(&receipt.chain) == chain) else {
                continue;
            };
            if let Some(retry) = &receipt.retry {
                places.push(i);
                jobs.push((&retry.form[..], &retry.signature, retry.at));
            }
            if receipt.rotation.is_some() {
                break;
            }
        }
        let answers = self.check(&jobs, prepared);
        places
            .into_iter()
            .zip(answers)
            .map(|(i, standing)| (i, self.key, standing))
            .collect()
    }
}

impl LastPrepared {
    fn is(&self, trusted: &TrustedKey) -> bool {
        self.0
            .as_ref()
            .is_some_and(|prepared| prepared.trusted() == trusted)
    }

    fn of(&mut self, trusted: &TrustedKey) -> Option<Arc<PreparedTrust>> {
        if !self.is(trusted) {
            self.0 = PreparedTrust::new(trusted).map(Arc::new);
        }
        self.0.clone()
    }
}
