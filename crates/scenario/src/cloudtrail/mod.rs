//! CloudTrail: logs of about 200 events, hourly digests signed with RSA, and the digests' metadata
//! as a collector must take it along.

mod events;

use crate::bundle::Tally;
use crate::clock::{self, HOUR, MINUTE, Micros, Next, Schedule, Timeline, june};
use crate::keys::{Keys, RsaKey};
use crate::merkle::sha256;
use crate::rng::{Rng, hex};
use crate::story::*;
use events::{BEATS, Teller, What};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// The fewest events that hold the story.
pub const LEAST: u64 = 200;
/// Events of the account without digests.
pub const OTHER_EVENTS: u64 = 30;
/// The bucket.
pub const BUCKET: &str = "example-org-trail";
/// How many events a log holds at most.
const PER_LOG: usize = 200;
/// A log is delivered at least this often.
const DELIVERY: Micros = 20 * MINUTE;

/// A digest file's content. The names are CloudTrail's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct Digest {
    pub aws_account_id: String,
    pub digest_start_time: String,
    pub digest_end_time: String,
    #[serde(rename = "digestS3Bucket")]
    pub digest_s3_bucket: String,
    #[serde(rename = "digestS3Object")]
    pub digest_s3_object: String,
    pub digest_public_key_fingerprint: String,
    pub digest_signature_algorithm: String,
    pub newest_event_time: Option<String>,
    pub oldest_event_time: Option<String>,
    #[serde(rename = "previousDigestS3Bucket")]
    pub previous_digest_s3_bucket: Option<String>,
    #[serde(rename = "previousDigestS3Object")]
    pub previous_digest_s3_object: Option<String>,
    pub previous_digest_hash_value: Option<String>,
    pub previous_digest_hash_algorithm: Option<String>,
    pub previous_digest_signature: Option<String>,
    pub log_files: Vec<LogFile>,
}

/// A log that a digest lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct LogFile {
    #[serde(rename = "s3Bucket")]
    pub s3_bucket: String,
    #[serde(rename = "s3Object")]
    pub s3_object: String,
    pub hash_value: String,
    pub hash_algorithm: String,
    pub newest_event_time: String,
    pub oldest_event_time: String,
}

/// What a digest's successor must say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its key in the bucket.
    pub object: String,
    /// SHA-256 of its content, in hex.
    pub hash: String,
    /// Its signature, in hex.
    pub signature: String,
}

impl Digest {
    /// The content of the file.
    pub fn content(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("plain data has a JSON form")
    }

    /// Names this digest as the one before.
    pub fn follow(&mut self, previous: Option<&Link>) {
        self.previous_digest_s3_bucket = previous.map(|_| BUCKET.to_owned());
        self.previous_digest_s3_object = previous.map(|link| link.object.clone());
        self.previous_digest_hash_value = previous.map(|link| link.hash.clone());
        self.previous_digest_hash_algorithm = previous.map(|_| "SHA-256".to_owned());
        self.previous_digest_signature = previous.map(|link| link.signature.clone());
    }

    /// What is signed.
    pub fn string_to_sign(&self, content: &[u8]) -> String {
        format!(
            "{}\n{}/{}\n{}\n{}",
            self.digest_end_time,
            self.digest_s3_bucket,
            self.digest_s3_object,
            hex(&sha256(content)),
            self.previous_digest_signature.as_deref().unwrap_or("null"),
        )
    }

    /// Signs it, writes it and its metadata below `root`.
    pub fn write(&self, root: &Path, key: &RsaKey) -> io::Result<Link> {
        let content = self.content();
        let signature = hex(&key.sign(self.string_to_sign(&content).as_bytes()));
        put(root, &self.digest_s3_object, &gzip(&content)?)?;
        put(
            root,
            &sidecar(&self.digest_s3_object),
            sidecar_text(&content, &signature).as_bytes(),
        )?;
        Ok(Link {
            object: self.digest_s3_object.clone(),
            hash: hex(&sha256(&content)),
            signature,
        })
    }
}

/// The path of a digest's metadata.
pub fn sidecar(digest: &str) -> String {
    format!("{digest}.metadata.json")
}

/// What `aws s3api head-object` prints of a digest.
pub fn sidecar_text(content: &[u8], signature: &str) -> String {
    format!(
        "{{\n    \"AcceptRanges\": \"bytes\",\n    \"ContentLength\": {},\n    \"ContentType\": \"application/json\",\n    \
         \"ContentEncoding\": \"gzip\",\n    \"ServerSideEncryption\": \"AES256\",\n    \"Metadata\": {{\n        \
         \"signature\": \"{signature}\",\n        \"signature-algorithm\": \"SHA256withRSA\"\n    }}\n}}\n",
        content.len()
    )
}

/// One gzip member, the same bytes everywhere.
pub fn gzip(content: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(content.len() / 8), Compression::fast());
    encoder.write_all(content)?;
    encoder.finish()
}

/// Writes a file below `root`.
pub fn put(root: &Path, path: &str, bytes: &[u8]) -> io::Result<()> {
    let full = root.join(path);
    if let Some(parent) = full.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(full, bytes)
}

/// The key of a log in the bucket.
pub fn log_object(account: &str, region: &str, at: Micros, rng: &mut Rng) -> String {
    format!(
        "AWSLogs/{account}/CloudTrail/{region}/{}/{account}_CloudTrail_{region}_{}_{}.json.gz",
        clock::folder(at),
        clock::compact(at, false),
        rng.alphanumeric(16)
    )
}

/// The key of a digest in the bucket.
pub fn digest_object(account: &str, region: &str, end: Micros) -> String {
    format!(
        "AWSLogs/{account}/CloudTrail-Digest/{region}/{}/{account}_CloudTrail-Digest_{region}_org-main_{region}_{}.json.gz",
        clock::folder(end),
        clock::compact(end, true)
    )
}

/// The ends of the digests, and whether one begins a chain. The first is empty: nothing was
/// delivered before the evidence begins.
pub fn digest_ends() -> Vec<(Micros, Micros, bool)> {
    let mut ends = vec![(BEGIN - HOUR, BEGIN, true)];
    ends.extend((0..6).map(|hour| (BEGIN + hour * HOUR, BEGIN + (hour + 1) * HOUR, false)));
    ends.push((june(12, 2, 0, 0, 0), TRAIL_STOPPED, false));
    ends.push((TRAIL_STARTED, june(12, 4, 0, 0, 0), true));
    ends.push((june(12, 4, 0, 0, 0), DIGESTED, false));
    ends
}

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Made {
    /// Events that a digest covers.
    pub sealed: u64,
    /// Events after the newest digest.
    pub tail: u64,
    /// Files of the account with digests.
    pub logs: u64,
    /// What was done in it.
    pub tally: Tally,
    /// Events of the account without digests.
    pub other: u64,
    /// What was done in that one.
    pub other_tally: Tally,
}

/// Writes this many events of the account with digests, and a few of one without, below `root`,
/// laid out as in the bucket.
pub fn write(root: &Path, seed: u64, keys: &Keys, events: u64) -> io::Result<Made> {
    let cast = Cast::new(seed);
    let times: Vec<Micros> = BEATS.iter().map(|beat| beat.0).collect();
    let noise = events.max(LEAST) - times.len() as u64;
    // By time, the hole left out: 389 minutes before it, 102 after.
    let before = noise * 389 / 491;
    let schedule = Schedule::new(
        vec![
            (BEGIN, TRAIL_STOPPED, before),
            (TRAIL_STARTED, TRAIL_END, noise - before),
        ],
        Rng::new(seed, "cloudtrail times"),
    );
    let mut made = Made::default();
    let mut shelf = Shelf {
        root,
        key: keys.cloudtrail(),
        rng: Rng::new(seed, "cloudtrail files"),
        ends: digest_ends(),
        next_end: 0,
        log: b"{\"Records\":[".to_vec(),
        in_log: 0,
        oldest: 0,
        newest: 0,
        listed: Vec::new(),
        last: None,
        made: &mut made,
    };
    let mut teller = Teller::new(seed, "cloudtrail", ACCOUNT, REGION);
    for next in Timeline::new(schedule, &times) {
        let at = match next {
            Next::Beat(index) => {
                let (at, what) = BEATS[index];
                shelf.advance(at, what == What::Stop)?;
                teller.beat(&cast, at, what);
                at
            }
            Next::Noise(at) => {
                shelf.advance(at, false)?;
                teller.at_work(at);
                at
            }
        };
        shelf.add(&teller.json.out, at)?;
    }
    shelf.finish()?;
    made.tally = teller.tally;

    let mut teller = Teller::new(seed, "cloudtrail other", OTHER_ACCOUNT, OTHER_REGION);
    let schedule = Schedule::new(
        vec![(BEGIN, END, OTHER_EVENTS)],
        Rng::new(seed, "cloudtrail other times"),
    );
    let (mut logs, mut rng) = (Vec::new(), Rng::new(seed, "cloudtrail other files"));
    for at in schedule {
        teller.at_work(at);
        logs.extend_from_slice(if logs.is_empty() {
            b"{\"Records\":["
        } else {
            b","
        });
        logs.extend_from_slice(&teller.json.out);
    }
    logs.extend_from_slice(b"]}");
    put(
        root,
        &log_object(OTHER_ACCOUNT, OTHER_REGION, END, &mut rng),
        &gzip(&logs)?,
    )?;
    made.other = OTHER_EVENTS;
    made.other_tally = teller.tally;
    Ok(made)
}

/// Puts events into logs, and logs into digests.
struct Shelf<'a> {
    root: &'a Path,
    key: std::sync::Arc<RsaKey>,
    rng: Rng,
    ends: Vec<(Micros, Micros, bool)>,
    next_end: usize,
    log: Vec<u8>,
    in_log: usize,
    oldest: Micros,
    newest: Micros,
    listed: Vec<LogFile>,
    last: Option<Link>,
    made: &'a mut Made,
}

impl Shelf<'_> {
    /// Closes every digest that ends before the next event. The event that stops the trail is the
    /// last of its digest.
    fn advance(&mut self, at: Micros, stops: bool) -> io::Result<()> {
        while let Some(&(_, end, _)) = self.ends.get(self.next_end) {
            if at < end || (stops && at == end) {
                break;
            }
            self.close_log()?;
            self.close_digest()?;
        }
        if self.in_log == PER_LOG || (self.in_log > 0 && at - self.oldest > DELIVERY) {
            self.close_log()?;
        }
        Ok(())
    }

    fn add(&mut self, event: &[u8], at: Micros) -> io::Result<()> {
        if self.in_log == 0 {
            self.oldest = at;
        } else {
            self.log.push(b',');
        }
        self.log.extend_from_slice(event);
        self.newest = at;
        self.in_log += 1;
        if self.next_end < self.ends.len() {
            self.made.sealed += 1;
        } else {
            self.made.tail += 1;
        }
        Ok(())
    }

    fn close_log(&mut self) -> io::Result<()> {
        if self.in_log == 0 {
            return Ok(());
        }
        self.log.extend_from_slice(b"]}");
        let object = log_object(ACCOUNT, REGION, self.newest, &mut self.rng);
        put(self.root, &object, &gzip(&self.log)?)?;
        self.listed.push(LogFile {
            s3_bucket: BUCKET.to_owned(),
            s3_object: object,
            hash_value: hex(&sha256(&self.log)),
            hash_algorithm: "SHA-256".to_owned(),
            newest_event_time: clock::text(self.newest, 0),
            oldest_event_time: clock::text(self.oldest, 0),
        });
        self.made.logs += 1;
        self.in_log = 0;
        self.log.truncate(b"{\"Records\":[".len());
        Ok(())
    }

    fn close_digest(&mut self) -> io::Result<()> {
        let (start, end, first) = self.ends[self.next_end];
        self.next_end += 1;
        if first {
            self.last = None;
        }
        let log_files = std::mem::take(&mut self.listed);
        let mut digest = Digest {
            aws_account_id: ACCOUNT.to_owned(),
            digest_start_time: clock::text(start, 0),
            digest_end_time: clock::text(end, 0),
            digest_s3_bucket: BUCKET.to_owned(),
            digest_s3_object: digest_object(ACCOUNT, REGION, end),
            digest_public_key_fingerprint: self.key.fingerprint(),
            digest_signature_algorithm: "SHA256withRSA".to_owned(),
            newest_event_time: log_files.last().map(|log| log.newest_event_time.clone()),
            oldest_event_time: log_files.first().map(|log| log.oldest_event_time.clone()),
            previous_digest_s3_bucket: None,
            previous_digest_s3_object: None,
            previous_digest_hash_value: None,
            previous_digest_hash_algorithm: None,
            previous_digest_signature: None,
            log_files,
        };
        digest.follow(self.last.as_ref());
        self.last = Some(digest.write(self.root, &self.key)?);
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.close_log()
    }
}
