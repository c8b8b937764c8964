//! The Merkle tree of RFC 6962 section 2.1, grown leaf by leaf; only the roots of its complete
//! subtrees are kept.

use sha2::{Digest, Sha256};

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// SHA-256 of these bytes.
pub fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// The leaf hash of a record: SHA-256(0x00 ‖ SHA-256(line)).
pub fn leaf(line_digest: &Hash) -> Hash {
    Sha256::new()
        .chain_update([0])
        .chain_update(line_digest)
        .finalize()
        .into()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new()
        .chain_update([1])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// A tree that only grows.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    size: u64,
    /// Roots of the complete subtrees, the largest first: one for each set bit of `size`.
    peaks: Vec<Hash>,
}

impl Tree {
    /// How many leaves it has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf hash.
    pub fn push(&mut self, leaf: Hash) {
        let mut carried = leaf;
        let mut bits = self.size;
        while bits & 1 == 1 {
            let left = self.peaks.pop().expect("one peak for each set bit");
            carried = node(&left, &carried);
            bits >>= 1;
        }
        self.peaks.push(carried);
        self.size += 1;
    }

    /// The root over all leaves so far.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        match peaks.next() {
            None => sha256(b""),
            Some(last) => peaks.fold(*last, |right, left| node(left, &right)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::hex;

    /// The tree straight from the definition: MTH(D[n]) = H(1 ‖ MTH(D[0:k]) ‖ MTH(D[k:n])), k the
    /// largest power of two below n.
    fn defined(leaves: &[Hash]) -> Hash {
        match leaves.len() {
            0 => sha256(b""),
            1 => leaves[0],
            n => {
                let k = n.next_power_of_two() / 2;
                node(&defined(&leaves[..k]), &defined(&leaves[k..]))
            }
        }
    }

    #[test]
    fn roots_are_those_of_the_definition() {
        let leaves: Vec<_> = (0..200u32)
            .map(|n| leaf(&sha256(&n.to_le_bytes())))
            .collect();
        let mut tree = Tree::default();
        assert_eq!(tree.root(), defined(&[]));
        for (index, &hash) in leaves.iter().enumerate() {
            tree.push(hash);
            assert_eq!(
                tree.root(),
                defined(&leaves[..=index]),
                "{} leaves",
                index + 1
            );
        }
    }

    #[test]
    fn roots_are_those_of_the_reference_tree() {
        // Certificate Transparency's reference tree: leaves "", 00, 10, 2021 (their leaf hash is
        // SHA-256(00 ‖ data)); roots as published with it.
        let mut tree = Tree::default();
        let data: [&[u8]; 4] = [b"", &[0], &[0x10], &[0x20, 0x21]];
        let mut roots = Vec::new();
        for bytes in data {
            tree.push(sha256(&[&[0], bytes].concat()));
            roots.push(hex(&tree.root()));
        }
        assert_eq!(
            roots,
            [
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]
        );
    }
}
