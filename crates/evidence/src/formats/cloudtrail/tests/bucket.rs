//! A bucket made in memory: logs, digests signed with a key of the test's, sidecars.

use crate::facts::{Chains, Malformed};
use crate::formats::cloudtrail::judge;
use crate::keys::rsa::{PublicKey, cloudtrail_fingerprint};
use crate::keys::{KeyMaterial, Trust, TrustedKey};
use crate::verify::{Outcome, StreamOutcome};
use crate::{Code, Digest, FileFacts, FileId, Kind, Lookup, LookupError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs1::EncodeRsaPublicKey as _;
use rsa::pkcs8::EncodePublicKey as _;
use rsa::rand_core::{CryptoRng, Error, RngCore};
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use sha2::{Digest as _, Sha256};
use std::sync::OnceLock;

pub const ACCOUNT: &str = "111122223333";
pub const REGION: &str = "us-east-2";

/// SHA-256 of a counter: the same keys every time.
struct Counted(u64);

impl RngCore for Counted {
    fn next_u32(&mut self) -> u32 {
        self.next_u64() as u32
    }
    fn next_u64(&mut self) -> u64 {
        self.0 += 1;
        let hash = Sha256::digest(self.0.to_be_bytes());
        u64::from_be_bytes(*hash.first_chunk().unwrap())
    }
    fn fill_bytes(&mut self, out: &mut [u8]) {
        for chunk in out.chunks_mut(8) {
            let bytes = self.next_u64().to_be_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
    }
    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(out);
        Ok(())
    }
}

impl CryptoRng for Counted {}

pub fn key() -> &'static RsaPrivateKey {
    static KEY: OnceLock<RsaPrivateKey> = OnceLock::new();
    KEY.get_or_init(|| RsaPrivateKey::new(&mut Counted(0), 2048).unwrap())
}

pub fn other_key() -> RsaPrivateKey {
    static KEY: OnceLock<RsaPrivateKey> = OnceLock::new();
    KEY.get_or_init(|| RsaPrivateKey::new(&mut Counted(1 << 32), 2048).unwrap())
        .clone()
}

fn der(key: &RsaPrivateKey) -> Vec<u8> {
    key.to_public_key().to_pkcs1_der().unwrap().into_vec()
}

pub fn trust_in(key: &RsaPrivateKey) -> Trust {
    let material = KeyMaterial::rsa(PublicKey::from_der(&der(key)).unwrap());
    let how = Some("read from the console".to_owned());
    Trust {
        keys: vec![TrustedKey {
            how,
            ..TrustedKey::bare(material)
        }],
    }
}

pub fn trust() -> Trust {
    trust_in(key())
}

pub fn trust_as_spki() -> Trust {
    let der = key()
        .to_public_key()
        .to_public_key_der()
        .unwrap()
        .into_vec();
    let material = KeyMaterial::rsa(PublicKey::from_der(&der).unwrap());
    Trust {
        keys: vec![TrustedKey::bare(material)],
    }
}

fn sign(key: &RsaPrivateKey, text: &str) -> String {
    // The DER of a DigestInfo with SHA-256: RFC 8017, 9.2, note 1.
    let prefix = [
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
        0x05, 0x00, 0x04, 0x20,
    ];
    let scheme = Pkcs1v15Sign {
        hash_len: Some(32),
        prefix: Box::new(prefix),
    };
    let signature = key.sign(scheme, &Sha256::digest(text.as_bytes())).unwrap();
    signature.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A digest as CloudTrail delivers it.
#[derive(Clone)]
pub struct Made {
    pub object: String,
    pub bytes: Vec<u8>,
    pub signature: String,
}

/// How a digest is made; the members are those of the format.
#[derive(Clone)]
pub struct Making<'a> {
    pub key: &'a RsaPrivateKey,
    pub trail: &'a str,
    pub backfill: bool,
    /// It covers this hour, and ends with it.
    pub hour: u32,
    pub logs: Vec<(String, Vec<u8>)>,
    pub before: Option<&'a Made>,
    /// `null` where none is known.
    pub before_hash: Option<String>,
    pub before_signature: Option<String>,
    pub algorithm: &'a str,
    pub hash_algorithm: &'a str,
}

impl<'a> Making<'a> {
    pub fn of(hour: u32, logs: &[(String, Vec<u8>)], before: Option<&'a Made>) -> Making<'a> {
        Making {
            key: key(),
            trail: "trail",
            backfill: false,
            hour,
            logs: logs.to_vec(),
            before,
            before_hash: before.map(|before| Digest::of(&before.bytes).to_string()),
            before_signature: before.map(|before| before.signature.clone()),
            algorithm: "SHA256withRSA",
            hash_algorithm: "SHA-256",
        }
    }

    pub fn make(&self) -> Made {
        let (day, hour) = (1 + self.hour / 24, self.hour % 24);
        let (end_day, end_hour) = (1 + (self.hour + 1) / 24, (self.hour + 1) % 24);
        let tail = if self.backfill { "_backfill" } else { "" };
        let object = format!(
            "AWSLogs/{ACCOUNT}/CloudTrail-Digest/{REGION}/2026/06/{end_day:02}/{ACCOUNT}_CloudTrail-Digest_{REGION}_{}_{REGION}_202606{end_day:02}T{end_hour:02}0000Z{tail}.json.gz",
            self.trail
        );
        let end = format!("2026-06-{end_day:02}T{end_hour:02}:00:00Z");
        let logs = self.logs.iter().map(|(object, bytes)| {
            let hash = Digest::of(bytes);
            serde_json::json!({"s3Bucket": "bucket", "s3Object": object, "hashValue": hash.to_string(), "hashAlgorithm": self.hash_algorithm, "newestEventTime": end, "oldestEventTime": end})
        });
        let der = self.key.to_public_key().to_pkcs1_der().unwrap();
        let json = serde_json::json!({
            "awsAccountId": ACCOUNT,
            "digestStartTime": format!("2026-06-{day:02}T{hour:02}:00:00Z"),
            "digestEndTime": end,
            "digestS3Bucket": "bucket",
            "digestS3Object": object,
            "digestPublicKeyFingerprint": cloudtrail_fingerprint(der.as_bytes()),
            "digestSignatureAlgorithm": self.algorithm,
            "newestEventTime": end,
            "oldestEventTime": end,
            "previousDigestS3Bucket": self.before.map(|_| "bucket"),
            "previousDigestS3Object": self.before.map(|before| &before.object),
            "previousDigestHashValue": self.before_hash,
            "previousDigestHashAlgorithm": self.before.map(|_| self.hash_algorithm),
            "previousDigestSignature": self.before_signature,
            "logFiles": logs.collect::<Vec<_>>(),
        });
        let bytes = json.to_string().into_bytes();
        let before = self.before_signature.as_deref().unwrap_or("null");
        let text = format!("{end}\nbucket/{object}\n{}\n{before}", Digest::of(&bytes));
        Made {
            signature: sign(self.key, &text),
            object,
            bytes,
        }
    }
}

pub fn log_object(day: u32, minute: &str, id: &str) -> String {
    format!(
        "AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/2026/06/{day:02}/{ACCOUNT}_CloudTrail_{REGION}_202606{day:02}T{minute}Z_{id}.json.gz"
    )
}

/// A log of two records.
pub fn log_bytes(id: &str) -> Vec<u8> {
    format!(r#"{{"Records":[{{"eventTime":"2026-06-01T00:00:00Z","eventName":"A","eventID":"{id}-1"}},{{"eventTime":"2026-06-01T00:00:01Z","eventName":"B","eventID":"{id}-2"}}]}}"#).into_bytes()
}

pub fn sidecar(signature: &str, algorithm: &str) -> Vec<u8> {
    serde_json::json!({"ContentType": "application/json", "Metadata": {"signature": signature, "signature-algorithm": algorithm}}).to_string().into_bytes()
}

#[derive(Clone)]
pub struct File {
    pub import: u32,
    pub path: String,
    pub kind: Kind,
    pub bytes: Vec<u8>,
    pub malformed: Vec<u64>,
}

/// The logs of an hour, by object, and the digest that seals them.
type Hour = (Vec<(String, Vec<u8>)>, Made);

/// The files of a case.
#[derive(Clone, Default)]
pub struct Bucket {
    pub files: Vec<File>,
}

impl Bucket {
    /// So many hours with two logs each, at a quarter past and at half past.
    pub fn sound(hours: u32) -> Bucket {
        // Signing costs most of a test's time.
        static SOUND: OnceLock<Vec<Hour>> = OnceLock::new();
        let made = SOUND.get_or_init(|| {
            let mut made: Vec<Hour> = Vec::new();
            for hour in 0..5 {
                let logs = Bucket::logs_of(hour);
                let digest = Making::of(hour, &logs, made.last().map(|(_, digest)| digest)).make();
                made.push((logs, digest));
            }
            made
        });
        let mut bucket = Bucket::default();
        for (logs, digest) in &made[..hours as usize] {
            bucket.deliver(logs, digest);
        }
        bucket
    }

    pub fn logs_of(hour: u32) -> Vec<(String, Vec<u8>)> {
        let log = |minute: u32| {
            let id = format!("{hour:02}{minute:02}");
            (log_object(1, &id, &format!("id{id}")), log_bytes(&id))
        };
        vec![log(15), log(30)]
    }

    /// The digest of an hour of [`Bucket::sound`].
    pub fn digest_of(&self, name: &str) -> Made {
        let file = self.file(name);
        let json: serde_json::Value = serde_json::from_slice(&file.bytes).unwrap();
        let sidecar: serde_json::Value =
            serde_json::from_slice(&self.file(&format!("{name}.metadata.json")).bytes).unwrap();
        Made {
            object: json["digestS3Object"].as_str().unwrap().to_owned(),
            bytes: file.bytes.clone(),
            signature: sidecar["Metadata"]["signature"]
                .as_str()
                .unwrap()
                .to_owned(),
        }
    }

    pub fn deliver(&mut self, logs: &[(String, Vec<u8>)], digest: &Made) {
        for (object, bytes) in logs {
            self.add(object, Kind::CloudTrailLog, bytes);
        }
        self.add_digest(digest);
    }

    pub fn add_digest(&mut self, digest: &Made) {
        self.add(&digest.object, Kind::CloudTrailDigest, &digest.bytes);
        self.add(
            &format!("{}.metadata.json", digest.object),
            Kind::CloudTrailSidecar,
            &sidecar(&digest.signature, "SHA256withRSA"),
        );
    }

    /// Digests without signatures that anyone could check.
    pub fn large(hours: u32, logs: u32) -> Bucket {
        let mut bucket = Bucket::default();
        let mut before: Option<Made> = None;
        for hour in 0..hours {
            let listed: Vec<_> = (0..logs)
                .map(|n| {
                    let id = format!("{hour:04}{n:04}");
                    (
                        log_object(1 + hour / 24, &format!("{:02}30", hour % 24), &id),
                        log_bytes(&id),
                    )
                })
                .collect();
            let digest = Making {
                algorithm: "SHA256withRSA",
                ..Making::of(hour, &listed, before.as_ref())
            };
            let digest = digest.make();
            bucket.deliver(&listed, &digest);
            before = Some(digest);
        }
        bucket
    }

    pub fn add(&mut self, path: &str, kind: Kind, bytes: &[u8]) -> &mut File {
        self.files.push(File {
            import: 1,
            path: path.to_owned(),
            kind,
            bytes: bytes.to_vec(),
            malformed: Vec::new(),
        });
        self.files.last_mut().unwrap()
    }

    /// What `aws cloudtrail list-public-keys` prints.
    pub fn add_key_list(&mut self) {
        let value = STANDARD.encode(der(key()));
        let list = serde_json::json!({"PublicKeyList": [{"Value": value, "ValidityStartTime": "2026-01-01T00:00:00Z", "ValidityEndTime": "2027-01-01T00:00:00Z"}]});
        self.add(
            "keys.json",
            Kind::CloudTrailKeys,
            list.to_string().as_bytes(),
        );
    }

    fn position(&self, name: &str) -> usize {
        let ends = |file: &File| file.path.ends_with(name);
        self.files
            .iter()
            .position(ends)
            .or_else(|| self.files.iter().position(|file| file.path.contains(name)))
            .unwrap()
    }

    pub fn file(&self, name: &str) -> &File {
        &self.files[self.position(name)]
    }

    pub fn path(&self, name: &str) -> String {
        self.file(name).path.clone()
    }

    pub fn bytes(&self, path: &str) -> Option<&[u8]> {
        self.files
            .iter()
            .find(|file| file.path == path)
            .map(|file| &file.bytes[..])
    }

    pub fn edit(&mut self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let at = self.position(name);
        change(&mut self.files[at].bytes);
    }

    pub fn set_byte(&mut self, index: usize, at: usize, to: u8) {
        self.files[index].bytes[at] = to;
    }

    pub fn make_malformed(&mut self, name: &str, ordinals: &[u64]) {
        let at = self.position(name);
        self.files[at].malformed = ordinals.to_vec();
    }

    pub fn rename(&mut self, name: &str, to: &str) {
        let at = self.position(name);
        self.files[at].path = to.to_owned();
    }

    /// Takes away every file with this in its path; there is one at least.
    pub fn remove(&mut self, name: &str) {
        let before = self.files.len();
        self.files.retain(|file| !file.path.contains(name));
        assert!(self.files.len() < before, "{name}");
    }

    pub fn each_log(&self, verdict: &'static str) -> Vec<(String, u64, u64, &'static str)> {
        let logs = self
            .files
            .iter()
            .filter(|file| file.kind == Kind::CloudTrailLog && records(file) > 0);
        logs.map(|file| (file.path.clone(), 0, records(file) - 1, verdict))
            .collect()
    }

    pub fn facts(&self) -> Vec<FileFacts> {
        self.files
            .iter()
            .zip(0..)
            .map(|(file, id)| FileFacts {
                id: FileId(id),
                import: file.import,
                path: file.path.clone(),
                kind: file.kind,
                sha256: Digest::of(&file.bytes),
                sha256_as_found: Digest::of(&file.bytes),
                bytes: file.bytes.len() as u64,
                trailing: 0,
                records: records(file),
                malformed: file
                    .malformed
                    .iter()
                    .map(|&ordinal| Malformed {
                        ordinal,
                        offset: 0,
                        length: 1,
                        words: "broken".into(),
                    })
                    .collect(),
                rejected: Vec::new(),
                rejected_bytes: 0,
                earliest: None,
                latest: None,
                chains: Chains::None,
            })
            .collect()
    }

    pub fn judge(&self, trust: &Trust) -> Said {
        let facts = self.facts();
        let files: Vec<&FileFacts> = facts.iter().collect();
        let outcome = judge(&files, trust, self).unwrap();
        Said {
            outcome,
            paths: self.files.iter().map(|file| file.path.clone()).collect(),
        }
    }
}

fn records(file: &File) -> u64 {
    if file.kind == Kind::CloudTrailLog {
        file.bytes
            .windows(9)
            .filter(|window| window == b"eventName")
            .count() as u64
    } else {
        0
    }
}

impl Lookup for Bucket {
    fn file(&self, file: FileId) -> Result<Vec<u8>, LookupError> {
        let found = &self.files[file.0 as usize];
        assert_ne!(found.kind, Kind::CloudTrailLog, "a log may be large");
        Ok(found.bytes.clone())
    }
    fn record(&self, _: FileId, _: u64) -> Result<Vec<u8>, LookupError> {
        Err(LookupError("no record is needed".into()))
    }
    fn extent(&self, _: FileId, _: u64) -> Result<(u64, u64), LookupError> {
        Err(LookupError("no record is needed".into()))
    }
}

/// A finding: code, verdict, and the path of its place.
pub type Told = (Code, Option<&'static str>, Option<String>);

/// What the judgement said.
pub struct Said {
    pub outcome: Outcome,
    paths: Vec<String>,
}

impl Said {
    /// The findings by code and place; a path of a missing file comes before that of its digest.
    pub fn findings(&self) -> Vec<Told> {
        let mut told: Vec<Told> = self
            .outcome
            .findings
            .iter()
            .map(|finding| {
                let file = finding
                    .place
                    .file
                    .map(|file| self.paths[file.0 as usize].clone());
                (
                    finding.code,
                    finding.verdict.map(|verdict| verdict.word().as_str()),
                    finding.place.path.clone().or(file),
                )
            })
            .collect();
        told.sort_by(|one, other| (one.0.as_str(), &one.2).cmp(&(other.0.as_str(), &other.2)));
        told
    }

    /// Those that change a verdict.
    pub fn weighty(&self) -> Vec<Told> {
        self.findings()
            .into_iter()
            .filter(|(_, verdict, _)| verdict.is_some())
            .collect()
    }

    pub fn codes(&self) -> Vec<Code> {
        self.findings().into_iter().map(|(code, ..)| code).collect()
    }

    pub fn spans(&self) -> Vec<(String, u64, u64, &'static str)> {
        self.outcome
            .spans
            .iter()
            .map(|span| {
                (
                    self.paths[span.file.0 as usize].clone(),
                    span.first,
                    span.last,
                    span.verdict.word().as_str(),
                )
            })
            .collect()
    }

    /// The one verdict of all records of a log.
    pub fn log_verdict(&self, name: &str) -> &'static str {
        let mut verdicts: Vec<&str> = self
            .spans()
            .into_iter()
            .filter(|(path, ..)| path.contains(name) && !path.contains("Digest"))
            .map(|(.., verdict)| verdict)
            .collect();
        verdicts.dedup();
        assert_eq!(verdicts.len(), 1, "{name}");
        verdicts[0]
    }

    pub fn file_verdict(&self, name: &str) -> &'static str {
        let at = self
            .paths
            .iter()
            .position(|path| path.ends_with(name))
            .unwrap();
        let found = self
            .outcome
            .files
            .iter()
            .find(|file| file.file.0 as usize == at)
            .unwrap();
        found.verdict.word().as_str()
    }

    pub fn only_stream(&self) -> &StreamOutcome {
        assert_eq!(self.outcome.streams.len(), 1);
        &self.outcome.streams[0]
    }
}
