//! Which receipts of a file stand elsewhere than their numbers say.

/// A stretch of receipts in the order of the file: its first number, and how many they are.
pub(super) type Stretch = (u64, u64);

/// The places of stretches that stand out of order: those outside the rising sequence that holds
/// the most receipts. Of two that could both be named, the one that comes first in the file is.
pub(super) fn displaced(stretches: &[Stretch]) -> Vec<usize> {
    if stretches.windows(2).all(|pair| pair[0].0 <= pair[1].0) {
        return Vec::new();
    }
    let mut ranks: Vec<u64> = stretches.iter().map(|stretch| stretch.0).collect();
    ranks.sort_unstable();
    ranks.dedup();
    // Going backwards: the heaviest rising sequence that begins at or above a rank, and where.
    let mut best: Vec<(u64, usize)> = vec![(0, usize::MAX); ranks.len() + 1];
    let mut next = vec![usize::MAX; stretches.len()];
    for (i, &(first, count)) in stretches.iter().enumerate().rev() {
        let rank = ranks.len() - ranks.partition_point(|&known| known < first);
        let (weight, after) = prefix_best(&best, rank);
        next[i] = after;
        raise(&mut best, rank, (weight.saturating_add(count), i));
    }
    let (_, mut at) = prefix_best(&best, ranks.len());
    let mut out = Vec::new();
    for (i, &after) in next.iter().enumerate() {
        if i == at {
            at = after;
        } else {
            out.push(i);
        }
    }
    out
}

/// The best among ranks `1..=rank` of a Fenwick tree. Of equal weights the later in the file, so
/// that the earlier is the one that is named.
fn prefix_best(tree: &[(u64, usize)], mut rank: usize) -> (u64, usize) {
    let mut best = (0, usize::MAX);
    while rank > 0 {
        if better(tree[rank], best) {
            best = tree[rank];
        }
        rank &= rank - 1;
    }
    best
}

fn raise(tree: &mut [(u64, usize)], mut rank: usize, value: (u64, usize)) {
    while rank < tree.len() {
        if better(value, tree[rank]) {
            tree[rank] = value;
        }
        rank += rank & rank.wrapping_neg();
    }
}

fn better(one: (u64, usize), other: (u64, usize)) -> bool {
    one.1 != usize::MAX
        && (one.0 > other.0 || one.0 == other.0 && (other.1 == usize::MAX || one.1 > other.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn of_two_swapped_receipts_the_first_that_is_out_of_order_is_named() {
        assert_eq!(displaced(&[(1, 2), (4, 1), (3, 1), (5, 3)]), [1]);
    }

    #[test]
    fn a_receipt_moved_far_is_the_one_named() {
        assert_eq!(displaced(&[(1, 2), (4, 6), (3, 1), (10, 3)]), [2]);
        assert_eq!(displaced(&[(9, 1), (1, 8), (10, 3)]), [0]);
        assert_eq!(displaced(&[(1, 3), (4, 1), (9, 2)]), [0usize; 0]);
    }

    proptest! {
        /// Against trying every subset.
        #[test]
        fn the_rest_is_in_order_and_no_heavier_rest_is(
            stretches in prop::collection::vec((1u64..9, 1u64..4), 0..9)
        ) {
            let out = displaced(&stretches);
            let weigh = |kept: &[usize]| -> Option<u64> {
                let rising = kept.windows(2).all(|w| stretches[w[0]].0 <= stretches[w[1]].0);
                rising.then(|| kept.iter().map(|&i| stretches[i].1).sum())
            };
            let kept: Vec<usize> = (0..stretches.len()).filter(|i| !out.contains(i)).collect();
            let best = (0u32..1 << stretches.len())
                .filter_map(|mask| {
                    let some: Vec<usize> =
                        (0..stretches.len()).filter(|i| mask >> i & 1 == 1).collect();
                    weigh(&some)
                })
                .max();
            prop_assert_eq!(weigh(&kept), best);
        }
    }
}
