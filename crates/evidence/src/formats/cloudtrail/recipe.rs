//! What a collection of CloudTrail must hold so that its logs can be proven later, and what of it is
//! not there: asked on the collecting machine, while it can still be fetched.

use super::chain::chain_key;
use super::digest::{MOST_BYTES, Seal, Sidecar};
use super::names;
use crate::keys::{self, KeyMaterial, TrustedKey};
use crate::{Kind, Micros};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Something that proofs will need, and that was not collected.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lack {
    /// What, in plain words.
    pub what: String,
    /// The command that fetches it. Names out of the evidence are quoted for a POSIX shell.
    pub fetch: String,
    /// What was collected names it, so that it was there once. Not so where a trail may have no
    /// digests at all.
    pub named: bool,
}

/// The files of a collection, as they are looked at.
#[derive(Debug, Default)]
pub struct Recipe {
    digests: Vec<Collected>,
    /// By path, without the ending.
    sidecars: HashMap<String, Result<Sidecar, String>>,
    fingerprints: BTreeSet<String>,
    logs: Vec<String>,
    unreadable: Vec<Lack>,
}

#[derive(Debug)]
struct Collected {
    path: String,
    place: String,
    seal: Seal,
}

const SIDECAR: &str = ".metadata.json";

impl Recipe {
    /// How many bytes of a digest, a sidecar or a key list are looked at.
    pub const MOST_BYTES: u64 = MOST_BYTES;

    /// Takes a file, decompressed. `path` is where it will lie with the others, `place` where it lies
    /// now. Of a log no bytes are needed.
    pub fn take(&mut self, path: &str, place: &str, kind: Kind, bytes: &[u8]) {
        match kind {
            Kind::CloudTrailLog => self.logs.push(path.to_owned()),
            Kind::CloudTrailDigest => match Seal::read(bytes) {
                Ok(seal) => self.digests.push(Collected {
                    path: path.to_owned(),
                    place: place.to_owned(),
                    seal,
                }),
                Err(why) => self.unreadable.push(Lack {
                    what: format!("the digest {place} cannot be read: {why}"),
                    fetch: fetch("BUCKET", "KEY", place),
                    named: true,
                }),
            },
            Kind::CloudTrailSidecar => {
                let of = path.strip_suffix(SIDECAR).unwrap_or(path);
                self.sidecars.insert(of.to_owned(), Sidecar::read(bytes));
            }
            Kind::CloudTrailKeys => {
                if let Ok(found) = keys::file::read(bytes) {
                    self.take_keys(&found);
                }
            }
            _ => {}
        }
    }

    /// Takes keys that are kept apart from the collection.
    pub fn take_keys(&mut self, found: &[TrustedKey]) {
        for key in found {
            if let KeyMaterial::Rsa {
                cloudtrail_fingerprint,
                ..
            } = &key.key
            {
                self.fingerprints.insert(cloudtrail_fingerprint.clone());
            }
        }
    }

    /// What is not there, sorted. Nothing where the collection has nothing of CloudTrail.
    pub fn lacks(&self) -> Vec<Lack> {
        let mut out = self.unreadable.clone();
        for digest in &self.digests {
            out.extend(self.signature(digest));
        }
        out.extend(self.keys());
        out.extend(self.listed());
        out.extend(self.gaps());
        out.extend(self.unsealed());
        out.sort();
        out.dedup();
        out
    }

    /// The digest's own signature, which stands in the metadata of its object alone.
    fn signature(&self, digest: &Collected) -> Option<Lack> {
        let bare = digest.path.strip_suffix(".gz").unwrap_or(&digest.path);
        let named = [bare.to_owned(), format!("{bare}.gz")];
        let found = named.iter().find_map(|path| self.sidecars.get(path));
        let place = &digest.place;
        let what = match found {
            Some(Ok(Sidecar {
                signature: Some(_), ..
            })) => return None,
            Some(Ok(_)) => format!("the metadata beside the digest {place} holds no signature"),
            Some(Err(why)) => {
                format!("the metadata beside the digest {place} cannot be read: {why}")
            }
            None => format!(
                "the signature of the digest {place}: a copy of the object loses its metadata"
            ),
        };
        Some(Lack {
            what,
            fetch: head(&digest.seal.bucket, &digest.seal.object, place),
            named: true,
        })
    }

    fn keys(&self) -> Vec<Lack> {
        let mut wanted: BTreeMap<(&str, &str), (Micros, Micros)> = BTreeMap::new();
        for Collected { seal, .. } in &self.digests {
            if self.fingerprints.contains(&seal.fingerprint) {
                continue;
            }
            let span = wanted
                .entry((&seal.key.region, &seal.fingerprint))
                .or_insert((seal.start, seal.end));
            *span = (span.0.min(seal.start), span.1.max(seal.end));
        }
        let lack = |((region, fingerprint), (start, end)): ((&str, &str), (Micros, Micros))| Lack {
            what: format!(
                "the public key {fingerprint} of {region}, which signs digests from {start} to {end}"
            ),
            fetch: format!(
                "aws cloudtrail list-public-keys --region {} --start-time {start} --end-time {end} > {}",
                quoted(region),
                quoted(&format!("keys-{region}.json"))
            ),
            named: true,
        };
        wanted.into_iter().map(lack).collect()
    }

    /// Each log that a digest names.
    fn listed(&self) -> Vec<Lack> {
        let here: BTreeSet<&str> = self.logs.iter().map(|path| names::base(path)).collect();
        let mut out = Vec::new();
        for Collected { seal, place, .. } in &self.digests {
            let lacking = seal
                .logs
                .iter()
                .filter(|log| !here.contains(names::base(&log.object)));
            out.extend(lacking.map(|log| Lack {
                what: format!("the log {}, which the digest {place} lists", log.object),
                fetch: fetch(
                    &seal.bucket,
                    &log.object,
                    &names::beside(place, &seal.object, &log.object),
                ),
                named: true,
            }));
        }
        out
    }

    /// Digests that another names as the one before, but at the beginning of what was collected.
    fn gaps(&self) -> Vec<Lack> {
        let here: BTreeSet<&str> = self
            .digests
            .iter()
            .map(|digest| names::base(&digest.seal.object))
            .collect();
        let mut chains: BTreeMap<_, Vec<&Collected>> = BTreeMap::new();
        for digest in &self.digests {
            chains
                .entry(chain_key(&digest.seal))
                .or_default()
                .push(digest);
        }
        let mut out = Vec::new();
        for chain in chains.values_mut() {
            chain.sort_by_key(|digest| digest.seal.end);
            for digest in chain.iter().skip(1) {
                let Some(before) = &digest.seal.previous else {
                    continue;
                };
                if here.contains(names::base(&before.object)) {
                    continue;
                }
                let place = names::beside(&digest.place, &digest.seal.object, &before.object);
                let bucket = &digest.seal.bucket;
                out.push(Lack {
                    what: format!(
                        "the digest {}, which {} names as the one before it: a gap in the chain",
                        before.object, digest.place
                    ),
                    fetch: format!(
                        "{} && {}",
                        fetch(bucket, &before.object, &place),
                        head(bucket, &before.object, &place)
                    ),
                    named: true,
                });
            }
        }
        out
    }

    /// Logs of an account and region of which no digest is here at all.
    fn unsealed(&self) -> Vec<Lack> {
        let sealed: BTreeSet<(&str, &str)> = self
            .digests
            .iter()
            .map(|digest| (&*digest.seal.key.account, &*digest.seal.key.region))
            .collect();
        let mut bare: BTreeMap<(&str, &str), u64> = BTreeMap::new();
        for name in self.logs.iter().filter_map(|path| names::log_name(path)) {
            if !sealed.contains(&(name.account, name.region)) {
                *bare.entry((name.account, name.region)).or_default() += 1;
            }
        }
        let lack = |((account, region), count): ((&str, &str), u64)| {
            let folder = format!("AWSLogs/{account}/CloudTrail-Digest/{region}/");
            Lack {
                what: format!(
                    "the digests of account {account} in {region}: without one nothing proves the {count} logs that are here, and there is none where the trail does not validate its logs"
                ),
                fetch: format!(
                    "aws s3 cp --recursive {} {}",
                    quoted(&format!("s3://BUCKET/{folder}")),
                    quoted(&folder)
                ),
                named: false,
            }
        };
        bare.into_iter().map(lack).collect()
    }
}

fn fetch(bucket: &str, object: &str, to: &str) -> String {
    format!(
        "aws s3 cp {} {}",
        quoted(&format!("s3://{bucket}/{object}")),
        quoted(to)
    )
}

fn head(bucket: &str, object: &str, beside: &str) -> String {
    format!(
        "aws s3api head-object --bucket {} --key {} > {}",
        quoted(bucket),
        quoted(object),
        quoted(&format!("{beside}{SIDECAR}"))
    )
}

/// A word of a POSIX shell: what the evidence names is data in a command, whatever it holds.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./:@=+,-".contains(c);
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(plain) {
        return text.to_owned();
    }
    let shown: String = text
        .chars()
        .map(|c| if c.is_control() { '?' } else { c })
        .collect();
    let dashed = if shown.starts_with('-') { "./" } else { "" };
    format!("'{dashed}{}'", shown.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_holds_names_as_data() {
        assert_eq!(quoted("AWSLogs/1/x.json.gz"), "AWSLogs/1/x.json.gz");
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("'; rm -rf ~ #"), "''\\''; rm -rf ~ #'");
        assert_eq!(quoted("$(id)\n"), "'$(id)?'");
        assert_eq!(quoted("-rf"), "'./-rf'");
    }
}
