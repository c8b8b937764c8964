//! One stream as it is written: lines, their chain, the tree over them, checkpoints, leaf tiles.

use crate::clock::Micros;
use crate::json::Writer;
use crate::merkle::{Hash, Tree, leaf, sha256};
use crate::note::{self, Signer};
use crate::rng::hex;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A file of the bundle and its digest, for the manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Below the bundle's root, with `/`.
    pub path: String,
    /// Of its bytes.
    pub sha256: Hash,
}

/// Writes a file below `root` and says what the manifest must list.
pub fn put(root: &Path, path: &str, bytes: &[u8]) -> io::Result<Listed> {
    let full = root.join(path);
    if let Some(parent) = full.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(full, bytes)?;
    Ok(Listed {
        path: path.to_owned(),
        sha256: sha256(bytes),
    })
}

/// The path of the leaf tile `index` (C2SP tlog-tiles): groups of three digits, all but the last
/// with an `x`; a partial tile has its width as a file in a folder `….p`.
pub fn tile_path(name: &str, index: u64, width: usize) -> String {
    let mut groups = format!("{:03}", index % 1000);
    let mut rest = index / 1000;
    while rest > 0 {
        groups = format!("x{:03}/{groups}", rest % 1000);
        rest /= 1000;
    }
    let partial = if width < 256 {
        format!(".p/{width}")
    } else {
        String::new()
    };
    format!("tiles/{name}/tile/0/{groups}{partial}")
}

/// A stream in the making.
pub struct StreamWriter {
    root: PathBuf,
    id: String,
    name: String,
    signer: Signer,
    every: u64,
    tile: Option<Vec<u8>>,
    out: BufWriter<File>,
    file_hash: Sha256,
    tree: Tree,
    seq: u64,
    prev: Option<Hash>,
    json: Writer,
    listed: Vec<Listed>,
}

impl StreamWriter {
    /// Begins a stream with this id, sealed every `every` records, with leaf tiles or without.
    pub fn new(
        root: &Path,
        id: &str,
        signer: Signer,
        every: u64,
        tiles: bool,
    ) -> io::Result<StreamWriter> {
        let name = id.rsplit('/').next().unwrap_or(id).to_owned();
        let path = root.join(format!("streams/{name}.jsonl"));
        fs::create_dir_all(root.join("streams"))?;
        fs::create_dir_all(root.join(format!("checkpoints/{name}")))?;
        Ok(StreamWriter {
            root: root.to_owned(),
            id: id.to_owned(),
            name,
            signer,
            every,
            tile: tiles.then(Vec::new),
            out: BufWriter::with_capacity(1 << 18, File::create(path)?),
            file_hash: Sha256::new(),
            tree: Tree::default(),
            seq: 0,
            prev: None,
            json: Writer::default(),
            listed: Vec::new(),
        })
    }

    /// The number of the next record.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The digest of the last line in hex; empty before the first.
    pub fn prev(&self) -> String {
        self.prev.map(|digest| hex(&digest)).unwrap_or_default()
    }

    /// Checkpoints over more than what is written so far are signed by this key.
    pub fn rotate(&mut self, signer: Signer) {
        self.signer = signer;
    }

    /// Writes a record.
    pub fn record(
        &mut self,
        at: Micros,
        kind: &str,
        members: impl FnOnce(&mut Writer),
    ) -> io::Result<()> {
        let json = &mut self.json;
        json.clear();
        json.begin();
        json.number("v", 1);
        json.text("stream", &self.id);
        json.number("seq", self.seq);
        match &self.prev {
            None => json.raw("prev", "null"),
            Some(digest) => json.text("prev", &hex(digest)),
        }
        json.time("time", at, 6);
        json.text("type", kind);
        members(json);
        json.end();
        let digest = sha256(&json.out);
        json.out.push(b'\n');
        self.out.write_all(&json.out)?;
        self.file_hash.update(&json.out);
        let leaf = leaf(&digest);
        self.tree.push(leaf);
        self.prev = Some(digest);
        self.seq += 1;
        if let Some(tile) = &mut self.tile {
            tile.extend_from_slice(&leaf);
            if tile.len() == 256 * 32 {
                self.flush_tile()?;
            }
        }
        if self.seq.is_multiple_of(self.every) {
            self.checkpoint()?;
        }
        Ok(())
    }

    fn checkpoint(&mut self) -> io::Result<()> {
        let text = note::checkpoint(&self.id, self.seq, &self.tree.root(), &self.signer);
        let path = format!("checkpoints/{}/{:012}", self.name, self.seq);
        self.listed.push(put(&self.root, &path, text.as_bytes())?);
        Ok(())
    }

    fn flush_tile(&mut self) -> io::Result<()> {
        let Some(tile) = &mut self.tile else {
            return Ok(());
        };
        let width = tile.len() / 32;
        if width > 0 {
            let path = tile_path(&self.name, (self.seq - 1) / 256, width);
            self.listed.push(put(&self.root, &path, tile)?);
            tile.clear();
        }
        Ok(())
    }

    /// Ends the file: the newest checkpoint covers all of it. Gives what the manifest must list.
    pub fn finish(mut self) -> io::Result<Vec<Listed>> {
        if !self.seq.is_multiple_of(self.every) {
            self.checkpoint()?;
        }
        self.flush_tile()?;
        self.out.flush()?;
        let path = format!("streams/{}.jsonl", self.name);
        self.listed.push(Listed {
            path,
            sha256: self.file_hash.finalize().into(),
        });
        Ok(self.listed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tile_paths_are_those_of_the_specification() {
        // C2SP tlog-tiles: index 1234067 is x001/x234/067.
        assert_eq!(
            tile_path("s", 1_234_067, 256),
            "tiles/s/tile/0/x001/x234/067"
        );
        assert_eq!(tile_path("s", 5, 206), "tiles/s/tile/0/005.p/206");
    }
}
