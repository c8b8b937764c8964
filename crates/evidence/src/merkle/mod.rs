//! RFC 6962 Merkle trees: leaf and node hashes, compact ranges, inclusion and consistency.

use crate::Digest;

/// The hash of a leaf: SHA-256(0x00 ‖ entry).
pub fn leaf_hash(entry: &[u8]) -> Digest {
    let _ = entry;
    todo!()
}

/// The hash of an inner node: SHA-256(0x01 ‖ left ‖ right).
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    let _ = (left, right);
    todo!()
}

/// A stretch of leaves `[begin, end)` of a tree, as the hashes of the perfect subtrees that tile
/// it: at most 2·log2 of its length. Adjacent ranges join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    begin: u64,
    end: u64,
    nodes: Vec<Digest>,
}

impl Range {
    /// The empty range at a place.
    pub fn empty(begin: u64) -> Range {
        Range { begin, end: begin, nodes: Vec::new() }
    }
    /// The first leaf's index.
    pub fn begin(&self) -> u64 {
        self.begin
    }
    /// One past the last leaf's index.
    pub fn end(&self) -> u64 {
        self.end
    }
    /// Appends one leaf hash.
    pub fn push(&mut self, leaf: Digest) {
        let _ = (leaf, &mut self.nodes);
        todo!()
    }
    /// Appends the range that begins where this one ends; panics if it begins elsewhere (a bug).
    pub fn join(&mut self, next: &Range) {
        let _ = next;
        todo!()
    }
    /// The root of the tree over these leaves; `None` unless the range begins at 0. The root of no
    /// leaves is SHA-256 of nothing.
    pub fn root(&self) -> Option<Digest> {
        todo!()
    }
}

/// Whether an inclusion proof holds (RFC 9162, 2.1.3.2).
pub fn inclusion_holds(leaf: &Digest, index: u64, size: u64, path: &[Digest], root: &Digest) -> bool {
    let _ = (leaf, index, size, path, root);
    todo!()
}

/// Whether a consistency proof holds (RFC 9162, 2.1.4.2). Sizes equal: the proof is empty and the
/// roots equal. `size1` = 0 proves nothing and is refused unless both are 0.
pub fn consistency_holds(size1: u64, size2: u64, root1: &Digest, root2: &Digest, proof: &[Digest]) -> bool {
    let _ = (size1, size2, root1, root2, proof);
    todo!()
}

/// The inclusion path of leaf `index` in the tree over `leaves` (hashes in order, exactly `size`
/// of them), in O(log size) memory. `None` if `index >= size` or the leaves run out.
pub fn inclusion_path(index: u64, size: u64, leaves: impl Iterator<Item = Digest>) -> Option<(Vec<Digest>, Digest)> {
    let _ = (index, size, leaves);
    todo!()
}
