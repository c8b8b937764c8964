//! Leaf tiles: every leaf hash of a stream, 256 a tile (*Seals*, 8; C2SP tlog-tiles).

use super::tree::BLOCK;
use crate::merkle::Range;
use crate::{Digest, FileId, Lookup, LookupError};
use std::collections::BTreeMap;

/// The level-0 tiles of a stream, by number; of a partial tile the widest.
#[derive(Debug, Clone, Default)]
pub(super) struct Tiles {
    files: BTreeMap<u64, (u64, FileId)>,
}

impl Tiles {
    /// Notes a file at `tiles/<name>/tile/0/<rest>`. Whether `rest` is a tile's path at all.
    pub fn add(&mut self, rest: &str, file: FileId) -> bool {
        let Some((number, width)) = parse_path(rest) else {
            return false;
        };
        let entry = self.files.entry(number).or_insert((width, file));
        if width > entry.0 {
            *entry = (width, file);
        }
        true
    }

    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// How many leaves the tiles hold from the first on without a hole.
    fn covered(&self) -> u64 {
        let mut covered = 0;
        for (&number, &(width, _)) in &self.files {
            if number.checked_mul(BLOCK) != Some(covered) {
                break;
            }
            covered += width;
        }
        covered
    }

    /// The leaf hashes of one tile; empty where it is not there or not whole.
    pub fn tile(&self, number: u64, lookup: &dyn Lookup) -> Result<Vec<Digest>, LookupError> {
        let Some(&(width, file)) = self.files.get(&number) else {
            return Ok(Vec::new());
        };
        let bytes = lookup.file(file)?;
        if bytes.len() as u64 != width * 32 {
            return Ok(Vec::new());
        }
        Ok(bytes
            .chunks_exact(32)
            .map(|leaf| Digest(leaf.try_into().expect("32 bytes")))
            .collect())
    }

    /// Which of these seals (rising by size) sign the root over the tiles' leaves.
    pub fn met(
        &self,
        seals: &[(u64, Digest)],
        lookup: &dyn Lookup,
    ) -> Result<Vec<bool>, LookupError> {
        let covered = self.covered();
        let mut range = Range::empty(0);
        let mut met = vec![false; seals.len()];
        let mut tile: (u64, Vec<Digest>) = (u64::MAX, Vec::new());
        for (index, &(size, root)) in seals
            .iter()
            .enumerate()
            .filter(|(_, (size, _))| *size <= covered)
        {
            while range.end() < size {
                let number = range.end() / BLOCK;
                if tile.0 != number {
                    tile = (number, self.tile(number, lookup)?);
                }
                let Some(&leaf) = tile.1.get((range.end() % BLOCK) as usize) else {
                    return Ok(met);
                };
                range.push(leaf);
            }
            met[index] = range.root() == Some(root);
        }
        Ok(met)
    }
}

/// `000`, `x001/234`, each optionally with `.p/<W>`: the number and the width.
fn parse_path(rest: &str) -> Option<(u64, u64)> {
    let (path, width) = match rest.split_once(".p/") {
        Some((path, width)) => (
            path,
            decimal(width).filter(|width| (1..BLOCK).contains(width))?,
        ),
        None => (rest, BLOCK),
    };
    let mut number: u64 = 0;
    let mut parts = path.split('/').peekable();
    while let Some(part) = parts.next() {
        let digits = if parts.peek().is_some() {
            part.strip_prefix('x')?
        } else {
            part
        };
        if digits.len() != 3 {
            return None;
        }
        number = number.checked_mul(1000)?.checked_add(decimal(digits)?)?;
    }
    Some((number, width))
}

fn decimal(text: &str) -> Option<u64> {
    (!text.is_empty() && text.bytes().all(|c| c.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tile_paths_are_read_as_tlog_tiles_writes_them() {
        assert_eq!(parse_path("000"), Some((0, 256)));
        assert_eq!(parse_path("x001/x234/067"), Some((1_234_067, 256)));
        assert_eq!(parse_path("x001/067.p/12"), Some((1067, 12)));
        for bad in [
            "",
            "0",
            "0000",
            "x00/000",
            "000.p/0",
            "000.p/256",
            "000.p/",
            "../000",
            "001/000",
        ] {
            assert_eq!(parse_path(bad), None, "{bad}");
        }
    }
}
