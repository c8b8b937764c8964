//! RFC 6962 Merkle trees: leaf and node hashes, compact ranges, inclusion and consistency.

mod proof;
mod range;

pub use proof::{consistency_holds, inclusion_holds, inclusion_path};
pub use range::Range;

use crate::Digest;
use crate::digest::Hasher;

/// The hash of a leaf: SHA-256(0x00 ‖ entry).
pub fn leaf_hash(entry: &[u8]) -> Digest {
    let mut hasher = Hasher::default();
    hasher.update(&[0]);
    hasher.update(entry);
    hasher.finish()
}

/// The hash of an inner node: SHA-256(0x01 ‖ left ‖ right).
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    let mut hasher = Hasher::default();
    hasher.update(&[1]);
    hasher.update(&left.0);
    hasher.update(&right.0);
    hasher.finish()
}

/// The root of the tree without leaves: SHA-256 of nothing (RFC 6962, 2.1).
pub fn empty_root() -> Digest {
    Digest::of(b"")
}

/// RFC 6962, 2.1, word for word and slow: what the rest of the module is held against.
#[cfg(test)]
fn naive_root(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            // "Let k be the largest power of two smaller than n."
            let mut k = 1;
            while k * 2 < leaves.len() {
                k *= 2;
            }
            node_hash(&naive_root(&leaves[..k]), &naive_root(&leaves[k..]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_and_nodes_have_the_prefixes_of_rfc_6962() {
        // `printf '\0' | sha256sum`, and python hashlib over b'\1' + 32*b'\2' + 32*b'\3'.
        assert_eq!(
            leaf_hash(b"").to_string(),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
        );
        assert_eq!(
            node_hash(&Digest([2; 32]), &Digest([3; 32])).to_string(),
            "f76475df4f1da410c4ceb75d9eaced17fe47c310c7a3488f3bba063e65b8c25d"
        );
    }

    #[test]
    fn roots_of_the_reference_inputs_are_the_published_ones() {
        // The eight entries and the roots of the RFC 6962 reference implementation
        // (transparency-dev/merkle, testonly/constants.go).
        let entries = [
            "",
            "00",
            "10",
            "2021",
            "3031",
            "40414243",
            "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        ];
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let mut range = Range::empty(0);
        assert_eq!(range.root(), Some(empty_root()));
        for (entry, root) in entries.iter().zip(roots) {
            let bytes: Vec<u8> = (0..entry.len() / 2)
                .map(|i| u8::from_str_radix(&entry[2 * i..2 * i + 2], 16).unwrap())
                .collect();
            range.push(leaf_hash(&bytes));
            assert_eq!(range.root().unwrap().to_string(), root);
        }
    }
}
