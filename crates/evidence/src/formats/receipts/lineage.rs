//! Which keys speak for a chain.

use super::line::Piece;
use super::receipt::{By, Standing};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The keys of a chain: one, and those that it was changed to or from.
///
/// A receipt names no key. The examiner's key that verifies any of a chain's receipts is the
/// chain's; where several that no rotation joins verify some, the ones that verify most are. Keys
/// that came with the evidence count only where no key of the examiner's verifies any.
#[derive(Debug, Default)]
pub(super) struct Lineage {
    keys: BTreeSet<[u8; 32]>,
    trusted: bool,
}

impl Lineage {
    pub fn of(pieces: &[Piece<'_>]) -> Lineage {
        let held = || {
            pieces.iter().filter_map(|piece| match &piece.run.standing {
                Standing::Holds(under) => Some((piece.run, under)),
                _ => None,
            })
        };
        let trusted = held().any(|(_, under)| under.by != By::Nobody);
        let held = || held().filter(|(_, under)| (under.by != By::Nobody) == trusted);

        // Keys joined by rotations, as trees that point at their roots.
        let mut parents: BTreeMap<[u8; 32], [u8; 32]> = BTreeMap::new();
        for (run, under) in held() {
            if let Some(Ok(next)) = run
                .rotation
                .as_ref()
                .map(|rotation| rotation.from(&under.key))
            {
                let (one, other) = (root(&parents, under.key), root(&parents, next));
                if one != other {
                    parents.insert(other, one);
                }
            }
        }
        let mut weights: BTreeMap<[u8; 32], (u64, u64)> = BTreeMap::new();
        for (run, under) in held() {
            let weight = weights
                .entry(root(&parents, under.key))
                .or_insert((0, u64::MAX));
            weight.0 = weight.0.saturating_add(run.last - run.first + 1);
            weight.1 = weight.1.min(run.first);
        }
        let best = weights
            .iter()
            .max_by_key(|(_, (count, first))| (*count, u64::MAX - first));
        let Some((best, _)) = best else {
            return Lineage::default();
        };
        let joined = parents
            .keys()
            .copied()
            .filter(|&key| root(&parents, key) == *best);
        let keys = joined.chain([*best]).collect();
        Lineage { keys, trusted }
    }

    /// Whether no key verifies any receipt of the chain.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether the examiner trusts its first key.
    pub fn is_trusted(&self) -> bool {
        self.trusted
    }

    /// Whether the key is one of the chain's.
    pub fn holds(&self, key: &[u8; 32]) -> bool {
        self.keys.contains(key)
    }

    /// Who issued the chain: the issuer of most of the receipts that its keys verify.
    pub fn issuer(&self, pieces: &[Piece<'_>]) -> Arc<str> {
        let mut issuers: BTreeMap<&Arc<str>, (u64, u64)> = BTreeMap::new();
        for piece in pieces {
            let counts = match &piece.run.standing {
                Standing::Holds(under) => self.holds(&under.key),
                _ => self.is_empty(),
            };
            if counts {
                let issuer = issuers.entry(&piece.run.issuer).or_insert((0, u64::MAX));
                issuer.0 = issuer
                    .0
                    .saturating_add(piece.run.last - piece.run.first + 1);
                issuer.1 = issuer.1.min(piece.run.first);
            }
        }
        let best = issuers
            .iter()
            .max_by_key(|(_, (count, first))| (*count, u64::MAX - first));
        best.map(|(issuer, _)| Arc::clone(issuer))
            .unwrap_or_default()
    }
}

fn root(parents: &BTreeMap<[u8; 32], [u8; 32]>, mut key: [u8; 32]) -> [u8; 32] {
    // Each key is put below a root of another tree, so there is no way round.
    while let Some(parent) = parents.get(&key) {
        key = *parent;
    }
    key
}
