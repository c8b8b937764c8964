//! A bundle on disk, opened for tampering: its lines, its seals, its manifest.

use crate::bundle::rotation_text;
use crate::bundle::stream::{Listed, put, tile_path};
use crate::keys::Keys;
use crate::merkle::{Tree, leaf, sha256};
use crate::note::{self, Signer};
use crate::rng::hex;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A stream on disk.
pub(super) struct Stream {
    pub root: PathBuf,
    pub id: String,
    pub name: String,
    /// Without their LF.
    pub lines: Vec<Vec<u8>>,
    /// Of the checkpoints, in order.
    pub sizes: Vec<u64>,
    /// Whether it has leaf tiles.
    pub tiles: bool,
    /// What signs its checkpoints: from a size on, who.
    pub signers: Vec<(u64, Signer)>,
}

/// A file that must be there.
pub(super) fn broken(what: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("not evidence of this crate: {what}"),
    )
}

/// Whether a line holds this text.
pub(super) fn holds(line: &[u8], text: &str) -> bool {
    String::from_utf8_lossy(line).contains(text)
}

/// Replaces the first occurrence of a text in a line.
pub(super) fn replace(line: &mut Vec<u8>, from: &str, to: &str) -> io::Result<()> {
    let at = line
        .windows(from.len())
        .position(|window| window == from.as_bytes())
        .ok_or_else(|| broken(&format!("no {from} in a line")))?;
    line.splice(at..at + from.len(), to.bytes());
    Ok(())
}

/// The text of a record's member `time`.
pub(super) fn time_of(line: &[u8]) -> io::Result<String> {
    let value: Value = serde_json::from_slice(line)?;
    value["time"]
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| broken("a record without time"))
}

impl Stream {
    /// Opens a stream of the bundle at `root`.
    pub fn open(root: &Path, id: &str, keys: &Keys) -> io::Result<Stream> {
        let name = id.rsplit('/').next().unwrap_or(id).to_owned();
        let bytes = fs::read(root.join(format!("streams/{name}.jsonl")))?;
        let mut lines: Vec<Vec<u8>> = bytes
            .split(|byte| *byte == b'\n')
            .map(<[u8]>::to_vec)
            .collect();
        if lines.last().is_some_and(Vec::is_empty) {
            lines.pop();
        }
        let mut sizes = Vec::new();
        for entry in fs::read_dir(root.join(format!("checkpoints/{name}")))? {
            let size = entry?
                .file_name()
                .to_str()
                .and_then(|name| name.parse().ok());
            sizes.push(size.ok_or_else(|| broken("a checkpoint's name"))?);
        }
        sizes.sort_unstable();
        let first = if id == crate::story::AGENTS {
            &keys.agents
        } else {
            &keys.payments
        };
        let mut signers = vec![(0, Signer::new(id, first))];
        if let Some(seq) = lines
            .iter()
            .position(|line| holds(line, "\"type\":\"key.rotate\""))
        {
            signers.push((seq as u64 + 1, Signer::new(id, &keys.agents_next)));
        }
        let tiles = root.join(format!("tiles/{name}")).exists();
        Ok(Stream {
            root: root.to_owned(),
            id: id.to_owned(),
            name,
            lines,
            sizes,
            tiles,
            signers,
        })
    }

    /// How many records it has.
    pub fn len(&self) -> u64 {
        self.lines.len() as u64
    }

    /// The number of the first record that holds this text.
    pub fn find(&self, text: &str) -> io::Result<usize> {
        self.lines
            .iter()
            .position(|line| holds(line, text))
            .ok_or_else(|| broken(text))
    }

    /// Its file, below the folder of evidence.
    pub fn path(&self) -> String {
        format!("{}/streams/{}.jsonl", self.folder(), self.name)
    }

    /// The file of a checkpoint, below the folder of evidence.
    pub fn checkpoint_path(&self, size: u64) -> String {
        format!("{}/{}", self.folder(), self.checkpoint_name(size))
    }

    /// The same, below the bundle's root.
    pub fn checkpoint_name(&self, size: u64) -> String {
        format!("checkpoints/{}/{size:012}", self.name)
    }

    fn folder(&self) -> String {
        self.root
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default()
    }

    /// Where a line begins, and how long it is.
    pub fn extent(&self, line: usize) -> (u64, u64) {
        let before: usize = self.lines[..line].iter().map(|line| line.len() + 1).sum();
        (before as u64, self.lines[line].len() as u64)
    }

    /// The newest checkpoint but one that covers at most so many records.
    pub fn sealed_before(&self, records: u64) -> u64 {
        self.sizes
            .iter()
            .copied()
            .filter(|size| *size <= records)
            .max()
            .unwrap_or(0)
    }

    /// Writes the lines, and nothing else.
    pub fn save(&self) -> io::Result<()> {
        let mut bytes = self.lines.join(&b'\n');
        bytes.push(b'\n');
        fs::write(
            self.root.join(format!("streams/{}.jsonl", self.name)),
            bytes,
        )
    }

    /// Gives line `index` this number and the digest of this line before it.
    pub fn set_head(&mut self, index: usize, seq: u64, before: Option<&[u8]>) -> io::Result<()> {
        let line = &self.lines[index];
        let mark = b",\"time\":";
        let rest = line
            .windows(mark.len())
            .position(|window| window == mark)
            .ok_or_else(|| broken("a line without time"))?;
        let prev = before.map_or("null".to_owned(), |before| {
            format!("\"{}\"", hex(&sha256(before)))
        });
        let mut fresh = format!(
            "{{\"v\":1,\"stream\":\"{}\",\"seq\":{seq},\"prev\":{prev}",
            self.id
        )
        .into_bytes();
        fresh.extend_from_slice(&line[rest..]);
        self.lines[index] = fresh;
        Ok(())
    }

    /// Numbers and chains the lines from `from` on anew. A key rotation among them is endorsed
    /// anew by `old`.
    pub fn relink(&mut self, from: usize, old: &SigningKey) -> io::Result<()> {
        for index in from..self.lines.len() {
            let before = index
                .checked_sub(1)
                .map(|before| self.lines[before].clone());
            self.set_head(index, index as u64, before.as_deref())?;
            if holds(&self.lines[index], "\"type\":\"key.rotate\"") {
                let value: Value = serde_json::from_slice(&self.lines[index])?;
                let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
                let signed = rotation_text(&self.id, index as u64, &text("prev"), &text("next"));
                let endorsement = STANDARD.encode(old.sign(signed.as_bytes()).to_bytes());
                replace(&mut self.lines[index], &text("endorsement"), &endorsement)?;
            }
        }
        Ok(())
    }

    /// A checkpoint over the first `size` lines as they stand.
    pub fn checkpoint(&self, size: u64) -> String {
        let mut tree = Tree::default();
        for line in &self.lines[..size as usize] {
            tree.push(leaf(&sha256(line)));
        }
        let signer = self
            .signers
            .iter()
            .rev()
            .find(|(from, _)| size >= *from)
            .map(|(_, signer)| signer);
        note::checkpoint(
            &self.id,
            size,
            &tree.root(),
            signer.unwrap_or(&self.signers[0].1),
        )
    }

    /// Writes the lines and seals them anew, at the same sizes as far as there are lines, and at
    /// the end.
    pub fn seal(&mut self) -> io::Result<()> {
        let n = self.len();
        self.sizes.retain(|size| *size < n);
        self.sizes.push(n);
        self.save()?;
        let folder = self.root.join(format!("checkpoints/{}", self.name));
        fs::remove_dir_all(&folder)?;
        fs::create_dir_all(&folder)?;
        for &size in &self.sizes {
            put(
                &self.root,
                &self.checkpoint_name(size),
                self.checkpoint(size).as_bytes(),
            )?;
        }
        if self.tiles {
            fs::remove_dir_all(self.root.join(format!("tiles/{}", self.name)))?;
            for (index, lines) in self.lines.chunks(256).enumerate() {
                let tile: Vec<u8> = lines.iter().flat_map(|line| leaf(&sha256(line))).collect();
                put(
                    &self.root,
                    &tile_path(&self.name, index as u64, lines.len()),
                    &tile,
                )?;
            }
        }
        Ok(())
    }

    /// Takes the leaf tiles away, as if there never had been any.
    pub fn drop_tiles(&mut self, collector: &SigningKey) -> io::Result<()> {
        if self.tiles {
            fs::remove_dir_all(self.root.join(format!("tiles/{}", self.name)))?;
            let folder = self.root.join("tiles");
            if fs::read_dir(&folder)?.next().is_none() {
                fs::remove_dir(folder)?;
            }
            self.tiles = false;
        }
        sign_manifest(&self.root, collector, |_| ())
    }
}

/// Every file of a bundle but its manifest.
fn files(root: &Path) -> io::Result<Vec<Listed>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let below = path.strip_prefix(root).map_err(|_| broken("a path"))?;
            let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
            let name = parts.join("/");
            if name != "manifest.dsse.json" {
                found.push(Listed {
                    path: name,
                    sha256: sha256(&fs::read(&path)?),
                });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// The statement inside the manifest.
pub(super) fn statement(root: &Path) -> io::Result<Value> {
    let envelope: Value = serde_json::from_slice(&fs::read(root.join("manifest.dsse.json"))?)?;
    let payload = envelope["payload"]
        .as_str()
        .ok_or_else(|| broken("a manifest without payload"))?;
    let body = STANDARD
        .decode(payload)
        .map_err(|_| broken("a manifest's payload"))?;
    Ok(serde_json::from_slice(&body)?)
}

/// Collects the bundle anew: lists its files as they stand, and signs. `edit` may change the
/// statement before.
pub(super) fn sign_manifest(
    root: &Path,
    collector: &SigningKey,
    edit: impl FnOnce(&mut Value),
) -> io::Result<()> {
    let mut statement = statement(root)?;
    statement["subject"] = files(root)?
        .iter()
        .map(|file| json!({"name": file.path, "digest": {"sha256": hex(&file.sha256)}}))
        .collect();
    for stream in statement["predicate"]["streams"]
        .as_array_mut()
        .into_iter()
        .flatten()
    {
        let bytes = fs::read(root.join(stream["path"].as_str().unwrap_or_default()))?;
        let lines: Vec<&[u8]> = bytes
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .collect();
        stream["records"] = json!(lines.len());
        stream["closed"] = json!(
            lines
                .last()
                .is_some_and(|line| holds(line, "\"type\":\"stream.close\""))
        );
    }
    edit(&mut statement);
    fs::write(
        root.join("manifest.dsse.json"),
        crate::bundle::manifest::envelope(&statement, collector),
    )
}
