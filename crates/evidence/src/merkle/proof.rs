//! Inclusion and consistency proofs.

use super::range::fold;
use super::{Range, empty_root, node_hash};
use crate::Digest;

/// Whether an inclusion proof holds (RFC 9162, 2.1.3.2).
pub fn inclusion_holds(
    leaf: &Digest,
    index: u64,
    size: u64,
    path: &[Digest],
    root: &Digest,
) -> bool {
    if index >= size {
        return false;
    }
    // The node's place on its level, and that of the level's last node.
    let (mut place, mut last) = (index, size - 1);
    let mut node = *leaf;
    for sibling in path {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            node = node_hash(sibling, &node);
            // The last node of an odd level hangs as it is under its parent: go up to where it has
            // a left sibling.
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            node = node_hash(&node, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && node == *root
}

/// Whether a consistency proof holds (RFC 9162, 2.1.4.2). Sizes equal: the proof is empty and the
/// roots equal. `size1` = 0 proves nothing and is refused unless both are 0 and both roots that of
/// no leaves.
pub fn consistency_holds(
    size1: u64,
    size2: u64,
    root1: &Digest,
    root2: &Digest,
    proof: &[Digest],
) -> bool {
    if size1 == size2 {
        return proof.is_empty() && root1 == root2 && (size1 != 0 || *root1 == empty_root());
    }
    if size1 == 0 || size1 > size2 {
        return false;
    }
    if proof.is_empty() {
        return false;
    }
    // Where the first tree is perfect, its root is the first node of the path.
    let mut nodes = size1
        .is_power_of_two()
        .then_some(root1)
        .into_iter()
        .chain(proof);
    let Some(&first) = nodes.next() else {
        return false;
    };
    let (mut place, mut last) = (size1 - 1, size2 - 1);
    while place & 1 == 1 {
        place >>= 1;
        last >>= 1;
    }
    let (mut old, mut new) = (first, first);
    for node in nodes {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            old = node_hash(node, &old);
            new = node_hash(node, &new);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            new = node_hash(&new, node);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && old == *root1 && new == *root2
}

/// The inclusion path of leaf `index` in the tree over `leaves` (hashes in order, exactly `size`
/// of them), in O(log size) memory. `None` if `index >= size` or the leaves run out.
pub fn inclusion_path(
    index: u64,
    size: u64,
    mut leaves: impl Iterator<Item = Digest>,
) -> Option<(Vec<Digest>, Digest)> {
    if index >= size {
        return None;
    }
    let mut left = Range::empty(0);
    for _ in 0..index {
        left.push(leaves.next()?);
    }
    let leaf = leaves.next()?;
    let mut right = Range::empty(index + 1);
    while right.end() < size {
        right.push(leaves.next()?);
    }

    // On its way up the leaf meets its left siblings, which are the tiles before it from the last
    // to the first, and its right siblings, which are the tiles after it from the first on. The
    // last right sibling may be cut short by the end of the tree, and is all tiles that are left.
    let mut before = left.nodes().iter().rev();
    let mut after = right.nodes();
    let mut path = Vec::new();
    for level in 0..u64::BITS {
        let (place, last) = (index >> level, (size - 1) >> level);
        if place & 1 == 1 {
            path.extend(before.next());
        } else if place < last {
            let sibling_is_whole = (size >> level) >= place + 2;
            let (sibling, rest) = after.split_at(if sibling_is_whole { 1 } else { after.len() });
            path.extend(fold(sibling));
            after = rest;
        }
    }

    let mut whole = left;
    whole.push(leaf);
    whole.join(&right);
    Some((path, whole.root()?))
}

#[cfg(test)]
mod tests {
    use super::super::{leaf_hash, naive_root};
    use super::*;
    use crate::keys::samples;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    fn leaves(n: u64) -> Vec<Digest> {
        (0..n).map(|i| leaf_hash(&i.to_be_bytes())).collect()
    }

    /// RFC 6962, 2.1.1, word for word.
    fn naive_path(m: usize, leaves: &[Digest]) -> Vec<Digest> {
        if leaves.len() <= 1 {
            return Vec::new();
        }
        let k = leaves.len().next_power_of_two() / 2;
        if m < k {
            let mut path = naive_path(m, &leaves[..k]);
            path.push(naive_root(&leaves[k..]));
            path
        } else {
            let mut path = naive_path(m - k, &leaves[k..]);
            path.push(naive_root(&leaves[..k]));
            path
        }
    }

    /// RFC 6962, 2.1.2, word for word.
    fn naive_subproof(m: usize, leaves: &[Digest], whole: bool) -> Vec<Digest> {
        let n = leaves.len();
        if m == n {
            return if whole {
                Vec::new()
            } else {
                vec![naive_root(leaves)]
            };
        }
        let k = n.next_power_of_two() / 2;
        if m <= k {
            let mut proof = naive_subproof(m, &leaves[..k], whole);
            proof.push(naive_root(&leaves[k..]));
            proof
        } else {
            let mut proof = naive_subproof(m - k, &leaves[k..], false);
            proof.push(naive_root(&leaves[..k]));
            proof
        }
    }

    #[test]
    fn paths_are_those_of_rfc_6962_and_hold_nowhere_else() {
        for size in 1..=40u64 {
            let leaves = leaves(size);
            let root = naive_root(&leaves);
            for index in 0..size {
                let (path, found) = inclusion_path(index, size, leaves.iter().copied()).unwrap();
                assert_eq!(found, root);
                assert_eq!(path, naive_path(index as usize, &leaves));
                for other in 0..size {
                    let leaf = &leaves[other as usize];
                    let holds = inclusion_holds(leaf, other, size, &path, &root);
                    assert_eq!(holds, other == index);
                }
            }
        }
    }

    #[test]
    fn consistency_proofs_of_rfc_6962_hold() {
        for size2 in 1..=40usize {
            let leaves = leaves(size2 as u64);
            let root2 = naive_root(&leaves);
            for size1 in 1..=size2 {
                let root1 = naive_root(&leaves[..size1]);
                let proof = naive_subproof(size1, &leaves, true);
                let (a, b) = (size1 as u64, size2 as u64);
                assert!(consistency_holds(a, b, &root1, &root2, &proof));
                if size1 != size2 {
                    assert!(!consistency_holds(a, b, &root2, &root2, &proof));
                    assert!(!consistency_holds(a, b, &root1, &root1, &proof));
                    assert!(!consistency_holds(b, a, &root2, &root1, &proof));
                }
            }
        }
    }

    #[test]
    fn a_path_needs_every_leaf_and_an_index_inside() {
        assert_eq!(inclusion_path(0, 0, std::iter::empty()), None);
        assert_eq!(inclusion_path(3, 3, leaves(3).into_iter()), None);
        assert_eq!(inclusion_path(1, 4, leaves(3).into_iter()), None);
        assert_eq!(inclusion_path(3, 4, leaves(3).into_iter()), None);
        let one = leaves(1)[0];
        assert_eq!(
            inclusion_path(0, 1, [one].into_iter()),
            Some((Vec::new(), one))
        );
    }

    #[test]
    fn nothing_is_consistent_with_no_leaves_but_no_leaves() {
        let (empty, other) = (empty_root(), leaves(1)[0]);
        assert!(consistency_holds(0, 0, &empty, &empty, &[]));
        assert!(!consistency_holds(0, 0, &other, &other, &[]));
        assert!(!consistency_holds(0, 1, &empty, &other, &[]));
        assert!(!consistency_holds(0, 1, &empty, &other, &[other]));
    }

    /// A hash of a vector; `None` where it is not 32 bytes long, which this crate's types refuse.
    fn digest(value: &serde_json::Value) -> Option<Digest> {
        STANDARD
            .decode(value.as_str().unwrap())
            .unwrap()
            .try_into()
            .ok()
            .map(Digest)
    }

    /// The same, with a digest of its own for each text of another length: some vectors have words
    /// in place of hashes that are not looked at, or only compared.
    fn hash(value: &serde_json::Value) -> Digest {
        digest(value).unwrap_or_else(|| Digest::of(format!("a hash named {value}").as_bytes()))
    }

    fn hashes(value: &serde_json::Value) -> Vec<Digest> {
        value.as_array().into_iter().flatten().map(hash).collect()
    }

    #[test]
    fn published_proofs_are_judged_as_published() {
        let Some(files) = samples::unpack("vectors/merkle.tar.gz") else {
            return;
        };
        let (mut inclusion, mut consistency, mut subtree) = (0, 0, 0);
        for (path, bytes) in files {
            if !path.ends_with(".json") {
                continue;
            }
            let case: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            let number = |name: &str| case[name].as_u64().unwrap();
            let holds = match path.split('/').nth(1).unwrap() {
                "inclusion" => {
                    inclusion += 1;
                    let proof = hashes(&case["proof"]);
                    let (index, size) = (number("leafIdx"), number("treeSize"));
                    digest(&case["leafHash"]).is_some_and(|leaf| {
                        inclusion_holds(&leaf, index, size, &proof, &hash(&case["root"]))
                    })
                }
                "consistency" => {
                    consistency += 1;
                    consistency_holds(
                        number("size1"),
                        number("size2"),
                        &hash(&case["root1"]),
                        &hash(&case["root2"]),
                        &hashes(&case["proof"]),
                    )
                }
                // A subtree is a tree of its own whose first leaf is at a multiple of the power of
                // two that holds it (draft-ietf-plants-merkle-tree-certs, 4.1).
                "subtreeinclusion" => {
                    subtree += 1;
                    let (start, end, index) = (number("start"), number("end"), number("leafIdx"));
                    let size = end.saturating_sub(start);
                    let proof = hashes(&case["proof"]);
                    u128::from(start).is_multiple_of(u128::from(size).next_power_of_two())
                        && index >= start
                        && digest(&case["leafHash"]).is_some_and(|leaf| {
                            inclusion_holds(
                                &leaf,
                                index - start,
                                size,
                                &proof,
                                &hash(&case["root"]),
                            )
                        })
                }
                // Consistency of a subtree with a tree is not offered here.
                _ => continue,
            };
            assert_eq!(holds, !case["wantErr"].as_bool().unwrap(), "{path}");
        }
        assert_eq!((inclusion, consistency, subtree), (98, 98, 204));
    }

    proptest! {
        #[test]
        fn every_path_holds_and_no_changed_one_does(
            size in 1u64..400, at in any::<u64>(), bit in 0usize..256, which in any::<usize>(),
        ) {
            let index = at % size;
            let leaves = leaves(size);
            let (mut path, root) = inclusion_path(index, size, leaves.iter().copied()).unwrap();
            let leaf = leaves[index as usize];
            prop_assert_eq!(root, naive_root(&leaves));
            prop_assert!(inclusion_holds(&leaf, index, size, &path, &root));
            if !path.is_empty() {
                let which = which % path.len();
                path[which].0[bit / 8] ^= 1 << (bit % 8);
                prop_assert!(!inclusion_holds(&leaf, index, size, &path, &root));
                path.pop();
                prop_assert!(!inclusion_holds(&leaf, index, size, &path, &root));
            }
        }

        #[test]
        fn proofs_never_panic(
            a in any::<u64>(), b in any::<u64>(), n in 0usize..70, same in any::<bool>(),
        ) {
            let path = leaves(n as u64);
            let digest = Digest([7; 32]);
            inclusion_holds(&digest, a, b, &path, &digest);
            consistency_holds(a, if same { a } else { b }, &digest, &digest, &path);
        }
    }
}
