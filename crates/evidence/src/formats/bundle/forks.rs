//! Two sealed versions of one stream, wherever in the case they came from.

use super::sequence::Lines;
use super::stream::Sealed;
use crate::LookupError;

/// The first number at which two sealed versions differ; `None` where one goes on where the other
/// ends. Each line holds the digest of the one before it, so two versions that agree on one number
/// agree on all before it, and the place can be found by halving.
pub(super) fn parting(
    one: (&Sealed, &Lines),
    other: (&Sealed, &Lines),
) -> Result<Option<u64>, LookupError> {
    let common = one.0.size.min(other.0.size);
    let differ = |seq: u64| -> Result<Option<bool>, LookupError> {
        let digests = (one.0.digest(seq, one.1)?, other.0.digest(seq, other.1)?);
        Ok(match digests {
            (Some(first), Some(second)) => Some(first != second),
            _ => None,
        })
    };
    // A number that one version lacks says nothing; ask its neighbour further up.
    let known = |from: u64, to: u64| -> Result<Option<(u64, bool)>, LookupError> {
        for seq in from..to {
            if let Some(differs) = differ(seq)? {
                return Ok(Some((seq, differs)));
            }
        }
        Ok(None)
    };
    let mut last = None;
    for seq in (0..common).rev() {
        if let Some(differs) = differ(seq)? {
            last = Some((seq, differs));
            break;
        }
    }
    let Some((mut high, true)) = last else {
        return Ok(None);
    };
    let mut low = 0;
    while low < high {
        let middle = low + (high - low) / 2;
        match known(middle, high)? {
            Some((_, true)) | None => high = middle,
            Some((seq, false)) => low = seq + 1,
        }
    }
    // Where the exact number is not known in one of them, the first that is known to differ.
    Ok(known(low, common)?
        .filter(|(_, differs)| *differs)
        .map(|(seq, _)| seq))
}

/// Whether two versions are sealed by signers of equal standing: by the same key, both by trusted
/// keys, or both by keys that nobody vouches for. An unknown key's version never contradicts a
/// trusted one: anybody can make it.
pub(super) fn equal_standing(one: &Sealed, other: &Sealed) -> bool {
    let best = |sealed: &Sealed| sealed.by.iter().map(|(_, trusted)| *trusted).max();
    match (best(one), best(other)) {
        (Some(one_best), Some(other_best)) => {
            one_best == other_best
                || one
                    .by
                    .iter()
                    .any(|(key, _)| other.by.iter().any(|(other, _)| key == other))
        }
        _ => false,
    }
}
