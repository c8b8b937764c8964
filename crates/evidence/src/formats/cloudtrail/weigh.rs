//! What each digest's list counts for, and what is wrong with the chains.

use super::chain::{ChainKey, Chains, Signature, Source, Standing, Version, chain_key};
use super::digest::Hash;
use super::names;
use super::remarks::Remarks;
use super::signature::Check;
use crate::verdict::Word;
use crate::{Code, Finding, Micros, Verdict};
use std::collections::{BTreeMap, HashSet};

impl Chains<'_> {
    /// Says what each digest's list counts for, and what is wrong with the chains.
    pub fn weigh(&mut self, remarks: &mut Remarks) {
        let mut order: Vec<usize> = (0..self.versions.len()).collect();
        // The newest first: a digest that is void says nothing against the one before.
        order.sort_by(|&one, &other| {
            let at = |index: usize| {
                (
                    self.versions[index].seal.end,
                    &self.versions[index].seal.object,
                )
            };
            at(other).cmp(&at(one))
        });
        for &index in &order {
            self.weigh_one(index, remarks);
        }
        for &index in &order {
            self.hold_against_previous(index, remarks);
        }
        self.fork(remarks);
        self.link(remarks);
    }

    fn weigh_one(&mut self, index: usize, remarks: &mut Remarks) {
        let version = &self.versions[index];
        let (stream, file) = (version.stream(), version.file());
        let contradicted = |code, message: &str| {
            Finding::new(code, Some(Verdict::CONTRADICTED), message).in_file(file)
        };
        let (mut standing, mut refuted) = (Standing::Claims, version.refuted);
        let counts = |signature: &&Signature| match signature.source {
            Source::Sidecar(_) => true,
            Source::Successor(after) => self.versions[after].standing != Standing::Void,
        };
        let invalid = |signature: &Signature| signature.check == Check::Invalid;
        match version.best() {
            Some(check) if check.holds() => {
                standing = Standing::Proves(check.verdict());
                match check {
                    Check::Objection(code) => {
                        let words = if *code == Code::KeyRevoked { "the digest was signed after its key was revoked" } else { "the digest was signed outside its key's validity" };
                        remarks.once(&stream, *code, Verdict::UNPROVEN, file, words);
                    }
                    Check::Known => remarks.once(&stream, Code::KeyUntrusted, Verdict::INTACT, file, "the digest's signature holds under a key that came with the evidence: nobody outside it vouches for that key"),
                    _ => {}
                }
                if version.signatures.iter().any(|signature| {
                    matches!(signature.source, Source::Sidecar(_)) && invalid(signature)
                }) {
                    remarks.say(&stream, contradicted(Code::SignatureInvalid, "the signature in the metadata beside this digest does not verify; the one that the next digest records does, and proves it"));
                    refuted = true;
                }
            }
            _ if version.signatures.iter().filter(counts).any(invalid) => {
                standing = Standing::Void;
                remarks.say(&stream, contradicted(Code::SignatureInvalid, "this digest's signature does not verify: the digest, or the signature beside it, was changed. What it lists counts for nothing, and is proven only where another digest lists it too"));
            }
            best => {
                // Of several digests after, some may belong to another version of this one.
                let after = self
                    .successors_of(index)
                    .iter()
                    .filter(|&&after| self.versions[after].standing != Standing::Void);
                let said: Vec<(usize, bool)> = after
                    .filter_map(|&after| Some((after, self.versions[after].records(&version.own)?)))
                    .collect();
                let altered = !said.is_empty() && said.iter().all(|&(_, fits)| !fits);
                let own = |signature: &&Signature| match signature.source {
                    Source::Sidecar(_) => true,
                    Source::Successor(after) => said.contains(&(after, true)),
                };
                let mut own = version.signatures.iter().filter(own);
                let differ = own.next().is_some_and(|first| {
                    own.any(|other| !other.text.eq_ignore_ascii_case(&first.text))
                });
                if version.refused {
                    // Said with its sidecar.
                } else if altered {
                    standing = Standing::Void;
                    remarks.say(&stream, contradicted(Code::FileAltered, "the next digest records another SHA-256 for this one: this digest was changed. What it lists counts for nothing"));
                } else if differ {
                    standing = Standing::Void;
                    remarks.say(&stream, contradicted(Code::SealInvalid, "the signature beside this digest and the one that the next digest records differ: one of the two is not its own"));
                } else if best == Some(&Check::NoKey) {
                    let words = format!(
                        "no public key at hand with the fingerprint {}, which this digest names: its signature cannot be checked",
                        shortened(&version.seal.fingerprint)
                    );
                    remarks.once(&stream, Code::KeyUnknown, Verdict::UNPROVEN, file, words);
                } else {
                    let words = "no signature of this digest is here: neither the metadata of its S3 object beside it, nor a later digest that records it and can be relied on";
                    remarks.say(
                        &stream,
                        Finding::new(Code::SignatureMissing, Some(Verdict::UNPROVEN), words)
                            .in_file(file),
                    );
                }
            }
        }
        let version = &mut self.versions[index];
        (version.standing, version.refuted) = (standing, refuted);
    }

    /// What a digest records of the one before, held against that one, where that one's own
    /// signature proves it.
    fn hold_against_previous(&mut self, index: usize, remarks: &mut Remarks) {
        let version = &self.versions[index];
        let Some(previous) = version
            .seal
            .previous
            .as_ref()
            .filter(|_| version.standing != Standing::Void)
        else {
            return;
        };
        let before: Vec<&Version<'_>> = self
            .versions_of(&previous.object)
            .iter()
            .map(|&index| &self.versions[index])
            .filter(|before| before.signed())
            .collect();
        let hash_fits = |before: &&Version<'_>| !matches!(previous.hash, Some(Hash::Sha256(hash)) if hash != before.own);
        let signature_fits = |before: &&Version<'_>| {
            !before.signatures.iter().any(|signature| {
                signature.source == Source::Successor(index) && signature.check == Check::Invalid
            })
        };
        if before.is_empty()
            || before
                .iter()
                .any(|before| hash_fits(before) && signature_fits(before))
        {
            return;
        }
        let what = if before.iter().any(hash_fits) {
            "signature"
        } else {
            "SHA-256"
        };
        let message = format!(
            "it records another {what} for the digest before than that one has, whose own signature holds. What this digest lists counts for nothing"
        );
        let finding = Finding::new(Code::SealInvalid, Some(Verdict::CONTRADICTED), message)
            .in_file(version.file());
        remarks.say(&version.stream(), finding);
        self.versions[index].standing = Standing::Void;
    }

    /// Different digests for one object. One that a trusted key vouches for refutes those that none
    /// does. Where two are vouched for, whoever holds the key sealed two histories; where none is,
    /// nobody can say which is the true one. Either way everything that the chain seals from that
    /// hour on is contradicted.
    fn fork(&mut self, remarks: &mut Remarks) {
        let mut objects: Vec<&Vec<usize>> = self
            .by_object
            .values()
            .filter(|versions| versions.len() > 1)
            .collect();
        objects.sort_unstable_by_key(|versions| (self.versions[versions[0]].seal.end, versions[0]));
        let mut forks: BTreeMap<ChainKey, Micros> = BTreeMap::new();
        let mut void = Vec::new();
        for versions in objects {
            let verdict = |index: &usize| self.versions[*index].standing.verdict();
            let vouched = |index: &usize| {
                verdict(index).is_some_and(|verdict| verdict.word() == Word::Verified)
            };
            let counting = versions
                .iter()
                .copied()
                .filter(|index| verdict(index).is_some());
            let (mut forked, mut lesser): (Vec<usize>, Vec<usize>) = counting.partition(vouched);
            if forked.is_empty() {
                std::mem::swap(&mut forked, &mut lesser);
            }
            for index in lesser {
                let version = &self.versions[index];
                let message = "another digest of the same S3 object is here, and a trusted key vouches for that one: what this one lists counts for nothing";
                remarks.say(
                    &version.stream(),
                    Finding::new(Code::SealInvalid, Some(Verdict::CONTRADICTED), message)
                        .in_file(version.file()),
                );
                remarks.withdraw(Code::SignatureMissing, version.file());
                void.push(index);
            }
            if forked.len() < 2 {
                continue;
            }
            let key = chain_key(&self.versions[forked[0]].seal);
            // Later hours of a chain that is already forked are the same fork.
            if forks.contains_key(&key) {
                continue;
            }
            for &index in &forked {
                let version = &self.versions[index];
                let others: Vec<&str> = forked
                    .iter()
                    .filter(|&&other| other != index)
                    .map(|&other| self.versions[other].copies[0].path.as_str())
                    .take(3)
                    .collect();
                let message = format!(
                    "two different digests, both as good as each other, stand for this hour of the chain; the other is {}. From here on neither version can be relied on",
                    others.join(", ")
                );
                remarks.say(
                    &version.stream(),
                    Finding::new(Code::StreamForked, Some(Verdict::CONTRADICTED), message)
                        .in_file(version.file())
                        .during(version.seal.start, version.seal.end),
                );
            }
            forks.insert(key, self.versions[forked[0]].seal.end);
        }
        for index in void {
            self.versions[index].standing = Standing::Void;
        }
        for version in &mut self.versions {
            version.forked = forks
                .get(&chain_key(&version.seal))
                .is_some_and(|from| version.seal.end >= *from);
        }
    }

    /// Walks each chain in time: digests that are named and not here, restarts, holes.
    fn link(&mut self, remarks: &mut Remarks) {
        let unreadable: HashSet<String> = self
            .unreadable
            .iter()
            .map(|file| names::base(&file.path).to_owned())
            .collect();
        let mut gaps = HashSet::new();
        for chain in self.in_order().into_values() {
            let mut covered: Option<Micros> = None;
            let mut objects: HashSet<&str> = HashSet::new();
            for index in chain {
                let version = &self.versions[index];
                let (seal, stream) = (&version.seal, version.stream());
                let before = covered.replace(covered.map_or(seal.end, |until| until.max(seal.end)));
                let first_of_object =
                    version.standing != Standing::Void && objects.insert(&seal.object);
                let Some(until) = before.filter(|_| first_of_object) else {
                    continue;
                };
                let mut explained = false;
                match &seal.previous {
                    None => {
                        let message = "this digest says that a chain begins with it, and older digests of the same trail are here: sealing was switched off and on again, or the digests between were left out";
                        remarks.say(
                            &stream,
                            Finding::new(Code::ChainRestarted, None, message)
                                .in_file(version.file()),
                        );
                    }
                    Some(previous) if self.versions_of(&previous.object).is_empty() => {
                        explained = true;
                        if !unreadable.contains(names::base(&previous.object)) {
                            let message = format!(
                                "the digest {} names this one before it, and it is not here, though older ones are: the logs that it sealed are not proven, and whether all of them are here cannot be told",
                                version.copies[0].path
                            );
                            let mut finding = Finding::new(
                                Code::SealMissing,
                                Some(Verdict::CONTRADICTED),
                                message,
                            )
                            .at_path(names::beside(
                                &version.copies[0].path,
                                &seal.object,
                                &previous.object,
                            ));
                            if until < seal.start {
                                finding = finding.during(until, seal.start);
                            }
                            remarks.say(&stream, finding);
                            gaps.insert(stream.clone());
                        }
                    }
                    Some(_) => {}
                }
                if !explained && until < seal.start {
                    let message =
                        format!("no digest covers the time from {until} to {}", seal.start);
                    remarks.say(
                        &stream,
                        Finding::new(Code::PeriodUncovered, None, message)
                            .in_file(version.file())
                            .during(until, seal.start),
                    );
                }
            }
        }
        self.gaps = gaps;
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(64).collect()
}
