//! Digests, their signatures, and the chains that they make.

use super::digest::{ALGORITHM, Hash, MOST_BYTES, Seal, Sidecar};
use super::names;
use super::remarks::Remarks;
use super::signature::{Check, Keys};
use crate::{Code, Digest, FileFacts, FileId, Finding, Kind, Lookup, LookupError, Verdict};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A digest's content; the same bytes found several times are one.
pub(super) struct Version<'a> {
    pub seal: Seal,
    /// SHA-256 of its bytes.
    pub own: Digest,
    /// Where it lies; at least one file.
    pub copies: Vec<&'a FileFacts>,
    /// Its signatures, the one that proves most first.
    pub signatures: Vec<Signature>,
    pub standing: Standing,
    /// It, or its sidecar, names an algorithm that the format does not have.
    pub refused: bool,
    /// Its chain has two sealed versions, from here or from before on.
    pub forked: bool,
    /// A finding refutes the file, whatever its signature proves.
    pub refuted: bool,
}

/// A signature over a digest, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Signature {
    pub text: String,
    pub source: Source,
    pub check: Check,
}

/// Where a signature stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// In this sidecar.
    Sidecar(FileId),
    /// In the digest after, an index into [`Chains::versions`].
    Successor(usize),
}

/// What a digest's list of logs counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It proves this of what it lists.
    Proves(Verdict),
    /// Nothing proves it and nothing refutes it.
    Claims,
    /// It is refuted, and counts for nothing.
    Void,
}

impl Standing {
    /// What a log with the listed hash is; `None` where the list counts for nothing.
    pub fn verdict(self) -> Option<Verdict> {
        match self {
            Standing::Proves(verdict) => Some(verdict),
            Standing::Claims => Some(Verdict::UNPROVEN),
            Standing::Void => None,
        }
    }
}

impl Version<'_> {
    pub fn stream(&self) -> String {
        stream_id(&self.seal.key.account, &self.seal.key.region)
    }

    /// The file that findings name.
    pub fn file(&self) -> FileId {
        self.copies[0].id
    }

    /// Whether any signature holds.
    pub fn signed(&self) -> bool {
        self.signatures
            .iter()
            .any(|signature| signature.check.holds())
    }

    /// Whether it records this SHA-256 for the digest before; `None` where it records none.
    pub fn records(&self, before: &Digest) -> Option<bool> {
        match self.seal.previous.as_ref()?.hash? {
            Hash::Sha256(hash) => Some(hash == *before),
            Hash::Refused => None,
        }
    }

    /// What the signatures make of it.
    pub fn best(&self) -> Option<&Check> {
        self.signatures.first().map(|signature| &signature.check)
    }

    /// The verdict of its files.
    pub fn verdict(&self) -> Verdict {
        match self.standing.verdict() {
            Some(verdict) if !self.refuted => verdict,
            _ => Verdict::CONTRADICTED,
        }
    }
}

/// The id of the stream of one account and region.
pub(super) fn stream_id(account: &str, region: &str) -> String {
    format!("cloudtrail/{account}/{region}")
}

/// All digests of the case.
#[derive(Default)]
pub(super) struct Chains<'a> {
    pub versions: Vec<Version<'a>>,
    /// Digest files that cannot be read.
    pub unreadable: Vec<&'a FileFacts>,
    /// The versions that name an object as the one before.
    pub successors: HashMap<String, Vec<usize>>,
    pub by_object: HashMap<String, Vec<usize>>,
    /// A stretch is missing in the middle of these streams.
    pub gaps: HashSet<String>,
}

impl<'a> Chains<'a> {
    /// Reads all digests and their sidecars, and checks every signature.
    pub fn gather(
        files: &[&'a FileFacts],
        keys: &Keys<'_>,
        lookup: &dyn Lookup,
        remarks: &mut Remarks,
    ) -> Result<Chains<'a>, LookupError> {
        let mut chains = Chains::default();
        chains.read(files, lookup, remarks)?;
        for (index, version) in chains.versions.iter().enumerate() {
            chains
                .by_object
                .entry(version.seal.object.clone())
                .or_default()
                .push(index);
            if let Some(previous) = &version.seal.previous {
                chains
                    .successors
                    .entry(previous.object.clone())
                    .or_default()
                    .push(index);
            }
        }
        chains.attach_sidecars(files, lookup, remarks)?;
        chains.check_signatures(keys);
        Ok(chains)
    }

    fn read(
        &mut self,
        files: &[&'a FileFacts],
        lookup: &dyn Lookup,
        remarks: &mut Remarks,
    ) -> Result<(), LookupError> {
        let mut seen: HashMap<Digest, usize> = HashMap::new();
        for &file in files
            .iter()
            .filter(|file| file.kind == Kind::CloudTrailDigest)
        {
            if let Some(&index) = seen.get(&file.sha256) {
                self.versions[index].copies.push(file);
                continue;
            }
            let read = if file.bytes > MOST_BYTES {
                Err(format!("{} bytes are too long for a digest", file.bytes))
            } else {
                Seal::read(&lookup.file(file.id)?)
            };
            match read {
                Ok(seal) => {
                    seen.insert(file.sha256, self.versions.len());
                    self.versions.push(Version {
                        seal,
                        own: file.sha256,
                        copies: vec![file],
                        signatures: Vec::new(),
                        standing: Standing::Claims,
                        refused: false,
                        forked: false,
                        refuted: false,
                    });
                }
                Err(why) => {
                    let message = format!(
                        "this digest cannot be read, and what it lists is not proven by it: {why}"
                    );
                    let finding =
                        Finding::new(Code::SealInvalid, Some(Verdict::CONTRADICTED), message)
                            .in_file(file.id);
                    match names::digest_key(&file.path) {
                        Some(key) => remarks.say(&stream_id(&key.account, &key.region), finding),
                        None => remarks.findings.push(finding),
                    }
                    self.unreadable.push(file);
                }
            }
        }
        Ok(())
    }

    /// Finds each digest's sidecars: beside it, with or without the digest's `.gz` in its name.
    fn attach_sidecars(
        &mut self,
        files: &[&'a FileFacts],
        lookup: &dyn Lookup,
        remarks: &mut Remarks,
    ) -> Result<(), LookupError> {
        let sidecars: HashMap<(u32, &str), &FileFacts> = files
            .iter()
            .filter(|file| file.kind == Kind::CloudTrailSidecar)
            .filter_map(|file| {
                Some((
                    (file.import, file.path.strip_suffix(".metadata.json")?),
                    *file,
                ))
            })
            .collect();
        for version in &mut self.versions {
            let stream = version.stream();
            let mut refused = version.seal.algorithm != ALGORITHM;
            for copy in &version.copies {
                let bare = copy.path.strip_suffix(".gz").unwrap_or(&copy.path);
                for name in [bare.to_owned(), format!("{bare}.gz")] {
                    let Some(file) = sidecars.get(&(copy.import, name.as_str())) else {
                        continue;
                    };
                    let read = if file.bytes > MOST_BYTES {
                        Err("it is too long to be one".to_owned())
                    } else {
                        Sidecar::read(&lookup.file(file.id)?)
                    };
                    match read {
                        Ok(Sidecar {
                            algorithm: Some(algorithm),
                            ..
                        }) if algorithm != ALGORITHM => refused = true,
                        Ok(Sidecar {
                            signature: Some(text),
                            ..
                        }) => {
                            version.signatures.push(Signature {
                                text,
                                source: Source::Sidecar(file.id),
                                check: Check::NoKey,
                            });
                        }
                        Ok(Sidecar {
                            signature: None, ..
                        }) => {}
                        Err(why) => {
                            let message = format!(
                                "the metadata beside this digest ({}) cannot be read: {why}",
                                file.path
                            );
                            remarks.say(
                                &stream,
                                Finding::new(
                                    Code::SealInvalid,
                                    Some(Verdict::CONTRADICTED),
                                    message,
                                )
                                .in_file(copy.id),
                            );
                            version.refuted = true;
                        }
                    }
                }
            }
            version.refused = refused;
            if refused {
                let message = format!(
                    "a digest is signed with {ALGORITHM} and nothing else; this one, or the metadata beside it, names another algorithm, and no such signature is tried"
                );
                remarks.say(
                    &stream,
                    Finding::new(Code::AlgorithmRefused, Some(Verdict::UNPROVEN), message)
                        .in_file(version.file()),
                );
            }
            let other_hash = |hash: &Hash| *hash == Hash::Refused;
            let previous = version
                .seal
                .previous
                .as_ref()
                .and_then(|previous| previous.hash);
            let listed = version
                .seal
                .logs
                .iter()
                .filter(|log| other_hash(&log.hash))
                .count();
            if listed > 0 || previous.as_ref().is_some_and(other_hash) {
                let message = format!(
                    "this digest names another hash algorithm than SHA-256 for {listed} logs or for the digest before; nothing is compared with such a hash"
                );
                remarks.say(
                    &stream,
                    Finding::new(Code::AlgorithmRefused, Some(Verdict::UNPROVEN), message)
                        .in_file(version.file()),
                );
            }
        }
        Ok(())
    }

    fn check_signatures(&mut self, keys: &Keys<'_>) {
        for index in 0..self.versions.len() {
            let mut signatures = std::mem::take(&mut self.versions[index].signatures);
            let version = &self.versions[index];
            for &after in self.successors_of(index) {
                if let Some(text) = &self.versions[after].seal.previous_signature {
                    signatures.push(Signature {
                        text: text.clone(),
                        source: Source::Successor(after),
                        check: Check::NoKey,
                    });
                }
            }
            if version.seal.algorithm != ALGORITHM {
                signatures.clear();
            }
            // The same signature mostly stands at both places.
            let mut known: HashMap<String, Check> = HashMap::new();
            for signature in &mut signatures {
                let text = signature.text.to_ascii_lowercase();
                let check = known
                    .entry(text)
                    .or_insert_with(|| keys.check(&version.seal, &version.own, &signature.text));
                signature.check = check.clone();
            }
            signatures.sort_by_key(|signature| match signature.check {
                Check::Vouched(_) => 0,
                Check::Known => 1,
                Check::Objection(_) => 2,
                Check::NoKey => 3,
                Check::Invalid => 4,
            });
            self.versions[index].signatures = signatures;
        }
    }

    /// The digests that name this one as theirs before.
    pub fn successors_of(&self, index: usize) -> &[usize] {
        let own = &self.versions[index].seal;
        let after = self
            .successors
            .get(&own.object)
            .map_or(&[][..], Vec::as_slice);
        // A digest that names itself is not its own successor.
        if after.contains(&index) { &[] } else { after }
    }

    /// The versions of one object.
    pub fn versions_of(&self, object: &str) -> &[usize] {
        self.by_object.get(object).map_or(&[][..], Vec::as_slice)
    }

    /// The digests of each chain by their end.
    pub fn in_order(&self) -> BTreeMap<ChainKey, Vec<usize>> {
        let mut chains: BTreeMap<ChainKey, Vec<usize>> = BTreeMap::new();
        for (index, version) in self.versions.iter().enumerate() {
            chains
                .entry(chain_key(&version.seal))
                .or_default()
                .push(index);
        }
        for chain in chains.values_mut() {
            chain.sort_by(|&one, &other| {
                let at = |index: usize| {
                    (
                        self.versions[index].seal.end,
                        &self.versions[index].seal.object,
                    )
                };
                at(one).cmp(&at(other))
            });
        }
        chains
    }
}

/// Account, region, trail, and whether it is a backfill.
pub(super) type ChainKey = (String, String, String, bool);

pub(super) fn chain_key(seal: &Seal) -> ChainKey {
    let key = &seal.key;
    (
        key.account.clone(),
        key.region.clone(),
        key.trail.clone(),
        key.backfill,
    )
}
