//! All digests of the case, and what each of them is worth.

use super::digest::{ALGORITHM, ChainKey, Previous, Seal, Sidecar, unhex};
use super::names::{DigestName, plain};
use crate::keys::{self, KeyMaterial, Standing, Trust, TrustedKey, Vouched};
use crate::{Code, Digest, FileFacts, FileId, Kind, Lookup, LookupError, Verdict};
use std::collections::{BTreeMap, HashMap};

/// A digest of the case, in however many files.
pub(super) struct Held<'f> {
    pub seal: Seal,
    pub files: Vec<&'f FileFacts>,
    /// The signatures in its sidecars, and with which file each lies.
    pub sidecars: Vec<(FileId, Sidecar)>,
    pub worth: Worth,
}

/// What a digest is worth.
#[derive(Debug, Clone, Default)]
pub(super) struct Worth {
    /// What speaks for its bytes, if anything does.
    pub proof: Option<Proven>,
    /// What is wrong with the digest itself, and with which of its files.
    pub faults: Vec<(Code, Option<FileId>, String)>,
}

/// A signature that holds over a digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proven {
    pub by: By,
    pub from: From,
    /// Of the key that signed, as CloudTrail names it.
    pub fingerprint: String,
}

/// Whose key it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum By {
    Examiner(Vouched),
    /// The examiner's, but not for that time.
    Objection(Code),
    /// A key list in the evidence.
    Evidence,
}

/// Where the signature came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    Sidecar,
    /// The digest after it repeats the signature.
    Successor,
    /// The digest after it, which is signed, names its hash.
    SuccessorsHash,
}

/// What became of one signature.
enum Check {
    Holds(By),
    Fails,
    NoKey,
}

impl Worth {
    /// Whether a check refutes the digest itself.
    pub fn is_refuted(&self) -> bool {
        self.faults.iter().any(|(code, ..)| {
            matches!(
                code,
                Code::SignatureInvalid | Code::SealInvalid | Code::StreamForked
            )
        })
    }

    /// Whether its list can be held against files: nothing shows it false, or another seal proves
    /// it all the same.
    pub fn speaks(&self) -> bool {
        !self.is_refuted() || self.is_proven_elsewhere()
    }

    /// A refuted seal whose bytes another seal proves.
    fn is_proven_elsewhere(&self) -> bool {
        let only_signature = self
            .faults
            .iter()
            .all(|(code, ..)| *code == Code::SignatureInvalid);
        only_signature && self.proof.is_some()
    }

    /// The verdict of what it lists and finds unchanged.
    pub fn of_listed(&self) -> Verdict {
        match &self.proof {
            Some(proven) if self.speaks() => proven.verdict(),
            _ => Verdict::UNPROVEN,
        }
    }

    /// The verdict of the digest itself.
    pub fn of_seal(&self) -> Verdict {
        if self.is_refuted() {
            Verdict::CONTRADICTED
        } else {
            self.of_listed()
        }
    }
}

impl Proven {
    pub fn verdict(&self) -> Verdict {
        match &self.by {
            By::Examiner(vouched) => Verdict::verified_by(vouched),
            By::Objection(_) => Verdict::UNPROVEN,
            By::Evidence => Verdict::INTACT,
        }
    }

    /// Better proofs are higher.
    fn rank(&self) -> u8 {
        match &self.by {
            By::Examiner(_) => 2,
            By::Evidence => 1,
            By::Objection(_) => 0,
        }
    }
}

/// A digest that cannot be read.
pub(super) struct Damaged<'f> {
    pub file: &'f FileFacts,
    pub why: String,
}

/// All digests of the case.
pub(super) struct Seals<'f> {
    /// By chain, then by their ends.
    pub held: Vec<Held<'f>>,
    pub damaged: Vec<Damaged<'f>>,
    /// The chains: their digests are neighbours in `held`.
    pub chains: BTreeMap<ChainKey, Vec<usize>>,
    /// By the file name of their key.
    by_name: HashMap<String, Vec<usize>>,
}

/// The keys that digests are checked with.
struct Keys<'t> {
    trust: &'t Trust,
    evidence: Vec<TrustedKey>,
}

impl<'f> Seals<'f> {
    /// Reads all digests, sidecars and key lists, and checks every signature.
    pub fn read(
        files: &[&'f FileFacts],
        trust: &Trust,
        lookup: &dyn Lookup,
    ) -> Result<Seals<'f>, LookupError> {
        let mut by_hash: HashMap<Digest, usize> = HashMap::new();
        let (mut held, mut damaged): (Vec<Held<'f>>, Vec<Damaged<'f>>) = (Vec::new(), Vec::new());
        for &file in files
            .iter()
            .filter(|file| file.kind == Kind::CloudTrailDigest)
        {
            let bytes = lookup.file(file.id)?;
            match Seal::read(&bytes) {
                Ok(seal) => {
                    let place = *by_hash.entry(seal.hash).or_insert_with(|| {
                        held.push(Held {
                            seal,
                            files: Vec::new(),
                            sidecars: Vec::new(),
                            worth: Worth::default(),
                        });
                        held.len() - 1
                    });
                    held[place].files.push(file);
                }
                Err(why) => damaged.push(Damaged { file, why }),
            }
        }
        let sidecars = Sidecars::read(files, lookup)?;
        for one in &mut held {
            for file in &one.files {
                let beside = sidecars.of(file).iter().cloned();
                one.sidecars
                    .extend(beside.map(|sidecar| (file.id, sidecar)));
            }
        }
        held.sort_by(|one, other| {
            let key = |held: &Held<'f>| (held.seal.end, held.seal.start, held.seal.hash);
            one.seal
                .chain
                .cmp(&other.seal.chain)
                .then_with(|| key(one).cmp(&key(other)))
        });
        let mut chains: BTreeMap<ChainKey, Vec<usize>> = BTreeMap::new();
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (i, one) in held.iter().enumerate() {
            chains.entry(one.seal.chain.clone()).or_default().push(i);
            by_name
                .entry(name_of(&one.seal.object))
                .or_default()
                .push(i);
        }
        let keys = Keys {
            trust,
            evidence: evidence_keys(files, lookup)?,
        };
        let mut seals = Seals {
            held,
            damaged,
            chains,
            by_name,
        };
        seals.judge(&keys);
        seals.forks();
        Ok(seals)
    }

    /// The digests that a successor may mean.
    pub fn named(&self, previous: &Previous) -> Vec<usize> {
        let same_name = self
            .by_name
            .get(&name_of(&previous.object))
            .map_or(&[][..], |all| all);
        let named = |&i: &usize| self.held[i].seal.is_named_by(previous);
        same_name.iter().copied().filter(named).collect()
    }

    /// Whether a digest that cannot be read lies where one is named.
    pub fn is_damaged(&self, object: &str) -> bool {
        let name = name_of(object);
        self.damaged
            .iter()
            .any(|damaged| name_of(&damaged.file.path) == name)
    }

    /// Judges all digests, newest first: what one says of the one before counts for what it is
    /// itself worth.
    fn judge(&mut self, keys: &Keys<'_>) {
        let mut successors: Vec<Vec<usize>> = vec![Vec::new(); self.held.len()];
        for (i, one) in self.held.iter().enumerate() {
            if let Some(previous) = &one.seal.previous {
                for before in self.named(previous) {
                    // One that names itself, or a later one, names nothing.
                    if self.held[before].seal.end < one.seal.end {
                        successors[before].push(i);
                    }
                }
            }
        }
        let mut order: Vec<usize> = (0..self.held.len()).collect();
        order.sort_by_key(|&i| std::cmp::Reverse(self.held[i].seal.end));
        for i in order {
            self.judge_one(i, &successors[i], keys);
        }
    }

    fn judge_one(&mut self, i: usize, successors: &[usize], keys: &Keys<'_>) {
        let one = &self.held[i];
        let mut worth = Worth::default();
        let refused = std::iter::once(Some(one.seal.algorithm.as_str()))
            .chain(
                one.sidecars
                    .iter()
                    .map(|(_, sidecar)| sidecar.algorithm.as_deref()),
            )
            .flatten()
            .find(|algorithm| *algorithm != ALGORITHM);
        if let Some(refused) = refused {
            let message = format!("the digest is signed with {refused:?}, not with {ALGORITHM}");
            worth.faults.push((Code::AlgorithmRefused, None, message));
            self.held[i].worth = worth;
            return;
        }
        let message = one.seal.string_to_sign();
        let check = |text: &str| keys.check(&one.seal, &message, text);
        let proven = |by, from| {
            let fingerprint = one.seal.fingerprint.clone();
            Proven {
                by,
                from,
                fingerprint,
            }
        };
        let mut best: Option<Proven> = None;
        let mut raise = |by, from| {
            let new = proven(by, from);
            if best.as_ref().is_none_or(|best| new.rank() > best.rank()) {
                best = Some(new);
            }
        };
        let mut no_key = false;
        // Its own signatures.
        let mut own: Vec<&str> = Vec::new();
        let mut failed: Vec<FileId> = Vec::new();
        for (file, sidecar) in &one.sidecars {
            let Some(text) = &sidecar.signature else {
                continue;
            };
            own.push(text);
            match check(text) {
                Check::Holds(by) => raise(by, From::Sidecar),
                Check::Fails => failed.push(*file),
                Check::NoKey => no_key = true,
            }
        }
        let signed_itself = !own.is_empty() && failed.is_empty() && !no_key;

        // What its successors say of it.
        let mut faults_after: Vec<(usize, String)> = Vec::new();
        let mut altered = false;
        let mut differs = false;
        let mut any_after = false;
        for &after in successors {
            let next = &self.held[after];
            let Some(previous) = &next.seal.previous else {
                continue;
            };
            let same_hash = previous.hash.map(|hash| hash == one.seal.hash);
            let trusted = next.worth.proof.is_some() && next.worth.speaks();
            if next.worth.is_refuted() && !trusted {
                continue;
            }
            any_after = true;
            let repeated = previous
                .signature
                .as_deref()
                .map(|text| (text, check(text)));
            let holds = match repeated {
                Some((_, Check::Holds(by))) => {
                    raise(by, From::Successor);
                    Some(true)
                }
                Some((_, Check::Fails)) => Some(false),
                Some((text, Check::NoKey)) => {
                    no_key = true;
                    differs |= own.iter().any(|own| !own.eq_ignore_ascii_case(text));
                    None
                }
                None => None,
            };
            match (same_hash, holds) {
                (Some(false), Some(false)) => {
                    // Both at once: this digest was changed, unless its own signature holds.
                    altered |= !signed_itself;
                    if signed_itself {
                        faults_after.push((after, NAMES_ANOTHER.into()));
                    }
                }
                (Some(false), Some(true)) => faults_after.push((after, NAMES_ANOTHER.into())),
                (Some(false), None) if trusted && signed_itself => {
                    faults_after.push((after, NAMES_ANOTHER.into()));
                }
                (Some(false), None) => differs = true,
                (same_hash, Some(false)) => {
                    if trusted && same_hash == Some(true) {
                        // It is signed, and names these bytes.
                        if let Some(next) = &next.worth.proof {
                            raise(next.by.clone(), From::SuccessorsHash);
                        }
                    }
                    let message = "the signature of the digest before it, as it repeats it, does \
                                   not hold";
                    faults_after.push((after, message.into()));
                }
                (Some(true), None) if trusted && previous.signature.is_none() => {
                    if let Some(next) = &next.worth.proof {
                        raise(next.by.clone(), From::SuccessorsHash);
                    }
                }
                _ => {}
            }
        }
        worth.proof = best;
        for file in failed {
            let message = "the signature in its metadata does not hold: the digest or the \
                           signature was changed";
            worth
                .faults
                .push((Code::SignatureInvalid, Some(file), message.into()));
        }
        if worth.proof.is_none() && worth.faults.is_empty() {
            let (code, message) = if altered {
                (
                    Code::SignatureInvalid,
                    "the digest after it names other bytes and their signature: the digest was \
                     changed",
                )
            } else if differs {
                (
                    Code::SealInvalid,
                    "the digest and the one after it do not agree: one of them was changed, and \
                     no key at hand tells which",
                )
            } else if no_key {
                (Code::KeyUnknown, "")
            } else if !any_after || own.is_empty() {
                (
                    Code::SignatureMissing,
                    "its metadata, which holds the signature, was not taken along, and no digest \
                     after it repeats one that holds",
                )
            } else {
                (Code::SignatureMissing, "its metadata holds no signature")
            };
            worth.faults.push((code, None, message.into()));
        }
        self.held[i].worth = worth;
        for (after, message) in faults_after {
            let worth = &mut self.held[after].worth;
            worth.faults.push((Code::SealInvalid, None, message));
        }
    }

    /// Two signed digests for one place.
    fn forks(&mut self) {
        let mut forked = Vec::new();
        for chain in self.chains.values() {
            for (n, &i) in chain.iter().enumerate() {
                let one = &self.held[i].seal;
                let others = chain[n + 1..].iter().take_while(|&&j| {
                    let other = &self.held[j].seal;
                    (other.end, other.start) == (one.end, one.start)
                });
                for &j in others {
                    let signed = [i, j].map(|k| self.held[k].worth.proof.is_some());
                    match signed {
                        [true, true] => forked.extend([(i, None), (j, Some(Code::StreamForked))]),
                        [false, false] => forked.push((j, Some(Code::SealInvalid))),
                        _ => {}
                    }
                }
            }
        }
        for (i, code) in forked {
            let worth = &mut self.held[i].worth;
            match code {
                Some(Code::StreamForked) => worth.faults.push((
                    Code::StreamForked,
                    None,
                    "another digest of this account, region and time is signed too".into(),
                )),
                Some(code) if !worth.is_refuted() => worth.faults.push((
                    code,
                    None,
                    "another digest of this account, region and time says otherwise, and no key \
                     at hand tells which is CloudTrail's"
                        .into(),
                )),
                // The other version is refuted with it, by the one finding.
                None => worth.forked_by(),
                Some(_) => {}
            }
        }
    }
}

impl Worth {
    /// Another signed version exists, which the finding is about.
    fn forked_by(&mut self) {
        self.faults.push((Code::StreamForked, None, String::new()));
    }
}

const NAMES_ANOTHER: &str = "it names another digest before it than the one that is signed";

impl Keys<'_> {
    /// Checks a signature over a digest. A digest names its key by a fingerprint.
    fn check(&self, seal: &Seal, message: &[u8], signature: &str) -> Check {
        let signature = unhex(signature);
        let at = Some(seal.end);
        let named: Vec<&TrustedKey> = self
            .trust
            .cloudtrail(&seal.fingerprint)
            .map(|(trusted, _)| trusted)
            .collect();
        let evidence: Vec<&TrustedKey> = self
            .evidence
            .iter()
            .filter(|key| match &key.key {
                KeyMaterial::Rsa {
                    cloudtrail_fingerprint,
                    ..
                } => cloudtrail_fingerprint.eq_ignore_ascii_case(&seal.fingerprint),
                KeyMaterial::Ed25519(_) => false,
            })
            .collect();
        let Some(signature) = signature else {
            // No key makes a signature of what is not one.
            return Check::Fails;
        };
        // The fingerprint depends on how a key is written down, so any trusted key that holds
        // counts; only the one that is named can refute.
        let mut objection = None;
        let trusted = self
            .trust
            .keys
            .iter()
            .filter(|k| matches!(k.key, KeyMaterial::Rsa { .. }));
        for key in trusted {
            match key.check_rsa(message, &signature, at) {
                Standing::Vouched(vouched) => return Check::Holds(By::Examiner(vouched)),
                Standing::Objection(code) => objection = Some(code),
                Standing::Failed(_) => {}
            }
        }
        if let Some(code) = objection {
            return Check::Holds(By::Objection(code));
        }
        for key in &evidence {
            match key.check_rsa(message, &signature, at) {
                Standing::Vouched(_) => return Check::Holds(By::Evidence),
                Standing::Objection(code) => return Check::Holds(By::Objection(code)),
                Standing::Failed(_) => {}
            }
        }
        if named.is_empty() && evidence.is_empty() {
            Check::NoKey
        } else {
            Check::Fails
        }
    }
}

/// The keys of the lists in the evidence. They never vouch.
fn evidence_keys(
    files: &[&FileFacts],
    lookup: &dyn Lookup,
) -> Result<Vec<TrustedKey>, LookupError> {
    let mut out = Vec::new();
    for file in files
        .iter()
        .filter(|file| file.kind == Kind::CloudTrailKeys)
    {
        out.extend(keys::file::read(&lookup.file(file.id)?).unwrap_or_default());
    }
    Ok(out)
}

/// The file name of a key or path, without `.gz`.
pub(super) fn name_of(path: &str) -> String {
    plain(path)
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// The sidecars of the case, by where they lie.
struct Sidecars(HashMap<(u32, String), Vec<Sidecar>>);

impl Sidecars {
    fn read(files: &[&FileFacts], lookup: &dyn Lookup) -> Result<Sidecars, LookupError> {
        let mut out: HashMap<_, Vec<Sidecar>> = HashMap::new();
        for file in files
            .iter()
            .filter(|file| file.kind == Kind::CloudTrailSidecar)
        {
            if let (Some(digest), Some(sidecar)) = (
                file.path.strip_suffix(".metadata.json"),
                Sidecar::read(&lookup.file(file.id)?),
            ) {
                out.entry((file.import, plain(digest).to_owned()))
                    .or_default()
                    .push(sidecar);
            }
        }
        Ok(Sidecars(out))
    }

    /// The sidecars that lie beside a digest: one, or one for each way to write its name.
    fn of(&self, digest: &FileFacts) -> &[Sidecar] {
        let place = (digest.import, plain(&digest.path).to_owned());
        self.0.get(&place).map_or(&[], |sidecars| sidecars)
    }
}

/// The chain that a digest's path speaks of.
pub(super) fn chain_of_path<'k>(
    chains: impl Iterator<Item = &'k ChainKey>,
    path: &str,
) -> Option<&'k ChainKey> {
    let name = DigestName::of(path)?;
    let mut chains = chains;
    chains.find(|chain| {
        (
            chain.account.as_str(),
            chain.region.as_str(),
            chain.trail.as_str(),
            chain.backfill,
        ) == (name.account, name.region, name.trail, name.backfill)
    })
}
