//! Stretches of a tree's leaves, kept small and joined in any grouping.

use super::{empty_root, node_hash};
use crate::Digest;

/// A stretch of leaves `[begin, end)` of a tree, as the hashes of the perfect subtrees that tile
/// it: at most 2·log2 of its length. Adjacent ranges join.
///
/// The tiles are those of the whole tree, not of a tree that begins with the stretch: a tile of
/// 2^l leaves begins at a multiple of 2^l. So a range that begins in the middle joins with its left
/// neighbour to what the two would have been in one piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    begin: u64,
    end: u64,
    /// One hash a tile of [`tiles`], in the same order.
    nodes: Vec<Digest>,
}

impl Range {
    /// The empty range at a place.
    pub fn empty(begin: u64) -> Range {
        Range {
            begin,
            end: begin,
            nodes: Vec::new(),
        }
    }

    /// The range that is one perfect subtree: `length` leaves, a power of two, from a multiple of
    /// it on.
    pub(crate) fn of_subtree(begin: u64, length: u64, node: Digest) -> Range {
        debug_assert!(length.is_power_of_two() && begin.is_multiple_of(length));
        Range {
            begin,
            end: begin + length,
            nodes: vec![node],
        }
    }

    /// The hash over the range as a subtree of its own. It is one of the whole tree only where the
    /// range begins at a multiple of a power of two that is no less than its length.
    pub(crate) fn hash(&self) -> Option<Digest> {
        fold(&self.nodes)
    }

    /// The hash of the perfect subtree that the range is; `None` where it is none.
    pub(crate) fn subtree(&self) -> Option<Digest> {
        match self.nodes[..] {
            [node] => Some(node),
            _ => None,
        }
    }

    /// The first leaf's index.
    pub fn begin(&self) -> u64 {
        self.begin
    }

    /// One past the last leaf's index.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// How many leaves.
    pub fn len(&self) -> u64 {
        self.end - self.begin
    }

    /// Whether it has no leaves.
    pub fn is_empty(&self) -> bool {
        self.begin == self.end
    }

    /// Appends one leaf hash. Panics past leaf 2^64 − 1, which no file is long enough to reach.
    pub fn push(&mut self, leaf: Digest) {
        self.append(0, leaf);
    }

    /// Appends the range that begins where this one ends; panics if it begins elsewhere (a bug).
    pub fn join(&mut self, next: &Range) {
        assert_eq!(self.end, next.begin, "only adjacent ranges join");
        for ((_, level), node) in tiles(next.begin, next.end).zip(&next.nodes) {
            self.append(level, *node);
        }
    }

    /// The root of the tree over these leaves; `None` unless the range begins at 0. The root of no
    /// leaves is SHA-256 of nothing.
    pub fn root(&self) -> Option<Digest> {
        (self.begin == 0).then(|| fold(&self.nodes).unwrap_or_else(empty_root))
    }

    /// The tiles' hashes, from left to right.
    pub(super) fn nodes(&self) -> &[Digest] {
        &self.nodes
    }

    /// Appends a tile of 2^level leaves at the end, and merges it with its left sibling for as long
    /// as that lies within the range. A sibling within the range is always the last tile kept.
    fn append(&mut self, level: u32, mut node: Digest) {
        let length = 1u64 << level;
        let end = self
            .end
            .checked_add(length)
            .expect("fewer than 2^64 leaves");
        let (mut start, mut length) = (self.end, length);
        // A right child's place is an odd multiple of its length.
        while start & length != 0 && start - length >= self.begin {
            let Some(left) = self.nodes.pop() else { break };
            node = node_hash(&left, &node);
            start -= length;
            length <<= 1;
        }
        self.nodes.push(node);
        self.end = end;
    }
}

/// The perfect subtrees that tile `[begin, end)`, as the first leaf and the level of each: always
/// the largest that fits and begins at a multiple of its length.
fn tiles(begin: u64, end: u64) -> impl Iterator<Item = (u64, u32)> {
    let mut at = begin;
    std::iter::from_fn(move || {
        let room = (end - at).checked_ilog2()?;
        let level = room.min(at.trailing_zeros());
        let tile = (at, level);
        at += 1 << level;
        Some(tile)
    })
}

/// The hash over tiles that end a tree: a smaller right subtree hangs as it is under its parent,
/// with nothing doubled to fill it up.
pub(super) fn fold(nodes: &[Digest]) -> Option<Digest> {
    let (last, rest) = nodes.split_last()?;
    Some(
        rest.iter()
            .rev()
            .fold(*last, |right, left| node_hash(left, &right)),
    )
}

#[cfg(test)]
mod tests {
    use super::super::{leaf_hash, naive_root};
    use super::*;
    use proptest::prelude::*;

    fn leaves(n: u64) -> Vec<Digest> {
        (0..n).map(|i| leaf_hash(&i.to_be_bytes())).collect()
    }

    fn range_over(begin: u64, leaves: &[Digest]) -> Range {
        let mut range = Range::empty(begin);
        leaves.iter().for_each(|leaf| range.push(*leaf));
        range
    }

    #[test]
    fn every_size_up_to_300_has_the_root_of_rfc_6962() {
        let leaves = leaves(300);
        let mut range = Range::empty(0);
        for (n, leaf) in leaves.iter().enumerate() {
            assert_eq!(range.root(), Some(naive_root(&leaves[..n])));
            range.push(*leaf);
        }
    }

    #[test]
    fn any_three_pieces_joined_either_way_are_the_whole() {
        let leaves = leaves(40);
        for end in 0..=40 {
            let whole = range_over(0, &leaves[..end]);
            for a in 0..=end {
                for b in a..=end {
                    let middle = range_over(a as u64, &leaves[a..b]);
                    let last = range_over(b as u64, &leaves[b..end]);
                    let mut left_first = range_over(0, &leaves[..a]);
                    left_first.join(&middle);
                    left_first.join(&last);
                    let mut right_first = middle.clone();
                    right_first.join(&last);
                    let mut joined = range_over(0, &leaves[..a]);
                    joined.join(&right_first);
                    assert_eq!(left_first, whole);
                    assert_eq!(joined, whole);
                }
            }
        }
    }

    #[test]
    fn only_a_range_from_the_first_leaf_has_a_root() {
        assert_eq!(Range::empty(1).root(), None);
        assert_eq!(range_over(4, &leaves(4)).root(), None);
        assert_eq!(Range::empty(0).root(), Some(empty_root()));
    }

    #[test]
    fn a_range_holds_no_more_than_twice_log2_nodes() {
        let leaves = leaves(1000);
        for begin in [0, 1, 3, 511, 513] {
            let range = range_over(begin, &leaves);
            assert_eq!((range.len(), range.is_empty()), (1000, false));
            assert_eq!(range.nodes.len(), tiles(begin, begin + 1000).count());
            assert!(range.nodes.len() <= 2 * 10, "{}", range.nodes.len());
        }
    }

    #[test]
    fn ranges_far_out_still_tile() {
        let begin = u64::MAX - 5;
        let range = range_over(begin, &leaves(5));
        assert_eq!(range.end(), u64::MAX);
        assert_eq!(range.nodes.len(), tiles(begin, u64::MAX).count());
        assert_eq!(tiles(0, u64::MAX).count(), 64);
        assert_eq!(
            tiles(1, u64::MAX)
                .map(|(_, level)| 1u64 << level)
                .sum::<u64>(),
            u64::MAX - 1
        );
    }

    #[test]
    #[should_panic(expected = "only adjacent ranges join")]
    fn ranges_that_do_not_touch_do_not_join() {
        Range::empty(3).join(&Range::empty(4));
    }

    /// Hazard: an odd Merkle node was duplicated, so two different logs shared one root.
    #[test]
    fn an_odd_node_is_not_duplicated() {
        let three = leaves(3);
        let four = [three[0], three[1], three[2], three[2]];
        assert_ne!(range_over(0, &three).root(), range_over(0, &four).root());
    }

    proptest! {
        #[test]
        fn split_anywhere_and_joined_it_has_the_root_of_rfc_6962(
            n in 0u64..600,
            cuts in proptest::collection::vec(0u64..600, 0..8),
        ) {
            let leaves = leaves(n);
            let mut cuts: Vec<u64> = cuts.into_iter().map(|cut| cut.min(n)).chain([0, n]).collect();
            cuts.sort_unstable();
            let mut joined = Range::empty(0);
            for cut in cuts.windows(2) {
                joined.join(&range_over(cut[0], &leaves[cut[0] as usize..cut[1] as usize]));
            }
            prop_assert_eq!(joined.root(), Some(naive_root(&leaves)));
            prop_assert_eq!(joined, range_over(0, &leaves));
        }

        #[test]
        fn a_stretch_is_the_same_wherever_it_is_cut(
            begin in any::<u32>(), n in 0u64..200, cut in 0u64..200,
        ) {
            let begin = u64::from(begin);
            let leaves = leaves(n);
            let cut = cut.min(n) as usize;
            let mut joined = range_over(begin, &leaves[..cut]);
            joined.join(&range_over(begin + cut as u64, &leaves[cut..]));
            prop_assert_eq!(joined, range_over(begin, &leaves));
        }
    }
}
