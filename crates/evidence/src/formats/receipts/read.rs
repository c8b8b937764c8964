//! Reads receipts, a batch at a time, so that one key's signatures are checked side by side.

use super::document::{Document, Proof};
use super::event;
use super::receipt::{By, Receipt, Retry, Standing, Under};
use super::ring::KeyRing;
use crate::batch::SealPart;
use crate::event::Events;
use crate::keys::ed25519::Check;
use crate::keys::{Job, Standing as KeyStanding};
use crate::{Batch, Digest, Limits, Micros, Reading};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// Reads the receipts of a batch: begins their events, says what is malformed, computes their
/// canonical forms and tries their signatures under the trusted keys and under the keys that they
/// name themselves. The answers do not depend on how receipts are put into batches.
pub fn read_batch(
    batch: &Batch,
    ring: &KeyRing,
    limits: &Limits,
    events: &mut Events,
) -> Vec<Reading> {
    let mut pending = Pending::default();
    let readings: Vec<Reading> = batch
        .iter()
        .map(|(_, _, bytes)| pending.read(bytes, limits, events))
        .collect();
    pending.settle(ring, readings)
}

/// Receipts that were read and whose signatures were not yet tried.
#[derive(Default)]
struct Pending {
    /// The canonical forms of the batch, one after the other.
    canonical: Vec<u8>,
    jobs: Vec<Open>,
    /// Texts that many receipts of the batch share.
    shared: HashMap<Box<str>, Arc<str>>,
}

struct Open {
    place: usize,
    form: Range<usize>,
    signature: [u8; 64],
    at: Option<Micros>,
    own: Option<[u8; 32]>,
    chain: Arc<str>,
    standing: Option<Standing>,
}

impl Pending {
    fn share(&mut self, text: Option<&str>) -> Arc<str> {
        let text = text.unwrap_or_default();
        match self.shared.get(text) {
            Some(shared) => Arc::clone(shared),
            None => {
                let shared: Arc<str> = text.into();
                self.shared.insert(text.into(), Arc::clone(&shared));
                shared
            }
        }
    }

    fn read(&mut self, bytes: &[u8], limits: &Limits, events: &mut Events) -> Reading {
        let digest = Digest::of(bytes);
        let start = self.canonical.len();
        let document = if bytes.len() > limits.record_bytes {
            Document::unreadable(format!("longer than {} bytes", limits.record_bytes))
        } else {
            Document::read(bytes, limits.json_depth, &mut self.canonical)
        };
        events.begin();
        event::normalise(&document, events);
        let standing = Standing::before_keys(&document);
        let chain = self.share(document.chain());
        let issuer = self.share(document.issuer());
        if let (None, Proof::Signature(signature)) = (&standing, &document.proof) {
            self.jobs.push(Open {
                place: 0,
                form: start..self.canonical.len(),
                signature: **signature,
                at: document.signed_at,
                own: document.own_key,
                chain: Arc::clone(&chain),
                standing: None,
            });
        } else {
            self.canonical.truncate(start);
        }
        Reading {
            digest,
            malformed: document.malformed,
            seal: SealPart::Receipt(Box::new(Receipt {
                chain,
                sequence: document.sequence,
                previous: document.previous,
                hash: document.hash,
                issuer,
                time: document.time,
                terminal: document.terminal,
                rotation: document.rotation,
                standing: standing.unwrap_or(Standing::Fails),
                retry: None,
                uncovered: document.uncovered,
            })),
        }
    }

    /// Tries the signatures and writes down how they stand.
    fn settle(mut self, ring: &KeyRing, mut readings: Vec<Reading>) -> Vec<Reading> {
        let open = readings
            .iter_mut()
            .filter_map(|reading| match &mut reading.seal {
                SealPart::Receipt(receipt) if receipt.standing == Standing::Fails => Some(receipt),
                _ => None,
            });
        let mut receipts: Vec<&mut Box<Receipt>> = open.collect();
        for (place, job) in self.jobs.iter_mut().enumerate() {
            job.place = place;
        }
        // A strict signature holds under one key. So a receipt that names a key which nobody trusts
        // is tried with that one first, and mostly with no other.
        let is_trusted = |key: &[u8; 32]| ring.keys().iter().any(|known| known.key() == key);
        try_own(&mut self.jobs, &self.canonical, ring, |key| {
            !is_trusted(key)
        });
        try_trusted(&mut self.jobs, &self.canonical, ring);
        try_own(&mut self.jobs, &self.canonical, ring, is_trusted);
        for job in self.jobs {
            let receipt = &mut receipts[job.place];
            receipt.standing = job.standing.unwrap_or(Standing::Fails);
            if receipt.standing == Standing::Fails {
                let form = self.canonical[job.form].to_vec();
                receipt.retry = Some(Box::new(Retry {
                    form,
                    signature: job.signature,
                    at: job.at,
                }));
            }
        }
        readings
    }
}

/// Tries the trusted keys. A chain mostly has one key, so each chain's first receipt is tried under
/// all, and the others first under the one that it gave; then what is left under the rest.
fn try_trusted(jobs: &mut [Open], canonical: &[u8], ring: &KeyRing) {
    let keys = ring.keys();
    let mut hint: HashMap<Arc<str>, usize> = HashMap::new();
    if keys.len() > 1 {
        let mut last = 0;
        for i in 0..jobs.len() {
            let holds = matches!(jobs[i].standing, Some(Standing::Holds(_)));
            if holds || hint.contains_key(&jobs[i].chain) {
                continue;
            }
            let order = std::iter::once(last).chain((0..keys.len()).filter(|&k| k != last));
            let found = order.into_iter().find(|&key| {
                try_key(jobs, canonical, ring, key, &[i]);
                matches!(jobs[i].standing, Some(Standing::Holds(_)))
            });
            last = found.unwrap_or(last);
            hint.insert(Arc::clone(&jobs[i].chain), last);
        }
    }
    for key in 0..keys.len() {
        let hinted = |job: &Open| hint.get(&job.chain).is_none_or(|&hint| hint == key);
        let mine: Vec<usize> = (0..jobs.len()).filter(|&i| hinted(&jobs[i])).collect();
        try_key(jobs, canonical, ring, key, &mine);
    }
    if keys.len() > 1 {
        for key in 0..keys.len() {
            let hinted = |job: &Open| hint.get(&job.chain) == Some(&key);
            let others: Vec<usize> = (0..jobs.len()).filter(|&i| !hinted(&jobs[i])).collect();
            try_key(jobs, canonical, ring, key, &others);
        }
    }
}

/// Tries one trusted key on those of some receipts that no key verified yet.
fn try_key(jobs: &mut [Open], canonical: &[u8], ring: &KeyRing, key: usize, which: &[usize]) {
    let key = &ring.keys()[key];
    let mine: Vec<usize> = which
        .iter()
        .copied()
        .filter(|&i| !matches!(jobs[i].standing, Some(Standing::Holds(_))))
        .filter(|&i| key.may_seal(&jobs[i].chain))
        .collect();
    if mine.is_empty() {
        return;
    }
    let signed: Vec<(&str, Job<'_>)> = mine
        .iter()
        .map(|&i| &jobs[i])
        .map(|job| {
            (
                &*job.chain,
                (&canonical[job.form.clone()], &job.signature, job.at),
            )
        })
        .collect();
    let answers = key.check(&signed);
    for (i, answer) in mine.into_iter().zip(answers) {
        let holds = |by| {
            Some(Standing::Holds(Under {
                key: *key.key(),
                by,
                succeeded: false,
            }))
        };
        match answer {
            KeyStanding::Vouched(vouched) => jobs[i].standing = holds(By::Examiner(vouched)),
            KeyStanding::Objection(code) => jobs[i].standing = holds(By::Objection(code)),
            KeyStanding::Failed(Check::Weak) => {
                jobs[i].standing = Some(Standing::Weak { own: false });
            }
            KeyStanding::Failed(_) => {}
        }
    }
}

/// Tries those of the keys that receipts name themselves, on what no key verified yet.
fn try_own(
    jobs: &mut [Open],
    canonical: &[u8],
    ring: &KeyRing,
    wanted: impl Fn(&[u8; 32]) -> bool,
) {
    let mut by_key: HashMap<[u8; 32], Vec<usize>> = HashMap::new();
    for (i, job) in jobs.iter().enumerate() {
        if let (None, Some(key)) = (&job.standing, job.own)
            && wanted(&key)
        {
            by_key.entry(key).or_default().push(i);
        }
    }
    for (key, mine) in by_key {
        let signed: Vec<(&[u8], &[u8; 64])> = mine
            .iter()
            .map(|&i| (&canonical[jobs[i].form.clone()], &jobs[i].signature))
            .collect();
        let checks = ring.own().check(&key, &signed);
        for (i, check) in mine.into_iter().zip(checks) {
            jobs[i].standing = match check {
                Check::Valid => Some(Standing::Holds(Under {
                    key,
                    by: By::Nobody,
                    succeeded: false,
                })),
                Check::Weak => Some(Standing::Weak { own: true }),
                Check::Invalid => None,
            };
        }
    }
}
