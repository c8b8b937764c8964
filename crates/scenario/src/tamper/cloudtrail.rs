//! Tampers with CloudTrail's logs, digests, sidecars and keys.

use super::sealed::broken;
use super::{Expected, Site, Tamper};
use crate::clock::june;
use crate::cloudtrail::{Digest, Link, digest_object, gzip, log_object, put, sidecar};
use crate::merkle::sha256;
use crate::rng::{Rng, hex};
use crate::site::{CLOUDTRAIL, CLOUDTRAIL_KEYS};
use crate::story::{ACCOUNT, Cast, INTRUDER_IP, REGION, RUNNER_IP};
use crate::truth::Word::{Contradicted, Intact, Unproven, Verified};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use std::fs;
use std::io::{self, Read, Write};
use std::path::PathBuf;

/// A digest in the middle of the first chain: 22:00 to 23:00.
const MIDDLE: usize = 3;

/// The digests of the account, oldest first.
struct Digests {
    root: PathBuf,
    all: Vec<Digest>,
}

fn inflate(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut out)?;
    Ok(out)
}

impl Digests {
    fn open(site: &Site) -> io::Result<Digests> {
        let root = site.evidence.join(CLOUDTRAIL);
        let mut all = Vec::new();
        for (_, end, _) in crate::cloudtrail::digest_ends() {
            let bytes = fs::read(root.join(digest_object(ACCOUNT, REGION, end)))?;
            all.push(serde_json::from_slice(&inflate(&bytes)?)?);
        }
        Ok(Digests { root, all })
    }

    fn last(&self) -> usize {
        self.all.len() - 1
    }

    /// The last digest before the hole.
    fn before_hole(&self) -> io::Result<usize> {
        let restart = self
            .all
            .iter()
            .rposition(|digest| digest.previous_digest_s3_object.is_none());
        restart
            .and_then(|index| index.checked_sub(1))
            .ok_or_else(|| broken("no hole in the digests"))
    }

    fn object(&self, index: usize) -> &str {
        &self.all[index].digest_s3_object
    }

    /// Below the folder of evidence.
    fn path(&self, index: usize) -> String {
        format!("{CLOUDTRAIL}/{}", self.object(index))
    }

    fn log(&self, object: &str) -> io::Result<Vec<u8>> {
        inflate(&fs::read(self.root.join(object))?)
    }

    /// How many events the logs of a digest hold.
    fn events(&self, index: usize) -> io::Result<u64> {
        self.all[index]
            .log_files
            .iter()
            .map(|log| Ok(events(&self.log(&log.s3_object)?)))
            .sum()
    }

    /// The log that holds this text: its digest and its object.
    fn find(&self, text: &str) -> io::Result<(usize, String)> {
        for (index, digest) in self.all.iter().enumerate() {
            for log in &digest.log_files {
                if super::sealed::holds(&self.log(&log.s3_object)?, text) {
                    return Ok((index, log.s3_object.clone()));
                }
            }
        }
        Err(broken(text))
    }

    /// Signs this digest and those that follow it in its chain anew. `edit` changes each before.
    fn reseal(
        &mut self,
        site: &Site,
        from: usize,
        mut edit: impl FnMut(usize, &mut Digest),
    ) -> io::Result<()> {
        let key = site.keys.cloudtrail();
        let mut last: Option<Link> = None;
        for index in from..self.all.len() {
            let digest = &mut self.all[index];
            if index > from {
                if digest.previous_digest_s3_object.is_none() {
                    break;
                }
                digest.follow(last.as_ref());
            }
            edit(index, digest);
            last = Some(digest.write(&self.root, &key)?);
        }
        Ok(())
    }

    /// Changes the signature in a digest's sidecar.
    fn spoil(&self, index: usize) -> io::Result<()> {
        let path = self.root.join(sidecar(self.object(index)));
        let text = fs::read_to_string(&path)?;
        let at = text
            .find("\"signature\": \"")
            .ok_or_else(|| broken("a sidecar"))?
            + 30;
        let mut bytes = text.into_bytes();
        bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
        fs::write(path, bytes)
    }

    fn remove(&self, index: usize) -> io::Result<()> {
        fs::remove_file(self.root.join(self.object(index)))?;
        fs::remove_file(self.root.join(sidecar(self.object(index))))
    }
}

/// How many events a log holds.
fn events(log: &[u8]) -> u64 {
    String::from_utf8_lossy(log).matches("\"eventID\":").count() as u64
}

/// Another digit in the place of the first.
fn spoiled(text: &str) -> String {
    let first = if text.starts_with('0') { '1' } else { '0' };
    std::iter::once(first).chain(text.chars().skip(1)).collect()
}

pub(super) fn apply(site: &Site, tamper: Tamper) -> io::Result<Expected> {
    use Tamper as T;
    let found = |code, verdict| Expected::finding(site, tamper, code, verdict);
    let contradicted = |code| found(code, Some(Contradicted));
    let mut digests = Digests::open(site)?;
    let root = digests.root.clone();
    let last = digests.last();
    let sealed: u64 = (0..=last)
        .map(|index| digests.events(index))
        .sum::<io::Result<u64>>()?;
    let pivot = format!(
        "\"accessKeyId\":\"{}\",\"sessionToken\"",
        Cast::new(site.truth.seed).production
    );
    // The log with the step to the production role.
    let (_, object) = digests.find(&pivot)?;
    let path = format!("{CLOUDTRAIL}/{object}");
    let content = digests.log(&object)?;
    let n = events(&content);
    let expected = match tamper {
        T::LogEdited => {
            let text = String::from_utf8(content).map_err(|_| broken("a log"))?;
            fs::write(
                root.join(&object),
                gzip(text.replace(INTRUDER_IP, RUNNER_IP).as_bytes())?,
            )?;
            contradicted("file-altered")
                .at(path)
                .records(|records| records.turn(Verified, Contradicted, n))
        }
        T::LogDeleted => {
            fs::remove_file(root.join(&object))?;
            contradicted("file-missing")
                .at(path)
                .records(|records| records.take(Verified, n))
        }
        T::LogAdded => {
            let text = String::from_utf8(digests.log(&digests.all[MIDDLE].log_files[0].s3_object)?);
            let text = text.map_err(|_| broken("a log"))?;
            let end = text
                .find("},{\"eventVersion\"")
                .ok_or_else(|| broken("a log with one event"))?
                + 1;
            let id = text
                .find("\"eventID\":\"")
                .ok_or_else(|| broken("an event without id"))?
                + 11;
            let mut rng = Rng::new(site.truth.seed, "added log");
            let event = format!("{}{}{}]}}", &text[..id], rng.uuid(), &text[id + 36..end]);
            let object = log_object(ACCOUNT, REGION, june(11, 22, 25, 0, 0), &mut rng);
            put(&root, &object, &gzip(event.as_bytes())?)?;
            contradicted("file-unlisted")
                .at(format!("{CLOUDTRAIL}/{object}"))
                .records(|records| records.add(Unproven, 1))
        }
        T::LogMoved => {
            let moved = object.replace("/2026/06/12/", "/2026/06/13/");
            put(&root, &moved, &fs::read(root.join(&object))?)?;
            fs::remove_file(root.join(&object))?;
            found("file-moved", None).at(format!("{CLOUDTRAIL}/{moved}"))
        }
        T::LogTrailingMember | T::LogTrailingBytes => {
            let mut bytes = fs::read(root.join(&object))?;
            if tamper == T::LogTrailingMember {
                bytes.extend(gzip(b"{\"Records\":[]}")?);
            } else {
                bytes.extend_from_slice(b"and so on");
            }
            fs::write(root.join(&object), bytes)?;
            contradicted("trailing-data").at(path)
        }
        T::LogRecompressed => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(&content)?;
            fs::write(root.join(&object), encoder.finish()?)?;
            Expected::nothing(site, tamper)
        }
        T::LogDuplicateMember => {
            let (index, object) = digests.find("\"secretId\":\"prod/payments/db\"")?;
            let text = String::from_utf8(digests.log(&object)?).map_err(|_| broken("a log"))?;
            let at = text
                .find("\"secretId\":\"prod/payments/db\"")
                .ok_or_else(|| broken("no secret"))?;
            let begin = text[..at]
                .rfind("{\"eventVersion\"")
                .ok_or_else(|| broken("no event"))?;
            let name = begin
                + text[begin..]
                    .find("\"eventName\"")
                    .ok_or_else(|| broken("no name"))?;
            let fresh = format!(
                "{}\"eventName\":\"ListSecrets\",{}",
                &text[..name],
                &text[name..]
            );
            let end = fresh[begin + 1..]
                .find("},{\"eventVersion\"")
                .map_or(fresh.len() - 2, |end| begin + end + 2);
            fs::write(root.join(&object), gzip(fresh.as_bytes())?)?;
            digests.reseal(site, index, |_, digest| {
                for log in digest
                    .log_files
                    .iter_mut()
                    .filter(|log| log.s3_object == object)
                {
                    log.hash_value = hex(&sha256(fresh.as_bytes()));
                }
            })?;
            found("record-malformed", Some(Unproven))
                .at(format!("{CLOUDTRAIL}/{object}"))
                .extent((begin as u64, (end - begin) as u64))
                .records(|records| records.turn(Verified, Unproven, 1))
        }
        T::DigestEdited => {
            let mut digest = digests.all[MIDDLE].clone();
            let log = &mut digest.log_files[0];
            log.hash_value = spoiled(&log.hash_value);
            fs::write(root.join(digests.object(MIDDLE)), gzip(&digest.content())?)?;
            let n = digests.events(MIDDLE)?;
            contradicted("signature-invalid")
                .at(digests.path(MIDDLE))
                .or(&["file-altered", "seal-invalid"])
                .records(|records| records.turn(Verified, Unproven, n))
        }
        T::DigestDeleted => {
            let n = digests.events(MIDDLE)?;
            digests.remove(MIDDLE)?;
            contradicted("seal-missing")
                .at(digests.path(MIDDLE))
                .may(&["period-uncovered"])
                .records(|records| records.turn(Verified, Unproven, n))
        }
        T::NewestDigestRemoved => {
            let n = digests.events(last)?;
            digests.remove(last)?;
            found("tail-unsealed", Some(Unproven))
                .may(&["period-uncovered"])
                .records(|records| records.turn(Verified, Unproven, n))
        }
        T::DigestSignatureInvalid => {
            digests.spoil(last)?;
            let n = digests.events(last)?;
            contradicted("signature-invalid")
                .at(digests.path(last))
                .records(|records| records.turn(Verified, Unproven, n))
        }
        T::DigestSidecarEdited => {
            digests.spoil(MIDDLE)?;
            contradicted("signature-invalid")
                .at(digests.path(MIDDLE))
                .or(&["seal-invalid"])
        }
        T::NewestSidecarMissing => {
            fs::remove_file(root.join(sidecar(digests.object(last))))?;
            let n = digests.events(last)?;
            found("signature-missing", Some(Unproven))
                .at(digests.path(last))
                .records(|records| records.turn(Verified, Unproven, n))
        }
        T::MiddleSidecarMissing => {
            fs::remove_file(root.join(sidecar(digests.object(MIDDLE))))?;
            Expected::nothing(site, tamper)
        }
        T::SidecarsMissing => {
            for index in 0..=last {
                fs::remove_file(root.join(sidecar(digests.object(index))))?;
            }
            let hole = digests.before_hole()?;
            let n = digests.events(last)? + digests.events(hole)?;
            found("signature-missing", Some(Unproven))
                .at(digests.path(last))
                .with("signature-missing", digests.path(hole))
                .records(|records| records.turn(Verified, Unproven, n))
        }
        T::DigestMoved => {
            let object = digests.object(MIDDLE).to_owned();
            let moved = object.replace("/2026/06/11/", "/2026/06/13/");
            put(&root, &moved, &fs::read(root.join(&object))?)?;
            put(
                &root,
                &sidecar(&moved),
                &fs::read(root.join(sidecar(&object)))?,
            )?;
            digests.remove(MIDDLE)?;
            found("file-moved", None).at(format!("{CLOUDTRAIL}/{moved}"))
        }
        T::DigestFromOtherAccount => {
            let n = digests.events(MIDDLE)?;
            let mut foreign = digests.all[MIDDLE].clone();
            foreign.aws_account_id = "999988887777".to_owned();
            foreign.digest_s3_object = foreign.digest_s3_object.replace(ACCOUNT, "999988887777");
            foreign.log_files.clear();
            foreign.newest_event_time = None;
            foreign.oldest_event_time = None;
            foreign.follow(None);
            let own = digests.object(MIDDLE).to_owned();
            foreign.write(&root, &site.keys.cloudtrail())?;
            for (from, to) in [
                (foreign.digest_s3_object.clone(), own.clone()),
                (sidecar(&foreign.digest_s3_object), sidecar(&own)),
            ] {
                fs::rename(root.join(from), root.join(to))?;
            }
            fs::remove_dir_all(root.join("AWSLogs/999988887777"))?;
            contradicted("seal-missing")
                .at(digests.path(MIDDLE))
                .or(&["stream-crossed", "seal-invalid", "file-altered"])
                .may(&[
                    "file-moved",
                    "stream-crossed",
                    "end-unknown",
                    "chain-restarted",
                    "period-uncovered",
                ])
                .records(|records| records.turn(Verified, Unproven, n))
        }
        T::DigestPreviousHashWrong | T::DigestPreviousSignatureWrong => {
            digests.reseal(site, MIDDLE + 1, |index, digest| {
                let value = if tamper == T::DigestPreviousHashWrong {
                    &mut digest.previous_digest_hash_value
                } else {
                    &mut digest.previous_digest_signature
                };
                if index == MIDDLE + 1 {
                    *value = value.as_deref().map(spoiled);
                }
            })?;
            contradicted("seal-invalid")
                .or(&["stream-forked", "file-altered", "signature-invalid"])
                .uncounted()
        }
        T::DigestAlgorithmRefused => {
            let n = digests.events(last)?;
            digests.reseal(site, last, |_, digest| {
                digest.digest_signature_algorithm = "SHA1withRSA".to_owned()
            })?;
            found("algorithm-refused", Some(Unproven))
                .at(digests.path(last))
                .records(|records| records.turn(Verified, Unproven, n))
        }
        T::CloudtrailKeyMissing => {
            fs::remove_file(site.keys_dir.join(CLOUDTRAIL_KEYS))?;
            found("key-unknown", Some(Unproven))
                .records(|records| records.turn(Verified, Unproven, sealed))
        }
        T::CloudtrailKeyInEvidence => {
            fs::rename(
                site.keys_dir.join(CLOUDTRAIL_KEYS),
                root.join("list-public-keys.json"),
            )?;
            found("key-untrusted", Some(Intact))
                .records(|records| records.turn(Verified, Intact, sealed))
        }
        T::CloudtrailKeyExpired => {
            let list = site
                .keys
                .cloudtrail_list("2026-01-01T00:00:00Z", "2026-05-01T00:00:00Z");
            fs::write(site.keys_dir.join(CLOUDTRAIL_KEYS), list)?;
            found("key-expired", Some(Unproven))
                .records(|records| records.turn(Verified, Unproven, sealed))
        }
        _ => return Err(broken("not a tamper with CloudTrail")),
    };
    Ok(expected.close(site))
}
